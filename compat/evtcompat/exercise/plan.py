"""Which scenarios an exercise runs: consumers x payload versions x deliveries, decided before anything runs.

Pure: the same arguments give the same scenarios, event identities included, on every Python.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from collections.abc import Sequence as Ordered
from itertools import pairwise, zip_longest

from evtcompat.dataclasses import dataclass, replace
from evtcompat.exercise.payloads import Delivery, Fault, Payload, Scenario, Sequence
from evtcompat.model.levels import Direction, Level

OLD = "old"
NEW = "new"
#: Keys that a burst is spread over, so that order per key is more than order.
BURST_KEYS = 3
_DEFAULT_KEY = "evtcompat"
FAULTS_OF_FUNCTIONS = (Fault.CRASH, Fault.RETRY, Fault.CUT)
#: A second instance has a client of its own to share the events with.
FAULTS_OF_SERVICES = (
    Fault.CRASH, Fault.RETRY, Fault.CUT, Fault.RESET, Fault.SECOND, Fault.SLOW, Fault.NARROW, Fault.HANG,
)  # fmt: skip
#: Of a broker that evtcompat started itself, and that keeps what it was given.
FAULTS_OF_THE_SERVER = (Fault.RESTART,)
FAULTS_OF_THE_DATABASE = (Fault.DATABASE, Fault.COMMIT)
FAULTS_OF_THE_REGISTRY = (Fault.REGISTRY, Fault.REGISTRY_SLOW, Fault.REGISTRY_UNKNOWN)


@dataclass(frozen=True, slots=True)
class ExerciseRequest:
    """What to exercise."""

    #: ``old`` and ``new``, or one of them.
    consumers: tuple[str, ...] = (OLD, NEW)
    #: Payload versions, the oldest first; the last is the candidate, which the new consumer was written for.
    versions: tuple[str, ...] = ()
    #: Which consumers must read which versions, as in a check.
    level: Level = Level.FULL
    sequences: tuple[Sequence, ...] = tuple(Sequence)
    seed: int = 0
    faults: tuple[Fault, ...] = FAULTS_OF_FUNCTIONS
    #: Events in a burst.
    burst: int = 20


def reads(consumer: str, request: ExerciseRequest) -> tuple[str, ...]:
    """The versions that a consumer must be able to read at the level of a request.

    Its own always: the old consumer was written for the baselines (every version but the last), the new one for the
    candidate. BACKWARD adds the baselines to the new consumer; FORWARD adds the candidate to the old one.
    """
    baselines, candidate = request.versions[:-1], request.versions[-1:]
    if consumer == OLD:
        own = baselines or candidate
        return request.versions if Direction.FORWARD in request.level.directions else own
    return request.versions if Direction.BACKWARD in request.level.directions else candidate


def scenarios(payloads: Iterable[Payload], request: ExerciseRequest, *, stage: str = "") -> tuple[Scenario, ...]:
    """The scenarios without faults, consumer by consumer, version by version.

    Args:
        payloads: Good and poison payloads of the versions of the request; others are left out.
        request: What to exercise.
        stage: Enters the event identities, so that the levels of one run do not share events.
    """
    payload_set = _PayloadSet(tuple(payloads), request, stage)
    found: list[Scenario] = []
    for consumer in request.consumers:
        versions = reads(consumer, request)
        for version in versions:
            found.extend(
                payload_set.scenario(consumer, sequence, (version,))
                for sequence in (Sequence.ONCE, Sequence.TWICE, Sequence.POISON, Sequence.BURST)
            )
        for older, newer in pairwise(versions):
            found.append(payload_set.scenario(consumer, Sequence.MIXED, (older, newer)))
            found.append(payload_set.scenario(consumer, Sequence.REVERSED, (newer, older)))
            found.append(payload_set.scenario(consumer, Sequence.SHUFFLED, (older, newer)))
    return tuple(scenario for scenario in found if scenario.deliveries and scenario.sequence in request.sequences)


def faulty_scenarios(payloads: Iterable[Payload], request: ExerciseRequest, *, stage: str = "") -> tuple[Scenario, ...]:
    """Each payload version once in order, under one key, with one fault a scenario.

    A crash strikes the first event, so that a consumer that keeps its state in memory starts from nothing, as it did
    before; the other faults strike an event that the seed chooses.
    """
    payload_set = _PayloadSet(tuple(payloads), request, stage)
    found: list[Scenario] = []
    for consumer in request.consumers:
        for version in reads(consumer, request):
            for fault in request.faults:
                scenario = payload_set.scenario(consumer, Sequence.ONCE, (version,), fault)
                if scenario.deliveries:
                    place = _number(request.seed, stage, scenario.name) % len(scenario.deliveries)
                    found.append(replace(scenario, fault_at=0 if fault is Fault.CRASH else place))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _PayloadSet:
    """The payloads by version, good and poison."""

    payloads: tuple[Payload, ...]
    request: ExerciseRequest
    stage: str

    def scenario(
        self, consumer: str, sequence: Sequence, versions: tuple[str, ...], fault: Fault = Fault.NONE
    ) -> Scenario:
        chosen = self._chosen(sequence, versions)
        empty = Scenario(consumer, sequence, tuple(sorted(versions, key=self.request.versions.index)), (), fault)
        return replace(empty, deliveries=self._identified(empty, chosen))

    def _chosen(self, sequence: Sequence, versions: tuple[str, ...]) -> list[tuple[Payload, int, str | None]]:
        """Payload, number of the event (equal for the same event) and key suffix, in order of delivery."""
        good = [self._good(version) for version in versions]
        if not all(good):
            return []
        first = good[0]
        if sequence is Sequence.ONCE:
            return [(payload, index, None) for index, payload in enumerate(first)]
        if sequence is Sequence.TWICE:
            return [(payload, index, None) for index, payload in enumerate(first) for _ in range(2)]
        if sequence is Sequence.MIXED:
            older, newer = good
            turns = [payload for turn in zip_longest(older, newer) for payload in turn if payload is not None]
            line = turns if len(older) > 1 else [*turns, older[0]]  # v1 v2 v1 at least
            return [(payload, index, None) for index, payload in enumerate(line)]
        if sequence is Sequence.REVERSED:
            return [(payload, index, None) for index, payload in enumerate((*good[0], *good[1]))]
        if sequence is Sequence.SHUFFLED:
            numbered = [(f"{n}", payload) for n, payload in enumerate((*good[0], *good[1]))]
            # The same order for both consumers, whose final effects are compared.
            numbered.sort(key=lambda one: _number(self.request.seed, "shuffled", *versions, one[0]))
            return [(payload, index, None) for index, (_, payload) in enumerate(numbered)]
        if sequence is Sequence.POISON:
            return self._around_poison(first, versions[0])
        return self._burst(first, versions[0])

    def _good(self, version: str) -> list[Payload]:
        return [p for p in self.payloads if p.version == version and not p.poison]

    def _around_poison(self, good: Ordered[Payload], version: str) -> list[tuple[Payload, int, str | None]]:
        poison = [p for p in self.payloads if p.version == version and p.poison]
        if not poison:
            return []
        line = [good[0]]
        for index, pill in enumerate(poison, start=1):
            line += [pill, good[index % len(good)]]
        return [(payload, index, None) for index, payload in enumerate(line)]

    def _burst(self, good: Ordered[Payload], version: str) -> list[tuple[Payload, int, str | None]]:
        numbers = [_number(self.request.seed, "burst", version, str(index)) for index in range(self.request.burst)]
        return [(good[n % len(good)], index, f"-{(n >> 32) % BURST_KEYS}") for index, n in enumerate(numbers)]

    def _identified(self, scenario: Scenario, chosen: list[tuple[Payload, int, str | None]]) -> tuple[Delivery, ...]:
        # One key for the whole scenario: what must stay in order concerns one entity. A burst has several.
        common = next((payload.key for payload, _, _ in chosen if payload.key is not None), _DEFAULT_KEY)
        return tuple(
            Delivery(
                payload=payload,
                event_id=str(uuid.UUID(int=_number(self.request.seed, self.stage, scenario.name, str(event)))),
                key=common + (suffix or ""),
                position=position,
            )
            for position, (payload, event, suffix) in enumerate(chosen)
        )


def _number(seed: int, *words: str) -> int:
    """128 bits that depend on all arguments and on nothing else."""
    text = "\x1f".join((str(seed), *words))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "big")
