"""Where the schema objects of some documents stand, by identity."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from evtcompat.dataclasses import dataclass
from evtcompat.formats.json_schema.dialect import Dialect
from evtcompat.formats.json_schema.dialects import DEFAULT, by_uri
from evtcompat.model.documents import Document
from evtcompat.model.json_types import JSON
from evtcompat.model.places import Place, child


@dataclass(frozen=True, slots=True)
class Located:
    """A schema's place in its document, with the dialect that holds there."""

    document: Document
    pointer: str
    dialect: Dialect

    @property
    def place(self) -> Place:
        """The place; its origin is that of the document."""
        return Place(pointer=self.pointer, origin=self.document.origin)

    def in_text(self, path: Iterable[str]) -> Place:
        """The place of what the steps lead to, with line and column where the text of the document is known."""
        from evtcompat.syntax.documents import locate

        pointer = self.pointer
        for token in path:
            pointer = child(pointer, token)
        return locate(self.document, Place(pointer=pointer, origin=self.document.origin))


class LoadedDocument:
    """A document that schemas draw on; what is found out of it is kept, for all schemas that share it."""

    def __init__(self, document: Document, value: JSON, dialect: Dialect) -> None:
        """Of `value`, which `document` writes; `dialect` is that of its root."""
        self.document = document
        self.value = value
        self.dialect = dialect

    @cached_property
    def index(self) -> dict[int, Located]:
        """Where each part stands, by its identity."""
        found: dict[int, Located] = {}
        stack: list[tuple[object, str, Dialect]] = [(self.value, "", self.dialect)]
        while stack:
            one, pointer, current = stack.pop()
            if isinstance(one, dict):
                named = one.get("$schema")
                if pointer and isinstance(named, str):
                    current = by_uri(named, DEFAULT) or current
                found.setdefault(id(one), Located(self.document, pointer, current))
                stack.extend((member, child(pointer, name), current) for name, member in one.items())
            elif isinstance(one, list):
                found.setdefault(id(one), Located(self.document, pointer, current))
                stack.extend((item, child(pointer, index), current) for index, item in enumerate(one))
        return found

    @cached_property
    def of_one_dialect(self) -> bool:
        """Whether no part of it names another dialect."""
        return _is_of_one_dialect(self.value, self.dialect)

    def located(self, schema: object, *, once: bool) -> Located | None:
        """Where a part (by identity) stands; without an index where only this `once` is asked."""
        if once and "index" not in self.__dict__:
            return _found(schema, self.document, self.value, self.dialect)
        return self.index.get(id(schema))


class LoadedDocuments:
    """The documents that a schema draws on, as far as they were loaded; the root document is the first."""

    def __init__(self, document: Document, value: JSON, dialect: Dialect) -> None:
        self._loaded = [LoadedDocument(document, value, dialect)]
        self._searches = 0
        #: Whether all documents so far are of one dialect throughout, and how many were looked at for that.
        self._of_one_dialect = True
        self._surveyed = 0

    @property
    def _root(self) -> Located:
        root = self._loaded[0]
        return Located(root.document, "", root.dialect)

    def add(self, loaded: LoadedDocument) -> None:
        """One more document."""
        self._loaded.append(loaded)

    def value_of(self, origin: str) -> JSON:
        """The value of a document.

        Raises:
            KeyError: None of that origin was loaded.
        """
        for one in self._loaded:
            if one.document.origin == origin:
                return one.value
        raise KeyError(origin)

    def dialect_of(self, schema: object) -> Dialect:
        """The dialect that holds for a schema object (by identity), as `located` finds it."""
        root = self._loaded[0].dialect
        while self._of_one_dialect and self._surveyed < len(self._loaded):
            one = self._loaded[self._surveyed]
            self._surveyed += 1
            self._of_one_dialect = one.dialect is root and one.of_one_dialect
        return root if self._of_one_dialect else self.located(schema).dialect

    def located(self, schema: object) -> Located:
        """Where a schema object (by identity) stands; the root document where that is unknown."""
        self._searches += 1
        for one in self._loaded:
            found = one.located(schema, once=self._searches <= _SEARCHES)
            if found is not None:
                return found
        return self._root


def _is_of_one_dialect(value: JSON, dialect: Dialect) -> bool:
    """Whether no part of a document names another dialect."""
    stack: list[object] = list(value.values()) if isinstance(value, dict) else []
    while stack:
        one = stack.pop()
        if isinstance(one, dict):
            named = one.get("$schema")
            if isinstance(named, str) and (by_uri(named, DEFAULT) or dialect) is not dialect:
                return False
            stack.extend([inner for inner in one.values() if isinstance(inner, (dict, list))])
        elif isinstance(one, list):
            stack.extend([inner for inner in one if isinstance(inner, (dict, list))])
    return True


#: Places that are searched for one by one; with more, an index of all places pays.
_SEARCHES = 3

#: A part, its name or index, and the same of what holds it.
_Step = tuple[object, "str | int", Any]


def _found(schema: object, document: Document, value: JSON, dialect: Dialect) -> Located | None:
    """Where a schema object (by identity) stands in a document; the same place as in an index of all."""
    stack: list[_Step] = [(value, "", None)]
    while stack:
        step = stack.pop()
        one = step[0]
        if one is schema:
            return _at(step, document, dialect)
        if isinstance(one, dict):
            stack.extend([(inner, name, step) for name, inner in one.items() if isinstance(inner, (dict, list))])
        elif isinstance(one, list):
            stack.extend([(inner, at, step) for at, inner in enumerate(one) if isinstance(inner, (dict, list))])
    return None


def _at(step: _Step, document: Document, dialect: Dialect) -> Located:
    way: list[_Step] = []
    while step[2] is not None:
        way.append(step)
        step = step[2]
    pointer = ""
    for one, token, _ in reversed(way):
        pointer = child(pointer, token)
        named = one.get("$schema") if isinstance(one, dict) else None
        if isinstance(named, str):
            dialect = by_uri(named, DEFAULT) or dialect
    return Located(document, pointer, dialect)
