"""The events of one chunk: which of them count, and their bytes as far as somebody asks for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from evtcompat.formats.recorded import Batch, DamagedError
from evtcompat.replay.summary import Damaged

if TYPE_CHECKING:
    from evtcompat.replay.job import Job
    from evtcompat.replay.sources.items import Chunk, WriterRef
    from evtcompat.replay.splits import Position
    from evtcompat.replay.summary import Summary
    from evtcompat.replay.world import KnownWriter

#: The first and the last millisecond that a calendar has, from 1970: numbers beyond them are no times.
_FIRST: Final = -62_135_596_800_000
_LAST: Final = 253_402_300_799_999


class Events:
    """The events of a chunk that count, opened as far as somebody asks."""

    def __init__(self, chunk: Chunk, job: Job) -> None:
        """Nothing is opened yet."""
        self._chunk = chunk
        self._job = job
        self._batch: Batch | None = None
        #: The numbers in the chunk of the events that count; ``None``: all of them.
        self._chosen: list[int] | None = None
        self._times: list[int | None] | None = None

    @property
    def writer(self) -> WriterRef:
        """Who wrote them."""
        return self._chunk.writer

    @property
    def count(self) -> int:
        """How many count."""
        return self._chunk.count if self._chosen is None else len(self._chosen)

    def select(self, writer: KnownWriter, summary: Summary) -> None:
        """Leave out what the job does not ask for; a message whose time cannot be read is lost, whenever it was.

        Raises:
            DamagedError: The events cannot be opened, which their times need.
        """
        job = self._job
        if job.every > 1:
            self._chosen = list(range(self._phase(), self._chunk.count, job.every))
        if not job.timed or not self.count:
            return
        given = self._chunk.times
        told: Sequence[int | DamagedError | None]
        if job.time_path:
            told = writer.opened.times(self.batch(writer), job.time_path)
        else:
            told = [None] * self.count if given is None else [given[index] for index in self._numbers()]
        kept = []
        times = [one if isinstance(one, int) and _FIRST <= one <= _LAST else None for one in told]
        for index, time in enumerate(times):
            if time is None:
                damage = told[index]
                if isinstance(damage, DamagedError):
                    summary.damage(Damaged(self.position(index), str(damage), 1))
                    continue
                summary.untimed += 1
            outside = job.since is not None and (time is None or time < job.since)
            outside |= job.until is not None and (time is None or time >= job.until)
            if outside:
                summary.outside += time is not None
            else:
                kept.append(index)
        if len(kept) < len(times):
            numbers = self._numbers()
            self._chosen = [numbers[index] for index in kept]
            self._batch = None
        self._times = [times[index] for index in kept]

    def _phase(self) -> int:
        """Where the looking begins: not always at the first event of a chunk."""
        place = self._chunk.position(0)
        return (place.at // 7 + place.index + 1) % self._job.every

    def _numbers(self) -> Sequence[int]:
        return range(self._chunk.count) if self._chosen is None else self._chosen

    def position(self, index: int) -> Position:
        """Where an event was recorded."""
        return self._chunk.position(self._numbers()[index])

    def time(self, index: int) -> int | None:
        """When it was recorded, or what it says."""
        if self._times is not None:
            return self._times[index]
        given = self._chunk.times
        return None if given is None else given[self._numbers()[index]]

    @property
    def known_times(self) -> list[int]:
        """The times that are known."""
        if self._times is None and self._chunk.times is None:
            return []
        return [time for time in map(self.time, range(self.count)) if time is not None]

    def batch(self, writer: KnownWriter) -> Batch:
        """The events that count.

        Raises:
            DamagedError: They cannot be had.
        """
        if self._batch is None:
            batch = self._chunk.load(self._chosen)
            if batch.joined is not None and self.count < batch.count:
                numbers = self._numbers()
                messages = writer.opened.messages(batch, numbers[-1] + 1)
                batch = Batch([messages[number] for number in numbers])
            self._batch = batch
        return self._batch

    def message(self, writer: KnownWriter, index: int) -> bytes:
        """The bytes of one event.

        Raises:
            DamagedError: They cannot be had.
        """
        if self._batch is None and self._chosen is None:
            batch = self._chunk.load((index,))
            return writer.opened.messages(batch, index + 1)[index] if batch.joined is not None else batch.parts[0]
        batch = self.batch(writer)
        return writer.opened.messages(batch, index + 1)[index]
