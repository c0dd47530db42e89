"""A lifeline tells of each part in which versions it is, and what became of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evtcompat.formats.avro.format import AVRO
from evtcompat.formats.loading import by_name
from evtcompat.formats.projections import Shape, path_text
from evtcompat.model.documents import Document, NoReferences
from evtcompat.model.json_types import JSON
from evtcompat.model.timelines import Happening, Mark
from evtcompat.timelines.lifelines import lifelines_of

SHAPES = st.builds(
    Shape,
    st.sampled_from(["a", "b", "c", "d"]),
    st.sampled_from(["int", "string"]),
    st.booleans(),
    st.sampled_from([None, "1"]),
)
VERSIONS = st.lists(st.lists(SHAPES, unique_by=lambda shape: shape.path, max_size=4), min_size=1, max_size=6)


@pytest.mark.slow
@given(VERSIONS)
def test_a_part_is_drawn_in_exactly_the_versions_that_describe_it(versions: list[list[Shape]]) -> None:
    lines = lifelines_of(versions)
    drawn = {
        (line.path, at) for line in lines for start, end in line.spans(len(versions)) for at in range(start, end + 1)
    }
    assert drawn == {(shape.path, at) for at, shapes in enumerate(versions) for shape in shapes}
    assert len({line.path for line in lines}) == len(lines)


@pytest.mark.slow
@given(VERSIONS)
def test_a_part_is_marked_where_it_differs_from_the_version_before_and_nowhere_else(
    versions: list[list[Shape]],
) -> None:
    for line in lifelines_of(versions):
        here = [next((shape for shape in shapes if shape.path == line.path), None) for shapes in versions]
        changed = {at for at, shape in enumerate(here) if shape != (here[at - 1] if at else None)}
        assert {mark.at for mark in line.marks} == changed


def shapes(schema: object, name: str) -> tuple[Shape, ...]:
    schema_format = by_name(name)
    assert schema_format.projection is not None
    parsed = schema_format.parse(Document(schema), NoReferences())  # type: ignore[arg-type]  # a test's shorthand
    return tuple(schema_format.projection.shapes(parsed))


def test_a_field_of_avro_is_told_with_its_type_and_its_default() -> None:
    millis = {"type": "long", "logicalType": "timestamp-millis"}
    line = {"type": "record", "name": "Line", "fields": [{"name": "sku", "type": "string"}]}
    enum = {"type": "enum", "name": "State", "symbols": ["A", "B"], "default": "A"}
    fields = [
        {"name": "at", "type": millis},
        {"name": "lines", "type": {"type": "array", "items": line}},
        {"name": "note", "type": ["null", "string"], "default": None},
        {"name": "state", "type": enum},
    ]
    assert shapes({"type": "record", "name": "Order", "fields": fields}, "avro") == (
        Shape("at", "timestamp-millis as long", required=True),
        Shape("lines", "array", required=True),
        Shape("lines[]", "Line"),
        Shape("lines[].sku", "string", required=True),
        Shape("note", "null or string", default="null"),
        Shape("state", "State: A | B, else A", required=True),
    )


@pytest.mark.parametrize("levels", [5, 40])
def test_records_that_hold_one_another_in_several_fields_are_told_without_each_way_to_them(levels: int) -> None:
    inner: JSON = {"type": "record", "name": "R0", "fields": [{"name": "v", "type": "int"}]}
    for level in range(1, levels):
        fields: list[JSON] = [{"name": f"l{level}", "type": inner}, {"name": f"r{level}", "type": f"R{level - 1}"}]
        inner = {"type": "record", "name": f"R{level}", "fields": fields}
    projection = AVRO.projection
    schema = AVRO.parse(Document(inner), NoReferences())
    shapes, fields_ = projection.shapes(schema), projection.fields(schema)
    shown, needed = [one.path for one in shapes], [path_text(one.path) for one in fields_]
    for paths, most in ((shown, 10_000), (needed, 100_000)):  # of needs all that many schemas have are told
        assert len(paths) < most
        ends = {path.rpartition(".")[2] for path in paths}
        assert {f"{side}{level}" for level in range(1, levels) for side in "lr"} | {"v"} <= ends


def test_a_property_of_json_is_told_with_what_it_may_be() -> None:
    schema = {
        "type": "object",
        "required": ["id"],
        "properties": {
            "id": {"$ref": "#/$defs/id", "description": "not told"},
            "lines": {"type": "array", "items": {"type": "integer", "minimum": 0}},
            "any": True,
        },
        "$defs": {"id": {"type": "string", "pattern": "^a"}},
    }
    assert shapes(schema, "json-schema") == (
        Shape("id", 'string, pattern "^a"', required=True),
        Shape("lines", "array"),
        Shape("lines[]", "integer, minimum 0"),
        Shape("any", "anything"),
    )


def test_what_a_default_does_is_told_apart_from_what_a_type_does() -> None:
    before = [Shape("a", "int", required=True), Shape("b", "int", default="1")]
    after = [Shape("a", "string", default='"x"'), Shape("b", "int", default="2")]
    first, second = lifelines_of([before, after])
    assert first.marks[1:] == (
        Mark(1, Happening.CHANGED, "int, now string"),
        Mark(1, Happening.DEFAULTED, 'default "x"'),
    )
    assert second.marks[1:] == (Mark(1, Happening.CHANGED, "default 1, now 2"),)
