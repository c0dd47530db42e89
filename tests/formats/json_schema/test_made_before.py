"""What is known of a member from another schema is what is found out anew: values, validity, payloads and readings."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evtcompat.formats.json_schema.algebra.membership import Membership
from evtcompat.formats.json_schema.options import Options
from evtcompat.formats.json_schema.parse.content_keys import forget
from evtcompat.formats.json_schema.parse.part_keys import PartKeys
from evtcompat.formats.json_schema.payloads.interface import JsonPayloads
from evtcompat.formats.json_schema.payloads.producing import Producing
from evtcompat.formats.json_schema.policy import produced
from evtcompat.formats.json_schema.validate.validator import validator_of
from evtcompat.formats.json_schema.values import cover
from evtcompat.model.json_texts import one_line
from evtcompat.model.json_types import JSON
from evtcompat.model.readings import NoteKind, Outcome
from evtcompat.model.verdicts import Policy
from evtcompat.regular.steps import Steps
from formats.json_schema.schemas import MODERN, schema_of

PARTS: dict[str, JSON] = {
    "text": {"type": "string", "minLength": 1, "maxLength": 3},
    "code": {"type": "string", "pattern": "^[A-Z]{2}$"},
    "count": {"type": "integer", "minimum": 0, "maximum": 40},
    "price": {"type": "number", "multipleOf": 0.01},
    "kind": {"enum": ["a", "b"]},
    "address": {"$ref": "#/$defs/address"},
    "lines": {"type": "array", "items": {"$ref": "#/$defs/line"}, "minItems": 1},
    "either": {"oneOf": [{"type": "null"}, {"type": "integer", "minimum": 3}]},
    "open": {"type": "object", "properties": {"deep": {"type": "boolean"}}},
}
DEFINITIONS: dict[str, JSON] = {
    "address": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    "line": {"type": "object", "properties": {"at": {"$ref": "#/$defs/address"}, "many": {"type": "integer"}}},
}


def event(
    names: list[str],
    closed: bool | None = None,  # noqa: FBT001 - drawn
    definitions: dict[str, JSON] | None = None,
) -> dict[str, JSON]:
    value: dict[str, JSON] = {
        "$schema": MODERN,
        "type": "object",
        "properties": {name: PARTS[name] for name in names},
        "required": list(names[:2]),
        "$defs": {**DEFINITIONS, **(definitions or {})},
    }
    return value if closed is None else {**value, "additionalProperties": not closed}


EVENTS = st.builds(
    event, st.lists(st.sampled_from(list(PARTS)), unique=True, min_size=1), st.sampled_from([None, True, False])
)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(EVENTS, EVENTS, st.integers(0, 3))
def test_values_and_payloads_are_the_same_whichever_schema_was_looked_at_before(
    before: dict[str, JSON], value: dict[str, JSON], seed: int
) -> None:
    forget()
    alone = cover(schema_of(value), seed), JsonPayloads(schema_of(value), Options()).generate(seed)
    forget()
    JsonPayloads(schema_of(before), Options()).generate(seed)
    assert (cover(schema_of(value), seed), JsonPayloads(schema_of(value), Options()).generate(seed)) == alone


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(EVENTS)
def test_what_may_be_produced_is_what_the_whole_schema_lets_a_writer_produce(value: dict[str, JSON]) -> None:
    schema = schema_of(value)
    validator = validator_of(schema)
    asked = Producing(schema, Options(), validator)
    for one in cover(schema):
        exact = validator.exact(one.value)
        whole = Membership(Steps(None)).holds_together([produced(schema, Policy.LENIENT)], exact) is True
        assert asked.produces(one.value) is (one.valid and whole), one.label


@pytest.mark.slow
def test_one_value_is_no_variant_of_another() -> None:
    for value in (event(list(PARTS)), event(list(PARTS), closed=True)):
        values = [one_line(one.value) for one in cover(schema_of(value))]
        assert len(values) == len(set(values))


def test_parts_with_one_key_lead_to_the_same_things() -> None:
    """Definitions count as far as a part leads to them, by way of others as well."""

    def key(name: str, **definitions: JSON) -> object:
        schema = schema_of(event([name], definitions=definitions))
        assert isinstance(schema.value, dict)
        properties = schema.value["properties"]
        assert isinstance(properties, dict)
        return PartKeys(schema.library).key(properties[name])

    assert key("lines") == key("lines", other=True)
    assert key("text") == key("text", address=False)
    assert key("lines") != key("lines", address=False)
    assert key("address") != key("address", address={"$ref": "#/$defs/line"})
    assert len({key(name) for name in PARTS}) == len(PARTS)


def test_a_part_that_leads_to_the_root_or_away_has_no_key() -> None:
    for reference in ("#", "other.json", "#/$defs/nowhere", 7):
        part: JSON = {"anyOf": [{"$ref": reference}, True]} if reference != 7 else {"properties": {"$ref": 7}}
        schema = schema_of({"$schema": MODERN, "properties": {"one": {"type": "null"}}, "$defs": {"a": {"$ref": "#"}}})
        assert PartKeys(schema.library).key(part) is None


@pytest.mark.parametrize("members", [1, 2, 3])
def test_each_undeclared_member_that_a_lenient_reader_ignores_is_named(members: int) -> None:
    """In the event and in an object within it, however many they are."""
    inner: JSON = {"type": "object", "properties": {"known": {"type": "integer"}}, "additionalProperties": False}
    closed: JSON = {
        "$schema": MODERN,
        "type": "object",
        "properties": {"known": {"type": "integer"}, "inner": inner},
        "additionalProperties": False,
    }
    reader = JsonPayloads(schema_of(closed), Options())
    extra: dict[str, JSON] = {f"more{number}": number for number in range(members)}
    for value, kept, names in (
        ({"known": 1, **extra}, {"known": 1}, list(extra)),
        ({"inner": {"known": 1, **extra}}, {"inner": {"known": 1}}, [f"inner.{name}" for name in extra]),
        ({"inner": {**extra}, **extra}, {"inner": {}}, [*extra, *(f"inner.{name}" for name in extra)]),
    ):
        reading = reader.read(reader, one_line(value).encode())
        assert (reading.outcome, reading.value) == (Outcome.OK, kept)
        assert sorted(note.path for note in reading.notes) == sorted(names)
        assert {note.kind for note in reading.notes} == {NoteKind.IGNORED}


def test_a_wrong_member_beside_undeclared_ones_is_refused() -> None:
    closed: JSON = {
        "$schema": MODERN,
        "type": "object",
        "properties": {"known": {"type": "integer"}, "kind": {"enum": ["a"]}},
        "required": ["known"],
        "additionalProperties": False,
    }
    reader = JsonPayloads(schema_of(closed), Options())
    good: dict[str, JSON] = {"known": 1, "kind": "a"}
    for at, wrong in combinations([*good, "more", "it's"], 2):
        value: dict[str, JSON] = {**good, "more": 1, "it's": 2, at: "x", wrong: "x"}
        accepted = {at, wrong} == {"more", "it's"}
        assert reader.read(reader, one_line(value).encode()).outcome is (Outcome.OK if accepted else Outcome.REFUSED)
