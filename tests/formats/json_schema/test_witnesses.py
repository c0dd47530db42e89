"""Witnesses are beyond dispute where there are such: the library as it is confirms them, too."""

from __future__ import annotations

import gc
import json
from decimal import Decimal
from typing import Any

import jsonschema
import pytest

from calls import called
from evtcompat import compare
from evtcompat.formats.json_schema.exact import Value
from evtcompat.formats.json_schema.parse.content_keys import forget
from evtcompat.formats.json_schema.validate.validator import validator_of
from evtcompat.formats.json_schema.witness.shrink import shrunk
from evtcompat.model.verdicts import Verdict
from evtcompat.model.witnesses import WitnessKind
from formats.json_schema.deciding import INCOMPATIBLE, UNDECIDED, answer, shown
from formats.json_schema.random_pairs import pairs
from formats.json_schema.schemas import FOUR, SEVEN, schema_of

NINETEEN = "https://json-schema.org/draft/2019-09/schema"
BIG = 9.727837981879871e26

#: what an instance could be disputed for, reader, writer: some instance of the writer is refused without dispute
CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("a bound that no float holds", {"exclusiveMaximum": BIG}, {"type": "number"}),
    ("a bound that no float holds, in another draft", {"$schema": FOUR, "maximum": BIG}, {"$schema": FOUR}),
    ("a constant that no float holds", {"exclusiveMinimum": BIG}, {"const": BIG}),
    ("a multiple that floats miss", {"multipleOf": 0.2}, {"multipleOf": 0.1, "minimum": 0.25, "maximum": 0.75}),
    ("a constant as it is written", {"exclusiveMinimum": BIG}, {"const": 972783798187987100000000000}),
    (
        "a number below a bound with many digits",
        {"oneOf": [{"type": "integer"}, {"minimum": 2}]},
        {"exclusiveMinimum": -BIG},
    ),
    ("a number of many digits that is whole", {"not": {"type": "integer", "multipleOf": 0.5}}, {"const": 1e308}),
    ("a letter that is a word character to some", {"pattern": "^\\w$"}, {"enum": ["\u00e9", "-"]}),
    ("a digit of another script", {"pattern": "^\\d$"}, {"enum": ["\u0664", "x"]}),
    ("a line feed at the end", {"pattern": "^a$"}, {"enum": ["a\n", "b"]}),
    (
        "what 2019-09 calls unevaluated",
        {"$schema": NINETEEN, "maxProperties": 0},
        {
            "$schema": NINETEEN,
            "properties": {"a": True},
            "additionalProperties": {"type": "string"},
            "unevaluatedProperties": False,
        },
    ),
    (
        "a keyword without effect that the library stumbles over",
        {"$schema": SEVEN, "not": {"enum": [[], 1]}},
        {"$schema": SEVEN, "enum": [[], 1], "items": True, "additionalItems": {"type": "null"}},
    ),
]


