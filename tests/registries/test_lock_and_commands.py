"""Lock, drift, pull, diff, register and check as a person runs them, against the test registry."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli_harness import Run
from evtcompat.errors import BaselineError, UsageError
from evtcompat.model.json_types import JSON
from evtcompat.model.levels import Level
from evtcompat.model.strategies import Strategy
from evtcompat.registries.base import Reference, Registered
from evtcompat.registries.cache import VersionCache
from evtcompat.registries.confluent.client import ConfluentRegistry
from evtcompat.registries.confluent.wire import registered
from evtcompat.registries.credentials import find_target
from evtcompat.registries.layout import relaid
from evtcompat.registries.lockfile import Lock, LockedSubject, parse_lock, render_lock
from evtcompat.registries.names import file_name, parse_subject, subject_name, subject_of_file
from evtcompat.sources.published.lock import read_lock
from evtcompat.testing import RegistryServer

DOCS = Path(__file__).parents[2] / "docs" / "registry.md"


def _order(**fields: object) -> str:
    listed = [{"name": name, "type": kind} for name, kind in fields.items()]
    return json.dumps({"type": "record", "name": "Order", "namespace": "shop", "fields": listed})


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "order-v1.avsc").write_text(_order(id="long"))
    return folder


@pytest.mark.parametrize(
    ("told", "day"),
    [
        ({"ts": 1_770_000_000_000}, "2026-02-02"),
        ({"ts": 1_770_000_000_000, "createTs": 1_760_000_000_000}, "2025-10-09"),
        ({"ts": 10**30}, None),
        ({"ts": -1}, None),
        ({"ts": "yesterday"}, None),
        ({"ts": None}, None),
        ({}, None),
    ],
)
def test_the_day_of_a_version_is_that_of_its_first_registration_and_decides_nothing(
    told: dict[str, JSON], day: str | None
) -> None:
    """Confluent's ``ts`` is when the record was last written; ``createTs`` is there where it was written before."""
    plain: dict[str, JSON] = {"subject": "order", "version": 1, "id": 1, "schema": _order(id="long")}
    found = registered({**plain, **told})
    assert found.since == day
    assert found == registered(plain)


@pytest.mark.slow
def test_a_plan_lists_the_older_versions_that_the_registry_will_never_have(
    run: Run, registry: RegistryServer, project: Path
) -> None:
    """Of a folder the newest version of each subject is registered, and what comes before it cannot come after."""
    (project / "order-v2.avsc").write_text(_order(id="long", note="string"))
    (project / "order-v3.avsc").write_text(_order(id="long"))
    left = ["leaves out order-v1.avsc", "leaves out order-v2.avsc"]
    folder = ("registry", "register", ".", "--dry-run")
    assert [one in run(*folder, cwd=project).out for one in left] == [True, True]
    assert "leaves out" not in run("registry", "register", "order-v3.avsc", "--dry-run", cwd=project).out
    assert run("registry", "register", "order-v1.avsc", "--yes", cwd=project).code == 0
    (project / "order-v3.avsc").write_text(_order(id="long", kind="bytes"))
    assert [one in run(*folder, cwd=project).out for one in left] == [False, True]
    assert len(registry.store.rows["order"]) == 1


