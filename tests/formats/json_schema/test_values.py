"""Values of a schema: valid and nearly valid, covering limits and branches, the same for the same seed."""

from __future__ import annotations

import jsonschema
import pytest

from evtcompat.formats.json_schema.exact import dump
from evtcompat.formats.json_schema.validate.library_values import library_value
from evtcompat.formats.json_schema.validate.validator import Validator
from evtcompat.formats.json_schema.values import LabelledValue, cover
from evtcompat.model.json_types import JSON
from formats.json_schema.schemas import FOUR, MODERN, SEVEN, schema_of
from reference_data import reference_rows

ORDER: JSON = {
    "$schema": SEVEN,
    "type": "object",
    "required": ["id", "status"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string", "pattern": "^[A-Z]{2}-[0-9]{3,5}$"},
        "status": {"enum": ["NEW", "SHIPPED"]},
        "discount": {"type": ["number", "null"], "minimum": 0, "exclusiveMaximum": 0.5},
        "lines": {"type": "array", "items": {"$ref": "#/definitions/line"}, "minItems": 2, "maxItems": 3},
        "payment": {
            "oneOf": [
                {"type": "object", "properties": {"kind": {"const": "card"}}, "required": ["kind"]},
                {"type": "object", "properties": {"kind": {"const": "invoice"}}, "required": ["kind"]},
                {"type": "null"},
            ]
        },
        "note": {"type": "string", "maxLength": 12},
        "labels": {"type": "object", "additionalProperties": {"type": "string", "minLength": 1}},
        "tree": {"$ref": "#/definitions/node"},
    },
    "definitions": {
        "line": {"type": "object", "properties": {"price": {"type": "integer", "minimum": 1}}, "required": ["price"]},
        "node": {"type": "object", "properties": {"next": {"$ref": "#/definitions/node"}}},
    },
}


def values(schema: JSON, seed: int = 0) -> dict[str, LabelledValue]:
    found = cover(schema_of(schema), seed)
    assert len({one.label for one in found}) == len(found)
    assert len({dump(one.value) for one in found}) == len(found)
    return {one.label: one for one in found}


def test_every_aspect_of_an_order_is_covered() -> None:
    """Presence and absence, each symbol, each branch, both sides of each limit, under labels that a person reads."""
    made = values(ORDER)
    expected = {
        "all properties": True,
        "required properties only": True,
        "id absent": False,
        "id at its longest match": True,
        "id not matching its pattern": False,
        "symbol SHIPPED of status": True,
        "status of no listed value": False,
        "discount absent": True,
        "discount at its minimum": True,
        "discount below its minimum": False,
        "discount above its maximum": False,
        "discount null": True,
        "discount of type string": False,
        "lines empty": False,
        "lines with 1 items (too few)": False,
        "lines with 3 items (its most)": True,
        "lines with 4 items (too many)": False,
        "lines[].price absent": False,
        "lines[].price at its minimum": True,
        "lines[].price below its minimum": False,
        "lines[].price with a fraction": False,
        "branch 1 of oneOf of payment": True,
        "branch 2 of oneOf of payment": True,
        "payment.kind of no listed value": False,
        "note of 12 characters (its most)": True,
        "note of 13 characters (too long)": False,
        "note in non-ASCII letters": True,
        "labels.* of 0 characters (too short)": False,
        "labels with a non-ASCII name": True,
        "tree with required properties only": True,
        "event with an undeclared property": False,
        "event of type null": False,
    }
    assert {label: made[label].valid for label in expected if label in made} == expected


