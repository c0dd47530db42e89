"""What was found in some splits: counts, and a few examples. Summaries merge in any order to the same summary."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from evtcompat.dataclasses import dataclass, field
from evtcompat.model.readings import Outcome
from evtcompat.replay.splits import Position

#: Damaged parts that are told with their place; all are counted.
MOST_DAMAGES: Final = 50
#: An example larger than this is told by its place alone.
LARGEST_EXAMPLE: Final = 1 << 16


@dataclass(frozen=True, order=True)
class Example:
    """One event."""

    position: Position
    payload: bytes = b""
    #: What a decoder or validator said of it.
    said: str = ""


@dataclass
class Hits:
    """The events that a finding speaks of, or that have one outcome."""

    count: int = 0
    example: Example | None = None

    def add(self, count: int, example: Example | None) -> None:
        """So many more, with the first of them where it is known."""
        self.count += count
        self.example = _first(self.example, example)


def _first(one: Example | None, other: Example | None) -> Example | None:
    if one is None or other is None:
        return one or other
    # of the same event the example that says more
    return min(one, other, key=lambda each: (each.position, not each.payload, not each.said))


@dataclass
class Pair:
    """The events of one writer in one reader."""

    outcomes: dict[Outcome, Hits] = field(default_factory=dict)
    #: How many events were ``proved``, ``projected`` or ``decoded``.
    how: Counter[str] = field(default_factory=Counter)
    #: By fingerprint.
    findings: dict[str, Hits] = field(default_factory=dict)
    #: The first failing events, by outcome and findings.
    failures: dict[str, list[Example]] = field(default_factory=dict)

    def outcome(self, outcome: Outcome) -> Hits:
        """The events with an outcome."""
        return self.outcomes.setdefault(outcome, Hits())

    def finding(self, fingerprint: str) -> Hits:
        """The events that hit a finding."""
        return self.findings.setdefault(fingerprint, Hits())

    def keep(self, key: str, example: Example, most: int) -> None:
        """Remember a failing event, if it is one of the first."""
        kept = self.failures.setdefault(key, [])
        kept.append(example)
        kept.sort()
        del kept[most:]


@dataclass
class Span:
    """How often something occurred, first and last."""

    count: int = 0
    #: Milliseconds since 1970, where events tell their time.
    first: int | None = None
    last: int | None = None

    def add(self, count: int, first: int | None = None, last: int | None = None) -> None:
        """So many more."""
        self.count += count
        self.first = _least(self.first, first)
        self.last = last if self.last is None else self.last if last is None else max(self.last, last)


def _least(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else min(one, other)


@dataclass
class Writer:
    """The events of one writer."""

    span: Span = field(default_factory=Span)
    #: The label of the version of the history that it is, if it is one.
    version: str | None = None
    #: What it was called where it was met: a file, a schema id.
    called: str = ""
    #: The text of its schema, where no version of the history has it.
    text: str = ""


@dataclass(frozen=True, order=True)
class Damaged:
    """A part of a source that cannot be read."""

    position: Position
    reason: str
    #: The events that are lost with it, where that is known.
    events: int | None = None


@dataclass
class Summary:
    """What was found in some splits."""

    #: Events that were counted, damaged ones and those set aside left out.
    events: int = 0
    tombstones: int = 0
    #: Events of which a proof was put to the test.
    sampled: int = 0
    #: Events without a time, or of another one than was asked for.
    untimed: int = 0
    outside: int = 0
    writers: dict[str, Writer] = field(default_factory=dict)
    #: By the number of the reader and the key of the writer.
    pairs: dict[tuple[int, str], Pair] = field(default_factory=dict)
    #: Parts that cannot be read, by reason; the first of them with their places.
    damages: Counter[str] = field(default_factory=Counter)
    damaged: list[Damaged] = field(default_factory=list)
    #: Events of something else, by its name.
    aside: Counter[str] = field(default_factory=Counter)
    #: Messages whose key names no known writer.
    unknown: dict[str, Hits] = field(default_factory=dict)
    profile: dict[str, Span] = field(default_factory=dict)

    def pair(self, reader: int, writer: str) -> Pair:
        """The events of a writer in a reader."""
        return self.pairs.setdefault((reader, writer), Pair())

    def damage(self, damaged: Damaged) -> None:
        """Count a part that cannot be read."""
        self.damages[damaged.reason] += 1
        if len(self.damaged) < MOST_DAMAGES or damaged < self.damaged[-1]:
            self.damaged.append(damaged)
            self.damaged.sort()
            del self.damaged[MOST_DAMAGES:]

    @property
    def corrupt(self) -> int:
        """How many parts cannot be read, messages of unknown writers among them."""
        return self.damages.total() + sum(hits.count for hits in self.unknown.values())

    def count(self, reader: int, outcome: Outcome) -> int:
        """How many events have an outcome in a reader."""
        return sum(
            pair.outcomes[outcome].count
            for (number, _), pair in self.pairs.items()
            if number == reader and outcome in pair.outcomes
        )

    def add(self, other: Summary, keep: int = 0) -> None:
        """Everything that another summary of other splits tells."""
        self.events += other.events
        self.tombstones += other.tombstones
        self.sampled += other.sampled
        self.untimed += other.untimed
        self.outside += other.outside
        for key, writer in other.writers.items():
            mine = self.writers.setdefault(key, Writer(version=writer.version, called=writer.called, text=writer.text))
            mine.span.add(writer.span.count, writer.span.first, writer.span.last)
            mine.called = min(mine.called, writer.called)
        for (reader, key), pair in other.pairs.items():
            _add_pair(self.pair(reader, key), pair, keep)
        self.damages.update(other.damages)
        self.damaged = sorted([*self.damaged, *other.damaged])[:MOST_DAMAGES]
        self.aside.update(other.aside)
        for key, hits in other.unknown.items():
            self.unknown.setdefault(key, Hits()).add(hits.count, hits.example)
        for label, span in other.profile.items():
            self.profile.setdefault(label, Span()).add(span.count, span.first, span.last)


def _add_pair(mine: Pair, other: Pair, keep: int) -> None:
    for outcome, hits in other.outcomes.items():
        mine.outcome(outcome).add(hits.count, hits.example)
    mine.how.update(other.how)
    for fingerprint, hits in other.findings.items():
        mine.finding(fingerprint).add(hits.count, hits.example)
    for key, examples in other.failures.items():
        for example in examples:
            mine.keep(key, example, keep)


def merged(summaries: Iterable[Summary], keep: int = 0) -> Summary:
    """The summary of everything that the summaries tell."""
    whole = Summary()
    for summary in summaries:
        whole.add(summary, keep)
    return whole


def to_json(summary: Summary) -> dict[str, Any]:
    """The summary as a JSON value."""
    return {
        **{name: getattr(summary, name) for name in _NUMBERS},
        "writers": {
            key: {"span": _span(writer.span), "version": writer.version, "called": writer.called, "text": writer.text}
            for key, writer in summary.writers.items()
        },
        "pairs": [
            {
                "reader": reader,
                "writer": writer,
                "outcomes": {outcome.value: _hits(hits) for outcome, hits in pair.outcomes.items()},
                "how": dict(pair.how),
                "findings": {fingerprint: _hits(hits) for fingerprint, hits in pair.findings.items()},
                "failures": {key: [_example(one) for one in kept] for key, kept in pair.failures.items()},
            }
            for (reader, writer), pair in summary.pairs.items()
        ],
        "damages": dict(summary.damages),
        "damaged": [[_place(one.position), one.reason, one.events] for one in summary.damaged],
        "aside": dict(summary.aside),
        "unknown": {key: _hits(hits) for key, hits in summary.unknown.items()},
        "profile": {label: _span(span) for label, span in summary.profile.items()},
    }


_NUMBERS: Final = ("events", "tombstones", "sampled", "untimed", "outside")


def _place(position: Position) -> list[Any]:
    return [position.source, position.at, position.index, position.unit]


def _span(span: Span) -> list[int | None]:
    return [span.count, span.first, span.last]


def _hits(hits: Hits) -> list[Any]:
    return [hits.count, None if hits.example is None else _example(hits.example)]


def _example(example: Example) -> list[Any]:
    return [_place(example.position), base64.b64encode(example.payload).decode(), example.said]


def from_json(value: Mapping[str, Any]) -> Summary:
    """The summary that `to_json` wrote.

    Raises:
        KeyError, TypeError, ValueError: It is none.
    """
    summary = Summary()
    for name in _NUMBERS:
        setattr(summary, name, int(value[name]))
    for key, writer in value["writers"].items():
        span = Span(*writer["span"])
        summary.writers[key] = Writer(span, writer["version"], writer["called"], writer["text"])
    for entry in value["pairs"]:
        pair = summary.pair(entry["reader"], entry["writer"])
        pair.outcomes = {Outcome(word): _read_hits(hits) for word, hits in entry["outcomes"].items()}
        pair.how = Counter(entry["how"])
        pair.findings = {fingerprint: _read_hits(hits) for fingerprint, hits in entry["findings"].items()}
        pair.failures = {key: [_read_example(one) for one in kept] for key, kept in entry["failures"].items()}
    summary.damages = Counter(value["damages"])
    summary.damaged = [Damaged(Position(*place), reason, events) for place, reason, events in value["damaged"]]
    summary.aside = Counter(value["aside"])
    summary.unknown = {key: _read_hits(hits) for key, hits in value["unknown"].items()}
    summary.profile = {label: Span(*span) for label, span in value["profile"].items()}
    return summary


def _read_hits(value: list[Any]) -> Hits:
    count, example = value
    return Hits(count, None if example is None else _read_example(example))


def _read_example(value: list[Any]) -> Example:
    position, payload, said = value
    return Example(Position(*position), base64.b64decode(payload), said)
