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

    It is `smallest` itself where that has an equal value there, so that what is made of it is made once.

    Raises:
        ValueError: A record on the way has fixed values of too many bytes.
    """
    frames: list[tuple[Type, str | int | None]] = []
    type_, plain = root, True
    for step in steps:
        frames.append((type_, step))
        plain = plain and (isinstance(type_, Record) or (isinstance(type_, Union) and step == heights.branch(type_)))
        type_ = _into(type_, step)
    if plain and heights.writable(root) and _alike(leaf, smallest(type_, heights)):
        return smallest(root, heights)
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


def _into(type_: Type, step: str | int | None) -> Type:
    """The type that a step leads to."""
    if isinstance(type_, Record):
        return type_.row(str(step)).type
    if isinstance(type_, Union) and isinstance(step, int):
        return type_.branches[step]
    return type_.of if isinstance(type_, Container) else type_


def _alike(one: Datum, other: Datum) -> bool:
    """Whether two data are equal and of one type: 0 is neither 0.0 nor false."""
    return one is other or (type(one) is type(other) and not isinstance(one, dict | list | Branch) and one == other)


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
