"""What a summary says: which events a reader gets wrong, which findings were ever hit, which versions are needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from evtcompat.dataclasses import dataclass, field
from evtcompat.formats.recorded import DamagedError
from evtcompat.model.histories import Version, version_name
from evtcompat.model.levels import Level
from evtcompat.model.readings import Outcome
from evtcompat.model.verdicts import Severity
from evtcompat.replay.summarise import FAILING
from evtcompat.replay.summary import Damaged, Example, Span, Summary
from evtcompat.replay.world import UNSAID, KnownWriter, World

if TYPE_CHECKING:
    from evtcompat.model.findings import Finding
    from evtcompat.replay.job import Job

#: Events of the whole run were read, and none is refused, misread or hit by an error.
_FINE: Final = 0
_FAILS: Final = 1
_UNCHECKED: Final = 3


@dataclass(frozen=True, slots=True)
class Shown:
    """An event that is shown."""

    position: str
    #: As JSON shows it; ``None`` where it was not kept or cannot be decoded.
    value: object = None
    said: str = ""

    def __hash__(self) -> int:
        """By its place."""
        return hash(self.position)


@dataclass(frozen=True, slots=True)
class FindingSeen:
    """A finding of the check, and the recorded events that it hits."""

    finding: Finding
    #: The version that wrote, as the report calls it.
    writer: str
    hits: int
    #: The recorded events of that writer.
    events: int
    example: Shown | None = None


@dataclass(frozen=True, slots=True)
class WriterSeen:
    """The events of one writer."""

    #: ``v2``, or what it was called where it was met.
    name: str
    #: Its label in the history; ``None`` when no version is this schema.
    version: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class ReaderSeen:
    """What one reader makes of the events."""

    name: str
    origin: str | None
    outcomes: Mapping[Outcome, int]
    #: ``proved``, ``projected``, ``decoded``.
    how: Mapping[str, int]
    findings: tuple[FindingSeen, ...]
    #: The first event of each outcome that is worse than filled in.
    examples: Mapping[Outcome, Shown]

    @property
    def failing(self) -> int:
        """The events that are refused or misread."""
        return sum(self.outcomes.get(outcome, 0) for outcome in FAILING)

    @property
    def errors_hit(self) -> bool:
        """Whether recorded events hit an error of the check, whatever the decoder tried here makes of them."""
        return any(seen.hits and seen.finding.severity is Severity.ERROR for seen in self.findings)


@dataclass(frozen=True, slots=True)
class Needs:
    """Which versions the recorded events need."""

    #: Labels of the history, the oldest first, that recorded events were written with.
    written: tuple[str, ...]
    #: Older ones than the newest of these, which no event that was looked at was written with.
    unmet: tuple[str, ...]
    #: The level that the data in fact require; ``None`` where what was not looked at may require more.
    level: Level | None
    #: What was not looked at, in phrases: as long as there is any, nothing is known to be needless.
    unseen: tuple[str, ...] = ()

    @property
    def unneeded(self) -> tuple[str, ...]:
        """Those that no recorded event at all was written with."""
        return () if self.unseen else self.unmet


@dataclass(frozen=True, slots=True)
class Answer:
    """What recorded events say."""

    subject: str
    format: str
    events: int
    readers: tuple[ReaderSeen, ...]
    writers: tuple[WriterSeen, ...]
    #: ``None`` where events do not say which version wrote them, or there is no history.
    needs: Needs | None
    tombstones: int
    sampled: int
    untimed: int
    outside: int
    #: One event in so many was looked at.
    every: int
    #: Parts that cannot be read, messages of unknown writers among them.
    corrupt: int
    allowed: int
    damages: Mapping[str, int]
    damaged: tuple[Damaged, ...]
    unknown: tuple[tuple[str, int, str], ...]
    #: Events of something else, by name.
    aside: Mapping[str, int]
    #: Files that were left aside, with the reason.
    files_aside: tuple[tuple[str, str], ...]
    sources: tuple[str, ...]
    #: What occurs in events, by name; what never does has a count of 0.
    profile: Mapping[str, Span]
    first: int | None = None
    last: int | None = None
    #: What was done otherwise than it could have been, and how to change that.
    notes: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """1: a reader gets recorded events wrong. 3: too much could not be read, or there was no event. Else 0."""
        if any(reader.failing or reader.errors_hit for reader in self.readers):
            return _FAILS
        if self.corrupt > self.allowed or not self.events:
            return _UNCHECKED
        return _FINE


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a run knows besides its summary."""

    sources: tuple[str, ...] = ()
    files_aside: tuple[tuple[str, str], ...] = ()
    damaged: Sequence[Damaged] = field(default_factory=tuple)
    allowed: int = 0
    notes: tuple[str, ...] = ()
    #: No more events than so many were looked at.
    most: int | None = None
    #: Files and folders among `files_aside` that may hold events all the same.
    unsure: int = 0


