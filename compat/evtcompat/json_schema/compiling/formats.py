"""Asserted formats: some as regular languages, the others by the validator's own check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from evtcompat.algebra.ecma import parse
from evtcompat.json_schema.dialects import Dialect
from evtcompat.json_schema.property_names import Pattern

_LEAP = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)"
_LONG_MONTHS = "(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
_SHORT_MONTHS = "(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
_DAYS = f"(?:{_LONG_MONTHS}|{_SHORT_MONTHS}|02-(?:0[1-9]|1[0-9]|2[0-8]))"
_DATE = f"(?:[0-9]{{4}}-{_DAYS}|{_LEAP}-02-29)"
_BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"

#: Formats that are regular, as the validator checks them. ``0000`` is no year to Python's calendar.
_PATTERNS: Mapping[str, str] = {
    "date": f"^(?!0000){_DATE}$",
    "ipv4": f"^{_BYTE}(?:\\.{_BYTE}){{3}}$",
    "uuid": "^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
}


@cache
def language_of_format(name: str) -> Pattern | None:
    """The strings of a format, where they are modelled."""
    source = _PATTERNS.get(name)
    return None if source is None else Pattern(parse(source), f"format {name}")


@cache
def checker_of_format(name: str, dialect: Dialect) -> Callable[[object], bool | None] | None:
    """The validator's check of a format; ``None`` when it has none, so that the format asserts nothing."""
    import jsonschema

    checker = getattr(jsonschema, dialect.validator).FORMAT_CHECKER
    if name not in checker.checkers:
        return None
    return lambda value: bool(checker.conforms(value, name))
