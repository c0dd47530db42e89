"""The installed kinds of containers: a table of those that come with evtcompat, and the entry points of others.

Looking for entry points reads the metadata of every installed distribution, so it happens only for a file that a person
named and that no built-in kind and no schema format claims.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from evtcompat import plugins
from evtcompat.formats.loading import built_in as formats
from evtcompat.formats.loading import by_file_name, by_name, declared_by
from evtcompat.model.places import tokens
from evtcompat.model.pointers import found_at
from evtcompat.syntax.suffixes import is_document

if TYPE_CHECKING:
    from evtcompat.formats.base import SchemaFormat
    from evtcompat.formats.containers import SchemaContainer
    from evtcompat.model.json_types import JSON

GROUP = "evtcompat.containers"
#: Where the kinds that come with evtcompat are.
_BUILT_IN = (
    ("evtcompat.formats.avro.containers.protocol", "AVRO_PROTOCOL"),
    ("evtcompat.formats.avro.containers.avdl", "AVRO_IDL"),
    ("evtcompat.formats.avro.containers.type_list", "AVRO_TYPE_LIST"),
    ("evtcompat.containers.asyncapi.container", "ASYNCAPI"),
    ("evtcompat.containers.openapi.container", "OPENAPI"),
    ("evtcompat.containers.asyncapi.message_file", "ASYNCAPI_MESSAGE"),
    ("evtcompat.containers.definitions", "DEFINITIONS"),
)


@cache
def built_in() -> tuple[SchemaContainer, ...]:
    """The kinds that come with evtcompat."""
    return tuple(getattr(import_module(module), attribute) for module, attribute in _BUILT_IN)


@cache
def plugged_in() -> tuple[SchemaContainer, ...]:
    """The kinds of other distributions, by name of the entry point.

    Raises:
        UsageError: One cannot be imported.
    """
    return plugins.every(GROUP, "container")


def by_suffix(path: str, *, everywhere: bool = False) -> SchemaContainer | None:
    """The kind that a file's name alone tells, or ``None``.

    Args:
        path: A file name or path.
        everywhere: Ask the kinds of other distributions, too, about a suffix that nothing built in has any use for.
    """
    lower = path.lower()
    for one in built_in():
        if lower.endswith(one.suffixes):
            return one
    if not everywhere or by_file_name(path) is not None or is_document(path):  # what half of all files are called
        return None
    return next((one for one in plugged_in() if lower.endswith(one.suffixes)), None)


def marked_in(path: str, data: bytes) -> tuple[SchemaContainer, ...]:
    """The built-in kinds that the JSON or YAML text of a file may be of."""
    return tuple(
        one for one in _by_content(path) if one.mark is not None and one.word in data and one.mark.search(data)
    )


def told_by_content(path: str) -> bool:
    """Whether the content of a file of this name may make it a container."""
    return bool(_by_content(path))


def _by_content(path: str) -> tuple[SchemaContainer, ...]:
    lower = path.lower()
    if by_file_name(path) is not None:
        return tuple(one for one in built_in() if lower.endswith(one.among))
    documents = tuple(suffix for one in formats() for suffix in one.document_suffixes)
    return tuple(one for one in built_in() if not one.among) if lower.endswith(documents) else ()


class Notation(NamedTuple):
    """What a media type says that a schema is written in."""

    format: SchemaFormat
    #: The metaschema of a schema that names none; ``None`` where the format has no such thing.
    dialect: str | None = None


_DRAFT_7 = "http://json-schema.org/draft-07/schema#"
_DRAFTS = {
    "4": "http://json-schema.org/draft-04/schema#",
    "6": "http://json-schema.org/draft-06/schema#",
    "7": _DRAFT_7,
    "2019": "https://json-schema.org/draft/2019-09/schema",
    "2020": "https://json-schema.org/draft/2020-12/schema",
}
_DRAFT = re.compile(r"version=[\"']?(?:draft-?)?0?(4|6|7|2019|2020)\b")


def notation(media_type: str | None) -> Notation | None:
    """The format of schemas of a media type, as AsyncAPI lists them; ``None``: it is none that is checked.

    Without a media type a schema is one of AsyncAPI itself, a superset of JSON Schema draft 7.
    """
    word = (media_type or "application/vnd.aai.asyncapi").lower()
    if word.startswith("application/vnd.aai.asyncapi"):
        return Notation(by_name("json-schema"), _DRAFT_7)
    if word.startswith("application/schema+"):
        draft = _DRAFT.search(word)
        return Notation(by_name("json-schema"), _DRAFTS[draft[1]] if draft else _DRAFT_7)
    return Notation(by_name("avro")) if word.startswith("application/vnd.apache.avro") else None


def openapi_notation(*, old: bool) -> Notation:
    """What schemas of OpenAPI are written in: of 3.0 (`old`) nearly draft 4, of 3.1 draft 2020-12."""
    return Notation(by_name("json-schema"), _DRAFTS["4" if old else "2020"])


def declared_notation(value: object) -> Notation | None:
    """What a document says that it is written in, where that format knows documents of definitions."""
    found = declared_by(value)
    named = value.get("$schema") if isinstance(value, Mapping) else None
    return None if found is None or not isinstance(named, str) else Notation(found, named)


def defining(value: JSON) -> SchemaFormat | None:
    """The format of a parsed document that does nothing but define schemas; ``None`` for every other.

    One that does not declare what it is written in has the shape of a schema, and so has one of the definitions.
    """
    declared = declared_by(value)
    for one in formats() if declared is None else (declared,):
        found = one.definitions(value)
        if found and (declared is not None or _has_its_shape(one, value, found)):
            return one
    return None


def _has_its_shape(schema_format: SchemaFormat, value: JSON, found: Mapping[str, str]) -> bool:
    resembled = schema_format.resemblance(value)
    members = (found_at(value, tokens(pointer)) for pointer in found.values())
    return resembled is not None and resembled.in_company and any(map(schema_format.resemblance, members))
