"""The report of an exercise as JUnit XML: a suite per level, a case per cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from evtcompat.exercise.chain import ChainCell
from evtcompat.exercise.load import LoadCell
from evtcompat.exercise.report import ExerciseReport, LevelRun
from evtcompat.exercise.results import Cell, CellState, Failure
from evtcompat.reporters.exercise_text import payload_shown
from evtcompat.reporters.junit_xml import Case, Result, Suite, junit_xml


def exercise_junit(report: ExerciseReport) -> str:
    """The whole run. What broke is a *failure*, what could not run an *error*, what could not be observed *skipped*."""
    suites = [
        Suite(f"{report.subject}: {level.name}", tuple(_case(report, level, cell) for cell in level.cells))
        for level in report.levels
    ]
    if report.loads:
        suites.append(Suite(f"{report.subject}: under load", tuple(_load_case(report, cell) for cell in report.loads)))
    if report.chains:
        suites.append(Suite(f"{report.subject}: chains", tuple(_chain_case(report, cell) for cell in report.chains)))
    if report.unread:
        name = f"{report.subject}: payloads"
        suites.append(
            Suite(name, tuple(Case(name, text, results=(Result("error", message=text),)) for text in report.unread))
        )
    return junit_xml("evtcompat exercise", suites, skipped_at_root=True)


def _case(report: ExerciseReport, level: LevelRun, cell: Cell) -> Case:
    return Case(f"{report.subject}.{level.name}", cell.scenario.name, results=tuple(_results(cell)))


def _load_case(report: ExerciseReport, cell: LoadCell) -> Case:
    output = _block(cell.run.output.split("\n"))
    results = [Result("failure", "under load", text, output) for text in cell.failures]
    if cell.reason:
        results.append(Result("skipped" if cell.state is CellState.UNOBSERVED else "error", message=cell.reason))
    return Case(f"{report.subject}.under load", cell.run.role, results=tuple(results))


def _chain_case(report: ExerciseReport, cell: ChainCell) -> Case:
    output = _block(cell.run.output.split("\n"))
    results = [Result("failure", "chain", text, output) for text in cell.failures]
    if cell.run.unchecked:
        results.append(Result("error", message=cell.run.unchecked, text=output))
    return Case(f"{report.subject}.{cell.run.chain.name}", cell.run.role, results=tuple(results))


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
