"""The messages that an editor sends: each has a head that says how long it is (LSP 3.17, "Base Protocol").

A head that says it wrongly leaves nobody able to tell where the next message begins, so that what follows would be
waited for without end: the input ends there. A message that is none, in a head that is right, is left out.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from typing import Final, Protocol

from evtcompat.reading import LARGEST_SCHEMA

_FIELD: Final = re.compile(rb"([A-Za-z0-9-]+)[ \t]*:[ \t]*(.*?)[ \t]*\r?\n", re.DOTALL)
_LENGTH: Final = b"content-length"
_DIGITS: Final = re.compile(rb"[0-9]{1,9}")
#: A message may have so many bytes: the largest schema that is read, every character of it by its number, and the rest.
_LARGEST: Final = 6 * LARGEST_SCHEMA + 64 * 1024
_LONGEST_LINE: Final = 8192
_MOST_LINES: Final = 64


class Source(Protocol):
    """What bytes are read from."""

    def readline(self, size: int = -1, /) -> bytes | None:
        """A line with its end, or `size` bytes of one; ``b""`` at the end of the input."""
        ...

    def read(self, size: int = -1, /) -> bytes | None:
        """So many bytes, fewer at the end of the input."""
        ...


class Frames:
    """The input of an editor without what is no message; for a reader of lines and bytes."""

    def __init__(self, source: Source, tell: Callable[[str], None] | None = None) -> None:
        """Nothing is read yet.

        Args:
            source: What the editor writes to.
            tell: Gets a sentence on each message that is left out; by default standard error does.
        """
        self._source = source
        self._tell = tell or _on_standard_error
        self._ready = b""
        #: Why the input ended before its end, if it did.
        self.fault: str | None = None

    def readline(self) -> bytes:
        """The next line of a head or of a message; ``b""`` at the end, and after a head that is wrong."""
        if not self._ready and self.fault is None:
            self._ready = self._next()
        line, end, _ = self._ready.partition(b"\n")
        return self.read(len(line) + len(end))

    def read(self, size: int) -> bytes:
        """So many bytes of the message whose head was read last."""
        found, self._ready = self._ready[:size], self._ready[size:]
        return found

    def _next(self) -> bytes:
        """The next message with its head; ``b""`` at the end."""
        while (length := self._head()) is not None:
            body = self._source.read(length) or b""
            if len(body) < length:
                self.fault = f"the input ends after {len(body)} bytes of a message of {length}"
                return b""
            reason = _no_message(body)
            if reason is None:
                return b"Content-Length: %d\r\n\r\n%b" % (length, body)
            self._tell(f"a message of {length} bytes is left out: {reason}")
        return b""

    def _head(self) -> int | None:
        """The length of the next message; ``None`` at the end, or where the head does not tell it."""
        lengths: set[bytes] = set()
        lines = 0
        while True:
            line = self._source.readline(_LONGEST_LINE) or b""
            if not line and not lines:
                return None
            if not line.strip():
                if line and not lines:
                    continue  # between two messages
                break
            lines += 1
            field = _FIELD.fullmatch(line)
            if field is None or lines > _MOST_LINES:
                return self._ended("has a line that is no field")
            if field[1].lower() == _LENGTH:
                lengths.add(field[2])
        if not line:
            return self._ended("is cut off")
        if len(lengths) != 1:
            return self._ended("does not say how long the message is" if not lengths else "names two lengths")
        (length,) = lengths
        if _DIGITS.fullmatch(length) is None or int(length) > _LARGEST:
            return self._ended(f"names a length that is none, or more than {_LARGEST} bytes")
        return int(length)

    def _ended(self, what: str) -> int | None:
        """No length: the input ends, and it is known why."""
        self.fault = f"the head of a message {what}, so that nobody can tell where the next one begins"
        return None


def _no_message(body: bytes) -> str | None:
    """Why the bytes are no message of JSON-RPC 2.0; ``None`` for one that is."""
    try:
        found = json.loads(body.decode("utf-8"))
    except UnicodeDecodeError:
        return "it is not UTF-8"
    except RecursionError:
        return "it nests too deep"
    except ValueError:
        return "it is not JSON"
    if not isinstance(found, dict) or found.get("jsonrpc") != "2.0":
        return "it is no object of JSON-RPC 2.0"
    name = found.get("id")
    if isinstance(name, bool) or not isinstance(name, str | int | None):
        return "its id is neither a number nor a text"
    if not isinstance(found.get("method", ""), str):
        return "its method is no text"
    if isinstance(name, str) and not name.isprintable():  # half a character could not be sent back
        return "its id has characters that cannot be shown"
    return None


def _on_standard_error(sentence: str) -> None:
    sys.stderr.write(f"evtcompat lsp: {sentence}\n")
    sys.stderr.flush()
