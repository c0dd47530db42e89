"""The table of an exercise for a person: what held, what broke, on which payload, and how to see it again."""

from __future__ import annotations

import json
from collections.abc import Iterator

from evtcompat.exercise.payloads import Delivery, Fault, Payload, Sequence
from evtcompat.exercise.report import ConsumerNote, ExerciseReport, LevelRun
from evtcompat.exercise.results import Cell, CellState, Failure, FailureKind
from evtcompat.model.counts import counted
from evtcompat.reporters.exercise_chain import chain_lines
from evtcompat.reporters.exercise_load import load_lines
from evtcompat.reporters.terminal import Terminal, printable

_COLUMNS = tuple(member.value for group in (Sequence, Fault) for member in group if member.value)
_STYLE = {
    CellState.OK: ("green",),
    CellState.FAILED: ("bold", "red"),
    CellState.UNOBSERVED: ("yellow",),
    CellState.UNCHECKED: ("bold", "red"),
}
_VERDICT_STYLE = {
    "passed": ("bold", "green"),
    "failed": ("bold", "red"),
    "undecided": ("bold", "yellow"),
    "unchecked": ("bold", "red"),
}
_LONGEST_PAYLOAD = 300
#: A table that is longer tells rows that are alike as one.
_MOST_ROWS = 24
_Entry = tuple[str, tuple[str, ...]]
_Row = tuple[tuple[str, str], dict[str, Cell]]
_LONGEST_TRACEBACK = 12
_MOST_DIFFERENCES = 8


def exercise_text(report: ExerciseReport, terminal: Terminal | None = None) -> str:
    """The whole run. Ends with a newline; free of times and process ids, so that equal runs print equal texts."""
    return "\n".join(_Page(terminal or Terminal()).lines(report)) + "\n"


def word(cell: Cell) -> str:
    """What stands in the table for a cell: ``ok``, or the first thing that went wrong."""
    return cell.failures[0].kind.value if cell.failures else cell.state.value


def payload_shown(payload: Payload) -> str:
    """The payload in one line: JSON as it is, anything else as the value it carries and its bytes."""
    text = _json_text(payload)
    if text is None:
        value = "" if payload.value is None else json.dumps(payload.value, ensure_ascii=False, default=str) + "  "
        text = f"{value}{payload.body.hex(' ')}" if payload.body else f"{value}(empty)"
    text = printable(text)
    return text if len(text) <= _LONGEST_PAYLOAD else text[:_LONGEST_PAYLOAD] + "..."


def _json_text(payload: Payload) -> str | None:
    if "json" not in payload.content_type:
        return None
    try:
        return payload.body.decode("utf-8")
    except UnicodeDecodeError:
        return None


