"""A list of paths is a reader that refuses exactly the events without what it lists."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evtcompat import compare
from evtcompat.errors import UncheckedError
from evtcompat.formats.loading import by_name
from evtcompat.formats.projections import Need, Part, need_of, path_text
from evtcompat.model.documents import Document, NoReferences
from evtcompat.model.json_types import JSON
from evtcompat.model.verdicts import Verdict

#: A tree of names: ``None`` is a leaf, a mapping an object, and ``items`` of one a list of objects.
Shape = Mapping[str, "Shape | str"]
NAMES = st.sampled_from("abcd")
LEAVES = st.sampled_from(["string", "boolean"])
SHAPES = st.recursive(
    st.dictionaries(NAMES, LEAVES, min_size=1, max_size=3),
    lambda inner: st.dictionaries(NAMES, LEAVES | inner, min_size=1, max_size=3),
    max_leaves=8,
)


def avro(shape: Shape, name: str = "R") -> JSON:
    fields: list[JSON] = []
    for key, inner in shape.items():
        made: JSON = inner if isinstance(inner, str) else {"type": "array", "items": avro(inner, f"{name}_{key}")}
        fields.append({"name": key, "type": made})
    return {"type": "record", "name": name, "fields": fields}


def json_schema(shape: Shape) -> JSON:
    properties: dict[str, JSON] = {}
    for key, inner in shape.items():
        properties[key] = {"type": inner} if isinstance(inner, str) else {"type": "array", "items": json_schema(inner)}
    return {"type": "object", "properties": properties, "required": [*sorted(shape)]}


def paths(shape: Shape) -> list[tuple[str | Part, ...]]:
    found: list[tuple[str | Part, ...]] = []
    for key, inner in shape.items():
        found.append((key,))
        if not isinstance(inner, str):
            found += [(key, Part.ITEMS, *rest) for rest in paths(inner)]
    return found


def at(shape: Shape, path: tuple[str | Part, ...]) -> Shape | str | None:
    here: Shape | str | None = shape
    for step in path:
        if step is not Part.ITEMS:
            here = here.get(str(step)) if isinstance(here, Mapping) else None
    return here


def covers(writer: Shape | str | None, written: Shape | str) -> bool:
    """Whether a writer's part has all of what it had when the contract was written."""
    if isinstance(written, str) or not isinstance(writer, Mapping):
        return writer == written
    return all(covers(writer.get(key), inner) for key, inner in written.items())


@pytest.mark.slow
@pytest.mark.parametrize(("name", "made"), [("avro", avro), ("json-schema", json_schema)])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_projection_is_refused_what_it_needs_and_nothing_else(name: str, made: object, data: st.DataObject) -> None:
    assert callable(made)
    written, writer = data.draw(SHAPES), data.draw(SHAPES)
    needs = data.draw(st.lists(st.sampled_from(paths(written)), min_size=1, max_size=3, unique=True))
    chosen = by_name(name)
    assert chosen.projection is not None
    schema = chosen.parse(Document(made(written)), NoReferences())
    reader = chosen.projection.project(schema, [Need(path) for path in needs])
    expected = all(covers(at(writer, path), inner) for path in needs if (inner := at(written, path)) is not None)
    comparison = compare(reader=reader, writer=made(writer), format=name)
    assert (comparison.verdict is Verdict.COMPATIBLE) is expected, (reader, writer)
    if not expected:
        witness = next(finding.witness for finding in comparison.findings if finding.witness is not None)
        assert witness.confirmed_by
    asked = {one.path for one in chosen.projection.fields(chosen.parse(Document(reader), NoReferences()))}
    assert asked >= set(needs)


SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "buyer": {"$ref": "#/$defs/person"},
        "prices": {"type": "object", "additionalProperties": {"type": "object", "properties": {"amount": {}}}},
    },
    "allOf": [{"properties": {"total": {"type": "number", "minimum": 0.5}}}],
    "anyOf": [{"properties": {"card": {"type": "string"}}}, {}],
    "$defs": {
        "person": {"type": "object", "properties": {"id": {"type": "string"}, "boss": {"$ref": "#/$defs/person"}}}
    },
}


@pytest.mark.parametrize(
    ("need", "reader"),
    [
        ("id", {"properties": {"id": {"type": "string"}}, "required": ["id"]}),
        ("id?", {"properties": {"id": {"type": "string"}}}),
        ("total", {"properties": {"total": {"type": "number", "minimum": 0.5}}, "required": ["total"]}),
        (
            "buyer.boss.id",
            {
                "properties": {
                    "buyer": {
                        "type": "object",
                        "properties": {
                            "boss": {
                                "type": "object",
                                "properties": {"id": {"type": "string"}},
                                "required": ["id"],
                            }
                        },
                        "required": ["boss"],
                    }
                },
                "required": ["buyer"],
            },
        ),
        (
            "prices{}.amount",
            {
                "properties": {
                    "prices": {
                        "type": "object",
                        "additionalProperties": {
                            "properties": {"amount": {}},
                            "required": ["amount"],
                            "type": "object",
                        },
                    }
                },
                "required": ["prices"],
            },
        ),
        (
            "buyer",
            {
                "properties": {"buyer": {"$ref": "#/definitions/person"}},
                "required": ["buyer"],
                "definitions": {
                    "person": {
                        "type": "object",
                        "properties": {"id": {"type": "string"}, "boss": {"$ref": "#/definitions/person"}},
                    }
                },
            },
        ),
    ],
)
def test_parts_are_found_through_references_and_all_of(need: str, reader: dict[str, object]) -> None:
    chosen = by_name("json-schema")
    assert chosen.projection is not None
    schema = chosen.parse(Document(json.loads(json.dumps(SCHEMA))), NoReferences())
    made = chosen.projection.project(schema, [need_of(need)])
    assert made == {"$schema": SCHEMA["$schema"], "type": "object", **reader}


