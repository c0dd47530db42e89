"""Intervals of natural numbers, for lengths and counts: both bounds included, the upper one perhaps infinite."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Interval:
    """The natural numbers ``n`` with ``low <= n`` and, unless ``high`` is ``None``, ``n <= high``.

    Every empty interval is equal to `EMPTY`, and no bound is negative: equal sets are equal values.
    """

    low: int = 0
    high: int | None = None

    def __post_init__(self) -> None:
        """Bring the bounds into their one form."""
        if self.low < 0:
            object.__setattr__(self, "low", 0)
        if self.high is not None and self.high < self.low:
            object.__setattr__(self, "low", 1)
            object.__setattr__(self, "high", 0)

    @property
    def empty(self) -> bool:
        """No number is inside."""
        return self.high is not None and self.high < self.low

    @property
    def full(self) -> bool:
        """Every natural number is inside."""
        return self.low == 0 and self.high is None

    @property
    def size(self) -> int | None:
        """How many numbers are inside, ``None`` for infinitely many."""
        return None if self.high is None else self.high - self.low + 1

    def __contains__(self, number: int) -> bool:
        """``number`` is inside."""
        return self.low <= number and (self.high is None or number <= self.high)

    def __and__(self, other: Interval) -> Interval:
        """What is inside both."""
        bounds = [bound for bound in (self.high, other.high) if bound is not None]
        return Interval(max(self.low, other.low), min(bounds, default=None))

    def __le__(self, other: Interval) -> bool:
        """Everything inside is inside ``other``."""
        return self.empty or (
            other.low <= self.low and (other.high is None or (self.high is not None and self.high <= other.high))
        )

    def complement(self) -> tuple[Interval, ...]:
        """The natural numbers outside, as at most two disjoint intervals in ascending order."""
        if self.empty:
            return (FULL,)
        parts = []
        if self.low > 0:
            parts.append(Interval(0, self.low - 1))
        if self.high is not None:
            parts.append(Interval(self.high + 1))
        return tuple(parts)

    def minus(self, other: Interval) -> tuple[Interval, ...]:
        """What is inside and not inside ``other``, as at most two disjoint intervals in ascending order."""
        return tuple(part for part in (self & outside for outside in other.complement()) if not part.empty)

    def shifted(self, distance: int) -> Interval:
        """``n + distance`` for every ``n`` inside, as far as that is not negative."""
        if self.empty:
            return self
        return Interval(self.low + distance, None if self.high is None else self.high + distance) & FULL

    def __str__(self) -> str:
        """In the notation of mathematics."""
        if self.empty:
            return "{}"
        return f"[{self.low}, ∞)" if self.high is None else f"[{self.low}, {self.high}]"


FULL = Interval()
EMPTY = Interval(1, 0)


def union(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """The same numbers as disjoint intervals with gaps between them, ascending."""
    merged: list[Interval] = []
    for part in sorted((one for one in intervals if not one.empty), key=lambda one: one.low):
        last = merged[-1] if merged else None
        if last is None or (last.high is not None and last.high + 1 < part.low):
            merged.append(part)
        elif last.high is not None:
            high = None if part.high is None else max(last.high, part.high)
            merged[-1] = Interval(last.low, high)
    return tuple(merged)
