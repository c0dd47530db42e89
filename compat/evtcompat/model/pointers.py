"""Following the steps of a JSON pointer (RFC 6901) into a JSON value."""

from __future__ import annotations

from collections.abc import Iterable

from evtcompat.model.json_types import JSON
from evtcompat.model.places import tokens


def stepped(value: JSON, step: str | int) -> JSON:
    """The member or item that one step leads to; an index may be written as digits, as in a pointer.

    Raises:
        LookupError: There is none.
    """
    if isinstance(value, dict) and isinstance(step, str):
        return value[step]
    if isinstance(value, list):
        return value[index_of(step)]
    raise LookupError(step)


def index_of(step: str | int) -> int:
    """The position in a list that a step names.

    Raises:
        LookupError: It is no index.
    """
    if isinstance(step, str) and not (step.isascii() and step.isdigit()):
        raise LookupError(step)
    return int(step)


def resolved(value: JSON, path: Iterable[str | int]) -> JSON:
    """What the steps lead to, one after the other.

    Raises:
        LookupError: A step leads to nothing.
    """
    for step in path:
        # Most are such, and `stepped` would find the same.
        value = value[step] if type(value) is dict and type(step) is str else stepped(value, step)
    return value


def document_order(pointer: str) -> tuple[tuple[int, str], ...]:
    """A key that sorts pointers by name, and items of a list by position."""
    return tuple((int(step) if step.isdigit() else -1, step) for step in tokens(pointer))


def found_at(value: JSON, path: Iterable[str | int]) -> JSON:
    """What the steps lead to, or ``None``, which may also stand there."""
    try:
        return resolved(value, path)
    except LookupError:
        return None
