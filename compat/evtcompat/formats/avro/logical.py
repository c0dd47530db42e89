"""Logical types: which are known, on which carriers they are valid, what they mean.

The specification ("Logical Types") says that an unknown or invalid logical type is ignored and the carrier used as it
is.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Final

from evtcompat.formats.avro.types import BYTES, FIXED, INT, LONG, STRING, Logical, Primitive

if TYPE_CHECKING:
    from evtcompat.model.json_types import JSON

#: The most digits that a decoder has a number for.
MOST_DIGITS: Final = 2**31 - 1
_UUID_BYTES: Final = 16
_DURATION_BYTES: Final = 12

#: The carriers of each logical type.
CARRIERS: Final[dict[str, frozenset[int]]] = {
    "decimal": frozenset({BYTES, FIXED}),
    "big-decimal": frozenset({BYTES}),
    "uuid": frozenset({STRING, FIXED}),
    "date": frozenset({INT}),
    "time-millis": frozenset({INT}),
    "time-micros": frozenset({LONG}),
    "timestamp-millis": frozenset({LONG}),
    "timestamp-micros": frozenset({LONG}),
    "timestamp-nanos": frozenset({LONG}),
    "local-timestamp-millis": frozenset({LONG}),
    "local-timestamp-micros": frozenset({LONG}),
    "local-timestamp-nanos": frozenset({LONG}),
    "duration": frozenset({FIXED}),
}
_NO_CARRIERS: Final[frozenset[int]] = frozenset()
#: The bytes of a fixed that carries a logical type other than a decimal.
SIZES: Final = {"uuid": _UUID_BYTES, "duration": _DURATION_BYTES}

#: The family and the unit of the logical types that count time; two of one family differ only in their unit.
TIME: Final[dict[str, tuple[str, str]]] = {
    name: (family, unit)
    for family in ("time", "timestamp", "local-timestamp")
    for unit in ("millis", "micros", "nanos")
    if (name := f"{family}-{unit}") in CARRIERS
}


def with_logical_type(value: dict[str, JSON], plain: Primitive) -> Primitive:
    """The primitive that a declaration with a logical type makes of a plain one; one node for all that are alike."""
    name = value["logicalType"]
    if name == "decimal":
        logical = logical_type(value, plain.kind, 0)
        return plain if logical is None else _primitive(plain.kind, logical.precision, logical.scale)
    if type(name) is not str:
        return plain
    return _SIMPLE[plain.kind].get(name, plain)


def logical_type(value: dict[str, JSON], kind: int, size: int) -> Logical | None:
    """The logical type that a declaration of `kind` (and `size` in bytes, for fixed) carries, or ``None``."""
    name = value["logicalType"]
    if type(name) is not str or kind not in CARRIERS.get(name, _NO_CARRIERS):
        return None
    if name != "decimal":
        return _simple(name) if kind != FIXED or size == SIZES[name] else None
    precision, scale = value.get("precision"), value.get("scale", 0)
    if type(precision) is not int or type(scale) is not int or not 0 <= scale <= precision or precision < 1:
        return None
    if precision > MOST_DIGITS:
        return None
    if kind == FIXED and precision > digits_of(size):
        return None
    return _decimal(precision, scale)


def digits_of(size: int) -> int:
    """The most digits of a decimal that a fixed of `size` bytes carries whatever the number is; below 0 for none."""
    return math.floor(math.log10(2) * (8 * size - 1))


@cache
def _simple(name: str) -> Logical:
    return Logical(name)


@cache
def _primitive(kind: int, precision: int, scale: int) -> Primitive:
    return Primitive(kind, _decimal(precision, scale))


@cache
def _decimal(precision: int, scale: int) -> Logical:
    return Logical("decimal", precision, scale)


#: By kind, the primitives with a logical type that has no parameters.
_SIMPLE: Final = tuple(
    {
        name: Primitive(kind, _simple(name))
        for name, carriers in CARRIERS.items()
        if kind in carriers and name != "decimal"
    }
    for kind in range(8)
)
