"""Formats of dates and times, as Java writes them, as regular expressions of ECMA-262.

As pact-reference reads them: numbers may have fewer digits than letters, a day has to be one of its month, seconds go
up to 60.
"""

from __future__ import annotations

import re
from typing import Final

_TOKENS: Final = re.compile(r"(?P<letters>([A-Za-z])\2*)|'(?P<quoted>(?:[^']|'')*)'|(?P<other>[^A-Za-z'])")

_DAY_31: Final = "(?:0?[1-9]|[12][0-9]|3[01])"
_DAY_30: Final = "(?:0?[1-9]|[12][0-9]|30)"
_DAY_28: Final = "(?:0?[1-9]|1[0-9]|2[0-8])"
_BY_FOUR: Final = "(?:0[48]|[2468][048]|[13579][26])"
#: A number of one to four digits that is a leap year.
_LEAP: Final = f"(?:[048]|00|{_BY_FOUR}|[048]00|[0-9]{_BY_FOUR}|[0-9]{{2}}{_BY_FOUR}|(?:[02468][048]|[13579][26])00)"
_MONTH: Final = "(?:0?[1-9]|1[0-2])"
#: What month and day may be, and which years: one alternative each.
_CALENDAR: Final = (
    {"M": "(?:0?[13578]|1[02])", "d": _DAY_31},
    {"M": "(?:0?[469]|11)", "d": _DAY_30},
    {"M": "0?2", "d": _DAY_28},
    {"M": "0?2", "d": "29", "y": _LEAP},
)
_TWO_DIGITS: Final = {
    "M": _MONTH,
    "d": _DAY_31,
    "H": "(?:[01]?[0-9]|2[0-3])",
    "h": "(?:0?[1-9]|1[0-2])",
    "m": "[0-5]?[0-9]",
    "s": "(?:[0-5]?[0-9]|60)",
}
_YEARS: Final = {2: "[0-9]{1,2}", 4: "[0-9]{1,4}"}
_OFFSETS: Final = {
    "X": "(?:Z|[+-][0-9]{2}(?:[0-9]{2})?)",
    "XX": "(?:Z|[+-][0-9]{4})",
    "XXX": "(?:Z|[+-][0-9]{2}:[0-9]{2})",
    "Z": "[+-][0-9]{4}",
    "ZZ": "[+-][0-9]{4}",
    "ZZZ": "[+-][0-9]{4}",
    "a": "(?:[Aa]|[Pp])[Mm]",
}


def pattern_of(written: str) -> str | None:
    """The regular expression of the texts that a format describes; ``None`` where a letter of it is not known."""
    tokens = list(_TOKENS.finditer(written))
    if "".join(token[0] for token in tokens) != written:
        return None
    letters = {token["letters"][0] for token in tokens if token["letters"]}
    alternatives = _CALENDAR if {"M", "d"} <= letters else ({},)
    found = []
    for calendar in alternatives:
        parts = [_part(token, calendar) for token in tokens]
        if any(part is None for part in parts):
            return None
        found.append("".join(part for part in parts if part is not None))
    return f"^(?:{'|'.join(found)})$"


def _part(token: re.Match[str], calendar: dict[str, str]) -> str | None:
    letters = token["letters"]
    if letters is None:
        quoted = token["quoted"]
        return re.escape(token["other"] if quoted is None else quoted.replace("''", "'") or "'").replace("\\ ", " ")
    letter, length = letters[0], len(letters)
    if letters in _OFFSETS:
        return _OFFSETS[letters]
    if letter == "S":
        return f"[0-9]{{1,{length}}}"
    if letter == "y":
        return calendar.get("y", _YEARS[length]) if length in _YEARS else None
    if letter in _TWO_DIGITS and length <= 2:  # noqa: PLR2004 - what two digits write
        return calendar.get(letter, _TWO_DIGITS[letter])
    return None