def writers_of(summary: Summary, world: World) -> dict[str, KnownWriter | None]:
    """The writers that were met, by key, as the world knows them: the versions in their order, then the others."""
    labels = [label for label, _, _ in world.history]

    def order(key: str) -> tuple[int, str]:
        version = summary.writers[key].version
        return (labels.index(version) if version in labels else len(labels), key)

    return {key: _writer(world, key, summary) for key in sorted(summary.writers, key=order)}


def answer_of(
    summary: Summary, world: World, writers: Mapping[str, KnownWriter | None], around: Circumstances
) -> Answer:
    """What a summary says, with the findings of the check beside it."""
    for damaged in around.damaged:
        summary.damage(damaged)
    readers = tuple(_reader(index, summary, world, writers) for index in range(len(world.readers)))
    times = [writer.span for writer in summary.writers.values()]
    return Answer(
        subject=world.job.subject,
        format=world.format.name,
        events=summary.events,
        readers=readers,
        writers=tuple(sorted(writers_seen(summary, world), key=lambda one: (-one.span.count, one.name))),
        needs=_needs(summary, world, tuple(_unseen(summary, world.job, around))),
        tombstones=summary.tombstones,
        sampled=summary.sampled,
        untimed=summary.untimed,
        outside=summary.outside,
        every=world.job.every,
        corrupt=summary.corrupt,
        allowed=around.allowed,
        damages=dict(summary.damages),
        damaged=tuple(summary.damaged),
        unknown=tuple(
            (key, hits.count, str(hits.example.position) if hits.example else "")
            for key, hits in sorted(summary.unknown.items())
        ),
        aside=dict(summary.aside),
        files_aside=around.files_aside,
        sources=around.sources,
        profile=_profile(summary, world, writers),
        first=min((span.first for span in times if span.first is not None), default=None),
        last=max((span.last for span in times if span.last is not None), default=None),
        notes=around.notes,
    )


def writers_seen(summary: Summary, world: World) -> list[WriterSeen]:
    """Every writer that was met, by name."""
    known = {label for label, _, _ in world.history}
    return [
        WriterSeen(
            version_name(writer.version) if writer.version in known else _called(key, writer.called),
            writer.version,
            writer.span,
        )
        for key, writer in summary.writers.items()
    ]


def _called(key: str, called: str) -> str:
    if key == UNSAID:
        return "not said"
    return f"a schema that no version has ({called}, {key[:8]})"


def _writer(world: World, key: str, summary: Summary) -> KnownWriter | None:
    """The writer of a key, as the driver of the run knows it."""
    met = summary.writers[key]
    if key == UNSAID:
        found = world.writer(None)
        return found if isinstance(found, KnownWriter) else None
    for label, version, schema in world.history:
        if met.version == label and world.recorded.content(schema)[:16] == key:
            opened = world.recorded.opened(schema, world.job.settings.options)
            return KnownWriter(key, label, met.called, "", schema, version, opened)
    for version in world.job.writers.values():
        schema = world.format.parse(version.document, version.references, world.job.settings.options)
        if world.recorded.content(schema)[:16] == key:
            opened = world.recorded.opened(schema, world.job.settings.options)
            return KnownWriter(key, None, met.called, "", schema, version, opened)
    version = Version(world.format.read(met.text, None))
    schema = world.format.parse(version.document, version.references, world.job.settings.options)
    opened = world.recorded.opened(schema, world.job.settings.options)
    return KnownWriter(key, None, met.called, met.text, schema, version, opened)