@pytest.mark.slow
def test_the_chart_of_a_registry_tells_its_days_and_a_lock_keeps_none(
    run: Run, registry: RegistryServer, project: Path
) -> None:
    assert run("registry", "register", "order-v1.avsc", "--yes", cwd=project).code == 0
    assert list(registry.store.rows) == ["order"]
    day = datetime.now(UTC).date()
    days = [one.isoformat() for one in (day, day - timedelta(days=1))]
    assert run("report", "--from", "registry", "-o", "registry.html", cwd=project).code == 0
    page = (project / "registry.html").read_text(encoding="utf-8")
    assert any(f'<span class="date">{one}</span>' in page for one in days)
    assert run("lock", cwd=project).code == 0
    assert not any(one in (project / "evtcompat.lock").read_text(encoding="utf-8") for one in days)
    assert run("report", "--from", "lock", "-o", "lock.html", cwd=project).code == 0
    assert '<span class="date">' not in (project / "lock.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_from_the_first_registration_to_an_offline_check(run: Run, registry: RegistryServer, project: Path) -> None:
    """register, lock, drift (exit code 5), and a check without the registry."""
    assert run("registry", "register", "order-v1.avsc", cwd=project).code == 2  # no terminal, no --yes
    assert registry.store.rows == {}
    assert run("registry", "register", "order-v1.avsc", "--yes", cwd=project).code == 0
    again = run("registry", "register", "order-v1.avsc", "--yes", cwd=project)
    assert "is registered already, as version 1 of order" in again.out
    assert run("lock", cwd=project).code == 0
    first = (project / "evtcompat.lock").read_bytes()
    assert run("lock", cwd=project).code == 0
    assert (project / "evtcompat.lock").read_bytes() == first
    assert run("lock", "--check", cwd=project).code == 0

    (project / "order-v2.avsc").write_text(_order(id="long", amount="double"))
    broken = run("registry", "register", "order-v2.avsc", "--yes", cwd=project)
    assert broken.code == 1
    assert "reader-field-missing-default-value" in broken.out
    assert len(registry.store.rows["order"]) == 1
    with ConfluentRegistry(find_target(registry.url, environ={})) as client:
        client.register("order", json.dumps({"type": "record", "name": "Order", "namespace": "shop", "fields": []}))
    drifted = run("lock", "--check", cwd=project)
    assert drifted.code == 5
    assert "order has a version 2 that the lock has not seen" in drifted.out

    registry.stop()
    offline = run("check", "order-v2.avsc", "--against", "lock", cwd=project)
    assert offline.code == 1
    assert "lock:order@1" in offline.out
    assert run("check", "order-v2.avsc", "--against", "registry", cwd=project).code == 3


@pytest.mark.slow
def test_a_check_takes_level_and_history_from_the_registry(run: Run, registry: RegistryServer, project: Path) -> None:
    """FORWARD allows what BACKWARD refuses; the command line overrides; a version may be chosen."""
    with ConfluentRegistry(find_target(registry.url, environ={})) as client:
        client.register("order-value", _order(id="long"))
        client.set_level(Level.FORWARD_TRANSITIVE, "order-value")
    (project / "order-v1.avsc").write_text(_order(id="long", amount="double"))

    allowed = run("check", "order-v1.avsc", "--against", "registry", "--ask", cwd=project)
    assert allowed.code == 0
    assert "order-value  FORWARD_TRANSITIVE" in allowed.out
    assert "answers compatible, as predicted" in allowed.err
    refused = run("check", "order-v1.avsc", "--against", "registry", "--level", "BACKWARD", cwd=project)
    assert refused.code == 1
    assert "A Confluent registry would refuse it too" in refused.out
    assert run("check", "order-v1.avsc", "--against", "registry:order-value@1", cwd=project).code == 0
    assert run("check", "order-v1.avsc", "--against", "registry:order-value@9", cwd=project).code == 3
    assert run("check", "order-v1.avsc", "--against", "registry:nothing", cwd=project).code == 3
    assert run("check", "order-v1.avsc", "--against", "registry:order-value@x", cwd=project).code == 2


def test_a_disagreement_with_the_live_registry_is_flagged(run: Run, registry: RegistryServer, project: Path) -> None:
    from evtcompat.testing import Fault

    with ConfluentRegistry(find_target(registry.url, environ={})) as client:
        client.register("order", _order(id="long"))
    registry.faults.add(Fault(where="/compatibility", body='{"is_compatible": false, "messages": ["because"]}'))

    result = run("registry", "check", "order-v1.avsc", cwd=project)

    assert "registry-disagrees" in result.out
    assert "answers incompatible, where compatible was predicted" in result.err


@pytest.mark.slow
def test_pull_and_diff(run: Run, registry: RegistryServer, project: Path) -> None:
    """What is pulled is the same as the registry; two registries are compared with each other."""
    assert run("registry", "register", "order-v1.avsc", "--yes", cwd=project).code == 0
    assert run("registry", "pull", "pulled", cwd=project).code == 0
    assert (project / "pulled" / "order" / "1.avsc").is_file()
    assert run("registry", "diff", "pulled", cwd=project).code == 0
    assert run("check", "pulled", "--against", "registry", cwd=project).code == 0
    with RegistryServer() as other:
        differs = run("registry", "diff", registry.url, other.url, cwd=project)
    assert differs.code == 1
    assert f"order: only in {registry.url}, not in {other.url}" in differs.out


@pytest.mark.slow
def test_pull_names_what_is_stale_and_removes_it_when_told_to(
    run: Run, registry: RegistryServer, project: Path
) -> None:
    """Nothing is removed without the flag, and nothing that `pull` would not have written or was not asked about."""
    with ConfluentRegistry(find_target(registry.url, environ={})) as client:
        client.register("order", _order(id="long"))
        client.register("shipment", _order(id="long"))
    assert "stale" not in run("registry", "pull", "pulled", cwd=project).err
    pulled = project / "pulled"
    for name in ("order/7.avsc", "gone/1.json", "gone/2.json", "other/1.avsc"):
        (pulled / name).parent.mkdir(exist_ok=True)
        (pulled / name).write_text("{}")
    kept = ("order/1.avsc", "shipment/1.avsc", "order/latest.avsc", "order/notes.txt", "A%42/1.avsc", "1.avsc")
    for name in kept[2:]:
        (pulled / name).parent.mkdir(exist_ok=True)
        (pulled / name).write_text("{}")

    told = run("registry", "pull", "pulled", cwd=project)
    assert told.code == 0
    listed = "pulled/gone/1.json, pulled/gone/2.json, pulled/order/7.avsc, pulled/other/1.avsc"
    assert f"4 files that the registry does not have (remove with --prune): {listed}" in told.err
    assert (pulled / "gone/2.json").is_file()

    some = run("registry", "pull", "pulled", "--prune", "--subject", "g*", "--subject", "order", cwd=project)
    assert some.out.splitlines()[1:] == [
        "Removed pulled/gone/1.json",
        "Removed pulled/gone/2.json",
        "Removed pulled/order/7.avsc",
    ]
    left = {file.relative_to(pulled).as_posix() for file in pulled.rglob("*") if file.is_file()}
    assert left == {*kept, "other/1.avsc"}
    assert not (pulled / "gone").exists()

    nothing = run("registry", "pull", "pulled", "--prune", "--subject", "other", cwd=project)
    assert nothing.code == 3
    assert "so nothing was removed from pulled" in nothing.err
    assert (pulled / "other/1.avsc").is_file()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("strategy", "file", "subject"),
    [
        ("topic", "order-v1.avsc", "order-value"),
        ("topic", "order-key-v1.avsc", "order-key"),
        ("record", "order-v1.avsc", "shop.Order"),
        ("topic-record", "order-v1.avsc", "order-shop.Order"),
        ("topic-record", "order-shop.Order/1.avsc", "order-shop.Order"),
    ],
)
def test_the_configured_strategy_names_the_subject(
    run: Run, registry: RegistryServer, project: Path, strategy: str, file: str, subject: str
) -> None:
    """For `register` and `check` alike; a subject that happens to be called as the file does not come between."""
    (project / "evtcompat.toml").write_text(f'[registry]\nsubject-name-strategy = "{strategy}"\n')
    (project / file).parent.mkdir(exist_ok=True)
    (project / file).write_text(_order(id="long"))
    with ConfluentRegistry(find_target(registry.url, environ={})) as client:
        client.register("order", _order(id="string"))
    new = run("check", file, "--against", "registry", cwd=project)
    assert (new.code, "1 new" in new.out) == (0, True), new
    assert f"begins the subject {subject}" in run("registry", "register", file, "--yes", cwd=project).out
    assert [one for one in registry.store.rows if one != "order"] == [subject]
    checked = run("check", file, "--against", "registry", cwd=project)
    assert (checked.code, "1 unchanged" in checked.out) == (0, True), checked


