"""Tables: a column of bytes or of text in Parquet and Arrow files, by row groups and record batches."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, cast

from evtcompat.errors import UncheckedError
from evtcompat.formats.recorded import DamagedError
from evtcompat.replay.sources.items import Item, Lost, Messages, Tombstones
from evtcompat.replay.splits import Position

if TYPE_CHECKING:
    from evtcompat.replay.sources.opening import Source
    from evtcompat.replay.splits import Split

#: Rows that are held at once.
_ROWS: Final = 20_000


def _need_library() -> None:
    """Parquet and Arrow files can be read.

    Raises:
        UncheckedError: pyarrow is not installed.
    """
    try:
        import pyarrow as pa  # noqa: F401 - is it there?
    except ModuleNotFoundError as error:
        message = "Parquet and Arrow files need pyarrow"
        raise UncheckedError(message, hint="pip install 'evtcompat[replay-tables]'") from error


class _File(io.RawIOBase):
    """A source as the file that pyarrow reads."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._source.size}[whence]
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        wanted = self._source.size - self._at if size is None or size < 0 else size
        piece = self._source.read(self._at, wanted)
        self._at += len(piece)
        return piece


class Table:
    """A file of rows in groups."""

    def __init__(self, source: Source, kind: str) -> None:
        """Read what the file says of itself.

        Raises:
            DamagedError: It is none.
        """
        _need_library()
        self._kind = kind
        try:
            if kind == "parquet":
                from pyarrow.parquet import ParquetFile

                self._file: Any = ParquetFile(_File(source))
                self.schema: Any = self._file.schema_arrow
                self.groups = int(self._file.num_row_groups)
            else:
                from pyarrow.ipc import open_file

                self._file = open_file(_File(source))
                self.schema = self._file.schema
                self.groups = int(self._file.num_record_batches)
        except (OSError, ValueError) as error:  # pyarrow's errors are among them
            message = f"not a {kind} file that can be read: {error}"
            raise DamagedError(message) from error

    def columns(self) -> list[str]:
        """The columns that may hold events."""
        from pyarrow import types

        tests = (types.is_binary, types.is_large_binary, types.is_string, types.is_large_string)
        return [column.name for column in self.schema if any(test(column.type) for test in tests)]

    def rows(self, group: int, column: str) -> Iterator[list[Any]]:
        """The values of a column in a row group, in pieces.

        Raises:
            DamagedError: They cannot be read.
        """
        try:
            if self._kind == "parquet":
                for batch in self._file.iter_batches(_ROWS, row_groups=[group], columns=[column]):
                    yield batch.column(0).to_pylist()
                return
            values = self._file.get_batch(group).column(self.schema.get_field_index(column))
            for start in range(0, len(values), _ROWS):
                yield values.slice(start, _ROWS).to_pylist()
        except (OSError, ValueError) as error:
            message = f"the row group {group} cannot be read: {error}"
            raise DamagedError(message) from error

    def before(self, group: int) -> int:
        """The rows in the row groups before one."""
        if self._kind == "parquet":
            metadata = self._file.metadata
            return sum(metadata.row_group(number).num_rows for number in range(group))
        return sum(self._file.get_batch(number).num_rows for number in range(group))


def rows(source: Source, split: Split) -> Iterator[Messages | Item]:
    """The values of a column in some row groups; rows without one are tombstones."""
    try:
        table = Table(source, split.kind)
        base = table.before(split.start)
    except DamagedError as error:
        yield Lost(Position(split.source, 0), str(error))
        return
    for group in range(split.start, split.end):
        try:
            for values in table.rows(group, split.column):
                kept = [index for index, value in enumerate(values) if value is not None]
                if len(kept) < len(values):
                    yield Tombstones(len(values) - len(kept))
                if kept:
                    encoded = [values[index] for index in kept]
                    encoded = [value.encode() if isinstance(value, str) else value for value in encoded]
                    yield Messages(encoded, _Rows(base, kept).at, "row")
                base += len(values)
        except DamagedError as error:
            yield Lost(Position(split.source, base, unit="row"), str(error))


class _Rows:
    """The row of a value, by its number."""

    def __init__(self, base: int, kept: list[int]) -> None:
        self._base = base
        self._kept = kept

    def at(self, index: int) -> int:
        """The row, from 0."""
        return self._base + self._kept[index]


def first_value(source: Source, kind: str, column: str) -> bytes:
    """The first value of a column, or nothing.

    Raises:
        DamagedError: It cannot be read.
    """
    table = Table(source, kind)
    for group in range(table.groups):
        for values in table.rows(group, column):
            for value in values:
                if value is not None:
                    return value.encode() if isinstance(value, str) else cast("bytes", value)
    return b""
