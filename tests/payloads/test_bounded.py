"""However many boundaries a schema leads to, its payloads are made within steps, and what is left out is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli_harness import Run
from evtcompat.formats.json_schema.format import JSON_SCHEMA
from evtcompat.formats.payloads import Covering
from evtcompat.model.documents import Document, NoReferences
from evtcompat.model.json_types import JSON

DRAFT = {"$schema": "https://json-schema.org/draft/2020-12/schema"}


def generated(schema: JSON) -> Covering:
    made = JSON_SCHEMA.payloads(JSON_SCHEMA.parse(Document(schema), NoReferences())).generate(0)
    assert isinstance(made, Covering)
    return made


def resources(count: int) -> dict[str, JSON]:
    """Kinds of resources, each of which contains any others."""
    kinds: dict[str, JSON] = {
        f"R{n}": {
            "type": "object",
            "properties": {
                "kind": {"const": f"R{n}"},
                "contained": {"type": "array", "items": {"$ref": "#/$defs/Any"}},
                **{f"f{k}": {"$ref": f"#/$defs/R{(n * 7 + k * 5) % count}"} for k in range(4)},
            },
            "required": ["kind"],
            "additionalProperties": False,
        }
        for n in range(count)
    }
    every: list[JSON] = [{"$ref": f"#/$defs/R{n}"} for n in range(count)]
    return {**DRAFT, "oneOf": every, "$defs": {**kinds, "Any": {"oneOf": every}}}


@pytest.mark.slow
def test_kinds_that_contain_one_another_have_a_payload_each_and_what_is_left_out_is_told() -> None:
    made = generated(resources(8))
    assert {json.loads(one.body)["kind"] for one in made} == {f"R{n}" for n in range(8)}
    assert made.stopped
    assert made.uncovered


@pytest.mark.slow
def test_what_was_asked_of_a_schema_before_does_not_change_what_the_steps_suffice_for() -> None:
    schema = JSON_SCHEMA.parse(Document(resources(8)), NoReferences())
    payloads = JSON_SCHEMA.payloads(schema)
    first = payloads.generate(0)
    for one in first:
        payloads.read(payloads, one.body)
    assert payloads.generate(0) == first


def test_each_branch_of_a_long_choice_has_a_payload() -> None:
    kinds: list[JSON] = [
        {"type": "object", "required": ["kind", "v"], "properties": {"kind": {"const": n}, "v": {"type": "string"}}}
        for n in range(100)
    ]
    made = generated({**DRAFT, "oneOf": kinds})
    assert {json.loads(one.body)["kind"] for one in made} == {*range(100)}
    assert (made.stopped, made.uncovered) == (False, 0)


def choice(branch: JSON) -> dict[str, JSON]:
    """A choice with one branch beside null, as generators write an optional reference."""
    return {"anyOf": [branch, {"type": "null"}]}


def test_a_choice_within_choices_is_taken() -> None:
    inner: JSON = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}
    tags: JSON = {"anyOf": [{"anyOf": [{"anyOf": [inner]}]}]}
    made = generated({**DRAFT, "anyOf": [{"type": "object", "properties": {"tags": choice(tags)}}]})
    assert any(isinstance((json.loads(one.body).get("tags") or {}).get("id"), int) for one in made)


def test_a_part_without_a_value_costs_no_other_part_its_payloads() -> None:
    # no value that is made for the part is valid, as it is neither text nor number that one guesses
    awkward: JSON = {"type": "string", "minLength": 3, "maxLength": 3, "not": {"pattern": "^(.|\\n)*$"}}
    made = generated({**DRAFT, "type": "object", "properties": {"awkward": awkward, "size": {"enum": [1, 2, 3]}}})
    assert {json.loads(one.body).get("size") for one in made} >= {1, 2, 3}
    assert made.uncovered == 1
    assert not made.stopped


@pytest.mark.slow
def test_fixtures_tell_that_there_may_be_more(run: Run, tmp_path: Path) -> None:
    (tmp_path / "event-v1.json").write_text(json.dumps(resources(8)), encoding="utf-8")
    result = run("fixtures", "generate", "event", "-o", "made", cwd=tmp_path)
    assert result.code == 0
    manifest = json.loads((tmp_path / "made" / "manifest.json").read_text(encoding="utf-8"))
    (version,) = manifest["versions"]
    assert version["more_boundaries_uncovered"]
    assert f"{version['uncovered_boundaries']} boundaries have no payload, and there may be more" in result.out
