"""The demands of a conjunction that are left to prove, after those that hold by comparing nodes, part by part."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import TypeAlias

from evtcompat.formats.json_schema.algebra.declared import closes
from evtcompat.formats.json_schema.algebra.kinds import And, Members, Node, Or
from evtcompat.formats.json_schema.algebra.nodes import FALSE
from evtcompat.formats.json_schema.algebra.property_names import Names, Pattern

#: Whether it is quickly proved that every value of the first node is in the second, for members of that name, if any.
Proves: TypeAlias = Callable[[Node, Node, str | None], bool]


def demands(inside: Node, outside: Node, proves: Proves) -> list[Node]:
    """The demands of ``outside`` that ``inside`` does not meet by the same node, member by member, or case by case.

    A value of ``inside`` that is not in ``outside`` breaks one of them.

    Raises:
        BudgetExceededError: The steps of ``proves`` ran out.
    """
    ours: Sequence[Node] = inside.children if type(inside) is And else (inside,)
    every: Sequence[Node] = outside.children if type(outside) is And else (outside,)
    said = frozenset(ours)
    left = [demand for demand in every if demand not in said]
    if any(type(demand) is Or for demand in left):
        met = _met_by_choices(ours, every, said, proves)
        left = [demand for demand in left if demand not in met]
    if not any(type(demand) is Members for demand in left):
        return left
    of_members = _MemberConstraints(said)
    return [demand for demand in left if not _met_below(of_members, demand, proves)]


def _met_by_choices(
    ours: Sequence[Node], every: Sequence[Node], said: AbstractSet[Node], proves: Proves
) -> AbstractSet[Node]:
    """The choices among the demands that a choice of our own meets, of those that a change leaves in its place."""
    choices = [one for one in ours if type(one) is Or]
    wanted = [one for one in every if type(one) is Or]
    moved = len(choices) - len(wanted)
    return {
        demand
        for index, demand in enumerate(wanted)
        if demand not in said and not closes(demand)
        if any(_met_by_cases(choices[place], demand, proves) for place in _places(index, moved, len(choices)))
    }


def _met_by_cases(said: Or, demand: Or, proves: Proves) -> bool:
    """Whether each case of a choice is in one of another: of those that a change leaves in its place.

    Where comparing nodes alone tells, as it does of cases that close something, all others are asked as well.
    """
    theirs = demand.children
    known = frozenset(theirs)
    moved = len(theirs) - len(said.children)

    def met(index: int, case: Node) -> bool:
        places = range(len(theirs)) if closes(case) else ()
        beside = dict.fromkeys((*_places(index, moved, len(theirs)), *places))
        return case in known or any(proves(case, theirs[place], None) for place in beside)

    return all(met(index, case) for index, case in enumerate(said.children))


def _places(index: int, moved: int, count: int) -> list[int]:
    """Where a part of a list may stand in another, of so many parts: as far from one of its ends."""
    return [place for place in {index, index + moved} if 0 <= place < count]


def _met_below(said: _MemberConstraints, demand: Node, proves: Proves) -> bool:
    """Whether a demand on members is met by a constraint on them, or on more members."""
    if type(demand) is not Members or not demand.sign:
        return False
    names, wanted = demand.names, demand.node
    name = names.single
    if name is None:
        over = [one.node for one in said.over(names)]
        if FALSE in over:
            return True
        return not closes(wanted) and any(proves(one, wanted, None) for one in over)
    return any(proves(one.node, wanted, name) for one in said.of(name))


class _MemberConstraints:
    """The constraints on the members of an object, by their names."""

    __slots__ = ("_by_inside", "_by_name", "_by_set", "all")

    def __init__(self, said: Iterable[Node]) -> None:
        self.all = [one for one in said if type(one) is Members and one.sign]
        self._by_name: dict[str, list[Members]] = {}
        self._by_set: list[Members] = []
        #: Those on languages, by those that their names are in.
        self._by_inside: dict[frozenset[Pattern], list[Members]] | None = None
        for one in self.all:
            name = one.names.single
            if name is None:
                self._by_set.append(one)
            else:
                self._by_name.setdefault(name, []).append(one)

    def over(self, names: Names) -> Iterator[Members]:
        """The constraints on all members whose names are in a set, by the shapes of the sets."""
        if names.only is None and len(names.inside) <= 1:
            inner = self._by_language()
            among = [one for inside in {frozenset(), names.inside} for one in inner.get(inside, ())]
        else:
            among = self.all
        return (one for one in among if names.within(one.names))

    def _by_language(self) -> dict[frozenset[Pattern], list[Members]]:
        if self._by_inside is None:
            self._by_inside = {}
            for one in self._by_set:
                if one.names.only is None:
                    self._by_inside.setdefault(one.names.inside, []).append(one)
        return self._by_inside

    def of(self, name: str) -> Iterator[Members]:
        """The constraints on the members of this name."""
        yield from self._by_name.get(name, ())
        for one in self._by_set:
            if name in one.names:
                yield one
