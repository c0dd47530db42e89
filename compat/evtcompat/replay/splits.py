"""A split: a part of the recorded events that one worker looks at, described so that any worker can find it."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property

from evtcompat.dataclasses import asdict, dataclass


@dataclass(frozen=True, order=True, slots=True)
class Position:
    """Where an event was recorded. Positions of one source are in the order of its events."""

    #: The file or the partition.
    source: str
    #: The number of the byte, offset or row, from 0.
    at: int
    #: The event's number in the block that begins there, from 0; -1 where each event has a place of its own.
    index: int = -1
    #: What `at` counts: ``byte``, ``offset``, ``row``.
    unit: str = "byte"

    def __str__(self) -> str:
        """``orders.avro, byte 16384, event 3``."""
        inner = "" if self.index < 0 else f", event {self.index + 1}"
        return f"{self.source}, {self.unit} {self.at}{inner}"


@dataclass(frozen=True)
class Split:
    """A part of a source. Bytes of a file, offsets of a partition, row groups of a table."""

    source: str
    #: How the source is read: one of `evtcompat.replay.sources.kinds.NAMES`, or `KAFKA` there.
    kind: str
    start: int
    end: int
    #: The size of the whole source, in the units of `start` and `end`.
    size: int
    #: What changes when the source does: its time of change or its checksum.
    stamp: str = ""
    #: How messages tell their writer: a name of `framing`, or ``""`` where they do not.
    framing: str = ""
    #: How the whole source is compressed.
    compression: str = ""
    #: The column of a table.
    column: str = ""
    #: At most so many events are looked at.
    most: int | None = None

    @cached_property
    def id(self) -> str:
        """The same for the same part of the same source, wherever and whenever it is described."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:24]

    @property
    def weight(self) -> int:
        """How much of a source it is, for a progress bar."""
        return self.end - self.start
