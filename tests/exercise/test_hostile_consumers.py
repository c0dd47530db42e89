"""Whatever a consumer does to its process, the next cell runs as if nothing had happened, and nothing is left."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from evtcompat.exercise.delivery_loop import Limits
from evtcompat.exercise.payloads import Sequence
from evtcompat.exercise.process import RunnerProcess, StartError
from evtcompat.exercise.report import ExerciseReport
from evtcompat.exercise.results import CellState
from evtcompat.exercise.run import exercise
from exercise.samples import VERSIONS, event, order, table

pytestmark = pytest.mark.usefixtures("nothing_is_left")

PAYLOADS = (event("1", "first"), event("1", "second"), event("2", "only"))
#: A hang has to be waited for; everything else is never so slow, even on a busy machine.
DEADLINES = {"hangs": 0.5}

#: What a consumer writes in place of the runner's answer.
FORGED = ("a_list", "nothing", "no_json", "depth", "an_outcome", "types", "letters", "a_length")

#: Consumer, the word in its cells, and a part of what is said.
HARM = (
    ("hangs", "hung", "no answer within 0.5 s"),
    ("exits", "raised", "SystemExit: 7"),
    ("dies", "exited", "exit status 7"),
    ("aborts", "exited", "SIGABRT"),
    ("interrupts", "raised", "KeyboardInterrupt"),
    ("strange", "raised", "Strange"),
    ("yields", "raised", "nothing in that has run"),
    ("yields_later", "raised", "nothing in that has run"),
    *((f"forges_{what}", "exited", "evtcompat's own socket") for what in FORGED),
)
HARMLESS = ("prints", "closes", "forks", "lingers", "threads")


def beside_a_good_one(name: str) -> ExerciseReport:
    """A hostile old consumer, and after it a good new one."""
    return exercise(
        order(
            old=f"hostile:{name}",
            new="hostile:fine",
            payloads=PAYLOADS,
            sequences=(Sequence.ONCE,),
            observe="nothing",
            limits=Limits(deadline=DEADLINES.get(name, 60.0), attempts=1),
        )
    )


@pytest.mark.slow
@pytest.mark.parametrize(("name", "word", "said"), HARM, ids=[row[0] for row in HARM])
def test_harm_stays_in_its_cell(name: str, word: str, said: str) -> None:
    report = beside_a_good_one(name)
    assert {cell: found for cell, found in table(report).items() if "old" in cell} == {
        f"in process: old / v{version} / once": word for version in VERSIONS
    }
    assert all(cell.state is CellState.OK for cell in report.cells if cell.scenario.consumer == "new")
    failures = [failure for cell in report.cells for failure in cell.failures]
    assert len(failures) == len(PAYLOADS), "each payload is tried, whatever became of the one before it"
    assert all(said in failure.message for failure in failures)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["fails_at_length", "fails_at_length_again"])
def test_a_message_without_end_is_cut(name: str) -> None:
    """Within the time of a short one, and with its beginning and its place."""
    report = beside_a_good_one(name)
    for failure in report.cells[0].failures:
        assert "ValueError: xxx" in failure.message or "RuntimeError: y" in failure.message
        assert len(failure.message) < 3000
        assert len(failure.traceback) < 30_000
        assert f"in {name}" in failure.traceback or "fails_at_length()" in failure.traceback


@pytest.mark.slow
def test_a_hang_is_told_with_the_place_where_it_hung() -> None:
    failure = beside_a_good_one("hangs").cells[0].failures[0]
    assert "hostile.py" in failure.traceback
    assert "in hangs" in failure.traceback


@pytest.mark.slow
@pytest.mark.parametrize("name", HARMLESS)
def test_what_a_consumer_prints_forks_or_leaves_running_does_not_matter(name: str) -> None:
    report = beside_a_good_one(name)
    assert set(table(report).values()) == {"ok"}


@pytest.mark.slow
def test_what_was_printed_before_the_end_is_shown() -> None:
    """Even when it is not UTF-8."""
    report = exercise(
        order(old="hostile:prints_and_dies", payloads=PAYLOADS, sequences=(Sequence.ONCE,), observe="nothing")
    )
    assert report.cells[0].failures[0].output == "last words \\xff\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("no_such_module:f", "No module named 'no_such_module'"),
        ("hostile:no_such_function", "no_such_function"),
        ("hostile:wants_more", "needs a parameter 'database'"),
        ("ends_on_import:f", "SystemExit: 3"),
        ("hangs_on_import:f", "no answer within 1 s"),
    ],
)
def test_a_consumer_that_cannot_be_started_is_unchecked_not_failed(target: str, said: str) -> None:
    limits = Limits(start=1.0 if target.startswith("hangs") else 60.0)
    report = exercise(
        order(old=target, payloads=PAYLOADS, sequences=(Sequence.ONCE,), observe="nothing", limits=limits)
    )
    assert {cell.state for cell in report.cells} == {CellState.UNCHECKED}
    assert all(said in cell.reason for cell in report.cells)
    assert report.exit_code == 3


def test_an_interpreter_that_cannot_run_is_told(tmp_path: Path) -> None:
    from evtcompat.exercise.environments import Launch

    broken = tmp_path / "python"
    broken.write_text("no program")
    broken.chmod(0o755)
    with pytest.raises(StartError, match="cannot be run"):
        RunnerProcess(Launch(str(broken), (), str(tmp_path), dict(os.environ)), tmp_path)
