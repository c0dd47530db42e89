"""Object container files: their head, their blocks, their codecs (the specification's "Object Container Files").

The blocks are walked by their headers. What is in a block is decompressed where somebody asks for it, so that counting
costs what reading two numbers in 16 kB costs.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final, NamedTuple, Protocol

from evtcompat.dataclasses import dataclass
from evtcompat.formats.avro.payloads import binary
from evtcompat.formats.avro.payloads.numbers import long_at
from evtcompat.formats.avro.types import BYTES, MAP, Primitive
from evtcompat.formats.avro.types import Container as Values
from evtcompat.formats.recorded import Block, ByteSource, Damage, DamagedError

MAGIC: Final = b"Obj\x01"
_SYNC: Final = 16
#: Bytes that hold the two numbers before a block.
_HEADER: Final = 20
#: A file's head is read in pieces of this size, and is at most so long.
_PIECE: Final = 1 << 16
_LONGEST_HEAD: Final = 1 << 26
_NO_HEAD: Final = "the file ends inside its head"
_UNFINISHED: Final = "the file ends inside a block: it is truncated, or still being written"
#: A block may grow to this size when it is decompressed.
_LARGEST_BLOCK: Final = 1 << 28
#: So many events of a block may have no byte: records without fields, nulls.
_MOST_EMPTY: Final = 1 << 20
_METADATA: Final = Values(MAP, Primitive(BYTES))
_TOO_LARGE: Final = f"the block is larger than {_LARGEST_BLOCK >> 20} MiB when it is decompressed"


class Codec(NamedTuple):
    """How the bytes of a block are compressed."""

    decompress: Callable[[bytes], bytes]
    #: The module that does it, and how to install it; empty for what Python itself brings.
    module: str = ""
    install: str = ""


class _Decompressor(Protocol):
    """What `zlib`, `bz2`, `lzma` and `backports.zstd` have in common."""

    @property
    def eof(self) -> bool: ...

    def decompress(self, data: bytes, max_length: int = ..., /) -> bytes: ...


def _bounded(make: Callable[[], _Decompressor], data: bytes) -> bytes:
    """What the data hold; refused where it is more than a block may."""
    worker = make()
    found = worker.decompress(data, _LARGEST_BLOCK)
    if not worker.eof:
        message = "the compressed data end too early" if len(found) < _LARGEST_BLOCK else _TOO_LARGE
        raise DamagedError(message)
    return found


def _snappy(data: bytes) -> bytes:
    """Without the checksum that follows, which is held against what was decompressed."""
    from cramjam import snappy

    if snappy.decompress_raw_len(data[:-4]) > _LARGEST_BLOCK:
        raise DamagedError(_TOO_LARGE)
    found = bytes(snappy.decompress_raw(data[:-4]))
    if zlib.crc32(found) != int.from_bytes(data[-4:], "big"):
        message = "the checksum of the block does not fit"
        raise DamagedError(message)
    return found


def _zstandard(data: bytes) -> bytes:
    from backports import zstd

    return _bounded(zstd.ZstdDecompressor, data)


def _lz4(data: bytes) -> bytes:
    """The size is in front, little-endian, as fastavro and lz4 write it."""
    if int.from_bytes(data[:4], "little") > _LARGEST_BLOCK:
        raise DamagedError(_TOO_LARGE)
    import lz4.block

    return bytes(lz4.block.decompress(data))


#: Every codec of the specification and of fastavro.
CODECS: Final[dict[str, Codec]] = {
    "null": Codec(bytes),
    "deflate": Codec(partial(_bounded, partial(zlib.decompressobj, -15))),
    "bzip2": Codec(partial(_bounded, bz2.BZ2Decompressor)),
    "xz": Codec(partial(_bounded, lzma.LZMADecompressor)),
    "snappy": Codec(_snappy, "cramjam", "pip install 'evtcompat[replay-codecs]'"),
    "zstandard": Codec(_zstandard, "backports.zstd", "pip install 'evtcompat[replay-codecs]'"),
    "lz4": Codec(_lz4, "lz4.block", "pip install 'evtcompat[replay-codecs]'"),
}


def decompressed(codec: str, data: bytes) -> bytes:
    """The bytes of a block.

    Raises:
        DamagedError: The codec is unknown or not installed, or the data are none of it.
    """
    known = CODECS.get(codec)
    if known is None:
        message = f"the codec {codec!r} is none that Avro has"
        raise DamagedError(message)
    try:
        return known.decompress(data)
    except ModuleNotFoundError as error:
        message = f"the codec {codec} needs {known.module}: {known.install}"
        raise DamagedError(message) from error
    except DamagedError:
        raise
    except Exception as error:  # a decompressor may raise anything
        message = f"the {codec} data are damaged: {' '.join(str(error).split()) or type(error).__name__}"
        raise DamagedError(message) from error


@dataclass(frozen=True)
class Container:
    """An object container file whose head was read."""

    source: ByteSource
    #: The writer's schema, as the head has it.
    writer: str
    codec: str
    marker: bytes
    #: Where the marker of the head begins.
    head: int

    def blocks(self, start: int, end: int) -> Iterator[Block | Damage]:
        """The blocks of a part of the file: those whose preceding marker begins in it.

        A block that does not end with the marker is damaged; the walk goes on behind the next marker.
        """
        source, size = self.source, self.source.size
        marker_at = self.head if start <= self.head else self._marker(start, end)
        if marker_at >= end:
            return
        head = source.read(marker_at + _SYNC, _HEADER)
        while 0 <= marker_at < end:
            at = marker_at + _SYNC
            if at == size:
                return
            try:
                count, data_at, behind = self._header(at, head)
            except DamagedError as error:
                yield Damage(at, str(error))
                marker_at = self._marker(at, size)
                head = source.read(marker_at + _SYNC, _HEADER)
                continue
            # the marker that ends this block, and the numbers before the next
            tail = source.read(behind, _SYNC + _HEADER)
            if tail[:_SYNC] != self.marker:
                yield Damage(at, _UNFINISHED if behind + _SYNC > size else "the block does not end with the marker")
                marker_at = self._marker(at, size)
                head = source.read(marker_at + _SYNC, _HEADER)
                continue
            yield Block(at, count, partial(self._load, data_at, behind))
            marker_at, head = behind, tail[_SYNC:]

    def _header(self, at: int, raw: bytes) -> tuple[int, int, int]:
        """The number of events in a block, where its data begin, and where they end."""
        try:
            count, used = long_at(raw, 0)
            length, used = long_at(raw, used)
        except IndexError as error:
            raise DamagedError(_UNFINISHED) from error
        if count < 0 or length < 0:
            message = "the block tells a negative number"
            raise DamagedError(message)
        if count > (length if self.codec == "null" else _LARGEST_BLOCK) + _MOST_EMPTY:
            message = f"the block tells {count:,} events, more than its bytes can hold"
            raise DamagedError(message)
        return count, at + used, at + used + length

    def _load(self, start: int, end: int) -> bytes:
        return decompressed(self.codec, self.source.read(start, end - start))

    def _marker(self, start: int, end: int) -> int:
        """The offset of the first marker from `start` on, or -1."""
        return self.source.find(self.marker, start, end)


class ContainerFiles:
    """Object container files, as `evtcompat.formats.recorded.EventFiles`."""

    title = "Avro object container file"
    suffixes: tuple[str, ...] = (".avro",)
    magic = MAGIC

    def open(self, source: ByteSource) -> Container:
        """See `EventFiles`."""
        raw = b""
        while True:
            raw += source.read(len(raw), _PIECE)
            try:
                return _container(source, raw)
            except IndexError as error:
                if len(raw) >= min(source.size, _LONGEST_HEAD):
                    raise DamagedError(_NO_HEAD) from error


def _container(source: ByteSource, raw: bytes) -> Container:
    """The file, from the bytes that it begins with.

    Raises:
        IndexError: More of them are needed.
        DamagedError: They are no head.
    """
    if raw[:4] != MAGIC:
        message = f"a wrong magic number: {raw[:4].hex(' ') or 'nothing'}, not {MAGIC.hex(' ')}"
        raise DamagedError(message)
    metadata: dict[bytes, bytes] = {}
    at = len(MAGIC)
    while True:
        count, at = long_at(raw, at)
        if not count:
            break
        if count < 0:
            _, at = long_at(raw, at)
        for _ in range(abs(count)):
            key, at = _taken(raw, at)
            metadata[key], at = _taken(raw, at)
    marker = raw[at : at + _SYNC]
    if len(marker) < _SYNC:
        raise IndexError(at)
    try:
        schema = metadata[b"avro.schema"].decode()
        codec = metadata.get(b"avro.codec", b"null").decode() or "null"
    except (KeyError, UnicodeDecodeError) as error:
        message = "the head has no schema that can be read"
        raise DamagedError(message) from error
    return Container(source, schema, codec, marker, at)


def _taken(raw: bytes, at: int) -> tuple[bytes, int]:
    length, at = long_at(raw, at)
    if length < 0:
        message = "the head tells a negative length"
        raise DamagedError(message)
    if at + length > len(raw):
        raise IndexError(at)
    return raw[at : at + length], at + length


def written(schema: str, marker: bytes, payloads: Sequence[bytes]) -> bytes:
    """A file without compression: a schema, as its head is to have it, and payloads of it in one block.

    fastavro writes its own form of the schema into a head, and cannot be given every schema that Avro has.
    """
    data = b"".join(payloads)
    block = bytearray()
    binary.varint(len(payloads), block)
    binary.varint(len(data), block)
    head = binary.encode(_METADATA, {"avro.codec": b"null", "avro.schema": schema.encode()})
    return MAGIC + head + marker + block + data + marker


def held(data: bytes) -> tuple[str, list[Block]]:
    """The text of the schema in the head of a file that was read, and its blocks.

    Raises:
        DamagedError: A part of it cannot be read.
    """
    try:
        file = _container(_InMemory(data), data)
    except IndexError as error:
        raise DamagedError(_NO_HEAD) from error
    blocks = []
    for block in file.blocks(0, len(data)):
        if isinstance(block, Damage):
            raise DamagedError(block.reason)
        blocks.append(block)
    return file.writer, blocks


@dataclass(frozen=True, slots=True)
class _InMemory:
    """See `ByteSource`."""

    data: bytes

    @property
    def size(self) -> int:
        """See `ByteSource`."""
        return len(self.data)

    def read(self, at: int, size: int) -> bytes:
        """See `ByteSource`."""
        return self.data[at : at + size]

    def find(self, needle: bytes, start: int, end: int) -> int:
        """See `ByteSource`."""
        return self.data.find(needle, start, end + len(needle) - 1)
