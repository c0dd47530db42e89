"""Regular expressions of ECMA-262 as languages: unanchored, by code points, no flags, as JSON Schema reads them."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from evtcompat.regular.ecma.meaning import meaning
from evtcompat.regular.ecma.reader import read
from evtcompat.regular.ecma.syntax import InvalidPatternError, PatternError, UnsupportedPatternError
from evtcompat.regular.languages import Language
from evtcompat.regular.searching import lifted

__all__ = ["InvalidPatternError", "PatternError", "UnsupportedPatternError", "parse"]

_REMEMBERED: Final = 4096


def parse(pattern: str) -> Language:
    """The strings in which ``pattern`` matches somewhere (`RegExp.prototype.test` of ECMA-262 in Unicode mode).

    Raises:
        InvalidPatternError: It is no ECMA-262 regular expression.
        UnsupportedPatternError: It uses a construct that is not regular (a back-reference), that is not modelled (a
        long
            look-behind), or that dialects read differently.
    """
    return _parse(pattern)


@lru_cache(maxsize=_REMEMBERED)
def _parse(pattern: str) -> Language:
    return Language(lifted(meaning(read(pattern), pattern)))
