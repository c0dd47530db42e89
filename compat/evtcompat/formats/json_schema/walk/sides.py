"""A side of the pair, made from a parsed schema."""

from __future__ import annotations

from evtcompat.formats.json_schema.derived import derived
from evtcompat.formats.json_schema.parse import Schema
from evtcompat.formats.json_schema.walk.parts import Side


def side_of(schema: Schema, *, assert_formats: bool = False) -> Side:
    """The side that a schema makes, with the validator that confirms witnesses; always the same one."""
    return derived(schema, Side, assert_formats)
