"""What one split says: a pure function of a job and a split, run by every engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from evtcompat.dataclasses import dataclass, field, replace
from evtcompat.formats.recorded import Batch, DamagedError, Deviation
from evtcompat.model.readings import Outcome
from evtcompat.replay.events import Events
from evtcompat.replay.job import PROOF_SAMPLE, Job
from evtcompat.replay.sources import kinds
from evtcompat.replay.sources.items import Chunk, Lost, Tombstones, WriterKey, WriterRef
from evtcompat.replay.splits import Split
from evtcompat.replay.summary import LARGEST_EXAMPLE, Damaged, Example, Hits, Pair, Summary, Writer
from evtcompat.replay.world import Another, KnownPair, KnownWriter, World, world_of

#: Outcomes that a reader's team has to know of.
FAILING = frozenset({Outcome.REFUSED, Outcome.MISREAD})
#: A proof is put to the test on one of the first events of a block, so that not all of it is scanned for one.
_FIRST = 8


class ContradictionError(Exception):
    """A real decoder does something else with an event than was concluded from the schemas: a fault of evtcompat."""


def summarise(job: Job, split: Split) -> Summary:
    """What the events of a split say.

    The same job and split give the same summary, as long as the source is the same.

    Raises:
        ContradictionError: A conclusion was wrong.
        UncheckedError: A schema cannot be compared.
    """
    return _Worker(job, world_of(job)).run(split)


@dataclass
class _Worker:
    """One split."""

    job: Job
    world: World
    summary: Summary = field(default_factory=Summary)
    #: By reader and writer, the events since a conclusion was last put to the test.
    _untested: dict[tuple[int, str], int] = field(default_factory=dict)
    _tests: int = 0
    _passing: dict[WriterRef, _Passing] = field(default_factory=dict)

    def run(self, split: Split) -> Summary:
        """See `summarise`."""
        passing = self._passing
        for item in kinds.read(split, self.world.recorded):
            if isinstance(item, Chunk):
                known = passing.get(item.writer)
                if known is not None and known.takes(item.count):
                    continue
                self._chunk(item)
            elif isinstance(item, Tombstones):
                self.summary.tombstones += item.count
            else:
                self._lost(item)
        for known in passing.values():
            self._settle(known)
        return self.summary

    def _lost(self, lost: Lost) -> None:
        self.summary.damage(Damaged(lost.position, lost.reason, lost.events))

    def _chunk(self, chunk: Chunk) -> None:
        try:
            writer = self.world.writer(chunk.writer)
        except DamagedError as error:
            self._lost(Lost(chunk.position(0), str(error), chunk.count))
            return
        if writer is None:
            key = str(chunk.writer) if isinstance(chunk.writer, WriterKey) else "(none)"
            example = Example(chunk.position(0))
            self.summary.unknown.setdefault(key, Hits()).add(chunk.count, example)
        elif isinstance(writer, Another):
            self.summary.aside[writer.name] += chunk.count
        else:
            self._events(Events(chunk, self.job), writer)

    def _settle(self, passing: _Passing) -> None:
        """Count what passed."""
        count, key = passing.count, passing.writer.key
        self.summary.events += count
        self.summary.writers[key].span.add(count)
        for known in passing.pairs:
            pair = self.summary.pair(known.reader, key)
            pair.how["proved"] += count
            pair.outcome(known.reading.base).add(count, None)
            for hit in known.reading.base_hits:
                pair.finding(known.fingerprints[hit]).add(count, None)
        passing.count = 0

    def _events(self, events: Events, writer: KnownWriter) -> None:
        try:
            events.select(writer, self.summary)
            if not events.count:
                return
            pairs = self.world.pairs(writer)
            judged = [self._judged(events, writer, pair) for pair in pairs]
            self._count(events, writer, list(zip(pairs, judged, strict=True)))
            if self._whole and not events.known_times and all(pair.reading.proved for pair in pairs):
                passing = self._passing.setdefault(events.writer, _Passing(writer, pairs))
                passing.untested = 0
                passing.room = min(PROOF_SAMPLE - self._untested[pair.reader, writer.key] for pair in pairs)
        except DamagedError as error:
            self._lost(Lost(events.position(0), str(error), events.count))

    @property
    def _whole(self) -> bool:
        """Whether nothing is asked of an event but its outcome."""
        job = self.job
        return not (job.decode or job.profile or job.timed or job.every > 1)

    def _judged(self, events: Events, writer: KnownWriter, pair: KnownPair) -> list[Deviation]:
        """The events that are not as every one is, by the cheapest way that is exact; put to the test now and then."""
        reading = pair.reading
        if self.job.decode:
            found = reading.decode(events.batch(writer))
            if reading.proved or reading.projected:
                concluded = [] if reading.proved else reading.judge(events.batch(writer))
                self._compare(events, pair, concluded, found)
            return found
        if reading.proved:
            self._test(events, writer, pair, None)
            return []
        found = reading.judge(events.batch(writer))
        if reading.projected:
            self._test(events, writer, pair, found)
        return found

    def _test(self, events: Events, writer: KnownWriter, pair: KnownPair, found: list[Deviation] | None) -> None:
        """Decode some of the events of which something was concluded, one in `PROOF_SAMPLE` at least.

        Raises:
            ContradictionError: A decoder does something else.
        """
        key = (pair.reader, writer.key)
        passed = self._passing.get(events.writer)
        waiting = self._untested.get(key, PROOF_SAMPLE) + events.count + (0 if passed is None else passed.untested)
        while waiting > PROOF_SAMPLE:
            waiting -= PROOF_SAMPLE
            self._tests += 1
            index = self._tests % min(events.count, _FIRST)
            payload = events.message(writer, index)
            decoded = pair.reading.decode(Batch((payload,)))
            concluded = [replace(one, index=0) for one in found or () if one.index == index]
            self._compare(events, pair, concluded, decoded, index)
            self.summary.sampled += 1
        self._untested[key] = waiting

    def _compare(
        self, events: Events, pair: KnownPair, concluded: list[Deviation], decoded: list[Deviation], first: int = 0
    ) -> None:
        expected = {one.index: one.outcome for one in concluded}
        for one in decoded:
            wanted = expected.pop(one.index, pair.reading.base)
            if one.outcome is not wanted and one.outcome is not None and wanted is not None:
                raise _contradiction(events, pair, wanted, one, first)
        for index, wanted in expected.items():
            if wanted is not None and wanted is not pair.reading.base:
                missing = Deviation(index, pair.reading.base, (), b"")
                raise _contradiction(events, pair, wanted, missing, first)

    def _count(self, events: Events, writer: KnownWriter, judged: list[tuple[KnownPair, list[Deviation]]]) -> None:
        damaged = {one.index: one.said for _, found in judged for one in found if one.outcome is None}
        for index, said in damaged.items():
            self._lost(Lost(events.position(index), said, 1))
        count = events.count - len(damaged)
        if count <= 0:
            return
        self.summary.events += count
        times = events.known_times
        known = self.summary.writers.get(writer.key)
        if known is None:
            known = Writer(version=writer.version, called=writer.called, text=writer.text)
            self.summary.writers[writer.key] = known
        known.span.add(count, min(times, default=None), max(times, default=None))
        for pair, found in judged:
            self._count_pair(events, writer, pair, [one for one in found if one.index not in damaged], count)
        if self.job.profile:
            self._profile(events, writer, damaged)

    def _count_pair(
        self, events: Events, writer: KnownWriter, known: KnownPair, found: list[Deviation], count: int
    ) -> None:
        reading, pair = known.reading, self.summary.pair(known.reader, writer.key)
        exact = self.job.decode or not (reading.proved or reading.projected)
        pair.how["decoded" if exact else "proved" if reading.proved else "projected"] += count
        others = count
        groups: dict[tuple[Outcome, tuple[int, ...]], list[Deviation]] = {}
        for one in found:
            if one.outcome is not None:
                groups.setdefault((one.outcome, one.hits), []).append(one)
        for (outcome, hits), group in groups.items():
            example = _example(events, group[0])
            pair.outcome(outcome).add(len(group), example)
            others -= len(group)
            for hit in hits:
                pair.finding(known.fingerprints[hit]).add(len(group), example)
            if outcome in FAILING and self.job.keep:
                key = _failure(outcome, [*reading.base_hits, *hits], known)
                for one in group[: self.job.keep]:
                    pair.keep(key, _example(events, one), self.job.keep)
        if others:
            pair.outcome(reading.base).add(others, self._first_plain(events, writer, known, pair, found))
        for hit in reading.base_hits:
            shown = min((hits.example for hits in pair.outcomes.values() if hits.example is not None), default=None)
            pair.finding(known.fingerprints[hit]).add(count, shown)

    def _first_plain(
        self, events: Events, writer: KnownWriter, known: KnownPair, pair: Pair, found: list[Deviation]
    ) -> Example | None:
        """The first event that is as every one is, where none was shown before; opened where it is worth showing."""
        if pair.outcome(known.reading.base).example is not None:
            return None
        others = {one.index for one in found}
        index = next(index for index in range(events.count) if index not in others)
        worth = known.reading.base in FAILING or known.reading.base_hits
        if not worth:
            return Example(events.position(index))
        payload = events.message(writer, index)
        decoded = known.reading.decode(Batch((payload,)))
        example = Example(events.position(index), _small(payload), decoded[0].said if decoded else "")
        if known.reading.base in FAILING and self.job.keep:
            pair.keep(_failure(known.reading.base, known.reading.base_hits, known), example, self.job.keep)
        return example

    def _profile(self, events: Events, writer: KnownWriter, damaged: dict[int, Any]) -> None:
        from evtcompat.replay.summary import Span

        profile = self.summary.profile
        for index, labels in enumerate(writer.opened.profile(events.batch(writer))):
            if index in damaged:
                continue
            time = events.time(index)
            for label in labels:
                span = profile.get(label)
                if span is None:
                    span = profile[label] = Span()
                span.add(1, time, time)


def _failure(outcome: Outcome, hits: Sequence[int], known: KnownPair) -> str:
    return " ".join([outcome.value, *sorted(known.fingerprints[hit] for hit in hits)])


def _small(payload: bytes) -> bytes:
    return payload if len(payload) <= LARGEST_EXAMPLE else b""


def _example(events: Events, one: Deviation) -> Example:
    return Example(events.position(one.index), _small(one.payload), one.said)


def _contradiction(
    events: Events, pair: KnownPair, wanted: Outcome, found: Deviation, first: int
) -> ContradictionError:
    outcome = "damaged" if found.outcome is None else found.outcome.value
    return ContradictionError(
        f"{events.position(first + found.index)}: {pair.name} was concluded to be {wanted.value}, and a decoder says "
        f"{outcome}: {found.said or found.payload[:200].hex()}"
    )


@dataclass
class _Passing:
    """Events of which everything is proved, and which are counted without being looked at one chunk after the other."""

    writer: KnownWriter
    pairs: tuple[KnownPair, ...]
    #: Those that passed and are not counted yet.
    count: int = 0
    #: Those that passed since a proof was last put to the test.
    untested: int = 0
    #: How many may pass until one has to be put to the test.
    room: int = 0

    def takes(self, count: int) -> bool:
        """Whether so many more pass."""
        if count > self.room:
            return False
        self.room -= count
        self.count += count
        self.untested += count
        return True