def _reader(index: int, summary: Summary, world: World, writers: Mapping[str, KnownWriter | None]) -> ReaderSeen:
    name, version = world.job.readers[index]
    outcomes: dict[Outcome, int] = {}
    how: dict[str, int] = {}
    examples: dict[Outcome, tuple[Example, KnownWriter]] = {}
    findings: list[FindingSeen] = []
    for key, writer in writers.items():
        pair = summary.pairs.get((index, key))
        if writer is None or pair is None:
            continue
        for outcome, hits in pair.outcomes.items():
            outcomes[outcome] = outcomes.get(outcome, 0) + hits.count
            if outcome.weight >= Outcome.LOSSY.weight and hits.example is not None and outcome not in examples:
                examples[outcome] = (hits.example, writer)
        for word, count in pair.how.items():
            how[word] = how.get(word, 0) + count
        known = world.pairs(writer)[index]
        events = sum(hits.count for hits in pair.outcomes.values())
        for finding in known.findings:
            found = pair.findings.get(finding.fingerprint)
            example = None if found is None or found.example is None else _shown(found.example, writer)
            count = 0 if found is None else found.count
            findings.append(FindingSeen(finding, _name(writer), count, events, example))
    findings += _unmet(index, world, {seen.finding.fingerprint for seen in findings}, summary)
    shown = {outcome: _shown(*examples[outcome]) for outcome in Outcome if outcome in examples}
    findings.sort(key=lambda seen: (-seen.hits, seen.finding.rule, seen.writer, seen.finding.fingerprint))
    ordered = {outcome: outcomes[outcome] for outcome in Outcome if outcome in outcomes}
    return ReaderSeen(name, version.document.origin, ordered, how, tuple(findings), shown)


def _unmet(index: int, world: World, met: set[str], summary: Summary) -> list[FindingSeen]:
    """The findings about versions of the history that wrote no recorded event."""
    written = {writer.version for writer in summary.writers.values()}
    found: list[FindingSeen] = []
    for label, version, schema in world.history:
        if label in written:
            continue
        comparison = world.compared(index, label, version, schema)
        for finding in comparison.findings:
            if finding.fingerprint not in met:
                met.add(finding.fingerprint)
                found.append(FindingSeen(finding, version_name(label), 0, 0))
    return found


def _name(writer: KnownWriter) -> str:
    return version_name(writer.version) if writer.version is not None else _called(writer.key, writer.called)


def _shown(example: Example, writer: KnownWriter) -> Shown:
    value: object = None
    if example.payload:
        try:
            value = writer.opened.value(example.payload)
        except DamagedError:
            value = None
    return Shown(str(example.position), value, example.said)


def _unseen(summary: Summary, job: Job, around: Circumstances) -> Iterator[str]:
    """What was named and not looked at, in phrases."""
    unread, unknown = summary.damages.total(), sum(hits.count for hits in summary.unknown.values())
    if unread:
        yield "1 part could not be read" if unread == 1 else f"{unread:,} parts could not be read"
    if unknown:
        yield "1 event is of an unknown writer" if unknown == 1 else f"{unknown:,} events are of unknown writers"
    if around.unsure:
        files = "1 that may hold events was" if around.unsure == 1 else f"{around.unsure:,} that may hold events were"
        yield f"of files and folders, {files} left aside"
    if job.every > 1:
        yield f"one event in {job.every:,} was looked at"
    if job.since is not None or job.until is not None:
        passed = (("of another time", summary.outside), ("without a time", summary.untimed))
        yield from (
            f"{count:,} {'event was' if count == 1 else 'events were'} {what}" for what, count in passed if count
        )
    if around.most is not None and summary.events + summary.aside.total() >= around.most:
        yield f"--limit {around.most} ended the run"


def _needs(summary: Summary, world: World, unseen: tuple[str, ...]) -> Needs | None:
    labels = [label for label, _, _ in world.history]
    if not labels or not summary.events or UNSAID in summary.writers:
        return None
    counts = {writer.version for writer in summary.writers.values() if writer.version is not None and writer.span.count}
    if not counts:
        return None
    written = tuple(label for label in labels if label in counts)
    others = [writer for writer in summary.writers.values() if writer.version is None]
    newest = set(labels[-2:]) if _is_newest(world) else {labels[-1]}
    level: Level | None = Level.BACKWARD_TRANSITIVE
    if counts <= newest and not others:
        level = None if unseen else Level.BACKWARD
    older = labels[: labels.index(written[-1])]
    return Needs(written, tuple(label for label in older if label not in counts), level, unseen)


def _is_newest(world: World) -> bool:
    """Whether the first reader is the newest version itself, so that the one before is the latest it has to read."""
    return world.recorded.content(world.readers[0]) == world.recorded.content(world.history[-1][2])


def _profile(summary: Summary, world: World, writers: Mapping[str, KnownWriter | None]) -> dict[str, Span]:
    if not world.job.profile:
        return {}
    possible = {
        label: None for writer in writers.values() if writer is not None for label in writer.opened.could_occur()
    }
    return {label: summary.profile.get(label, Span()) for label in [*possible, *summary.profile] if label}
