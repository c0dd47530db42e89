"""Discriminators: members whose value decides many clauses at once, such as the kind of an event.

Where several clauses list values of the same member, one case for each of these values settles all of them together.
Splitting one clause after the other would exclude the values one by one, and try the other clauses' cases under each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from evtcompat.dataclasses import dataclass, field
from evtcompat.formats.json_schema.algebra.declared import closes
from evtcompat.formats.json_schema.algebra.facts import once_per_node
from evtcompat.formats.json_schema.algebra.kinds import And, Enumeration, ExactlyOne, Members, Node, Or
from evtcompat.formats.json_schema.algebra.membership import Membership
from evtcompat.formats.json_schema.algebra.nodes import FALSE, disjunction, enumeration, members, negation
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


class ClausesByValue:
    """The clauses of a branch by the values that they list of one member, so that a case of it need look at few."""

    __slots__ = ("_cases", "_clauses", "_others", "_unless")

    def __init__(self, name: str, clauses: Iterable[Node]) -> None:
        self._clauses = tuple(clauses)
        #: Clauses of which nothing is known, by their positions.
        self._others: list[int] = []
        #: Clauses that hold unless the member has the value.
        self._unless: dict[Any, list[int]] = {}
        #: Clauses with the cases that are left for a value, by their numbers, and those that are left for any.
        self._cases: list[tuple[Or, dict[Any, list[int]], list[int]]] = []
        for position, clause in enumerate(self._clauses):
            self._sort(name, position, clause)

    def _sort(self, name: str, position: int, clause: Node) -> None:
        refused = None if type(clause) is not Or or closes(clause) else _refused(name, clause)
        if refused is not None:
            for identity in refused:
                self._unless.setdefault(identity, []).append(position)
            return
        by_value: dict[Any, list[int]] = {}
        any_value: list[int] = []
        for number, case in enumerate(clause.children if type(clause) is Or else ()):
            wanted = _wanted(name, case)
            if wanted is None:
                any_value.append(number)
            for identity in wanted or ():
                by_value.setdefault(identity, []).append(number)
        if type(clause) is Or and by_value:
            self._cases.append((clause, by_value, any_value))
        else:
            self._others.append(position)

    def left(self, case: MemberCase) -> tuple[list[Node], list[Node]]:
        """The clauses that may not hold in a case, and what others are in it."""
        if case.values is None or not case.among:
            return list(self._clauses), []
        kept = {position for value in case.values for position in self._unless.get(value, ())}
        narrowed: list[Node] = []
        for clause, by_value, any_value in self._cases:
            numbers = {number for value in case.values for number in by_value.get(value, ())}
            narrowed.append(disjunction(clause.children[number] for number in sorted((*numbers, *any_value))))
        return [self._clauses[position] for position in sorted((*kept, *self._others))], narrowed


def _refused(name: str, clause: Or) -> frozenset[Any] | None:
    """Values of a member such that with any other value a case of the clause holds; ``None`` where none are known."""
    return next((one.keys for sign, one in _listed_in(name, clause.children) if sign is not one.sign), None)


def _wanted(name: str, case: Node) -> frozenset[Any] | None:
    """Values of a member of which a case needs one, where the member is there; ``None`` where none are known."""
    parts = case.children if type(case) is And else (case,)
    return next((one.keys for sign, one in _listed_in(name, parts) if sign and one.sign), None)


def _listed_in(name: str, nodes: Iterable[Node]) -> Iterator[tuple[bool, Enumeration]]:
    """The lists to which nodes hold a member, each with the sign of the node."""
    for one in nodes:
        if type(one) is Members and one.names.single == name and type(one.node) is Enumeration:
            yield one.sign, one.node


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
