"""Sets of code points, their common partition, and which member reads best.

The alphabet is that of Unicode scalar values: a lone surrogate is in no set, not even in a complement, because no
encoding that two programs exchange can carry one.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LIMIT: Final = 0x110000
_SURROGATES: Final = (0xD800, 0xE000)


class CodePoints:
    """An immutable set of code points, kept as ascending half-open ranges.

    Attributes:
        bounds: ``start, end, start, end, ...``: membership changes at each of them.
    """

    __slots__ = ("_hash", "bounds")

    def __init__(self, bounds: tuple[int, ...]) -> None:
        self.bounds = bounds
        self._hash = hash(bounds)

    @staticmethod
    def of(*ranges: tuple[int, int]) -> CodePoints:
        """The code points in any of the ranges, each given by its first and its last member."""
        return CodePoints.half_open((low, high + 1) for low, high in ranges)

    @staticmethod
    def half_open(ranges: Iterable[tuple[int, int]]) -> CodePoints:
        """The code points in any of the ranges, each given by its first member and the one after its last."""
        bounds: list[int] = []
        for low, high in sorted(piece for whole in ranges for piece in _without_surrogates(*whole)):
            if bounds and low <= bounds[-1]:
                bounds[-1] = max(bounds[-1], high)
            else:
                bounds += (low, high)
        return CodePoints(tuple(bounds))

    @staticmethod
    def characters(text: str) -> CodePoints:
        """The code points that occur in ``text``."""
        return CodePoints.half_open((ord(character), ord(character) + 1) for character in text)

    def ranges(self) -> Iterator[tuple[int, int]]:
        """The maximal ranges, ascending, each as its first member and the one after its last."""
        bounds = self.bounds
        return zip(bounds[::2], bounds[1::2], strict=True)

    def __contains__(self, code_point: int) -> bool:
        """Membership."""
        return bisect_right(self.bounds, code_point) & 1 == 1

    def __iter__(self) -> Iterator[int]:
        """The members, ascending."""
        for low, high in self.ranges():
            yield from range(low, high)

    def __len__(self) -> int:
        """How many members."""
        return sum(high - low for low, high in self.ranges())

    def __bool__(self) -> bool:
        """There is a member."""
        return bool(self.bounds)

    def __eq__(self, other: object) -> bool:
        """The same members."""
        return isinstance(other, CodePoints) and self.bounds == other.bounds

    def __hash__(self) -> int:
        """Of the members."""
        return self._hash

    def __or__(self, other: CodePoints) -> CodePoints:
        """Members of either."""
        return CodePoints.half_open([*self.ranges(), *other.ranges()])

    def __invert__(self) -> CodePoints:
        """All scalar values that are no members."""
        edges = (0, *self.bounds, LIMIT)
        return CodePoints.half_open(
            (low, high) for low, high in zip(edges[::2], edges[1::2], strict=True) if low < high
        )

    def __and__(self, other: CodePoints) -> CodePoints:
        """Members of both."""
        return ~(~self | ~other)

    def __sub__(self, other: CodePoints) -> CodePoints:
        """Members of this set only."""
        return ~(~self | other)

    def __repr__(self) -> str:
        """The ranges in hexadecimal."""
        return "CodePoints(" + ", ".join(f"{low:#x}..{high - 1:#x}" for low, high in self.ranges()) + ")"


def _without_surrogates(low: int, high: int) -> tuple[tuple[int, int], ...]:
    """The range ``low <= n < high`` with the surrogates cut out."""
    first, after = _SURROGATES
    if high <= first or low >= after:
        return ((low, high),) if low < high else ()
    return tuple(piece for piece in ((low, first), (after, high)) if piece[0] < piece[1])


NONE: Final = CodePoints(())
ANY: Final = ~NONE

# Which characters a person reads most easily, best first; the code points between are taken last, in order. Beyond
# ASCII a sign comes first that is neither letter, digit nor space: engines for regular expressions agree on it.
_READABLE: Final = (
    (0x61, 0x7A), (0x30, 0x39), (0x41, 0x5A), (0x2D, 0x2D), (0x5F, 0x5F), (0x2E, 0x2E), (0x3A, 0x40), (0x21, 0x7E),
    (0x20, 0x20), (0x20AC, 0x20AC), (0xE0, 0xFF), (0xC0, 0x24F), (0x370, 0x52F), (0x4E00, 0x4FFF), (0xA1, 0xAC),
    (0xAE, 0x1FFF), (0x2030, 0xD7FF), (0x1F300, 0x1F64F), (0xE000, 0x10FFFF), (0xA0, 0xD7FF), (0x0A, 0x0A),
    (0x00, 0x9F),
)  # fmt: skip


@lru_cache(maxsize=4096)
def readability(code_point: int) -> tuple[int, int]:
    """A sort key: smaller for characters that a person reads more easily."""
    for rank, (low, high) in enumerate(_READABLE):
        if low <= code_point <= high:
            return rank, code_point
    return len(_READABLE), code_point


@lru_cache(maxsize=4096)
def most_readable(members: CodePoints) -> int:
    """The member that reads best.

    Raises:
        ValueError: There is no member.
    """
    bounds = members.bounds
    for low, high in _READABLE:
        at = bisect_right(bounds, low)
        if at & 1:
            return low
        if at < len(bounds) and bounds[at] <= high:
            return bounds[at]
    message = "an empty set has no member"
    raise ValueError(message)


@lru_cache(maxsize=4096)
def partition(sets: frozenset[CodePoints]) -> tuple[tuple[int, CodePoints], ...]:
    """The coarsest partition of the alphabet that every set of ``sets`` is a union of classes of.

    Returns:
        For each class its most readable member and the class, the most readable first.
    """
    flips: dict[int, int] = {0: 0, LIMIT: 0}
    for position, one in enumerate(sets):
        for bound in one.bounds:
            flips[bound] = flips.get(bound, 0) ^ (1 << position)
    classes: dict[int, list[tuple[int, int]]] = {}
    points = sorted(flips)
    signature = 0
    for low, high in pairwise(points):
        signature ^= flips[low]
        classes.setdefault(signature, []).append((low, high))
    parts = [CodePoints.half_open(ranges) for ranges in classes.values()]
    named = [(most_readable(part), part) for part in parts if part]
    return tuple(sorted(named, key=lambda pair: readability(pair[0])))
