"""Asserted formats: some as regular languages, the others by the validator's own check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from evtcompat.formats.json_schema.algebra.property_names import Pattern
from evtcompat.formats.json_schema.dialect import Dialect
from evtcompat.formats.json_schema.exact import Value
from evtcompat.regular.ecma import parse

_LEAP = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)"
_LONG_MONTHS = "(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
_SHORT_MONTHS = "(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
_DAYS = f"(?:{_LONG_MONTHS}|{_SHORT_MONTHS}|02-(?:0[1-9]|1[0-9]|2[0-8]))"
_DATE = f"(?:[0-9]{{4}}-{_DAYS}|{_LEAP}-02-29)"
_BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = f"{_BYTE}(?:\\.{_BYTE}){{3}}"
_HOUR = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_TIME = f"{_HOUR}:[0-5][0-9](?:\\.[0-9]+)?(?:[Zz]|[+-]{_HOUR})"
_GROUP = "[0-9a-fA-F]{1,4}"


def _ipv6() -> str:
    """Eight groups, of which the last two may be written as IPv4, and of which some may be left out once."""
    ways = [f"(?:{_GROUP}:){{7}}{_GROUP}", f"(?:{_GROUP}:){{6}}{_IPV4}"]
    for before in range(8):
        left = f"{_GROUP}(?::{_GROUP}){{{before - 1}}}" if before else ""
        most = 7 - before
        right = [f"(?:{_GROUP}:){{0,{most - 1}}}{_GROUP}"] if most else []
        right += [f"(?:{_GROUP}:){{0,{most - 2}}}{_IPV4}"] if most > 1 else []
        ways.append(f"{left}::(?:{'|'.join(right)})?" if right else f"{left}::")
    return f"^(?:{'|'.join(ways)})$"


#: Formats that are regular, as the validator checks them: without leap seconds, and ``0000`` is no year. Its checks of
#: ``date-time`` and ``time`` also let a line feed pass at the end, and that of ``uuid`` the digits of other scripts;
#: nobody means that.
_PATTERNS: Mapping[str, str] = {
    "date": f"^(?!0000){_DATE}$",
    "date-time": f"^(?!0000){_DATE}[Tt]{_TIME}$",
    "time": f"^{_TIME}$",
    "email": "@",
    "idn-email": "@",
    "ipv4": f"^{_IPV4}$",
    "ipv6": _ipv6(),
    "uuid": "^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
}


@cache
def language_of_format(name: str, dialect: Dialect) -> Pattern | None:
    """The strings of a format, where it is modelled and the validator checks it in this dialect."""
    source = _PATTERNS.get(name)
    if source is None or name not in library_formats(dialect).checkers:
        return None
    return Pattern(parse(source), f"format {name}")


@cache
def checker_of_format(name: str, dialect: Dialect) -> Callable[[object], bool | None] | None:
    """The validator's check of a format; ``None`` when it has none, so that the format asserts nothing."""
    checker = library_formats(dialect)
    if name not in checker.checkers:
        return None
    return lambda value: bool(checker.conforms(value, name))


def library_formats(dialect: Dialect) -> Value:
    """The validator's format checker of a dialect."""
    from evtcompat.formats.json_schema.library.validators import format_checker

    return format_checker(dialect)
