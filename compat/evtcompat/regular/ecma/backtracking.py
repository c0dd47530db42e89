"""How many ways an engine that backtracks may have to try before it knows that a pattern matches nowhere.

Such an engine (Python's `re`, Java's, V8's) tries every way in which the parts of a pattern can share a text among
them, and there may be exponentially many. They are few where what comes next in the text settles which way to take:
alternatives that begin differently, and a repetition that ends where something begins that it cannot take.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from evtcompat.regular.code_points import ANY, NONE, CodePoints
from evtcompat.regular.ecma.reader import LONGEST, read
from evtcompat.regular.ecma.syntax import (
    Choice,
    End,
    Item,
    LookAhead,
    LookBehind,
    OneOf,
    PatternError,
    Quantified,
    Sequence,
    Start,
)

_REMEMBERED: Final = 4096
_LINE_FEED: Final = CodePoints.of((0x0A, 0x0A))
#: A group that is repeated, in the text of a pattern; an escaped bracket counts as well.
_REPEATED_GROUP: Final = re.compile(r"\)(?:[*+?]|\{\d)")
_UNBOUNDED: Final = re.compile(r"[*+]|\{\d+,\d*\}")
_TWO_WAYS: Final = re.compile(r"[|?]")


def most_steps(pattern: str, length: int) -> float:
    """A bound on the steps of a backtracking search for a pattern in a text, infinite where none is known.

    It is none for a pattern longer than is read here: an engine takes seconds to compile it.

    Args:
        pattern: A regular expression of ECMA-262, or one that only a backtracking engine knows.
        length: The length of the text in characters.
    """
    return math.inf if len(pattern) > LONGEST else _most_steps(pattern, 1 << length.bit_length())


@lru_cache(maxsize=_REMEMBERED)
def _most_steps(pattern: str, length: int) -> float:
    # Each way may lead through the whole text, with each alternative looked at in each place.
    each = float(length + 1) * (pattern.count("|") + 1)
    try:
        tree = read(pattern)
    except PatternError:
        return each * (length + 1) * _ways_unread(pattern, length)
    beginnings = 1 if isinstance(tree, Sequence) and isinstance(next(iter(tree.items), None), Start) else length + 1
    return each * beginnings * _Ways(length).of(tree, NONE)


def _ways_unread(pattern: str, length: int) -> float:
    """The same for a pattern of which nothing is known but its text."""
    if _REPEATED_GROUP.search(pattern):
        return math.inf
    unbounded, choices = len(_UNBOUNDED.findall(pattern)), len(_TWO_WAYS.findall(pattern))
    return _power(length + 1, unbounded) * _power(2, choices)


class _Ways:
    """Counts the ways in which a part can match from one place on, for texts of one length."""

    def __init__(self, length: int) -> None:
        self._length = length

    def of(self, item: Item, following: CodePoints) -> float:
        """At most so many; ``following`` is what may come next, nothing where the match ends with the item."""
        match item:
            case Sequence(items=items):
                return self._sequence(items, following)
            case Choice(options=options):
                ways = [self.of(option, following) for option in options]
                firsts = [_first(option, following) for option in options]
                return max(ways, default=1) if _disjoint(firsts) else sum(ways)
            case Quantified():
                return self._quantified(item, following)
            case LookAhead(body=body):
                return self.of(body, NONE)
            case _:
                return 1

    def _sequence(self, items: tuple[Item, ...], following: CodePoints) -> float:
        ways = 1.0
        for item in reversed(items):
            ways *= self.of(item, following)
            following = _first(item, following)
        return ways

    def _quantified(self, item: Quantified, following: CodePoints) -> float:
        body, high = item.body, item.high
        if high == 0:
            return 1
        first = _first(body, NONE)
        inner = self.of(body, first | following if high != 1 else following)
        if _nullable(body):
            # A round may take nothing; of those engines try one more than there are characters at most.
            return _power(inner + 1, self._length + 1 if high is None else high)
        if item.low == high:
            return _power(inner, item.low)
        settled = _disjoint((first, following))
        if high == 1:
            return inner if settled else inner + 1
        rounds = self._length if high is None else min(high, self._length)
        if inner > 1:
            return 2 * _power(inner, rounds)
        return 1 if settled else max(rounds - item.low, 0) + 1


def _power(base: float, exponent: int) -> float:
    """The power, infinite where a float cannot hold it."""
    try:
        return float(base) ** exponent
    except OverflowError:
        return math.inf


def _disjoint(sets: Iterable[CodePoints]) -> bool:
    """Whether no code point is in two of them."""
    seen = NONE
    for one in sets:
        if seen & one:
            return False
        seen |= one
    return True


def _nullable(item: Item) -> bool:
    """Whether it may match without taking anything."""
    match item:
        case OneOf():
            return False
        case Sequence(items=items):
            return all(map(_nullable, items))
        case Choice(options=options):
            return any(map(_nullable, options))
        case Quantified(body=body, low=low):
            return low == 0 or _nullable(body)
        case _:
            return True


def _first(item: Item, following: CodePoints) -> CodePoints:
    """What may come next where the item is tried, and ``following`` comes after it."""
    match item:
        case OneOf(members=members):
            return members
        case Sequence(items=items):
            for one in reversed(items):
                following = _first(one, following)
            return following
        case Choice(options=options):
            found = NONE
            for option in options:
                found |= _first(option, following)
            return found
        case Quantified(body=body, low=low, high=high):
            if high == 0:
                return following
            found = _first(body, following)
            return found | following if low == 0 else found
        case End():
            # Python's ``$`` also stands before a last line feed.
            return _LINE_FEED
        case LookAhead() | LookBehind():
            return ANY
        case _:
            return following
