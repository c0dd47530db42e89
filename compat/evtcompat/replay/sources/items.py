"""What reading a split yields: events in chunks, damaged parts, tombstones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from evtcompat.dataclasses import dataclass
from evtcompat.formats.recorded import Batch, DamagedError, Framing
from evtcompat.replay.splits import Position

if TYPE_CHECKING:
    from evtcompat.replay.splits import Split


class WriterText(NamedTuple):
    """A writer that is told by its schema."""

    text: str


class WriterKey(NamedTuple):
    """A writer that is told by a key, which a registry or the command line knows."""

    framing: str
    key: str

    def __str__(self) -> str:
        """``confluent:7``."""
        return f"{self.framing}:{self.key}"


#: ``None``: events do not tell who wrote them.
WriterRef: TypeAlias = WriterText | WriterKey | None


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some events of one writer, read from a source and not yet opened."""

    writer: WriterRef
    count: int
    #: The position of an event, by its number.
    position: Callable[[int], Position]
    #: The events; of messages only those of the numbers, where some are given. A block is always whole.
    #:
    #: Raises:
    #:    DamagedError: They cannot be had.
    load: Callable[[Sequence[int] | None], Batch]
    #: When each was recorded, in milliseconds since 1970, where the source tells.
    times: Sequence[int | None] | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """A part that cannot be read."""

    position: Position
    reason: str
    events: int | None = None


@dataclass(frozen=True, slots=True)
class Tombstones:
    """Records without a value, which say that a key is gone."""

    count: int


Item: TypeAlias = Chunk | Lost | Tombstones


@dataclass(frozen=True, slots=True)
class Messages:
    """Messages as a source has them."""

    values: Sequence[bytes]
    #: The byte, offset or row of a message, by its number.
    at: Callable[[int], int]
    unit: str = "byte"
    times: Sequence[int | None] | None = None


def chunks_of(messages: Messages, split: Split, framing: Framing | None) -> Iterator[Item]:
    """The messages by their writers."""

    def position(index: int) -> Position:
        return Position(split.source, messages.at(index), unit=messages.unit)

    values = messages.values
    if framing is None:
        yield Chunk(None, len(values), position, _whole(values), messages.times)
        return
    size = framing.header
    for header, indexes in _by_header(_heads(values, size)).items():
        if len(header) < size or not header.startswith(framing.magic):
            for index in indexes:
                yield Lost(position(index), _not_framed(header, framing), 1)
        elif framing.packed is not None and framing.unpack is not None and framing.packed(header):
            yield from _unpacked(messages, indexes, framing, framing.unpack, position)
        else:
            yield _framed(messages, indexes, framing, header, position)


def _heads(values: Sequence[bytes], size: int) -> list[bytes]:
    """The first bytes of each message, without the rest being cut out where it need not be."""
    heads = getattr(values, "heads", None)
    return [value[:size] for value in values] if heads is None else heads(size)


def _by_header(headers: list[bytes]) -> dict[bytes, Sequence[int]]:
    """The numbers of the messages with each header; most often all have one."""
    if headers.count(headers[0]) == len(headers):
        return {headers[0]: range(len(headers))}
    found: dict[bytes, list[int]] = {}
    for index, header in enumerate(headers):
        found.setdefault(header, []).append(index)
    return dict(found)


def _whole(values: Sequence[bytes]) -> Callable[[Sequence[int] | None], Batch]:
    return lambda indexes: Batch(values if indexes is None else [values[index] for index in indexes])


def _framed(
    messages: Messages, indexes: Sequence[int], framing: Framing, header: bytes, position: Callable[[int], Position]
) -> Chunk:
    values, size = messages.values, framing.header

    def load(wanted: Sequence[int] | None) -> Batch:
        chosen = indexes if wanted is None else [indexes[number] for number in wanted]
        return Batch([values[index][size:] for index in chosen])

    times = None if messages.times is None else [messages.times[index] for index in indexes]
    key = WriterKey(framing.name, framing.key(header))
    return Chunk(key, len(indexes), lambda number: position(indexes[number]), load, times)


def _unpacked(
    messages: Messages,
    indexes: Sequence[int],
    framing: Framing,
    unpack: Callable[[bytes], bytes],
    position: Callable[[int], Position],
) -> Iterator[Item]:
    """Messages whose payload has to be unpacked to be had."""
    good: list[int] = []
    payloads: list[bytes] = []
    for index in indexes:
        try:
            payloads.append(unpack(messages.values[index]))
        except DamagedError as error:
            yield Lost(position(index), str(error), 1)
        else:
            good.append(index)
    if good:
        times = None if messages.times is None else [messages.times[index] for index in good]
        key = WriterKey(framing.name, framing.key(messages.values[good[0]][: framing.header]))
        yield Chunk(key, len(good), lambda number: position(good[number]), _whole(payloads), times)


def _not_framed(header: bytes, framing: Framing) -> str:
    if not header.startswith(framing.magic):
        found = header[: len(framing.magic)].hex(" ") or "nothing"
        return f"a wrong magic byte: {found}, where {framing.name} has {framing.magic.hex(' ')}"
    return f"shorter than the header of {framing.name}"
