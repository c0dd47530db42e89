"""Data that lead a decoder to a place: the smallest datum along steps, and whether a datum goes along them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evtcompat.formats.avro.payloads.datum import Branch
from evtcompat.formats.avro.payloads.smallest import MOST_BYTES, smallest
from evtcompat.formats.avro.types import ARRAY, Container, Record, Union

if TYPE_CHECKING:
    from evtcompat.formats.avro.paths import Steps
    from evtcompat.formats.avro.payloads.datum import Datum
    from evtcompat.formats.avro.payloads.smallest import Heights
    from evtcompat.formats.avro.types import Type


def datum_along(root: Type, steps: Steps, leaf: Datum, heights: Heights) -> Datum:
    """The smallest datum of `root` with `leaf` at the end of `steps`; recursion-free, since a path may be long.

    Raises:
        ValueError: A record on the way has fixed values of too many bytes.
    """
    frames: list[tuple[Type, str | int | None]] = []
    type_ = root
    for step in steps:
        frames.append((type_, step))
        if isinstance(type_, Record):
            type_ = type_.row(str(step)).type
        elif isinstance(type_, Union) and isinstance(step, int):
            type_ = type_.branches[step]
        elif isinstance(type_, Container):
            type_ = type_.of
    datum = leaf
    for outer, step in reversed(frames):
        if isinstance(outer, Record):
            if heights.weight(outer) > MOST_BYTES:
                smallest(outer, heights)  # raises, and says how large it is
            inner = datum
            datum = {part.name: inner if part.name == step else smallest(part.type, heights) for part in outer.fields}
        elif isinstance(outer, Union) and isinstance(step, int):
            datum = Branch(step, datum)
        elif isinstance(outer, Container):
            datum = [datum] if outer.kind == ARRAY else {"": datum}
    return datum


def reaches(datum: Datum, steps: Steps) -> bool:
    """Whether a datum leads a decoder along steps; also where an array or a map on it is empty."""
    for step in steps:
        if isinstance(datum, Branch):
            if datum.index != step:
                return False
            datum = datum.value
        elif isinstance(datum, dict) and isinstance(step, str):
            datum = datum[step]
        else:
            return True
    return True
