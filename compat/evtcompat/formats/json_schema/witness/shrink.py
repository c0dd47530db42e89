"""A smaller instance for the same purpose.

The search for an instance goes through a recursive schema branch by branch, so that what it finds may hide the point
below levels that the point does not need, beside members that only the way to it asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from evtcompat.formats.json_schema.exact import Value

#: Instances that are tried at most.
_TRIES = 80

_Path = tuple[str | int, ...]


def shrunk(value: Value, serves: Callable[[Value], bool]) -> Value:
    """The value, or one that serves as well after parts were taken out or put in the place of what holds them.

    Returns:
        A value that serves if ``value`` does: no member or item can be left out, and no part can stand for the whole
        that it is in, as far as `_TRIES` reach. The same for the same arguments.
    """
    left = _TRIES
    found = True
    while found and left > 0:
        found = False
        for other in _candidates(value):
            if left == 0:
                break
            left -= 1
            if serves(other):
                value, found = other, True
                break
    return value


def _candidates(value: Value) -> Iterator[Value]:
    """Values with less in them, those with the least first as far as they come from one place."""
    places = [(path, part) for path, part in _parts(value, ()) if isinstance(part, (dict, list)) and part]
    sizes = _sizes(value)
    for path, part in places:
        inner = [one for one in _inside(part) if type(one) is type(part)]
        for one in sorted(inner, key=lambda one: sizes[id(one)]):
            yield _with(value, path, one)
    for path, part in places:
        for key in part if isinstance(part, dict) else range(len(part) - 1, -1, -1):
            yield _with(value, path, _without(part, key))


def _parts(value: Value, path: _Path) -> Iterator[tuple[_Path, Value]]:
    """The value and everything in it, each with the steps that lead to it."""
    yield path, value
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in members:
        yield from _parts(one, (*path, key))


def _inside(value: Value) -> Iterator[Value]:
    """Everything in a value, in the order of `_parts`."""
    pending = _members(value)
    while pending:
        one = pending.pop()
        yield one
        pending += _members(one)


def _members(value: Value) -> list[Value]:
    """The members or items of a value, the last one first."""
    members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [*members][::-1]


def _sizes(value: Value) -> dict[int, int]:
    """How many values each object and array in a value holds, itself included, by its identity."""
    sizes: dict[int, int] = {}
    for one in reversed([value, *_inside(value)]):  # what is in a part before the part
        if isinstance(one, (dict, list)):
            sizes[id(one)] = 1 + sum(sizes.get(id(part), 1) for part in _members(one))
    return sizes


def _with(value: Value, path: _Path, part: Value) -> Value:
    """The value with another part at the end of a path."""
    if not path:
        return part
    inner = _with(value[path[0]], path[1:], part)
    if isinstance(value, dict):
        return {key: inner if key == path[0] else one for key, one in value.items()}
    return [inner if index == path[0] else one for index, one in enumerate(value)]


def _without(part: Value, key: str | int) -> Value:
    if isinstance(part, dict):
        return {name: one for name, one in part.items() if name != key}
    return [one for index, one in enumerate(part) if index != key]
