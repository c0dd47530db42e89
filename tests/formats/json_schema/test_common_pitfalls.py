"""What other tools were seen to get wrong: each trap in both directions where it has two."""

from __future__ import annotations

import pytest

from evtcompat.formats.json_schema.exact import Value
from evtcompat.model.verdicts import Verdict
from formats.json_schema.deciding import COMPATIBLE, INCOMPATIBLE, answer, shown
from formats.json_schema.schemas import FOUR, MODERN, SEVEN

NINETEEN = "https://json-schema.org/draft/2019-09/schema"

#: trap, reader, writer, verdict; texts where numbers have to stay exact
TRAPS: list[tuple[str, Value, Value, Verdict]] = [
    ("0 is not false", {"const": False}, {"const": 0}, INCOMPATIBLE),
    ("1 is not true", {"enum": [True, 2]}, {"enum": [1, 2]}, INCOMPATIBLE),
    ("0.0 is 0", {"const": 0}, '{"const": 0.0}', COMPATIBLE),
    ("1e2 is 100", {"const": 100}, '{"const": 1e2}', COMPATIBLE),
    ("nested booleans", {"const": [{"a": 1}]}, {"const": [{"a": True}]}, INCOMPATIBLE),
    ("beyond 2^53", {"maximum": 2**53}, {"type": "integer", "maximum": 2**53 + 1}, INCOMPATIBLE),
    ("0.3 is a multiple of 0.1", '{"multipleOf": 0.1}', '{"const": 0.3}', COMPATIBLE),
    ("1e308 is a multiple of 0.1", '{"multipleOf": 0.1}', '{"const": 1e308}', COMPATIBLE),
    ("1e400 is a number", '{"maximum": 1e399}', '{"type": "number", "maximum": 1e400}', INCOMPATIBLE),
    ("1e400 and no more", '{"maximum": 1e400}', '{"type": "number", "maximum": 1e399}', COMPATIBLE),
    ("a required name outside properties", {"required": ["b"]}, {"type": "object", "required": ["a"]}, INCOMPATIBLE),
    (
        "a default makes nothing present",
        {"properties": {"a": {"default": 1}}, "required": ["a"]},
        {"type": "object", "properties": {"a": {"default": 1}}},
        INCOMPATIBLE,
    ),
    (
        "map values narrowed",
        {"additionalProperties": {"type": "integer"}},
        {"type": "object", "additionalProperties": {"type": "number"}},
        INCOMPATIBLE,
    ),
    (
        "names narrowed",
        {"propertyNames": {"maxLength": 3}},
        {"type": "object", "propertyNames": {"maxLength": 4}},
        INCOMPATIBLE,
    ),
    ("overlapping oneOf", {"oneOf": [{"type": "integer"}, {"type": "number"}]}, {"type": "integer"}, INCOMPATIBLE),
    (
        "oneOf with the same branch twice",
        {"oneOf": [{"type": "string"}, {"type": "string"}]},
        {"type": "string"},
        INCOMPATIBLE,
    ),
    ("negation turns round", {"not": {"minimum": 1}}, {"type": "integer", "not": {"minimum": 2}}, INCOMPATIBLE),
    ("negation turns round, the other way", {"not": {"minimum": 2}}, {"not": {"minimum": 1}}, COMPATIBLE),
    (
        "a property named $schema",
        {"properties": {"$schema": {"type": "number"}}},
        {"properties": {"$schema": {"type": "integer"}}},
        COMPATIBLE,
    ),
    (
        "a property named $ref",
        {"properties": {"$ref": {"type": "string"}}},
        {"properties": {"$ref": {"type": "integer"}}, "type": "object"},
        INCOMPATIBLE,
    ),
    (
        "a property named $id",
        {"properties": {"$id": {"type": "number"}}},
        {"properties": {"$id": {"type": "integer"}}},
        COMPATIBLE,
    ),
    ("format asserts nothing in draft 4", {"$schema": FOUR, "format": "uri"}, {"$schema": FOUR}, COMPATIBLE),
    ("format asserts nothing in draft 7", {"$schema": SEVEN, "format": "date"}, {"$schema": SEVEN}, COMPATIBLE),
    ("a schema may be a boolean", False, {"type": "null"}, INCOMPATIBLE),
    ("false below", {"properties": {"a": False}}, {"type": "object", "required": ["a"]}, INCOMPATIBLE),
    (
        "$ref hides what stands beside it in draft 7",
        {"$schema": SEVEN, "properties": {"a": {"$ref": "#/definitions/t", "maxLength": 1}}, "definitions": {"t": {}}},
        {"$schema": SEVEN},
        COMPATIBLE,
    ),
    (
        "and not from 2019-09 on",
        {"$schema": NINETEEN, "properties": {"a": {"$ref": "#/$defs/t", "maxLength": 1}}, "$defs": {"t": {}}},
        {"$schema": SEVEN},
        INCOMPATIBLE,
    ),
    (
        "exclusive bounds of draft 4 are flags",
        {"$schema": FOUR, "minimum": 0, "exclusiveMinimum": True},
        {"$schema": SEVEN, "type": "number", "exclusiveMinimum": 0},
        COMPATIBLE,
    ),
    (
        "and count",
        {"$schema": FOUR, "minimum": 0, "exclusiveMinimum": True},
        {"$schema": SEVEN, "type": "number", "minimum": 0},
        INCOMPATIBLE,
    ),
    (
        "tuples changed their keyword",
        {"$schema": MODERN, "prefixItems": [{"type": "string"}], "items": False},
        {"$schema": SEVEN, "type": "array", "items": [{"type": "string"}], "additionalItems": False},
        COMPATIBLE,
    ),
    ("whole floats are integers", {"type": "integer"}, '{"enum": [1.0, 2e3]}', COMPATIBLE),
    ("lengths count code points", {"maxLength": 1}, {"const": "\U0001f600"}, COMPATIBLE),
    ("$ matches at the end only", {"maxLength": 4}, {"type": "string", "pattern": "^[0-9]{4}$"}, COMPATIBLE),
    ("\\d is ASCII", {"pattern": "^[0-9]$"}, {"type": "string", "pattern": "^\\d$"}, COMPATIBLE),
    ("patterns search", {"pattern": "^a"}, {"type": "string", "pattern": "a"}, INCOMPATIBLE),
    ("minItems counts nulls", {"minItems": 1}, {"type": "array", "contains": {"type": "null"}}, COMPATIBLE),
    ("then without if", {"then": False}, {"type": "null"}, COMPATIBLE),
    ("additionalItems without tuple", {"$schema": SEVEN, "additionalItems": False}, {"type": "array"}, COMPATIBLE),
    ("minContains 0", {"contains": {"type": "null"}, "minContains": 0}, {"type": "array"}, COMPATIBLE),
    ("dependencies after 2019", {"$schema": MODERN, "dependencies": {"a": ["b"]}}, {"type": "object"}, COMPATIBLE),
]


