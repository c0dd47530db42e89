"""One replay: splits to an engine, summaries to a ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from evtcompat.dataclasses import replace
from evtcompat.model.histories import Version

if TYPE_CHECKING:
    from evtcompat.replay.engines.base import Done, Engine
    from evtcompat.replay.job import Job
    from evtcompat.replay.ledger import Ledger
    from evtcompat.replay.splits import Split
    from evtcompat.replay.summary import Summary

#: Told after every split: how much of the work is done, of how much (`Split.weight`), and the summary so far.
Progress = Callable[[int, int, "Summary"], None]


#: Finds the writers that messages name by keys (``confluent:7``); those that it does not know are left out.
Resolve = Callable[[Sequence[str]], Mapping[str, Version]]


def run(
    job: Job,
    splits: Sequence[Split],
    engine: Engine,
    ledger: Ledger,
    *,
    most: int | None = None,
    resolve: Resolve | None = None,
    progress: Progress | None = None,
) -> Job:
    """The job, with the writers that were found meanwhile; the ledger has counted each of the splits once.

    Args:
        job: What is asked of each split.
        splits: In the order in which they are worth looking at.
        engine: Looks at them.
        ledger: Counts.
        most: No more events than so many, those that come first; one split is then looked at after the other.
        resolve: Asked for the writers that messages name and the job does not know. Splits with such messages are
            looked at again.
        progress: Is told.
    """
    left = ledger.left(splits) if most is None else list(splits)
    whole = sum(split.weight for split in splits) or 1
    done = whole - sum(split.weight for split in left)
    asked: set[str] = set()
    while left:
        again: dict[str, tuple[Split, Summary]] = {}
        for split, summary in engine.run(job, left) if most is None else _first(job, left, engine, ledger, most):
            if resolve is not None and summary.unknown.keys() - asked:
                again[split.id] = split, summary
            elif ledger.enter(split, summary):
                done += split.weight
            if progress is not None:
                progress(done, whole, ledger.whole)
        new = {key for _, summary in again.values() for key in summary.unknown} - asked
        asked |= new
        found = resolve(sorted(new)) if resolve is not None and new else {}
        job = replace(job, writers={**job.writers, **found}) if found else job
        left = []
        for split, summary in again.values():
            if found.keys() & summary.unknown.keys():
                left.append(split)
            elif ledger.enter(split, summary):
                done += split.weight
    return job


def _first(job: Job, splits: Sequence[Split], engine: Engine, ledger: Ledger, most: int) -> Iterator[Done]:
    """One split after the other, until there were enough events."""
    for split in splits:
        left = most - ledger.whole.events
        if left <= 0:
            return
        # what an earlier run found in as many events of it is not looked for again
        for one in ledger.left([replace(split, most=left)]):
            yield from engine.run(job, [one])
