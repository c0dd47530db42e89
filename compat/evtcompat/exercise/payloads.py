"""The input of an exercise: payloads, deliveries of them, and scenarios (ordered deliveries)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import NamedTuple

from evtcompat.dataclasses import dataclass, field
from evtcompat.errors import DocumentError
from evtcompat.model.histories import version_name


@dataclass(frozen=True, slots=True)
class Payload:
    """One encoded event, with a name for what is special about it."""

    #: The schema version it was written with (``"1"``, ``"1.2.0"``).
    version: str
    #: What it covers: ``symbol SHIPPED``, ``truncated``.
    label: str
    #: The partition key, or ``None``.
    key: str | None
    #: The value as JSON shows it; ``None`` for a payload that carries none.
    value: object
    body: bytes
    content_type: str = "application/octet-stream"
    headers: Mapping[str, str] = field(default_factory=dict)
    #: No consumer can read it; it belongs in the dead-letter sink.
    poison: bool = False
    #: What a consumer that reads with the schema of a version sees, as JSON shows it, by version.
    expected: Mapping[str, object] = field(default_factory=dict)

    def __hash__(self) -> int:
        """Payloads are told apart by version, label and bytes."""
        return hash((self.version, self.label, self.body))


class FoundPayloads(NamedTuple):
    """The payloads of a folder."""

    payloads: tuple[Payload, ...]
    #: Why files of others cannot be read, each once.
    unread: tuple[str, ...] = ()


def found_payloads(each: Iterable[tuple[str, Payload | DocumentError]]) -> FoundPayloads:
    """What could be read of a folder.

    Args:
        each: Payloads with their versions, or why one cannot be read.

    Raises:
        DocumentError: There is no payload left of a version: what reads it would not be tried at all.
    """
    payloads: list[Payload] = []
    unread: list[tuple[str, DocumentError]] = []
    for version, found in each:
        if isinstance(found, Payload):
            payloads.append(found)
        else:
            unread.append((version, found))
    left = {payload.version for payload in payloads if not payload.poison}
    for version, error in unread:
        if version not in left:
            raise error
    return FoundPayloads(tuple(payloads), tuple(dict.fromkeys(error.message for _, error in unread)))


class Sequence(Enum):
    """How the payloads arrive. ``value`` is the word for the command line and the table."""

    ONCE = "once"
    TWICE = "twice"
    MIXED = "mixed"
    REVERSED = "reversed"
    SHUFFLED = "shuffled"
    POISON = "poison"
    BURST = "burst"


class Fault(Enum):
    """What goes wrong on the way, at a real broker."""

    NONE = ""
    CRASH = "crash"
    RETRY = "retry"
    CUT = "cut"
    RESET = "reset"
    SECOND = "second"
    SLOW = "slow"
    NARROW = "narrow"
    HANG = "hang"
    RESTART = "restart"
    DATABASE = "database"
    COMMIT = "commit"
    REGISTRY = "registry"
    REGISTRY_SLOW = "registry-slow"
    REGISTRY_UNKNOWN = "registry-unknown"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One payload under one event identity. The same identity twice is the same event twice."""

    payload: Payload
    event_id: str
    key: str | None
    #: Place in the scenario, from 0.
    position: int


@dataclass(frozen=True, slots=True)
class Scenario:
    """Ordered deliveries to one consumer: one cell of the table."""

    #: ``old`` or ``new``.
    consumer: str
    sequence: Sequence
    #: The payload versions it carries, in order of first appearance.
    versions: tuple[str, ...]
    deliveries: tuple[Delivery, ...]
    fault: Fault = Fault.NONE
    #: The position that the fault strikes.
    fault_at: int = 0

    @property
    def delivery(self) -> str:
        """The column of the table: the order of versions where it matters, the fault where there is one."""
        word: str = self.sequence.value if self.fault is Fault.NONE else self.fault.value
        return word

    @property
    def name(self) -> str:
        """``old / v1+v2 / mixed``: what a person calls the cell."""
        return f"{self.consumer} / {self.row} / {self.delivery}"

    @property
    def row(self) -> str:
        """The payload versions as the table writes them."""
        return "+".join(version_name(version) for version in self.versions)
