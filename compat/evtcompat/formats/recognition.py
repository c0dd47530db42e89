"""Which schema language a document is written in."""

from __future__ import annotations

from collections.abc import Mapping

from evtcompat.model.verdicts import Format

#: The drafts that evtcompat knows, by the identifier that ``$schema`` carries, without a trailing ``#``.
DRAFTS = frozenset(
    {
        "http://json-schema.org/draft-04/schema",
        "http://json-schema.org/draft-06/schema",
        "http://json-schema.org/draft-07/schema",
        "https://json-schema.org/draft/2019-09/schema",
        "https://json-schema.org/draft/2020-12/schema",
    }
)
_AVRO_PRIMITIVES = frozenset({"null", "boolean", "int", "long", "float", "double", "bytes", "string"})
#: Words that stand under Avro's ``type`` and that no JSON Schema has there, with the key that goes with them.
_AVRO_COMPLEX = {
    "record": "fields",
    "error": "fields",
    "enum": "symbols",
    "fixed": "size",
    "map": "values",
    "array": "items",
}


def format_of_name(name: str) -> Format | None:
    """The format that a file name alone tells: ``.avsc`` is Avro."""
    return Format.AVRO if name.lower().endswith(".avsc") else None


def format_of_value(value: object) -> Format | None:
    """The format that a document declares: a ``$schema`` that names a known draft is JSON Schema."""
    if isinstance(value, Mapping):
        declared = value.get("$schema")
        if isinstance(declared, str) and declared.rstrip("#") in DRAFTS:
            return Format.JSON_SCHEMA
    return None


def guess_format(value: object) -> Format | None:
    """The format of a schema that a caller hands over, or ``None`` when it could be either.

    More generous than `format_of_value`: the caller says that it is a schema, so its shape may tell which.
    """
    declared = format_of_value(value)
    if declared is not None:
        return declared
    if isinstance(value, bool):
        return Format.JSON_SCHEMA
    if isinstance(value, (str, list)):
        return Format.AVRO
    if not isinstance(value, Mapping):
        return None
    kind = value.get("type")
    if isinstance(kind, str) and (_AVRO_COMPLEX.get(kind, "") in value and kind != "array"):
        return Format.AVRO
    if isinstance(kind, str) and ("logicalType" in value or (kind in _AVRO_PRIMITIVES and kind not in _JSON_TYPES)):
        return Format.AVRO
    if any(keyword in value for keyword in ("properties", "$ref", "$defs", "definitions", "$schema", "enum", "const")):
        return Format.JSON_SCHEMA
    return None


_JSON_TYPES = frozenset({"null", "boolean", "string"})
