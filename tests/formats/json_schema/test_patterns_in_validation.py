"""Patterns, in schemas and beside events of strangers: answered in time that grows with the text alone."""

from __future__ import annotations

import json
from typing import Any

import pytest

from evtcompat import compare
from evtcompat.formats.json_schema.recorded.quick import quick_validator
from evtcompat.formats.json_schema.validate.installed import Installed
from evtcompat.formats.json_schema.validate.validator import ValidatorFailedError, validator_of
from evtcompat.model.json_types import JSON
from evtcompat.model.verdicts import Policy
from evtcompat.model.witnesses import WitnessKind
from formats.json_schema.schemas import MODERN, SEVEN, schema_of

EVIL = "^(a|aa)+b$"
LONG = "a" * 48


def seven(**keywords: Any) -> dict[str, Any]:  # noqa: ANN401 - any keyword
    """A schema of draft 7."""
    return {"$schema": SEVEN, **keywords}


@pytest.mark.parametrize(
    ("reader", "writer"),
    [
        (seven(type="string", pattern=EVIL), seven(enum=[LONG])),
        (seven(type="string", pattern="^(a|a)*b$"), seven(type="string", minLength=40, pattern="^a+$")),
        (
            seven(type="object", patternProperties={EVIL: {}}, additionalProperties=False),
            seven(type="object", required=[LONG], properties={LONG: {}}, additionalProperties=False),
        ),
    ],
)
def test_a_pattern_that_would_explode_is_decided_and_the_finding_says_who_matched_it(
    reader: dict[str, Any], writer: dict[str, Any]
) -> None:
    found = compare(reader=reader, writer=writer, format="json-schema", policy="strict")
    assert found.verdict.value == "incompatible"
    (finding,) = [one for one in found.findings if one.witness]
    assert finding.witness is not None
    assert finding.witness.confirmed_by.endswith(", patterns by evtcompat")


@pytest.mark.parametrize(
    "beside",
    [
        {"amount": {"multipleOf": 0.01}},
        {"parts": {"items": [{}], "additionalItems": {"type": "string"}}},
        {"parts": {"additionalItems": False}},
    ],
    ids=str,
)
def test_a_costly_pattern_keeps_no_event_from_the_library_that_it_may_read_otherwise(beside: dict[str, Any]) -> None:
    """It is asked with patterns matched here, whether or not the pattern is at a place that the event has."""
    declared = {"name": {"pattern": EVIL}, "kind": {"enum": [LONG]}, **beside}
    writer = seven(type="object", properties=declared, required=["kind"])
    reader = {**writer, "required": ["kind", "id"]}
    (finding,) = compare(reader=reader, writer=writer, format="json-schema").findings
    assert finding.witness is not None
    assert finding.witness.kind is WitnessKind.REFUSED
    assert finding.witness.confirmed_by.endswith(", patterns by evtcompat")
    assert finding.witness.observed == '"id" is a required property'


def test_a_library_that_was_not_asked_is_not_said_to_have_answered() -> None:
    """It searches the names that are left unevaluated with its own engine, which might not end."""
    schema = schema_of({"$schema": MODERN, "patternProperties": {EVIL: {}}, "unevaluatedProperties": False})
    event: JSON = {LONG: 1}
    reply = Installed(schema, assert_formats=False).asked(json.dumps(event), event)
    assert reply.refuses is None
    assert reply.said == f"was not asked: the pattern '{EVIL}' may backtrack without end on a name of 48 characters"


def test_the_library_alone_confirms_what_it_surely_can() -> None:
    found = compare(
        reader=seven(pattern="^[a-z]+$"), writer=seven(enum=["A" * 48]), format="json-schema", policy="strict"
    )
    assert [one.witness.confirmed_by.split(",")[1:] for one in found.findings if one.witness] == [[]]


def test_a_pattern_that_only_a_backtracking_engine_knows_leaves_the_question_open() -> None:
    found = compare(
        reader=seven(pattern=r"^(a|aa)+\1b$"), writer=seven(enum=[LONG]), format="json-schema", policy="strict"
    )
    assert found.verdict.value == "undecided"
    assert "may backtrack without end" in found.undecided[0].reason


def test_names_that_are_left_unevaluated_are_no_way_around() -> None:
    schema = schema_of({"$schema": MODERN, "patternProperties": {EVIL: {}}, "unevaluatedProperties": False})
    assert not validator_of(schema).accepts({"c": 1})
    with pytest.raises(ValidatorFailedError, match="backtrack"):
        validator_of(schema).accepts({LONG: 1})


def test_recorded_events_meet_no_engine_that_backtracks() -> None:
    quick = quick_validator(schema_of(seven(pattern=EVIL)), Policy.STRICT)
    assert quick is not None
    assert not quick.accepts(json.loads(json.dumps("a" * 5_000)))


@pytest.mark.slow
def test_a_schema_that_applies_itself_along_exponentially_many_ways_ends() -> None:
    parts: dict[str, Any] = {"d0": {"type": "string"}}
    for level in range(1, 31):
        inner = {"$ref": f"#/definitions/d{level - 1}"}
        parts[f"d{level}"] = {"allOf": [{"allOf": [inner], "title": "one"}, {"allOf": [inner], "title": "other"}]}
    schema = seven(definitions=parts, allOf=[{"$ref": "#/definitions/d30"}])
    wider = seven(definitions={**parts, "d0": {"type": ["string", "null"]}}, allOf=schema["allOf"])
    found = compare(reader=schema, writer=wider, format="json-schema", policy="lenient")
    assert found.verdict.value == "incompatible"
    assert [one.reader.pointer for one in found.findings] == ["/definitions/d0/type"]
