"""Sets of exact decimal numbers: an interval, multiples and no multiples, and single numbers left out.

Every number is a `fractions.Fraction`, so 0.3 is a multiple of 0.1 and 2**53 + 1 is not 2**53. Sets are sets of
*decimal* numbers (those with a finite expansion, which are the ones that JSON can write); all limits and steps are
decimal too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import count, islice
from math import ceil, floor, gcd, lcm
from typing import TYPE_CHECKING, Final

from evtcompat.regular.steps import BudgetExceededError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from evtcompat.regular.steps import Steps

#: Decimal digits before or after the point beyond which a number is not reckoned with.
MAX_DIGITS: Final = 2_000
_MAX_BITS: Final = MAX_DIGITS * 10 // 3
_NO_NUMBERS: Final[frozenset[Fraction]] = frozenset()

Number = int | float | Decimal | Fraction
# The bound, and whether it is itself outside.
_Bound = tuple[Fraction | None, bool]


def exact(number: Number) -> Fraction:
    """The number as it is written: a float counts as the shortest decimal that reads as this float.

    Raises:
        BudgetExceededError: It has more than `MAX_DIGITS` digits before or after the point.
        ValueError: It is infinite or not a number, or no decimal number (a third).
    """
    if isinstance(number, float):
        number = Decimal(repr(number))
    if isinstance(number, Decimal):
        if not number.is_finite():
            message = f"{number} is no number"
            raise ValueError(message)
        exponent = number.as_tuple().exponent
        if not isinstance(exponent, int) or exponent < -MAX_DIGITS or number.adjusted() > MAX_DIGITS:
            _too_long()
        return Fraction(number)
    if isinstance(number, int):
        if number.bit_length() > _MAX_BITS:
            _too_long()
        return Fraction(number)
    if not _is_decimal(number):
        message = f"{number} has no finite decimal expansion"
        raise ValueError(message)
    return number


def _too_long() -> None:
    message = f"a number of more than {MAX_DIGITS} digits is not reckoned with"
    raise BudgetExceededError(message)


def _is_decimal(number: Fraction) -> bool:
    """It has a finite decimal expansion."""
    rest = number.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def _places(number: Fraction) -> int:
    """How many digits behind the point a decimal number has."""
    rest, places = number.denominator, 0
    while rest != 1:
        rest //= gcd(rest, 10)
        places += 1
    return places


def written(number: Fraction) -> int | Decimal:
    """An exact value that prints as JSON writes numbers: an ``int`` for an integer, otherwise a ``Decimal``."""
    if number.denominator == 1:
        return number.numerator
    places = _places(number)
    digits = number.numerator * (10**places // number.denominator)
    return Decimal((int(digits < 0), Decimal(digits).as_tuple().digits, -places))


def common_multiple(left: Fraction, right: Fraction) -> Fraction:
    """The smallest positive number that is a multiple of both."""
    return Fraction(lcm(left.numerator, right.numerator), gcd(left.denominator, right.denominator))


@dataclass(frozen=True, slots=True)
class Numbers:
    """The decimal numbers that meet all conditions.

    Build it from the functions of this module and ``&``, which brings conditions into a simpler equal form: what
    bounds and multiples alone show to be empty becomes `EMPTY`.

    Attributes:
        low: The lower bound, ``None`` for none; with `low_open` it is itself outside.
        high: The upper bound, ``None`` for none; with `high_open` it is itself outside.
        step: Members are multiples of it; ``None`` for no such condition; 1 for the integers.
        not_multiples: Members are multiples of none of these.
        excluded: Members are none of these.
    """

    low: Fraction | None = None
    high: Fraction | None = None
    low_open: bool = False
    high_open: bool = False
    step: Fraction | None = None
    not_multiples: frozenset[Fraction] = _NO_NUMBERS
    excluded: frozenset[Fraction] = _NO_NUMBERS

    def __and__(self, other: Numbers) -> Numbers:
        """Numbers in both."""
        low, low_open = _tighter((self.low, self.low_open), (other.low, other.low_open), 1)
        high, high_open = _tighter((self.high, self.high_open), (other.high, other.high_open), -1)
        step = self.step or other.step
        if self.step is not None and other.step is not None:
            step = common_multiple(self.step, other.step)
        both = Numbers(
            low,
            high,
            low_open,
            high_open,
            step,
            self.not_multiples | other.not_multiples,
            self.excluded | other.excluded,
        )
        return _simplest(both)

    def __contains__(self, number: Number) -> bool:
        """``number`` is a member.

        Raises:
            BudgetExceededError: It has more than `MAX_DIGITS` digits.
        """
        value = exact(number)
        return (
            self._within(value)
            and (self.step is None or (value / self.step).denominator == 1)
            and value not in self.excluded
            and all((value / one).denominator != 1 for one in self.not_multiples)
        )

    def _within(self, value: Fraction) -> bool:
        """``value`` lies between the bounds."""
        above = self.low is None or (value > self.low if self.low_open else value >= self.low)
        below = self.high is None or (value < self.high if self.high_open else value <= self.high)
        return above and below

    @property
    def integral(self) -> bool:
        """Every member is an integer, as the steps tell."""
        return self.step is not None and self.step.denominator == 1

    @property
    def unrestricted(self) -> bool:
        """Every number is a member."""
        return self == EVERY_NUMBER

    def complement(self) -> tuple[Numbers, ...]:
        """Sets that together hold exactly the numbers outside this one; they may overlap."""
        parts = []
        if self.low is not None:
            parts.append(Numbers(high=self.low, high_open=not self.low_open))
        if self.high is not None:
            parts.append(Numbers(low=self.high, low_open=not self.high_open))
        if self.step is not None:
            parts.append(Numbers(not_multiples=frozenset((self.step,))))
        parts += [Numbers(step=one) for one in sorted(self.not_multiples)]
        parts += [only(one) for one in sorted(self.excluded)]
        return tuple(parts)

    def smallest(self, steps: Steps) -> Fraction | None:
        """A member that reads well: an integer near zero, or a short decimal. ``None`` proves that there is none.

        Raises:
            BudgetExceededError: The steps ran out.
        """
        return next(self._members(steps), None)

    def is_empty(self, steps: Steps) -> bool:
        """There is no member.

        Raises:
            BudgetExceededError: The steps ran out.
        """
        return self.smallest(steps) is None

    def subset(self, other: Numbers, steps: Steps) -> bool:
        """Every member is a member of ``other``.

        Raises:
            BudgetExceededError: The steps ran out.
        """
        return all((self & part).is_empty(steps) for part in other.complement())

    def members(self, wanted: int, steps: Steps) -> tuple[Fraction, ...]:
        """Up to ``wanted`` distinct members, those that read well first. Fewer prove that there are no more.

        Raises:
            BudgetExceededError: The steps ran out.
        """
        return tuple(islice(self._members(steps), wanted))

    def finite_members(self, limit: int, steps: Steps) -> tuple[Fraction, ...] | None:
        """All members, ascending, if there are at most ``limit``; otherwise ``None``.

        Raises:
            BudgetExceededError: The steps ran out.
        """
        found = self.members(limit + 1, steps)
        return tuple(sorted(found)) if len(found) <= limit else None

    def _members(self, steps: Steps) -> Iterator[Fraction]:
        """The members one by one: all of them for multiples, ever finer ones otherwise.

        Each further member is found after finitely many steps. Multiples: no `not_multiples` bars all of them
        (`_simplest` has seen to that), so next to every common multiple of the barred ones a free one recurs.
        Otherwise: past the digits of all that is barred, every new member of the next finer grid is free.
        """
        if self == EMPTY:
            return
        if self.step is not None:
            yield from (value for value in self._grid(self.step, steps) if value in self)
            return
        if self.low is not None and self.low == self.high:
            if self.low in self:
                yield self.low
            return
        for places in count():
            grid = Fraction(1, 10**places)
            new = (value for value in self._grid(grid, steps) if places == 0 or _places(value) == places)
            # A grid on the whole line never ends: take a handful, then go finer.
            tried = islice(new, _HANDFUL + len(self.excluded))
            yield from (value for value in tried if value in self)

    def _grid(self, step: Fraction, steps: Steps) -> Iterator[Fraction]:
        """The multiples of ``step`` between the bounds, from zero or the bound next to it outwards."""
        low = None if self.low is None else _first_index(self.low, step, self.low_open)
        high = None if self.high is None else -_first_index(-self.high, step, self.high_open)
        for index in _outwards(low, high):
            steps.spend(1)
            yield index * step


_HANDFUL: Final = 20
#: Excluded numbers that are worth looking through for such as are no members anyway.
_FEW: Final = 100
EVERY_NUMBER: Final = Numbers()
EMPTY: Final = Numbers(Fraction(1), Fraction(0))
INTEGERS: Final = Numbers(step=Fraction(1))


def at_least(bound: Number, *, exclusive: bool = False) -> Numbers:
    """The numbers not below ``bound``; without ``bound`` itself if ``exclusive``.

    Raises:
        BudgetExceededError: ``bound`` has more than `MAX_DIGITS` digits.
    """
    return Numbers(low=exact(bound), low_open=exclusive)


def at_most(bound: Number, *, exclusive: bool = False) -> Numbers:
    """The numbers not above ``bound``; without ``bound`` itself if ``exclusive``.

    Raises:
        BudgetExceededError: ``bound`` has more than `MAX_DIGITS` digits.
    """
    return Numbers(high=exact(bound), high_open=exclusive)


def only(number: Number) -> Numbers:
    """One number.

    Raises:
        BudgetExceededError: It has more than `MAX_DIGITS` digits.
    """
    value = exact(number)
    return Numbers(low=value, high=value)


def multiples_of(step: Number) -> Numbers:
    """The multiples of a positive number, zero included.

    Raises:
        BudgetExceededError: ``step`` has more than `MAX_DIGITS` digits.
        ValueError: ``step`` is not positive.
    """
    return Numbers(step=_positive(step))


def no_multiples_of(step: Number) -> Numbers:
    """The numbers that are no multiples of a positive number.

    Raises:
        BudgetExceededError: ``step`` has more than `MAX_DIGITS` digits.
        ValueError: ``step`` is not positive.
    """
    return Numbers(not_multiples=frozenset((_positive(step),)))


def without(numbers: Iterable[Number]) -> Numbers:
    """All numbers but these.

    Raises:
        BudgetExceededError: One has more than `MAX_DIGITS` digits.
    """
    return Numbers(excluded=frozenset(exact(number) for number in numbers))


def _positive(step: Number) -> Fraction:
    value = exact(step)
    if value <= 0:
        message = f"multiples of {value} make no sense"
        raise ValueError(message)
    return value


def _tighter(left: _Bound, right: _Bound, sign: int) -> _Bound:
    """Of two bounds the one that excludes more: the greater of lower bounds (``sign`` 1), the lesser of upper ones."""
    if left[0] is None or right[0] is None:
        return right if left[0] is None else left
    if left[0] == right[0]:
        return left[0], left[1] or right[1]
    return left if (left[0] > right[0]) == (sign > 0) else right


def _first_index(low: Fraction, step: Fraction, exclusive: bool) -> int:  # noqa: FBT001 - a bound's two parts
    """The least ``i`` for which ``i * step`` is not below the bound."""
    ratio = low / step
    return floor(ratio) + 1 if exclusive else ceil(ratio)


def _outwards(low: int | None, high: int | None) -> Iterator[int]:
    """The integers between the bounds by distance from zero, the positive one of a pair first."""
    if low is not None and high is not None and low > high:
        return
    if low is not None and low > 0:
        yield from count(low) if high is None else range(low, high + 1)
        return
    if high is not None and high < 0:
        yield from count(high, -1) if low is None else range(high, low - 1, -1)
        return
    yield 0
    for distance in count(1):
        up, down = high is None or distance <= high, low is None or -distance >= low
        if up:
            yield distance
        if down:
            yield -distance
        if not up and not down:
            return


def _simplest(numbers: Numbers) -> Numbers:
    """The same set with bounds that are members where multiples allow it, without conditions that exclude nothing."""
    step, low, high = numbers.step, numbers.low, numbers.high
    low_open, high_open = numbers.low_open, numbers.high_open
    barred = numbers.not_multiples
    if step is not None:
        if low is not None:
            low, low_open = _first_index(low, step, low_open) * step, False
        if high is not None:
            high, high_open = -_first_index(-high, step, high_open) * step, False
        barred = frozenset(common_multiple(step, one) for one in barred)
        if step in barred:
            return EMPTY
    if low is not None and high is not None and (low > high or (low == high and (low_open or high_open))):
        return EMPTY
    if len(barred) > 1:
        barred = frozenset(
            one for one in barred if not any(one != other and (one / other).denominator == 1 for other in barred)
        )
    simple = Numbers(low, high, low_open, high_open, step, barred)
    if not numbers.excluded:
        return simple
    if len(numbers.excluded) <= _FEW:
        return replace(simple, excluded=frozenset(one for one in numbers.excluded if one in simple))
    return replace(simple, excluded=numbers.excluded)
