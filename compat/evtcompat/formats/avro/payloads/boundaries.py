"""The values at the edges of what a type without parts can carry and what a logical type can mean, labelled."""

from __future__ import annotations

import math
import struct
from typing import TYPE_CHECKING, Final

from evtcompat.formats.avro.types import (
    BOOLEAN,
    BYTES,
    DOUBLE,
    FLOAT,
    INT,
    LONG,
    NULL,
    STRING,
    Enumeration,
    Fixed,
    Primitive,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evtcompat.formats.avro.payloads.datum import Datum

_FLOAT_MAX: Final = struct.unpack("<f", b"\xff\xff\x7f\x7f")[0]
_FLOAT_TINY: Final = struct.unpack("<f", b"\x01\x00\x00\x00")[0]
_DAY_MILLIS: Final = 86_400_000

#: What a primitive must be able to carry, labelled.
_BOUNDARIES: Final[dict[int, tuple[tuple[str, Datum], ...]]] = {
    NULL: (("null", None),),
    BOOLEAN: (("false", False), ("true", True)),
    INT: (("zero", 0), ("min", -(2**31)), ("max", 2**31 - 1), ("minus one", -1)),
    LONG: (("zero", 0), ("min", -(2**63)), ("max", 2**63 - 1), ("inexact as double", 2**53 + 1)),
    FLOAT: (
        ("zero", 0.0),
        ("NaN", math.nan),
        ("infinity", math.inf),
        ("minus infinity", -math.inf),
        ("max", _FLOAT_MAX),
        ("smallest", _FLOAT_TINY),
        ("minus zero", -0.0),
    ),
    DOUBLE: (
        ("zero", 0.0),
        ("NaN", math.nan),
        ("infinity", math.inf),
        ("minus infinity", -math.inf),
        ("max", 1.7976931348623157e308),
        ("smallest", 5e-324),
        ("minus zero", -0.0),
    ),
    BYTES: (("empty", b""), ("not UTF-8", b"\xff\x00\xfe"), ("ASCII", b"a")),
    STRING: (("empty", ""), ("non-ASCII", "h\u00e9\u4e16\U0001f600"), ("control", '\x00"\\\n'), ("ASCII", "a")),
}

#: The carriers' values at the edges of what a logical type can mean, for decoders that turn them into dates and such.
_LOGICAL: Final[dict[str, tuple[tuple[str, Datum], ...]]] = {
    "date": (("epoch", 0), ("year 1", -719_162), ("year 9999", 2_932_896), ("before epoch", -1)),
    "time-millis": (("midnight", 0), ("last", _DAY_MILLIS - 1)),
    "time-micros": (("midnight", 0), ("last", _DAY_MILLIS * 1000 - 1)),
    "timestamp-millis": (
        ("epoch", 0),
        ("year 1", -62_135_596_800_000),
        ("year 9999", 253_402_300_799_999),
        ("before epoch", -1),
    ),
    "timestamp-micros": (
        ("epoch", 0),
        ("year 1", -62_135_596_800_000_000),
        ("year 9999", 253_402_300_799_999_999),
        ("before epoch", -1),
    ),
    "timestamp-nanos": (("epoch", 0), ("min", -(2**63)), ("max", 2**63 - 1)),
    # the unscaled number as bytes, and the scale as an int; each value has its own
    "big-decimal": (("zero", b"\x02\x00\x00"), ("0.01", b"\x02\x01\x04"), ("-1E+2", b"\x02\xff\x03")),
    "uuid": (("nil", "00000000-0000-0000-0000-000000000000"), ("max", "ffffffff-ffff-ffff-ffff-ffffffffffff")),
}
#: The most digits of a decimal that are written out.
MOST_DIGITS: Final = 10_000
#: Those of a boundary: beyond every number that a 64-bit float holds, and thousands of places have one.
_DIGITS: Final = 400
_LOCAL: Final = "local-"


def boundaries(type_: Primitive | Fixed | Enumeration) -> Iterator[tuple[str, Datum]]:
    """The labelled boundary values of a type without parts."""
    if isinstance(type_, Enumeration):
        yield from ((symbol, symbol) for symbol in type_.symbols)
        return
    logical = type_.logical
    if isinstance(type_, Fixed):
        if logical is not None and logical.name == "decimal":
            yield from _decimals(logical.precision, type_.size)
            return
        yield "zero bytes", bytes(type_.size)
        if type_.size and logical is None:
            yield "all ones", b"\xff" * type_.size
        return
    if logical is None:
        yield from _BOUNDARIES[type_.kind]
    elif logical.name == "decimal":
        yield from _decimals(logical.precision, None)
    else:
        yield from _LOGICAL[logical.name.removeprefix(_LOCAL)]


def _decimals(precision: int, size: int | None) -> Iterator[tuple[str, Datum]]:
    most = 10 ** min(precision, _DIGITS) - 1
    words = ("max", "min") if precision <= _DIGITS else (f"{_DIGITS} digits", f"{_DIGITS} digits, negative")
    for label, unscaled in (("zero", 0), (words[0], most), (words[1], -most), ("one unit", 1)):
        length = size if size is not None else unscaled.bit_length() // 8 + 1
        yield label, unscaled.to_bytes(length, "big", signed=True)
