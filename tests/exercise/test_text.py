"""The table of a report fits its page, and a long history is told in few rows."""

from __future__ import annotations

from evtcompat.errors import UncheckedError
from evtcompat.exercise.chain import Chain, ChainRun, judged_chain
from evtcompat.exercise.load import Load, LoadRun, judged
from evtcompat.exercise.payloads import Scenario, Sequence
from evtcompat.exercise.report import ExerciseReport, LevelRun
from evtcompat.exercise.results import Cell, CellState, Failure, FailureKind
from evtcompat.reporters.exercise_text import exercise_text
from evtcompat.reporters.terminal import Terminal


def report(versions: int, wrong: int = 0) -> ExerciseReport:
    """A new consumer of so many versions that is not idempotent with one of them."""
    cells = []
    for version in range(1, versions + 1):
        for sequence in Sequence:
            scenario = Scenario("new", sequence, (str(version),), ())
            bad = version == wrong and sequence is Sequence.TWICE
            failures = (Failure(FailureKind.NOT_IDEMPOTENT, "twice"),) if bad else ()
            cells.append(Cell(scenario, CellState.FAILED if bad else CellState.OK, failures))
    names = tuple(map(str, range(1, versions + 1)))
    return ExerciseReport("orders", 0, names, (), (LevelRun("in process", tuple(cells)),))


def test_a_next_step_stands_on_a_line_of_its_own() -> None:
    """And what a stranger's text holds that a terminal obeys stands there as an escape."""
    reason = str(UncheckedError("the broker is \x1b[31maway", hint="Start it."))
    cell = Cell(Scenario("new", Sequence.ONCE, ("1",), ()), CellState.UNCHECKED, reason=reason)
    chain = judged_chain(ChainRun("new", Chain("c", (), (), within=1.0), unchecked=reason))
    load = judged([LoadRun("new", Load(1.0, 1.0), unchecked=reason)])
    text = exercise_text(
        ExerciseReport(
            "orders", 0, ("1",), (), (LevelRun("redis", (cell,)),), loads=load, chains=(chain,), unread=(reason,)
        )
    )
    assert text.count("  the broker is \\x1b[31maway\n  Start it.\n") == 3
    assert "unchecked  the broker is \\x1b[31maway\n           Start it.\n" in text


def test_a_table_that_is_wider_than_the_page_is_told_in_parts() -> None:
    text = exercise_text(report(3, wrong=2), Terminal(width=60))
    assert all(len(line) <= 60 for line in text.splitlines())
    for sequence in Sequence:
        assert sum(f" {sequence.value}" in line for line in text.splitlines() if "consumer" in line) == 1
    assert text.count("new       v2 ") == 2, "each part names its rows"


def test_a_hundred_versions_take_a_row_for_what_is_alike() -> None:
    text = exercise_text(report(100, wrong=50))
    table = [line for line in text.splitlines() if line.startswith("  new ")]
    assert [line.split()[1] for line in table] == ["v1", "v50"]
    assert "v1 ... v100 (99 alike)" in text
    assert "not idempotent" in table[1]
