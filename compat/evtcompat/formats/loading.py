"""The installed schema formats.

Those that come with evtcompat are a table, so that finding them costs nothing. Others are found by the entry points of
the group ``evtcompat.formats``, each of which names an object that is a `SchemaFormat`. Looking for entry points reads
the metadata of every installed distribution, so it happens only for what no built-in claims: a file that was named and
whose suffix none of them has, a format that is called by another name, a list of everything there is.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final

from evtcompat import plugins
from evtcompat.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evtcompat.formats.base import SchemaFormat

GROUP = "evtcompat.formats"
#: Where the formats that come with evtcompat are, by name. A document that looks like two of them is of the first.
_BUILT_IN = {
    "avro": ("evtcompat.formats.avro.format", "AVRO"),
    "json-schema": ("evtcompat.formats.json_schema.format", "JSON_SCHEMA"),
}


@cache
def built_in() -> tuple[SchemaFormat, ...]:
    """The formats that come with evtcompat."""
    return tuple(_built_in(name) for name in _BUILT_IN)


@cache
def _built_in(name: str) -> SchemaFormat:
    module, attribute = _BUILT_IN[name]
    found: SchemaFormat = getattr(import_module(module), attribute)
    return found


@cache
def plugged_in() -> tuple[SchemaFormat, ...]:
    """The formats of other distributions, by name of the entry point.

    Raises:
        UsageError: One cannot be imported.
    """
    return plugins.every(GROUP, "format")


def installed() -> Iterator[SchemaFormat]:
    """Every format: the built-in ones, then, if the caller goes on asking, those of other distributions."""
    yield from built_in()
    yield from plugged_in()


def by_name(name: str) -> SchemaFormat:
    """The format of a name.

    Raises:
        UsageError: None is called so.
    """
    if name in _BUILT_IN:
        return _built_in(name)
    for found in plugged_in():
        if found.name == name:
            return found
    message = f"unknown format {name!r}"
    raise UsageError(message, hint=f"Known: {', '.join(found.name for found in installed())}.")


def by_file_name(name: str, *, everywhere: bool = False) -> SchemaFormat | None:
    """The format that a file's name alone tells, or ``None``.

    Args:
        name: A file name or path.
        everywhere: Ask formats of other distributions, too, about a suffix that no built-in format has any use for.
    """
    lower = name.lower()
    for found in built_in():
        if lower.endswith(found.suffixes):
            return found
    if not everywhere or _SUFFIX.search(lower) is None or lower.endswith(_document_suffixes()):
        return None
    return next((found for found in plugged_in() if lower.endswith(found.suffixes)), None)


_SUFFIX: Final = re.compile(r"\.[a-z]\w*\Z")


@cache
def _document_suffixes() -> tuple[str, ...]:
    return tuple(suffix for one in built_in() for suffix in one.document_suffixes)


def by_registry_type(word: str) -> SchemaFormat | None:
    """The format that a Confluent registry calls so (``schemaType``), or ``None``."""
    return next((found for found in installed() if found.registry_type == word), None)


def declared_by(value: object) -> SchemaFormat | None:
    """The format that a parsed document says that it is written in, or ``None``."""
    from evtcompat.formats.base import Recognition

    return next((found for found in built_in() if found.recognise(value) is Recognition.DECLARED), None)


def recognised(value: object) -> SchemaFormat | None:
    """The format of a parsed document that is known to be a schema, or ``None`` when it could be either."""
    from evtcompat.formats.base import Recognition

    best, answer = Recognition.POSSIBLE, None
    for found in built_in():
        sureness = found.recognise(value)
        if sureness is not None and sureness > best:
            best, answer = sureness, found
    return answer


def assumed(value: object) -> SchemaFormat:
    """The format of a parsed document that is said to be a schema: the likeliest one, or the first that is possible."""
    return recognised(value) or next(
        (found for found in built_in() if found.recognise(value) is not None), built_in()[-1]
    )
