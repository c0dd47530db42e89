"""Offsets into a text as lines and columns."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

#: CRLF is one end; a lone CR ends a line too (old Macs).
_LINE_END: Final = re.compile(r"\r\n|\n|\r")


class Position(NamedTuple):
    """A 1-based line and a 1-based column, in characters. Lines end with LF, CRLF or CR."""

    line: int
    column: int

    @classmethod
    def at(cls, text: str, offset: int) -> Position:
        """The position of the character at `offset`."""
        starts = _line_starts(text)
        line = bisect_right(starts, offset)
        return cls(line, offset - starts[line - 1] + 1)

    def __str__(self) -> str:
        """``line L, column C``."""
        return f"line {self.line}, column {self.column}"


# Every finding in a document asks for a position in it.
@lru_cache(maxsize=8)
def _line_starts(text: str) -> Sequence[int]:
    return [0, *[end.end() for end in _LINE_END.finditer(text)]]
