"""Arrays: positions, counted items, distinct items and lengths.

For each length in turn (only few differ for the constraints), every counted constraint "at least n items in S" gets
n positions, and "at most n items in S" leaves n positions free and keeps the others out of S.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

from evtcompat.formats.json_schema.algebra.kinds import Contains, Enumeration, Items, Node, Unique
from evtcompat.formats.json_schema.algebra.nodes import FALSE, TRUE, enumeration, items, min_items, negation
from evtcompat.formats.json_schema.exact import key
from evtcompat.formats.json_schema.solve.outcomes import (
    UNSAT,
    Alternatives,
    Outcome,
    Sat,
    Unknown,
    UnknownReason,
    Unsat,
    composed,
    merged,
)
from evtcompat.regular.steps import Steps

#: A value in all of some nodes, for the member or item that the step leads to.
Solve = Callable[[str | int, Sequence[Node]], Outcome]

#: Items of a witness beyond which it is not written out.
MAX_ITEMS = 20_000
#: Pairwise different items that are searched for.
MAX_DISTINCT = 2_000
#: Positions that are looked at for one step; to ask whether those that are alike can hold something is another one.
_POSITIONS_A_STEP = 16


def array(literals: Iterable[Node], solve: Solve, steps: Steps) -> Outcome:
    """An array in all of ``literals``, a short one."""
    return _Arrays(literals, solve, steps).search()


class _Arrays:
    """One question."""

    def __init__(self, literals: Iterable[Node], solve: Solve, steps: Steps) -> None:
        self.solve = solve
        self.steps = steps
        self.universal: list[tuple[int, int | None, Node]] = []
        #: Some item from ``low`` to before ``high`` is in the node; n of them.
        self.some: list[tuple[int, int | None, Node, int]] = []
        self.at_most: list[tuple[Node, int]] = []
        self.least = 0
        self.most: int | None = None
        self.unique = self.repeated = False
        #: Positions, from the first on, of which it is known that a value may stand there.
        self._fitting = 0
        for node in literals:
            if type(node) is Items:
                if node.sign:
                    self._everywhere(node.low, node.high, node.node)
                else:
                    self._somewhere(node.low, node.high, negation(node.node))
            elif type(node) is Contains:
                self._counted(node.node, node.least, at_least=node.sign)
            elif type(node) is Unique:
                if node.sign:
                    self.unique = True
                else:
                    self.repeated = True

    def _everywhere(self, low: int, high: int | None, node: Node) -> None:
        if node is FALSE:
            self.most = low if self.most is None else min(self.most, low)
        else:
            self.universal.append((low, high, node))

    def _somewhere(self, low: int, high: int | None, node: Node) -> None:
        self.least = max(self.least, low + 1)
        if high == low + 1:
            self.universal.append((low, high, node))
        elif node is not TRUE or high is not None:
            self.some.append((low, high, node, 1))

    def _counted(self, node: Node, count: int, *, at_least: bool) -> None:
        if node is TRUE:
            if at_least:
                self.least = max(self.least, count)
            else:
                self.most = count - 1 if self.most is None else min(self.most, count - 1)
        elif at_least:
            self.least = max(self.least, count)
            self.some.append((0, None, node, count))
        elif count == 1:
            self.universal.append((0, None, negation(node)))
        else:
            self.at_most.append((node, count - 1))

    def search(self) -> Outcome:
        """The answer."""
        reasons: tuple[UnknownReason, ...] = ()
        inexact: Sat | None = None
        for length in self._lengths():
            if length > MAX_ITEMS:
                return inexact or Unknown((*reasons, UnknownReason(f"a witness would need {length} items")))
            outcome = self._of_length(length)
            if isinstance(outcome, Sat):
                if outcome.exact:
                    return outcome
                inexact = inexact or outcome
            elif isinstance(outcome, Unknown):
                reasons = merged(reasons, outcome.reasons)
            elif self._nothing_fits(length):
                break
        return inexact or (Unknown(reasons) if reasons else UNSAT)

    def _nothing_fits(self, length: int) -> bool:
        """Whether an array of that length has a position where no value can stand; so has every longer one then."""
        while self._fitting < length:
            if isinstance(self.solve(self._fitting, self._at(self._fitting)), Unsat):
                return True
            self._fitting += 1
        return False

    def _lengths(self) -> Iterator[int]:
        """The lengths that may differ for the constraints: beyond, a longer array could do without one of its items."""
        bounds = [bound for low, high, _ in self.universal for bound in (low, high or 0)]
        bounds += [bound for low, high, _, _ in self.some for bound in (low, high or 0)]
        beyond = max(bounds, default=0) + sum(count for *_, count in self.some) + (2 if self.repeated else 0)
        first = max(self.least, self._constants())
        last = max(self.least, beyond)
        if self.most is not None:
            last = min(last, self.most)
        yield from range(first, last + 1)

    def _constants(self) -> int:
        """How many values must be among the items, each in one of its own."""
        return len({key for *_, node, _ in self.some if type(node) is Enumeration and node.sign for key in _only(node)})

    def _at(self, index: int) -> tuple[Node, ...]:
        known = self._known_at.get(index)
        if known is None:
            mine, wide = self._placed
            speaking = [*mine.get(index, ()), *(at for at in wide if _within(index, *self.universal[at][:2]))]
            known = self._known_at[index] = tuple([self.universal[at][2] for at in sorted(speaking)])
        return known

    @cached_property
    def _known_at(self) -> dict[int, tuple[Node, ...]]:
        return {}

    @cached_property
    def _placed(self) -> tuple[dict[int, list[int]], list[int]]:
        """Which of the universals speak of one position only, by the position, and which of several."""
        mine: dict[int, list[int]] = {}
        wide = []
        for at, (low, high, _) in enumerate(self.universal):
            if high == low + 1:
                mine.setdefault(low, []).append(at)
            else:
                wide.append(at)
        return mine, wide

    def _of_length(self, length: int) -> Outcome:
        self.steps.spend(1 + length // 16)
        positions: list[tuple[Node, ...]] = []
        shared: dict[object, tuple[Node, ...]] = {}
        for index in range(length):
            at = self._at(index)
            positions.append(shared.setdefault(at, at))
        if self.repeated:
            return self._with_repetition(positions)
        return self._distribute(positions, 0)

    def _with_repetition(self, positions: list[tuple[Node, ...]]) -> Outcome:
        """Two positions hold the same value, which all that is asked of either allows."""
        reasons: tuple[UnknownReason, ...] = ()
        tried: set[object] = set()
        if self.unique:
            return UNSAT
        for left in range(len(positions)):
            for right in range(left + 1, len(positions)):
                sign = (positions[left], positions[right], self._region(left), self._region(right))
                if sign in tried:
                    continue
                tried.add(sign)
                outcome = self.solve(left, (*positions[left], *positions[right]))
                if isinstance(outcome, Sat):
                    outcome = self._distribute(positions, 0, pair=(left, right))
                if isinstance(outcome, Sat):
                    return outcome
                if isinstance(outcome, Unknown):
                    reasons = merged(reasons, outcome.reasons)
        return Unknown(reasons) if reasons else UNSAT

    @cached_property
    def _ranges(self) -> tuple[tuple[int, int | None], ...]:
        """Where something is counted; most of what is counted is counted in the whole array."""
        return tuple({(low, high): None for low, high, _, _ in self.some})

    def _region(self, index: int) -> tuple[bool, ...]:
        return tuple([_within(index, low, high) for low, high in self._ranges])

    def _distribute(
        self, positions: list[tuple[Node, ...]], index: int, pair: tuple[int, int] | None = None
    ) -> Outcome:
        """Give the counted constraints from ``index`` on their positions, then find the values."""
        self.steps.spend()
        if index == len(self.some):
            return self._spare(positions, 0, pair)
        low, high, node, count = self.some[index]
        tried = Alternatives()
        last = len(positions) if high is None else min(high, len(positions))
        for chosen in self._choices(positions, low, last, count, node, pair):
            changed = list(positions)
            for position in chosen:
                changed[position] = (*changed[position], node)
            outcome = self._distribute(changed, index + 1, pair)
            if tried.end_with(outcome):
                return outcome
        return tried.outcome

    def _choices(
        self,
        positions: list[tuple[Node, ...]],
        low: int,
        high: int,
        count: int,
        node: Node,
        pair: tuple[int, int] | None,
    ) -> Iterator[tuple[int, ...]]:
        """Sets of ``count`` positions that can hold ``node``; of interchangeable ones only the first."""
        groups: dict[object, list[int]] = {}
        for index in range(low, high):
            sign = (positions[index], self._region(index), pair is not None and index in pair)
            groups.setdefault(sign, []).append(index)
        self.steps.spend((high - low) // _POSITIONS_A_STEP + len(groups))
        able = [
            group
            for group in groups.values()
            if not isinstance(self.solve(group[0], (*positions[group[0]], node)), type(UNSAT))
        ]

        def choose(at: int, left: int) -> Iterator[tuple[int, ...]]:
            self.steps.spend()
            if left == 0:
                yield ()
                return
            if at == len(able) or sum(len(group) for group in able[at:]) < left:
                return
            for taken in range(min(left, len(able[at])), -1, -1):
                for others in choose(at + 1, left - taken):
                    yield (*able[at][:taken], *others)

        yield from choose(0, count)

    def _spare(self, positions: list[tuple[Node, ...]], index: int, pair: tuple[int, int] | None) -> Outcome:
        """Leave at most n positions free of ``not S`` for every "at most n items in S"."""
        if index == len(self.at_most):
            return self._values(positions, pair)
        node, count = self.at_most[index]
        outside = negation(node)
        tried = Alternatives()
        groups: dict[object, list[int]] = {}
        for position, nodes in enumerate(positions):
            groups.setdefault((nodes, pair is not None and position in pair), []).append(position)
        self.steps.spend(len(positions) // _POSITIONS_A_STEP + len(groups))
        listed = list(groups.values())
        # Positions that cannot lie outside S have to be among the free ones.
        bound = [isinstance(self.solve(group[0], (*positions[group[0]], outside)), type(UNSAT)) for group in listed]
        forced = [position for group, is_bound in zip(listed, bound, strict=True) if is_bound for position in group]
        if len(forced) > count:
            return UNSAT
        movable = [group for group, is_bound in zip(listed, bound, strict=True) if not is_bound]

        def choose(at: int, left: int) -> Iterator[tuple[int, ...]]:
            self.steps.spend()
            if at == len(movable):
                yield ()
                return
            for taken in range(min(left, len(movable[at])) + 1):
                for others in choose(at + 1, left - taken):
                    yield (*movable[at][:taken], *others)

        for chosen in choose(0, count - len(forced)):
            free = {*chosen, *forced}
            changed = [nodes if position in free else (*nodes, outside) for position, nodes in enumerate(positions)]
            outcome = self._spare(changed, index + 1, pair)
            if tried.end_with(outcome):
                return outcome
        return tried.outcome

    def _values(self, positions: list[tuple[Node, ...]], pair: tuple[int, int] | None) -> Outcome:
        if pair is not None:
            left, right = pair
            both = tuple(dict.fromkeys((*positions[left], *positions[right])))
            positions = [both if index in pair else nodes for index, nodes in enumerate(positions)]
        if self.unique and len(positions) > 1:
            return self._distinct(positions)
        found: list[Sat] = []
        open_: Unknown | None = None
        for index, nodes in enumerate(positions):
            outcome = self.solve(index, nodes)
            if isinstance(outcome, Sat):
                found.append(outcome)
            elif isinstance(outcome, Unknown):
                open_ = outcome
            else:
                return outcome
        if open_ is not None:
            return open_
        return composed([one.value for one in found], found)

    def _distinct(self, positions: list[tuple[Node, ...]]) -> Outcome:
        """A system of distinct representatives: enough values for each kind of position, then a matching."""
        needed = len(positions)
        if needed > MAX_DISTINCT:
            return Unknown((UnknownReason(f"a witness would need {needed} different items"),))
        values: dict[object, Sat] = {}
        domains: dict[object, list[object]] = {}
        reasons: tuple[UnknownReason, ...] = ()
        for nodes in dict.fromkeys(positions):
            domain: list[object] = []
            excluded: dict[Any, Any] = {}
            while len(domain) < needed:
                self.steps.spend(1 + len(excluded) // 16)
                outcome = self.solve(len(domain), (*nodes, negation(enumeration(dict(excluded)))))
                if not isinstance(outcome, Sat):
                    if isinstance(outcome, Unknown):
                        reasons = merged(reasons, outcome.reasons)
                    break
                identity = key(outcome.value)
                values.setdefault(identity, outcome)
                domain.append(identity)
                excluded[identity] = outcome.value
            domains[nodes] = domain
        chosen = _matching([domains[nodes] for nodes in positions])
        if chosen is None:
            return Unknown(reasons) if reasons else UNSAT
        found = [values[identity] for identity in chosen]
        return composed([one.value for one in found], found)


def _within(index: int, low: int, high: int | None) -> bool:
    return low <= index and (high is None or index < high)


def _only(node: Enumeration) -> Iterable[Hashable]:
    """The value that a node fixes, by its key; none where it lists several."""
    return node.keys if len(node.keys) == 1 else ()


#: No value (``None`` is one).
_START = object()


def _matching(domains: list[list[object]]) -> list[object] | None:
    """A different member of each domain, or ``None``: augmenting paths."""
    owner: dict[object, int] = {}

    def augment(start: int) -> bool:
        seen: set[object] = set()
        came: dict[object, tuple[int, object]] = {}
        stack: list[tuple[int, object]] = [(start, _START)]
        while stack:
            position, via = stack.pop()
            for value in reversed(domains[position]):
                if value in seen:
                    continue
                seen.add(value)
                came[value] = (position, via)
                if value not in owner:
                    current = value
                    while current is not _START:
                        holder, previous = came[current]
                        owner[current] = holder
                        current = previous
                    return True
                stack.append((owner[value], value))
        return False

    for position in range(len(domains)):
        if not augment(position):
            return None
    chosen: list[object] = [None] * len(domains)
    for value, position in owner.items():
        chosen[position] = value
    return chosen


def different(value: Sequence[Any], constant: Callable[[Any], Node]) -> Iterator[Node]:
    """The ways in which an array differs from ``value``: another length, another item."""
    yield min_items(len(value) + 1)
    if value:
        yield negation(min_items(len(value)))
    for index, item in enumerate(value):
        yield negation(items(index, index + 1, constant(item)))
