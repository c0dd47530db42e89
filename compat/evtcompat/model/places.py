"""Where something is: a JSON pointer (RFC 6901) into a document, with line and column once the text is known."""

from __future__ import annotations

import re
from typing import Final

from evtcompat.dataclasses import dataclass, field

_POSITION: Final = re.compile(r"(?P<origin>.*):(?P<line>\d+):(?P<column>\d+)", re.DOTALL)


def escape(token: str) -> str:
    """The reference token of RFC 6901 for a member name."""
    if "~" not in token and "/" not in token:
        return token
    return token.replace("~", "~0").replace("/", "~1")


def unescape(token: str) -> str:
    """The member name that a reference token of RFC 6901 stands for."""
    return token.replace("~1", "/").replace("~0", "~")


def child(pointer: str, token: str | int) -> str:
    """The pointer to a member (by name) or an item (by index) of what `pointer` names."""
    return f"{pointer}/{escape(token) if isinstance(token, str) else token}"


def tokens(pointer: str) -> tuple[str, ...]:
    """The unescaped reference tokens of a pointer; empty for the whole document.

    Raises:
        ValueError: The pointer is neither empty nor begins with ``/``.
    """
    if not pointer:
        return ()
    if not pointer.startswith("/"):
        message = f"not a JSON pointer: {pointer!r}"
        raise ValueError(message)
    return tuple(unescape(token) for token in pointer[1:].split("/"))


@dataclass(frozen=True, slots=True)
class Place:
    """A part of a document.

    Engines fill `pointer` and `names`, and `origin` when the part lies in another document than the one compared
    (a referenced file); the check adds `origin`, `line` and `column` when it knows the text.
    """

    #: JSON pointer, ``""`` for the whole document.
    pointer: str = ""
    #: The same place by names a person uses (``OrderPlaced.lines[].price``), or ``""``.
    names: str = ""
    #: What the document is called: a path, ``registry:subject@3``, ``HEAD:path``.
    origin: str | None = None
    #: 1-based.
    line: int | None = None
    #: 1-based, counted in characters (code points), not bytes.
    column: int | None = None
    #: The column after the last character of the part, or of its first line.
    end_column: int | None = None
    #: The source line, without its end.
    source: str | None = None
    #: Where the references stand by which it was reached, the outermost first; in places as an engine fills them.
    through: tuple[Place, ...] = field(default=(), compare=False, repr=False)

    def __str__(self) -> str:
        """``file:line:column`` as far as known, else the pointer."""
        if self.origin is None:
            return self.pointer
        if self.line is None:
            return f"{self.origin}#{self.pointer}" if self.pointer else self.origin
        return f"{self.origin}:{self.line}:{self.column}"


def place_of(text: str) -> Place:
    """The place that a text of one is about, as far as the text tells: its file, and its line and column or pointer."""
    match = _POSITION.fullmatch(text)
    if match:
        return Place(origin=match["origin"], line=int(match["line"]), column=int(match["column"]))
    origin, _, pointer = text.partition("#")
    return Place(pointer, origin=origin)
