"""The values of a text in Avro's interface language: JSON, with the literals of Java (Avro 1.12, `Idl.g4`)."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from evtcompat.syntax.json_text import STRING

if TYPE_CHECKING:
    from evtcompat.model.json_types import JSON

_FRACTION: Final = r"(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?[fFdD]?|\d+(?:[eE][+-]?\d+[fFdD]?|[fFdD])"
_HEXADECIMAL: Final = r"0[xX](?:[\da-fA-F]+\.?|[\da-fA-F]*\.[\da-fA-F]+)[pP][+-]?\d+[fFdD]?"
#: A whole number: decimal, hexadecimal behind ``0x``, octal behind a zero.
WHOLE: Final = r"(?:0[xX][\da-fA-F]+|\d+)[lL]?"
_WORD: Final = re.compile(
    rf"\s*(?:(?P<text>{STRING})|(?P<real>[+-]?(?:NaN|Infinity|{_HEXADECIMAL}|{_FRACTION}))|(?P<whole>-?{WHOLE})"
    r"|(?P<constant>true|false|null)\b|(?P<mark>[\[\]{},:]))",
    re.DOTALL,
)
_CONSTANTS: Final[dict[str, JSON]] = {"true": True, "false": False, "null": None}
#: Escapes of Java that JSON has not: a quote of the other kind, and characters by their octal numbers.
_ESCAPE: Final = re.compile(r"\\(?:(?P<quote>')|(?P<octal>[0-3]?[0-7]{1,2})|.)", re.DOTALL)


def value_at(text: str, offset: int) -> tuple[JSON, int]:
    """The value that begins at an offset, and the offset after it.

    Raises:
        ValueError: There is none.
        RecursionError: It nests too deep.
    """
    kind, word, end = _read(text, offset)
    if kind == "text":
        return _text(word), end
    if kind == "real":
        return _real(word), end
    if kind == "whole":
        return whole(word), end
    if kind == "constant":
        return _CONSTANTS[word], end
    if word == "[":
        return _items(text, end)
    if word == "{":
        return _members(text, end)
    message = f"no value begins with {word!r}"
    raise ValueError(message)


def whole(word: str) -> int:
    """The number that a whole number is written for.

    Raises:
        ValueError: It begins with a zero and has a digit that is not octal, or is too long.
    """
    sign, digits = (-1, word[1:]) if word.startswith("-") else (1, word)
    digits = digits.rstrip("lL")
    if digits[:2] in ("0x", "0X"):
        return sign * int(digits, 16)
    return sign * int(digits, 8 if digits.startswith("0") else 10)


def _read(text: str, offset: int) -> tuple[str, str, int]:
    match = _WORD.match(text, offset)
    if match is None or match.lastgroup is None:
        message = "a value is expected"
        raise ValueError(message)
    return match.lastgroup, match[match.lastgroup], match.end()


def _items(text: str, offset: int) -> tuple[list[JSON], int]:
    items: list[JSON] = []
    goes_on, offset = _opened(text, offset, "]")
    while goes_on:
        item, offset = value_at(text, offset)
        items.append(item)
        goes_on, offset = _continued(text, offset, "]")
    return items, offset


def _members(text: str, offset: int) -> tuple[dict[str, JSON], int]:
    members: dict[str, JSON] = {}
    goes_on, offset = _opened(text, offset, "}")
    while goes_on:
        name, offset = value_at(text, offset)
        _, colon, offset = _read(text, offset)
        if not isinstance(name, str) or colon != ":":
            message = "a member is a name, a colon and a value"
            raise ValueError(message)
        members[name], offset = value_at(text, offset)
        goes_on, offset = _continued(text, offset, "}")
    return members, offset


def _opened(text: str, offset: int, closing: str) -> tuple[bool, int]:
    """Whether there is a first part, and where it begins; else the offset after the closing mark."""
    _, word, end = _read(text, offset)
    return (False, end) if word == closing else (True, offset)


def _continued(text: str, offset: int, closing: str) -> tuple[bool, int]:
    """Whether there is a further part, and the offset after the mark that says so."""
    _, mark, end = _read(text, offset)
    if mark not in (",", closing):
        message = f"a comma or {closing!r} is expected"
        raise ValueError(message)
    return mark == ",", end


def _real(word: str) -> float:
    number = word.rstrip("fFdD")
    return float.fromhex(number) if number.lstrip("+-")[:2] in ("0x", "0X") else float(number)


def _text(word: str) -> str:
    found: str = json.loads(_ESCAPE.sub(_as_json, word))
    return found


def _as_json(match: re.Match[str]) -> str:
    if match["quote"]:
        return "'"
    return f"\\u{int(match['octal'], 8):04x}" if match["octal"] else match.group()
