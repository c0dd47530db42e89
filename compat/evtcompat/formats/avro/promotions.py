"""Which primitives are read as which: the specification's "Schema Resolution"."""

from __future__ import annotations

from typing import Final

from evtcompat.formats.avro.types import BYTES, DOUBLE, FLOAT, INT, LONG, STRING

REFUSED: Final = 0
SAME: Final = 1
#: Every value survives.
WIDENED: Final = 2
#: A value can lose precision or be refused by some decoder.
RISKY: Final = 3

#: ``PROMOTIONS[writer kind][reader kind]`` for primitives (the specification's "Schema Resolution").
PROMOTIONS: Final = tuple(
    tuple(
        SAME
        if writer == reader
        else {
            (INT, LONG): WIDENED,
            (INT, DOUBLE): WIDENED,
            (FLOAT, DOUBLE): WIDENED,
            (STRING, BYTES): WIDENED,
            (INT, FLOAT): RISKY,
            (LONG, FLOAT): RISKY,
            (LONG, DOUBLE): RISKY,
            (BYTES, STRING): RISKY,
        }.get((writer, reader), REFUSED)
        for reader in range(8)
    )
    for writer in range(8)
)