@pytest.mark.parametrize(("reader", "writer"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_the_library_as_it_is_confirms_the_witness(reader: dict[str, Any], writer: dict[str, Any]) -> None:
    found = compare(reader=reader, writer=writer, format="json-schema", policy="strict", witnesses=True)
    assert found.verdict is INCOMPATIBLE
    assert found.findings
    for one in found.findings:
        assert one.witness is not None
        instance = json.loads(one.witness.payload)
        assert accepts(writer, instance)
        assert not accepts(reader, instance)


@pytest.mark.parametrize(
    ("reader", "writer", "payload"),
    [
        ({"$schema": FOUR, "not": {"type": "integer", "minimum": 1e20}}, {"$schema": FOUR}, str(10**20)),
        ({"$schema": FOUR, "not": {"type": "integer", "minimum": 1e23}}, {"$schema": FOUR}, str(10**23)),
    ],
)
def test_whole_numbers_are_written_as_what_a_draft_4_calls_integers(
    reader: dict[str, Any], writer: dict[str, Any], payload: str
) -> None:
    """Its validators take no number with an exponent for one, so they would accept it."""
    (finding,) = compare(reader=reader, writer=writer, format="json-schema", policy="strict").findings
    assert finding.witness is not None
    assert (finding.witness.kind, finding.witness.payload.decode()) == (WitnessKind.REFUSED, payload)
    assert not accepts(reader, json.loads(payload))


#: Members of the reader and the writer, and what the library, used as most people use it, does with the payload.
NOT_REFUSED: list[tuple[str, str, str]] = [
    (
        (
            '"not": {"required": ["a"], "type": "object", "additionalProperties": {"minimum": 0}, '
            '"unevaluatedProperties": false}'
        ),
        "",
        "accepts it",
    ),
    (
        '"type": ["array", "boolean", "integer", "null", "object", "string"]',
        '"minimum": 9007199254740993',
        "accepts it",
    ),
    ('"maximum": 0.3', '"const": 0.30000000000000001', "accepts it"),
    ('"items": true, "additionalItems": {"type": "string"}, "maxItems": 1', "", "fails on it"),
]


@pytest.mark.parametrize(("reader", "writer", "answer"), NOT_REFUSED)
def test_what_the_library_as_it_is_does_not_refuse_is_not_said_to_be_refused_by_it(
    reader: str, writer: str, answer: str
) -> None:
    """The verdict is that of the specification; who reads otherwise is named."""
    ours, theirs = (f'{{{text}{", " if text else ""}"$schema": "{NINETEEN}"}}' for text in (reader, writer))
    found = compare(reader=ours, writer=theirs, format="json-schema", policy="strict").findings[0].witness
    assert found is not None
    assert (found.kind, found.confirmed_by) == (WitnessKind.RULE_ONLY, "")
    assert ", by the specification and exact arithmetic; jsonschema " in found.observed
    assert found.observed.endswith(f" as it is installed {answer}")
    if answer == "accepts it":
        assert accepts(json.loads(ours), json.loads(found.payload))


@pytest.mark.slow
def test_what_is_said_to_have_refused_a_payload_refuses_it_as_its_users_call_it() -> None:
    """Of any two schemas, with nothing replaced in the library and numbers as `json` reads them."""
    seen = 0
    for reader, writer in pairs(1_000, seed=7):
        for finding in compare(reader=reader, writer=writer, format="json-schema", policy="strict").findings:
            if finding.witness is not None and finding.witness.kind is WitnessKind.REFUSED:
                seen += 1
                assert not accepts(reader, json.loads(finding.witness.payload))
    assert seen > 1_000


def accepts(schema: dict[str, Any], instance: object) -> bool:
    """What the library says when it is used as most people use it."""
    return bool(jsonschema.validators.validator_for(schema)(schema).is_valid(instance))


@pytest.mark.parametrize(
    ("reader", "writer"),
    [({"pattern": "^\\w$"}, {"const": "\u00e9"}), ({"multipleOf": 0.2}, {"multipleOf": 0.1, "enum": [0.3, 0.4]})],
)
def test_a_disputed_witness_is_better_than_none(reader: dict[str, Any], writer: dict[str, Any]) -> None:
    """Where every witness is disputed, the answer is what JSON Schema says."""
    assert compare(reader=reader, writer=writer, format="json-schema", policy="strict").verdict is INCOMPATIBLE


@pytest.mark.parametrize(
    ("words", "verdict"),
    [(["aa", "aaa"], INCOMPATIBLE), (["aa", "aaaa"], UNDECIDED), (["a" * n for n in range(40)], INCOMPATIBLE)],
)
def test_values_are_tried_where_reasoning_cannot_tell(words: list[str], verdict: Verdict) -> None:
    """A back-reference is no regular language; the validator still knows which words it refuses."""
    assert answer({"pattern": "^(a+)\\1$"}, {"enum": words}).verdict is verdict


def test_all_that_is_said_of_a_value_is_the_same_whether_its_first_was_heard_or_not() -> None:
    """Also for another value than the one that was heard of, for an equal one, and when it is asked twice."""
    schema: Any = {"$schema": SEVEN, "required": ["a"], "properties": {"b": {"type": "string"}, "c": {"enum": [1]}}}
    values: list[Any] = [{"b": 1, "c": 2}, {"a": 1, "c": 2}, {"b": 1, "c": 2}, {}, {"a": 1}, None]
    for heard in values:
        for value in values:
            validator = validator_of(schema_of(schema))
            first = validator.violation(heard)
            found = [validator.violations(value) for _ in range(2)]
            assert found[0] == found[1] == validator_of(schema_of(schema)).violations(value)
            assert (first is None) == (not validator.violations(heard))
            if value is heard and first is not None:
                assert found[0][0] == first


@pytest.mark.slow
@pytest.mark.parametrize(
    ("listed", "again"),
    [
        (["zz1", "a2", "m"], ["m", "zz1", "a2"]),
        ([True, 171, None], [None, True, 171]),
        ([171.5, 171], [171, 171.5]),
        ([[1, 72]], [[Decimal("1.0"), 72]]),
        ([{"b": 171, "a": 2}], [{"a": 2, "b": 171}]),
    ],
    ids=["words", "several types", "numbers", "a list", "an object"],
)
def test_a_witness_is_the_same_in_whatever_order_the_values_were_listed_before(listed: Value, again: Value) -> None:
    """Schemas that list the same values are one node, so the order of the first must not show in later answers."""
    kept = [shown(answer({"minLength": 9, "type": "string"}, {"enum": one})) for one in (listed, again)]
    forget()
    gc.collect()
    other = [shown(answer({"minLength": 9, "type": "string"}, {"enum": one})) for one in (again, listed)]
    assert len({*kept, *other}) == 1


def test_the_parts_of_a_deep_instance_are_measured_once_to_make_it_smaller() -> None:
    def calls_of(depth: int) -> int:
        value: Value = {"v": 1}
        for _ in range(depth):
            value = {"next": [value], "v": 0}
        return called(lambda: shrunk(value, lambda _: False))[1]

    # as the square, since a way through all levels is rewritten for each part; and not as the cube
    assert calls_of(120) < 5 * calls_of(60)
