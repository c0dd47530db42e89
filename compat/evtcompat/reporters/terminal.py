"""Text for a terminal: colours, wrapping, and text from schemas made harmless."""

from __future__ import annotations

import textwrap
import unicodedata
from dataclasses import dataclass

_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "blue": "34", "cyan": "36"}
#: Unicode categories that can move the cursor, hide or reverse text: controls, formats (bidirectional overrides among
#: them), surrogates, line and paragraph separators.
_HARMFUL = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def printable(text: str) -> str:
    """The text with every control, format and surrogate character written as an escape."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escaped(character) for character in text)


def _escaped(character: str) -> str:
    if unicodedata.category(character) not in _HARMFUL:
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code > 0xFF else f"\\x{code:02x}"  # noqa: PLR2004 - what two digits can write


@dataclass(frozen=True, slots=True)
class Terminal:
    """How wide the output is, and whether it may be coloured."""

    width: int = 100
    colour: bool = False

    def style(self, text: str, *styles: str) -> str:
        """The text in the given styles, or as it is without colour."""
        if not self.colour or not text:
            return text
        return f"\x1b[{';'.join(_CODES[style] for style in styles)}m{text}\x1b[0m"

    def wrap(self, text: str, first: str, rest: str | None = None) -> list[str]:
        """The text in lines of the terminal's width; `first` and `rest` begin the lines."""
        rest = " " * len(first) if rest is None else rest
        return textwrap.wrap(
            text,
            max(self.width, 40),
            initial_indent=first,
            subsequent_indent=rest,
            break_on_hyphens=False,
            break_long_words=False,
        ) or [first.rstrip()]
