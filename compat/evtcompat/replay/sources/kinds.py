"""The kinds of source: how each is told, cut into splits, and read."""

from __future__ import annotations

import binascii
import codecs
import struct
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from evtcompat.formats.loading import built_in
from evtcompat.formats.recorded import Batch, Block, ByteSource, Damage, DamagedError, EventFiles, Framing
from evtcompat.replay import framing
from evtcompat.replay.sources import columns, delimited
from evtcompat.replay.sources.items import Chunk, Item, Lost, Messages, WriterText, chunks_of
from evtcompat.replay.sources.opening import COMPRESSIONS, Source, head_of, is_remote, opened
from evtcompat.replay.splits import Position

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evtcompat.formats.recorded import RecordedFormat
    from evtcompat.replay.splits import Split

#: The least and the most bytes of one split of a file that can be cut anywhere, and how many there are between these.
_LEAST: Final = 1 << 23
_MOST: Final = 1 << 28
_PARTS: Final = 64
_HEAD: Final = 1 << 16
#: So many lines tell what a text is.
_LOOKED_AT: Final = 20

#: Reads messages of a split.
_Reader = Callable[["Source", "Split"], Iterator["Messages | Item"]]
_DELIMITED: Final[dict[str, _Reader]] = {
    "prefixed": delimited.prefixed,
    "base64": delimited.base64_lines,
    "lines": delimited.text_lines,
    "parquet": columns.rows,
    "arrow": columns.rows,
}
BLOCKS: Final = "blocks"
KAFKA: Final = "kafka"
#: What a person may say of a source that does not tell its kind.
NAMES: Final = (*_DELIMITED, BLOCKS)


class Told(NamedTuple):
    """What a file says of itself."""

    kind: str
    compression: str = ""
    framing: str = ""
    column: str = ""


class NoEvents(NamedTuple):
    """Why a file is left aside."""

    reason: str
    #: There is nothing in it that could be one.
    empty: bool = False
    #: It may hold events all the same: a person has to say more.
    unsure: bool = False


def told_by(
    source: Source, name: str, recorded: RecordedFormat, *, column: str = "", kind: str = "", framed: str = ""
) -> Told | NoEvents:
    """How a file is read, by what it begins with.

    Args:
        source: The file.
        name: Its name: where it names a kind of file, it is one, and damaged if it does not look like it.
        recorded: The format of its events.
        column: The column of a table that holds them.
        kind: The kind, where a person said it.
        framed: The framing, likewise; ``none`` for no framing.

    Raises:
        DamagedError: It is damaged.
        UncheckedError: A library is missing.
    """
    head = source.read(0, _HEAD)
    for files in recorded.files:
        if kind == BLOCKS or (not kind and (head.startswith(files.magic) or name.lower().endswith(files.suffixes))):
            files.open(source)
            return Told(BLOCKS)
    compression = next((word for word, magic in COMPRESSIONS.items() if head.startswith(magic)), "")
    if compression:
        head = head_of(source, compression, _HEAD)
    if head.startswith(b"PAR1") or kind == "parquet":
        return _table(source, "parquet", column, recorded, framed)
    if head.startswith(b"ARROW1") or kind == "arrow":
        return _table(source, "arrow", column, recorded, framed)
    if not head:
        return NoEvents("empty", empty=True)
    if len(head) == _HEAD and b"\n" not in head:
        head = head_of(source, compression, delimited.LARGEST)  # the first line may be a long one
    known = framing.framings(recorded)
    for guess in _GUESSES if not kind else [_guess_of(kind)]:
        found = guess(head, known, recorded)
        if found is not None:
            return found._replace(compression=compression, framing="" if framed == "none" else framed or found.framing)
    return NoEvents(_of_another_format(head, recorded) or "nothing in it looks like recorded events")


