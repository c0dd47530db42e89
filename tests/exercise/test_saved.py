"""A saved exercise says, read again, what the exercise came to."""

from __future__ import annotations

from pathlib import Path

from evtcompat.exercise.differences import ABSENT, Difference
from evtcompat.exercise.payloads import Delivery, Payload, Scenario, Sequence
from evtcompat.exercise.report import ConsumerNote, ExerciseReport, LevelRun
from evtcompat.exercise.results import Cell, CellState, Failure, FailureKind
from evtcompat.exercise.saved import load_exercised
from evtcompat.reporters.exercise_json import exercise_json
from evtcompat.reporters.exercise_text import word

EVENT = Payload("1.2", "total max", "k", {"total": "##[error]"}, b"\x00\x01")
POISON = Payload("2", "truncated", "k", None, b'{"', poison=True)


def failure(kind: FailureKind, payload: Payload | None, *differences: Difference) -> Failure:
    delivery = None if payload is None else Delivery(payload, "event", "k", 0)
    return Failure(kind, f"it {kind.value}", delivery, "Traceback\nKeyError: 'x'", "printed", differences)


def report() -> ExerciseReport:
    """One cell of each state; failures with and without a payload, and with differences."""
    cells = []
    for state, sequence in zip(CellState, Sequence, strict=False):
        failures: tuple[Failure, ...] = ()
        if state is CellState.FAILED:
            differing = Difference(("a/b", 0), 1, ABSENT)
            failures = (
                failure(FailureKind.RAISED, EVENT),
                failure(FailureKind.DIFFERS, None, differing),
                failure(FailureKind.NO_DEAD_LETTER, POISON),
            )
        reason = "nothing was seen" if state in (CellState.UNOBSERVED, CellState.UNCHECKED) else ""
        cells.append(Cell(Scenario("new", sequence, ("1.2", "2"), ()), state, failures, reason))
    notes = (ConsumerNote("new", "shop:handle"),)
    return ExerciseReport("order", 0, ("1.2", "2"), notes, (LevelRun("in process", tuple(cells)),), notes=("a note",))


def test_what_is_read_again_is_what_the_exercise_came_to(tmp_path: Path) -> None:
    made = report()
    (tmp_path / "saved.json").write_text(exercise_json(made), encoding="utf-8")
    read = load_exercised(tmp_path / "saved.json", "saved.json")
    assert (read.subject, read.verdict, read.consumers) == ("order", made.verdict, (("new", "shop:handle"),))
    assert (read.origin, read.notes) == ("saved.json", made.notes)
    (level,) = read.levels
    assert level.name == "in process"
    for cell, whole in zip(level.cells, made.cells, strict=True):
        scenario = whole.scenario
        assert (cell.consumer, cell.versions, cell.delivery) == ("new", scenario.versions, scenario.delivery)
        assert (cell.state, cell.word, cell.reason) == (whole.state.value, word(whole), whole.reason)
        assert [one.message for one in cell.failures] == [one.message for one in whole.failures]
    raised, differs, dead = level.cells[1].failures
    assert raised.payload == '{"total": "##[error]"}'
    assert raised.traceback == "Traceback\nKeyError: 'x'"
    assert (differs.payload, differs.differences) == ("", (str(Difference(("a/b", 0), 1, ABSENT)),))
    assert (dead.label, dead.payload) == ("version 2, truncated", "7b 22")
