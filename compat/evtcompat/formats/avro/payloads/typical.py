"""Values as an event might really have them, for places of which no boundary is looked at."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from evtcompat.formats.avro.defaults import fault
from evtcompat.formats.avro.payloads.boundaries import boundaries
from evtcompat.formats.avro.types import (
    BOOLEAN,
    BYTES,
    DOUBLE,
    FLOAT,
    INT,
    LONG,
    STRING,
    Enumeration,
    Fixed,
    Primitive,
)

if TYPE_CHECKING:
    from evtcompat.formats.avro.payloads.datum import Datum

#: 2026-02-28T23:59:59Z.
_SECONDS: Final = 1_772_323_199
_NOON: Final = 43_200
_PLAIN: Final[dict[int, Datum]] = {BOOLEAN: True, INT: 1, LONG: 1, FLOAT: 0.5, DOUBLE: 0.5, BYTES: b"a"}
_LOGICAL: Final[dict[str, Datum]] = {
    "date": _SECONDS // 86_400,
    "time-millis": _NOON * 1_000,
    "time-micros": _NOON * 1_000_000,
    "timestamp-millis": _SECONDS * 1_000,
    "timestamp-micros": _SECONDS * 1_000_000,
    "timestamp-nanos": _SECONDS * 1_000_000_000,
    "uuid": "00000000-0000-4000-8000-000000000000",
}
#: What the default of a primitive is in JSON.
_JSON_TYPES: Final[dict[int, tuple[type, ...]]] = {
    BOOLEAN: (bool,),
    INT: (int,),
    LONG: (int,),
    FLOAT: (float, int),
    DOUBLE: (float, int),
    STRING: (str,),
}
_LAST_NAME: Final = re.compile(r"[^\W\d]\w*(?=\W*(?:\(\w+\)\W*)*\Z)")


def typical(type_: Primitive | Fixed | Enumeration, place: str, default: object) -> Datum:
    """A value that an event might have at a place: the field's default, else a word or number that fits the place.

    Args:
        type_: Of the value.
        place: How a person reads the way there (``Order.lines[].sku``), whose last name a text repeats.
        default: The field's, as JSON; anything that is no value of the type where there is none.
    """
    if isinstance(type_, Enumeration):
        return default if isinstance(default, str) and default in type_.symbols else type_.symbols[0]
    if isinstance(type_, Fixed):
        return list(boundaries(type_))[-1][1]
    if type_.logical is not None:
        known = _LOGICAL.get(type_.logical.name.removeprefix("local-"))
        return list(boundaries(type_))[-1][1] if known is None else known
    if isinstance(default, (bool, int, float, str)) and _is_default(type_, default):
        return float(default) if type_.kind in (FLOAT, DOUBLE) else default
    if type_.kind == STRING:
        named = _LAST_NAME.search(place)
        return named[0] if named else "text"
    return _PLAIN.get(type_.kind)


def _is_default(type_: Primitive, default: float | str) -> bool:
    """Whether a default says something and is a value of the type; what is empty is a boundary of its own."""
    kinds = _JSON_TYPES.get(type_.kind, ())
    told = isinstance(default, kinds) and isinstance(default, bool) == (type_.kind == BOOLEAN) and default != ""
    return told and fault(type_, default) is None