def _of_another_format(head: bytes, recorded: RecordedFormat) -> str:
    """That a file begins as events of another schema language do; ``""`` where it does not."""
    for one in built_in():
        other = one.recorded
        if other is None or other is recorded:
            continue
        whole = next((files for files in other.files if head.startswith(files.magic)), None)
        if whole is not None or _as_lines(head, (), other) is not None:
            kind = f" ({whole.title})" if whole else ""
            reader = next((mine.noun for mine in built_in() if mine.recorded is recorded), "of another language")
            return f"it holds what looks like events of {one.title}{kind}, and the reader is {reader}"
    return ""


def _table(source: Source, kind: str, column: str, recorded: RecordedFormat, framed: str) -> Told | NoEvents:
    possible = columns.Table(source, kind).columns()
    if column and column not in possible:
        return NoEvents(f"no column {column} of bytes or text", unsure=bool(possible))
    if not column and len(possible) != 1:
        found = "no column" if not possible else f"several columns ({', '.join(possible)})"
        return NoEvents(f"{found} of bytes or text: say which with --column", unsure=bool(possible))
    chosen = column or possible[0]
    if framed:
        return Told(kind, framing="" if framed == "none" else framed, column=chosen)
    first = columns.first_value(source, kind, chosen)
    known = framing.framing_of(first, framing.framings(recorded))
    if known is None and first and not recorded.self_describing:
        return NoEvents(f"the values of {chosen} do not say which schema they were written with", unsure=True)
    return Told(kind, framing="" if known is None else known.name, column=chosen)


_Guess = Callable[[bytes, "Sequence[Framing]", "RecordedFormat"], "Told | None"]


def _as_lines(head: bytes, known: Sequence[Framing], recorded: RecordedFormat) -> Told | None:
    """Text of which most lines are events by themselves: one that is damaged hides none of the others."""
    del known
    lines = _lines(head)
    return Told("lines") if lines and sum(map(recorded.is_event, lines)) * 2 >= len(lines) else None


def _lines(head: bytes) -> list[bytes]:
    """The first lines that are not blank, none of them cut off by the end of the head unless it is the only one."""
    lines = head.removeprefix(codecs.BOM_UTF8).split(b"\n")
    whole = lines[:-1] if len(head) >= _HEAD and len(lines) > 1 else lines
    return [line for line in whole if line.strip()][:_LOOKED_AT]


def _as_base64(head: bytes, known: Sequence[Framing], recorded: RecordedFormat) -> Told | None:
    """Lines of base64, most of which have a framing."""
    del recorded
    lines = _lines(head)
    found = [one for one in (_framing_of_base64(line.strip(), known) for line in lines) if one is not None]
    return Told("base64", framing=found[0].name) if found and len(found) * 2 >= len(lines) else None