@pytest.mark.parametrize(("reader", "writer", "verdict"), [row[1:] for row in TRAPS], ids=[row[0] for row in TRAPS])
def test_traps(reader: Value, writer: Value, verdict: Verdict) -> None:
    found = answer(reader, writer)
    assert found.verdict is verdict, shown(found)


@pytest.mark.parametrize(
    ("reader", "writer", "smallest"),
    [
        ({"maxLength": 3}, {"type": "string"}, '"aaaa"'),
        ({"minimum": 5}, {"type": "integer"}, "0"),
        ({"maximum": 5}, {"type": "integer"}, "6"),
        ({"type": "integer"}, {"type": "number"}, "0.5"),
        ({"type": "integer"}, {"type": "number", "minimum": 3}, "3.5"),
        (
            {"required": ["b"]},
            {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}},
            '{"a": ""}',
        ),
        (
            {"properties": {"a": {"maxLength": 1}}},
            {"type": "object", "properties": {"a": {"type": "string"}}},
            '{"a": "aa"}',
        ),
        ({"additionalProperties": False}, {"type": "object"}, '{"x": null}'),
        ({"maxItems": 1}, {"type": "array", "items": {"type": "integer"}}, "[0, 0]"),
        ({"enum": ["a", "b"]}, {"enum": ["a", "b", "c"]}, '"c"'),
    ],
)
def test_witnesses_are_small_and_always_the_same(reader: Value, writer: Value, smallest: str) -> None:
    assert {shown(answer(reader, writer)) for _ in range(2)} == {smallest}
