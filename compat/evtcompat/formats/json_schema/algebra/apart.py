"""Nodes of which no value is in two, by one look at each instead of one at each pair."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeAlias

from evtcompat.formats.json_schema.algebra.facts import once_per_node
from evtcompat.formats.json_schema.algebra.kinds import And, Enumeration, Members, Node
from evtcompat.formats.json_schema.algebra.nodes import FALSE

#: The values that members must have one of, by the members' names.
Tags: TypeAlias = Mapping[str, frozenset[Hashable]]


def told_apart(nodes: Sequence[Node]) -> bool:
    """Whether a member that all objects in the nodes have, such as the kind of an event, has another value in each.

    The nodes say something of objects only, as `project` makes them. ``False`` proves nothing.
    """
    if not nodes:
        return False
    first, *rest = nodes
    names = set(_tags(first))
    for node in rest:
        if not names:
            return False
        names &= _tags(node).keys()
    return any(_disjoint([_tags(node)[name] for node in nodes]) for name in names)


def _disjoint(sets: Sequence[frozenset[Hashable]]) -> bool:
    return len(frozenset[Hashable]().union(*sets)) == sum(map(len, sets))


@once_per_node
def _tags(node: Node) -> Tags:
    """The members that a node demands, and lists values of."""
    parts = node.children if type(node) is And else (node,)
    of_members = [part for part in parts if type(part) is Members]
    present = {part.names.single for part in of_members if not part.sign and part.node is FALSE}
    found: dict[str, frozenset[Hashable]] = {}
    for part in of_members:
        name = part.names.single
        if not part.sign or name is None or name not in present:
            continue
        for one in part.node.children if type(part.node) is And else (part.node,):
            if type(one) is Enumeration and one.sign:
                found[name] = found[name] & one.keys if name in found else one.keys
    return found
