"""A contract: what one consumer needs of an event, as a reader schema."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from evtcompat.dataclasses import dataclass, field
from evtcompat.model.event_models import EventModel
from evtcompat.model.histories import Version
from evtcompat.model.mismatches import Undecided
from evtcompat.model.places import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evtcompat.errors import UncheckedError
    from evtcompat.formats.base import SchemaFormat


class Form(Enum):
    """How a consumer wrote down what it needs. ``value`` is the key of the contract file."""

    #: A reader schema of its own.
    SCHEMA = "schema"
    #: A list of paths.
    NEEDS = "needs"
    #: A Pact file with messages.
    PACT = "pact"
    #: A Python model: what validation takes.
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class Contract:
    """What one consumer needs of the events of one subject."""

    subject: str
    consumer: str
    form: Form
    format: SchemaFormat
    #: The reader schema; its label is the consumer.
    reader: Version
    #: The contract file.
    place: Place
    #: What messages call the file that the consumer wrote; the contract's own when it is none of its own.
    written_in: str | None = None
    #: The states that the provider has to be in, where the consumer says so.
    states: tuple[str, ...] = ()
    #: What it asks of the metadata of a message, for people.
    metadata: tuple[str, ...] = ()
    #: It is about the headers of an event, and not the event.
    about_headers: bool = False
    #: The paths, for a list of them.
    needs: tuple[str, ...] = ()
    #: The version of the subject that it was written against; ``None`` when it does not say.
    written_against: str | None = None
    #: Parts of what the consumer wrote down that the reader schema does not say.
    undecided: tuple[Undecided, ...] = ()
    #: The model itself, where it may be asked.
    model: EventModel | None = field(default=None, compare=False)

    @property
    def forbids(self) -> bool:
        """Whether the reader's form says what it refuses of what it does not mention; a list of paths refuses none."""
        return self.form is not Form.NEEDS

    @property
    def converts(self) -> bool:
        """Whether the consumer makes values of texts, and refuses one that is not of the form that its reader names."""
        return self.form is Form.MODEL


@dataclass(frozen=True, slots=True)
class Contracts:
    """The contracts of a folder."""

    #: By subject and consumer.
    all: Sequence[Contract] = ()
    #: Files that hold none, with the reason.
    problems: Sequence[UncheckedError] = ()
    #: Files of the reader schemas, absolute.
    readers: frozenset[str] = field(default_factory=frozenset)