@pytest.mark.parametrize(
    ("need", "said"), [("card", "branch"), ("buyr", "Did you mean `buyer`?"), ("id.x", "nothing below it")]
)
def test_what_cannot_be_asked_for_alone_is_told(need: str, said: str) -> None:
    chosen = by_name("json-schema")
    assert chosen.projection is not None
    schema = chosen.parse(Document(json.loads(json.dumps(SCHEMA))), NoReferences())
    with pytest.raises(UncheckedError) as caught:
        chosen.projection.project(schema, [need_of(need)])
    assert said in str(caught.value)


@pytest.mark.parametrize(("name", "made"), [("avro", avro), ("json-schema", json_schema)])
@pytest.mark.parametrize(
    ("need", "said"),
    [
        ("lines.sku", "there is no `lines.sku` in the schema Did you mean `lines[].sku`?"),
        ("lines.offers.price", "there is no `lines.offers` in the schema Did you mean `lines[].offers`?"),
        (
            "lines[].offers.price",
            "there is no `lines[].offers.price` in the schema Did you mean `lines[].offers[].price`?",
        ),
        ("id[]", "there is no `id[]` in the schema There is nothing below it."),
        ("lines.total", "there is no `lines.total` in the schema There is lines[]."),
        ("lines{}", "there is no `lines{}` in the schema Did you mean `lines[]`?"),
        ("lines[].skuu", "there is no `lines[].skuu` in the schema Did you mean `lines[].sku`?"),
    ],
)
def test_a_path_that_leads_nowhere_is_told_with_the_part_that_is_meant(
    need: str, said: str, name: str, made: object
) -> None:
    assert callable(made)
    chosen = by_name(name)
    assert chosen.projection is not None
    shape = {"id": "string", "lines": {"sku": "string", "offers": {"price": "string"}}}
    schema = chosen.parse(Document(made(shape)), NoReferences())
    with pytest.raises(UncheckedError) as caught:
        chosen.projection.project(schema, [need_of(need)])
    assert " ".join(f"{caught.value.message} {caught.value.hint}".split()) == said


RECURSIVE: JSON = {
    "type": "record",
    "name": "Node",
    "namespace": "n",
    "fields": [
        {"name": "value", "type": "long"},
        {"name": "label", "type": ["null", "string"], "default": None},
        {"name": "next", "type": ["null", "Node"], "default": None},
    ],
}


@pytest.mark.parametrize(
    ("needs", "fields"),
    [
        (["value"], [{"name": "value", "type": "long"}]),
        (["label"], [{"name": "label", "type": ["null", "string"]}]),
        (["label?"], [{"name": "label", "type": ["null", "string"], "default": None}]),
        (["value?"], [{"name": "value", "type": ["null", "long"], "default": None}]),
        (["next.value"], [{"name": "value", "type": "long"}, {"name": "next", "type": ["null", "n.Node"]}]),
    ],
)
def test_a_named_type_is_projected_to_all_that_is_asked_of_it(needs: list[str], fields: list[JSON]) -> None:
    chosen = by_name("avro")
    assert chosen.projection is not None
    schema = chosen.parse(Document(RECURSIVE), NoReferences())
    made = chosen.projection.project(schema, [need_of(need) for need in needs])
    assert made == {"type": "record", "name": "Node", "namespace": "n", "fields": fields}
    chosen.parse(Document(made), NoReferences())


def test_every_path_of_a_record_that_stands_in_a_hundred_fields_may_be_needed() -> None:
    part: JSON = {"type": "record", "name": "Part", "fields": [{"name": f"p{at}", "type": "int"} for at in range(60)]}
    fields: list[JSON] = [{"name": f"f{at}", "type": "Part" if at else part} for at in range(100)]
    chosen = by_name("avro")
    assert chosen.projection is not None
    whole: JSON = {"type": "record", "name": "Event", "fields": fields}
    found = chosen.projection.fields(chosen.parse(Document(whole), NoReferences()))
    paths = {path_text(one.path) for one in found}
    assert {f"f{at}.p{inner}" for at in range(100) for inner in range(60)} <= paths


def test_a_need_is_asked_of_each_record_once_however_many_ways_lead_there() -> None:
    """Each of ten records may hold any of them: there are ten times as many ways with each step."""
    names = [f"R{at}" for at in range(10)]
    parts: dict[str, JSON] = {"value": "int", "next": ["null", *names], "other": "string"}
    fields: list[JSON] = [{"name": name, "type": part} for name, part in parts.items()]
    records: list[JSON] = [{"type": "record", "name": name, "fields": fields} for name in names]
    event: JSON = {"type": "record", "name": "Event", "fields": [{"name": "any", "type": records}]}
    chosen = by_name("avro")
    assert chosen.projection is not None
    schema = chosen.parse(Document(event), NoReferences())
    made = chosen.projection.project(schema, [need_of(f"any{'.next' * 25}.value")])
    assert [json.dumps(made).count(f'"name": "{name}"') for name in ("value", "next", "other")] == [10, 10, 0]


@given(st.lists(st.text(min_size=1) | st.sampled_from(Part), min_size=1, max_size=4), st.booleans())
def test_every_path_can_be_written_and_read(path: list[str | Part], optional: bool) -> None:  # noqa: FBT001 - of hypothesis
    need = Need(tuple(path), optional)
    assert need_of(str(need)) == need
    assert str(need) == path_text(tuple(path)) + "?" * optional
