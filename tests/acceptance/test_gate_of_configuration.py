"""A change of the configuration cannot let itself pass: what weakens the gate is told, and the gate that stands counts.

Law: a weaker gate together with a break is refused, whichever part of the gate is turned and however the check is run.
The weaker gate alone passes, with the warning, and counts from then on. A stronger gate is no finding.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from acceptance.gate import (
    BREAK,
    TOML,
    WAYS,
    Files,
    Turn,
    begun,
    checked,
    hold_stronger,
    hold_weaker_alone,
    hold_weaker_and_break,
    said,
    write,
)
from acceptance.team import BREAKING, DEPLOYED, HARMLESS, ORDER, RULE
from cli_harness import Run
from sources.conftest import Repo

DRAFT = "https://json-schema.org/draft/2020-12/schema"
SILENCED = f'[severity]\n{RULE} = "off"\n'


def json_schema(*, named: bool = True, **keywords: object) -> str:
    return json.dumps({"$schema": DRAFT, **keywords} if named else keywords)


def properties(*, named: bool = True, **kinds: object) -> str:
    return json_schema(named=named, type="object", properties=kinds)


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
#: Turned in every way that a check can be run, also in the short run.
EVERYWHERE = ("level", "exclude", "the configuration is deleted")
CASES = {
    (name, way): pytest.param(
        way,
        turn,
        id=f"{name} ({way})",
        marks=() if way == "in the work tree" or name in EVERYWHERE else pytest.mark.long,
    )
    for name, turn in TURNS.items()
    for way in WAYS
}


@pytest.mark.parametrize(("way", "turn"), CASES.values())
def test_a_weaker_gate_and_a_break_are_refused(way: str, turn: Turn, run: Run, repository: Path) -> None:
    hold_weaker_and_break(turn, way, run, repository)


@pytest.mark.slow
@pytest.mark.parametrize(("way", "turn"), CASES.values())
def test_a_weaker_gate_alone_passes_with_the_warning_and_counts_from_then_on(
    way: str, turn: Turn, run: Run, repository: Path
) -> None:
    hold_weaker_alone(turn, way, run, repository)


#: Turned back, the gate asks for something else, not for more.
NO_WAY_BACK = {"a project's configuration is deleted"}
TURNED_BACK = [case for (name, _), case in CASES.items() if name not in NO_WAY_BACK]


@pytest.mark.slow
@pytest.mark.parametrize(("way", "turn"), TURNED_BACK)
def test_a_stronger_gate_is_no_finding(way: str, turn: Turn, run: Run, repository: Path) -> None:
    hold_stronger(turn, way, run, repository)


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
    assert "gets `old`" not in said(result)


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
def test_a_document_with_several_events_is_left_out_as_a_schema_file_is(run: Run, repository: Path) -> None:
    message = "{name: placed, payload: {type: object, properties: {n: {type: integer}}}}"
    document = (
        f"asyncapi: 2.6.0\ninfo: {{title: t, version: 1.0.0}}\nchannels: {{a: {{publish: {{message: {message}}}}}}}\n"
    )
    repo = begun(repository, Turn("", {"shop.yaml": document}, {}))
    write(repo, {TOML: 'exclude = ["shop.yaml"]', ORDER: HARMLESS})
    result = run("check", cwd=repo.path)
    assert (result.code, "`exclude` gets `shop.yaml`" in said(result)) == (0, True), said(result)
