"""Words of other languages in which schemas are written, that JSON Schema does not know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from evtcompat.dataclasses import dataclass
from evtcompat.model.json_types import JSON


@dataclass(frozen=True, slots=True)
class ForeignWord:
    """A word with a meaning in another language."""

    language: str
    #: What says it in JSON Schema, as an imperative.
    advice: str
    #: Whether a value makes a difference in that language, in the schema that has it.
    means: Callable[[JSON, Mapping[str, JSON]], bool]


def _adds_null(value: JSON, schema: Mapping[str, JSON]) -> bool:
    """In OpenAPI, too, it says something beside `type` only."""
    types = schema.get("type")
    return value is True and types is not None and types != "null" and not (isinstance(types, list) and "null" in types)


def _chooses(value: JSON, schema: Mapping[str, JSON]) -> bool:
    return isinstance(value, dict) and not {"oneOf", "anyOf", "allOf"}.isdisjoint(schema)


def _is_flag(value: JSON, schema: Mapping[str, JSON]) -> bool:  # noqa: ARG001 - it says so alone
    return isinstance(value, bool)


def _is_schema(value: JSON, schema: Mapping[str, JSON]) -> bool:  # noqa: ARG001 - it says so alone
    return isinstance(value, dict)


def _is_number(value: JSON, schema: Mapping[str, JSON]) -> bool:  # noqa: ARG001 - it says so alone
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def _is_any(value: JSON, schema: Mapping[str, JSON]) -> bool:  # noqa: ARG001 - it says so alone
    return value is not None


#: Words that constrain in their language.
CONSTRAINING: Final[Mapping[str, ForeignWord]] = {
    "nullable": ForeignWord("OpenAPI 3.0", 'list null among the types: "type": ["string", "null"]', _adds_null),
    "discriminator": ForeignWord("OpenAPI", "give each branch a const of its own", _chooses),
    "optional": ForeignWord("draft 2", "what `required` of the object does not list is optional", _is_flag),
    "requires": ForeignWord("draft 2", "write dependentRequired, or dependencies until draft 7", _is_any),
    "divisibleBy": ForeignWord("draft 3", "write multipleOf", _is_number),
    "disallow": ForeignWord("draft 3", "write not", _is_any),
    "extends": ForeignWord("draft 3", "write allOf", _is_schema),
    "bsonType": ForeignWord("MongoDB", "write type", _is_any),
}
#: The metaschema of OpenAPI 3.1 has these.
OF_OPENAPI: Final = frozenset({"discriminator"})

#: What `format` may say in some draft.
_FORMATS: Final = frozenset(
    {
        *("date", "date-time", "duration", "email", "hostname", "idn-email", "idn-hostname", "ipv4", "ipv6", "iri"),
        *("iri-reference", "json-pointer", "regex", "relative-json-pointer", "time", "uri", "uri-reference"),
        *("uri-template", "uuid", "color", "phone", "host-name", "ip-address", "style", "utc-millisec"),
    }
)
#: Of OpenAPI and other registries: they are meant as they stand.
_OTHER_FORMATS: Final = frozenset({"int32", "int64", "float", "double", "byte", "binary", "password", "char", "html"})
#: Words for a format that no distance finds.
_FORMAT_ALIASES: Final[Mapping[str, str]] = {
    "datetime": "date-time",
    "iso8601": "date-time",
    "iso-8601": "date-time",
    "rfc3339": "date-time",
    "guid": "uuid",
    "url": "uri",
    "e-mail": "email",
    "ip": "ipv4",
    "ip4": "ipv4",
    "ip6": "ipv6",
    "regexp": "regex",
}
#: Shorter names are too near to one another.
_LONG_ENOUGH: Final = 4


def meant_format(written: str, distance: Callable[[str, str, int], int]) -> str | None:
    """The format that was probably meant by a word that is none."""
    if written in _FORMATS or written in _OTHER_FORMATS:
        return None
    plain = written.strip().lower().replace("_", "-")
    if plain in _FORMATS:
        return plain
    if plain in _FORMAT_ALIASES:
        return _FORMAT_ALIASES[plain]
    if len(plain) < _LONG_ENOUGH or plain in _OTHER_FORMATS:
        return None
    near = sorted(known for known in _FORMATS if len(known) >= _LONG_ENOUGH and distance(plain, known, 1) <= 1)
    return near[0] if len(near) == 1 else None
