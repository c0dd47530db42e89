"""One replay: splits to an engine, summaries to a ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evtcompat.replay.engines.base import Done, Engine
    from evtcompat.replay.job import Job
    from evtcompat.replay.ledger import Ledger
    from evtcompat.replay.splits import Split
    from evtcompat.replay.summary import Summary

#: Told after every split: the part of the work that is done, from 0 to 1, and the summary so far.
Progress = Callable[[float, "Summary"], None]


def run(
    job: Job,
    splits: Sequence[Split],
    engine: Engine,
    ledger: Ledger,
    *,
    most: int | None = None,
    progress: Progress | None = None,
) -> Summary:
    """The summary of the splits, each counted once, with what the ledger knew before.

    Args:
        job: What is asked of each.
        splits: In the order in which they are worth looking at.
        engine: Looks at them.
        ledger: Counts.
        most: No more events than so many, those that come first; one split is then looked at after the other.
        progress: Is told.
    """
    left = ledger.left(splits)
    whole = sum(split.weight for split in splits) or 1
    done = whole - sum(split.weight for split in left)
    for split, summary in engine.run(job, left) if most is None else _first(job, left, engine, ledger, most):
        if ledger.enter(split, summary):
            done += split.weight
        if progress is not None:
            progress(done / whole, ledger.whole)
    return ledger.whole


def _first(job: Job, splits: Sequence[Split], engine: Engine, ledger: Ledger, most: int) -> Iterator[Done]:
    """One split after the other, until there were enough events."""
    for split in splits:
        left = most - ledger.whole.events
        if left <= 0:
            return
        yield from engine.run(job, [replace(split, most=left)])
