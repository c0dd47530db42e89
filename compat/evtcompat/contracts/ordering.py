"""An order in which versions can be deployed so that every state on the way is compatible. Pure.

A step rolls out one version: it runs beside the versions of its service that ran before, then alone. Whether a state is
compatible depends on pairs of services only. So the order of two services that both move is either free, forced, or
impossible, and an order of all exists exactly where nothing is impossible and the forced orders have no circle. The way
back from a step passes through the states of the step itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from itertools import combinations, pairwise

from evtcompat.contracts.deployments import Build
from evtcompat.contracts.systems import Ask, Pair, System, meeting, pairs_between
from evtcompat.dataclasses import dataclass
from evtcompat.model.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Step:
    """One version rolled out."""

    build: Build
    #: What runs of the service before it.
    before: tuple[Build, ...]
    #: Services that have to come later, with the pair that would go wrong.
    because: tuple[tuple[str, Pair], ...] = ()


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why there is no order."""

    #: The services that it is about.
    services: tuple[str, ...]
    #: What goes wrong whichever order is taken, at least one of them.
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class DeploymentPlan:
    """An order of steps, or why there is none."""

    system: System
    steps: tuple[Step, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    #: Pairs of which it is not known whether they are compatible.
    unknown: tuple[Pair, ...] = ()

    @property
    def exists(self) -> bool:
        """Whether there is an order of which everything is known."""
        return not self.obstacles and not self.unknown


class _Questions:
    """The verdicts on pairs, as far as they were asked for."""

    def __init__(self, ask: Ask, accepted: frozenset[Pair] = frozenset()) -> None:
        self._ask = ask
        self._accepted = accepted
        self.unknown: dict[Pair, None] = {}

    def wrong(self, pairs: Iterable[Pair]) -> Pair | None:
        """The first pair that is incompatible, or that nobody knows to be compatible."""
        for pair in pairs:
            if pair in self._accepted:
                continue
            verdict = self._ask(*pair.schemas)
            if verdict is not Verdict.COMPATIBLE:
                if verdict is not Verdict.INCOMPATIBLE:
                    self.unknown[pair] = None
                return pair
        return None


def deployment_plan(
    system: System, targets: Iterable[Build], ask: Ask, *, accept_standing: bool = False
) -> DeploymentPlan:
    """The order in which the targets can be deployed.

    Args:
        system: What runs now.
        targets: One version a service; each replaces what runs of it.
        ask: The verdict on two schemas.
        accept_standing: What is wrong today already may go on being wrong.
    """
    moves = {one.service: one for one in targets if system.running.get(one.service) != (one,)}
    today = frozenset(
        pair for pair in system.pairs() if accept_standing and ask(*pair.schemas) is not Verdict.COMPATIBLE
    )
    questions = _Questions(ask, today)
    obstacles = list(_standing(system, moves, questions))
    before: dict[str, set[str]] = {service: set() for service in moves}
    because: dict[tuple[str, str], Pair] = {}
    for one, other in combinations(sorted(moves), 2):
        if not _touch(system, moves, one, other):
            continue
        first = questions.wrong(_in_order(system, moves, one, other))
        second = questions.wrong(_in_order(system, moves, other, one))
        if first is not None and second is not None:
            obstacles.append(Obstacle((one, other), tuple(dict.fromkeys((first, second)))))
        elif first is not None:
            before[one].add(other)
            because[other, one] = first
        elif second is not None:
            before[other].add(one)
            because[one, other] = second
    order: tuple[str, ...] = ()
    if not obstacles:
        try:
            order = tuple(_sorted(before))
        except CycleError as error:
            circle = tuple(error.args[1])
            reasons = (because.get(edge) for edge in pairwise(circle))
            obstacles.append(Obstacle(circle[:-1], tuple(pair for pair in reasons if pair is not None)))
    steps = tuple(
        Step(
            moves[name],
            system.running.get(name, ()),
            tuple((later, pair) for (earlier, later), pair in sorted(because.items()) if earlier == name),
        )
        for name in order
    )
    return DeploymentPlan(system, steps, tuple(obstacles), tuple(questions.unknown))


def _sorted(before: Mapping[str, set[str]]) -> Iterator[str]:
    """The services in an order that keeps to what comes before what, by name where it is free."""
    sorter = TopologicalSorter(before)
    sorter.prepare()
    while sorter.is_active():
        for name in sorted(sorter.get_ready()):
            yield name
            sorter.done(name)


def _standing(system: System, moves: Mapping[str, Build], questions: _Questions) -> Iterator[Obstacle]:
    """What is wrong whatever comes first: today, a version beside those of its service, or beside what stays."""
    today = questions.wrong(system.pairs())
    if today is not None:
        yield Obstacle(tuple(dict.fromkeys((today.reader.service, today.writer.service))), (today,))
    staying = [build for name, builds in system.running.items() if name not in moves for build in builds]
    for name, build in sorted(moves.items()):
        here = (*system.running.get(name, ()), build)
        found = questions.wrong([*meeting((build,), here), *pairs_between((build,), system.retired, replayed=True)])
        found = found or questions.wrong(meeting((build,), staying))
        if found is not None and found != today:
            yield Obstacle(tuple(dict.fromkeys((found.reader.service, found.writer.service))), (found,))


def _touch(system: System, moves: Mapping[str, Build], one: str, other: str) -> bool:
    """Whether two services have a subject in common at all."""
    ours = (*system.running.get(one, ()), moves[one])
    theirs = (*system.running.get(other, ()), moves[other])
    return any(True for _ in meeting(ours, theirs))


def _in_order(system: System, moves: Mapping[str, Build], first: str, second: str) -> Iterator[Pair]:
    """What meets where one service moves and then the other, and what is left for those who replay."""
    old_first, old_second = system.running.get(first, ()), system.running.get(second, ())
    new_first, new_second = (moves[first],), (moves[second],)
    yield from meeting(new_first, old_second)
    yield from meeting(new_first, new_second)
    gone = [one for one in old_first if one.version != moves[first].version]
    yield from pairs_between(new_second, gone, replayed=True)
