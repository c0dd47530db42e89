"""The two policies: the table that teams expect of `lenient`, and its precise definition, sentence by sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from evtcompat import compare
from evtcompat.formats.json_schema.algebra.membership import Membership
from evtcompat.formats.json_schema.compile.loading import load_schema
from evtcompat.formats.json_schema.decide import satisfiable
from evtcompat.formats.json_schema.exact import Value
from evtcompat.formats.json_schema.policy import accepted, produced
from evtcompat.formats.json_schema.solve.outcomes import Unsat
from evtcompat.model.documents import Document
from evtcompat.model.verdicts import Policy, Verdict
from evtcompat.regular.steps import Steps
from formats.json_schema.deciding import COMPATIBLE, INCOMPATIBLE, answer
from formats.json_schema.schemas import SEVEN, schema_of

STRICT, LENIENT = Policy.STRICT, Policy.LENIENT


def event(properties: dict[str, Any], *required: str, **more: Value) -> dict[str, Any]:
    return {"type": "object", "properties": properties, **({"required": list(required)} if required else {}), **more}


TEXT = {"type": "string"}
OPEN = event({"a": TEXT})
WITH_OPTIONAL = event({"a": TEXT, "b": TEXT})
WITH_REQUIRED = event({"a": TEXT, "b": TEXT}, "b")

#: change, old, new, whether the new reader reads old events, whether the old reader reads new events
TABLE = [
    ("Add optional property", OPEN, WITH_OPTIONAL, True, True),
    ("Remove optional property", WITH_OPTIONAL, OPEN, True, True),
    ("Add required property", OPEN, WITH_REQUIRED, False, True),
    ("Remove required property", WITH_REQUIRED, OPEN, True, False),
    ("optional to required", WITH_OPTIONAL, WITH_REQUIRED, False, True),
    ("required to optional", WITH_REQUIRED, WITH_OPTIONAL, True, False),
]


def closed(schema: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "additionalProperties": False}


@pytest.mark.parametrize(
    ("old", "new", "backward", "forward"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
@pytest.mark.parametrize("close", [dict, closed], ids=["open", "closed"])
def test_the_lenient_table(
    old: Value, new: Value, backward: Value, forward: Value, close: Callable[[Value], Value]
) -> None:
    """It holds for open and for closed content models alike."""
    found = answer(close(new), close(old), LENIENT), answer(close(old), close(new), LENIENT)
    assert tuple(one.verdict is COMPATIBLE for one in found) == (backward, forward)


#: what the sentence says, reader, writer, verdict under lenient
SENTENCES: list[tuple[str, Value, Value, Verdict]] = [
    ("the writer produces declared members only", event({"a": TEXT, "b": TEXT}), event({"a": TEXT}), COMPATIBLE),
    ("at every depth", event({"m": event({"b": TEXT})}), event({"m": event({"a": TEXT})}), COMPATIBLE),
    ("in items", {"items": event({"b": TEXT})}, {"type": "array", "items": event({"a": TEXT})}, COMPATIBLE),
    ("true declares nothing", event({"b": TEXT}), event({"a": TEXT}, additionalProperties=True), COMPATIBLE),
    ("{} declares nothing", event({"b": TEXT}), event({"a": TEXT}, additionalProperties={}), COMPATIBLE),
    (
        "map values declare",
        event({"b": TEXT}),
        event({"a": TEXT}, additionalProperties={"type": "integer"}),
        INCOMPATIBLE,
    ),
    (
        "patternProperties declare",
        event({"xb": TEXT}),
        event({"a": TEXT}, patternProperties={"^x": {"type": "integer"}}),
        INCOMPATIBLE,
    ),
    ("required declares", event({"b": TEXT}), event({"a": TEXT}, "b"), INCOMPATIBLE),
    (
        "dependentRequired declares",
        event({"b": TEXT}),
        event({"a": TEXT}, dependentRequired={"a": ["b"]}),
        INCOMPATIBLE,
    ),
    ("an object that declares nothing stays open", event({"b": TEXT}), {"type": "object"}, INCOMPATIBLE),
    (
        "$ref and allOf declare",
        event({"b": {"type": "integer"}}),
        {"allOf": [{"$ref": "#/$defs/common"}, event({"a": TEXT})], "$defs": {"common": event({"b": TEXT})}},
        INCOMPATIBLE,
    ),
    (
        "what two schemas declare of one member adds up",
        {"properties": {"m": {"maxProperties": 1}}},
        {"allOf": [event({"m": event({"a": TEXT})}), event({"m": event({"b": TEXT})})]},
        INCOMPATIBLE,
    ),
    (
        "the branch taken declares",
        event({"b": {"type": "integer"}}),
        {"type": "object", "oneOf": [event({"k": {"const": 1}, "b": TEXT}, "k"), event({"k": {"const": 2}}, "k")]},
        INCOMPATIBLE,
    ),
    (
        "a branch not taken does not declare",
        {"not": {"required": ["b"], "properties": {"k": {"const": 2}}}},
        {"type": "object", "oneOf": [event({"k": {"const": 1}, "b": TEXT}, "k"), event({"k": {"const": 2}}, "k")]},
        COMPATIBLE,
    ),
    ("the reader ignores what it does not know", closed(event({})), event({"a": TEXT}), COMPATIBLE),
    (
        "unevaluatedProperties false is lifted as well",
        event({}, unevaluatedProperties=False),
        event({"a": TEXT}),
        COMPATIBLE,
    ),
    ("at every depth of the reader", event({"m": closed(event({}))}), event({"m": event({"a": TEXT})}), COMPATIBLE),
    ("not under not", {"not": closed(event({}))}, event({"a": TEXT}), INCOMPATIBLE),
    (
        "not under if",
        {"if": closed(event({})), "then": {"required": ["a"]}, "else": True},
        event({"a": TEXT}),
        INCOMPATIBLE,
    ),
    (
        "not where branches would overlap",
        {"oneOf": [closed(event({"a": TEXT})), closed(event({"b": TEXT}, "b"))]},
        event({"a": TEXT, "c": TEXT}, "c"),
        INCOMPATIBLE,
    ),
    (
        "but where they stay apart",
        {"oneOf": [closed(event({"k": {"const": 1}}, "k")), closed(event({"k": {"const": 2}}, "k"))]},
        event({"k": {"const": 1}, "c": TEXT}, "k"),
        COMPATIBLE,
    ),
    ("a forbidden name is known, not unknown", event({"a": False}), event({"a": TEXT}), INCOMPATIBLE),
]


@pytest.mark.parametrize(
    ("reader", "writer", "verdict"), [row[1:] for row in SENTENCES], ids=[row[0] for row in SENTENCES]
)
def test_lenient_precisely(reader: Value, writer: Value, verdict: Verdict) -> None:
    assert answer(reader, writer, LENIENT).verdict is verdict


@pytest.mark.parametrize(
    "schema",
    [
        closed(event({"a": TEXT})),
        {"not": closed(event({"a": TEXT}))},
        {"oneOf": [closed(event({"a": TEXT})), event({"b": TEXT}, "b")]},
        {"if": event({"a": TEXT}, "a"), "then": closed(event({"a": TEXT, "c": TEXT})), "else": {"maxProperties": 2}},
        {"pattern": "^(a+)\\1$"},
        {"patternProperties": {"(.)\\1": closed(event({}))}, "additionalProperties": False},
        event({"self": {"$ref": "#"}}, unevaluatedProperties=False),
        False,
    ],
)
@pytest.mark.parametrize("policy", Policy)
def test_a_schema_reads_itself(schema: Value, policy: Policy) -> None:
    """Under both policies, whatever the schema contains; an annotation more makes no difference."""
    assert answer(schema, schema, policy).verdict is COMPATIBLE
    if isinstance(schema, dict) and "$ref" not in str(schema):
        assert answer(schema, {**schema, "title": "the same"}, policy).verdict is COMPATIBLE


def test_a_writer_that_can_produce_nothing_is_told_apart() -> None:
    impossible: Value = {"type": "object", "required": ["a"], "properties": {"a": False}}
    found = answer({"type": "string"}, impossible)
    assert found.verdict is COMPATIBLE
    assert found.vacuous
    assert not answer({"type": "object"}, OPEN).vacuous
    assert isinstance(satisfiable(load_schema(Document(impossible))), Unsat)


def test_every_witness_of_many_fails_under_the_policy() -> None:
    """Lenient: a closed object of the reader is no cause, however many causes there are beside it."""
    names = [f"p{number}" for number in range(12)]
    closed = {"type": "object", "properties": {"a": {"type": "array"}}, "additionalProperties": False}
    told = {name: {"type": "string"} for name in names}
    reader: Any = {"$schema": SEVEN, "type": "object", "properties": {**told, "o": closed}}
    held = {"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": {"minLength": 1}}
    sent = {name: {"type": "integer"} for name in names}
    writer: Any = {"$schema": SEVEN, "properties": {**sent, "o": held}}
    found = compare(reader=reader, writer=writer, format="json-schema", policy="lenient")
    assert len(found.findings) > len(names)
    for one in found.findings:
        assert one.witness is not None
        event = json.loads(one.witness.payload)
        assert Membership(Steps(None)).holds_together([produced(schema_of(writer), LENIENT)], event), one.rule
        assert Membership(Steps(None)).holds_together([accepted(schema_of(reader), LENIENT)], event) is False, one.rule


def messages(*tags: str, **more: Value) -> dict[str, Any]:
    """Messages told apart by a constant, whose data is of three kinds."""
    kinds = [event({"url": TEXT}, "url"), event({"key": TEXT, "to": {"type": "array", "items": TEXT}}, "key"), TEXT]
    branches = [
        event({"id": TEXT, "tag": {"const": tag}, "data": kinds[index % len(kinds)]}, "id", "tag")
        for index, tag in enumerate(tags)
    ]
    return {"type": "array", "items": {"anyOf": branches}, **more}


TAGS = [f"t{number}" for number in range(18)]


@pytest.mark.parametrize(
    ("reader", "writer", "verdict"),
    [
        (messages(*TAGS), messages(*TAGS[:17]), COMPATIBLE),
        (messages(*TAGS[:17]), messages(*TAGS), INCOMPATIBLE),
        (messages(*TAGS, maxItems=3), messages(*reversed(TAGS)), INCOMPATIBLE),
        (messages(*TAGS), messages(*TAGS, maxItems=3), COMPATIBLE),
    ],
)
def test_branches_that_close_are_taken_one_at_a_time(reader: Value, writer: Value, verdict: Verdict) -> None:
    """Lenient: many branches of which each declares for itself take no more steps than there are pairs of them."""
    assert answer(reader, writer, LENIENT, budget=3_000).verdict is verdict


def test_looking_at_a_value_does_not_try_every_choice() -> None:
    """Lenient: cases that the value does not allow, whatever is declared, are not combined with those of others."""
    kinds: list[Any] = [
        {"if": event({"k": {"const": n}}, "k"), "then": event({"o": event({f"m{n}": TEXT})})} for n in range(12)
    ]
    node = produced(schema_of({"$schema": SEVEN, "allOf": kinds}), LENIENT)
    assert Membership(Steps(None)).holds_together([node], {"k": 3, "o": {"m3": ""}}) is True
    assert Membership(Steps(None)).holds_together([node], {"k": 3, "o": {"m4": ""}}) is False
