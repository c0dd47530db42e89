"""The keywords of JSON Schema that constrain or hold schemas: since when, until when, of which type, with what value.

Annotations and identifiers are listed by name only: whether they are spelled right changes no verdict.
Sources: the metaschemas and validation chapters of drafts 4, 6, 7, 2019-09 and 2020-12.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from evtcompat.formats.json_schema.dialects import DIALECTS
from evtcompat.model.json_types import JSON
from evtcompat.model.places import child

#: The names of the dialects, the oldest first.
DRAFTS = tuple(dialect.name for dialect in DIALECTS)


class Holds(Enum):
    """What a keyword's value is."""

    SCHEMA = "schema"
    SCHEMAS = "schemas"
    #: One schema, or a list of them.
    SCHEMA_OR_SCHEMAS = "schema or schemas"
    NAMED_SCHEMAS = "named schemas"
    NUMBER = "number"
    TEXT = "text"
    LIST = "list"
    FLAG = "flag"
    NAMES_OR_NAME = "name or names"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Keyword:
    """One keyword that changes what a schema accepts."""

    name: str
    holds: Holds
    #: The instance type that it speaks of; ``None`` for all.
    type: str | None = None
    #: The drafts that know it.
    drafts: tuple[str, ...] = DRAFTS
    #: A keyword without which it does nothing.
    needs: str | None = None


_FROM_6 = DRAFTS[1:]
_FROM_7 = DRAFTS[2:]
_FROM_2019 = DRAFTS[3:]

_TABLE = (
    Keyword("type", Holds.NAMES_OR_NAME),
    Keyword("enum", Holds.LIST),
    Keyword("const", Holds.ANY, drafts=_FROM_6),
    Keyword("allOf", Holds.SCHEMAS),
    Keyword("anyOf", Holds.SCHEMAS),
    Keyword("oneOf", Holds.SCHEMAS),
    Keyword("not", Holds.SCHEMA),
    Keyword("if", Holds.SCHEMA, drafts=_FROM_7),
    Keyword("then", Holds.SCHEMA, drafts=_FROM_7, needs="if"),
    Keyword("else", Holds.SCHEMA, drafts=_FROM_7, needs="if"),
    Keyword("$ref", Holds.TEXT),
    Keyword("$recursiveRef", Holds.TEXT, drafts=DRAFTS[3:4]),
    Keyword("$dynamicRef", Holds.TEXT, drafts=DRAFTS[4:]),
    Keyword("minimum", Holds.NUMBER, "number"),
    Keyword("maximum", Holds.NUMBER, "number"),
    Keyword("exclusiveMinimum", Holds.ANY, "number"),
    Keyword("exclusiveMaximum", Holds.ANY, "number"),
    Keyword("multipleOf", Holds.NUMBER, "number"),
    Keyword("minLength", Holds.NUMBER, "string"),
    Keyword("maxLength", Holds.NUMBER, "string"),
    Keyword("pattern", Holds.TEXT, "string"),
    Keyword("items", Holds.SCHEMA_OR_SCHEMAS, "array"),
    Keyword("prefixItems", Holds.SCHEMAS, "array", DRAFTS[4:]),
    Keyword("additionalItems", Holds.SCHEMA, "array", DRAFTS[:4], needs="items"),
    Keyword("unevaluatedItems", Holds.SCHEMA, "array", _FROM_2019),
    Keyword("contains", Holds.SCHEMA, "array", _FROM_6),
    Keyword("minContains", Holds.NUMBER, "array", _FROM_2019, needs="contains"),
    Keyword("maxContains", Holds.NUMBER, "array", _FROM_2019, needs="contains"),
    Keyword("minItems", Holds.NUMBER, "array"),
    Keyword("maxItems", Holds.NUMBER, "array"),
    Keyword("uniqueItems", Holds.FLAG, "array"),
    Keyword("properties", Holds.NAMED_SCHEMAS, "object"),
    Keyword("patternProperties", Holds.NAMED_SCHEMAS, "object"),
    Keyword("additionalProperties", Holds.SCHEMA, "object"),
    Keyword("unevaluatedProperties", Holds.SCHEMA, "object", _FROM_2019),
    Keyword("propertyNames", Holds.SCHEMA, "object", _FROM_6),
    Keyword("required", Holds.LIST, "object"),
    Keyword("dependencies", Holds.NAMED_SCHEMAS, "object", DRAFTS[:3]),
    Keyword("dependentRequired", Holds.ANY, "object", _FROM_2019),
    Keyword("dependentSchemas", Holds.NAMED_SCHEMAS, "object", _FROM_2019),
    Keyword("minProperties", Holds.NUMBER, "object"),
    Keyword("maxProperties", Holds.NUMBER, "object"),
)

#: The constraining keywords by name.
KEYWORDS: Mapping[str, Keyword] = {keyword.name: keyword for keyword in _TABLE}

#: Where schemas wait to be referred to, in every draft in practice.
_STORES = ("definitions", "$defs")

#: Words of some draft that constrain nothing.
ANNOTATIONS = frozenset(
    {
        "$schema", "$id", "id", "$anchor", "$dynamicAnchor", "$recursiveAnchor", "$vocabulary", "$comment",
        "title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "format",
        "contentEncoding", "contentMediaType", "contentSchema", *_STORES,
    }
)  # fmt: skip


def fits(keyword: Keyword, value: JSON) -> bool:
    """Whether `value` could be meant as the keyword's value."""
    if keyword.holds is Holds.ANY:
        return True
    if isinstance(value, bool):
        return keyword.holds in (Holds.FLAG, Holds.SCHEMA, Holds.SCHEMA_OR_SCHEMAS, Holds.LIST)
    expected: Mapping[Holds, type | tuple[type, ...]] = {
        Holds.SCHEMA: dict,
        Holds.SCHEMAS: list,
        Holds.SCHEMA_OR_SCHEMAS: (dict, list),
        Holds.NAMED_SCHEMAS: dict,
        Holds.NUMBER: (int, float),
        Holds.TEXT: str,
        Holds.LIST: list,
        Holds.FLAG: bool,
        Holds.NAMES_OR_NAME: (str, list),
    }
    return isinstance(value, expected[keyword.holds])


def subschemas(schema: Mapping[str, JSON], pointer: str) -> Iterator[tuple[str, str, JSON]]:
    """The schemas that `schema` holds directly, each with its pointer and the keyword that holds it."""
    for name, value in schema.items():
        holds = Holds.NAMED_SCHEMAS if name in _STORES else KEYWORDS[name].holds if name in KEYWORDS else None
        here = child(pointer, name)
        if holds in (Holds.SCHEMA, Holds.SCHEMA_OR_SCHEMAS) and isinstance(value, dict | bool):
            yield here, name, value
        elif holds in (Holds.SCHEMAS, Holds.SCHEMA_OR_SCHEMAS) and isinstance(value, list):
            for index, member in enumerate(value):
                yield child(here, index), name, member
        elif holds is Holds.NAMED_SCHEMAS and isinstance(value, dict):
            for member_name, member in value.items():
                if isinstance(member, dict | bool):
                    yield child(here, member_name), name, member
