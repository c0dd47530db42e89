"""A document that only defines schemas is checked by each of them: as a whole it accepts everything."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli_harness import Run, commit
from evtcompat.containers.definitions import DEFINITIONS
from evtcompat.formats.json_schema.libraries import ABOUT
from evtcompat.sources.documents.document_files import disk
from evtcompat.sources.documents.files import discover
from evtcompat.sources.documents.opened import opened

from .selecting import lay

DRAFT_7 = "http://json-schema.org/draft-07/schema#"
BEFORE = {"A": {"type": "string"}}
#: What a definition may be, and what it becomes.
EDITS: dict[str, tuple[object, object]] = {
    "scalar": ({"type": "string"}, {"type": "integer"}),
    "array": ({"type": "array", "items": {"type": "string"}}, {"type": "array", "items": {"type": "integer"}}),
    "enum": ({"enum": ["a", "b"]}, {"enum": ["a"]}),
    "union": ({"oneOf": [{"type": "string"}, {"type": "null"}]}, {"oneOf": [{"type": "string"}]}),
    "reference": ({"$ref": "#/%s/B"}, {"$ref": "#/%s/C"}),
    "anything": ({}, {"type": "string"}),
    "true": (True, {"type": "string"}),
    "group": ({"deep": {"type": "string"}}, {"deep": {"type": "integer"}}),
    "object": ({"properties": {"a": {"type": "string"}}}, {"properties": {"a": {"type": "integer"}}}),
}
OTHERS = {"B": {"type": "string"}, "C": {"type": "integer"}}


def library(member: object, place: str = "definitions", about: dict[str, object] | None = None) -> dict[str, object]:
    member = json.loads(json.dumps(member).replace("%s", place))
    head = {"$schema": DRAFT_7, **(about or {})}
    members = {"A": member, **OTHERS}
    return {**head, "components": {"schemas": members}} if "/" in place else {**head, place: members}


def save(repository: Path, files: dict[str, str]) -> None:
    lay(repository, files)
    commit(repository, "change")


def changed(run: Run, repository: Path, value: object) -> int:
    save(repository, {"lib.json": json.dumps(value)})
    return run("check", "lib.json", "--against", "git:HEAD~1", cwd=repository).code


@pytest.mark.slow
@pytest.mark.parametrize("place", ["definitions", "$defs", "components/schemas"])
@pytest.mark.parametrize("kind", EDITS)
def test_a_break_of_any_definition_is_one(kind: str, place: str, run: Run, repository: Path) -> None:
    before, after = EDITS[kind]
    save(repository, {"lib.json": json.dumps(library(before, place))})
    assert changed(run, repository, library(after, place)) == 1
    assert changed(run, repository, library(after, place, {"title": "x"})) == 0


@pytest.mark.parametrize("about", [
    {"description": 'says "much"'}, {"examples": ["x", 1]}, {"x-owner": {"team": "a"}}, {"deprecated": True},
    {"default": -1.5},
])  # fmt: skip
def test_what_a_document_says_about_itself_hides_no_definition(about: dict[str, object], tmp_path: Path) -> None:
    lay(tmp_path, {"lib.json": json.dumps(library({"type": "string"}, about=about))})
    found = opened(disk(tmp_path)).container("lib.json")
    assert found is not None
    assert found.events == tuple(f"lib.json#{name}" for name in "ABC")


@pytest.mark.parametrize("word", sorted(ABOUT))
@pytest.mark.parametrize("text", ['{"%s": "x", "definitions": {}}', '%s: "x"\ndefinitions: {}\n'])
def test_the_mark_of_a_file_passes_over_what_a_document_says_about_itself(text: str, word: str) -> None:
    """It cannot ask the format, which is not loaded before there is such a document."""
    assert DEFINITIONS.mark.match((text % word).encode())


@pytest.mark.parametrize("head", [
    f'"$schema": {DRAFT_7}\n', f"---\n# Types\n$schema: {DRAFT_7}\ndescription: >\n  of much\n\n  use\ntitle: x\n", "",
])  # fmt: skip
def test_a_document_in_yaml_is_one_with_and_without_a_declaration(head: str, run: Run, repository: Path) -> None:
    user = json.dumps(
        {"$schema": DRAFT_7, "type": "object", "properties": {"d": {"$ref": "types.yaml#/definitions/Day"}}}
    )
    text = head + "definitions:\n  Day:\n    type: string\n  Id: {type: string}\n"
    save(repository, {"types.yaml": text, "user.json": user})
    save(repository, {"types.yaml": text.replace("Id: {type: string}", "Id: {type: integer}")})
    checked = run("check", "--against", "git:HEAD~1", "--format", "json", cwd=repository)
    verdicts = {one["subject"]: one["verdict"] for one in json.loads(checked.out)["subjects"]}
    assert checked.code == 1
    assert verdicts["Id"] == "incompatible"


def test_what_nothing_calls_a_schema_is_left_aside_as_before(run: Run, repository: Path) -> None:
    text = json.dumps({"definitions": BEFORE})
    save(repository, {"data/a.json": text, "b.json": json.dumps({"$schema": DRAFT_7, "type": "string"})})
    found = discover(disk(repository), ("",))
    assert [one.path for one in found.candidates] == ["b.json"]
    save(repository, {"data/a.json": text.replace("string", "integer")})
    named = run("check", "data/a.json", "--against", "git:HEAD~1", cwd=repository)
    assert (named.code, "type-changed" in named.out) == (1, True)
    (repository / "data/a.json").unlink()
    assert run("check", cwd=repository).code == 0  # nothing that was checked is gone


def test_only_a_reference_to_all_of_a_definition_has_it_checked_elsewhere(tmp_path: Path) -> None:
    members = {
        "Whole": {"type": "string"}, "Part": {"items": {"type": "string"}, "maxItems": 2}, "Told": {"type": "string"},
        "Other": {"type": "string"},
        "A": {"properties": {
            "a": {"$ref": "#/definitions/Whole"}, "b": {"$ref": "#/definitions/Part/items"},
            "c": {"const": {"$ref": "#/definitions/Told"}}, "d": {"$ref": "other.json#/definitions/Other"},
        }},
    }  # fmt: skip
    lay(tmp_path, {"lib.json": json.dumps({"$schema": DRAFT_7, "definitions": members})})
    found = opened(disk(tmp_path)).container("lib.json")
    assert found is not None
    assert found.events == tuple(f"lib.json#{name}" for name in ("Part", "Told", "Other", "A"))


def test_each_of_two_definitions_of_one_name_is_checked(tmp_path: Path) -> None:
    lay(tmp_path, {"lib.json": json.dumps({"$schema": DRAFT_7, "$defs": BEFORE, "definitions": BEFORE})})
    found = opened(disk(tmp_path)).container("lib.json")
    assert found is not None
    assert found.events == ("lib.json#A", "lib.json#definitions.A")


def test_a_definition_that_is_no_schema_is_a_problem(tmp_path: Path) -> None:
    lay(tmp_path, {"lib.json": json.dumps({"$schema": DRAFT_7, "definitions": {**BEFORE, "n": 1}})})
    found = discover(disk(tmp_path), ("",))
    assert [one.path for one in found.candidates] == ["lib.json#A"]
    assert "a definition is no schema" in str(found.problems[0])
