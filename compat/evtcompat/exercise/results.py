"""What an exercise answers: attempts as they were observed, cells as they were judged, the whole run."""

from __future__ import annotations

from enum import Enum

from evtcompat.dataclasses import dataclass
from evtcompat.exercise.differences import Difference
from evtcompat.exercise.payloads import Delivery, Scenario
from evtcompat.model.json_texts import loads


@dataclass(frozen=True, slots=True)
class Picture:
    """A comparable picture of a value of the consumer: equal digests, equal values."""

    digest: str
    #: The value as JSON, cut when long.
    excerpt: str
    none: bool = False
    #: The whole value as JSON; ``None`` when it is too long to be told apart place by place.
    text: str | None = None

    @property
    def value(self) -> object:
        """The value in JSON's terms; what is too long is its digest."""
        return self.digest if self.text is None else loads(self.text)


class Outcome(Enum):
    """How one delivery ended."""

    RETURNED = "returned"
    RAISED = "raised"
    EXITED = "exited"
    HUNG = "hung"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One delivery of one record to the consumer, as it was observed."""

    delivery: Delivery
    #: The broker's name of the record; a record delivered again keeps it, a duplicate has its own.
    record: str
    #: Counted from 1 for each record.
    number: int
    #: Which process of the consumer handled it, counted from 1.
    incarnation: int
    outcome: Outcome
    #: One line: the exception, the exit status, the deadline.
    error: str = ""
    traceback: str = ""
    value: Picture | None = None
    before: Picture | None = None
    after: Picture | None = None
    #: Bodies handed to the dead-letter sink.
    dead_letters: tuple[bytes, ...] = ()
    #: The end of what the consumer printed, when it did not return.
    output: str = ""


@dataclass(frozen=True, slots=True)
class CellRun:
    """Everything that was observed in one scenario."""

    attempts: tuple[Attempt, ...]
    #: What the consumer is observed by: ``nothing``, ``returns``, ``effects`` or ``state``.
    observes: str = "nothing"
    #: Records that were not handled when waiting was given up, as a sentence; ``""`` when all were.
    stopped: str = ""
    #: Why the scenario could not be carried out at all; ``""`` when it could.
    unchecked: str = ""
    traceback: str = ""
    #: Whether the order in which events were handled was seen: a service has its own client.
    ordered: bool = True
    #: Whether the broker promises the order of a key; a standard queue of SQS does not.
    keeps_order: bool = True
    #: Whether it was seen what became of events that nobody can read.
    sees_dead_letters: bool = True
    #: What the log of a service ended with, when something went wrong.
    output: str = ""
    #: What the probe of a service never saw, should its looks all have shown the same; ``""`` for functions.
    never: str = ""


class FailureKind(Enum):
    """What a consumer may do wrong. ``value`` is the word in the table."""

    RAISED = "raised"
    EXITED = "exited"
    HUNG = "hung"
    BLOCKED = "blocked"
    NO_DEAD_LETTER = "no dead letter"
    SET_ASIDE = "set aside"
    NOT_IDEMPOTENT = "not idempotent"
    OUT_OF_ORDER = "out of order"
    NOT_HANDLED = "not handled"
    #: The new consumer's effect is not the old one's.
    DIFFERS = "differs"
    #: The effect shows a field with another value than the schema gives it.
    MISREAD = "misread"
    NO_EFFECT = "no effect"


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that went wrong, with the payload that shows it."""

    kind: FailureKind
    #: One or two sentences for a person.
    message: str
    delivery: Delivery | None = None
    traceback: str = ""
    output: str = ""
    #: Where the new consumer's effect is another one than the old one's.
    differences: tuple[Difference, ...] = ()
    #: The members of the effect that it is about: one mistake shows in many events and orders.
    about: frozenset[str] = frozenset()


class CellState(Enum):
    """The answer of one cell. ``value`` is the word that reports print."""

    OK = "ok"
    FAILED = "failed"
    #: Nothing went wrong that could be seen, but something that should be seen was not observable.
    UNOBSERVED = "unobserved"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True)
class Cell:
    """One scenario, judged."""

    scenario: Scenario
    state: CellState
    failures: tuple[Failure, ...] = ()
    #: Why it is unobserved or unchecked.
    reason: str = ""
    #: What was seen to hold, by name: ``order per key``, ``idempotent``, ``dead letter``, ``went on after poison``.
    held: tuple[str, ...] = ()
    traceback: str = ""
