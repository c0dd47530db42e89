"""What an exercise of consumers came to, as its saved report says it: evidence beside schemas, and no verdict."""

from __future__ import annotations

from evtcompat.dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExercisedFailure:
    """One thing that went wrong in a cell."""

    #: The word in the table: ``raised``, ``not idempotent``.
    kind: str
    message: str
    #: What the payload that shows it is called, with its version; ``""`` where there is none.
    label: str = ""
    #: The payload on one line: its value as JSON, or its bytes where it carries none.
    payload: str = ""
    #: Where the new consumer's effect is another one than the old one's: the place, and both.
    differences: tuple[str, ...] = ()
    traceback: str = ""
    #: The end of what the consumer printed.
    output: str = ""


@dataclass(frozen=True, slots=True)
class ExercisedCell:
    """A consumer on the payloads of some versions, delivered in one way."""

    consumer: str
    versions: tuple[str, ...]
    delivery: str
    events: int
    #: ``ok``, ``failed``, ``unobserved`` or ``unchecked``.
    state: str
    failures: tuple[ExercisedFailure, ...] = ()
    #: Why it is unobserved or unchecked.
    reason: str = ""

    @property
    def word(self) -> str:
        """What stands in a table for it: the first thing that went wrong, or its state."""
        return self.failures[0].kind if self.failures else self.state


@dataclass(frozen=True, slots=True)
class ExercisedLevel:
    """One level of an exercise: in process, or through a broker."""

    name: str
    cells: tuple[ExercisedCell, ...]


@dataclass(frozen=True, slots=True)
class ExercisedFlow:
    """A load, or an event on its way through several services: what it came to."""

    #: ``new, under load``.
    name: str
    state: str
    #: What went wrong, or why it is not known.
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exercised:
    """A saved exercise of one subject."""

    #: As it was exercised.
    subject: str
    #: What the file is called that says so.
    origin: str
    #: ``passed``, ``failed``, ``undecided`` or ``unchecked``.
    verdict: str
    #: Role and name of each consumer.
    consumers: tuple[tuple[str, str], ...] = ()
    levels: tuple[ExercisedLevel, ...] = ()
    flows: tuple[ExercisedFlow, ...] = ()
    notes: tuple[str, ...] = ()
