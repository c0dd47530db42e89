"""What is known of a schema some of whose references lead nowhere: enough to find what breaks whatever they mean."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from typing import Final

from evtcompat.dataclasses import replace
from evtcompat.errors import ReferenceMissingError
from evtcompat.formats.base import KnownPart
from evtcompat.formats.json_schema.compile.loading import load_schema
from evtcompat.formats.json_schema.dialect import Dialect
from evtcompat.model.documents import Document, References
from evtcompat.model.json_types import JSON
from evtcompat.model.places import tokens
from evtcompat.model.pointers import found_at, index_of

#: References that lead nowhere in one document, beyond which nothing is made of it.
_MOST: Final = 100
#: Where a schema that takes more may make the whole take less.
_TURNING: Final = ("not", "if", "oneOf", "contains")
#: Keywords that see what references beside them have looked at.
_SEEING: Final = ("unevaluatedItems", "unevaluatedProperties")
#: Keywords that may make what is demanded of one value hang on another one beside it.
_LINKING: Final = ("if", "anyOf", "oneOf", "not", "contains", "dependencies", "dependentSchemas")
#: Keywords that list whole values, members and all.
_LISTING: Final = ("enum", "const")
_REFERRING: Final = ("$ref", "$dynamicRef", "$recursiveRef")
#: Stand-ins for what is missing, in the words of every draft.
_ANYTHING: Final[dict[str, JSON]] = {}
_NOTHING: Final[dict[str, JSON]] = {"not": {}}


def known_part(document: Document, references: References, default: Dialect | None) -> KnownPart | None:
    """What is known of a schema that `load_schema` refuses for want of a reference.

    Args:
        document: The schema's.
        references: Where its references lead.
        default: As for `load_schema`.

    Returns:
        ``None`` where that is nothing: the whole is a missing reference, one stands in another document, or where more
        makes less.

    Raises:
        SchemaError: There is more that is wrong with it.
    """
    if _turned(document.value):
        return None
    missing: list[tuple[str, ...]] = []
    reader = None
    while reader is None and len(missing) < _MOST:
        try:
            reader = load_schema(_with(document, missing, _ANYTHING), references, default)
        except ReferenceMissingError as error:
            where = () if error.place is None else tokens(error.place.pointer)[:-1]
            if error.place is None or error.place.origin != document.origin or not where or where in missing:
                return None
            missing.append(where)
    if reader is None:
        return None
    writer = load_schema(_with(document, missing, _NOTHING), references, default)
    return KnownPart(reader, writer, frozenset(missing), apart=not _links(document.value))


def _with(document: Document, places: Iterable[tuple[str, ...]], schema: dict[str, JSON]) -> Document:
    """The document with another schema at some places."""
    value = copy.deepcopy(document.value)
    for where in places:
        around = found_at(value, where[:-1])
        if isinstance(around, dict):
            around[where[-1]] = schema
        elif isinstance(around, list):
            around[index_of(where[-1])] = schema
    return replace(document, value=value, text=None)


def _turned(value: JSON) -> bool:
    """Whether what a reference leads to may count where a schema that takes more makes the whole take less."""
    return any(
        word in part and (word in _SEEING or any(one in inner for inner in _parts(part[word]) for one in _REFERRING))
        for part in _parts(value)
        for word in (*_TURNING, *_SEEING)
    )


def _links(value: JSON) -> bool:
    """Whether the value of one member may decide what is demanded of another."""
    return any(
        any(word in part for word in _LINKING)
        or any(isinstance(inner, (dict, list)) for word in _LISTING if word in part for inner in _listed(part[word]))
        for part in _parts(value)
    )


def _listed(value: JSON) -> list[JSON]:
    return value if isinstance(value, list) else [value]


def _parts(value: JSON) -> Iterator[dict[str, JSON]]:
    """Every object in a value, the innermost last."""
    pending: list[JSON] = [value]
    while pending:
        part = pending.pop()
        if isinstance(part, dict):
            yield part
            pending.extend(part.values())
        elif isinstance(part, list):
            pending.extend(part)
