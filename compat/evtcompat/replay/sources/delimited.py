"""Files of messages: length-prefixed, lines of base64, lines of text."""

from __future__ import annotations

import binascii
import codecs
import struct
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Final, overload

from evtcompat.formats.recorded import DamagedError
from evtcompat.replay.sources.items import Lost, Messages
from evtcompat.replay.sources.opening import Source, pieces
from evtcompat.replay.splits import Position

if TYPE_CHECKING:
    from evtcompat.replay.splits import Split

#: A message or line longer than this is taken for damage.
LARGEST: Final = 1 << 26
_MARK: Final = codecs.BOM_UTF8
_PREFIX: Final = struct.Struct(">I")


def prefixed(source: Source, split: Split) -> Iterator[Messages | Lost]:
    """Messages that follow their length, four bytes, the highest first."""
    rest, base = b"", 0
    unpack = _PREFIX.unpack_from
    try:
        for piece in pieces(source, 0, split.compression):
            data = rest + piece if rest else piece
            starts: list[int] = []
            note = starts.append
            at, end = 0, len(data) - 4
            shortest = LARGEST
            while at <= end:
                (length,) = unpack(data, at)
                note(at)
                at += length + 4
                if length < shortest:  # noqa: PLR1730 - a call costs three times as much
                    shortest = length
            if at > len(data):
                at = starts.pop()  # the rest of it is in the next piece
            if starts:
                values = Prefixed(data, starts, base, shortest)
                yield Messages(values, values.at)
            rest, base = data[at:], base + at
            if len(rest) >= 4 and unpack(rest, 0)[0] > LARGEST:  # noqa: PLR2004 - a prefix
                yield Lost(Position(split.source, base), "a length of more than 64 MiB: the rest cannot be read")
                return
    except DamagedError as error:
        yield Lost(Position(split.source, base), str(error))
        return
    if rest:
        yield Lost(Position(split.source, base), "the file ends inside a message: truncated, or still being written")


class Prefixed(Sequence[bytes]):
    """Messages after their lengths, each cut out when it is asked for: most are counted by their header."""

    def __init__(self, data: bytes, starts: Sequence[int], base: int, shortest: int = 0) -> None:
        """The messages whose lengths begin at the `starts` of `data`, which is at `base` in the file.

        None of them has fewer than `shortest` bytes.
        """
        self._data = data
        self._starts = starts
        self._base = base
        self._shortest = shortest

    def __len__(self) -> int:
        """How many there are."""
        return len(self._starts)

    @overload
    def __getitem__(self, index: int) -> bytes: ...

    @overload
    def __getitem__(self, index: slice) -> Prefixed: ...

    def __getitem__(self, index: int | slice) -> bytes | Prefixed:
        """A message, or some of them."""
        if isinstance(index, slice):
            return Prefixed(self._data, self._starts[index], self._base, self._shortest)
        start = self._starts[index]
        return self._data[start + 4 : start + 4 + _PREFIX.unpack_from(self._data, start)[0]]

    def heads(self, size: int) -> list[bytes]:
        """The first bytes of each message; of one that is shorter, all of it."""
        data, behind = self._data, size + 4
        found = [data[start + 4 : start + behind] for start in self._starts]
        return found if self._shortest >= size else [self[index][:size] for index in range(len(self))]

    def at(self, index: int) -> int:
        """The byte of the file at which a message begins with its length."""
        return self._base + self._starts[index]


class _Lines:
    """Lines that stand one after the other, and where each begins."""

    def __init__(self, values: Sequence[bytes], base: int) -> None:
        self.values = values
        self._base = base

    @cached_property
    def _starts(self) -> list[int]:
        return list(accumulate((len(value) + 1 for value in self.values), initial=self._base))

    def at(self, index: int) -> int:
        """The byte at which a line begins."""
        return self._starts[index]


def text_lines(source: Source, split: Split) -> Iterator[Messages | Lost]:
    """Lines of text, each of them an event; empty lines are none."""
    for lines in _lines(source, split):
        if isinstance(lines, Lost):
            yield lines
        else:
            kept = [index for index, value in enumerate(lines.values) if value and not value.isspace()]
            if len(kept) == len(lines.values):
                yield Messages(lines.values, lines.at)
            elif kept:
                yield Messages([lines.values[index] for index in kept], _Chosen(lines, kept).at)


class _Chosen:
    """Some of the lines, and where each begins."""

    def __init__(self, lines: _Lines, kept: Sequence[int]) -> None:
        self._lines = lines
        self._kept = kept

    def at(self, index: int) -> int:
        """The byte at which a line begins."""
        return self._lines.at(self._kept[index])


def base64_lines(source: Source, split: Split) -> Iterator[Messages | Lost]:
    """Lines of base64, each of them a message."""
    decode = binascii.a2b_base64
    for lines in _lines(source, split):
        if isinstance(lines, Lost):
            yield lines
            continue
        values: list[bytes] = []
        kept: list[int] = []
        for index, line in enumerate(lines.values):
            try:
                value = decode(line, strict_mode=True) if line[-1:] != b"\r" else decode(line[:-1], strict_mode=True)
            except binascii.Error as error:
                yield Lost(Position(split.source, lines.at(index)), f"not base64: {error}", 1)
                continue
            if value:
                values.append(value)
                kept.append(index)
        if values:
            yield Messages(values, _Chosen(lines, kept).at)


def _lines(source: Source, split: Split) -> Iterator[_Lines | Lost]:
    """The lines that begin in a split. A split that does not begin the file begins with its first whole line."""
    start = max(split.start - 1, 0)
    inside = split.start == 0
    rest, base = b"", start
    try:
        for piece in pieces(source, start, split.compression):
            data, base = _unmarked(rest + piece if rest else piece, base)
            if not inside:
                found = data.find(b"\n")
                if found < 0:
                    base += len(data)
                    rest = b""
                    continue
                data, base, inside = data[found + 1 :], base + found + 1, True
            last = data.rfind(b"\n")
            if last < 0:
                rest = data
                if len(rest) > LARGEST:
                    yield Lost(Position(split.source, base), "a line of more than 64 MiB")
                    rest, base, inside = b"", base + len(data), False
                continue
            rest, data = data[last + 1 :], data[:last]
            if base >= split.end and not split.compression:
                return
            lines = _Lines(data.split(b"\n"), base)
            base += last + 1
            if base > split.end and not split.compression:
                yield from _until(lines, split.end)
                return
            yield lines
    except DamagedError as error:
        yield Lost(Position(split.source, base), str(error))
        return
    if rest and inside and (base < split.end or split.compression):
        yield _Lines([rest], base)


def _unmarked(data: bytes, base: int) -> tuple[bytes, int]:
    """Text and where it begins, without the byte order mark of the file: as of schemas, it is no part of the text."""
    return (data[len(_MARK) :], len(_MARK)) if not base and data.startswith(_MARK) else (data, base)


def _until(lines: _Lines, end: int) -> Iterator[_Lines]:
    """The lines that begin before an offset."""
    count = next((index for index in range(len(lines.values)) if lines.at(index) >= end), len(lines.values))
    if count:
        yield _Lines(lines.values[:count], lines.at(0))
