"""The words of a text in Avro's interface language, with their offsets (Avro 1.12, "IDL Language")."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple, NoReturn

from evtcompat.errors import DocumentError
from evtcompat.formats.avro.containers.idl_values import WHOLE, value_at, whole
from evtcompat.model.places import Place
from evtcompat.syntax.json_text import COMMENT, STRING, blank_comments
from evtcompat.syntax.positions import Position

if TYPE_CHECKING:
    from evtcompat.model.json_types import JSON

_DOC: Final = re.compile(rf"{STRING}|/\*(?P<doc>\*(?!/)(?:[^*]++|\*(?!/))*+)\*/|{COMMENT}", re.DOTALL)
#: A part of a name, in backquotes where it is a word of the language.
_PART: Final = r"(?:`[^`\r\n]+`|[^\W\d]\w*)"
_TOKEN: Final = re.compile(
    rf"""\s*(?:(?P<word>{_PART}(?:[.-]{_PART})*)|(?P<number>{WHOLE})|(?P<text>"(?:[^"\\]|\\.)*")"""
    r"""|(?P<mark>[@{}()<>\[\],;=?:|.+-]))""",
    re.DOTALL,
)
#: No size has more digits, whatever it is written in.
_LONGEST_NUMBER: Final = 12
_SPACE: Final = re.compile(r"\s*")
_LEADING_STAR: Final = re.compile(r"\n[ \t]*\*? ?")


class Token(NamedTuple):
    """A word, a number, a string or a mark."""

    text: str
    start: int
    end: int
    #: Whether it is a name: a word, one in backquotes too.
    is_word: bool = False


class Tokens:
    """The words of a text, read from the front."""

    def __init__(self, text: str, origin: str) -> None:
        """Nothing is read yet."""
        self._original = text
        self._text = blank_comments(text)
        self._origin = origin
        self._docs = [(match.end(), match["doc"]) for match in _DOC.finditer(text) if match["doc"] is not None]
        self.position = 0
        self._last = 0
        self.next = self._read()

    def _read(self) -> Token:
        match = _TOKEN.match(self._text, self.position)
        if match is None:
            start = _SPACE.match(self._text, self.position)
            at = len(self._text) if start is None else start.end()
            if at < len(self._text):
                self.refuse(f"{self._text[at]!r} has no meaning here", at)
            return Token("", at, at)
        kind = match.lastgroup or "mark"
        found = match[kind]
        self.position = match.end()
        return Token(
            found.replace("`", "") if kind == "word" else found, match.start(kind), match.end(), kind == "word"
        )

    def take(self) -> Token:
        """The next word, which is passed."""
        taken = self.next
        self._last = taken.end
        self.next = self._read()
        return taken

    def accept(self, text: str) -> bool:
        """Whether the next word is `text`; then it is passed."""
        if self.next.text != text:
            return False
        self.take()
        return True

    def expect(self, text: str) -> Token:
        """Pass the next word.

        Raises:
            DocumentError: It is not `text`.
        """
        if self.next.text != text:
            self.refuse(f"{_shown(self.next)} stands where {text!r} is expected", self.next.start)
        return self.take()

    def name(self, of: str) -> Token:
        """Pass a name.

        Raises:
            DocumentError: The next word is none.
        """
        if not self.next.is_word:
            self.refuse(f"{_shown(self.next)} stands where the name of {of} is expected", self.next.start)
        return self.take()

    def number(self) -> int:
        """Pass a whole number.

        Raises:
            DocumentError: The next word is none.
        """
        text = self.next.text
        try:
            found = whole(text) if text[:1].isdecimal() and len(text) <= _LONGEST_NUMBER else None
        except ValueError:
            found = None
        if found is None:
            self.refuse(f"{_shown(self.next)} stands where a number is expected", self.next.start)
        self.take()
        return found

    def string(self) -> str:
        """Pass a string.

        Raises:
            DocumentError: The next word is none.
        """
        if not self.next.text.startswith('"'):
            self.refuse(f"{_shown(self.next)} stands where a string is expected", self.next.start)
        value = self.json()
        return value if isinstance(value, str) else ""

    def json(self) -> JSON:
        """Pass a value of JSON.

        Raises:
            DocumentError: What follows is none.
        """
        start = self.next.start
        try:
            value, end = value_at(self._text, start)
        except (ValueError, RecursionError):
            self.refuse("a value of JSON is expected", start)
        self.position = self._last = end
        self.next = self._read()
        return value

    @property
    def last(self) -> int:
        """The offset after the word that was passed last."""
        return self._last

    def doc(self) -> str | None:
        """The documentation between the word that was passed last and the next."""
        found = [text for end, text in self._docs if self._last <= end - 1 <= self.next.start]
        if not found:
            return None
        lines = _LEADING_STAR.sub("\n", found[-1][1:].replace("\r\n", "\n"))
        return lines.strip()

    def refuse(self, message: str, start: int) -> NoReturn:
        """Say that the text is not IDL, at an offset.

        Raises:
            DocumentError: Always.
        """
        message = f"not valid Avro IDL: {message}"
        raise DocumentError(message, place=self.place(start), hint="Mend the IDL; avro-tools tells as well.")

    def place(self, offset: int) -> Place:
        """The line and column of an offset."""
        position = Position.at(self._original, offset)
        return Place(origin=self._origin, line=position.line, column=position.column)


def _shown(token: Token) -> str:
    return repr(token.text) if token.text else "the end of the file"
