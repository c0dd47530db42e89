"""A largest matching in a bipartite graph."""

from __future__ import annotations

from collections.abc import Collection


def matching(edges: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    """A largest set of edges of which no two share an end, by augmenting paths."""
    neighbours: dict[int, list[int]] = {}
    for left, right in edges:
        neighbours.setdefault(left, []).append(right)
    partner: dict[int, int] = {}

    def place(left: int, tried: set[int]) -> bool:
        for right in neighbours[left]:
            if right in tried:
                continue
            tried.add(right)
            if right not in partner or place(partner[right], tried):
                partner[right] = left
                return True
        return False

    for left in neighbours:
        place(left, set())
    return {(left, right) for right, left in partner.items()}
