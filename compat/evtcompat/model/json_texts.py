"""JSON texts without loss: every number keeps its digits, and equal values give equal bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple

#: As many digits as Python reads of a whole number.
MOST_DIGITS: Final = 4_300
#: A value whose one-line form is at most this long stays on one line.
_LINE = 96
#: What would make a file invalid UTF-8, or is not to be seen in it: surrogates, controls, separators, directions.
_HARMFUL = re.compile("[\ud800-\udfff\x7f-\xa0\u2000-\u206f\ufeff]")


class FarNumberError(ValueError):
    """A number whose exponent is so large that to write out its digits, or to compare it, takes minutes."""


def number(text: str) -> Decimal:
    """A number with a fraction or an exponent.

    Raises:
        FarNumberError: It has more than `MOST_DIGITS` digits when it is written out.
    """
    try:
        found = Decimal(text)
    except ArithmeticError:
        found = None
    if found is None or abs(found.adjusted()) > MOST_DIGITS:
        message = f"a number of more than {MOST_DIGITS} digits"
        raise FarNumberError(message)
    return found


class RepeatedMemberError(ValueError):
    """An object has a member twice: which of the two holds is a guess. The message names it."""


def loads(
    data: bytes | bytearray | str,
    parse_float: Callable[[str], object] | None = None,
    *,
    unique: bool = False,
    finite: bool = False,
) -> Any:  # noqa: ANN401 - any JSON
    """The value of a JSON text that somebody else wrote, its numbers as `json.loads` has them.

    Args:
        data: The text.
        parse_float: Makes the numbers that are not whole.
        unique: Whether an object must have each member once; without it the last one holds.
        finite: Whether ``NaN`` and ``Infinity``, which are no JSON, are refused; without it they are numbers.

    Raises:
        RepeatedMemberError: It has not.
        ValueError: It is not JSON, not Unicode, or nests deeper than the interpreter can follow.
    """
    try:
        return json.loads(
            data,
            parse_float=parse_float,
            parse_constant=_no_number if finite else None,
            object_pairs_hook=_once if unique else None,
        )
    except RecursionError as error:
        message = "it nests too deep to be read"
        raise ValueError(message) from error


def _no_number(word: str) -> object:
    message = f"{word} is no number of JSON"
    raise ValueError(message)


def _once(members: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(members)
    if len(found) < len(members):
        names = [name for name, _ in members]
        twice = next(name for name in found if names.count(name) > 1)
        message = f"an object has the member {twice[:60]!r} twice"
        raise RepeatedMemberError(message)
    return found


def parse(data: bytes | str, *, finite: bool = False) -> object:
    """The value of a JSON text, numbers with a fraction or an exponent as `Decimal`; `finite` as in `loads`.

    Raises:
        FarNumberError: A number in it has more than `MOST_DIGITS` digits.
        ValueError: It is not JSON, not UTF-8, or nests deeper than the interpreter can follow.
    """
    value: object = loads(data.decode("utf-8") if isinstance(data, bytes) else data, number, finite=finite)
    return value


def one_line(value: object) -> str:
    """The value as JSON on one line. Numbers stand as they are, `Decimal` included."""
    try:
        text = _ENCODE(value)
    except (TypeError, RecursionError):  # a `Decimal`
        return "".join(pieces(value, _text))
    # nothing in it is written otherwise here than by the standard library
    return "".join(pieces(value, _text)) if "\\" in text or _HARMFUL.search(text) else text


_ENCODE: Final = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode


def pieces(value: object, text: Callable[[str], str]) -> Iterator[str]:
    """The JSON text of a value on one line, piece by piece; `text` writes a string, and the name of a member."""

    def shown(one: object, _: int) -> str | _Breaks:
        if isinstance(one, str):
            return text(one)
        if isinstance(one, Mapping | list | tuple):
            return _ON_ONE_LINE
        return str(one) if isinstance(one, Decimal) else json.dumps(one)

    return _written(value, text, shown)


class _Breaks(NamedTuple):
    """What stands before the first part of a list or an object, before each further one, and behind the last."""

    first: str
    further: str
    last: str


_ON_ONE_LINE: Final = _Breaks("", ", ", "")
#: What no JSON value is: there are no more parts.
_ENDED: Final = object()


def _written(value: object, text: Callable[[str], str], shown: Callable[[object, int], str | _Breaks]) -> Iterator[str]:
    """The JSON text of a value, piece by piece, however deep it nests.

    Args:
        value: The value.
        text: Writes the name of a member.
        shown: The text of a part at a depth, or how a list or an object is broken up.
    """
    opened: list[tuple[Iterator[tuple[str, object]], str]] = [(iter((("", value),)), "")]
    while opened:
        rest, end = opened[-1]
        lead, one = next(rest, (end, _ENDED))
        yield lead
        if one is _ENDED:
            opened.pop()
            continue
        found = shown(one, len(opened) - 1)
        if isinstance(found, str):
            yield found
        elif isinstance(one, Mapping):
            yield "{"
            names = ((f"{text(name)}: ", member) for name, member in one.items())
            opened.append((_led(names, found), f"{found.last}}}"))
        else:
            yield "["
            items = (("", item) for item in one)  # type: ignore[attr-defined]  # a list, as it is broken up
            opened.append((_led(items, found), f"{found.last}]"))


def _led(parts: Iterable[tuple[str, object]], breaks: _Breaks) -> Iterator[tuple[str, object]]:
    """Each part with what stands before it."""
    lead = breaks.first
    for name, part in parts:
        yield lead + name, part
        lead = breaks.further


def _text(text: str) -> str:
    """A JSON string that is valid UTF-8 whatever it holds, and shows no control or direction characters."""
    return json.dumps(text, ensure_ascii=_HARMFUL.search(text) is not None)


def document(value: object) -> bytes:
    """The value as a JSON document for people and for diffs: short parts on one line, a final line break, UTF-8."""

    def shown(one: object, depth: int) -> str | _Breaks:
        line = _short(one, _LINE - depth)
        indent = " " * depth
        return _Breaks(f"\n{indent} ", f",\n{indent} ", f"\n{indent}") if line is None else line

    return ("".join(_written(value, _text, shown)) + "\n").encode()


def _short(value: object, most: int) -> str | None:
    """The value on one line; ``None`` for a list or an object that would be longer than `most`."""
    if not isinstance(value, Mapping | list | tuple) or not value:
        return one_line(value)
    found: list[str] = []
    length = 0
    for piece in pieces(value, _text):
        found.append(piece)
        length += len(piece)
        if length > most:
            return None
    return "".join(found)
