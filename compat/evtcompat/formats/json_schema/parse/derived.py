"""What is derived from a schema once and then kept with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, TypeVarTuple

from evtcompat.formats.json_schema.parse.parsing import Schema

_T = TypeVar("_T")
_Ts = TypeVarTuple("_Ts")


def derived(schema: Schema, make: Callable[[Schema, *_Ts], _T], *arguments: *_Ts) -> _T:
    """What `make` makes of the schema and the arguments: made when first asked for, then always the same object.

    `make` is a class or a function of a module; it is determined by what it is given, and never returns ``None``.
    """
    key = (make, *arguments)
    found: _T | None = schema.cache.get(key)
    if found is None:
        found = schema.cache[key] = make(schema, *arguments)
    return found


def derived_before(schema: Schema, make: Callable[[Schema, *_Ts], _T], *arguments: *_Ts) -> _T | None:
    """What `derived` returned for the same; ``None`` if nobody has asked for it."""
    found: _T | None = schema.cache.get((make, *arguments))
    return found
