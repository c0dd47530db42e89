"""The report of an exercise as JUnit XML: a suite per level, a case per cell."""

from __future__ import annotations

from collections.abc import Iterator

from evtcompat.exercise.results import Cell, CellState, ExerciseReport, LevelRun
from evtcompat.exercise.show_text import payload_shown
from evtcompat.reporters.escape import xml


def exercise_junit(report: ExerciseReport) -> str:
    """The whole run. What broke is a *failure*, what could not run an *error*, what could not be observed *skipped*."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="evtcompat exercise" {_counts(report.cells)}>',
    ]
    for level in report.levels:
        lines.append(f'  <testsuite name="{xml(f"{report.subject}: {level.name}")}" {_counts(level.cells)}>')
        for cell in level.cells:
            lines += _case(report, level, cell)
        lines.append("  </testsuite>")
    return "\n".join([*lines, "</testsuites>"]) + "\n"


def _counts(cells: tuple[Cell, ...]) -> str:
    numbers = {
        "tests": len(cells),
        "failures": sum(cell.state is CellState.FAILED for cell in cells),
        "errors": sum(cell.state is CellState.UNCHECKED for cell in cells),
        "skipped": sum(cell.state is CellState.UNOBSERVED for cell in cells),
    }
    return " ".join(f'{name}="{number}"' for name, number in numbers.items()) + ' time="0"'


def _case(report: ExerciseReport, level: LevelRun, cell: Cell) -> Iterator[str]:
    head = (
        f'    <testcase classname="{xml(f"{report.subject}.{level.name}")}" name="{xml(cell.scenario.name)}" time="0"'
    )
    if cell.state is CellState.OK:
        yield f"{head}/>"
        return
    yield f"{head}>"
    for failure in cell.failures:
        yield f'      <failure type="{xml(failure.kind.value)}" message="{xml(failure.message)}">'
        if failure.delivery is not None:
            yield xml(f"payload {payload_shown(failure.delivery.payload)}")
        yield from (xml(line) for line in f"{failure.traceback}\n{failure.output}".split("\n") if line.strip())
        yield "      </failure>"
    if cell.state is CellState.UNOBSERVED:
        yield f'      <skipped message="{xml(cell.reason)}"/>'
    elif cell.state is CellState.UNCHECKED:
        yield f'      <error message="{xml(cell.reason)}">'
        yield from (xml(line) for line in cell.traceback.split("\n") if line.strip())
        yield "      </error>"
    yield "    </testcase>"
