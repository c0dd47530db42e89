"""Text for a terminal: colours, wrapping, and text from schemas made harmless."""

from __future__ import annotations

import re
import unicodedata
from enum import Enum

from evtcompat.dataclasses import dataclass

_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "blue": "34", "cyan": "36"}
#: Unicode categories that can move the cursor, hide or reverse text: controls, formats (bidirectional overrides among
#: them), surrogates, line and paragraph separators.
_HARMFUL = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
#: What a CI system obeys in the output of a command: where a line begins (and a text may be wrapped anywhere) GitHub's
#: ``::name::``; anywhere ``##[name]`` of GitHub and Azure, and ``##teamcity[``.
_COMMAND = re.compile(r"(?<!\S)(?P<colon>:)(?=:)|(?P<hash>#)#(?=\w*\[)")
#: Characters of a word that is shown whole: paths and addresses are not longer. A schema may hold a name of megabytes.
_LONGEST_WORD = 2_000
_ENDLESS = re.compile(rf"\S{{{_LONGEST_WORD + 1},}}")
#: What is shown of a longer one.
_HEAD, _TAIL = 200, 60


def printable(text: str) -> str:
    """The text with what terminals or CI systems obey written as escapes.

    That is every control, format and surrogate character, and what could begin a command to a CI system.
    """
    if not (text.isascii() and text.isprintable()):
        escaped = {ord(one): _escaped(one) for one in set(text) if unicodedata.category(one) in _HARMFUL}
        text = text.translate(escaped) if escaped else text
    return _COMMAND.sub(_obeyed, text) if "::" in text or "##" in text else text


def brief(text: str) -> str:
    """The text with words that nobody reads to the end cut in the middle, and how long each of them is."""
    return _ENDLESS.sub(_cut, text) if len(text) > _LONGEST_WORD else text


def _cut(match: re.Match[str]) -> str:
    word = match[0]
    return f"{word[:_HEAD]}...({len(word):,} characters)...{word[-_TAIL:]}"


def _obeyed(match: re.Match[str]) -> str:
    return "\\x3a" if match["colon"] else "\\x23#"


def inert_json(text: str) -> str:
    """The text of a JSON document in which no string holds what a CI system obeys anywhere in a line."""
    return text.replace("##", "#\\u0023")


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code > 0xFF else f"\\x{code:02x}"  # noqa: PLR2004 - what two digits can write


class Detail(Enum):
    """How much of a run a person wants to read."""

    #: The first line alone.
    ANSWER = "answer"
    #: What changed; the rest is counted.
    CHANGES = "changes"
    #: Every subject and every file that was left aside.
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Terminal:
    """How wide the output is, and whether it may be coloured."""

    width: int = 100
    colour: bool = False
    #: Whether it takes links (OSC 8): others would show the escapes.
    links: bool = False
    #: How much the text report tells.
    detail: Detail = Detail.CHANGES

    def style(self, text: str, *styles: str) -> str:
        """The text in the given styles, or as it is without colour."""
        if not self.colour or not text:
            return text
        return f"\x1b[{';'.join(_CODES[style] for style in styles)}m{text}\x1b[0m"

    def link(self, text: str, address: str | None) -> str:
        """The text as a link to an address, where the terminal takes links and there is an address."""
        return f"\x1b]8;;{address}\x1b\\{text}\x1b]8;;\x1b\\" if self.links and address else text

    def wrap(self, text: str, first: str, rest: str | None = None) -> list[str]:
        """The text in lines of the terminal's width; `first` and `rest` begin the lines.

        No word is broken, but such as nobody reads to the end (`brief`).
        """
        rest = " " * width_of(first) if rest is None else rest
        room = max(self.width, 40)
        lines, line, used, empty = [], first, width_of(first), True
        for gap, word in _WORDS.findall(brief(text)):
            size = width_of(word)
            if not empty and used + len(gap) + size > room:
                lines.append(line.rstrip())
                line, used, empty = rest, width_of(rest), True
            between = "" if empty else gap
            line, used, empty = f"{line}{between}{word}", used + len(between) + size, False
        return [*lines, line.rstrip()]

    def paragraphs(self, text: str, first: str) -> list[str]:
        """Each line of a text (a message and its next step) in lines of the terminal's width, all below the first one.

        What terminals obey stands there as escapes.
        """
        rest = " " * width_of(first)
        lines = [printable(line.strip()) for line in text.split("\n") if line.strip()]
        return [one for at, line in enumerate(lines) for one in self.wrap(line, rest if at else first, rest)]


#: The words of a text, each with the space before it.
_WORDS = re.compile(r"(\s*)(\S+)")


def width_of(text: str) -> int:
    """How many columns of a terminal a text takes: two for a wide character, none for one that combines."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )


def fitting(text: str, room: int) -> str:
    """As much of the beginning of a text as `room` columns hold."""
    for at, character in enumerate(text):
        room -= width_of(character)
        if room < 0:
            return text[:at]
    return text
