"""Replaying orders inside a test: the job that a command makes, run by an engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from evtcompat.checking.plans import RunSettings
from evtcompat.formats.base import Options
from evtcompat.model.documents import Document
from evtcompat.model.histories import Version
from evtcompat.model.readings import Outcome
from evtcompat.replay.engines.base import Engine
from evtcompat.replay.engines.local import LocalEngine
from evtcompat.replay.job import Job
from evtcompat.replay.ledger import Ledger
from evtcompat.replay.run import run
from evtcompat.replay.sources import kinds
from evtcompat.replay.sources.finding import Hints, find
from evtcompat.replay.splits import Split
from evtcompat.replay.summary import Summary
from evtcompat.replay.world import world_of
from replay import orders

_ONE = LocalEngine(workers=1)


def version(name: str) -> Version:
    """A version or reader of the orders."""
    return Version(Document(orders.AVRO[name], name), name)


def job(*readers: str, **changes: object) -> Job:
    """What `replay` asks of every split, of one reader or several."""
    made = Job(
        format="avro",
        subject="order",
        readers=tuple((name, version(name)) for name in readers),
        settings=RunSettings(Options(witnesses=False)),
        history=(version("1"), version("2")),
        writers={
            **{f"confluent:{number}": version(name) for name, number in orders.IDS.items()},
            **{f"glue:{key}": version(name) for name, key in orders.UUIDS.items()},
        },
    )
    recorded = world_of(made).recorded
    fingerprints = {
        f"single-object:{key}": one
        for one, (_, _, schema) in zip(made.history, world_of(made).history, strict=True)
        for key in recorded.fingerprints(schema)
    }
    asked: dict[str, Any] = {"writers": {**made.writers, **fingerprints}, **changes}
    return replace(made, **asked)


def splits(asked: Job, *sources: str | Path, hints: Hints | None = None) -> list[Split]:
    """The splits of sources, all of which hold events."""
    found = find([str(source) for source in sources], world_of(asked).recorded, hints or Hints())
    assert found.aside == []
    assert found.damaged == []
    return found.splits


def replayed(asked: Job, parts: Sequence[Split], engine: Engine = _ONE, ledger: Ledger | None = None) -> Summary:
    """What an engine finds."""
    ledger = ledger or Ledger()
    run(asked, parts, engine, ledger)
    return ledger.whole


def counts(summary: Summary, reader: int = 0) -> dict[str, int]:
    """How many events have each outcome."""
    found = {outcome.value: summary.count(reader, outcome) for outcome in Outcome}
    return {word: count for word, count in found.items() if count}


def small_splits(parts: Sequence[Split], size: int) -> list[Split]:
    """The same sources in parts of so many bytes, where they can be cut."""
    made: list[Split] = []
    for part in parts:
        if part.kind not in (kinds.BLOCKS, "base64", "lines") or part.compression:
            made.append(part)
            continue
        made += [
            replace(part, start=start, end=min(start + size, part.end)) for start in range(part.start, part.end, size)
        ]
    return made
