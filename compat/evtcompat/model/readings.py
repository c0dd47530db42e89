"""What a reader makes of a payload."""

from __future__ import annotations

from enum import Enum

from evtcompat.dataclasses import dataclass


class Outcome(Enum):
    """What became of a payload in a reader. ``value`` is the word of tables, manifests and tests."""

    #: The reader sees what was written, in so far as it asks for it.
    OK = "ok"
    #: Something the payload does not carry was filled in from the reader's defaults.
    DEFAULTED = "defaulted"
    #: A value was rounded, or absorbed by an enum's default.
    LOSSY = "lossy"
    #: It decodes, and a decoder that trusts the reader's schema takes a value for another one.
    MISREAD = "misread"
    #: A real decoder or validator raised.
    REFUSED = "refused"

    @property
    def weight(self) -> int:
        """Larger is worse."""
        return _WEIGHTS[self]


_WEIGHTS = {outcome: weight for weight, outcome in enumerate(Outcome)}


class NoteKind(Enum):
    """What is to be said about one place of a payload."""

    #: The reader's default stands there.
    DEFAULT = "default"
    #: The payload carries it and the reader does not ask for it.
    IGNORED = "ignored"
    #: The value is not the one that was written.
    LOST = "lost"
    #: A decoder that trusts the reader's schema reads another value.
    MISREAD = "misread"


@dataclass(frozen=True, slots=True)
class Note:
    """One place where the reader's value and the written value differ."""

    kind: NoteKind
    #: By names: ``lines[0].giftWrap``.
    path: str
    #: What stands there, or what became of it, as a phrase.
    text: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reader made of one payload."""

    outcome: Outcome
    #: What the reader sees, as JSON shows it; ``None`` when it was refused (see `outcome`: ``null`` is a value too).
    value: object = None
    #: The decoder's or validator's words when it refused.
    said: str = ""
    notes: tuple[Note, ...] = ()

    def __hash__(self) -> int:
        """By what can be hashed."""
        return hash((self.outcome, self.said, self.notes))
