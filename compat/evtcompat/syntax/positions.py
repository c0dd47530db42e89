"""Offsets into a text as lines and columns."""

from __future__ import annotations

from typing import NamedTuple


class Position(NamedTuple):
    """A 1-based line and a 1-based column, in characters. Lines end with LF, CRLF or CR."""

    line: int
    column: int

    @classmethod
    def at(cls, text: str, offset: int) -> Position:
        """The position of the character at `offset`."""
        head = text[:offset]
        if "\r" in head:
            # a lone CR ends a line too (old Macs); CRLF must not count twice
            head = head.replace("\r\n", "\n").replace("\r", "\n")
        return cls(head.count("\n") + 1, len(head) - head.rfind("\n"))

    def __str__(self) -> str:
        """``line L, column C``."""
        return f"line {self.line}, column {self.column}"