@pytest.mark.parametrize(
    ("schema", "valid"),
    [
        ({"$schema": MODERN, "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": False}, 1),
        ({"$schema": MODERN, "type": "object", "unevaluatedProperties": False, "properties": {"a": {}}}, 2),
        ({"$schema": MODERN, "type": "object", "dependentRequired": {"a": ["b"]}, "properties": {"a": {}, "b": {}}}, 2),
        (
            {
                "$schema": SEVEN,
                "if": {"properties": {"a": {"const": 1}}, "required": ["a"]},
                "then": {"required": ["b"]},
            },
            2,
        ),
        ({"$schema": SEVEN, "allOf": [{"properties": {"a": {"type": "string"}}}, {"required": ["a"]}]}, 2),
        ({"$schema": SEVEN, "type": "array", "contains": {"type": "integer"}}, 1),
        ({"$schema": SEVEN, "type": "array", "items": {"enum": [1, 2, 3]}, "uniqueItems": True, "minItems": 3}, 1),
        ({"$schema": SEVEN, "type": "object", "patternProperties": {"^x-[0-9]$": {"type": "integer"}}}, 2),
        ({"$schema": SEVEN, "type": "object", "minProperties": 2}, 1),
        ({"$schema": SEVEN, "type": "number", "multipleOf": 0.01, "minimum": 0}, 3),
        ({"$schema": FOUR, "type": "integer", "minimum": 0, "exclusiveMinimum": True, "maximum": 9}, 2),
        ({"$schema": SEVEN, "type": "string", "format": "date-time"}, 2),
        ({"$schema": SEVEN}, 1),
        (True, 1),
        ({"$schema": SEVEN, "not": {"type": ["object", "array", "string", "null", "boolean"]}}, 1),
        ({"$schema": SEVEN, "type": "string", "not": {"pattern": "^[a-z]*$"}, "minLength": 3, "maxLength": 3}, 1),
        ({"$ref": "#/$defs/a", "$defs": {"a": {"anyOf": [{"type": "null"}, {"items": {"$ref": "#/$defs/a"}}]}}}, 2),
    ],
)
def test_each_construct_gets_valid_values(schema: JSON, valid: int) -> None:
    """Where a construct admits values, several distinct valid ones are made; recursion without end stops."""
    assert sum(one.valid for one in cover(schema_of(schema))) >= valid


def test_validity_is_what_the_validator_says() -> None:
    """The flag agrees with the `jsonschema` library, called here on its own."""
    validator = jsonschema.Draft7Validator(ORDER)
    for one in cover(schema_of(ORDER)):
        assert one.valid == validator.is_valid(one.value), one


@pytest.mark.slow
def test_a_seed_gives_the_same_values_again() -> None:
    """Two runs with one seed agree; another seed chooses other letters and numbers, not other labels."""
    assert cover(schema_of(ORDER), 7) == cover(schema_of(ORDER), 7)
    assert cover(schema_of(ORDER), 7) != cover(schema_of(ORDER), 8)
    assert [one.label for one in cover(schema_of(ORDER), 7)][:5] == [one.label for one in cover(schema_of(ORDER), 8)][
        :5
    ]


@pytest.mark.slow
def test_real_schemas_get_valid_and_invalid_values() -> None:
    """For every tenth real event schema the plainest value is valid, and some values are not."""
    for index, row in enumerate(reference_rows("json_real.jsonl.gz")):
        if index % 10 == 0:
            made = cover(schema_of(row["new"]))
            assert made[0].valid, row["id"]
            assert not all(one.valid for one in made), row["id"]


NESTED_RESOURCES: JSON = {
    "$schema": MODERN,
    "$id": "https://example.com/a/",
    "type": "object",
    "properties": {
        "here": {"$id": "b/", "$ref": "c", "$defs": {"c": {"$id": "c", "type": "string"}}},
        "there": {"$ref": "b/c"},
        "list": {"type": "array", "items": {"$dynamicRef": "#item"}},
    },
    "$defs": {"item": {"$dynamicAnchor": "item", "type": ["integer", "null"]}},
    "required": ["here"],
}


@pytest.mark.parametrize("schema", [ORDER, NESTED_RESOURCES], ids=["order", "resources"])
def test_what_is_known_of_the_parts_of_other_values_changes_no_answer(schema: JSON) -> None:
    """One validator that has seen every value says of each what one says that has seen none."""
    found = cover(schema_of(schema))
    used = Validator(schema_of(schema), assert_formats=False)
    for one in (*found, *reversed(found)):
        fresh = Validator(schema_of(schema), assert_formats=False)
        value = library_value(one.value)
        assert used.accepts(used.exact(one.value)) is fresh.accepts(value) is one.valid, one.label
        assert used.violations(used.exact(one.value)) == fresh.violations(value), one.label
