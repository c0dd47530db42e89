"""The answers: verdicts over a comparison, severities of a finding."""

from __future__ import annotations

from enum import Enum


class Word(Enum):
    """A word of the model. Its members are compared by identity, and hashed so: an enumeration's own hash is slower."""

    __hash__ = object.__hash__


class Verdict(Word):
    """What is known about a comparison. ``value`` is the word that reports print."""

    COMPATIBLE = "compatible"
    INCOMPATIBLE = "incompatible"
    UNDECIDED = "undecided"
    UNCHECKED = "unchecked"
    #: Of a subject that is history: nothing of it changed since the git baseline, so that the run compared nothing.
    NOT_JUDGED = "not-judged"

    @property
    def passes(self) -> bool:
        """Whether nothing of what the run looked at speaks against it."""
        return self in (Verdict.COMPATIBLE, Verdict.NOT_JUDGED)


class Severity(Word):
    """How much a finding weighs; see `evtcompat.rules`."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Policy(Word):
    """Which instances a JSON Schema writer is taken to produce (Confluent's words)."""

    STRICT = "strict"
    LENIENT = "lenient"
