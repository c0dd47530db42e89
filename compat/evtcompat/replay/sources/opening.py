"""Opening files: local ones, and whatever fsspec opens. Bytes at an offset, and streams."""

from __future__ import annotations

import gzip
import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, Final, Protocol, cast

from evtcompat.errors import UncheckedError
from evtcompat.formats.recorded import DamagedError
from evtcompat.reading import OPENED_AT_ONCE

#: What is read at once of a stream.
PIECE: Final = 1 << 22
#: What is read at once of a file far away, where every request costs a round trip.
_WINDOW: Final = 1 << 23


class Source(Protocol):
    """An opened file: `evtcompat.formats.recorded.ByteSource`, and a stream of its bytes."""

    @property
    def size(self) -> int:
        """Its size in bytes."""
        ...

    def read(self, at: int, size: int) -> bytes:
        """See `ByteSource`."""
        ...

    def find(self, needle: bytes, start: int, end: int) -> int:
        """See `ByteSource`."""
        ...

    def close(self) -> None:
        """Nothing is held open any more."""
        ...


class _Searching:
    """A file in which bytes are looked for piece by piece, so that no more of it is held than a piece."""

    size: int

    def read(self, at: int, size: int) -> bytes:
        raise NotImplementedError

    def find(self, needle: bytes, start: int, end: int) -> int:
        at = start
        while at < end:
            piece = self.read(at, PIECE)
            found = piece.find(needle)
            if found >= 0:
                return at + found if at + found < end else -1
            if len(piece) < PIECE:
                return -1
            at += PIECE - len(needle) + 1
        return -1


class LocalFile(_Searching):
    """A file of this machine. Read at offsets rather than mapped, so that memory is what is asked for."""

    def __init__(self, path: str) -> None:
        """Open it.

        Raises:
            OSError: It cannot be opened.
            DamagedError: It is a pipe, a device or a folder, which have no bytes at an offset.
        """
        self._descriptor = os.open(path, OPENED_AT_ONCE)
        about = os.fstat(self._descriptor)
        if not stat.S_ISREG(about.st_mode):
            os.close(self._descriptor)
            message = "no regular file: events are read at their offsets; write them into a file first"
            raise DamagedError(message)
        self.size = about.st_size

    def read(self, at: int, size: int) -> bytes:
        """See `Source`."""
        return os.pread(self._descriptor, size, at)

    def close(self) -> None:
        """See `Source`."""
        os.close(self._descriptor)


class RemoteFile(_Searching):
    """A file that fsspec opens, read in windows."""

    def __init__(self, url: str) -> None:
        system, path = fsspec().core.url_to_fs(url)
        self._file: Any = system.open(path, "rb", cache_type="none")  # the window is the cache
        self.size = int(self._file.size)
        self._at = 0
        self._window = b""

    def read(self, at: int, size: int) -> bytes:
        """See `Source`."""
        inner = at - self._at
        if inner < 0 or inner + size > len(self._window):
            self._file.seek(at)
            self._at, inner = at, 0
            self._window = self._file.read(min(max(size, _WINDOW), max(self.size - at, 0)))
        return self._window[inner : inner + size]

    def close(self) -> None:
        """See `Source`."""
        self._file.close()


def is_remote(source: str) -> bool:
    """Whether a source is an address rather than a path."""
    return "://" in source


@contextmanager
def opened(source: str) -> Iterator[Source]:
    """A file, open inside the context.

    Raises:
        DamagedError: It cannot be opened, or is no regular file.
    """
    try:
        file: Source = RemoteFile(source) if is_remote(source) else LocalFile(source)
    except OSError as error:
        message = f"cannot be opened: {error.strerror or type(error).__name__}"
        raise DamagedError(message) from error
    try:
        yield file
    finally:
        file.close()


def fsspec() -> Any:  # noqa: ANN401 - untyped library
    """The library that opens addresses.

    Raises:
        UncheckedError: It is not installed.
    """
    try:
        import fsspec as library
    except ModuleNotFoundError as error:
        message = "an address such as s3://bucket/key needs fsspec"
        raise UncheckedError(message, hint="pip install 'evtcompat[replay-s3]'") from error
    return library


class _Raw(io.RawIOBase):
    """A source as a stream, for decompressors."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._at = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - a writable buffer
        piece = self._source.read(self._at, len(buffer))
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)


def _decompressing(source: Source, compression: str) -> IO[bytes]:
    """The decompressed stream of a whole file.

    Raises:
        DamagedError: The compression is not installed.
    """
    raw = io.BufferedReader(_Raw(source), PIECE)
    if compression == "gzip":
        return cast("IO[bytes]", gzip.GzipFile(fileobj=raw))
    try:
        from backports import zstd
    except ModuleNotFoundError as error:
        message = "zstd needs backports.zstd: pip install 'evtcompat[replay-codecs]'"
        raise DamagedError(message) from error
    return cast("IO[bytes]", zstd.ZstdFile(raw))


#: How compressed files begin.
COMPRESSIONS: Final = {"gzip": b"\x1f\x8b", "zstd": b"\x28\xb5\x2f\xfd"}


def pieces(source: Source, split_start: int, compression: str) -> Iterator[bytes]:
    """The bytes of a file from an offset on, piece by piece; of a compressed one from its beginning.

    Raises:
        DamagedError: The compressed data are damaged.
    """
    if not compression:
        at = split_start
        while piece := source.read(at, PIECE):
            yield piece
            at += len(piece)
        return
    stream = _decompressing(source, compression)
    while piece := _decompressed(stream, compression, PIECE):
        yield piece


def head_of(source: Source, compression: str, size: int) -> bytes:
    """The first bytes of what a file holds, decompressed; all of them where it holds no more.

    Raises:
        DamagedError: The compressed data are damaged.
    """
    return (
        _decompressed(_decompressing(source, compression), compression, size) if compression else source.read(0, size)
    )


def _decompressed(stream: IO[bytes], compression: str, size: int) -> bytes:
    try:
        return stream.read(size)
    except Exception as error:  # a decompressor may raise anything
        message = f"the {compression} data are damaged: {error}"
        raise DamagedError(message) from error
