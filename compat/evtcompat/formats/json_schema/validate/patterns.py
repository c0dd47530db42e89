"""Patterns as a validation reads them: by ECMA-262, beside what the library's own engine would say.

The library searches with Python's `re`, which may try exponentially many ways. It is asked only where few are possible
(`backtracking`); the language of a pattern tells the same in time that grows with the text alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from typing import Final

from evtcompat.formats.json_schema.exact import Value
from evtcompat.formats.json_schema.parse.content_keys import CacheKind, texts_under
from evtcompat.formats.json_schema.parse.derived import derived
from evtcompat.formats.json_schema.parse.parsing import Schema
from evtcompat.model.json_types import JSON
from evtcompat.regular.ecma import PatternError
from evtcompat.regular.ecma import parse as parse_pattern
from evtcompat.regular.ecma.backtracking import most_steps
from evtcompat.regular.ecma.reader import LONGEST
from evtcompat.regular.steps import BudgetExceededError, Steps

#: Steps that `re` may take for one search; it takes some tens of nanoseconds for each.
_MOST_STEPS: Final = 5_000_000
#: Steps for the language of a pattern, beside those that its text takes anyway.
_STEPS: Final = 100_000
_PATTERNS: Final[CacheKind[tuple[str, ...]]] = CacheKind()
#: Characters of a text that is remembered with what a pattern finds in it.
_LONGEST_NAME: Final = 100
#: Characters of a pattern in a message.
_SHOWN: Final = 80
#: What Python reads otherwise than ECMA-262 also where the text holds nothing but printable ASCII.
_PYTHONS_OWN: Final = re.compile(r"\\[AZa]|\{,|\[\^?\]")


class PatternTooCostlyError(ValueError):
    """A pattern that only a backtracking engine knows, and a text on which that may take forever."""


def affordable(pattern: str, text: str) -> bool:
    """Whether an engine that backtracks surely ends soon with a pattern on a text."""
    return most_steps(pattern, len(text)) <= _MOST_STEPS


@lru_cache(maxsize=4096)  # `re` keeps 512, and a schema may have more
def _compiled(pattern: str) -> re.Pattern[str]:
    """What Python's engine makes of a pattern.

    Raises:
        re.error: It is none to it.
    """
    return re.compile(pattern)


def found(pattern: str, text: str) -> bool:
    """Whether a pattern finds something in a text, as ECMA-262 reads it, or Python where only that reads it.

    Raises:
        PatternTooCostlyError: Neither tells within bounds.
        re.error: Python does not read it either.
    """
    # the names of members come up with every payload and reader
    return _found_before(pattern, text) if len(text) <= _LONGEST_NAME else _found(pattern, text)


def _found(pattern: str, text: str) -> bool:
    try:
        return parse_pattern(pattern).accepts(text, Steps(_STEPS + 2 * len(text)))
    except PatternError:
        if affordable(pattern, text):
            return _compiled(pattern).search(text) is not None
        reason = "is too long" if len(pattern) > LONGEST else "may backtrack without end"
    except BudgetExceededError:
        reason = "takes too many steps"
    message = f"the pattern {_shown(pattern)} {reason} on a text of {len(text)} characters"
    raise PatternTooCostlyError(message)


_found_before: Final = lru_cache(maxsize=32_768)(_found)


def read_alike(pattern: str, text: str, *, is_found: bool) -> bool:
    """Whether the library, left as it is, surely answers the same about a pattern and a text."""
    try:
        if affordable(pattern, text):
            return (_compiled(pattern).search(text) is not None) is is_found
        if len(pattern) > LONGEST:
            return False
        _compiled(pattern)
    except (re.error, OverflowError, RecursionError):
        return False
    return text.isascii() and text.isprintable() and not _PYTHONS_OWN.search(pattern)


def refuse_costly(patterns: Iterable[str], names: Iterable[str]) -> None:
    """Nothing, where the library's own engine surely ends soon with each of the patterns on each of the names.

    Raises:
        PatternTooCostlyError: It may not.
    """
    for pattern in patterns:
        for name in names:
            if not affordable(pattern, name):
                message = f"the pattern {_shown(pattern)} may backtrack without end on a name of {len(name)} characters"
                raise PatternTooCostlyError(message)


def beyond_the_library(patterns: Iterable[str], value: Value) -> bool:
    """Whether one of several patterns may take the library's own engine forever on a text of a value."""
    if not patterns:
        return False
    longest = max(map(len, _texts(value)), default=0)
    return any(most_steps(pattern, longest) > _MOST_STEPS for pattern in patterns)


def patterns_of(schema: Schema) -> tuple[str, ...]:
    """All that may be patterns in the documents of a schema."""
    return derived(schema, Patterns).all


class Patterns:
    """All that may be patterns in the documents of a schema, looked for when they are asked for."""

    def __init__(self, schema: Schema) -> None:
        # Not the schema, which remembers what is derived from it.
        self._library = schema.library
        self._content_key = schema.content_key
        self._content_cache = schema.content_cache

    @cached_property
    def all(self) -> tuple[str, ...]:
        """Each of them once."""
        documents, key = self._library.documents, self._content_key
        if key is None or documents:
            return _patterns_in(self._library.value, *(document.value for document in documents.values()))
        if b"patternProperties" not in key:
            return tuple(dict.fromkeys(texts_under(key, "pattern")))
        known = self._content_cache.table(_PATTERNS)
        found = known.get(key)
        if found is None:
            found = _patterns_in(self._library.value)
            self._content_cache.keep(known, key, found)
        return found


def _patterns_in(*values: JSON) -> tuple[str, ...]:
    found: dict[str, None] = {}
    pending = list(values)
    while pending:
        one = pending.pop()
        if isinstance(one, dict):
            if isinstance(one.get("pattern"), str):
                found[str(one["pattern"])] = None
            named = one.get("patternProperties")
            found.update(dict.fromkeys(named if isinstance(named, dict) else ()))
        if isinstance(one, (dict, list)):
            inner = one.values() if isinstance(one, dict) else one
            pending += [part for part in inner if isinstance(part, (dict, list))]
    return tuple(found)


def _shown(pattern: str) -> str:
    return repr(pattern if len(pattern) <= _SHOWN else f"{pattern[:_SHOWN]}...")


def _texts(value: Value) -> Iterator[str]:
    """The texts and names in a value."""
    pending = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            yield from one
            pending.extend(one.values())
        elif isinstance(one, list):
            pending.extend(one)