def test_a_schema_that_the_strategy_cannot_name_hides_no_other(
    run: Run, registry: RegistryServer, project: Path
) -> None:
    del registry
    (project / "evtcompat.toml").write_text(
        '[registry]\nsubject-name-strategy = "record"\n[subjects]\nids = ["id.avsc"]\n'
    )
    (project / "union.avsc").write_text('["null", "string"]')
    (project / "id.avsc").write_text('"long"')
    result = run("check", ".", "--against", "registry", cwd=project)
    assert result.code == 3
    assert "union.avsc" in result.out
    assert "the subject name strategy `record` needs the record name, and this schema has none" in result.out
    assert "2 new" in result.out


def test_a_registered_version_is_a_side_of_diff(run: Run, registry: RegistryServer, project: Path) -> None:
    with ConfluentRegistry(find_target(registry.url, environ={})) as client:
        client.register("order", _order(id="long"))
        client.register("order", json.dumps({"type": "record", "name": "Order", "namespace": "shop", "fields": []}))
    shown = run("diff", "registry:order@1", "registry:order", cwd=project)
    assert "- fields.id" in shown.out
    assert "reader-field-missing-default-value" in shown.out
    assert "no difference" in run("diff", "registry:order@1", "order-v1.avsc", cwd=project).out
    assert run("diff", "registry:order@9", "order-v1.avsc", cwd=project).code == 3


@pytest.mark.slow
def test_subjects_versions_show(run: Run, registry: RegistryServer, project: Path) -> None:
    assert run("registry", "register", "order-v1.avsc", "--yes", cwd=project).code == 0

    assert run("registry", "subjects", cwd=project).out == "order\n"
    assert run("registry", "versions", "order", cwd=project).out == "1  id 1  AVRO\nlevel BACKWARD (of the registry)\n"
    assert json.loads(run("registry", "show", "order", cwd=project).out)["name"] == "Order"
    assert run("registry", "show", "order@2", cwd=project).code == 3
    assert registry.url in run("registry", "show", "nothing", cwd=project).err


