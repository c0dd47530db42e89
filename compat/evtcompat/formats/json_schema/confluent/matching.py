"""A largest matching in a bipartite graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable


def matching(lefts: int, neighbours: Callable[[int], Iterable[int]]) -> set[tuple[int, int]]:
    """A largest set of edges of which no two share an end, by augmenting paths.

    Args:
        lefts: How many ends there are on the left, numbered from 0.
        neighbours: The ends on the right that one on the left has an edge to, read no further than is needed. Called
            several times for an end, it gives the same.
    """
    partner: dict[int, int] = {}

    def place(left: int, tried: set[int]) -> bool:
        # One that nobody has yet, before another is asked to give way.
        free = next((right for right in neighbours(left) if right not in partner), None)
        if free is not None:
            partner[free] = left
            return True
        for right in neighbours(left):
            if right in tried:
                continue
            tried.add(right)
            if place(partner[right], tried):
                partner[right] = left
                return True
        return False

    for left in range(lefts):
        place(left, set())
    return {(left, right) for right, left in partner.items()}
