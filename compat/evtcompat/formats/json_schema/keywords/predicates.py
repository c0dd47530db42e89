"""Which values the metaschemas accept: predicates for the shapes of keywords."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from evtcompat.formats.json_schema.exact import key
from evtcompat.formats.json_schema.keywords.keyword import Check

_SIMPLE_TYPES = frozenset(("array", "boolean", "integer", "null", "number", "object", "string"))
_TEXT = frozenset((str,))


def text(value: object) -> bool:
    """Any string."""
    return isinstance(value, str)


def flag(value: object) -> bool:
    """``true`` or ``false``."""
    return isinstance(value, bool)


def array(value: object) -> bool:
    """Any list."""
    return isinstance(value, list)


def anything(value: object) -> bool:  # noqa: ARG001 - a predicate like the others
    """Any value."""
    return True


def number(value: object) -> bool:
    """Any number."""
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def _integer(value: object) -> bool:
    if isinstance(value, Decimal):
        return value == value.to_integral_value()
    return (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, float) and value.is_integer())


def count(value: object) -> bool:
    """A whole number from 0 upwards."""
    return _integer(value) and value >= 0  # type: ignore[operator]  # an integer by the first half


def written_count(value: object) -> bool:
    """A whole number from 0 upwards that is written without a fraction, as draft 4 wants it."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def positive(value: object) -> bool:
    """A number above 0."""
    return number(value) and value > 0  # type: ignore[operator]  # a number by the first half


def _distinct(value: Sequence[object]) -> bool:
    if _TEXT.issuperset(map(type, value)):
        return len(set(value)) == len(value)
    return len({key(item) for item in value}) == len(value)


def _texts(value: list[object]) -> bool:
    return _TEXT.issuperset(map(type, value)) or all(isinstance(item, str) for item in value)


def names(value: object) -> bool:
    """Any strings. The metaschemas want them distinct, and said twice they demand no more than said once."""
    return isinstance(value, list) and _texts(value)


def types(value: object) -> bool:
    """The name of a type, or some of them; said twice they allow no more than said once."""
    if isinstance(value, str):
        return value in _SIMPLE_TYPES
    return bool(value) and names(value) and _SIMPLE_TYPES.issuperset(value)  # type: ignore[arg-type]  # a list


def some(value: object) -> bool:
    """At least one value; said twice they allow no more than said once."""
    return isinstance(value, list) and bool(value)


def repeated(value: Sequence[object]) -> bool:
    """Whether a list says anything twice."""
    return not _distinct(value)


def names_by_name(value: object) -> bool:
    """Any strings by name."""
    return isinstance(value, dict) and all(names(item) for item in value.values())


def vocabularies(value: object) -> bool:
    """Booleans by name."""
    return isinstance(value, dict) and all(isinstance(item, bool) for item in value.values())


def matching(pattern: str) -> Check:
    """Strings that a pattern matches as a whole."""
    compiled = re.compile(pattern)
    return lambda value: isinstance(value, str) and compiled.fullmatch(value) is not None


#: Predicates for which it is enough to know that the value's type is this one and no subclass.
_BY_TYPE: Final[Mapping[Check, type]] = {text: str, flag: bool, number: int}


def type_of_check(check: Check) -> type | None:
    """A type of which the predicate holds for every value, where there is a plain one."""
    return _BY_TYPE.get(check)
