"""A flow through several services: what is expected of it, what was seen of it, and whether that is the same. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from evtcompat.dataclasses import dataclass, field, replace
from evtcompat.exercise.results import CellState
from evtcompat.model.counts import counted

_MOST = 3


@dataclass(frozen=True, slots=True)
class Step:
    """A service in a chain: the topic that it takes events from, and those that it sends to."""

    service: str
    takes: str
    sends: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """Several services, and what is to come of each event that is sent to the first."""

    name: str
    steps: tuple[Step, ...]
    #: Groups of topics: what a group names comes before what the next one names, within a group in any order. A topic
    #: that is named twice is to see two events.
    expect: tuple[tuple[str, ...], ...]
    #: What of an event says to which flow it belongs.
    correlation: str = "traceparent"
    #: Seconds until everything must have come of an event, and for which nothing more may come.
    within: float = 10.0
    still: float = 0.5

    @property
    def root(self) -> str:
        """The topic that evtcompat sends to: the first that no service sends to."""
        sent = {topic for step in self.steps for topic in step.sends}
        return next((step.takes for step in self.steps if step.takes not in sent), "")

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics that services send to, in the order of the steps."""
        return tuple(dict.fromkeys(topic for step in self.steps for topic in step.sends))

    @property
    def wanted(self) -> Mapping[str, int]:
        """How many events of a flow each topic is to see."""
        return Counter(topic for group in self.expect for topic in group)


@dataclass(frozen=True, slots=True)
class Sighting:
    """An event of a flow, as it came to a topic."""

    topic: str
    #: Seconds since the flow began.
    at: float
    body: object


@dataclass(frozen=True, slots=True)
class Flow:
    """Everything that came of one event, in the order in which it came."""

    #: ``event 1 (v1, plain)``.
    label: str
    seen: tuple[Sighting, ...] = ()

    def of(self, topic: str) -> tuple[Sighting, ...]:
        """What came to a topic."""
        return tuple(one for one in self.seen if one.topic == topic)


@dataclass(frozen=True, slots=True)
class ChainRun:
    """A chain with the services of one role, as it was observed."""

    role: str
    chain: Chain
    flows: tuple[Flow, ...] = ()
    #: Topic -> how many events came to it that belong to no flow.
    strays: Mapping[str, int] = field(default_factory=dict)
    #: What went wrong besides: a service ended.
    errors: tuple[str, ...] = ()
    unchecked: str = ""
    output: str = ""


@dataclass(frozen=True, slots=True)
class ChainCell:
    """A chain, judged."""

    run: ChainRun
    state: CellState
    #: Sentences.
    failures: tuple[str, ...] = ()
    #: The flows that they are about.
    wrong: tuple[Flow, ...] = ()


def judged_chain(run: ChainRun) -> ChainCell:
    """The chain, held against what is expected of it."""
    if run.unchecked:
        return ChainCell(run, CellState.UNCHECKED)
    if not (run.flows or run.errors or run.strays):
        reason = "nothing was sent: there is no payload of a version that it has to read, or each is to be refused"
        return ChainCell(replace(run, unchecked=reason), CellState.UNCHECKED)
    failures = list(run.errors)
    wrong = []
    for flow in run.flows:
        found = list(_wrong(flow, run.chain))
        if found:
            wrong.append(flow)
        if len(wrong) <= _MOST:
            failures += [f"{flow.label}: {one}" for one in found]
    if len(wrong) > _MOST:
        failures.append(f"and {counted(len(wrong) - _MOST, 'more event')} of which not all came, or too much")
    for topic, count in run.strays.items():
        events = "1 event belongs" if count == 1 else f"{count} events belong"
        failures.append(f"{topic}: {events} to no flow: `{run.chain.correlation}` was not passed on")
    state = CellState.FAILED if failures else CellState.OK
    return ChainCell(run, state, tuple(failures), tuple(wrong))


def _wrong(flow: Flow, chain: Chain) -> Iterator[str]:
    came = Counter(one.topic for one in flow.seen)
    for topic, count in chain.wanted.items():
        if came[topic] < count:
            path = " -> ".join(dict.fromkeys((chain.root, *(one.topic for one in flow.seen))))
            some = "nothing" if not came[topic] else f"{came[topic]} of {counted(count, 'event')}"
            yield f"{some} came to {topic} within {chain.within:g} s; seen: {path}"
        elif came[topic] > count:
            yield f"{counted(came[topic], 'event')} came to {topic}, not {count}"
    for topic in came:
        if topic not in chain.wanted:
            yield f"an event came to {topic}, where none is expected"
    latest, before = 0.0, ""
    for group in chain.expect:
        moments = [(one.at, one.topic) for one in flow.seen if one.topic in group]
        if moments and min(moments)[0] < latest:
            yield f"{min(moments)[1]} came before {before}"
        if moments and max(moments)[0] > latest:
            latest, before = max(moments)
