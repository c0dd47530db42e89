"""Strings: lengths, regular languages and excluded values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product

from evtcompat.formats.json_schema.algebra.kinds import Enumeration, Matches, MinLength, Node
from evtcompat.formats.json_schema.algebra.readable import most_readable
from evtcompat.formats.json_schema.solve.outcomes import UNSAT, Outcome, Sat, Unknown, UnknownReason
from evtcompat.regular import languages
from evtcompat.regular.steps import Steps

#: Longer witnesses are not written out.
MAX_LENGTH = 2_000_000

_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


def string(literals: Iterable[Node], steps: Steps) -> Outcome:  # noqa: C901 - one case for each kind
    """A string in all of ``literals``, a shortest one."""
    least, most = 0, None
    patterns: list[Matches] = []
    excluded: set[str] = set()
    for node in literals:
        if type(node) is MinLength:
            bound = node.length
            if node.sign:
                least = max(least, bound)
            else:
                most = bound - 1 if most is None else min(most, bound - 1)
        elif type(node) is Matches:
            patterns.append(node)
        elif type(node) is Enumeration:
            excluded.update(value for value in node.values.values() if isinstance(value, str))
    if most is not None and most < least:
        return UNSAT
    if least > MAX_LENGTH:
        return Unknown((UnknownReason(f"a witness would need a string of {least} characters"),))
    if not patterns:
        return _without_pattern(least, most, excluded)
    language = languages.of_length(least, most)
    for node in patterns:
        one = node.pattern.language
        language = language & one if node.sign else language - one
    if excluded:
        language -= languages.words(excluded)
    word = most_readable(language, steps)
    return UNSAT if word is None else Sat(word)


def _without_pattern(least: int, most: int | None, excluded: set[str]) -> Outcome:
    length = least
    while most is None or length <= most:
        for word in _words(length):
            if word not in excluded:
                return Sat(word)
        length += 1
    return UNSAT


def _words(length: int) -> Iterator[str]:
    """Words of a length, without an end unless the length is 0."""
    if length == 0:
        yield ""
        return
    tail = "a" * max(0, length - 4)
    for head in product(_LETTERS, repeat=min(length, 4)):
        yield "".join(head) + tail
    # All ASCII words of this shape are taken: go on with other code points.
    for code in range(0xA1, 0xD7FF):
        yield chr(code) + "a" * (length - 1)
