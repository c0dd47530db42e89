"""Numbers: an interval, multiples, non-multiples and excluded values, all exact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import islice
from math import gcd, lcm
from typing import Any

from evtcompat.dataclasses import dataclass, field
from evtcompat.formats.json_schema.algebra.kinds import AtLeast, AtMost, Enumeration, MultipleOf, Node
from evtcompat.formats.json_schema.exact import MAX_COMPUTED, number_value
from evtcompat.formats.json_schema.solve.outcomes import UNSAT, Outcome, Sat, Unknown, UnknownReason
from evtcompat.regular.steps import Steps

_Number = int | Fraction

#: Members of an arithmetic progression that are tried one by one.
_TRIES = 20_000
#: What the digits of `MAX_COMPUTED` take.
_MOST_BITS = int(MAX_COMPUTED / 0.30103)


@dataclass(slots=True)
class _Range:
    low: _Number | None = None
    low_open: bool = False
    high: _Number | None = None
    high_open: bool = False
    step: _Number | None = None
    not_multiples: list[_Number] = field(default_factory=list)
    excluded: set[Any] = field(default_factory=set)

    def add(self, node: Node) -> None:
        """One more literal."""
        if type(node) is Enumeration:
            self.excluded |= node.keys
        elif type(node) is MultipleOf:
            if node.sign:
                self.step = node.divisor if self.step is None else _common(self.step, node.divisor)
            else:
                self.not_multiples.append(node.divisor)
        elif isinstance(node, (AtLeast, AtMost)):
            strict = node.exclusive is node.sign
            if (type(node) is AtLeast) is node.sign:
                self.at_least(node.bound, strict=strict)
            else:
                self.at_most(node.bound, strict=strict)

    def at_least(self, bound: _Number, *, strict: bool) -> None:
        if self.low is None or bound > self.low or (bound == self.low and strict):
            self.low, self.low_open = bound, strict

    def at_most(self, bound: _Number, *, strict: bool) -> None:
        if self.high is None or bound < self.high or (bound == self.high and strict):
            self.high, self.high_open = bound, strict

    def inside(self, value: _Number) -> bool:
        if self.low is not None and (value < self.low or (self.low_open and value == self.low)):
            return False
        return not (self.high is not None and (value > self.high or (self.high_open and value == self.high)))

    def allowed(self, value: _Number) -> bool:
        return (
            value not in self.excluded
            and self.inside(value)
            and not any(_divides(divisor, value) for divisor in self.not_multiples)
        )

    @property
    def empty(self) -> bool:
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))


def _divides(divisor: _Number, value: _Number) -> bool:
    if isinstance(divisor, int) and isinstance(value, int):
        return value % divisor == 0
    return (Fraction(value) / Fraction(divisor)).denominator == 1


def _common(left: _Number, right: _Number) -> _Number:
    if isinstance(left, int) and isinstance(right, int):
        return lcm(left, right)
    one, other = Fraction(left), Fraction(right)
    return Fraction(lcm(one.numerator, other.numerator), gcd(one.denominator, other.denominator))


def number(literals: Iterable[Node], steps: Steps) -> Outcome:
    """A number in all of ``literals``, a small one if there is one."""
    here = _Range()
    for node in literals:
        here.add(node)
    if here.empty:
        return UNSAT
    if here.step is not None and _is_long(here.step):
        return Unknown((UnknownReason(f"common multiples of more than {MAX_COMPUTED} digits are not looked for"),))
    if here.step is not None and any(_divides(divisor, here.step) for divisor in here.not_multiples):
        return UNSAT
    return _dense(here) if here.step is None else _stepped(here, here.step, steps)


def _is_long(value: _Number) -> bool:
    """Whether a number has more digits than are written out."""
    return max(value.numerator.bit_length(), value.denominator.bit_length()) > _MOST_BITS


def _found(value: _Number) -> Sat:
    return Sat(value if isinstance(value, int) else number_value(value))


def _dense(here: _Range) -> Outcome:
    for candidate in _readable(here):
        if here.allowed(candidate):
            return _found(candidate)
    if here.low is not None and here.low == here.high:
        return UNSAT
    # On a grid finer than every divisor, a point whose last digit is not zero is a multiple of none.
    digits = (
        max((_digits(Fraction(one)) for one in (*here.not_multiples, here.low or 0, here.high or 0)), default=0) + 1
    )
    while True:
        unit = Fraction(1, 10**digits)
        for index in islice(_indices(here, unit), 20 + 10 * len(here.excluded)):
            if index % 10 and here.allowed(index * unit):
                return _found(index * unit)
        digits += 1


def _digits(value: Fraction) -> int:
    """Decimal places of a number with a finite decimal notation."""
    places, denominator = 0, value.denominator
    while denominator % 10 == 0:
        denominator //= 10
        places += 1
    while denominator > 1:
        denominator //= 2 if denominator % 2 == 0 else 5
        places += 1
    return places


def _readable(here: _Range) -> Iterator[_Number]:
    yield 0
    yield 1
    half = Fraction(1, 2)
    for bound in (here.low, here.high):
        if bound is not None:
            floor = bound.__floor__()
            if floor == bound:
                yield floor
            yield floor + 1
            yield floor
            yield floor - 1
            yield floor + half
            yield floor - half
            yield floor + 1 + half
    yield half
    yield -half
    yield 1 + half
    yield -1
    yield from (bound for bound in (here.low, here.high) if bound is not None)
    if here.low is not None and here.high is not None:
        yield (Fraction(here.low) + Fraction(here.high)) / 2


def _indices(here: _Range, unit: _Number) -> Iterator[int]:
    """The multiples of ``unit`` in the interval, as indices, the nearest to zero first."""
    low = None if here.low is None else -((-Fraction(here.low) / unit).__floor__())
    high = None if here.high is None else (Fraction(here.high) / unit).__floor__()
    if low is not None and here.low_open and low * unit == here.low:
        low += 1
    if high is not None and here.high_open and high * unit == here.high:
        high -= 1
    start = 0 if low is None or low <= 0 else low
    if high is not None and high < start:
        start = high
    if (high is None or start <= high) and (low is None or start >= low):
        yield start
    up, down = start + 1, start - 1
    while True:
        can_rise = high is None or up <= high
        can_sink = low is None or down >= low
        if not can_rise and not can_sink:
            return
        if can_rise:
            yield up
            up += 1
        if can_sink:
            yield down
            down -= 1


def _stepped(here: _Range, step: _Number, steps: Steps) -> Outcome:
    for tries, index in enumerate(_indices(here, step), 1):
        value = index * step
        if here.allowed(value):
            return _found(value if isinstance(value, int) or value.denominator != 1 else value.numerator)
        if tries > _TRIES + len(here.excluded):
            return Unknown((UnknownReason(f"the multiples of {step} in a range are too many to be tried one by one"),))
        if tries % 16 == 0:
            steps.spend()
    return UNSAT
