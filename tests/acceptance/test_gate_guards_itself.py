"""A change cannot let itself pass: what weakens the gate is told, and the gate that stands still counts.

Law: a weaker gate together with a break is refused, whichever part of the gate is turned and however the check is run.
The weaker gate alone passes, with the warning, and counts from then on. A stronger gate is no finding.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests

from acceptance.team import BREAKING, DEPLOYED, HARMLESS, RULE
from cli_harness import Result, Run
from evtcompat.model.levels import Level
from evtcompat.registries.base import Registered
from evtcompat.registries.lockfile import Lock, LockedSubject, render_lock
from evtcompat.testing import RegistryServer
from sources.conftest import Repo

Files = Mapping[str, str | None]

ORDER = "schemas/order.avsc"
OTHER = "more/other.avsc"
TOML = "evtcompat.toml"
LOCK = "evtcompat.lock"
DRAFT = "https://json-schema.org/draft/2020-12/schema"
SILENCED = f'[severity]\n{RULE} = "off"\n'


def json_schema(*, named: bool = True, **keywords: object) -> str:
    return json.dumps({"$schema": DRAFT, **keywords} if named else keywords)


def properties(*, named: bool = True, **kinds: object) -> str:
    return json_schema(named=named, type="object", properties=kinds)


def lock(
    *subjects: LockedSubject, registry: str = "http://one.example", level: Level = Level.BACKWARD
) -> dict[str, str]:
    return {LOCK: render_lock(Lock(registry, level, (), subjects))}


def locked(*texts: str, level: Level | None = None) -> LockedSubject:
    versions = tuple(Registered("order", number, number, text, "AVRO") for number, text in enumerate(texts, 1))
    return LockedSubject("order", versions, level)


BREAK: Files = {ORDER: BREAKING}


@dataclass(frozen=True)
class Turn:
    """A part of the gate that is turned.

    Attributes:
        says: What the finding says.
        then: The files at the baseline, besides the deployed schema.
        now: The files of the gate that the change writes; ``None`` deletes one.
        edit: The other files of the change, which break something.
        code: What the break is answered with.
        passes: Whether the break alone passes once the weaker gate stands.
    """

    says: str
    then: Files
    now: Files
    edit: Files = field(default_factory=lambda: BREAK)
    code: int = 1
    passes: bool = True


def toml(then: str, now: str | None) -> tuple[Files, Files]:
    return {TOML: then}, {TOML: now}


EDITED = {"schemas/o-v1.avsc": DEPLOYED}
EDIT: Files = {"schemas/o-v1.avsc": HARMLESS}
STRICT = {"schemas/s.json": properties(id={})}
STRICT_EDIT: Files = {"schemas/s.json": properties(id={}, email={"type": "string"})}
OPEN = {"schemas/s.json": json_schema(type="string", pattern=r"^(a+)(b|c)\1$")}
OPEN_EDIT: Files = {"schemas/s.json": json_schema(type="string", pattern=r"^(a+)b\1$")}
FORMAT = {"schemas/s.json": json_schema(type="string")}
FORMAT_EDIT: Files = {"schemas/s.json": json_schema(type="string", format="date")}
UNNAMED = {"events/e.json": properties(named=False, id={"type": "string"})}
UNNAMED_EDIT: Files = {"events/e.json": properties(named=False, id={"type": "integer"})}

TURNS = {
    "level": Turn("`level` goes from FULL to NONE", *toml('level = "FULL"', 'level = "NONE"')),
    "level, of the defaults": Turn("`level` goes from FULL to FORWARD", {}, {TOML: 'level = "FORWARD"'}),
    "level, for a subject": Turn(
        "`level` goes from FULL to NONE for `order`",
        *toml('level = "FULL"', '[[overrides]]\nsubjects = ["order"]\nlevel = "NONE"'),
    ),
    "level, for a path": Turn(
        "`level` goes from FULL to NONE", *toml("", '[[overrides]]\npaths = ["schemas/*"]\nlevel = "NONE"')
    ),
    "an override is removed": Turn(
        "`level` goes from FULL to FORWARD for `order`",
        *toml('level = "FORWARD"\n[[overrides]]\nsubjects = ["order"]\nlevel = "FULL"', 'level = "FORWARD"'),
    ),
    "overrides change places": Turn(
        "`level` goes from FULL to NONE for `order`",
        *toml(
            '[[overrides]]\nsubjects = ["ord*"]\nlevel = "NONE"\n[[overrides]]\nsubjects = ["*er"]\nlevel = "FULL"',
            '[[overrides]]\nsubjects = ["*er"]\nlevel = "FULL"\n[[overrides]]\nsubjects = ["ord*"]\nlevel = "NONE"',
        ),
    ),
    "severity": Turn(f"the severity of {RULE} goes from error to off", *toml("", SILENCED)),
    "severity, for a subject": Turn(
        f"the severity of {RULE} goes from error to note",
        *toml("", f'[[overrides]]\nsubjects = ["order"]\nseverity = {{ {RULE} = "note" }}'),
    ),
    "exclude": Turn("`exclude` gets `schemas/order.avsc`", *toml("", 'exclude = ["schemas/order.avsc"]')),
    "exclude, by a wider pattern": Turn(
        "`exclude` gets `**/or*.avsc`", *toml('exclude = ["**/or?.avsc"]', 'exclude = ["**/or*.avsc"]')
    ),
    "paths": Turn("`paths` no longer covers `schemas`", *toml('paths = ["schemas", "more"]', 'paths = ["more"]')),
    "include": Turn(
        "`include` no longer has `events/*.json`",
        {TOML: 'include = ["events/*.json"]', **UNNAMED},
        {TOML: ""},
        {**UNNAMED_EDIT, ORDER: HARMLESS},
    ),
    "fail-on": Turn("`fail-on` goes from warning to error", {TOML: 'fail-on = "warning"', **EDITED}, {TOML: ""}, EDIT),
    "undecided": Turn(
        "`undecided` goes from exit to warn", {TOML: "", **OPEN}, {TOML: 'undecided = "warn"'}, OPEN_EDIT, code=4
    ),
    "policy": Turn(
        "`policy` goes from strict to lenient",
        {TOML: 'policy = "strict"', **STRICT},
        {TOML: 'policy = "lenient"'},
        STRICT_EDIT,
    ),
    "formats": Turn(
        "`json-schema.assert-formats` goes from true to false",
        {TOML: "[json-schema]\nassert-formats = true", **FORMAT},
        {TOML: ""},
        FORMAT_EDIT,
    ),
    "skipped": Turn(
        "`skipped` goes from fail to list",
        {TOML: 'skipped = "fail"'},
        {TOML: 'skipped = "list"'},
        {"schemas/s.json": '{"$schema": "http://json-schema.org/draft-7/schema#"}', ORDER: HARMLESS},
        code=3,
    ),
    "the configuration is deleted": Turn(
        "the whole configuration is removed", {TOML: 'fail-on = "warning"', **EDITED}, {TOML: None}, EDIT
    ),
    "the configuration is moved": Turn(
        "the whole configuration is removed",
        {TOML: 'fail-on = "warning"', **EDITED},
        {TOML: None, "conf/evtcompat.toml": 'fail-on = "warning"'},
        EDIT,
    ),
    "a project's configuration is deleted": Turn(
        "the whole configuration is removed",
        {"pyproject.toml": '[project]\nname = "x"\n[tool.evtcompat]\nfail-on = "warning"', **EDITED},
        {"pyproject.toml": '[project]\nname = "x"\n'},
        EDIT,
    ),
    "from a project's to an own one": Turn(
        "`level` goes from FULL to NONE",
        {"pyproject.toml": "[tool.evtcompat]\n"},
        {"pyproject.toml": "", TOML: 'level = "NONE"'},
    ),
    "a subject is no longer mapped": Turn(
        "subject `pay` is no longer mapped",
        {
            TOML: '[subjects]\npay = ["schemas/p/a.avsc", "schemas/p/b.avsc"]',
            "schemas/p/a.avsc": DEPLOYED,
            "schemas/p/b.avsc": DEPLOYED,
        },
        {TOML: ""},
        {"schemas/p/b.avsc": BREAKING},
        passes=False,
    ),
}
LOCKS = {
    "level": Turn(
        "the lock's `level` goes from BACKWARD to NONE",
        lock(locked(DEPLOYED)),
        lock(locked(DEPLOYED), level=Level.NONE),
    ),
    "a subject's level": Turn(
        "the level of `order` in the lock goes from BACKWARD to FORWARD",
        lock(locked(DEPLOYED)),
        lock(locked(DEPLOYED, level=Level.FORWARD)),
    ),
    "a subject's own level is dropped": Turn(
        "the level of `order` in the lock goes from BACKWARD to NONE",
        lock(locked(DEPLOYED, level=Level.BACKWARD), level=Level.NONE),
        lock(locked(DEPLOYED), level=Level.NONE),
    ),
    "a subject is deleted": Turn("the lock loses the subject `order`", lock(locked(DEPLOYED)), lock()),
    "a version is deleted": Turn(
        "the lock loses version 2 of `order`", lock(locked(BREAKING, DEPLOYED)), lock(locked(BREAKING))
    ),
    "a version is replaced": Turn(
        "version 1 of `order` in the lock is another schema", lock(locked(DEPLOYED)), lock(locked(BREAKING))
    ),
    "transitive no more": Turn(
        "the lock's `level` goes from BACKWARD_TRANSITIVE to BACKWARD",
        lock(locked(DEPLOYED, BREAKING), level=Level.BACKWARD_TRANSITIVE),
        lock(locked(DEPLOYED, BREAKING)),
    ),
    "another registry": Turn(
        "the lock's `registry` goes from http://one.example to http://two.example",
        lock(locked(DEPLOYED)),
        lock(locked(DEPLOYED), registry="http://two.example"),
        passes=False,
    ),
}


def write(repo: Repo, files: Files) -> None:
    for path, content in files.items():
        if content is None:
            (repo.path / path).unlink()
        else:
            repo.write(path, content)


def begun(repository: Path, turn: Turn) -> Repo:
    repo = Repo(repository)
    write(repo, {ORDER: DEPLOYED, OTHER: DEPLOYED, **turn.then})
    repo.commit()
    repo.commit()  # without an edited schema, the commit before the last is compared with
    return repo


#: Words of the check, and what happens to the change before it.
WAYS: dict[str, tuple[str, ...]] = {
    "in the work tree": (),
    "on a branch": (),
    "by the hook": ("--staged",),
    "what changed": ("--changed",),
    "against a commit": ("--against", "git:main"),
    "against a merge base": ("--against", "git:merge-base:main"),
}


def checked(run: Run, repo: Repo, way: str) -> Result:
    if way in ("on a branch", "against a commit", "against a merge base"):
        repo.git("checkout", "--quiet", "-B", "topic")
        repo.commit()
        repo.save({"README": "more\n"})
    elif way == "by the hook":
        repo.git("add", "--all")
    return run("check", *WAYS.get(way, ("--against", "lock")), cwd=repo.path)


def said(result: Result) -> str:
    return " ".join((result.out + result.err).split())


#: Turned in every way that a check can be run, also in the short run.
EVERYWHERE = ("level", "exclude", "the configuration is deleted")
CASES = [
    pytest.param(
        name,
        way,
        turn,
        id=f"{name} ({way})",
        marks=() if way == "in the work tree" or name in EVERYWHERE else pytest.mark.long,
    )
    for name, turn in TURNS.items()
    for way in WAYS
]
CASES += [pytest.param(f"lock: {name}", "against a lock", turn, id=f"lock: {name}") for name, turn in LOCKS.items()]


@pytest.mark.parametrize(("name", "way", "turn"), CASES)
def test_a_weaker_gate_and_a_break_are_refused(name: str, way: str, turn: Turn, run: Run, repository: Path) -> None:
    del name
    repo = begun(repository, turn)
    write(repo, turn.now)
    write(repo, turn.edit)
    result = checked(run, repo, way)
    assert result.code == turn.code, said(result)
    assert "gate-weakened" in result.out
    assert turn.says in said(result)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "way", "turn"), CASES)
def test_a_weaker_gate_alone_passes_with_the_warning_and_counts_from_then_on(
    name: str, way: str, turn: Turn, run: Run, repository: Path
) -> None:
    del name
    repo = begun(repository, turn)
    write(repo, turn.now)
    result = checked(run, repo, way)
    assert turn.says in said(result)
    weighs = "error" if "fail-on" in str(turn.then) else "warning"  # the baseline's setting counts for this rule, too
    assert f"{weighs} gate-weakened" in said(result)
    assert result.code == (1 if weighs == "error" else 0), said(result)
    repo.git("checkout", "--quiet", "-B", "main")
    repo.commit()
    write(repo, turn.edit)
    later = checked(run, repo, way)
    assert "gate-weakened" not in later.out
    assert (later.code == 0) is turn.passes, said(later)


#: Turned back, the gate asks for something else, not for more.
NO_WAY_BACK = {
    "a project's configuration is deleted",
    "lock: another registry",
    "lock: a version is replaced",
    "lock: a subject's level",
}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "way", "turn"), CASES)
def test_a_stronger_gate_is_no_finding(name: str, way: str, turn: Turn, run: Run, repository: Path) -> None:
    if name in NO_WAY_BACK:
        return
    repo = Repo(repository)
    write(repo, {ORDER: DEPLOYED, OTHER: DEPLOYED, **turn.then})
    write(repo, turn.now)
    repo.commit()
    repo.commit()
    for path in turn.now.keys() - turn.then.keys():
        (repo.path / path).unlink()
    write(repo, {path: content for path, content in turn.then.items() if path in turn.now})
    result = checked(run, repo, way)
    assert "gate-weakened" not in result.out, result.out
    assert result.code == 0, said(result)


@pytest.mark.slow
def test_a_version_that_is_added_to_the_lock_is_no_finding_and_lets_nothing_pass(run: Run, repository: Path) -> None:
    """It could be forged, and would be compared with in place of the one that is deployed."""
    turn = Turn("", lock(locked(DEPLOYED)), lock(locked(DEPLOYED, BREAKING)))
    repo = begun(repository, turn)
    write(repo, turn.now)
    alone = checked(run, repo, "against a lock")
    assert "gate-weakened" not in alone.out
    write(repo, turn.edit)
    result = checked(run, repo, "against a lock")
    assert result.code == 1
    assert "counts too, until this one stands there, and does not let `order` pass" in said(result)
    repo.commit()
    repo.save({"README": "more\n"})
    assert checked(run, repo, "against a lock").code == 0, "it stands"


NAMED = [("", 'default-branch = "evil"'), ('default-branch = "main"', 'default-branch = "evil"')]


@pytest.mark.slow
@pytest.mark.parametrize(("then", "now"), NAMED)
@pytest.mark.parametrize("way", ["on a branch", "in the work tree"])
def test_another_default_branch_moves_no_baseline(then: str, now: str, way: str, run: Run, repository: Path) -> None:
    """The branch that the change names may have the change already, and the name as well."""
    repo = begun(repository, Turn("", {TOML: then}, {}))
    repo.git("checkout", "--quiet", "-b", "evil")
    repo.save({ORDER: BREAKING, TOML: now})
    repo.git("checkout", "--quiet", "-b", "topic")
    if way == "in the work tree":
        repo.git("reset", "--quiet", "--soft", "main")
    result = checked(run, repo, way)
    assert result.code == 1, said(result)
    assert "`default-branch`, and with it the baseline, goes from" in said(result)


def test_a_default_branch_that_nothing_else_names_is_taken_from_the_setting(run: Run, repository: Path) -> None:
    repo = Repo(repository)
    repo.git("checkout", "--quiet", "-b", "develop")
    repo.save({ORDER: DEPLOYED, TOML: 'default-branch = "develop"'})
    repo.git("checkout", "--quiet", "-b", "topic")
    repo.save({ORDER: HARMLESS})
    result = run("check", cwd=repo.path)
    assert result.code == 0, said(result)
    assert "gate-weakened" not in result.out


@pytest.mark.slow
@pytest.mark.parametrize("way", ["in the work tree", "by the hook", "on a branch"])
def test_leaving_out_what_never_held_a_schema_is_no_finding(way: str, run: Run, repository: Path) -> None:
    """Not even together with the files that are left out."""
    repo = begun(repository, Turn("", {TOML: "", "docs/a.json": "{}"}, {}))
    write(repo, {TOML: 'exclude = ["docs", "tests/**", "schemas/bad-*"]', ORDER: HARMLESS})
    write(repo, {"tests/order.avsc": BREAKING, "tests/x.avsc": "{", "schemas/bad-1.avsc": "{", "docs/b.avsc": "{"})
    result = checked(run, repo, way)
    assert result.code == 0, said(result)
    assert "gate-weakened" not in result.out


@pytest.mark.slow
def test_what_stands_and_is_broken_does_not_block_the_gate_that_leaves_it_out(run: Run, repository: Path) -> None:
    """Only what the change touches is judged by the gate that stands."""
    names = {"a-v1": DEPLOYED, "a-v2": BREAKING, "b": "{", "c-1": DEPLOYED, "c_1": DEPLOYED}
    repo = begun(repository, Turn("", {f"old/{name}.avsc": text for name, text in names.items()}, {}))
    assert run("check", cwd=repo.path).code == 3
    write(repo, {TOML: 'exclude = ["old"]', ORDER: HARMLESS})
    result = run("check", cwd=repo.path)
    assert "`exclude` gets `old`" in said(result)
    assert result.code == 0, said(result)
    write(repo, {"old/a-v2.avsc": BREAKING.replace("currency", "country")})
    assert run("check", cwd=repo.path).code == 1


@pytest.mark.slow
def test_a_subject_that_is_deleted_and_left_out_is_removed_all_the_same(run: Run, repository: Path) -> None:
    repo = begun(repository, Turn("", {}, {}))
    write(repo, {TOML: 'exclude = ["schemas"]', ORDER: None})
    result = run("check", cwd=repo.path)
    assert result.code == 1
    assert "subject-removed" in result.out


@pytest.mark.slow
def test_a_configuration_that_is_named_is_compared_with_itself(run: Run, repository: Path) -> None:
    repo = begun(repository, Turn("", {"ci/gate.toml": 'level = "FULL"', TOML: 'level = "NONE"'}, {}))
    write(repo, {"ci/gate.toml": 'level = "NONE"', **BREAK})
    result = run("check", "schemas", "--config", "ci/gate.toml", cwd=repo.path)
    assert result.code == 1, said(result)
    assert "`level` goes from FULL to NONE" in said(result)
    assert run("check", "schemas", cwd=repo.path).code == 0, "that one stood at NONE"


def test_a_configuration_that_moves_keeps_what_it_says(run: Run, repository: Path) -> None:
    """Its paths mean the same from another folder."""
    repo = begun(repository, Turn("", {TOML: 'paths = ["schemas", "more"]\nexclude = ["schemas/old"]'}, {}))
    write(repo, {TOML: None, "schemas/evtcompat.toml": 'exclude = ["old", "order.avsc"]', **BREAK})
    write(repo, {"schemas/other.avsc": DEPLOYED})
    result = run("check", cwd=repo.path / "schemas")
    assert result.code == 1, said(result)
    assert "`exclude` gets `order.avsc`" in said(result)
    assert "`paths` no longer covers `more`" in said(result)
    assert "`old`" not in said(result)


def break_behind(repository: Path) -> Repo:
    turn = TURNS["level"]
    repo = begun(repository, turn)
    write(repo, {**turn.now, **turn.edit})
    return repo


def errors(run: Run, repo: Repo) -> list[dict[str, str]]:
    value = json.loads(run("check", "--format", "json", cwd=repo.path).out)
    (order,) = [one for one in value["subjects"] if one["subject"] == "order"]
    assert (value["verdict"], order["verdict"], order["level"]) == ("incompatible", "incompatible", "FULL")
    assert value["counts"]["compared"] == 1
    return [found for one in order["comparisons"] for found in one["findings"] if found["severity"] == "error"]


@pytest.mark.slow
def test_every_report_shows_what_the_gate_that_stands_refuses(run: Run, repository: Path) -> None:
    repo = break_behind(repository)
    assert [found["rule"] for found in errors(run, repo)] == [RULE]
    for report in ("sarif", "junit", "github", "gitlab", "markdown"):
        assert RULE in run("check", "--format", report, cwd=repo.path).out


@pytest.mark.slow
def test_a_waiver_takes_effect_at_once_also_for_what_the_gate_that_stands_refuses(run: Run, repository: Path) -> None:
    repo = break_behind(repository)
    words = ("--reason", "r", "--owner", "ann", "--expires", "2999-01-01")
    for found in errors(run, repo):
        assert run("waive", found["fingerprint"], *words, cwd=repo.path).code == 0
    result = run("check", cwd=repo.path)
    assert result.code == 0, said(result)
    assert "is added, until 2999-01-01; its owner is ann" in said(result)
    assert f"waived {RULE}" in said(result)


@pytest.mark.slow
def test_a_waiver_that_is_turned_to_another_finding_is_told(run: Run, repository: Path) -> None:
    """Its fingerprint stood, and accepted nothing."""
    repo = break_behind(repository)
    (found,) = errors(run, repo)

    def entry(rule: str) -> Files:
        words = {"fingerprint": found["fingerprint"], "rule": rule, "subject": "order", "reason": "r", "owner": "ann"}
        lines = [f'{name} = "{word}"' for name, word in words.items()]
        return {"evtcompat-waivers.toml": "\n".join(["[[waivers]]", *lines, "expires = 2999-01-01", ""])}

    repo.git("stash", "--quiet")
    write(repo, entry("subject-removed"))
    repo.commit()
    repo.git("stash", "pop", "--quiet")
    assert run("check", cwd=repo.path).code == 1
    write(repo, entry(RULE))
    result = run("check", cwd=repo.path)
    assert result.code == 0, said(result)
    assert "its owner is ann" in said(result)


@pytest.mark.slow
@pytest.mark.parametrize("broken", ["[[[", "nonsense = 1", 'level = "SIDEWAYS"', "\ufffe"])
@pytest.mark.parametrize("way", ["in the work tree", "by the hook", "on a branch"])
def test_the_repair_of_a_broken_configuration_lets_nothing_else_pass(
    way: str, broken: str, run: Run, repository: Path
) -> None:
    """Nobody knows what the gate that stood was: its repair passes, and a break meets the defaults, too."""
    repo = begun(repository, Turn("", {TOML: broken}, {}))
    write(repo, {TOML: 'level = "NONE"'})
    alone = checked(run, repo, way)
    assert (alone.code, "the baseline's file is broken" in said(alone)) == (0, True), said(alone)
    write(repo, BREAK)
    both = checked(run, repo, way)
    assert (both.code, "the baseline's file is broken" in said(both)) == (1, True), said(both)


@pytest.mark.slow
@pytest.mark.parametrize("against", ["lock", "registry"])
def test_where_the_gate_that_stood_is_not_known_nothing_is_green(
    against: str, run: Run, repository: Path, tmp_path: Path
) -> None:
    """A check against a registry or a lock rests on files of the repository, which the change may have turned."""
    repo = begun(repository, Turn("", lock(locked(DEPLOYED)), {}))
    repo.git("checkout", "--quiet", "-b", "topic")
    repo.save({**lock(locked(DEPLOYED), level=Level.NONE), ORDER: BREAKING})
    repo.save({"README": "more\n"})
    clone = repo.clone(tmp_path / "shallow", "--depth=1", "--branch=topic", "--no-single-branch")
    with RegistryServer() as registry:
        body = {"schema": DEPLOYED}
        requests.post(f"{registry.url}/subjects/order/versions", json=body, timeout=30).raise_for_status()
        environment = {"EVTCOMPAT_REGISTRY_URL": registry.url}
        result = run("check", "--against", against, cwd=clone.path, environment=environment)
    assert result.code == (1 if against == "registry" else 3), said(result)
    assert "it is not known whether this change weakens its own gate" in said(result)
    assert "git fetch --deepen" in said(result)
