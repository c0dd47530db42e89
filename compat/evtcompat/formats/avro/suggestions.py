"""What somebody may have meant: by the name of a type that Avro has not, and by a document that is no schema."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from evtcompat.formats.avro.types import KIND_NAMES, STRING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from evtcompat.model.json_types import JSON

_PRIMITIVES: Final = KIND_NAMES[: STRING + 1]
_ARRAY: Final = '{"type": "array", "items": ...}'
_MAP: Final = '{"type": "map", "values": ...}'
_RECORD: Final = '{"type": "record", "name": ..., "fields": [...]}'
_ENUM: Final = '{"type": "enum", "name": ..., "symbols": [...]}'
_FIXED: Final = '{"type": "fixed", "name": ..., "size": ...}'
_DECIMAL: Final = '{"type": "bytes", "logicalType": "decimal", "precision": ..., "scale": ...}'
_DATE: Final = '{"type": "int", "logicalType": "date"}'
_TIME: Final = '{"type": "int", "logicalType": "time-millis"}'
_TIMESTAMP: Final = '{"type": "long", "logicalType": "timestamp-millis"}'
_UUID: Final = '{"type": "string", "logicalType": "uuid"}'
_NULLABLE: Final = 'a union such as ["null", "string"]'

#: What Avro writes for a type of another language, of SQL, of JSON Schema, Protobuf or Kafka Connect: the words of one
#: row mean the same. Only letters and digits count.
_ELSEWHERE: Final[Mapping[str, tuple[str, ...]]] = {
    word: meant
    for words, meant in (
        (
            "integer int8 int16 int32 i8 i16 i32 sint32 sfixed32 uint8 uint16 short byte smallint",
            ("int", "long"),
        ),
        ("bigint int64 i64 sint64 sfixed64 uint32 fixed32 biginteger bigserial", ("long",)),
        ("uint uint64 fixed64 unsigned", ("long", "bytes")),
        ("number", ("double", "int", "long")),
        ("bool bit", ("boolean",)),
        ("float32 f32 real", ("float",)),
        ("float64 f64 doubleprecision", ("double",)),
        ("str text char character varchar nvarchar nchar charsequence utf8 clob", ("string",)),
        ("binary varbinary blob bytearray bytea byte[] bytebuffer base64", ("bytes",)),
        ("nil none nulltype void undefined", ("null",)),
        ("object struct tuple", (_RECORD, _MAP)),
        ("record error", (_RECORD,)),
        ("list sequence seq set array repeated arraylist", (_ARRAY,)),
        ("map dict dictionary hashmap mapping", (_MAP,)),
        ("enum enumeration", (_ENUM,)),
        ("fixed", (_FIXED,)),
        ("union optional nullable any oneof option", (_NULLABLE,)),
        ("decimal numeric bigdecimal", (_DECIMAL, "double")),
        ("date localdate", (_DATE,)),
        ("time localtime timemillis timeofday", (_TIME,)),
        ("timemicros", ('{"type": "long", "logicalType": "time-micros"}',)),
        (
            "datetime timestamp timestamptz instant zoneddatetime offsetdatetime timestampmillis",
            (_TIMESTAMP,),
        ),
        ("timestampmicros", ('{"type": "long", "logicalType": "timestamp-micros"}',)),
        ("timestampnanos", ('{"type": "long", "logicalType": "timestamp-nanos"}',)),
        ("localdatetime localtimestampmillis", ('{"type": "long", "logicalType": "local-timestamp-millis"}',)),
        ("uuid guid", (_UUID,)),
        ("duration interval", ('{"type": "fixed", "name": ..., "size": 12, "logicalType": "duration"}', "long")),
    )
    for word in words.split()
}
#: The packages whose types are known by their short names.
_LIBRARIES: Final = ("java.", "javax.", "scala.", "kotlin.", "google.protobuf.", "system.", "builtins.")
_LETTERS: Final = re.compile(r"[^a-z0-9\[\]]")
#: How alike two names have to be, from 0 to 1, so that one may be a slip for the other.
_ALIKE: Final = 0.75
_MOST: Final = 3


def types_meant(name: str, defined: Iterable[str]) -> tuple[str, ...]:
    """What a name that nothing defines may stand for, as a document would write it, the likeliest first.

    Args:
        name: The name as the document writes it.
        defined: The full names that are defined.
    """
    word = name.casefold().strip()
    if word.startswith(_LIBRARIES):
        word = word.rpartition(".")[2]
    if word in _PRIMITIVES:
        return (word,)
    elsewhere = _elsewhere(word)
    if elsewhere is not None:
        return elsewhere
    known = list(defined)
    short = name.rpartition(".")[2]
    same = [one for one in known if one.rpartition(".")[2].casefold() == short.casefold()]
    if same:
        return tuple(same[:_MOST])
    names = {one.rpartition(".")[2]: one for one in known} | {one: one for one in (*_PRIMITIVES, *known)}
    return tuple(dict.fromkeys(names[one] for one in get_close_matches(name, names, _MOST, _ALIKE)))


def _elsewhere(word: str) -> tuple[str, ...] | None:
    """What Avro writes for a type of another language, in lower case."""
    if "|" in word or word.endswith("?"):
        return (_NULLABLE,)
    if word.endswith("[]") and word != "byte[]":
        return (_ARRAY,)
    return _ELSEWHERE.get(_LETTERS.sub("", word.partition("<")[0].partition("(")[0]))


def question(meant: tuple[str, ...]) -> str:
    """The end of a message that asks whether one of these was meant; empty where nothing is."""
    if not meant:
        return ""
    *first, last = meant
    return f"; did you mean {', '.join(first)}{' or ' if first else ''}{last}?"


def kind_of_document(value: Mapping[str, JSON]) -> tuple[str, str] | None:
    """What an object is instead of an Avro schema, with what to do about it; ``None`` where that cannot be told."""
    for keys, forbidden, kind, hint in _KINDS:
        if keys <= value.keys() and forbidden.isdisjoint(value):
            return kind, hint
    if value.get("type") == "struct" and "fields" in value:
        return "a Kafka Connect schema", _OF_CONNECT
    return None


_OF_CONNECT: Final = "Check the Avro schema that the converter registers for it"
_OF_JSON_SCHEMA: Final = "Name the file .json, or .schema.json, and compare it with a JSON Schema"
_NONE: Final[frozenset[str]] = frozenset()
#: The keys that a kind of document has, those that it has not, what it is called, and what to do about it.
_KINDS: Final[tuple[tuple[frozenset[str], frozenset[str], str, str], ...]] = (
    (
        frozenset({"protocol"}),
        frozenset({"type", "fields"}),
        "an Avro protocol",
        'Write the schemas among its "types" as .avsc files, one event each',
    ),
    (frozenset({"asyncapi"}), _NONE, "an AsyncAPI document", "Check the schemas of its messages' payloads"),
    (frozenset({"openapi"}), _NONE, "an OpenAPI document", "Check the schemas among its components"),
    (frozenset({"swagger"}), _NONE, "a Swagger document", "Check the schemas among its definitions"),
    (frozenset({"schema", "payload"}), frozenset({"fields"}), "an event of Kafka Connect with its schema", _OF_CONNECT),
    (
        frozenset({"schema", "id"}),
        frozenset({"type", "fields"}),
        "a schema registry's answer",
        'Write the text under "schema" as a file of its own',
    ),
    (
        frozenset({"schema", "schemaType"}),
        frozenset({"type", "fields"}),
        "a request to a schema registry",
        'Write the text under "schema" as a file of its own',
    ),
    (frozenset({"$schema"}), frozenset({"fields", "symbols"}), "a JSON Schema", _OF_JSON_SCHEMA),
    (frozenset({"properties"}), frozenset({"fields"}), "a JSON Schema", 'Name the file .json, and give it a "$schema"'),
    (frozenset({"$ref"}), frozenset({"type"}), "a JSON Schema", 'Write the full name of the type instead of a "$ref"'),
)


#: How texts begin that are not JSON, behind comments and annotations, and what they are called.
_TEXTS: Final = tuple(
    (re.compile(rf"(?:\s|//[^\n]*\n|/\*.*?\*/)*+{begin}", re.DOTALL), kind, hint)
    for begin, kind, hint in (
        (
            r"(?:@[\w-]+\([^)]*\)\s*)*+(?:(?:protocol|record|enum|error|fixed)\s+`?\w+`?\s*[{(]|namespace\s+[\w.]+;|schema\s+\w)",
            "Avro IDL, not an Avro schema in JSON",
            "Write its types as .avsc files; Avro's tools do that (avro-tools idl2schemata)",
        ),
        (
            r"(?:syntax\s*=|edition\s*=|package\s+[\w.]+;|message\s+\w+\s*\{)",
            "a Protobuf schema, not an Avro schema",
            "Check Avro and JSON Schemas; Protobuf is not read",
        ),
    )
)


def kind_of_text(text: str) -> tuple[str, str] | None:
    """What a text that is no JSON is, with what to do about it; ``None`` where that cannot be told."""
    return next(((kind, hint) for begin, kind, hint in _TEXTS if begin.match(text)), None)
