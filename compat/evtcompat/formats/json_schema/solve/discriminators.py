"""Discriminators: members whose value decides many clauses at once, such as the kind of an event.

Where several clauses list values of the same member, one case for each of these values settles all of them together.
Splitting one clause after the other would exclude the values one by one, and try the other clauses' cases under each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from evtcompat.formats.json_schema.algebra.declared import closes
from evtcompat.formats.json_schema.algebra.facts import once_per_node
from evtcompat.formats.json_schema.algebra.kinds import And, Enumeration, ExactlyOne, Members, Node, Or
from evtcompat.formats.json_schema.algebra.membership import Membership
from evtcompat.formats.json_schema.algebra.nodes import FALSE, enumeration, members, negation
from evtcompat.formats.json_schema.algebra.property_names import named
from evtcompat.formats.json_schema.exact import Value, key

#: How many clauses must list values of a member for it to be a discriminator.
_SEVERAL = 4
#: Values that a node is asked about one by one.
_FEW = 4


@dataclass(frozen=True, slots=True)
class MemberCase:
    """What a case says of one member: it is absent, or one of some values, or present and none of them."""

    name: str
    #: The values by key; ``None`` where the member is absent.
    values: dict[Any, Value] | None
    #: Whether the member's value is among the values.
    among: bool
    membership: Membership = field(compare=False, repr=False)
    #: Whether the member's value is in a node, where that was asked.
    _answers: dict[Node, bool | None] = field(default_factory=dict, init=False, compare=False, repr=False)

    @property
    def node(self) -> Node:
        """The objects of which that is true."""
        if self.values is None:
            return members(named(self.name), FALSE)
        listed = enumeration(dict(self.values))
        return negation(members(named(self.name), negation(listed) if self.among else listed))

    def settles(self, node: Members) -> bool | None:
        """Whether all objects of which this is true are in a constraint on the member, or none; ``None`` if unknown."""
        if self.values is None:
            return node.sign
        inner = node.node
        if inner in self._answers:
            within = self._answers[inner]
        else:
            within = self._answers[inner] = self._within(inner, self.values)
        return within if within is None or node.sign else not within

    def _within(self, node: Node, values: dict[Any, Value]) -> bool | None:
        if node is FALSE:
            return False
        if type(node) is Enumeration:
            return self._listed(node, values)
        if isinstance(node, (And, Or)):
            answers = {self._within(one, values) for one in node.children}
            decisive = type(node) is Or
            return decisive if decisive in answers else None if None in answers else not decisive
        if not self.among or len(values) > _FEW or closes(node):
            return None
        answers = {self.membership.holds(node, value) for value in values.values()}
        return answers.pop() if len(answers) == 1 else None

    def _listed(self, node: Enumeration, values: dict[Any, Value]) -> bool | None:
        keys = node.keys
        within: bool | None = None
        if self.among:
            within = False if keys.isdisjoint(values) else True if keys >= values.keys() else None
        elif values.keys() >= keys:
            within = False
        return within if within is None or node.sign else not within


def discriminator(clauses: Iterable[Node], broken: Node, known: Iterable[str]) -> str | None:
    """A member whose values several clauses list, ``broken`` among them; not one of ``known``."""
    names = _lists(broken).keys() - set(known)
    if not names:
        return None
    counts = Counter(name for clause in clauses for name in _lists(clause).keys() & names)
    found = max(counts, key=lambda name: (counts[name], name), default=None)
    return found if found is not None and counts[found] >= _SEVERAL else None


def cases_of(name: str, clauses: Iterable[Node], met: Value, membership: Membership) -> Iterator[MemberCase]:
    """Cases for a member that cover all objects, that of ``met`` first; values that all clauses treat alike are one."""
    lists = list({listed: None for clause in clauses for listed in _lists(clause).get(name, ())})
    values: dict[Any, Value] = {}
    where: dict[Any, list[int]] = {}
    for index, listed in enumerate(lists):
        for identity, value in listed.values.items():
            values[identity] = value
            where.setdefault(identity, []).append(index)
    groups: dict[tuple[int, ...], dict[Any, Value]] = {}
    for identity, indices in where.items():
        groups.setdefault(tuple(indices), {})[identity] = values[identity]
    among: list[dict[Any, Value] | None] = [*groups.values(), values, None]
    first: dict[Any, Value] | None = None
    if name in met:
        found = where.get(key(met[name]))
        first = values if found is None else groups[tuple(found)]
    for one in sorted(among, key=lambda one: one is not first):
        yield MemberCase(name, one, one is not values, membership)


@once_per_node
def _lists(clause: Node) -> Mapping[str, Mapping[Enumeration, None]]:
    """The members of which a clause lists values, each with the lists."""
    found: dict[str, dict[Enumeration, None]] = {}
    pending, seen = [clause], {clause}
    while pending:
        node = pending.pop()
        if isinstance(node, (And, Or, ExactlyOne)):
            fresh = [child for child in node.children if child not in seen]
            seen.update(fresh)
            pending.extend(fresh)
        elif type(node) is Members and node.names.single is not None:
            inner = node.node
            for one in inner.children if isinstance(inner, (And, Or)) else (inner,):
                if type(one) is Enumeration:
                    found.setdefault(node.names.single, {})[one] = None
    return found
