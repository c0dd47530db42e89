"""Counts are exact: on every kind of file, however it is cut, whether events are proved, projected or decoded."""

from __future__ import annotations

from pathlib import Path

import pytest

from evtcompat.model.readings import Outcome
from evtcompat.replay.world import world_of
from replay import orders, replaying

COUNT = 1100
EVERYTHING = [order for made in orders.each_version(COUNT) for order in made]


@pytest.fixture(scope="module", params=sorted(orders.FILES))
def files(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The orders in one kind of file; kinds with a framing hold both versions in one file, the others one in each."""
    name, make = orders.FILES[request.param]
    folder = tmp_path_factory.mktemp("orders")
    if request.param.startswith("blocks"):
        paths = [folder / f"{number}-{name}" for number in range(2)]
        for path, made in zip(paths, orders.each_version(COUNT), strict=True):
            path.write_bytes(make(made))
        return paths
    (folder / name).write_bytes(make(EVERYTHING))
    return [folder / name]


@pytest.mark.slow
@pytest.mark.parametrize("decode", [False, True], ids=["auto", "always"])
@pytest.mark.parametrize("size", [997, 1 << 20], ids=["small splits", "one split"])
def test_every_outcome_is_counted(files: list[Path], size: int, *, decode: bool) -> None:
    job = replaying.job("strict", "kind", decode=decode)
    parts = replaying.small_splits(replaying.splits(job, *files), size)
    summary = replaying.replayed(job, parts)
    assert summary.events == len(EVERYTHING)
    assert summary.corrupt == 0
    assert replaying.counts(summary, 0) == orders.outcomes(EVERYTHING, "strict")
    assert replaying.counts(summary, 1) == orders.outcomes(EVERYTHING, "kind")
    assert {writer.version: writer.span.count for writer in summary.writers.values()} == {"1": COUNT, "2": COUNT // 2}


def test_what_the_schemas_prove_is_not_opened(files: list[Path]) -> None:
    job = replaying.job("strict", "kind")
    summary = replaying.replayed(job, replaying.splits(job, *files))
    how = [pair.how for _, pair in sorted(summary.pairs.items())]
    assert [dict(one) for one in how] == [
        {"projected": one.total()} if index < 2 else {"proved": one.total()} for index, one in enumerate(how)
    ]


def test_every_finding_tells_its_events(files: list[Path]) -> None:
    """A finding is hit by every event that has the value in question, also by one that is refused for another."""
    job = replaying.job("strict")
    summary = replaying.replayed(job, replaying.splits(job, *files))
    world = world_of(job)
    hits: dict[str, int] = {}
    for label, version, schema in world.history:
        for finding in world.compared(0, label, version, schema).findings:
            for pair in summary.pairs.values():
                if finding.fingerprint in pair.findings:
                    hits[finding.rule] = hits.get(finding.rule, 0) + pair.findings[finding.fingerprint].count
    assert hits == {
        "missing-enum-symbols": sum(order.status == "LOST" for order in EVERYTHING),
        "number-precision-lost": sum(order.amount == orders.ODD for order in EVERYTHING),
    }


def test_an_example_is_the_first_of_its_kind(files: list[Path]) -> None:
    job = replaying.job("strict")
    summary = replaying.replayed(job, replaying.splits(job, *files))
    for (_, key), pair in summary.pairs.items():
        version = summary.writers[key].version
        first = next(order for order in EVERYTHING if order.version == version and order.status == "LOST")
        example = pair.outcomes[Outcome.REFUSED].example
        assert example is not None
        assert example.payload == orders.encoded(first)


def test_the_profile_counts_what_occurs(files: list[Path]) -> None:
    job = replaying.job("kind", profile=True, time_path=("placed",))
    profile = replaying.replayed(job, replaying.splits(job, *files)).profile
    noted = [order for order in EVERYTHING if order.value["note"] is not None]
    assert profile["note: string"].count == len(noted)
    assert profile["note: string"].first == min(order.placed for order in noted)
    assert profile["note: string"].last == max(order.placed for order in noted)
    assert profile["note is its default, null"].count == len(EVERYTHING) - len(noted)
    assert profile["status = LOST"].count == sum(order.status == "LOST" for order in EVERYTHING)
    assert profile['channel is its default, "WEB"'].count == sum(
        order.value.get("channel") == "WEB" for order in EVERYTHING
    )


def test_only_events_of_a_time_count(files: list[Path]) -> None:
    since, until = EVERYTHING[100].placed, EVERYTHING[1300].placed
    job = replaying.job("strict", time_path=("placed",), since=since, until=until)
    summary = replaying.replayed(job, replaying.splits(job, *files))
    inside = EVERYTHING[100:1300]
    assert replaying.counts(summary) == orders.outcomes(inside, "strict")
    assert summary.outside == len(EVERYTHING) - len(inside)
    spans = [writer.span for writer in summary.writers.values()]
    assert min(span.first or 0 for span in spans) == since
    assert max(span.last or 0 for span in spans) == EVERYTHING[1299].placed
