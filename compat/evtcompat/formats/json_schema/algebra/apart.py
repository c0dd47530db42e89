"""Nodes of which no value is in two, by one look at each instead of one at each pair."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Final, NamedTuple, TypeAlias

from evtcompat.formats.json_schema.algebra.facts import once_per_node
from evtcompat.formats.json_schema.algebra.kinds import (
    And,
    AtLeast,
    AtMost,
    Enumeration,
    ExactlyOne,
    Members,
    MinLength,
    MinProperties,
    Node,
    Or,
)
from evtcompat.formats.json_schema.algebra.nodes import FALSE

#: The values that members must have one of, by the members' names.
Tags: TypeAlias = Mapping[str, frozenset[Hashable]]
#: An end of a range: the bound, and which side of it is meant where it is no part of the range itself.
_End: TypeAlias = tuple[int | Fraction | float, int]

_FROM_BELOW: Final[_End] = (-math.inf, 0)
_TO_ABOVE: Final[_End] = (math.inf, 0)


def told_apart(nodes: Sequence[Node]) -> bool:
    """Whether a member that all objects in the nodes have, such as the kind of an event, has another value in each.

    Or whether the numbers, lengths of texts or sizes of objects that they allow are ranges apart. The nodes say
    something of one type only, as `project` makes them. ``False`` proves nothing.
    """
    if not nodes:
        return False
    return _told_by_member(nodes) or _told_by_range(nodes)


def _told_by_range(nodes: Sequence[Node]) -> bool:
    ranges = [_range(node) for node in nodes]
    if (_FROM_BELOW, _TO_ABOVE) in ranges:
        return False
    return all(before[1] < after[0] for before, after in pairwise(sorted(ranges)))


@once_per_node
def _range(node: Node) -> tuple[_End, _End]:
    """Between which ends the number is, the length of the text or the size of the object."""
    low, high = _FROM_BELOW, _TO_ABOVE
    for part in node.children if type(node) is And else (node,):
        if isinstance(part, (AtLeast, AtMost)):
            bound: int | Fraction | float = part.bound
            from_below = (type(part) is AtLeast) is part.sign
            outside = part.exclusive is part.sign
        elif isinstance(part, (MinLength, MinProperties)):
            bound = part.length if type(part) is MinLength else part.least
            from_below, outside = part.sign, not part.sign
        else:
            continue
        if from_below:
            low = max(low, (bound, int(outside)))
        else:
            high = min(high, (bound, -int(outside)))
    return low, high


def _told_by_member(nodes: Sequence[Node]) -> bool:
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


class Cases(NamedTuple):
    """The cases of a combination by what a member, such as the kind of an event, has to be in each."""

    #: The member; of objects without it no case holds but the `others`. ``None`` where none tells cases apart.
    name: str | None
    by_key: Mapping[Hashable, Sequence[Node]]
    #: The cases that do not say what it has to be.
    others: Sequence[Node]


@once_per_node
def cases_of(node: Or | ExactlyOne) -> Cases:
    """The cases of a combination; its children say something of objects only, as `project` makes them."""
    told = [_tags(child) for child in node.children]
    names = Counter(name for tags in told for name in tags)
    name = max(names, key=names.__getitem__, default=None)
    by_key: dict[Hashable, list[Node]] = {}
    others: list[Node] = []
    for child, tags in zip(node.children, told, strict=True):
        keys = None if name is None else tags.get(name)
        for key in keys or ():
            by_key.setdefault(key, []).append(child)
        if keys is None:
            others.append(child)
    return Cases(name, by_key, others)