@pytest.mark.slow
def test_the_commands_of_the_documentation(run: Run, registry: RegistryServer, project: Path) -> None:
    """Every `$ evtcompat ...` of docs/registry.md runs in order and ends with the code that stands behind it."""
    blocks = re.findall(r"^\$ evtcompat (.*?)(?:  # exit code (\d))?$", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(blocks) >= 8
    del registry
    for command, code in blocks:
        result = run(*command.split(), cwd=project)
        assert result.code == int(code or 0), (command, result)


def test_the_lock_reads_what_it_writes_and_notices_an_edit(tmp_path: Path) -> None:
    found = Registered("s", 1, 7, '{"a": 1.0, "b": "\'\'\'\\u007f"}', "JSON", (Reference("n", "t", 2),))
    lock = Lock("http://r", Level.FULL, ("s*",), (LockedSubject("s", (found,), Level.NONE),))
    text = render_lock(lock)

    again = parse_lock(text, "x")

    assert render_lock(again) == text
    assert parse_lock(f"\ufeff{text}", "x") == again
    assert again.subjects[0].versions[0].references == found.references
    with pytest.raises(BaselineError, match="is not the one that was locked"):
        parse_lock(text.replace("1.0", "2.0"), "x")
    with pytest.raises(BaselineError, match="there is no"):
        read_lock(tmp_path / "evtcompat.lock")


@pytest.mark.slow
@given(st.text(min_size=1, max_size=16))  # at most 4 bytes a character, 3 letters a byte, 200 letters in all
def test_a_file_name_stays_in_its_folder_and_tells_its_subject(subject: str) -> None:
    """One segment, no way up, reversible."""
    name = file_name(subject)

    assert "/" not in name
    assert "\\" not in name
    assert name not in {".", ".."}
    assert not name.startswith(".")
    assert subject_of_file(name) == subject


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@pytest.mark.slow
@given(_JSON, st.booleans())
def test_laying_out_changes_no_token(value: object, ascii_only: bool) -> None:  # noqa: FBT001 - hypothesis gives it
    text = json.dumps(value, ensure_ascii=ascii_only)

    assert json.loads(relaid(text)) == value
    assert relaid(relaid(text)) == relaid(text)


@pytest.mark.parametrize("text", ["[" * 20_000, "[" * 20_000 + "]" * 20_000, '{"a":' * 5_000 + "1" + "}" * 5_000])
def test_a_deep_text_is_laid_out_in_no_more_than_its_own_measure(text: str) -> None:
    assert len(relaid(text)) < 70 * len(text)
    assert "".join(relaid(text).split()) == text


def test_names_of_strategies_and_contexts() -> None:
    assert subject_name(Strategy.TOPIC, topic="t") == "t-value"
    assert subject_name(Strategy.TOPIC, topic="t", key=True) == "t-key"
    assert subject_name(Strategy.RECORD, record="a.B") == "a.B"
    assert subject_name(Strategy.TOPIC_RECORD, topic="t", record="a.B") == "t-a.B"
    with pytest.raises(UsageError, match="needs the topic"):
        subject_name(Strategy.TOPIC)
    assert parse_subject(":.eu:orders").context == ".eu"
    assert str(parse_subject(":.eu:orders")) == ":.eu:orders"
    assert str(parse_subject(":.:orders")) == "orders"


@pytest.mark.slow
def test_the_cache_spares_requests_and_holds_no_error(registry: RegistryServer, tmp_path: Path) -> None:
    """A second client reads versions from disk; damage counts as absence; a subject that began again is forgotten."""
    target = find_target(registry.url, environ={})

    def client() -> ConfluentRegistry:
        return ConfluentRegistry(target, cache=VersionCache(tmp_path / "versions", registry.url))

    with client() as one:
        one.register("a", '"string"')
        one.set_level(Level.NONE)
        one.register("a", '"int"')
        first = one.history("a")
    registry.seen.clear()
    with client() as two:
        assert two.history("a") == first
    assert not [seen for seen in registry.seen if re.search(r"/versions/\d", seen.path)]
    for file in (tmp_path / "versions").rglob("*.json"):
        file.write_bytes(file.read_bytes()[:-20])
    with client() as three:
        assert three.history("a") == first
        three.delete("a")
        three.delete("a", permanent=True)
    with ConfluentRegistry(target) as other:
        for text in ('"long"', '"bytes"'):
            other.register("a", text)
    with client() as four:
        assert [version.text for version in four.history("a").versions] == ['"long"', '"bytes"']


def test_a_folder_of_diff_names_its_broken_files_from_here(run: Run, registry: RegistryServer, project: Path) -> None:
    del registry
    (project / "mine").mkdir()
    (project / "mine" / "a.avsc").write_text("{")
    broken = run("registry", "diff", "mine", cwd=project)
    assert (broken.code, "evtcompat: mine/a.avsc:1:2: not valid JSON" in broken.err) == (3, True)
