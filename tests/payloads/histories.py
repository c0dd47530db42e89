"""Subjects for tests: from schema values, from the repository's samples, and generated histories."""

from __future__ import annotations

import copy
from pathlib import Path

from hypothesis import strategies as st

from evtcompat.formats.avro.format import AVRO
from evtcompat.formats.json_schema.format import JSON_SCHEMA
from evtcompat.model.documents import Document
from evtcompat.model.histories import Version
from evtcompat.model.json_types import JSON
from evtcompat.model.verdicts import Policy
from evtcompat.payloads.cases import Matrix
from evtcompat.payloads.matrix import ParsedSubject, Subject, matrix_of
from evtcompat.payloads.subjects import Catalogue

ROOT = Path(__file__).parent.parent.parent
DRAFT = "http://json-schema.org/draft-07/schema#"


def subject(*schemas: JSON, name: str = "sample", policy: Policy = Policy.LENIENT) -> Subject:
    """A subject with these versions, numbered from 1."""
    json = isinstance(schemas[0], dict) and "$schema" in schemas[0]
    versions = tuple(
        Version(Document(schema, origin=f"{name}-v{number}.avsc"), str(number))
        for number, schema in enumerate(schemas, 1)
    )
    return Subject(name, JSON_SCHEMA if json else AVRO, versions, policy)


def matrix(*schemas: JSON, policy: Policy = Policy.LENIENT) -> Matrix:
    """The matrix of a subject with these versions."""
    return matrix_of(ParsedSubject(subject(*schemas, policy=policy)))


def sample(name: str, *folders: Path) -> ParsedSubject:
    """A subject of the repository's sample schemas."""
    with Catalogue(ROOT, folders or [ROOT / "schemas"]) as catalogue:
        return ParsedSubject(catalogue.subject(name))


def record(*fields: JSON, name: str = "Event") -> dict[str, JSON]:
    """An Avro record."""
    return {"type": "record", "name": name, "fields": list(fields)}


def value(type_: JSON, **more: JSON) -> dict[str, JSON]:
    """A record with one field, `value`."""
    return record({"name": "value", "type": type_, **more})


def logical(carrier: str, name: str, **more: JSON) -> dict[str, JSON]:
    """A logical type on a carrier."""
    return {"type": carrier, "logicalType": name, **more}


_LEAVES: list[JSON] = [
    "null",
    "boolean",
    "int",
    "long",
    "float",
    "double",
    "bytes",
    "string",
    logical("long", "timestamp-millis"),
    logical("long", "timestamp-micros"),
    logical("int", "date"),
    logical("string", "uuid"),
    logical("bytes", "decimal", precision=9, scale=2),
    logical("bytes", "decimal", precision=6, scale=2),
    logical("bytes", "decimal", precision=9, scale=3),
    {"type": "enum", "name": "Status", "symbols": ["NEW", "OLD"], "default": "NEW"},
    {"type": "enum", "name": "Status", "symbols": ["NEW", "OLD", "LOST"]},
    {"type": "fixed", "name": "Hash", "size": 4},
    {"type": "fixed", "name": "Hash", "size": 2},
]


_WIDE: list[JSON] = ["null", "int", "string", "double"]


def avro_types() -> st.SearchStrategy[JSON]:
    """Types of one field; named types occur at most once in it."""
    leaves: st.SearchStrategy[JSON] = st.sampled_from(_LEAVES).map(copy.deepcopy)
    plain: st.SearchStrategy[JSON] = st.sampled_from(_LEAVES[:13]).map(copy.deepcopy)
    inner: st.SearchStrategy[JSON] = st.lists(
        st.tuples(st.sampled_from("abc"), plain), min_size=1, max_size=3, unique_by=lambda one: one[0]
    ).map(lambda fields: record(*({"name": name, "type": type_} for name, type_ in fields), name="Inner"))
    simple = leaves | inner
    unions: st.SearchStrategy[JSON] = simple.filter(lambda one: one != "null").map(lambda one: ["null", one])
    wide: st.SearchStrategy[JSON] = st.permutations(_WIDE).map(lambda one: list(one)[:3])
    return (
        simple
        | unions
        | wide
        | simple.map(lambda one: {"type": "array", "items": one})
        | simple.map(lambda one: {"type": "map", "values": one})
    )


_DEFAULTS: dict[str, JSON] = {"int": 7, "long": 8, "string": "d", "boolean": True, "double": 0.5}


def avro_histories() -> st.SearchStrategy[list[JSON]]:
    """Two or three versions of a record: fields come, go, change their type, get defaults."""

    def version(fields: list[tuple[str, JSON]], defaulted: bool) -> JSON:  # noqa: FBT001 - drawn by position
        written: list[JSON] = []
        used: set[str] = set()
        for name, type_ in fields:
            names = {word for word in ("Status", "Hash", "Inner") if f"'{word}'" in str(type_)}
            if names & used:
                continue
            used |= names
            part: dict[str, JSON] = {"name": name, "type": type_}
            if defaulted and isinstance(type_, str) and type_ in _DEFAULTS:
                part["default"] = _DEFAULTS[type_]
            elif defaulted and isinstance(type_, list) and type_[0] == "null":
                part["default"] = None
            written.append(part)
        return record(*written)

    fields = st.lists(
        st.tuples(st.sampled_from(["p", "q", "r", "s"]), avro_types()), max_size=3, unique_by=lambda one: one[0]
    )
    one = st.builds(version, fields, st.booleans())
    changed = fields.flatmap(
        lambda base: st.tuples(
            st.just(base), st.integers(0, max(0, len(base) - 1)), avro_types(), st.booleans(), st.booleans()
        )
    ).map(
        lambda drawn: [
            version(drawn[0], drawn[3]),
            version(
                [(name, drawn[2] if at == drawn[1] else type_) for at, (name, type_) in enumerate(drawn[0])], drawn[4]
            ),
        ]
    )
    return changed | st.lists(one, min_size=2, max_size=3)


_MEMBERS: list[JSON] = [
    {"type": "string"},
    {"type": "string", "maxLength": 3},
    {"type": "integer"},
    {"type": "integer", "minimum": 0, "maximum": 9},
    {"type": "number"},
    {"type": ["string", "null"]},
    {"enum": ["a", "b"]},
    {"enum": ["a", "b", "c"]},
    {"type": "array", "items": {"type": "integer"}, "maxItems": 2},
    {"type": "object", "properties": {"x": {"type": "integer"}}, "additionalProperties": False},
    {"type": "object", "properties": {"x": {"type": "integer"}, "y": {"type": "string"}}, "required": ["x"]},
    {"type": "object", "additionalProperties": {"type": "integer"}},
    {"oneOf": [{"type": "integer"}, {"type": "string"}]},
]


def json_histories() -> st.SearchStrategy[list[JSON]]:
    """Two versions of an object: members come, go, change, become required; closed or open."""
    members = st.dictionaries(st.sampled_from("abc"), st.sampled_from(_MEMBERS), max_size=3)

    def version(properties: dict[str, JSON], needed: list[str], closed: bool) -> JSON:  # noqa: FBT001 - idem
        schema: dict[str, JSON] = {"$schema": DRAFT, "type": "object", "properties": dict(properties)}
        schema["required"] = [name for name in needed if name in properties]
        if closed:
            schema["additionalProperties"] = False
        return schema

    one = st.builds(version, members, st.lists(st.sampled_from("abc"), unique=True, max_size=2), st.booleans())
    return st.lists(one, min_size=2, max_size=2)