class _Page:
    """The report as lines."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    def lines(self, report: ExerciseReport) -> Iterator[str]:
        yield f"{self._style(printable(report.subject), 'bold')}  seed {report.seed}"
        for consumer in report.consumers:
            yield _consumer(consumer)
        for level in report.levels:
            yield ""
            yield self._style(level.name, "bold")
            yield from self._table(level)
        yield from load_lines(report.loads, self._terminal)
        yield from chain_lines(report.chains, self._terminal)
        yield from self._troubles(report)
        if report.unread:
            yield ""
            for unread in report.unread:
                yield from self._terminal.paragraphs(unread, "unchecked  ")
        if report.notes:
            yield ""
            for note in report.notes:
                yield from self._terminal.paragraphs(note, "note  ")
        yield ""
        yield self._summary(report)

    def _style(self, text: str, *styles: str) -> str:
        return self._terminal.style(text, *styles)

    def _table(self, level: LevelRun) -> Iterator[str]:
        """A row a consumer and payload version; in parts where it is wider than the page."""
        columns = [name for name in _COLUMNS if any(cell.scenario.delivery == name for cell in level.cells)]
        rows = _grouped(_rows(level))
        grid: list[list[_Entry]] = [[(title, ()) for title in ("consumer", "payload", *columns)]]
        for (consumer, row), cells in rows:
            line: list[_Entry] = [(consumer, ()), (printable(row), ())]
            for name in columns:
                found = cells.get(name)
                line.append(("", ()) if found is None else (word(found), _STYLE[found.state]))
            grid.append(line)
        widths = [max(len(line[index][0]) for line in grid) for index in range(len(grid[0]))]
        for number, part in enumerate(self._parts(widths)):
            if number:
                yield ""
            yield from self._part(grid, widths, part)

    def _parts(self, widths: list[int]) -> list[list[int]]:
        """Which columns stand side by side, the first two always among them."""
        parts: list[list[int]] = [[0, 1]]
        for index in range(2, len(widths)):
            if sum(widths[i] + 2 for i in [*parts[-1], index]) > self._terminal.width and len(parts[-1]) > 2:  # noqa: PLR2004 - more than a row's name
                parts.append([0, 1])
            parts[-1].append(index)
        return parts

    def _part(self, grid: list[list[_Entry]], widths: list[int], part: list[int]) -> Iterator[str]:
        for line in grid:
            if line is not grid[0] and not any(line[index][0] for index in part[2:]):
                continue
            cells = [self._style(line[i][0], *line[i][1]) + " " * (widths[i] - len(line[i][0])) for i in part]
            yield "  " + "  ".join(cells).rstrip()

    def _troubles(self, report: ExerciseReport) -> Iterator[str]:
        """Every failure once, with all the cells that saw it."""
        seen: dict[tuple[object, ...], tuple[Failure, list[str]]] = {}
        quiet: dict[tuple[CellState, str, str], list[str]] = {}
        for level in report.levels:
            for cell in level.cells:
                name = f"{level.name}: {cell.scenario.name}"
                for failure in cell.failures:
                    places = seen.setdefault(_sameness(cell, failure), (failure, []))[1]
                    if name not in places:
                        places.append(name)
                if cell.reason:
                    quiet.setdefault((cell.state, cell.reason, cell.traceback), []).append(name)
        for failure, cells in seen.values():
            yield ""
            yield f"{self._style(failure.kind.value, 'bold', 'red')}  {cells[0]}"
            yield from self._failure(failure)
            yield from self._also(cells)
        for (state, reason, traceback), cells in quiet.items():
            yield ""
            yield f"{self._style(state.value, *_STYLE[state])}  {cells[0]}"
            yield from self._terminal.paragraphs(reason, "  ")
            yield from _indented(traceback)
            yield from self._also(cells)

    def _also(self, cells: list[str]) -> Iterator[str]:
        if len(cells) > 1:
            yield from self._terminal.wrap("; ".join(cells[1:]), f"  also in {len(cells) - 1}: ", "    ")

    def _failure(self, failure: Failure) -> Iterator[str]:
        yield from self._terminal.paragraphs(failure.message, "  ")
        for difference in failure.differences[:_MOST_DIFFERENCES]:
            yield from self._terminal.wrap(printable(str(difference)), "    ", "      ")
        if len(failure.differences) > _MOST_DIFFERENCES:
            yield f"    and {counted(len(failure.differences) - _MOST_DIFFERENCES, 'more place')}"
        if failure.delivery is not None:
            yield f"  payload  {payload_shown(failure.delivery.payload)}"
            yield f"           {_about(failure.delivery)}"
        yield from _indented(failure.traceback)
        if failure.output.strip():
            yield "  it printed"
            yield from _indented(failure.output)

    def _summary(self, report: ExerciseReport) -> str:
        counted = ", ".join(f"{count} {state.value}" for state in CellState if (count := report.count(state)))
        total = len(report.states)
        verdict = self._style(report.verdict, *_VERDICT_STYLE[report.verdict])
        if not total:
            return f"{verdict}: nothing was exercised"
        of = "load" if report.loads else "chain" if report.chains else "cell"
        return f"{verdict}: {total} {of}{'' if total == 1 else 's'}, {counted}"


def _rows(level: LevelRun) -> list[_Row]:
    rows: dict[tuple[str, str], dict[str, Cell]] = {}
    for cell in level.cells:
        rows.setdefault((cell.scenario.consumer, cell.scenario.row), {})[cell.scenario.delivery] = cell
    return list(rows.items())


def _grouped(rows: list[_Row]) -> list[_Row]:
    """The rows, those of a long history in one that are alike: ``v1 ... v97 (96 alike)``."""
    if len(rows) <= _MOST_ROWS:
        return rows
    groups: dict[tuple[object, ...], list[_Row]] = {}
    for (consumer, row), cells in rows:
        alike = consumer, "+" in row, tuple((name, word(cell)) for name, cell in sorted(cells.items()))
        groups.setdefault(alike, []).append(((consumer, row), cells))
    found = []
    for members in groups.values():
        (consumer, first), cells = members[0]
        last = members[-1][0][1]
        count = len(members)
        found.append(((consumer, first if count == 1 else f"{first} ... {last} ({count} alike)"), cells))
    return found


def _sameness(cell: Cell, failure: Failure) -> tuple[object, ...]:
    """Equal for failures that a person takes for the same one: the consumer, what happened, and to what."""
    who = cell.scenario.consumer, failure.kind
    if failure.about:  # a member that is wrong is one mistake, whatever payload and order show it
        return (*who, failure.about)
    if failure.delivery is None:
        return (*who, cell.scenario.row)
    payload = failure.delivery.payload
    if failure.kind is FailureKind.NOT_IDEMPOTENT:  # one payload shows it as well as all of them
        return (*who, payload.version)
    return (*who, payload.label, payload.body, failure.traceback.rstrip().rpartition("\n")[2])


def _consumer(note: ConsumerNote) -> str:
    line = f"  {note.role}  {note.name}"
    if not note.file:
        return f"{line}  (never started)"
    if not note.python:
        return f"{line}  started by {printable(note.file)}, observed by {printable(note.observes)}"
    return f"{line}  from {printable(note.file)}, Python {note.python}, observed by {note.observes}"


def _about(delivery: Delivery) -> str:
    payload = delivery.payload
    size = f"{len(payload.body)} byte{'' if len(payload.body) == 1 else 's'}"
    return printable(f"{size}, {payload.content_type}, key {delivery.key}, event {delivery.event_id}")


def _indented(text: str) -> Iterator[str]:
    lines = text.rstrip().split("\n") if text.strip() else []
    if len(lines) > _LONGEST_TRACEBACK:
        lines = [*lines[: _LONGEST_TRACEBACK // 2], "  ...", *lines[-_LONGEST_TRACEBACK // 2 :]]
    for line in lines:
        yield f"    {printable(line)}".rstrip()
