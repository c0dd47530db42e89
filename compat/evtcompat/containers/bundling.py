"""Schemas that stand alone, taken out of a document in which they refer to others."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote, urldefrag

from evtcompat.containers.cloudevents import with_data_schemas, with_stated_data
from evtcompat.errors import DocumentError
from evtcompat.model.places import child
from evtcompat.syntax.excerpts import excerpt

if TYPE_CHECKING:
    from evtcompat.containers.cloudevents import Stated
    from evtcompat.containers.located import Files, Located
    from evtcompat.model.documents import Document
    from evtcompat.model.json_types import JSON

Rewrite = Callable[[dict[str, "JSON"]], dict[str, "JSON"]]
#: Members whose values are data, in which no reference is meant.
_DATA: Final = frozenset({"const", "default", "enum", "example", "examples"})
#: Members of which the names are not keywords.
_NAMED: Final = frozenset({"definitions", "$defs", "dependentSchemas", "patternProperties", "properties"})
_UNUSUAL: Final = re.compile(r"[^A-Za-z0-9._-]")
_DEFINITIONS: Final = "definitions"


def bundled(
    files: Files,
    start: Located,
    dialect: str | None,
    name: str,
    rewrite: Rewrite | None = None,
    stated: Stated | None = None,
) -> Document:
    """A schema with all that it refers to in its own document; what is in other files stays a reference.

    Args:
        files: The documents.
        start: The schema, no reference itself.
        dialect: The ``$schema`` that it has unless it names one; ``None`` where its document names none.
        name: What it is called in the container; no other schema of it has the same base URI.
        rewrite: What becomes of each object of it in the words of its dialect.
        stated: What the headers beside it say that it is, with the place in the document of `start`.

    Raises:
        DocumentError: A reference leads nowhere, or in a circle.
    """
    return _Bundle(files, start, rewrite).document(dialect, name, stated)


class _Bundle:
    def __init__(self, files: Files, start: Located, rewrite: Rewrite | None) -> None:
        self._files = files
        self._rewrite = rewrite
        self._start = start
        self._names: dict[str, str] = {}
        self._taken: set[str] = set()
        self._pending: list[tuple[str, Located]] = []
        self._places = {"": start.pointer}
        own = start.value.get(_DEFINITIONS) if isinstance(start.value, dict) else None
        self._own = own if isinstance(own, dict) else {}

    def document(self, dialect: str | None, name: str, stated: Stated | None) -> Document:
        value = self._copy(self._start, "")
        if not isinstance(value, dict):
            value = {} if value is True else {"not": {}}
        if stated is not None:
            value = with_stated_data(value, self._places, stated)
        definitions: dict[str, JSON] = {}
        while self._pending:
            called, part = self._pending.pop()
            definitions[called] = self._copy(part, f"/{_DEFINITIONS}/{called}")
        if definitions:
            known = value.get(_DEFINITIONS)
            value[_DEFINITIONS] = {**(known if isinstance(known, dict) else {}), **definitions}
        value = with_data_schemas(value, self._places)
        document = self._start.file.document
        whole = value if dialect is None else {"$schema": dialect, **value}
        return excerpt(document, whole, self._places, base_uri=f"{document.base_uri}%23{quote(name)}")

    def _copy(self, at: Located, pointer: str, *, named: bool = False) -> JSON:
        """The part with its references rewritten; `pointer` is where it stands in what is made."""
        value = at.value
        if isinstance(value, list):
            return [self._copy(one, child(pointer, index)) for index, one in enumerate(at.items())]
        if not isinstance(value, dict):
            return value
        if not named and isinstance(value.get("$id"), str) and not str(value["$id"]).startswith("#"):
            return value  # references in it start from its own identifier
        made: dict[str, JSON] = {}
        for name, inner in at.members():
            if not named and name == "$ref" and isinstance(inner.value, str):
                made[name] = self._reference(at, inner.value)
            elif not named and name in _DATA:
                made[name] = inner.value
            else:
                made[name] = self._copy(inner, child(pointer, name), named=not named and name in _NAMED)
        return made if named or self._rewrite is None else self._rewrite(made)

    def _reference(self, at: Located, reference: str) -> str:
        address, fragment = urldefrag(reference)
        if address:
            source = self._files.source(at, address)
            if source is None or source.path != at.file.path:
                return reference
        if fragment and not fragment.startswith("/"):
            return reference  # an anchor
        target = self._files.target(at, f"#{fragment}")
        pointer = unquote(fragment)
        if pointer == self._start.pointer:
            return "#"
        if pointer not in self._names:
            self._names[pointer] = self._name(target)
            self._places[f"/{_DEFINITIONS}/{self._names[pointer]}"] = pointer
            self._pending.append((self._names[pointer], target))
        return f"#/{_DEFINITIONS}/{self._names[pointer]}"

    def _name(self, target: Located) -> str:
        wanted = _UNUSUAL.sub("_", target.last)
        name, number = wanted, 1
        while name in self._taken or name in self._own:
            number += 1
            name = f"{wanted}.{number}"
        self._taken.add(name)
        return name


def unread(start: Located, message: str, hint: str) -> DocumentError:
    """The error for a schema that cannot be taken out."""
    return DocumentError(message, place=start.place(), hint=hint)
