"""A service under load: whether it keeps up, and what is told of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli_harness import Run
from evtcompat.exercise.load import Load, LoadRun, Sample, Seen, growth, judged
from evtcompat.exercise.results import CellState
from evtcompat.reporters.exercise_load import load_lines, milliseconds
from evtcompat.reporters.terminal import Terminal, width_of
from exercise.test_services import ORDERS, SERVICES

LOAD = Load(500, 10)


def line(slope: float, *, seconds: int = 10, noise: tuple[int, ...] = (0,)) -> tuple[Sample, ...]:
    """A lag that is looked at ten times a second."""
    return tuple(
        Sample(n / 10, n * 50, max(0, round(slope * n / 10) + noise[n % len(noise)])) for n in range(seconds * 10 + 1)
    )


def ran(role: str, **seen: object) -> LoadRun:
    """5,000 events of which each was handled in a hundredth of a second."""
    values: dict[str, object] = {
        "published": 5000, "publishing": 10.0, "handled": 5000, "handling": 10.0, "latencies": (0.01,) * 5000,
        "seen": Seen.ACKNOWLEDGED, "samples": line(0),
    } | seen  # fmt: skip
    return LoadRun(role, LOAD, **values)  # type: ignore[arg-type]  # the fields of the class


@pytest.mark.slow
@given(st.floats(20, 450), st.lists(st.integers(-40, 40), min_size=1, max_size=7))
def test_a_lag_that_gets_longer_all_the_time_grows(slope: float, noise: list[int]) -> None:
    """Whatever goes up and down on it."""
    found = growth(line(slope, noise=tuple(noise)), 500)
    assert abs(found - slope) < slope


@given(st.lists(st.integers(0, 400), min_size=2, max_size=9))
def test_a_lag_that_goes_up_and_down_does_not_grow(noise: list[int]) -> None:
    assert growth(line(0, noise=tuple(noise)), 500) == 0


def test_a_service_that_warms_up_and_then_keeps_up_does_not_fall_behind() -> None:
    samples = tuple(Sample(n / 10, n * 50, 40 * n if n < 20 else 800) for n in range(101))
    assert growth(samples, 500) == 0
    assert growth(samples[:2], 500) == 0


JUDGED: tuple[tuple[dict[str, object], CellState, str], ...] = (
    ({}, CellState.OK, ""),
    ({"samples": line(120)}, CellState.FAILED, "the lag grew by 120 a second, up to 1,200"),
    ({"handled": 4990}, CellState.FAILED, "of 5,000 events 10 were not seen to be handled"),
    ({"errors": ("orders ended with signal SIGKILL",)}, CellState.FAILED, "SIGKILL"),
    ({"unchecked": "redis: cannot create a stream"}, CellState.UNCHECKED, "cannot create"),
    ({"seen": Seen.NOTHING, "handled": 0, "latencies": ()}, CellState.UNOBSERVED, "probe = { output = true }"),
)


@pytest.mark.parametrize(("seen", "state", "said"), JUDGED)
def test_what_is_seen_under_load_is_judged(seen: dict[str, object], state: CellState, said: str) -> None:
    (cell,) = judged([ran("new", **seen)])
    assert cell.state is state
    assert said in " ".join((*cell.failures, cell.reason))
    assert all(width_of(one) <= 80 for one in load_lines((cell,), Terminal(width=80)))


def test_events_that_the_old_service_leaves_out_too_are_no_mistake_of_the_new_one() -> None:
    """A filter: half of the events have no output, with both."""
    old, new = judged([ran("old", handled=2500), ran("new", handled=2500)])
    assert old.state is CellState.FAILED
    assert new.state is CellState.OK
    (_, fewer) = judged([ran("old", handled=2500), ran("new", handled=2400)])
    assert "2,600 were not seen to be handled; of the old service's 2,500" in fewer.failures[0]


def test_percentiles_are_latencies_that_were_seen() -> None:
    run = ran("new", latencies=tuple(n / 1000 for n in range(1, 101)))
    assert [run.percentile(part) for part in (0.5, 0.95, 0.99, 1)] == [0.05, 0.095, 0.099, 0.1]
    assert ran("new", latencies=()).percentile(0.5) is None
    assert [milliseconds(s) for s in (0.0034, 0.34, 2.13, None)] == ["3.4 ms", "340 ms", "2.1 s", "?"]


def test_old_stands_beside_new_with_the_lag_over_time() -> None:
    cells = judged([ran("old"), ran("new", samples=line(120))])
    text = " ".join("\n".join(load_lines(cells, Terminal(width=80))).split())
    assert "old 500/s 500/s 10.0 ms 10.0 ms 10.0 ms 0 0 new" in text
    assert "new 144 300 444 600 744 900 1,044 1,200 failed" in text


CONFIGURATION = """
[exercise.services.relay]
old = ["{{python}}", "{services}/relay.py"]
new = ["env", "DELAY=0.05", "{{python}}", "{services}/relay.py"]
variables.BROKER = "{{broker}}"
variables.TOPIC = "{{topic}}"
variables.GROUP = "{{group}}"
variables.OUTPUTS = "{{output}}"
ready = "log:listening"
probe = {{ output = true }}
"""


@pytest.mark.long
def test_a_service_that_cannot_keep_up_is_told_beside_one_that_can(run: Run, tmp_path: Path, redis_url: str) -> None:
    """One takes 0.05 s for an event, at three times what it can do."""
    (tmp_path / "exercise.json").write_text(json.dumps({"payloads": ORDERS}))
    (tmp_path / "evtcompat.toml").write_text(CONFIGURATION.format(services=SERVICES))
    words = ["exercise", "orders", "--fixtures", ".", "--transport", redis_url, "--service", "relay"]
    words += ["--rate", "60", "--for", "5"]
    result = run(*words, "--format", "json", cwd=tmp_path)
    old, new = json.loads(result.out)["loads"]
    assert (old["state"], old["published"], old["left"]) == ("ok", 300, 0), result.out
    assert old["measured"] == "until its output was seen"
    assert old["latency"]["p50"] is not None
    assert new["state"] == "failed", result.out
    assert "falls behind" in new["failures"][0]
    assert result.code == 1
    assert "under load" in run(*words, "--format", "junit", cwd=tmp_path).out
