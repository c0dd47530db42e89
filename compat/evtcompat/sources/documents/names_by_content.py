"""The names in documents of git, by the ids of their contents: what many commits hold is read once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from evtcompat.formats.base import Names, SchemaFormat
from evtcompat.sources.documents.opened import OpenedTree, in_git

_T = TypeVar("_T")


class NamesByContent:
    """What is known of contents; shared by the trees of one repository under one configuration."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._names: dict[tuple[str, str, SchemaFormat], Names] = {}
        self._marked: dict[tuple[str, SchemaFormat], bool] = {}

    def names(self, tree: OpenedTree, path: str, schema_format: SchemaFormat, find: Callable[[], Names]) -> Names:
        """The names in the document at a path of a tree; found where no other tree has the same there."""
        oid = _oid(tree, path)
        return find() if oid is None else self.names_in(oid, path, schema_format, find)

    def names_in(self, oid: str, path: str, schema_format: SchemaFormat, find: Callable[[], Names]) -> Names:
        """The same of a content; names may start from the path."""
        return _kept(self._names, (oid, path, schema_format), find)

    def marked(self, tree: OpenedTree, path: str, schema_format: SchemaFormat, find: Callable[[], bool]) -> bool:
        """Whether the file at a path of a tree has the `name_mark` of a format."""
        oid = _oid(tree, path)
        return find() if oid is None else _kept(self._marked, (oid, schema_format), find)


_K = TypeVar("_K")


def _kept(known: dict[_K, _T], key: _K, find: Callable[[], _T]) -> _T:
    if key not in known:
        known[key] = find()
    return known[key]


def _oid(tree: OpenedTree, path: str) -> str | None:
    """The id of the content at a path; ``None`` where it is no file of git, such as a schema in a container."""
    git = in_git(tree)
    entry = None if git is None else git.entry(path)
    return None if entry is None else entry.oid
