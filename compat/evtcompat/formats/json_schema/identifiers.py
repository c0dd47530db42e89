"""The identifiers that a JSON Schema document defines and refers to, read off its parsed JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from evtcompat.formats.base import Names
from evtcompat.model.documents import Document
from evtcompat.model.json_types import JSON
from evtcompat.model.uris import joined

_REFERENCES: Final = ("$ref", "$dynamicRef", "$recursiveRef")
_IDENTIFIERS: Final = ("$id", "id")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
#: Keywords whose value is data and no schema: a `$ref` in it is a string like any other.
_DATA: Final = frozenset({"const", "enum", "default", "examples"})


def names_of(document: Document) -> Names:
    """The URIs, without fragment, that a document defines and refers to."""
    base = document.base_uri or ""
    own: str | None = None
    defined: set[str] = set()
    used: set[str] = set()
    for part, uri, is_root in _subschemas(document.value, base):
        if uri is not None:
            defined.add(uri)
            own = uri if is_root else own
        here = part[1]
        for keyword in _REFERENCES:
            target = part[0].get(keyword)
            if isinstance(target, str) and not target.startswith("#"):
                used.add(joined(here, target))
    return Names(own, frozenset(defined), frozenset(used - defined - {base}))


def standing_at(value: JSON, base: str) -> JSON:
    """The same document wherever it is read from: references and identifiers absolute, from the base that it has."""
    if isinstance(value, list):
        return [standing_at(item, base) for item in value]
    if not isinstance(value, dict):
        return value
    declared = _identifier(value, base)
    inner = declared or base
    found = {key: item if key in _DATA else standing_at(item, inner) for key, item in value.items()}
    for key in _IDENTIFIERS:
        if declared is not None and isinstance(value.get(key), str):
            found[key] = declared
    for key in _REFERENCES:
        target = value.get(key)
        if isinstance(target, str) and not target.startswith("#"):
            address, mark, fragment = target.partition("#")
            found[key] = joined(inner, address) + mark + fragment
    return found


def _subschemas(value: object, base: str) -> Iterator[tuple[tuple[dict[str, object], str], str | None, bool]]:
    """Every object with the base URI inside it, the URI that it declares, and whether it is the whole document."""
    pending: list[tuple[object, str, bool]] = [(value, base, True)]
    while pending:
        part, uri, is_root = pending.pop()
        if isinstance(part, list):
            pending += [(item, uri, False) for item in part]
        elif isinstance(part, dict):
            declared = _identifier(part, uri)
            inner = declared or uri
            yield (part, inner), declared, is_root
            pending += [(item, inner, False) for key, item in part.items() if key not in _DATA]


def _identifier(part: Mapping[str, object], base: str) -> str | None:
    for keyword in _IDENTIFIERS:
        value = part.get(keyword)
        if isinstance(value, str) and value and not value.startswith("#"):
            if keyword == "id" and "$schema" not in part and not _SCHEME.match(value):
                continue  # a property called id, or data: only drafts up to 4 mean an identifier by it
            return joined(base, value)
    return None
