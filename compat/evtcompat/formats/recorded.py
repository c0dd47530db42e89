"""What a schema language is to the replay of recorded events: its files, its framings, what readers make of events.

`SchemaFormat.recorded` leads here. Replay itself names no format: it splits files, counts, and merges counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from evtcompat.dataclasses import dataclass
from evtcompat.model.readings import Outcome

if TYPE_CHECKING:
    from evtcompat.formats.base import Options, Schema
    from evtcompat.model.findings import Finding


class DamagedError(Exception):
    """Recorded bytes are not what they should be: truncated, overwritten, of an unknown codec. The message says how."""


class ByteSource(Protocol):
    """The bytes of a file, wherever it lies."""

    @property
    def size(self) -> int:
        """How many there are."""
        ...

    def read(self, at: int, size: int) -> bytes:
        """The bytes from an offset on; fewer where the file ends."""
        ...

    def find(self, needle: bytes, start: int, end: int) -> int:
        """The offset of the first occurrence that begins in ``[start, end)``, or -1."""
        ...


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive events of a file, one after the other, which need not be opened to be counted."""

    #: Where it begins in the file.
    at: int
    count: int
    #: Its bytes, decompressed.
    #:
    #: Raises:
    #:    DamagedError: They cannot be had.
    load: Callable[[], bytes]


class Damage(NamedTuple):
    """A part of a file that cannot be read."""

    at: int
    reason: str
    #: The events that are lost with it, where that is known.
    events: int | None = None


class EventFile(Protocol):
    """An opened file of events that all have one writer."""

    @property
    def writer(self) -> str:
        """The text of the writer's schema, as the file has it."""
        ...

    def blocks(self, start: int, end: int) -> Iterator[Block | Damage]:
        """The blocks that belong to a part of the file: of parts that meet, each block belongs to exactly one."""
        ...


class EventFiles(Protocol):
    """A kind of file that only one format has."""

    #: What a sentence calls one: ``object container file``.
    title: str
    #: Suffixes, in lower case, by which such a file names itself.
    suffixes: tuple[str, ...]
    #: The bytes that it begins with.
    magic: bytes

    def open(self, source: ByteSource) -> EventFile:
        """The file, its head read.

        Raises:
            DamagedError: It has none.
        """
        ...


class Framing(NamedTuple):
    """How a message tells which schema it was written with."""

    name: str
    #: What every message begins with.
    magic: bytes
    #: The bytes before the payload, `magic` included.
    header: int
    #: The key of the writer's schema, from a header: ``7``, a UUID, a fingerprint.
    key: Callable[[bytes], str]
    #: What all of a key looks like, as a pattern.
    keys: str
    #: Whether a message, by its header, has a payload that has to be unpacked; ``None``: it is what follows the header.
    packed: Callable[[bytes], bool] | None = None
    #: The payload of a message that is packed.
    #:
    #: Raises:
    #:    DamagedError: It cannot be had.
    unpack: Callable[[bytes], bytes] | None = None


@dataclass(frozen=True, slots=True)
class Deviation:
    """One event of a batch that is not as `Reading.base` says."""

    index: int
    #: ``None``: the event is damaged, and `said` says how.
    outcome: Outcome | None
    #: Indexes of the findings that it hits, those of `Reading.base_hits` left out.
    hits: tuple[int, ...]
    #: The event's own bytes.
    payload: bytes
    #: The decoder's or validator's words, where there are any.
    said: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """Encoded events of one writer: a block of events one after the other, or messages."""

    #: The bytes of each message, or one block.
    parts: Sequence[bytes]
    #: How many events stand in the one part; ``None`` for messages.
    joined: int | None = None

    @property
    def count(self) -> int:
        """How many events there are."""
        return len(self.parts) if self.joined is None else self.joined


class Reading(Protocol):
    """One reader and the events of one writer."""

    @property
    def proved(self) -> bool:
        """Whether every event is known to be as `base` says, so that none needs to be opened."""
        ...

    @property
    def projected(self) -> bool:
        """Whether `judge` looks at a part of each event; otherwise a real decoder or validator reads all of it."""
        ...

    @property
    def base(self) -> Outcome:
        """The outcome of every event that no `Deviation` speaks of. None is better."""
        ...

    @property
    def base_hits(self) -> tuple[int, ...]:
        """Indexes of the findings that every event hits."""
        ...

    def judge(self, batch: Batch) -> list[Deviation]:
        """The events that are not as `base` says, by what is known of the two schemas.

        Raises:
            DamagedError: A block is damaged; nothing is known of any event in it.
        """
        ...

    def decode(self, batch: Batch) -> list[Deviation]:
        """The same by real decoders alone: each event is read as its writer and as its reader, and compared.

        Raises:
            DamagedError: See `judge`.
        """
        ...


class Opened(Protocol):
    """What the events of one writer hold, whoever reads them."""

    def messages(self, batch: Batch, most: int | None = None) -> list[bytes]:
        """Each event's own bytes; of no more than the first `most` where that is given.

        Raises:
            DamagedError: A block does not hold what it says, as far as it was looked at.
        """
        ...

    def times(self, batch: Batch, path: tuple[str, ...]) -> list[int | DamagedError | None]:
        """The time that stands in a field of each event, in milliseconds since 1970.

        It is ``None`` where an event has none, and what is wrong with a message where it is damaged: nobody knows
        whether that has one.

        Raises:
            DamagedError: A block is damaged.
        """
        ...

    def profile(self, batch: Batch) -> list[Sequence[str]]:
        """For each event, the optional fields, branches, symbols and defaults that occur in it, each once, by name.

        Raises:
            DamagedError: A block is damaged.
        """
        ...

    def could_occur(self) -> tuple[str, ...]:
        """Whatever `profile` may tell of an event, as far as the schema says, so that what never occurs is seen."""
        ...

    def value(self, payload: bytes) -> object:
        """An event as JSON shows it.

        Raises:
            DamagedError: It cannot be decoded.
        """
        ...


class RecordedFormat(Protocol):
    """What a schema format knows about recorded events."""

    #: The kinds of file that only this format has.
    files: tuple[EventFiles, ...]
    #: The framings that only this format has.
    framings: tuple[Framing, ...]
    #: Whether an event can be read without its writer's schema.
    self_describing: bool

    def is_event(self, payload: bytes) -> bool:
        """Whether bytes look like an event that can be read without its writer's schema."""
        ...

    def fingerprints(self, schema: Schema) -> tuple[str, ...]:
        """The keys by which this format's own framings name a schema."""
        ...

    def names(self, schema: Schema) -> frozenset[str]:
        """What events of this schema, or those that it reads, may call themselves; empty where names tell nothing."""
        ...

    def content(self, schema: Schema) -> str:
        """SHA-256 of what the schema means to a decoder: equal for schemas that differ in layout and comments alone."""
        ...

    def reading(
        self, reader: Schema, writer: Schema | None, findings: Sequence[Finding], options: Options, *, sure: bool
    ) -> Reading:
        """What the reader makes of the writer's events.

        Args:
            reader: The reader.
            writer: The writer; ``None`` for events that do not say.
            findings: What a check says of the pair, whose hits are counted.
            options: Those of the check.
            sure: Whether the check has settled every part of the pair.
        """
        ...

    def opened(self, schema: Schema, options: Options) -> Opened:
        """What the events of a writer hold; of a reader, for events that do not say who wrote them."""
        ...
