"""Which names a document defines and which it uses, read off its parsed JSON. Pure; judges nothing.

Enough to find the files that belong together. Whether a document is a schema is for the engines to say: what has not
the shape of one is passed over here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urldefrag, urljoin

from evtcompat.model.documents import Document
from evtcompat.model.verdicts import Format

_PRIMITIVES = frozenset({"null", "boolean", "int", "long", "float", "double", "bytes", "string"})
_NAMED = frozenset({"record", "error", "enum", "fixed"})
_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
_IDENTIFIERS = ("$id", "id")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
#: Keywords whose value is data and no schema: a `$ref` in it is a string like any other.
_DATA = frozenset({"const", "enum", "default", "examples"})


class Names(NamedTuple):
    """What a document defines and uses: Avro full names, or URIs without fragment."""

    #: The name of the document as a whole; ``None`` when it has none (a union, a schema without ``$id``).
    own: str | None
    #: Every name that the document defines, its own included.
    defined: frozenset[str]
    #: Names that it uses and does not define. For Avro, both readings of a short name inside a namespace.
    used: frozenset[str]


def names_of(document: Document, schema_format: Format) -> Names:
    """The names in a document."""
    return _avro(document.value) if schema_format is Format.AVRO else _json_schema(document)


def _avro(value: object) -> Names:
    own: str | None = None
    defined: set[str] = set()
    used: set[str] = set()
    pending: list[tuple[object, str]] = [(value, "")]
    while pending:
        part, namespace = pending.pop()
        if isinstance(part, str):
            if part not in _PRIMITIVES:
                used |= {part} if "." in part else {part, f"{namespace}.{part}" if namespace else part}
        elif isinstance(part, list):
            pending += [(branch, namespace) for branch in part]
        elif isinstance(part, dict):
            kind, name = part.get("type"), part.get("name")
            if isinstance(kind, str) and kind in _NAMED and isinstance(name, str):
                full, namespace = _full_name(name, part.get("namespace"), namespace)
                defined.add(full)
                own = full if part is value else own
                fields = part.get("fields")
                pending += [
                    (field["type"], namespace)
                    for field in (fields if isinstance(fields, list) else ())
                    if isinstance(field, dict) and "type" in field
                ]
            elif kind in ("array", "map"):
                pending.append((part.get("items" if kind == "array" else "values"), namespace))
            else:
                pending.append((kind, namespace))
    return Names(own, frozenset(defined), frozenset(used - defined))


def _full_name(name: str, declared: object, enclosing: str) -> tuple[str, str]:
    """Full name and namespace of a named type (Avro 1.12, "Names")."""
    if "." in name:
        return name, name.rpartition(".")[0]
    namespace = declared if isinstance(declared, str) else enclosing
    return (f"{namespace}.{name}" if namespace else name), namespace


def _json_schema(document: Document) -> Names:
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


def _identifier(part: dict[str, object], base: str) -> str | None:
    for keyword in _IDENTIFIERS:
        value = part.get(keyword)
        if isinstance(value, str) and value and not value.startswith("#"):
            if keyword == "id" and "$schema" not in part and not _SCHEME.match(value):
                continue  # a property called id, or data: only drafts up to 4 mean an identifier by it
            return joined(base, value)
    return None


def joined(base: str, reference: str) -> str:
    """The absolute URI, without fragment, that a reference means at a base; a malformed one as it is."""
    try:
        return urldefrag(urljoin(base, reference)).url
    except ValueError:
        return reference
