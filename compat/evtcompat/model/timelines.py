"""A subject over time: when each part of its events came, changed and went, and which versions can live together."""

from __future__ import annotations

from enum import Enum

from evtcompat.dataclasses import dataclass
from evtcompat.model.exercised import Exercised
from evtcompat.model.readings import Outcome, Reading
from evtcompat.model.verdicts import Verdict


class Happening(Enum):
    """What became of a part in a version. ``value`` is the word that a reader sees."""

    BORN = "born"
    CHANGED = "changed"
    #: From here on a reader does without it: it has a default, or is not required any more.
    DEFAULTED = "defaulted"
    #: From here on a reader refuses events without it.
    REQUIRED = "required"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Stop:
    """One version."""

    label: str
    #: What its document is called.
    origin: str | None = None
    #: The day on which it came, as ``2026-01-31``; ``None`` where nobody knows.
    date: str | None = None
    #: The text of the file that it stands in, for whoever edits that; ``""`` where it is not kept.
    text: str = ""
    #: Its own schema as text, for whoever reads it; ``""`` likewise.
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """What became of one part in one version."""

    #: The place of the version in `Timeline.stops`.
    at: int
    what: Happening
    #: Details, as a phrase: ``int, now string``; ``""`` where the word says all.
    text: str = ""


@dataclass(frozen=True, slots=True)
class Lifeline:
    """One part of the events through all versions."""

    #: As people write it: ``lines[].sku``.
    path: str
    #: In the order of the versions, at most one of a kind in each.
    marks: tuple[Mark, ...]

    def spans(self, stops: int) -> tuple[tuple[int, int], ...]:
        """From which version to which it was there, the last one included; it may have come twice."""
        found: list[tuple[int, int]] = []
        start: int | None = None
        for mark in self.marks:
            if mark.what is Happening.BORN:
                start = mark.at
            elif mark.what is Happening.REMOVED and start is not None:
                found.append((start, mark.at - 1))
                start = None
        if start is not None:
            found.append((start, stops - 1))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Step:
    """From one version to the next."""

    #: Whether the newer reads what the older one wrote.
    backward: Verdict
    #: Whether the older reads what the newer one writes.
    forward: Verdict


@dataclass(frozen=True, slots=True)
class Written:
    """A payload of one version."""

    name: str
    label: str
    value: object


@dataclass(frozen=True, slots=True)
class Crossing:
    """What one reader makes of what one writer wrote."""

    #: The places of the versions in `Timeline.stops`.
    writer: int
    reader: int
    #: The worst of its payloads; ``None`` when the writer can write nothing.
    outcome: Outcome | None
    #: How many payloads came out so, and how many there are.
    worst: int
    payloads: int
    #: What `check` says of this direction.
    verdict: Verdict
    #: In the order of the writer's payloads; empty where they are not kept.
    readings: tuple[Reading, ...] = ()
    #: Rules of findings that no decoder tried confirms.
    rule_only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grid:
    """Every writer by every reader, each payload really written and read."""

    #: What read them, with its version.
    decoder: str
    #: By version, in the order of `Timeline.stops`; empty for a version of which no payload is kept.
    payloads: tuple[tuple[Written, ...], ...]
    #: Writer by writer, the readers in order.
    crossings: tuple[Crossing, ...]

    def at(self, writer: int, reader: int) -> Crossing:
        """The cell of two versions, by their places."""
        return self.crossings[writer * len(self.payloads) + reader]


@dataclass(frozen=True, slots=True)
class Timeline:
    """A subject with its versions, the oldest first."""

    subject: str
    #: The name of the schema language.
    format: str
    stops: tuple[Stop, ...]
    lifelines: tuple[Lifeline, ...] = ()
    #: Between neighbours: one fewer than there are versions.
    steps: tuple[Step, ...] = ()
    grid: Grid | None = None
    #: The policy under which versions were compared, where the format has policies.
    policy: str | None = None
    #: Things that a reader has to know.
    remarks: tuple[str, ...] = ()
    #: Versions that are left out as they cannot be read, each with the reason.
    unread: tuple[str, ...] = ()
    #: What exercises of its consumers came to, where somebody saved them.
    exercised: tuple[Exercised, ...] = ()

    @property
    def breaks(self) -> int:
        """How many steps break a consumer, in one direction or in both."""
        return sum(Verdict.INCOMPATIBLE in (step.backward, step.forward) for step in self.steps)
