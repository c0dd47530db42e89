"""Moving over encoded data without making values of it (the specification's "Binary Encoding").

A `Step` moves over one encoded value and tells on its way what was asked for; `skip` makes the step that tells nothing.
Scanning costs a fifth of what a resolving decoder costs, and reaches any part of an event.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, TypeAlias

from evtcompat.formats.avro.payloads.numbers import SEVEN_BITS, long_at
from evtcompat.formats.avro.types import (
    ARRAY,
    BOOLEAN,
    BYTES,
    DOUBLE,
    FLOAT,
    INT,
    LONG,
    NULL,
    STRING,
    Container,
    Enumeration,
    Fixed,
    Primitive,
    Record,
    Type,
    Union,
)
from evtcompat.formats.recorded import DamagedError
from evtcompat.model.counts import counted
from evtcompat.syntax import deep

#: ``step(data, at, met)`` is the offset behind the value that begins at `at`; what it was made to tell is appended to
#: `met`. On damaged data it raises `DamagedError` or `IndexError`, or answers an offset behind the end of the data.
Step: TypeAlias = Callable[[bytes, int, list[int]], int]

#: Entries without a byte that one block of an array may have: a decoder makes a value of each.
MOST_EMPTY: Final = 1 << 20
#: The size of the types whose encodings all have one size.
_SIZES: Final = {NULL: 0, BOOLEAN: 1, FLOAT: 4, DOUBLE: 8}
_float: Final = struct.Struct("<f").unpack_from
_double: Final = struct.Struct("<d").unpack_from


def length_at(data: bytes, at: int) -> tuple[int, int]:
    """The length at an offset, and the offset behind it.

    Raises:
        DamagedError: It is negative, or has more than ten bytes.
    """
    length, at = long_at(data, at)
    if length < 0:
        message = "a length is negative"
        raise DamagedError(message)
    return length, at


def _number(data: bytes, at: int, met: list[int]) -> int:  # noqa: ARG001 - a step
    start = at
    while data[at] > SEVEN_BITS:
        at += 1
    if at - start > 9:  # noqa: PLR2004 - ten bytes hold 64 bits
        message = "a number has more than ten bytes"
        raise DamagedError(message)
    return at + 1


def _counted(data: bytes, at: int, met: list[int]) -> int:  # noqa: ARG001 - a step
    """Bytes or a string: most are shorter than 64 bytes, and their length is one byte."""
    byte = data[at]
    if byte > SEVEN_BITS or byte & 1:
        length, at = length_at(data, at)
        return at + length
    return at + 1 + (byte >> 1)


def _sized(size: int, data: bytes, at: int, met: list[int]) -> int:  # noqa: ARG001 - a step
    return at + size


def in_order(steps: Sequence[Step]) -> Step:
    """One step after the other."""
    if len(steps) == 1:
        return steps[0]
    fixed = tuple(steps)

    def step(data: bytes, at: int, met: list[int]) -> int:
        for each in fixed:
            at = each(data, at, met)
        return at

    return step


def branching(branches: Sequence[Step]) -> Step:
    """The step of the branch that the data name."""
    fixed = tuple(branches)

    def step(data: bytes, at: int, met: list[int]) -> int:
        index, at = long_at(data, at)
        if not 0 <= index < len(fixed):
            message = f"the union has no branch {index}"
            raise DamagedError(message)
        return fixed[index](data, at, met)

    return step


def repeated(entry: Step, *, quiet: bool) -> Step:
    """An entry as often as an array or map says; blocks that tell their size are jumped over where `entry` is quiet."""

    def step(data: bytes, at: int, met: list[int]) -> int:
        while True:
            count, at = long_at(data, at)
            if not count:
                return at
            if count < 0:
                size, at = length_at(data, at)
                if quiet:
                    at += size
                    continue
                count = -count
            for _ in range(count):
                before, at = at, entry(data, at, met)
                if at == before:
                    # what has no bytes has none the next time: a few bytes may speak of any number of such
                    if count > MOST_EMPTY:
                        message = f"{count} entries without a byte in an array"
                        raise DamagedError(message)
                    break
                if at > len(data):
                    message = "the data end inside an array or map"
                    raise DamagedError(message)

    return step


def entry_of(container: Container, item: Step) -> Step:
    """The step over an item of an array, or a key and value of a map."""
    return item if container.kind == ARRAY else in_order((_counted, item))


def taken_later(made: list[Step]) -> Step:
    """The step over a record inside itself, which is made by the time that it is taken.

    A function, as calling an object would recurse through C frames.
    """

    def step(data: bytes, at: int, met: list[int]) -> int:
        return made[0](data, at, met)

    return step


class Skipper:
    """Makes the steps over the types of one schema; one for a named type, however often it is used."""

    def __init__(self) -> None:
        self._records: dict[int, Step] = {}

    def of(self, type_: Type) -> Step:
        """The step over a value of a type."""
        if isinstance(type_, Primitive):
            size = _SIZES.get(type_.kind)
            if size is not None:
                return partial(_sized, size)
            return _number if type_.kind in (INT, LONG) else _counted
        if isinstance(type_, Fixed):
            return partial(_sized, type_.size)
        if isinstance(type_, Enumeration):
            return _number
        if isinstance(type_, Union):
            return branching([self.of(branch) for branch in type_.branches])
        if isinstance(type_, Container):
            return repeated(entry_of(type_, self.of(type_.of)), quiet=True)
        return self._record(type_)

    def _record(self, record: Record) -> Step:
        known = self._records.get(id(record))
        if known is None:
            later: list[Step] = []
            self._records[id(record)] = taken_later(later)
            known = joined([(self.size(part.type), self.of(part.type)) for part in record.fields])
            later.append(known)
            self._records[id(record)] = known
        return known

    def size(self, type_: Type) -> int | None:
        """The bytes that every value of the type takes, or ``None`` when they differ."""
        if isinstance(type_, Fixed):
            return type_.size
        return _SIZES.get(type_.kind) if isinstance(type_, Primitive) else None


def joined(steps: Sequence[tuple[int | None, Step]]) -> Step:
    """Steps in order, neighbours of a known size as one."""
    merged: list[Step] = []
    waiting = 0
    for size, step in steps:
        if size is not None:
            waiting += size
            continue
        if waiting:
            merged.append(partial(_sized, waiting))
            waiting = 0
        merged.append(step)
    if waiting or not merged:
        merged.append(partial(_sized, waiting))
    return in_order(merged)


def value_at(type_: Primitive | Fixed, data: bytes, at: int) -> tuple[object, int]:
    """The carrier of a leaf, without its logical type, and the offset behind it.

    Raises:
        DamagedError: The data are none of the type.
    """
    kind = type_.kind
    if kind in (INT, LONG):
        return long_at(data, at)
    if kind in (BYTES, STRING) or isinstance(type_, Fixed):
        length, at = (type_.size, at) if isinstance(type_, Fixed) else length_at(data, at)
        raw = data[at : at + length]
        if len(raw) < length:
            message = "the data end inside a value"
            raise DamagedError(message)
        return raw, at + length
    if kind == BOOLEAN:
        return data[at] != 0, at + 1
    if kind == NULL:
        return None, at
    try:
        return (_float(data, at)[0], at + 4) if kind == FLOAT else (_double(data, at)[0], at + 8)
    except struct.error as error:
        message = "the data end inside a number"
        raise DamagedError(message) from error


def has_empty_entries(root: Type) -> bool:
    """Whether an array of the type holds what has no bytes: nulls, records without fields."""
    seen: set[int] = set()
    pending: list[Type] = [root]
    while pending:
        type_ = pending.pop()
        if id(type_) in seen:
            continue
        seen.add(id(type_))
        if isinstance(type_, Container):
            if type_.kind == ARRAY and _empty(type_.of):
                return True
            pending.append(type_.of)
        elif isinstance(type_, Union):
            pending += type_.branches
        elif isinstance(type_, Record):
            pending += type_.types.values()
    return False


def _empty(type_: Type) -> bool:
    """Whether no value of the type has a byte. A record that contains itself in itself has no value at all."""
    pending, seen = [type_], set[int]()
    while pending:
        part = pending.pop()
        if isinstance(part, Record):
            if id(part) not in seen:
                seen.add(id(part))
                pending += part.types.values()
        elif not (part.kind == NULL or (isinstance(part, Fixed) and part.size == 0)):
            return False
    return True


def over_all(step: Step, data: bytes, count: int | None, *, whole: bool = True) -> list[int]:
    """Where each event begins, and where the last ends.

    Args:
        step: Over one event.
        data: The events, one after the other.
        count: How many there are; one that fills the data when ``None``.
        whole: Whether the data end with the last of them.

    Raises:
        DamagedError: The data do not hold exactly as many.
    """
    at, offsets = 0, [0]
    unused: list[int] = []
    try:
        for _ in range(1 if count is None else count):
            try:
                at = step(data, at, unused)
            except RecursionError:
                at = followed(step, data, at, unused)
            offsets.append(at)
    except (IndexError, RecursionError) as error:
        raise DamagedError(damage_of(error)) from error
    if whole or at > len(data):
        check_end(at, data)
    return offsets


def followed(step: Step, data: bytes, at: int, met: list[int]) -> int:
    """Where the event at an offset ends, and what is met in it: one that nests deeper than the caller's stack goes.

    Raises:
        IndexError: The data end too early.
        RecursionError: It nests deeper than any stack goes.
    """
    met.clear()
    return deep.run(deep.SHALLOW + 1, lambda: step(data, at, met))


def check_end(at: int, data: bytes) -> None:
    """The data end where the last event does.

    Raises:
        DamagedError: They do not.
    """
    if at > len(data):
        message = "the data end too early"
        raise DamagedError(message)
    if at < len(data):
        message = f"{counted(len(data) - at, 'byte is', 'bytes are')} left over after the last event"
        raise DamagedError(message)


def damage_of(error: IndexError | RecursionError) -> str:
    """What is wrong with the data that made a step fail so."""
    return "the data end too early" if isinstance(error, IndexError) else "the data nest too deep to be followed"
