"""Patches of an excerpt as patches of the document that it was taken out of.

An excerpt need not be written as it is: references are put in, types written out, words of one dialect read as those of
another. So an operation is one of the whole document only where both say the same about what it changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from evtcompat.model.documents import Document, Within
from evtcompat.model.json_types import JSON
from evtcompat.model.patches import Operation, apply_patch
from evtcompat.model.places import child, tokens
from evtcompat.model.pointers import index_of, resolved
from evtcompat.syntax.errors import UneditableError
from evtcompat.syntax.excerpts import place_in

#: The syntaxes of texts that can be edited.
_EDITABLE: Final = frozenset({"json", "json-with-comments", "yaml"})


def patch_of_whole(document: Document, operations: Iterable[Operation]) -> tuple[Operation, ...]:
    """The operations on the document that an excerpt was taken out of.

    Args:
        document: The excerpt.
        operations: Each for the excerpt that those before it leave.

    Raises:
        UneditableError: The change is not one of a single place of that document; the message is a clause that says
            why.
    """
    within = document.within
    if within is None or within.whole.syntax not in _EDITABLE:
        message = "only JSON and YAML are edited in place"
        raise UneditableError(message)
    made: list[Operation] = []
    excerpt, whole = document.value, within.whole.value
    for operation in operations:
        found = _Operation(operation, excerpt, whole, within).on_whole()
        excerpt, whole = apply_patch(excerpt, [operation]), apply_patch(whole, [found])
        made.append(found)
    return tuple(made)


class _Operation:
    """An operation on an excerpt, beside the document."""

    def __init__(self, operation: Operation, excerpt: JSON, whole: JSON, within: Within) -> None:
        self._operation = operation
        self._excerpt = excerpt
        self._whole = whole
        self._within = within

    def on_whole(self) -> Operation:
        """The operation on the document.

        Raises:
            UneditableError: It is none.
        """
        operation = self._operation
        if operation["op"] == "move":
            source = self._place(str(operation["from"]), there=True)
            return {**operation, "from": source, "path": self._place(str(operation["path"]), there=False)}
        if _refers(operation.get("value")):
            message = "it brings references that are written otherwise there"
            raise UneditableError(message)
        path = str(operation["path"])
        return {**operation, "path": self._place(path, there=operation["op"] != "add")}

    def _place(self, pointer: str, *, there: bool) -> str:
        """The pointer in the document of what is changed, added or taken away.

        Args:
            pointer: In the excerpt.
            there: It is written there already.
        """
        if not pointer:
            message = "the whole schema is to be another one"
            raise UneditableError(message)
        path = tokens(pointer)
        parent = place_in(self._within.places, pointer.rpartition("/")[0])
        try:
            ours, theirs = resolved(self._excerpt, path[:-1]), resolved(self._whole, tokens(parent))
        except LookupError:
            ours = theirs = None
        if not _alike(ours, theirs, path[-1], there=there):
            message = "what it changes is not written there as it is read"
            raise UneditableError(message)
        return child(parent, path[-1])


def _alike(ours: JSON, theirs: JSON, name: str, *, there: bool) -> bool:
    """Whether two parts have the same at a name, or, where nothing need be there, room for it."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        if name not in ours:
            return not there and name not in theirs
        return name in theirs and ours[name] == theirs[name]
    if isinstance(ours, list) and isinstance(theirs, list):
        if len(ours) != len(theirs) or name == "-" or not there:
            return len(ours) == len(theirs) and not there
        return ours[index_of(name)] == theirs[index_of(name)]
    return False


def _refers(value: object) -> bool:
    """Whether there is a reference into the document itself in a value."""
    if isinstance(value, Mapping):
        target = value.get("$ref")
        return (isinstance(target, str) and target.startswith("#")) or any(map(_refers, value.values()))
    return isinstance(value, list) and any(map(_refers, value))
