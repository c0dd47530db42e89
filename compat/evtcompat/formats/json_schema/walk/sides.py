"""A side of the pair, made from a parsed schema."""

from __future__ import annotations

from evtcompat.formats.json_schema.parse import Schema
from evtcompat.formats.json_schema.walk.parts import Side


def side_of(schema: Schema, *, assert_formats: bool = False) -> Side:
    """The side that a schema makes, with the validator that confirms witnesses; made once per schema."""
    key = ("side", assert_formats)
    if key not in schema.cache:
        schema.cache[key] = Side(schema, assert_formats=assert_formats)
    side: Side = schema.cache[key]
    return side
