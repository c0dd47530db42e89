"""The account of a "compatible" that a person audits."""

from __future__ import annotations

from typing import Any

import pytest

from evtcompat.formats.json_schema import decision
from evtcompat.formats.json_schema.format import JSON_SCHEMA
from evtcompat.formats.json_schema.options import Options
from evtcompat.model.documents import Document, NoReferences
from evtcompat.model.mismatches import Explanation
from evtcompat.model.places import tokens
from evtcompat.model.verdicts import Policy
from reference_data import reference_rows

READER = {"type": "object", "properties": {"a": {"type": "number", "minimum": 0}, "b": {"type": "string"}, "c": {}}}
WRITER = {"type": "object", "properties": {"a": {"type": "integer", "minimum": 1}, "b": {"type": "string"}}}


def explanation(reader: object, writer: object, options: Options) -> Explanation:
    ours, theirs = (JSON_SCHEMA.parse(Document(one), NoReferences()) for one in (reader, writer))  # type: ignore[arg-type]
    return decision.compare(ours, theirs, options).explanation()


def told(reader: object, writer: object, policy: Policy = Policy.STRICT) -> dict[str, str]:
    """The arguments by the reader's place; the first of several."""
    found: dict[str, str] = {}
    for step in explanation(reader, writer, Options(policy=policy, proofs=True, strict=True)).proof:
        found.setdefault(step.reader.pointer, step.argument)
    return found


def test_each_demand_of_the_reader_is_accounted_for() -> None:
    assert told(READER, WRITER) == {
        "/type": '`type` "object": the same on both sides',
        "/properties/a/type": '`type` "number" follows from the writer\'s `type` "integer"',
        "/properties/a/minimum": "`minimum` 0 follows from the writer's `minimum` 1",
        "/properties/b": "the same demands on both sides",
        "/properties/c": "accepts anything",
    }


WHOLE = "no value of the writer fails it, by its schema as a whole"
CODE = {"type": "string", "maxLength": 3}

#: what is shown, reader, writer, place, argument
SHOWN: list[tuple[str, Any, Any, str, str]] = [
    (
        "words of several parts together",
        {"type": "integer", "enum": [1, 2]},
        {"allOf": [{"type": "integer"}, {"minimum": 1, "maximum": 2}]},
        "/enum",
        '`enum` [1, 2] follows from the writer\'s `type` "integer", `minimum` 1 and `maximum` 2',
    ),
    (
        "each branch of the writer",
        {"type": ["string", "number"]},
        {"anyOf": [{"type": "string"}, {"type": "integer"}]},
        "/type",
        '`type` ["string", "number"] follows from each branch of the writer\'s `anyOf`',
    ),
    (
        "a branch of the reader for each of the writer",
        {"oneOf": [{"type": "null"}, {"type": "string"}, {"type": "number"}]},
        {"oneOf": [{"type": "integer"}, {"type": "string"}]},
        "/oneOf/2",
        "this branch accepts what the writer sends, and by no other branch",
    ),
    (
        "a property that is never sent",
        {"properties": {"a": CODE}},
        {"type": "object", "properties": {}, "additionalProperties": False},
        "/properties/a",
        "the writer never sends `a`",
    ),
    (
        "what is behind a reference",
        {"properties": {"a": {"$ref": "#/$defs/code"}}, "$defs": {"code": CODE}},
        {"type": "object", "properties": {"a": {"type": "string", "const": "abc"}}},
        "/$defs/code/maxLength",
        '`maxLength` 3 follows from the writer\'s `const` "abc"',
    ),
    (
        "recursion",
        {"properties": {"v": {"type": "number"}, "next": {"$ref": "#"}}},
        {"type": "object", "properties": {"v": {"type": "integer"}, "next": {"$ref": "#"}}},
        "",
        "the recursion begins again: induction over the depth of the event",
    ),
    (
        "a case distinction is said to be one",
        {"anyOf": [{"maximum": 5}, {"minimum": 5}]},
        {"type": "integer"},
        "/anyOf",
        f'`anyOf` [{{"maximum": 5}}, {{"minimum": 5}}]: {WHOLE} (case distinction)',
    ),
    (
        "map values stand beside what only the writer declares",
        {"additionalProperties": {"type": ["string", "integer"]}},
        {"type": "object", "properties": {"a": {"type": "integer"}}, "additionalProperties": CODE},
        "/additionalProperties/type",
        '`type` ["string", "integer"] follows from the writer\'s `type` "integer"',
    ),
    (
        "items of a tuple",
        {"prefixItems": [{"type": "number"}], "items": False},
        {"type": "array", "prefixItems": [{"type": "integer"}], "maxItems": 1},
        "/prefixItems/0/type",
        '`type` "number" follows from the writer\'s `type` "integer"',
    ),
]


@pytest.mark.parametrize(
    ("reader", "writer", "place", "argument"), [one[1:] for one in SHOWN], ids=[one[0] for one in SHOWN]
)
def test_an_argument_names_what_it_rests_on(reader: Any, writer: Any, place: str, argument: str) -> None:  # noqa: ANN401 - JSON
    assert told(reader, writer)[place] == argument


def test_near_misses_are_not_told_as_following_from_one_word() -> None:
    """The writer's word that resembles the demand does not imply it: its other words do."""
    reader = {"properties": {"a": {"type": "integer", "minimum": 1}}}
    writer = {"type": "object", "properties": {"a": {"type": "integer", "minimum": 0, "not": {"const": 0}}}}
    assert told(reader, writer)["/properties/a/minimum"] == f"`minimum` 1: {WHOLE} (exact intervals)"


def test_the_policy_is_part_of_the_argument() -> None:
    closed = {"type": "object", "properties": {}, "additionalProperties": False}
    arguments = [step.argument for step in explanation(closed, WRITER, Options(proofs=True, strict=True)).proof]
    assert arguments[0].startswith("policy lenient")
    assert "`additionalProperties` false: the reader ignores what it does not know" in arguments


@pytest.mark.slow
def test_every_real_proof_can_be_told() -> None:
    """At places that exist, and never as one argument for the whole."""
    for row in reference_rows("json_real.jsonl.gz"):
        for direction, reader, writer in (("old_in_new", "new", "old"), ("new_in_old", "old", "new")):
            if row.get(direction, {}).get("inclusion") != "holds":
                continue
            steps = explanation(row[reader], row[writer], Options(policy=Policy.STRICT, proofs=True, strict=True)).proof
            assert steps
            for step in steps:
                assert leads(row[reader], step.reader.pointer)
                assert leads(row[writer], step.writer.pointer)


def leads(document: Any, pointer: str) -> bool:  # noqa: ANN401 - any JSON
    for step in tokens(pointer):
        document = document[int(step)] if isinstance(document, list) else document[step]
    return True


def test_only_a_proof_is_told_and_only_when_asked_for() -> None:
    assert not explanation(WRITER, READER, Options(policy=Policy.STRICT, proofs=True, strict=True)).proof
    assert not explanation(READER, WRITER, Options(policy=Policy.STRICT, strict=True)).proof
