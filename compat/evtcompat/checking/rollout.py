"""Who deploys first: what the directions that hold allow, for one subject and for a run.

BACKWARD holds (the candidate reads baseline events): consumers may move first. FORWARD holds (the baseline reads
candidate events): producers may move first. A direction that was not settled is not known, and is said to be so.
Waivers do not count here: a waiver accepts a break, it does not make a deployment order safe.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from graphlib import CycleError, TopologicalSorter

from evtcompat.checking.verdicts import worst
from evtcompat.model.levels import Direction, Level
from evtcompat.model.owners import Owners
from evtcompat.model.reports import DirectedComparison, SubjectReport, name_of
from evtcompat.model.verdicts import Severity, Verdict


class RolloutOrder(Enum):
    """What is known of the order; ``value`` heads the sentence."""

    ANY = "any order"
    CONSUMERS_FIRST = "consumers first"
    PRODUCERS_FIRST = "producers first"
    NONE = "no order is safe"
    UNKNOWN = "the order is not known"


#: (backward, forward) -> order, where ``None`` stands for "not settled".
_ORDERS: Mapping[tuple[bool | None, bool | None], RolloutOrder] = {
    (True, True): RolloutOrder.ANY,
    (True, False): RolloutOrder.CONSUMERS_FIRST,
    (True, None): RolloutOrder.CONSUMERS_FIRST,
    (False, True): RolloutOrder.PRODUCERS_FIRST,
    (None, True): RolloutOrder.PRODUCERS_FIRST,
    (False, False): RolloutOrder.NONE,
    (False, None): RolloutOrder.UNKNOWN,
    (None, False): RolloutOrder.UNKNOWN,
    (None, None): RolloutOrder.UNKNOWN,
}

_SETTLED: Mapping[Verdict, bool | None] = {
    Verdict.COMPATIBLE: True,
    Verdict.INCOMPATIBLE: False,
    Verdict.UNDECIDED: None,
    Verdict.UNCHECKED: None,
}


def directions_of(comparisons: Iterable[DirectedComparison]) -> Mapping[Direction, Verdict]:
    """The worst verdict of each direction that was compared, with waivers set aside.

    An `error` finding counts as incompatible even when it is waived.
    """
    result: dict[Direction, Verdict] = {}
    for comparison in comparisons:
        verdict = comparison.result.verdict
        if any(finding.severity is Severity.ERROR for finding in comparison.result.findings):
            verdict = Verdict.INCOMPATIBLE
        known = result.get(comparison.direction, Verdict.COMPATIBLE)
        result[comparison.direction] = worst((known, verdict))
    return result


def directions_of_subject(report: SubjectReport) -> Mapping[Direction, Verdict]:
    """The worst verdict of each direction, where a baseline that could not be compared leaves no direction settled."""
    found = dict(directions_of(report.comparisons))
    if report.problems:
        for direction in report.level.directions:
            if found.get(direction) is not Verdict.INCOMPATIBLE:
                found[direction] = Verdict.UNCHECKED
    return found


def order(directions: Mapping[Direction, Verdict]) -> RolloutOrder:
    """The order that the settled directions allow; `RolloutOrder.UNKNOWN` where they do not suffice."""
    return _ORDERS[_settled(directions, Direction.BACKWARD), _settled(directions, Direction.FORWARD)]


def rollout(
    subject: str,
    directions: Mapping[Direction, Verdict],
    level: Level,
    owners: Owners | None = None,
    *,
    old: str = "what is deployed",
    new: str = "your change",
) -> str:
    """Who deploys first for one subject, as sentences without a final line break.

    Args:
        subject: The subject; named only where the sentence must stand alone (no safe order).
        directions: The verdict of each direction that was compared; a direction that is absent was not checked.
        level: The level of the check, named as the reason why a direction was not checked.
        owners: Who writes and reads the subject, when the configuration says so.
        old: How the deployed version is called (``v2``).
        new: How the version under change is called (``v3``).
    """
    owners = owners or Owners()
    backward = f"consumers on {new} read events written with {old}"
    forward = f"consumers on {old} read events written with {new}"
    consumers = _named("consumers first", owners.only_consumers)
    producers = _named("producers first", owners.only_producers)
    wait = f"move a consumer to {new} only when no event written with {old} is left, replays included"
    found = order(directions)
    if found is RolloutOrder.ANY:
        return f"any order ({backward}, and {forward})."
    if found is RolloutOrder.CONSUMERS_FIRST:
        then = _named(
            "then the producers" if len(owners.only_producers) != 1 else "then the producer", owners.only_producers
        )
        both = _split(owners, f"let it read {new} first, and write it in a later release")
        return f"{consumers} ({backward}); {then}.{both}{_open_question(directions, Direction.FORWARD, level)}"
    if found is RolloutOrder.PRODUCERS_FIRST:
        rest = f" Consumers: {', '.join(owners.only_consumers)}." if owners.only_consumers else ""
        both = _split(owners, f"let it write {new} first, and read with it in a later release")
        question = _open_question(directions, Direction.BACKWARD, level)
        return f"{producers} ({forward}); {wait}.{rest}{both}{question}"
    if found is RolloutOrder.NONE:
        return f"no order is safe for {subject}: {expand_and_contract(old, owners)}"
    return _unknown(directions, level, backward, forward)


def rollout_of_subject(report: SubjectReport, owners: Owners | None = None) -> str:
    """Who deploys first for the subject of a report; ``""`` when nothing was compared or nothing changed."""
    if not deploys(report):
        return ""
    new = name_of(report.candidate, "your change")
    labels = [name_of(comparison.baseline, "what is deployed") for comparison in report.comparisons]
    old = list(dict.fromkeys(f"{label} as published" if label == new else label for label in labels))
    return rollout(report.subject, directions_of_subject(report), report.level, owners, old=_any_of(old), new=new)


def _any_of(labels: Sequence[str]) -> str:
    """``v1``, ``v1 or v2``, ``v1, v2 or v3``; of more, no list."""
    if len(labels) > _NAMED:
        return "any earlier version"
    return " or ".join([", ".join(labels[:-1]), labels[-1]] if len(labels) > 1 else labels)


def deploys(report: SubjectReport) -> bool:
    """Whether there is something to deploy. An unchanged file counts when what it refers to changed its meaning."""
    if report.state == "unchanged" and set(directions_of_subject(report).values()) <= {Verdict.COMPATIBLE}:
        return False
    return bool(report.comparisons)


def rollout_of_run(
    subjects: Sequence[SubjectReport],
    owners: Mapping[str, Owners] | None = None,
    unchecked: Sequence[str] = (),
) -> str:
    """Who deploys first over all compared subjects; ``""`` when nothing was compared.

    With owners, and where each subject allows an order, the services are put in waves that respect every subject.

    Args:
        subjects: The subjects of the run.
        owners: Who writes and reads each subject, by subject.
        unchecked: Subjects that could not be checked: nothing is known about them.
    """
    deploying = [report for report in subjects if deploys(report)]
    lost = _lost(deploying, unchecked)
    if not deploying:
        return lost.strip()
    if len(deploying) == 1:
        (report,) = deploying
        return rollout_of_subject(report, (owners or {}).get(report.subject)) + lost
    orders = [(report.subject, order(directions_of_subject(report))) for report in deploying]
    groups = {kind: [name for name, found in orders if found is kind] for kind in RolloutOrder}
    present = {kind: names for kind, names in groups.items() if names}
    if len(present) == 1:
        (kind,) = present
        head = f"{kind.value}{_TAILS[kind]}."
    else:
        head = "; ".join(f"{_HEADS[kind]}: {_listed(names)}" for kind, names in present.items()) + "."
    return head + _waves(orders, owners or {}) + lost


def services_of_run(
    subjects: Sequence[SubjectReport], owners: Mapping[str, Owners] | None = None, unchecked: Sequence[str] = ()
) -> str:
    """The order of the services where owners tell it, and what is not known; a part of `rollout_of_run`."""
    deploying = [report for report in subjects if deploys(report)]
    orders = [(report.subject, order(directions_of_subject(report))) for report in deploying]
    return (_waves(orders, owners or {}) + _lost(deploying, unchecked)).strip()


def _lost(deploying: Sequence[SubjectReport], unchecked: Sequence[str]) -> str:
    unknown = sorted(set(unchecked) - {report.subject for report in deploying})
    return f" Nothing is known about {_listed(unknown)}: not checked." if unknown else ""


_TAILS: Mapping[RolloutOrder, str] = {
    RolloutOrder.ANY: " for every subject",
    RolloutOrder.CONSUMERS_FIRST: ", then the producers, for every subject",
    RolloutOrder.PRODUCERS_FIRST: (
        " for every subject; move a consumer only when no older event is left, replays included"
    ),
    RolloutOrder.NONE: " for any subject: expand and contract",
    RolloutOrder.UNKNOWN: " for any subject",
}

_HEADS: Mapping[RolloutOrder, str] = {
    RolloutOrder.ANY: "any order",
    RolloutOrder.CONSUMERS_FIRST: "consumers first",
    RolloutOrder.PRODUCERS_FIRST: "producers first, consumers when no older event is left",
    RolloutOrder.NONE: "no order is safe, expand and contract",
    RolloutOrder.UNKNOWN: "the order is not known",
}


def _waves(orders: Sequence[tuple[str, RolloutOrder]], owners: Mapping[str, Owners]) -> str:
    """The services in waves, when the owners of every ordered subject are known and the orders do not contradict."""
    ordered = [(owners.get(name, Owners()), kind) for name, kind in orders if kind is not RolloutOrder.ANY]
    if not ordered or any(kind in {RolloutOrder.NONE, RolloutOrder.UNKNOWN} for _, kind in ordered):
        return ""
    if not all(owner.producers and owner.consumers for owner, _ in ordered):
        return ""
    if any(owner.both for owner, _ in ordered):
        return " A service that writes and reads the same subject needs two releases: see the subjects."
    before: dict[str, set[str]] = {}
    for owner, kind in ordered:
        first, second = owner.consumers, owner.producers
        if kind is RolloutOrder.PRODUCERS_FIRST:
            first, second = second, first
        for service in first:
            before.setdefault(service, set())
        for service in second:
            before.setdefault(service, set()).update(first)
    sorter = TopologicalSorter({service: sorted(earlier) for service, earlier in sorted(before.items())})
    try:
        sorter.prepare()
    except CycleError as error:
        circle = sorted(set(error.args[1]))
        return (
            f" No single order of the services fits all subjects ({_listed(circle)} wait for each other): "
            "release the subjects one after the other."
        )
    waves: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        waves.append(", ".join(ready))
        sorter.done(*ready)
    return f" Services: {'; then '.join(waves)}."


def _settled(directions: Mapping[Direction, Verdict], direction: Direction) -> bool | None:
    verdict = directions.get(direction)
    return None if verdict is None else _SETTLED[verdict]


def _why_open(directions: Mapping[Direction, Verdict], direction: Direction, level: Level) -> str:
    verdict = directions.get(direction)
    if verdict is None:
        return f"level {level.value} does not check {direction.value}"
    return f"{direction.value} is undecided" if verdict is Verdict.UNDECIDED else f"{direction.value} was not checked"


_QUESTIONS: Mapping[Direction, str] = {
    Direction.BACKWARD: "Whether consumers may go first",
    Direction.FORWARD: "Whether producers may go first",
}


def _open_question(directions: Mapping[Direction, Verdict], direction: Direction, level: Level) -> str:
    if _settled(directions, direction) is not None:
        return ""
    return f" {_QUESTIONS[direction]} is not known: {_why_open(directions, direction, level)}."


def _unknown(directions: Mapping[Direction, Verdict], level: Level, backward: str, forward: str) -> str:
    backward_settled, forward_settled = (
        _settled(directions, Direction.BACKWARD),
        _settled(directions, Direction.FORWARD),
    )
    if backward_settled is False:
        known = f"not consumers first (it does not hold that {backward})."
        return known + _open_question(directions, Direction.FORWARD, level)
    if forward_settled is False:
        known = f"not producers first (it does not hold that {forward})."
        return known + _open_question(directions, Direction.BACKWARD, level)
    if not directions:
        return f"the order is not known: level {level.value} checks neither direction."
    reasons = " and ".join(_why_open(directions, direction, level) for direction in Direction)
    return f"the order is not known: {reasons}."


def expand_and_contract(old: str, owners: Owners | None = None) -> str:
    """The steps that are safe when neither side can go first, as sentences.

    Args:
        old: What the deployed version is called.
        owners: Who writes and reads the subject, where that is known.
    """
    owners = owners or Owners()
    consumers, producers = _named("all consumers", owners.consumers), _named("the producers", owners.producers)
    return (
        "expand and contract. (1) Publish a version that is compatible both ways: keep everything, add the new part "
        f"beside the old one, optional or with a default. (2) Move {consumers} to it. (3) Move {producers} to it and "
        f"write both parts. (4) When no event written with {old} is left, replays included, and no consumer uses the "
        "old part, remove it in a further version. If such a version cannot be written, use a new subject and write "
        "to both until the last consumer has moved."
    )


def _split(owners: Owners, advice: str) -> str:
    if not owners.both:
        return ""
    return f" {', '.join(owners.both)} writes and reads it: {advice}."


def _named(words: str, names: tuple[str, ...]) -> str:
    return f"{words}: {', '.join(names)}" if names else words


_SHOWN = 10
_NAMED = 3


def _listed(names: Sequence[str]) -> str:
    """The names with commas; the tail of a long list as a count."""
    if len(names) <= _SHOWN:
        return ", ".join(names)
    return f"{', '.join(names[:_SHOWN])} and {len(names) - _SHOWN} more"
