"""The transport without a broker: a queue in this process, at least once, in order."""

from __future__ import annotations

from evtcompat.dataclasses import dataclass, field
from evtcompat.exercise.transports.base import Received, Record, TransportError


@dataclass(slots=True)
class MemoryChannel:
    """A list and a cursor. `leave` moves the cursor back to the oldest record that is not acknowledged."""

    records: list[Record] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)
    cursor: int = 0

    def send(self, record: Record) -> None:
        """The record is in the list."""
        self.records.append(record)

    def receive(self, timeout: float) -> Received | None:  # noqa: ARG002 - nothing arrives by waiting
        """The next record that is not acknowledged, or ``None``."""
        while self.cursor < len(self.records):
            position = str(self.cursor)
            self.cursor += 1
            if position not in self.acknowledged:
                return Received(self.records[int(position)], position)
        return None

    def ack(self, received: Received) -> None:
        """The record is not delivered again."""
        self.acknowledged.add(received.position)

    def leave(self) -> None:
        """The next record is the oldest that is not acknowledged."""
        self.cursor = 0

    def close(self) -> None:
        """The records are forgotten."""
        self.records.clear()


@dataclass(frozen=True, slots=True)
class MemoryTransport:
    """Channels in this process."""

    name: str = "in process"

    def open(self, name: str, *, through: tuple[str, int] | None = None) -> MemoryChannel:
        """An empty channel.

        Raises:
            TransportError: A proxy is wanted, and there is no connection to lead through it.
        """
        if through is not None:
            message = f"{name}: there is no connection to cut in process"
            raise TransportError(message)
        return MemoryChannel()

    def upstream(self) -> tuple[str, int] | None:
        """Nothing to forward to."""
        return None
