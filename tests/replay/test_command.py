"""`evtcompat replay` and `check --observed`, as a person runs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli_harness import ROOT, Run, commit
from replay import orders

COUNT = 300


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A folder with the schemas of the orders, and another with recorded ones."""
    orders.write_schemas(tmp_path / "schemas")
    events = tmp_path / "events"
    events.mkdir()
    for number, made in enumerate(orders.each_version(COUNT), 1):
        (events / f"{number}.avro").write_bytes(orders.container(made))
    return tmp_path


def _json(text: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(text)
    return value


def _named(number: int) -> Path:
    return Path("schemas") / f"order-v{number}.avsc"


def _strict(folder: Path) -> str:
    """The strict reader as the third version of the subject."""
    (folder / "schemas" / "order-v3.avsc").write_text(json.dumps(orders.AVRO["strict"]))
    return "schemas/order-v3.avsc"


EVERYTHING = [order for made in orders.each_version(COUNT) for order in made]


@pytest.mark.slow
def test_events_that_are_refused_end_with_1(shop: Path, run: Run) -> None:
    done = run("replay", "events", "--reader", _strict(shop), "--format", "json", cwd=shop)
    assert (done.code, done.err) == (1, "")
    report = _json(done.out)
    assert report["events"] == len(EVERYTHING)
    assert report["readers"][0]["outcomes"] == orders.outcomes(EVERYTHING, "strict")
    assert [(writer["name"], writer["events"]) for writer in report["writers"]] == [("v1", COUNT), ("v2", COUNT // 2)]
    assert report["needs"] == {"written": ["1", "2"], "unneeded": [], "level": "BACKWARD_TRANSITIVE", "unseen": []}
    lost = next(one for one in report["readers"][0]["findings"] if one["rule"] == "missing-enum-symbols")
    assert lost["example"]["value"]["status"] == "LOST"
    assert lost["example"]["position"].startswith("events/")


@pytest.mark.slow
def test_events_that_are_all_read_end_with_0(shop: Path, run: Run) -> None:
    done = run("replay", "events", "--reader", "schemas/order-v2.avsc", cwd=shop)
    assert done.code == 0
    assert "300 defaulted" in done.out
    assert "450 proved" in done.out


def test_only_old_events_make_the_newer_versions_needless(shop: Path, run: Run) -> None:
    done = run("replay", "events/2.avro", "--reader", _strict(shop), "--format", "json", cwd=shop)
    assert _json(done.out)["needs"] == {"written": ["2"], "unneeded": ["1"], "level": "BACKWARD", "unseen": []}
    text = run("replay", "events/2.avro", "--reader", "schemas/order-v3.avsc", cwd=shop).out
    assert "No recorded event was written with v1." in text


def _damaged(folder: Path) -> None:
    (folder / "events" / "1.avro").write_bytes(b"no longer an event")


def _of_another(folder: Path) -> None:
    (folder / "events" / "1.avro").unlink()
    (folder / "events" / "1.bin").write_bytes(orders.prefixed(map(orders.confluent, EVERYTHING[:3])))


def _elsewhere(folder: Path) -> None:
    (folder / "events" / "1.avro").rename(folder / "1.avro")
    (folder / "more").mkdir()
    (folder / "events" / "more").symlink_to(folder / "more")


LATER = ("--time-field", "placed", "--since", "1997-06-02")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("happened", "options", "unseen"),
    [
        (_damaged, ("--allow-corrupt", "1"), "1 part could not be read"),
        (_of_another, ("--allow-corrupt", "3"), "3 events are of unknown writers"),
        (_elsewhere, (), "of files and folders, 1 that may hold events was left aside"),
        (None, ("--limit", "150"), "--limit 150 ended the run"),
        (None, ("--sample", "0.01"), "one event in 100 was looked at"),
        (None, LATER, "336 events were of another time"),
    ],
)
def test_what_was_not_looked_at_makes_no_version_needless(
    shop: Path, run: Run, happened: Callable[[Path], None] | None, options: tuple[str, ...], unseen: str
) -> None:
    """However the events of v1 were passed by: that nothing else was written is said of all events alone."""
    if happened is not None:
        happened(shop)
    command = ["replay", "events/2.avro", "events", "-r", "schemas/order-v2.avsc", *options]
    needs = _json(run(*command, "-f", "json", cwd=shop).out)["needs"]
    assert (needs["unneeded"], needs["level"], needs["unseen"]) == ([], None, [unseen])
    for word in ("text", "markdown"):
        said = " ".join(run(*command, "-f", word, cwd=shop).out.replace("\\", "").split())
        assert "alone may go" not in said
        assert "is all that they require" not in said
        assert unseen in said


def test_limits_that_leave_nothing_out_are_none(shop: Path, run: Run) -> None:
    command = ["replay", "events/2.avro", "-r", "schemas/order-v2.avsc", "-f", "json", "--limit", str(COUNT)]
    done = run(*command, "--time-field", "placed", "--since", "1997-01-01", cwd=shop)
    assert _json(done.out)["needs"] == {"written": ["2"], "unneeded": ["1"], "level": "BACKWARD", "unseen": []}


@pytest.mark.slow
@pytest.mark.parametrize("word", ["text", "json", "markdown"])
def test_the_report_can_go_to_a_file(shop: Path, run: Run, word: str) -> None:
    shown = run("replay", "events", "-r", _strict(shop), "-f", word, cwd=shop)
    written = run("replay", "events", "-r", "schemas/order-v3.avsc", "-f", word, "-o", "report", cwd=shop)
    assert written.out == ""
    assert (shop / "report").read_text() == shown.out


@pytest.mark.slow
def test_several_readers_are_told_side_by_side(shop: Path, run: Run) -> None:
    readers = ["-r", _strict(shop), "-r", "schemas/order-v2.avsc"]
    report = _json(run("replay", "events", *readers, "-f", "json", cwd=shop).out)
    assert [reader["name"] for reader in report["readers"]] == ["v3", "v2"]


def test_messages_with_ids(shop: Path, run: Run) -> None:
    (shop / "orders.bin").write_bytes(orders.prefixed(map(orders.confluent, EVERYTHING)))
    reader = ["-r", "schemas/order-v2.avsc", "-f", "json"]
    unknown = run("replay", "orders.bin", *reader, cwd=shop)
    assert unknown.code == 3
    assert {one["key"] for one in _json(unknown.out)["corrupt"]["unknown_writers"]} == {"confluent:7", "confluent:8"}
    writers = ["--writer", "7=schemas/order-v1.avsc", "--writer", "8=schemas/order-v2.avsc"]
    known = run("replay", "orders.bin", *reader, *writers, cwd=shop)
    assert known.code == 0
    assert _json(known.out)["readers"][0]["outcomes"] == {"ok": COUNT // 2, "defaulted": COUNT}


@pytest.mark.slow
def test_no_event_is_never_0(shop: Path, run: Run) -> None:
    (shop / "nothing.avro").write_bytes(orders.container(orders.orders(1, "1"))[:-100])
    (shop / "none").mkdir()
    for source in ("nothing.avro", "none/*.avro", "none", "missing.avro"):
        done = run("replay", source, "-r", "schemas/order-v2.avsc", cwd=shop)
        assert done.code == 3, source
    done = run(
        "replay", "events", "-r", "schemas/order-v2.avsc", "--time-field", "placed", "--since", "2100-01-01", cwd=shop
    )
    assert done.code == 3
    assert "There is no recorded event: nothing was checked." in done.out


@pytest.mark.slow
def test_what_cannot_be_read_ends_with_3_unless_it_is_allowed(shop: Path, run: Run) -> None:
    path = shop / "events" / "1.avro"
    path.write_bytes(path.read_bytes()[:-5])
    reader = ["-r", "schemas/order-v2.avsc"]
    done = run("replay", "events", *reader, cwd=shop)
    assert done.code == 3
    assert "1 part could not be read:" in done.out
    assert "still being written" in done.out
    assert run("replay", "events", *reader, "--allow-corrupt", "1", cwd=shop).code == 0


def test_the_first_events_alone(shop: Path, run: Run) -> None:
    report = _json(run("replay", "events", "-r", _strict(shop), "--limit", "320", "-f", "json", cwd=shop).out)
    assert report["readers"][0]["outcomes"] == orders.outcomes(EVERYTHING[:320], "strict")


@pytest.mark.slow
def test_a_part_of_the_events(shop: Path, run: Run) -> None:
    report = _json(run("replay", "events", "-r", _strict(shop), "--sample", "0.1", "-f", "json", cwd=shop).out)
    assert report["one_in"] == 10
    assert 20 < report["events"] < 80


@pytest.mark.slow
def test_what_was_observed_stands_beside_a_finding_and_changes_nothing(shop: Path, run: Run) -> None:
    reader = _strict(shop)
    period = ["--time-field", "placed"]
    assert run("replay", "events/2.avro", "-r", reader, "--save", "observed.json", *period, cwd=shop).code == 1
    check = ["check", reader, "--level", "backward_transitive"]
    before, after = (run(*check, *more, cwd=shop) for more in ([], ["--observed", "observed.json"]))
    assert (before.code, after.code) == (1, 1)
    seen = [line.strip() for line in after.out.splitlines() if line.strip().startswith("seen")]
    assert [line for line in after.out.splitlines() if not line.strip().startswith("seen")] == before.out.splitlines()
    lost = sum(order.status == "LOST" for order in EVERYTHING[COUNT:])
    when = "from 1 June 1997 to 7 June 1997"
    assert any(line.startswith(f"seen  in {lost} of 150 events") for line in seen), (seen, when)
    report = _json(run(*check, "--observed", "observed.json", "-f", "json", cwd=shop).out)
    findings = [one for each in report["subjects"][0]["comparisons"] for one in each["findings"]]
    assert {one["observed"]["events"] for one in findings} == {150}
    assert {0, lost} <= {one["observed"]["hits"] for one in findings}, "the events are of the second version"


def test_an_observation_that_is_none(shop: Path, run: Run) -> None:
    (shop / "other.json").write_text("{}")
    for name in ("other.json", "missing.json"):
        done = run("check", "schemas/order-v2.avsc", "--observed", name, cwd=shop)
        assert done.code == 3
        assert name in done.err


@pytest.mark.slow
def test_failing_events_become_fixtures(shop: Path, run: Run) -> None:
    """Of every version, and of every set of findings, the first three."""
    done = run("replay", "events", "-r", _strict(shop), "--save-failures", "failures", cwd=shop)
    assert done.code == 1
    kinds = Counter((order.version, order.amount == orders.ODD) for order in EVERYTHING if order.status == "LOST")
    expected = sum(min(count, 3) for count in kinds.values())
    assert f"{expected} failing events" in done.err
    manifest = _json((shop / "failures" / "manifest.json").read_text())
    payloads = [payload for version in manifest["versions"] for payload in version["payloads"]]
    assert len(payloads) == expected
    assert {payload["sees"]["3"]["outcome"] for payload in payloads} == {"refused"}
    assert (
        run(
            "fixtures",
            "verify",
            "failures",
            "--schemas",
            "schemas/order-v1.avsc",
            "--schemas",
            "schemas/order-v2.avsc",
            "--schemas",
            "schemas/order-v3.avsc",
            cwd=shop,
        ).code
        == 0
    )


def test_a_reader_that_cannot_read_its_own_events_is_told(shop: Path, run: Run) -> None:
    wrong = {**orders.AVRO["1"], "fields": [*orders.AVRO["1"]["fields"], {"name": "n", "type": "int", "default": "x"}]}
    (shop / "wrong.avsc").write_text(json.dumps(wrong))
    done = run("replay", "events", "-r", "wrong.avsc", cwd=shop)
    assert done.code == 3
    assert "not compatible with itself" in done.err


@pytest.mark.slow
def test_a_reader_of_a_commit(shop: Path, run: Run, repository: Path) -> None:
    orders.write_schemas(repository / "schemas")
    for name in ("kind", "strict"):
        (repository / "schemas" / f"{name}.avsc").unlink()
    commit(repository, "Add orders")
    (repository / "schemas" / "order-v2.avsc").write_text(json.dumps(orders.AVRO["strict"]))
    source = str(shop / "events")
    now = run("replay", source, "-r", "schemas/order-v2.avsc", cwd=repository)
    then = run("replay", source, "-r", "git:HEAD", "--subject", "order", cwd=repository)
    named = run("replay", source, "-r", "git:HEAD:schemas/order-v2.avsc", cwd=repository)
    assert (now.code, then.code, named.code) == (1, 0, 0)
    assert {found.out.partition("  ")[0] for found in (now, then, named)} == {"order"}


@pytest.mark.slow
def test_an_event_of_a_document_at_a_commit_has_its_name_and_what_its_headers_state(
    run: Run, repository: Path, tmp_path: Path
) -> None:
    """In the binary mode of CloudEvents a payload that is left open is read as the ``dataschema`` of its headers."""
    address = "https://shop.example/placed.json"
    headers = {"type": "object", "properties": {"ce_dataschema": {"const": address}}}
    messages = {"Placed": {"headers": headers, "payload": {"type": "object"}}}
    head = {"asyncapi": "3.0.0", "info": {"title": "Shop", "version": "1"}, "channels": {}}
    document = json.dumps({**head, "components": {"messages": messages}})
    (repository / "asyncapi.json").write_text(document, encoding="utf-8")
    draft = "http://json-schema.org/draft-07/schema#"
    stated = {"$schema": draft, "$id": address, "type": "object", "properties": {"id": {"type": "string"}}}
    (repository / "placed.json").write_text(json.dumps(stated), encoding="utf-8")
    commit(repository, "Add an event")
    (tmp_path / "events.jsonl").write_text('{"id": 7}\n{"id": "a"}\n', encoding="utf-8")
    for reader in ("asyncapi.json#Placed", "git:HEAD:asyncapi.json#Placed"):
        result = run("replay", str(tmp_path / "events.jsonl"), "-r", reader, cwd=repository)
        assert result.code == 1
        assert result.out.startswith("Placed  2 events")
        assert "1 ok, 1 refused" in result.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--format", "html"], "unknown report format"),
        (["--decode", "never"], "--decode"),
        (["--sample", "2"], "--sample"),
        (["--limit", "0"], "--limit"),
        (["--since", "yesterday"], "--since"),
        (["--kind", "tar"], "unknown kind"),
        (["--framing", "morse"], "unknown framing"),
        (["--engine", "hadoop"], "unknown engine"),
        (["--writer", "seven"], "not ID=SCHEMA"),
        (["--writer", "?=schemas/order-v1.avsc"], "no id of a schema"),
    ],
)
def test_wrong_words_end_with_2(shop: Path, run: Run, words: list[str], said: str) -> None:
    done = run("replay", "events", "-r", "schemas/order-v2.avsc", *words, cwd=shop)
    assert done.code == 2
    assert said in done.err


@pytest.mark.parametrize(
    ("option", "word", "code", "said"),
    [
        ("--reader", "gone.avsc", 3, "gone.avsc: there is no such file `--reader gone.avsc` names it"),
        ("--writer", "1=gone.avsc", 3, "gone.avsc: there is no such file `--writer 1=gone.avsc` names it"),
        ("--reader", "lock", 2, "--reader lock: names no schema"),
        ("--writer", "1=lock", 2, "--writer 1=lock: names no schema"),
        ("--reader", "git:", 2, "--reader git: names no git ref"),
        ("--writer", "1=git:", 2, "--writer 1 git: names no git ref"),
    ],
)
def test_a_schema_that_cannot_be_had_is_told_with_the_option_that_names_it(
    shop: Path, run: Run, option: str, word: str, code: int, said: str
) -> None:
    done = run("replay", "events", "-r", "schemas/order-v2.avsc", option, word, cwd=shop)
    assert (done.code, said in " ".join(done.err.split())) == (code, True), done.err


@pytest.mark.slow
def test_a_person_sees_how_far_it_is(shop: Path) -> None:
    """On a terminal, standard error tells bytes, events, failures; on a pipe it tells nothing."""
    import pty

    words = [sys.executable, "-m", "evtcompat", "replay", "events", "-r", _strict(shop), "--workers", "1"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "compat")}
    ours, theirs = pty.openpty()
    with subprocess.Popen(words, cwd=shop, stdout=subprocess.DEVNULL, stderr=theirs, env=environment) as process:
        os.close(theirs)
        seen = b""
        while piece := _read(ours):
            seen += piece
        process.wait(60)
    os.close(ours)
    lost = sum(order.status == "LOST" for order in EVERYTHING)
    assert f"100%  0 of 0 MB, {len(EVERYTHING)} events, {lost} failures".encode() in seen


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 1000)
    except OSError:  # Linux: the other side is closed
        return b""


@pytest.mark.slow
def test_what_cannot_be_replayed_says_what_it_is(shop: Path, run: Run) -> None:
    (shop / "empty").mkdir()
    (shop / "mail.json").write_text('{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object"}')
    (shop / "texts.jsonl").write_text('{"id": 1}\n{"id": 2}\n')
    reader = str(_named(1))
    said = {
        "an empty folder": run("replay", "empty", "--reader", reader, cwd=shop).err,
        "a folder of schemas": run("replay", "events", "--reader", "schemas", cwd=shop).err,
        "Avro": run("replay", "events/1.avro", "--reader", "mail.json", cwd=shop).out,
        "texts": run("replay", "texts.jsonl", "--reader", reader, cwd=shop).out,
    }
    told = {name: " ".join(text.split()) for name, text in said.items()}
    assert "empty: holds no events" in told["an empty folder"]
    assert "schemas: is a folder Name the file in it" in told["a folder of schemas"]
    assert "events of Avro (Avro object container file), and the reader is a JSON Schema" in told["Avro"]
    assert "events of JSON Schema, and the reader is an Avro schema" in told["texts"]
