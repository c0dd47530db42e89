"""Fixes are tried for the sides that somebody can change, and for no other."""

from __future__ import annotations

from itertools import chain, combinations

import pytest

from evtcompat.formats.avro.format import AVRO
from evtcompat.formats.base import Options, SchemaFormat
from evtcompat.formats.json_schema.format import JSON_SCHEMA
from evtcompat.model.documents import Document, NoReferences
from evtcompat.model.json_types import JSON
from evtcompat.model.mismatches import Fix, Mismatch

DRAFT: dict[str, JSON] = {"$schema": "http://json-schema.org/draft-07/schema#", "type": "object"}
SIDES = ("reader", "writer")
PAIRS: list[tuple[SchemaFormat, JSON, JSON]] = [
    (
        AVRO,
        {"type": "record", "name": "E", "fields": [{"name": "a", "type": "int"}]},
        {"type": "record", "name": "E", "fields": []},
    ),
    (JSON_SCHEMA, {**DRAFT, "required": ["a"]}, {**DRAFT, "properties": {"a": {"type": "string"}}}),
]


def mismatches(schema_format: SchemaFormat, reader: JSON, writer: JSON, options: Options) -> tuple[Mismatch, ...]:
    ours, theirs = (schema_format.parse(Document(value), NoReferences(), options) for value in (reader, writer))
    return schema_format.compare(ours, theirs, options).explanation().mismatches


def fixes(found: tuple[Mismatch, ...]) -> list[Fix]:
    return [fix for one in found for fix in (one.fix, *one.alternatives) if fix is not None]


@pytest.mark.parametrize(("schema_format", "reader", "writer"), PAIRS, ids=[pair[0].name for pair in PAIRS])
def test_only_fixes_of_the_sides_that_are_asked_for_are_found(
    schema_format: SchemaFormat, reader: JSON, writer: JSON
) -> None:
    """And what is found beside them is the same, whatever sides are asked for."""
    whole = mismatches(schema_format, reader, writer, Options())
    assert "reader" in {fix.side for fix in fixes(whole)}
    for sides in chain.from_iterable(combinations(SIDES, count) for count in range(3)):
        found = mismatches(schema_format, reader, writer, Options(fixes=frozenset(sides)))
        assert fixes(found) == [fix for fix in fixes(whole) if fix.side in sides]
        assert [(one.rule, one.reader, one.witness) for one in found] == [
            (one.rule, one.reader, one.witness) for one in whole
        ]
