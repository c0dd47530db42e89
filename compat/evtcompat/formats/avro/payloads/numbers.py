"""The zig-zag numbers of Avro's binary encoding, read."""

from __future__ import annotations

from typing import Final

from evtcompat.formats.recorded import DamagedError

SEVEN_BITS: Final = 0x7F
#: Ten groups of seven bits hold 64 bits.
_LONGEST: Final = 70


def long_at(data: bytes, at: int) -> tuple[int, int]:
    """The number at an offset, and the offset behind it.

    Raises:
        DamagedError: It has more than ten bytes.
        IndexError: The data end inside it.
    """
    byte = data[at]
    at += 1
    number = byte & SEVEN_BITS
    shift = 7
    while byte > SEVEN_BITS:
        byte = data[at]
        at += 1
        number |= (byte & SEVEN_BITS) << shift
        shift += 7
        if shift > _LONGEST:
            message = "a number has more than ten bytes"
            raise DamagedError(message)
    return (number >> 1) ^ -(number & 1), at
