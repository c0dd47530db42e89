"""Objects: one partition of the property names, in which required members find their place and forbidden ones do not.

Constraints come in two forms. A *universal* says that every member whose name is in a set has a value in a node; an
*existential* says that some member does. All else (required and absent names, `propertyNames`, open and closed
content) is one of the two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from typing import Any

from evtcompat.formats.json_schema.algebra.declared import closes
from evtcompat.formats.json_schema.algebra.kinds import And, Members, MinProperties, Node
from evtcompat.formats.json_schema.algebra.nodes import FALSE, TRUE, members, negation
from evtcompat.formats.json_schema.algebra.partitions import PartitionError, joined, parts
from evtcompat.formats.json_schema.algebra.property_names import Names, named
from evtcompat.formats.json_schema.solve.outcomes import (
    MAX_VALUES,
    UNSAT,
    Alternatives,
    Outcome,
    Sat,
    Unknown,
    UnknownReason,
    Unsat,
    composed,
    merged,
    too_large,
)
from evtcompat.regular.steps import Steps

#: A value in all of some nodes, for the member or item that the step leads to.
Solve = Callable[[str | int, Sequence[Node]], Outcome]

#: Members of a witness beyond which it is not written out.
MAX_MEMBERS = 20_000
#: Demanded members of which a value is asked for in one step; most are alike.
_MEMBERS_A_STEP = 16
#: So many names are held against a set of names for one step.
_LOOKS_A_STEP = 64


class Objects:
    """One question: an object in all of some literals, with as few members as they allow."""

    def __init__(self, literals: Iterable[Node], solve: Solve, steps: Steps) -> None:
        self.solve = solve
        self.steps = steps
        self.by_name: dict[str, list[Node]] = {}
        self.by_set: list[tuple[Names, Node]] = []
        self._by_node: list[tuple[Names, Node]] | None = None
        self.wanted: dict[str, list[Node]] = {}
        self.some: list[tuple[Names, Node]] = []
        self.least = 0
        self.most: int | None = None
        self.reasons: tuple[UnknownReason, ...] = ()
        #: Values that were found of demanded members, as long as no more is demanded of them.
        self.settled: dict[str, Sat] = {}
        self.take(literals)

    def also(self, literals: Sequence[Node]) -> Objects | None:
        """The same question of these literals as well; ``None`` where one of them is a universal."""
        if any(type(node) is Members and node.sign for node in literals):
            return None
        other = copy(self)
        other.wanted = {name: list(nodes) for name, nodes in self.wanted.items()}
        other.some = list(self.some)
        other.settled = dict(self.settled)
        other.take(literals)
        return other

    def take(self, literals: Iterable[Node]) -> None:
        """The question is one of these literals as well; while it is being made only."""
        for node in literals:
            if type(node) is Members:
                names, inner = node.names, node.node
                if not node.sign:
                    self._some_member(names, negation(inner))
                elif names.only is None:
                    self.by_set.append((names, inner))
                else:
                    for name in names.only:
                        self.by_name.setdefault(name, []).append(inner)
            elif type(node) is MinProperties:
                if node.sign:
                    self.least = max(self.least, node.least)
                else:
                    bound = node.least - 1
                    self.most = bound if self.most is None else min(self.most, bound)

    def _some_member(self, names: Names, inner: Node) -> None:
        single = names.single
        if single is None:
            self.some.append((names, inner))
        else:
            wanted = self.wanted.setdefault(single, [])
            if inner is not TRUE:
                # What a value must be in anyway is known of its own; beside others it would be another question.
                wanted.append(inner)
                self.settled.pop(single, None)

    def impossible(self, node: Node) -> bool:
        """Whether no object in the literals is in ``node`` as well, as far as one look at one name tells."""
        if type(node) is And:
            return any(self.impossible(child) for child in node.children)
        if type(node) is not Members or node.sign or node.names.single is None:
            return False
        name = node.names.single
        nodes = (*self.wanted.get(name, ()), negation(node.node), *self.applicable(name))
        # Where objects are closed, a case that is still undecided may declare what is not allowed yet.
        return not any(closes(one) for one in nodes) and isinstance(self.solve(name, nodes), Unsat)

    def applicable(self, name: str) -> list[Node]:
        """What every value under a name must be in."""
        found = list(self.by_name.get(name, ()))
        found.extend(inner for names, inner in self.by_set if name in names)
        return found

    def search(self) -> Outcome:
        """The answer."""
        if self.most is not None and (self.most < self.least or self.most < len(self.wanted)):
            return UNSAT
        if len(self.wanted) >= MAX_VALUES:
            return too_large(1 + len(self.wanted))
        self.steps.spend(len(self.wanted) // _MEMBERS_A_STEP + len(self.wanted) * len(self.by_set) // _LOOKS_A_STEP)
        values: dict[str, Sat] = {}
        unsettled: tuple[UnknownReason, ...] = ()
        for name, nodes in self.wanted.items():
            outcome = self.settled.get(name) or self.solve(name, (*nodes, *self.applicable(name)))
            if isinstance(outcome, Sat):
                values[name] = self.settled[name] = outcome
            elif isinstance(outcome, Unknown):
                unsettled = merged(unsettled, outcome.reasons)
            else:
                return UNSAT
        if unsettled and not self.some and not self.least:
            return Unknown(unsettled)
        try:
            outcome = self._place(0, {name: tuple(nodes) for name, nodes in self.wanted.items()}, values)
        except PartitionError:
            return Unknown((UnknownReason("too many regular expressions for property names meet in one object"),))
        if unsettled and isinstance(outcome, Sat):
            return Unknown(unsettled)
        return outcome

    def _place(self, index: int, wanted: dict[str, tuple[Node, ...]], values: dict[str, Sat]) -> Outcome:
        """Give the existentials from ``index`` on a member each; some may share one."""
        self.steps.spend()
        if index == len(self.some):
            return self._fill(wanted, values)
        names, inner = self.some[index]
        tried = Alternatives()
        for name in self._slots(names, wanted):
            nodes = (*wanted.get(name, ()), inner)
            outcome = self.solve(name, (*nodes, *self.applicable(name)))
            if isinstance(outcome, Sat):
                outcome = self._place(index + 1, {**wanted, name: nodes}, {**values, name: outcome})
            if tried.end_with(outcome):
                return outcome
        return tried.outcome

    def _slots(self, names: Names, wanted: dict[str, tuple[Node, ...]]) -> Iterator[str]:
        """Names of every kind that differ for the constraints: new ones, known ones, those that are members already."""
        used = frozenset(wanted)
        if self.most is None or len(wanted) < self.most:
            yield from self._new(names, used)
        for name in wanted:
            if name in names:
                yield name

    def _new(self, names: Names, used: frozenset[str]) -> Iterator[str]:
        if names.only is not None:
            yield from sorted((name for name in names.only if name not in used), key=lambda one: (len(one), one))
            return
        known = frozenset((*self.by_name, *(name for one, _ in self.by_set for name in one.only or one.but)))
        for cell in self._cells(names):
            name = cell.fresh(known | used, self.steps)
            if name is not None:
                yield name
        for name in sorted(known - used, key=lambda one: (len(one), one)):
            if name in names:
                yield name

    def _cells(self, names: Names) -> Iterator[Names]:
        """The parts of ``names`` that no language divides; they may be empty."""
        others = [one for one, _ in self._joined() if not one.needs_no_language]
        yield from parts(names, [*others, *(one for one, _ in self.some if not one.needs_no_language)], self.steps)

    def _joined(self) -> list[tuple[Names, Node]]:
        """The universals, those with the same node merged."""
        if self._by_node is None:
            self._by_node = joined(self.by_set)
        return self._by_node

    def _fill(self, wanted: dict[str, tuple[Node, ...]], values: dict[str, Sat]) -> Outcome:
        """Add members until there are enough."""
        if len(values) < len(wanted):
            return Unknown((UnknownReason("a required member is not settled"),))
        missing = self.least - len(wanted)
        if missing > MAX_MEMBERS:
            return Unknown((UnknownReason(f"a witness would need {self.least} members"),))
        reasons: tuple[UnknownReason, ...] = ()
        found = dict(values)
        if missing > 0:
            for name in self._fillers(frozenset(wanted), missing):
                outcome = self.solve(name, self.applicable(name))
                if isinstance(outcome, Sat):
                    found[name] = outcome
                    missing -= 1
                    if missing == 0:
                        break
                elif isinstance(outcome, Unknown):
                    reasons = merged(reasons, outcome.reasons)
        if missing > 0:
            return Unknown(reasons) if reasons else UNSAT
        return composed({name: one.value for name, one in found.items()}, found.values())

    def _fillers(self, used: frozenset[str], missing: int) -> Iterator[str]:
        """Names for further members: of each part of the partition, as many as are missing (or all)."""
        known = frozenset((*self.by_name, *(name for one, _ in self.by_set for name in one.only or one.but)))
        for name in sorted(known - used, key=lambda one: (len(one), one)):
            if FALSE not in self.applicable(name):
                yield name
        for cell in self._cells(Names()):
            if any(inner is FALSE and _covers(names, cell) for names, inner in self._joined()):
                continue
            taken = known | used
            for _ in range(missing):
                fresh = cell.fresh(taken, self.steps)
                if fresh is None or FALSE in self.applicable(fresh):
                    # The names of one cell are all alike.
                    break
                yield fresh
                taken |= {fresh}


def _covers(names: Names, cell: Names) -> bool:
    return names.only is None and names.inside <= cell.inside and names.outside <= cell.outside


def different(value: dict[str, Any], constant: Callable[[Any], Node]) -> Iterator[Node]:
    """The ways in which an object differs from ``value``: a member missing, another value, a further member."""
    yield negation(_only(value))
    for name, member in value.items():
        yield _absent(name)
        yield negation(_member(name, constant(member)))


def _only(value: dict[str, Any]) -> Node:
    return members(Names(but=frozenset(value)), FALSE)


def _absent(name: str) -> Node:
    return members(named(name), FALSE)


def _member(name: str, node: Node) -> Node:
    return members(named(name), node)
