"""How a value that a reader sees differs from the one that was written, as data of a manifest."""

from __future__ import annotations

from collections.abc import Mapping

from evtcompat.model.json_values import json_copy, same
from evtcompat.model.places import child, tokens
from evtcompat.model.pointers import resolved


def difference(old: object, new: object) -> dict[str, object]:
    """What turns `old` into `new`, as ``{"set": {pointer: value}, "gone": [pointers]}`` without empty parts.

    `applied` is its inverse. Lists of another length are set as a whole.
    """
    changed: dict[str, object] = {}
    gone: list[str] = []
    _collect(old, new, "", changed, gone)
    return ({"set": changed} if changed else {}) | ({"gone": gone} if gone else {})


def _collect(old: object, new: object, at: str, changed: dict[str, object], gone: list[str]) -> None:
    if isinstance(old, dict) and isinstance(new, dict):
        gone += [child(at, name) for name in old if name not in new]
        for name, member in new.items():
            if name in old:
                _collect(old[name], member, child(at, name), changed, gone)
            else:
                changed[child(at, name)] = member
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (one, other) in enumerate(zip(old, new, strict=True)):
            _collect(one, other, child(at, index), changed, gone)
    elif not same(old, new):
        changed[at] = new


def applied(old: object, change: Mapping[str, object]) -> object:
    """The value that `difference` was taken to; `old` is left alone.

    Raises:
        ValueError: The change does not fit the value.
    """
    value = json_copy(old)
    gone, changed = change.get("gone", []), change.get("set", {})
    if not isinstance(gone, list) or not isinstance(changed, dict):
        message = "not a change: `gone` is a list, `set` an object"
        raise ValueError(message)  # noqa: TRY004 - a malformed file, not a wrong call
    for pointer in gone:
        parent, last = _parent(value, pointer)
        if not isinstance(parent, dict) or last not in parent:
            message = f"{pointer} is not there"
            raise ValueError(message)
        del parent[last]
    for pointer, new in changed.items():
        if pointer == "":
            value = json_copy(new)
            continue
        parent, last = _parent(value, pointer)
        if isinstance(parent, list) and last.isdigit() and int(last) < len(parent):
            parent[int(last)] = json_copy(new)
        elif isinstance(parent, dict):
            parent[last] = json_copy(new)
        else:
            message = f"{pointer} cannot be set"
            raise ValueError(message)
    return value


def _parent(value: object, pointer: str) -> tuple[object, str]:
    *path, last = tokens(pointer)
    try:
        return resolved(value, path), last  # type: ignore[arg-type]  # a JSON value
    except LookupError as error:
        message = f"{pointer} is not there"
        raise ValueError(message) from error
