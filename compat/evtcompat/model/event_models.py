"""Classes of a program that read events, asked themselves what they make of one, beside what their schema says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Tried(NamedTuple):
    """What became of payloads at a model."""

    #: What read them, with its version.
    library: str
    #: By payload: why it was refused; ``None`` where it was taken.
    answers: tuple[str | None, ...]


class OwnCode(NamedTuple):
    """A function of a model's own that decides, beside its schema, what it takes."""

    #: As the program calls it: ``Order.check_total``.
    name: str
    #: Of its text, and of what it uses of the same program, as far as that could be followed.
    digest: str
    #: Whether that was everything, so that the same digest means the same function.
    whole: bool


class EventModel(Protocol):
    """A class that reads the events of a schema, and that may be asked."""

    @property
    def word(self) -> str:
        """What a person calls it: ``shop.events:OrderPlaced``."""
        ...

    @property
    def code(self) -> tuple[OwnCode, ...]:
        """The functions of its own that decide, beside its schema, what it takes."""
        ...

    def tried(self, payloads: Sequence[str]) -> Tried:
        """What becomes of payloads, JSON texts, at the model itself.

        Raises:
            DocumentError: It cannot be asked, or did not come to an end.
        """
        ...
