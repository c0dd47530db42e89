"""The demands of a conjunction that are left to prove, after those that hold by comparing nodes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

from evtcompat.formats.json_schema.algebra.declared import closes
from evtcompat.formats.json_schema.algebra.kinds import And, Members, Node
from evtcompat.formats.json_schema.algebra.nodes import FALSE
from evtcompat.formats.json_schema.algebra.property_names import Names, Pattern

#: Whether it is quickly proved that every value of the first node is in the second, for members of that name, if any.
Proves: TypeAlias = Callable[[Node, Node, str | None], bool]


def demands(inside: Node, outside: Node, proves: Proves) -> list[Node]:
    """The demands of ``outside`` that ``inside`` does not meet by the same node, or member by member.

    A value of ``inside`` that is not in ``outside`` breaks one of them.

    Raises:
        BudgetExceededError: The steps of ``proves`` ran out.
    """
    said = frozenset(inside.children) if type(inside) is And else frozenset((inside,))
    every: Sequence[Node] = outside.children if type(outside) is And else (outside,)
    left = [demand for demand in every if demand not in said]
    if not any(type(demand) is Members for demand in left):
        return left
    of_members = _MemberConstraints(said)
    return [demand for demand in left if not _met_below(of_members, demand, proves)]


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
