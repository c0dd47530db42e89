"""Processes of this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import get_context
from typing import TYPE_CHECKING, Final

from evtcompat.dataclasses import dataclass
from evtcompat.replay.engines.base import Done, SplitLostError
from evtcompat.replay.summarise import summarise

if TYPE_CHECKING:
    from evtcompat.replay.job import Job
    from evtcompat.replay.splits import Split
    from evtcompat.replay.summary import Summary

#: How often a split is tried whose worker died: another split may have killed it.
_TRIES: Final = 4
#: Splits that are handed out ahead, a worker.
_AHEAD: Final = 2


@dataclass(frozen=True)
class LocalEngine:
    """A pool of processes; with one worker, this process itself."""

    workers: int = os.cpu_count() or 1

    def run(self, job: Job, splits: Sequence[Split]) -> Iterator[Done]:
        """See `Engine`."""
        if self.workers == 1 or len(splits) == 1:
            for split in splits:
                yield split, summarise(job, split)
            return
        waiting, tries = list(splits), dict.fromkeys(splits, 0)
        while waiting:
            lost: list[Split] = []
            yield from self._pool(job, waiting, lost)
            for split in lost:
                tries[split] += 1
                if tries[split] == _TRIES:
                    message = f"{split.source}: every worker that looked at byte {split.start} and on died"
                    raise SplitLostError(message, hint="A worker may have run out of memory: --workers 1 tells more.")
            waiting = lost

    def _pool(self, job: Job, splits: Sequence[Split], lost: list[Split]) -> Iterator[Done]:
        """What one pool says of the splits; those that its death took with it are `lost`."""
        left = iter(splits)
        running: dict[Future[Summary], Split] = {}
        with ProcessPoolExecutor(
            min(self.workers, len(splits)), get_context("spawn"), initializer=_given, initargs=(job,)
        ) as pool:
            try:
                while True:
                    for split in islice(left, self.workers * _AHEAD - len(running)):
                        running[pool.submit(_summary, split)] = split
                    if not running:
                        return
                    for future in wait(running, return_when=FIRST_COMPLETED).done:
                        summary = future.result()
                        yield running.pop(future), summary
            except BrokenProcessPool:
                lost += [*running.values(), *left]


_job: Job | None = None


def _given(job: Job) -> None:
    """Keep the job in a worker, which then is sent splits alone."""
    global _job  # noqa: PLW0603 - how a worker of a pool is given what it needs
    _job = job


def _summary(split: Split) -> Summary:
    if _job is None:
        message = "the worker was given no job"
        raise RuntimeError(message)
    return summarise(_job, split)