def _framing_of_base64(line: bytes, known: Sequence[Framing]) -> Framing | None:
    try:
        return framing.framing_of(binascii.a2b_base64(line[: len(line) // 4 * 4], strict_mode=True), known)
    except binascii.Error:
        return None


def _as_prefixed(head: bytes, known: Sequence[Framing], recorded: RecordedFormat) -> Told | None:
    """Lengths that lead from one message to the next, one of the first of which has a framing."""
    del recorded
    at, messages = 0, []
    for _ in range(3):
        if at + 4 > len(head):
            break
        (length,) = struct.unpack_from(">I", head, at)
        messages.append(head[at + 4 : at + 4 + length])
        at += 4 + length
        if length > delimited.LARGEST or (at > len(head) and len(head) < _HEAD):
            break
    found = next((one for one in (framing.framing_of(message, known) for message in messages) if one is not None), None)
    return None if found is None else Told("prefixed", framing=found.name)


_GUESSES: Final[tuple[_Guess, ...]] = (_as_lines, _as_base64, _as_prefixed)


def _guess_of(kind: str) -> _Guess:
    """What a person said, with the framing that the first message has."""
    guess = {"lines": _as_lines, "base64": _as_base64, "prefixed": _as_prefixed}[kind]

    def told(head: bytes, known: Sequence[Framing], recorded: RecordedFormat) -> Told:
        return guess(head, known, recorded) or Told(kind)

    return told


def in_bytes(split: Split) -> bool:
    """Whether a split is so many bytes of a file, rather than offsets or row groups."""
    return split.kind not in (KAFKA, "parquet", "arrow")


def cut(source: Source, told: Told) -> Iterator[tuple[int, int, int]]:
    """Start, end and whole size of each part that a file can be read in."""
    if told.kind in ("parquet", "arrow"):
        groups = columns.Table(source, told.kind).groups
        yield from ((group, group + 1, groups) for group in range(groups))
        return
    size = source.size
    if told.compression or told.kind == "prefixed":
        yield 0, size, size
        return
    step = min(max(size // _PARTS, _LEAST), _MOST)
    for start in range(0, size, step):
        yield start, min(start + step, size), size


def read(split: Split, recorded: RecordedFormat) -> Iterator[Item]:
    """Everything in a split, at most as many events as it says."""
    items = _read(split, recorded)
    return items if split.most is None else _first(items, split.most)


def _first(items: Iterator[Item], most: int) -> Iterator[Item]:
    """The items with the first events; what comes later is not read."""
    left = most
    for item in items:
        if left <= 0:
            return
        if isinstance(item, Chunk):
            count = min(item.count, left)
            left -= count
            if count < item.count:
                yield _shortened(item, count)
                return
        yield item


def _shortened(chunk: Chunk, count: int) -> Chunk:
    load = chunk.load
    times = None if chunk.times is None else chunk.times[:count]
    return Chunk(
        chunk.writer, count, chunk.position, lambda wanted: load(range(count) if wanted is None else wanted), times
    )


def _read(split: Split, recorded: RecordedFormat) -> Iterator[Item]:
    known = framing.by_name(split.framing, framing.framings(recorded)) if split.framing else None
    if split.kind == KAFKA:
        from evtcompat.replay.sources import kafka

        yield from _framed(kafka.records(split), split, known)
        return
    try:
        with opened(split.source) as source:
            if split.kind == BLOCKS:
                yield from _blocks(source, split, recorded.files)
            else:
                yield from _framed(_DELIMITED[split.kind](source, split), split, known)
    except DamagedError as error:
        yield Lost(Position(split.source, split.start), str(error))
        return
    if in_bytes(split) and not is_remote(split.source) and _is_shorter(split):
        yield Lost(Position(split.source, split.start), "the file became shorter while it was read")


def _is_shorter(split: Split) -> bool:
    """Whether a file has fewer bytes than when it was split; one that is gone by now was read while it was open."""
    try:
        with opened(split.source) as source:
            return source.size < split.size
    except DamagedError:
        return False


def _framed(items: Iterator[Messages | Item], split: Split, known: Framing | None) -> Iterator[Item]:
    for item in items:
        if isinstance(item, Messages):
            yield from chunks_of(item, split, known)
        else:
            yield item


def _blocks(source: ByteSource, split: Split, kinds: tuple[EventFiles, ...]) -> Iterator[Item]:
    """The blocks of a file that only one format has."""
    head = source.read(0, 16)
    files = next((one for one in kinds if head.startswith(one.magic)), kinds[0])
    file = files.open(source)
    writer = WriterText(file.writer)
    for block in file.blocks(split.start, split.end):
        if isinstance(block, Damage):
            yield Lost(Position(split.source, block.at), block.reason, block.events)
        else:
            yield _chunk(block, split, writer)


def _chunk(block: Block, split: Split, writer: WriterText) -> Chunk:
    def load(_: Sequence[int] | None) -> Batch:
        return Batch((block.load(),), block.count)

    return Chunk(writer, block.count, lambda index: Position(split.source, block.at, index), load)
