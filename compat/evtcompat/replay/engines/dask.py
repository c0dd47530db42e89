"""Dask: the splits are tasks of a cluster's own scheduler, which runs those of a dead worker again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from evtcompat.dataclasses import dataclass
from evtcompat.errors import UncheckedError
from evtcompat.replay.engines.base import Done, SplitLostError
from evtcompat.replay.summarise import summarise

if TYPE_CHECKING:
    from evtcompat.replay.job import Job
    from evtcompat.replay.splits import Split

_SECONDS: Final = 20
_TRIES: Final = 3


@dataclass(frozen=True)
class DaskEngine:
    """The scheduler at an address, such as ``tcp://host:8786``."""

    address: str

    def run(self, job: Job, splits: Sequence[Split]) -> Iterator[Done]:
        """See `Engine`."""
        try:
            import distributed
        except ModuleNotFoundError as error:
            message = "dask:// needs Dask"
            raise UncheckedError(message, hint="pip install 'evtcompat[replay-dask]'") from error
        try:
            client = distributed.Client(self.address, timeout=_SECONDS, set_as_default=False)
        except OSError as error:
            message = f"the Dask scheduler at {self.address} cannot be reached"
            raise UncheckedError(message) from error
        with client:
            shared = client.scatter(job, broadcast=True)
            futures = {
                client.submit(
                    summarise, shared, split, key=f"evtcompat-{job.digest[:12]}-{split.id}", retries=_TRIES
                ): split
                for split in splits
            }
            for future in distributed.as_completed(futures, loop=client.loop):
                split = futures.pop(future)
                try:
                    yield split, future.result()
                except distributed.KilledWorker as error:
                    message = f"{split.source}: every worker that looked at byte {split.start} and on died"
                    raise SplitLostError(message) from error
