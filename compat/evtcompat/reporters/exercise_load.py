"""Services under load, old beside new: how fast, how late, how much was waiting."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from evtcompat.exercise.load import LoadCell, LoadRun, Seen
from evtcompat.exercise.results import CellState
from evtcompat.reporters.terminal import Terminal, printable

#: Moments at which the lag is shown.
_MOMENTS = 8
_TITLES = ("", "published", "handled", "p50", "p95", "p99", "most waiting", "at the end")
_STYLE = {
    CellState.OK: ("green",),
    CellState.FAILED: ("bold", "red"),
    CellState.UNOBSERVED: ("yellow",),
    CellState.UNCHECKED: ("bold", "red"),
}
_LAST_LINES = 12


def load_lines(cells: tuple[LoadCell, ...], terminal: Terminal) -> Iterator[str]:
    """The tables of all loads of a run, and what went wrong; nothing without a load."""
    ran = [cell.run for cell in cells if not cell.run.unchecked]
    if ran:
        load = ran[0].load
        yield ""
        yield terminal.style(f"{load.rate:g} events a second for {load.seconds:g} s", "bold")
        yield from _grid([list(_TITLES), *(_numbers(run) for run in ran)])
        for seen in dict.fromkeys(run.seen for run in ran if run.latencies):
            yield f"  latency from when an event was sent {seen.value}"
        yield ""
        yield "  waiting, over time"
        yield from _grid(list(_over_time(ran)))
    for cell in cells:
        yield from _trouble(cell, terminal)


def _trouble(cell: LoadCell, terminal: Terminal) -> Iterator[str]:
    if cell.state is CellState.OK:
        return
    yield ""
    yield f"{terminal.style(cell.state.value, *_STYLE[cell.state])}  {cell.run.role}, under load"
    for text in (*cell.failures, cell.reason):
        if text:
            yield from terminal.paragraphs(text, "  ")
    for line in cell.run.output.strip().splitlines()[-_LAST_LINES:]:
        yield f"    {printable(line)}".rstrip()


def _numbers(run: LoadRun) -> list[str]:
    handled = f"{run.handled_a_second:,.0f}/s" if run.seen is not Seen.NOTHING else "?"
    late = [milliseconds(run.percentile(part)) for part in (0.50, 0.95, 0.99)]
    end = f"{run.left:,}" if run.seen is not Seen.NOTHING else "?"
    return [run.role, f"{run.published_a_second:,.0f}/s", handled, *late, f"{run.longest_lag:,}", end]


def milliseconds(seconds: float | None) -> str:
    """A latency for a person: ``3.4 ms``, ``2.1 s``."""
    if seconds is None:
        return "?"
    if seconds >= 1:
        return f"{seconds:.1f} s"
    return f"{seconds * 1000:.1f} ms" if seconds < 0.1 else f"{seconds * 1000:.0f} ms"  # noqa: PLR2004 - three digits


def _over_time(runs: list[LoadRun]) -> Iterator[list[str]]:
    moments = [runs[0].load.seconds * number / _MOMENTS for number in range(1, _MOMENTS + 1)]
    yield ["", *(f"{moment:.3g} s" for moment in moments)]
    for run in runs:
        lags = (run.lag_at(moment) for moment in moments)
        yield [run.role, *("" if lag is None else f"{lag:,}" for lag in lags)]


def _grid(rows: Iterable[list[str]]) -> Iterator[str]:
    """The first column to the left, numbers to the right."""
    lines = list(rows)
    widths = [max(len(line[index]) for line in lines) for index in range(len(lines[0]))]
    for line in lines:
        first, *rest = (text.ljust(width) if not index else text.rjust(width)
                        for index, (text, width) in enumerate(zip(line, widths, strict=True)))  # fmt: skip
        yield f"  {first}  {'  '.join(rest)}".rstrip()


def load_json(cell: LoadCell) -> dict[str, object]:
    """A load as a report to a machine says it; latencies and moments in seconds."""
    run = cell.run
    parts = {"p50": 0.50, "p95": 0.95, "p99": 0.99, "longest": 1.0}
    return {
        "consumer": run.role,
        "state": cell.state.value,
        "rate": run.load.rate,
        "seconds": run.load.seconds,
        "published": run.published,
        "published_a_second": round(run.published_a_second, 1),
        "handled": run.handled,
        "handled_a_second": round(run.handled_a_second, 1),
        "left": run.left,
        "set_aside": run.set_aside,
        "measured": run.seen.value,
        "latency": {name: run.percentile(part) for name, part in parts.items()},
        "longest_lag": run.longest_lag,
        "lag_growth_a_second": round(run.growth, 1),
        "lag": [{"at": round(one.at, 2), "published": one.published, "lag": one.lag} for one in run.samples],
        "failures": list(cell.failures),
        "reason": cell.reason,
        "output": run.output,
    }
