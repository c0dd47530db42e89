"""JSON text: parsed by the standard library, guarded before and located after.

Positions are needed only where there is a finding, so parsing keeps none: `offset_of` walks the text again, and skips
what does not lead to the pointer. Where the parts of a text begin is kept for a while.
"""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache
from itertools import accumulate
from typing import Final, NoReturn

from evtcompat.errors import DocumentError, UnsupportedError
from evtcompat.model.json_texts import MOST_DIGITS
from evtcompat.model.json_types import JSON
from evtcompat.model.places import Place, child, tokens
from evtcompat.syntax import deep
from evtcompat.syntax.limits import MAXIMUM_NESTING
from evtcompat.syntax.positions import Position

#: A string; one without an end is what is left of the text, so that no other is looked for in it.
STRING: Final = r'"(?:[^"\\]++|\\.?)*+(?:"|\Z)'
#: A comment; a block without an end is what is left of the text.
COMMENT: Final = r"//[^\r\n]*+|/\*(?:[^*]++|\*(?!/))*+(?:\*/|\Z)"
_ESCAPES: Final = re.compile(rb"\\.", re.DOTALL)
_QUOTED: Final = re.compile(rb'"[^"]*+(?:"|\Z)')
#: A byte order mark.
_MARK: Final = "\ufeff"
_BRACKETS: Final = b"[]{}"
_NO_BRACKETS: Final = bytes(byte for byte in range(256) if byte not in _BRACKETS + b'"')
#: By how much a bracket changes the depth, as a signed byte.
_STEPS: Final = bytes.maketrans(_BRACKETS, b"\x01\xff\x01\xff")
_STRING_OR_COMMENT = re.compile(rf"{STRING}|{COMMENT}", re.DOTALL)
#: What has no comment in it, from the beginning of a text; without a call for each of its strings.
_NO_COMMENT: Final = re.compile(rf'(?:[^"/]++|{STRING}|/(?![/*]))*+', re.DOTALL)
_STRING_OR_CONSTANT = re.compile(rf"{STRING}|-?(?:NaN|Infinity)", re.DOTALL)
_EXPONENT = re.compile(r"-?\d[\d.]*[eE][-+]?0*(\d+)")
_SPACE = re.compile(r"[ \t\r\n]*")
_UP_TO_A_BRACKET: Final = re.compile(r'(?:[^"\[\]{}]++|"[^"\\]*+(?:\\.[^"\\]*+)*+")*+[\[\]{}]', re.DOTALL)
#: Texts that are kept without their comments, and of which is kept where their parts are.
_TEXTS: Final = 8
_NOT_A_LINE_END = re.compile(r"[^\r\n]")


# Every finding in a document asks for it.
@lru_cache(maxsize=_TEXTS)
def blank_comments(text: str) -> str:
    """The text with every ``//`` and ``/* */`` comment replaced by spaces, so that offsets stay what they were."""

    def blank(match: re.Match[str]) -> str:
        found = match.group()
        closed = found.startswith("//") or (found.startswith("/*") and found.endswith("*/") and found != "/*/")
        return _NOT_A_LINE_END.sub(" ", found) if closed else found

    if "/" not in text or _NO_COMMENT.fullmatch(text):
        return text
    return _STRING_OR_COMMENT.sub(blank, text)


def parse_json(text: str, origin: str | None, *, comments: bool = False, exact: bool = True) -> JSON:
    """The value that the text writes.

    Args:
        text: Without a byte order mark.
        origin: What the document is called in messages.
        comments: Accept C-style comments, as Avro Java does in ``.avsc`` files.
        exact: Give numbers with a fraction or an exponent as `Decimal` rather than `float`.

    Raises:
        DocumentError: Not JSON (line and column), a key that stands twice in one object (both positions), a number that
            JSON does not know, or nesting beyond `MAXIMUM_NESTING`.
    """
    if comments:
        try:
            return _parsed(text, origin, exact=exact)
        except DocumentError:
            # What is JSON as it stands has no comments, and most texts are.
            if (blank := blank_comments(text)) is text:
                raise
            text = blank
    return _parsed(text, origin, exact=exact)


class _RepeatedKeyError(Exception):
    """A key stands twice in one object."""


