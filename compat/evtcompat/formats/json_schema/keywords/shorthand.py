"""Nodes that several keywords share."""

from __future__ import annotations

from functools import lru_cache

from evtcompat.formats.json_schema.algebra.kinds import Node
from evtcompat.formats.json_schema.algebra.nodes import FALSE, disjunction, members, negation, types
from evtcompat.formats.json_schema.algebra.property_names import named


@lru_cache(maxsize=4096)
def has(name: str) -> Node:
    """Objects with a member of that name, and all that are no objects."""
    return disjunction((negation(types(("object",))), present(name)))


@lru_cache(maxsize=4096)
def present(name: str) -> Node:
    """Objects with a member of that name."""
    return negation(members(named(name), FALSE))


def at_most(of_type: str, one_more: Node) -> Node:
    """Values of a type that are not in ``one_more``, and all of other types."""
    return disjunction((negation(types((of_type,))), negation(one_more)))
