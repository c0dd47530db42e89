"""Values as JSON shows them: how what a decoder or an engine made is put in JSON's terms, told apart and copied."""

from __future__ import annotations

import datetime as dt
import math
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

#: Asked first, as most values are of one of these: a class is found here faster than among the bases of another.
_AS_THEY_ARE: Final = frozenset({str, int, bool, type(None)})


def view(value: object) -> object:
    """A decoded value in JSON's terms: ISO 8601 for times, text for decimals and UUIDs, ISO 8859-1 for bytes.

    NaN and the infinities become text. So does `Decimal`: as a JSON number it would lose its digits in many readers.
    """
    if type(value) in _AS_THEY_ARE:
        return value
    if isinstance(value, dict):
        return {str(name): one if type(one) in _AS_THEY_ARE else view(one) for name, one in value.items()}
    if isinstance(value, float):
        if math.isfinite(value):
            return value
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, bytes):
        return value.decode("iso-8859-1")
    if isinstance(value, list):
        return [view(item) for item in value]
    return _viewed(value)


def _viewed(value: object) -> object:
    """What is met less often."""
    if isinstance(value, int | str):
        return value
    if isinstance(value, Mapping):
        return {str(name): view(member) for name, member in value.items()}
    if isinstance(value, tuple):
        return [view(item) for item in value]
    if isinstance(value, bytearray):
        return value.decode("iso-8859-1")
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, uuid.UUID):
        return str(value)
    message = f"a decoder gave a {type(value).__name__}, which has no form in JSON here"
    raise TypeError(message)


def same(left: object, right: object) -> bool:
    """Whether two JSON values are one, types included: ``1`` and ``true`` differ, ``0.0`` and ``-0.0`` too."""
    pending = [(left, right)]
    while pending:
        one, other = pending.pop()
        if isinstance(one, dict) and isinstance(other, dict):
            if one.keys() != other.keys():
                return False
            pending += [(member, other[name]) for name, member in one.items()]
        elif isinstance(one, list) and isinstance(other, list):
            if len(one) != len(other):
                return False
            pending += zip(one, other, strict=True)
        elif not _same_scalar(one, other):
            return False
    return True


def _same_scalar(left: object, right: object) -> bool:
    if isinstance(left, float | Decimal) or isinstance(right, float | Decimal):
        numbers = isinstance(left, float | Decimal) and isinstance(right, float | Decimal)
        return numbers and str(Decimal(str(left)).normalize()) == str(Decimal(str(right)).normalize())
    return type(left) is type(right) and left == right


def json_copy(value: object) -> object:
    """A copy whose lists and objects are its own."""
    if isinstance(value, Mapping):
        return {name: json_copy(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [json_copy(item) for item in value]
    return value