class _NoNumberError(Exception):
    """``NaN`` or ``Infinity`` stands for a number."""


def _distinct(members: list[tuple[str, JSON]]) -> dict[str, JSON]:
    value = dict(members)
    if len(value) != len(members):
        raise _RepeatedKeyError
    return value


def _no_number(_: str) -> NoReturn:
    raise _NoNumberError


def _decoder(parse_float: type[Decimal] | None) -> Callable[[str], JSON]:
    return json.JSONDecoder(object_pairs_hook=_distinct, parse_constant=_no_number, parse_float=parse_float).decode


_decode_exactly: Final = _decoder(Decimal)
_decode: Final = _decoder(None)


def _parsed(text: str, origin: str | None, *, exact: bool) -> JSON:
    """The value of a text without comments; see `parse_json`."""
    _guard_nesting(text, origin)
    decode = _decode_exactly if exact else _decode
    try:
        return deep.retried(lambda: decode(text))
    except _RepeatedKeyError:
        _refuse_duplicate(text, origin)
    except _NoNumberError:
        offset = next(m.start() for m in _STRING_OR_CONSTANT.finditer(text) if not m.group().startswith('"'))
        message = "NaN and Infinity are not JSON"
        raise DocumentError(message, place=_place(text, origin, offset), hint="Write a number, or null.") from None
    except json.JSONDecodeError as error:
        message = f"not valid JSON: {error.msg[0].lower()}{error.msg[1:]}"
        if not text.strip():
            message = "the file is empty; a schema is expected"
        elif text.startswith(_MARK):
            message = "not valid JSON: unexpected UTF-8 BOM (decode using utf-8-sig)"
        place = _place(text, origin, min(error.pos, len(text)))
        raise DocumentError(
            message, place=place, hint="Mend the JSON; an editor with JSON support marks it."
        ) from error
    except ValueError as error:
        # the only other ValueError is Python's own limit on the digits of one integer
        message = f"a number is too long to be read: it has more than {MOST_DIGITS:,} digits"
        raise UnsupportedError(message, place=Place(origin=origin)) from error
    except ArithmeticError as error:
        raise exponent_too_large(text, origin) from error


def exponent_too_large(text: str, origin: str | None) -> DocumentError:
    """The error for a text with a number whose exponent no arithmetic can hold; the place is that of the first."""
    found = max(_EXPONENT.finditer(text), key=lambda match: len(match[1]), default=None)
    place = Place(origin=origin) if found is None else _place(text, origin, found.start())
    return UnsupportedError(
        "the exponent of a number is too large to be read", place=place, hint="Write a smaller number."
    )


def offset_of(text: str, pointer: str) -> int | None:
    """The offset at which the value of `pointer` begins, or ``None`` when the text has no such part.

    The text must be one that `parse_json` accepted (comments blanked).
    """
    return _parts_of(text).offset_of(pointer)


def end_of(text: str, offset: int) -> int:
    """The offset just after the value that begins at `offset`."""
    return _parts_of(text).end_of(offset)


