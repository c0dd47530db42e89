"""What an engine is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol, TypeAlias

from evtcompat.errors import UncheckedError

if TYPE_CHECKING:
    from evtcompat.replay.job import Job
    from evtcompat.replay.splits import Split
    from evtcompat.replay.summary import Summary

#: A split that was looked at, and what it says.
Done: TypeAlias = "tuple[Split, Summary]"


class SplitLostError(UncheckedError):
    """A split was given up: whatever looked at it died, again and again."""


class Engine(Protocol):
    """Runs `summarise` over splits.

    Every split is answered at least once, in any order; one may be answered several times, since the answer is always
    the same and is counted once. An exception of `summarise` ends the run.
    """

    def run(self, job: Job, splits: Sequence[Split]) -> Iterator[Done]:
        """What each split says.

        Raises:
            SplitLostError: A split cannot be looked at.
        """
        ...
