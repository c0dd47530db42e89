"""Constraints on the members and items that are left unevaluated, and on those that are not declared.

A contribution is a condition and what is evaluated when it holds. "Everything unevaluated is in S" is then, for every
cell of the partition that the contributions make of the names, "all members of the cell are in S, or the condition of a
contribution that covers the cell holds": linear in the number of cells, and without negating any condition, since
evaluating more only demands less.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from evtcompat.dataclasses import dataclass
from evtcompat.formats.json_schema.algebra.kinds import Contribution, Node
from evtcompat.formats.json_schema.algebra.nodes import FALSE, TRUE, conjunction, disjunction, items, members, negation
from evtcompat.formats.json_schema.algebra.partitions import partition
from evtcompat.formats.json_schema.algebra.property_names import complement


def unevaluated_members(contributions: Sequence[Contribution], rest: Node) -> Node:
    """Every member that no contribution evaluates has a value in ``rest``.

    Raises:
        PartitionError: Too many languages meet.
    """
    if rest is TRUE:
        return TRUE
    certain = [names for condition, names in contributions if condition is TRUE]
    if any(names.everything for names in certain):
        return TRUE
    if len(certain) == len(contributions):
        others = complement(certain)
        if others is not None:
            return members(others, rest)
    cells = partition([names for _, names in contributions])
    return conjunction(
        disjunction(
            (
                *(condition for (condition, _), seen in zip(contributions, signature, strict=True) if seen),
                members(cell, rest),
            )
        )
        for cell, signature in cells
        if not cell.empty
    )


def only_declared(contributions: Sequence[Contribution]) -> Node:
    """No member but those that a contribution declares, or nothing is declared at all.

    Raises:
        PartitionError: Too many languages meet.
    """
    silent = conjunction(negation(condition) for condition, _ in contributions)
    return disjunction((silent, unevaluated_members(contributions, FALSE)))


@dataclass(frozen=True, slots=True)
class EvaluatedItems:
    """A contribution to the items that are evaluated."""

    condition: Node
    #: Items before this index are evaluated; ``None`` for all.
    before: int | None = 0
    #: Items with a value in this node are evaluated.
    matching: Node = FALSE


#: Conditional `contains` that are combined in one place.
MAX_CONDITIONAL = 4


def unevaluated_items(contributions: Sequence[EvaluatedItems], rest: Node) -> Node | None:
    """Every item that no contribution evaluates has a value in ``rest``; ``None`` if too many conditions meet."""
    if rest is TRUE or any(one.condition is TRUE and one.before is None for one in contributions):
        return TRUE
    allowed = disjunction((rest, *(one.matching for one in contributions if one.condition is TRUE)))
    conditional = [one for one in contributions if one.condition is not TRUE and one.matching is not FALSE]
    if len(conditional) > MAX_CONDITIONAL:
        return None
    bounds = sorted({0, *(one.before for one in contributions if one.before is not None)})
    parts = []
    for low, high in zip(bounds, [*bounds[1:], None], strict=True):
        covering = [
            one.condition for one in contributions if one.before is None or (high is not None and one.before >= high)
        ]
        matching = [
            conjunction(
                (
                    *(one.condition for one in chosen),
                    items(low, high, disjunction((allowed, *(one.matching for one in chosen)))),
                )
            )
            for count in range(len(conditional) + 1)
            for chosen in combinations(conditional, count)
        ]
        parts.append(disjunction((*covering, *matching)))
    return conjunction(parts)