class _Parts:
    """Where the parts of a text begin and end: found for a container when it is asked for, and kept.

    What does not lead to a part is skipped from bracket to bracket, so that all containers together are read once,
    however deep they nest.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._scalar_at = json.JSONDecoder().raw_decode
        self._closings: dict[int, int] = {}
        self._starts: dict[int, Mapping[str, int]] = {}
        opened: list[int] = []
        match = _UP_TO_A_BRACKET.match(text)
        while match is not None:  # a search would look for another in the midst of the string that ends the text
            at = match.end() - 1
            if text[at] in "[{":
                opened.append(at)
            else:
                self._closings[opened.pop()] = at
            match = _UP_TO_A_BRACKET.match(text, at + 1)

    def offset_of(self, pointer: str) -> int | None:
        """See `offset_of`."""
        offset = _skip_space(self._text, 0)
        for token in tokens(pointer):
            if offset not in self._starts:
                self._starts[offset] = self._parts(offset)
            found = self._starts[offset].get(token)
            if found is None:
                return None
            offset = found
        return offset

    def end_of(self, offset: int) -> int:
        """See `end_of`."""
        closing = self._closings.get(offset)
        return self._scalar_at(self._text, offset)[1] if closing is None else closing + 1

    def _parts(self, offset: int) -> Mapping[str, int]:
        """Where each part of the object or array at `offset` begins, by name or index; nothing of a scalar."""
        text, found = self._text, dict[str, int]()
        if offset not in self._closings:
            return found
        named = text[offset] == "{"
        offset = _skip_space(text, offset + 1)
        while text[offset] not in "}]":
            name = str(len(found))
            if named:
                name, offset = self._scalar_at(text, offset)
                offset = _skip_space(text, _skip_space(text, offset) + 1)
            found[name] = offset
            offset = _skip_space(text, self.end_of(offset))
            if text[offset] == ",":
                offset = _skip_space(text, offset + 1)
        return found


# Every finding in a document asks for it, and a subject has two or more documents.
_parts_of = lru_cache(maxsize=_TEXTS)(_Parts)


def _skip_space(text: str, offset: int) -> int:
    match = _SPACE.match(text, offset)
    return match.end() if match else offset


def _guard_nesting(text: str, origin: str | None) -> None:
    """Refuse a text that nests deeper than the limit, without recursion."""
    # every level has two brackets
    if len(text) <= 2 * MAXIMUM_NESTING or text.count("[") + text.count("{") <= MAXIMUM_NESTING:
        return
    if _depth(text.encode("utf-8", "surrogatepass")) > MAXIMUM_NESTING:
        message = f"nested deeper than {MAXIMUM_NESTING} levels"
        hint = "Give the inner types names and refer to them, or split the schema."
        raise UnsupportedError(message, place=Place(origin=origin), hint=hint)


def deeper(text: bytes, levels: int) -> int:
    """How deep a JSON text nests, or `levels` where that is more."""
    if text.count(b"[") + text.count(b"{") <= levels:
        return levels
    return max(levels, _depth(text))


def _depth(text: bytes) -> int:
    """How deep the brackets outside of strings nest in a JSON text; told at the speed of C."""
    if b"\\" in text:
        text = _ESCAPES.sub(b"", text)
    brackets = _QUOTED.sub(b"", text.translate(None, _NO_BRACKETS))
    return max(accumulate(array("b", brackets.translate(_STEPS))), default=0)


def _refuse_duplicate(text: str, origin: str | None) -> NoReturn:
    """Tell both positions of the first key that stands twice in one object."""
    first, second, pointer = _first_duplicate(text)
    name = tokens(pointer)[-1]
    position = Position.at(text, first)
    message = f"the key {json.dumps(name, ensure_ascii=False)} stands twice in one object, first at {position}"
    hint = "Keep one of them: parsers disagree on which one counts."
    raise DocumentError(message, place=_place(text, origin, second, pointer), hint=hint)


def _first_duplicate(text: str) -> tuple[int, int, str]:
    """The offsets of both keys, and the pointer to the member.

    A walk with a stack of its own over strings and brackets: enough, since the text is known to be JSON up to here.
    """
    # per open container: the keys seen with their offsets (None for arrays), its pointer, the current key or index
    stack: list[tuple[dict[str, int] | None, str]] = []
    key: list[str | int] = []
    expecting_key = False
    for match in re.finditer(rf"{STRING}|[\[\]{{}},:]", text, re.DOTALL):
        found = match.group()
        if found in "{[":
            pointer = child(stack[-1][1], key[-1]) if stack else ""
            stack.append(({} if found == "{" else None, pointer))
            key.append("" if found == "{" else 0)
            expecting_key = found == "{"
        elif found in "}]":
            stack.pop()
            key.pop()
            expecting_key = False
        elif found == ",":
            current = key[-1]
            if isinstance(current, int):
                key[-1] = current + 1
            expecting_key = stack[-1][0] is not None
        elif found.startswith('"') and expecting_key:
            name = json.loads(found)
            seen, pointer = stack[-1]
            if seen is not None:
                if name in seen:
                    return seen[name], match.start(), child(pointer, name)
                seen[name] = match.start()
            key[-1] = name
            expecting_key = False
    message = "no duplicate key in the text"
    raise AssertionError(message)


def _place(text: str, origin: str | None, offset: int, pointer: str = "") -> Place:
    position = Position.at(text, offset)
    return Place(pointer=pointer, origin=origin, line=position.line, column=position.column)
