"""The report of an exercise as JUnit XML: a suite per level, a case per cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from evtcompat.exercise.results import Cell, CellState, ExerciseReport, Failure, LevelRun
from evtcompat.reporters.exercise_text import payload_shown
from evtcompat.reporters.junit_xml import Case, Result, Suite, junit_xml


def exercise_junit(report: ExerciseReport) -> str:
    """The whole run. What broke is a *failure*, what could not run an *error*, what could not be observed *skipped*."""
    suites = [
        Suite(f"{report.subject}: {level.name}", tuple(_case(report, level, cell) for cell in level.cells))
        for level in report.levels
    ]
    return junit_xml("evtcompat exercise", suites, skipped_at_root=True)


def _case(report: ExerciseReport, level: LevelRun, cell: Cell) -> Case:
    return Case(f"{report.subject}.{level.name}", cell.scenario.name, results=tuple(_results(cell)))


def _results(cell: Cell) -> Iterator[Result]:
    for failure in cell.failures:
        yield Result("failure", failure.kind.value, failure.message, _block(_lines(failure)))
    if cell.state is CellState.UNOBSERVED:
        yield Result("skipped", message=cell.reason)
    elif cell.state is CellState.UNCHECKED:
        yield Result("error", message=cell.reason, text=_block(cell.traceback.split("\n")))


def _lines(failure: Failure) -> Iterator[str]:
    yield from map(str, failure.differences)
    if failure.delivery is not None:
        yield f"payload {payload_shown(failure.delivery.payload)}"
    yield from f"{failure.traceback}\n{failure.output}".split("\n")


def _block(lines: Iterable[str]) -> str:
    """The lines between those of the element's tags, blank ones left out."""
    return "\n".join(["", *(line for line in lines if line.strip()), "      "])
