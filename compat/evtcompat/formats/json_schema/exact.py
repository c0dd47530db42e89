"""JSON values with exact numbers, and their identity as JSON Schema sees it.

JSON Schema compares numbers by their mathematical value (``1``, ``1.0`` and ``10e-1`` are one) and never takes a
boolean for a number. Python does neither, so every comparison of instances goes through `key`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Hashable
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal
from fractions import Fraction
from typing import Any, Final, TypeAlias

from evtcompat.model.json_texts import pieces
from evtcompat.model.json_types import JSON

#: Numbers of a schema whose decimal exponent lies beyond this are refused: exact arithmetic on them needs that many
#: digits, and a few such numbers are multiplied in the course of it.
MAX_EXPONENT = 1_000
#: The decimal exponent and the digits of what arithmetic may make of them; Python writes out integers of up to 4,300.
MAX_COMPUTED = 4_000

#: Arithmetic that drops no digit.
_EXACT = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)

#: Any JSON value; the checker is not asked to follow them.
Value: TypeAlias = Any

#: The JSON types, in the order in which a witness is looked for (the least to read first).
TYPES = ("null", "boolean", "number", "string", "array", "object")


class NumberOutOfRangeError(ValueError):
    """A number is infinite, not a number, or beyond a limit."""


def refuse_large(number: float | Decimal) -> None:
    """Refuse a number of a schema that exact arithmetic does not handle.

    Raises:
        NumberOutOfRangeError: It is beyond `MAX_EXPONENT`, or has no finite value.
    """
    if not isinstance(number, int):
        _finite(number, MAX_EXPONENT)


def fraction(number: float | Decimal) -> Fraction:
    """The exact value that a JSON number was written with; a float counts as its shortest decimal notation.

    Raises:
        NumberOutOfRangeError: It has none, or one beyond `MAX_COMPUTED`.
    """
    return Fraction(number if isinstance(number, int) else _finite(number, MAX_COMPUTED))


def _finite(number: float | Decimal, limit: int) -> Decimal:
    """A number with a fraction or an exponent as it was written.

    Raises:
        NumberOutOfRangeError: It has no finite value, or one beyond the limit.
    """
    if isinstance(number, float):
        if not math.isfinite(number):
            message = f"{number} is not a finite number (it may have been too large for a float when it was read)"
            raise NumberOutOfRangeError(message)
        number = Decimal(repr(number))
    if not number.is_finite() or (number and abs(number.adjusted()) > limit):
        message = f"the number {number} lies beyond 10^{limit}"
        raise NumberOutOfRangeError(message)
    return number


def shortest(number: Decimal) -> int | Decimal:
    """The number written with the fewest digits; a whole one as an integer."""
    if number == number.to_integral_value():
        return int(number)
    return number.normalize(_EXACT)


def number_value(value: Fraction) -> int | Decimal:
    """The JSON number of a rational with a finite decimal notation."""
    if value.denominator == 1:
        return value.numerator
    digits = len(str(value.numerator)) + value.denominator.bit_length() + 1
    return (
        Context(prec=max(digits, 28))
        .divide(Decimal(value.numerator), Decimal(value.denominator))
        .normalize(Context(prec=max(digits, 28)))
    )


_TYPE_OF = {str: "string", int: "number", Decimal: "number", bool: "boolean", dict: "object", list: "array"}


def type_of(value: object) -> str:
    """The JSON type of a value; integers are numbers."""
    if value is None:
        return "null"
    known = _TYPE_OF.get(type(value))
    if known is not None:
        return known
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "string"
    if isinstance(value, (int, float, Decimal)):
        return "number"
    return "object" if isinstance(value, dict) else "array"


def values_in(value: Value) -> int:
    """How many values a value is written with, itself and all that is in it."""
    count, pending = 1, [value]
    while pending:
        one = pending.pop()
        if isinstance(one, (dict, list)):
            count += len(one)
            inner = one.values() if isinstance(one, dict) else one
            pending += [part for part in inner if isinstance(part, (dict, list))]
    return count


def key(value: object) -> Hashable:
    """Equal for two values exactly if JSON Schema calls them equal.

    Raises:
        NumberOutOfRangeError: A number in it cannot be compared exactly.
    """
    if type(value) in _KEYS:
        return value
    if isinstance(value, bool):
        return ("b", value)
    if isinstance(value, (int, float, Decimal)):
        # Python compares and hashes integers and decimals by what they are worth, to the last digit.
        return value if isinstance(value, int) else _finite(value, MAX_COMPUTED)
    if isinstance(value, dict):
        # asked here too, as most members and items are
        return ("o", frozenset([(name, one if type(one) in _KEYS else key(one)) for name, one in value.items()]))
    if isinstance(value, (list, tuple)):
        return ("a", tuple([one if type(one) in _KEYS else key(one) for one in value]))
    if isinstance(value, str):
        return value
    message = f"not a JSON value: {type(value).__name__}"
    raise TypeError(message)


#: Types whose values tell themselves apart as JSON Schema does.
_KEYS: Final = frozenset((str, int, type(None)))


def same(one: Value, other: Value) -> bool:
    """Whether JSON Schema calls two values equal, as `key` tells, for values of any depth.

    Python compares nested containers by recursion in C, which some releases allow a few hundred levels and no more.
    """
    pairs = [(one, other)]
    while pairs:
        one, other = pairs.pop()
        if isinstance(one, dict):
            if not isinstance(other, dict) or one.keys() != other.keys():
                return False
            pairs.extend((member, other[name]) for name, member in one.items())
        elif isinstance(one, (list, tuple)):
            if not isinstance(other, (list, tuple)) or len(one) != len(other):
                return False
            pairs.extend(zip(one, other, strict=True))
        elif one != other or (type(one) is not str and key(one) != key(other)):
            return False
    return True


def size(value: object) -> int:
    """How much there is to read in a value: characters of its shortest JSON text, roughly."""
    if isinstance(value, dict):
        return 2 + sum(len(name) + 4 + size(member) for name, member in value.items())
    if isinstance(value, (list, tuple)):
        return 2 + sum(1 + size(item) for item in value)
    if isinstance(value, str):
        return 2 + len(value)
    return len(str(value))


def parse(text: str) -> JSON:
    """The value of a JSON text, numbers with a fraction or an exponent as `Decimal`.

    Raises:
        NumberOutOfRangeError: The exponent of one is too large.
    """
    try:
        value: JSON = json.loads(text, parse_float=Decimal)
    except ArithmeticError as error:
        message = "the exponent of a number is too large"
        raise NumberOutOfRangeError(message) from error
    return value


def exactly(value: Value) -> Value:
    """The value with finite floats as the `Decimal` of their shortest notation; parts without any are shared."""
    if isinstance(value, float):
        return Decimal(repr(value)) if math.isfinite(value) else value
    if isinstance(value, dict):
        changed = value
        for name, member in value.items():
            kind = type(member)
            if kind is not str and kind is not int:
                found = exactly(member)
                if found is not member:
                    if changed is value:
                        changed = dict(value)
                    changed[name] = found
        return changed
    if isinstance(value, list):
        items = [exactly(item) for item in value]
        return items if any(one is not other for one, other in zip(items, value, strict=True)) else value
    return value


def readable(value: Value) -> Value:
    """The value with each `Decimal` as the float that is written alike, where there is one, so that `json` takes it."""
    if isinstance(value, Decimal):
        near = float(value)
        return near if math.isfinite(near) and Decimal(repr(near)) == value else value
    if isinstance(value, dict):
        return {name: readable(member) for name, member in value.items()}
    return [readable(item) for item in value] if isinstance(value, (list, tuple)) else value


def _text(value: str) -> str:
    """The JSON text of a string; escaped where it holds half a surrogate pair, which no encoding can write."""
    text = json.dumps(value, ensure_ascii=False)
    return text if text.isascii() or not _SURROGATE.search(text) else json.dumps(value)


_SURROGATE = re.compile("[\\ud800-\\udfff]")


#: The encoder of the standard library, which knows neither `Decimal` nor what no encoding can write.
_ENCODE = json.JSONEncoder(ensure_ascii=False).encode


def dump(value: object) -> str:
    """The JSON text of a value, numbers exactly as they are."""
    if type(value) is Decimal:
        return str(value)
    try:
        text = _ENCODE(value)
    except TypeError:
        return "".join(pieces(value, _text))
    return text if text.isascii() or not _SURROGATE.search(text) else "".join(pieces(value, _text))
