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
    for operation in operations:
        path = tokens(str(operation["path"]))
        if operation["op"] == "move":
            source = tokens(str(operation["from"]))
            value = resolved(document, source)
            document = _set(_without(document, source), path, value, insert=True)
        elif operation["op"] == "remove":
            document = _without(document, path)
        else:
            value = operation["value"]  # type: ignore[assignment] # operations carry JSON values
            document = _set(document, path, value, insert=operation["op"] == "add")
    return document


def _set(document: JSON, path: Sequence[str], new: JSON, *, insert: bool) -> JSON:
    return _changed(document, path, partial(_with, new=new, insert=insert)) if path else new


def _without(document: JSON, path: Sequence[str]) -> JSON:
    return _changed(document, path, _less) if path else {}


def _changed(document: JSON, path: Sequence[str], change: Callable[[JSON, str], JSON]) -> JSON:
    """The document with a change of what holds the last step; not by recursion, as documents nest deep."""
    *steps, last = path
    holders = [document]
    for step in steps:
        holders.append(stepped(holders[-1], step))
    value = change(holders.pop(), last)
    while steps:
        value = _with(holders.pop(), steps.pop(), new=value, insert=False)
    return value


def _with(value: JSON, step: str, *, new: JSON, insert: bool) -> JSON:
    if isinstance(value, dict):
        return {**value, step: new}
    if isinstance(value, list):
        index = len(value) if step == "-" else index_of(step)
        return [*value[:index], new, *value[index if insert else index + 1 :]]
    raise LookupError(step)


def _less(value: JSON, step: str) -> JSON:
    if isinstance(value, dict) and step in value:
        return {name: member for name, member in value.items() if name != step}
    if isinstance(value, list) and index_of(step) < len(value):
        index = index_of(step)
        return [*value[:index], *value[index + 1 :]]
    raise LookupError(step)
