"""Changes of a document as RFC 6902 operations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from evtcompat.model.json_types import JSON
from evtcompat.model.places import tokens
from evtcompat.model.pointers import index_of, resolved, stepped

#: One operation: ``add``, ``remove``, ``replace`` or ``move``, as RFC 6902 writes it.
Operation = Mapping[str, object]


def add(path: str, value: JSON) -> Operation:
    """Sets a member, or inserts an item (at the end for ``-``)."""
    return {"op": "add", "path": path, "value": value}


def replace(path: str, value: JSON) -> Operation:
    """Sets what exists."""
    return {"op": "replace", "path": path, "value": value}


def remove(path: str) -> Operation:
    """Takes a member or an item away."""
    return {"op": "remove", "path": path}


def move(source: str, target: str) -> Operation:
    """Takes a member away and sets it elsewhere."""
    return {"op": "move", "from": source, "path": target}


def apply_patch(document: JSON, operations: Iterable[Operation]) -> JSON:
    """The document after the operations; what they do not touch is shared with the original, which stays as it was.

    Raises:
        LookupError: An operation names what does not exist.
    """
    own = _Own()
    for operation in operations:
        path = tokens(str(operation["path"]))
        if operation["op"] == "move":
            source = tokens(str(operation["from"]))
            value = resolved(document, source)
            document = _set(_without(document, source, own), path, value, own, insert=True)
        elif operation["op"] == "remove":
            document = _without(document, path, own)
        else:
            value = operation["value"]  # type: ignore[assignment] # operations carry JSON values
            document = _set(document, path, value, own, insert=operation["op"] == "add")
    return document


class _Own:
    """The objects and arrays of one patched document that are its own: each is copied once, and changed then."""

    def __init__(self) -> None:
        #: By identity; they are kept, so that no identity is used again.
        self._made: dict[int, JSON] = {}

    def copy(self, value: JSON) -> JSON:
        """A part as one that may be changed."""
        if id(value) in self._made or not isinstance(value, dict | list):
            return value
        made = value.copy()
        self._made[id(made)] = made
        return made


def _set(document: JSON, path: Sequence[str], new: JSON, own: _Own, *, insert: bool) -> JSON:
    return _changed(document, path, partial(_put, new=new, insert=insert), own) if path else new


def _without(document: JSON, path: Sequence[str], own: _Own) -> JSON:
    return _changed(document, path, _take, own) if path else {}


def _changed(document: JSON, path: Sequence[str], change: Callable[[JSON, str], None], own: _Own) -> JSON:
    """The document with a change of what holds the last step; not by recursion, as documents nest deep."""
    *steps, last = path
    here = document = own.copy(document)
    for step in steps:
        inner = stepped(here, step)
        copied = own.copy(inner)
        if copied is not inner:
            _put(here, step, new=copied, insert=False)
        here = copied
    change(here, last)
    return document


def _put(value: JSON, step: str, *, new: JSON, insert: bool) -> None:
    if isinstance(value, dict):
        value[step] = new
    elif isinstance(value, list):
        index = len(value) if step == "-" else index_of(step)
        value[index : index if insert else index + 1] = [new]
    else:
        raise LookupError(step)  # noqa: TRY004 - the place does not exist


def _take(value: JSON, step: str) -> None:
    if isinstance(value, dict) and step in value:
        del value[step]
    elif isinstance(value, list) and index_of(step) < len(value):
        del value[index_of(step)]
    else:
        raise LookupError(step)
