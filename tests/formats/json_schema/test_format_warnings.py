"""Formats that differ are warned of wherever both sides name one, however little is looked at."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evtcompat.formats.json_schema import exact
from evtcompat.formats.json_schema.decide import decide
from evtcompat.formats.json_schema.explain.explanation import explain
from evtcompat.model.json_types import JSON
from evtcompat.model.verdicts import Policy
from formats.json_schema.deciding import strict
from formats.json_schema.schemas import SEVEN, schema_of

DAY: JSON = {"type": "string", "format": "date"}
TIME: JSON = {"type": "string", "format": "time"}
TO_A: JSON = {"$ref": "#/definitions/a"}


def places(reader: dict[str, Any], writer: dict[str, Any]) -> list[str]:
    """The places in the reader at which formats are said to have changed."""
    one, other = (schema_of({"$schema": SEVEN, **schema}) for schema in (reader, writer))
    options = strict(Policy.LENIENT)
    found = explain(one, other, decide(one, other, options), options).mismatches
    return [mismatch.reader.pointer for mismatch in found if mismatch.rule == "format-changed"]


CHANGED: list[tuple[str, dict[str, Any], dict[str, Any], list[str]]] = [
    ("at the root", {"format": "date"}, {"format": "time"}, ["/format"]),
    ("in the same words", {"properties": {"a": DAY, "b": {}}}, {"properties": {"a": DAY}}, []),
    (
        "in a property",
        {"properties": {"a": DAY, "b": DAY}},
        {"properties": {"a": DAY, "b": TIME}},
        ["/properties/b/format"],
    ),
    ("in items", {"items": DAY}, {"items": TIME}, ["/items/format"]),
    ("in map values", {"additionalProperties": DAY}, {"additionalProperties": TIME}, ["/additionalProperties/format"]),
    (
        "behind references in the same words",
        {"properties": {"p": TO_A}, "definitions": {"a": DAY}},
        {"properties": {"p": TO_A}, "definitions": {"a": TIME}},
        ["/definitions/a/format"],
    ),
    (
        "behind references deep in the same words",
        {"properties": {"p": {"items": {"properties": {"q": TO_A}}}}, "definitions": {"a": DAY}},
        {"properties": {"p": {"items": {"properties": {"q": TO_A}}}}, "definitions": {"a": TIME}},
        ["/definitions/a/format"],
    ),
    (
        "behind a reference on one side",
        {"properties": {"p": TO_A}, "definitions": {"a": DAY}},
        {"properties": {"p": TIME}},
        ["/definitions/a/format"],
    ),
    ("beside what has none", {"properties": {"a": DAY, "b": {}}}, {"properties": {"a": {}, "b": TIME}}, []),
    (
        "in a property of that name",
        {"properties": {"format": DAY}},
        {"properties": {"format": TIME}},
        ["/properties/format/format"],
    ),
    (
        "with a number that cannot be kept",
        {"minimum": Decimal("0.5"), "format": "date"},
        {"format": "time"},
        ["/format"],
    ),
]


@pytest.mark.parametrize(
    ("reader", "writer", "expected"), [row[1:] for row in CHANGED], ids=[row[0] for row in CHANGED]
)
def test_formats_that_differ_are_warned_of(reader: dict[str, Any], writer: dict[str, Any], expected: list[str]) -> None:
    assert places(reader, writer) == expected


_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=4),
    st.sampled_from(["\ud800", "é", '"', "\x7f", "\u2028"]),
)
_VALUES = st.recursive(
    st.one_of(_SCALARS, st.decimals(allow_nan=False, allow_infinity=False, places=3)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)),
    max_leaves=8,
)


@given(_VALUES)
def test_the_text_of_a_value_says_just_that_value(value: Any) -> None:  # noqa: ANN401 - any JSON
    text = exact.dump(value)
    assert exact.key(json.loads(text, parse_float=Decimal)) == exact.key(value)
    text.encode()


@given(_VALUES.filter(lambda value: "Decimal" not in repr(value)))
def test_the_text_of_a_value_is_the_same_whichever_way_it_is_written(value: Any) -> None:  # noqa: ANN401 - any JSON
    """A value among exact numbers, or half a surrogate pair, is written as it is among others."""
    text = exact.dump(value)
    assert exact.dump([value, Decimal("0.5")]) == f"[{text}, 0.5]"
    assert exact.dump([value, "\ud800"]) == f'[{text}, "\\ud800"]'
