"""A largest matching in a bipartite graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable


def matching(
    lefts: int, candidates: Callable[[int], Iterable[int]], joined: Callable[[int, int], bool]
) -> set[tuple[int, int]]:
    """A largest set of edges of which no two share an end, by augmenting paths.

    Args:
        lefts: How many ends there are on the left, numbered from 0.
        candidates: The ends on the right that one on the left may have an edge to, the most likely first.
        joined: Whether there is an edge between two ends. Asked of no more pairs than the result depends on; asked
            several times about a pair, it answers the same.
    """
    partner: dict[int, int] = {}

    def place(left: int, tried: set[int]) -> bool:
        # One that nobody has yet, before another is asked to give way.
        free = next((right for right in candidates(left) if right not in partner and joined(left, right)), None)
        if free is not None:
            partner[free] = left
            return True
        for right in candidates(left):
            if right in tried or not joined(left, right):
                continue
            tried.add(right)
            if place(partner[right], tried):
                partner[right] = left
                return True
        return False

    for left in range(lefts):
        place(left, set())
    return {(left, right) for right, left in partner.items()}
