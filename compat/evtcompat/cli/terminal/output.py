"""Where a report goes: formats by name, each to standard output or a file of its own."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import NamedTuple

from evtcompat.cli.terminal.screen import terminal
from evtcompat.dataclasses import replace
from evtcompat.errors import UncheckedError, UsageError
from evtcompat.model.reports import Report
from evtcompat.reporters.available import DEFAULT, names
from evtcompat.reporters.rendering import rendered
from evtcompat.reporters.terminal import Detail, Terminal
from evtcompat.writing import check_report, unwritten, write_report

#: Where GitHub Actions wants the summary of a step.
_STEP_SUMMARY = "GITHUB_STEP_SUMMARY"


class Output(NamedTuple):
    """One report to write."""

    format: str
    #: ``None`` is standard output.
    file: Path | None = None


def outputs_of(formats: Sequence[str], file: Path | None) -> tuple[Output, ...]:
    """The outputs that ``--format NAME[:FILE]`` and ``--output FILE`` ask for; text when neither says anything.

    Raises:
        UsageError: An unknown format, two that would go to one place, or a file that no report can be written to.
    """
    found = []
    for word in formats or [DEFAULT]:
        name, colon, path = word.partition(":")
        if name not in names():
            from difflib import get_close_matches

            near = get_close_matches(name, names(), n=1)
            hint = f"Did you mean `{near[0]}`? " if near else ""
            message = f"unknown report format `{name}`"
            raise UsageError(message, hint=f"{hint}Known: {', '.join(names())}.")
        if colon and not path:
            message = f"--format {word}: names no file"
            raise UsageError(message, hint=f"--format {name} alone is standard output.")
        found.append(Output(name, Path(path) if path else None))
    if file is not None:
        free = next((index for index, output in enumerate(found) if output.file is None), None)
        if free is None:
            message = "--output has no report to take: every --format names a file of its own"
            raise UsageError(message, hint="Leave out --output, or name one format without a file.")
        found[free] = Output(found[free].format, file)
    for output in found:
        if sum(other.file == output.file for other in found) > 1:
            where = output.file or "standard output"
            message = f"two reports would both go to {where}"
            raise UsageError(message, hint="Give one a file of its own: --format sarif:evtcompat.sarif")
        check_report(output.file)
    return tuple(found)


def write(report: Report, outputs: Sequence[Output], detail: Detail = Detail.CHANGES) -> None:
    """Write every report; files first, so that a closed standard output loses none of them.

    Args:
        report: Of the run.
        outputs: What to write, and where.
        detail: How much the text report tells.

    Raises:
        UsageError: A file cannot be written.
        UncheckedError: There is no room for one. What goes to standard output is there all the same.
    """
    failed: UncheckedError | None = None
    if any(output.format == "github" for output in outputs) and os.environ.get(_STEP_SUMMARY):
        _append_summary(report, Path(os.environ[_STEP_SUMMARY]))
    for output in sorted(outputs, key=lambda output: output.file is None):
        shown = replace(terminal() if output.file is None else Terminal(), detail=detail)
        text = rendered(output.format, report, shown)
        if output.file is None:
            show(text, output.format)
            continue
        try:
            write_report(output.file, text)
        except UncheckedError as error:
            failed = error
    if failed is not None:
        raise failed


def text_output(text: str, output_format: str, file: Path | None) -> None:
    """Print the text, or write it to a file.

    Raises:
        UsageError: The file cannot be written.
        UncheckedError: There is no room for it.
    """
    if file is None:
        show(text, output_format)
    else:
        write_report(file, text)


def show(text: str, output_format: str) -> None:
    """Standard output has the text: what a program reads in UTF-8, whatever the terminal shows."""
    if output_format != DEFAULT and isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.stdout.write(text)
    sys.stdout.flush()


def _append_summary(report: Report, file: Path) -> None:
    """The Markdown report at the end of the step's summary: other commands of the step may have written to it."""
    from evtcompat.reporters.github_report import github_summary

    try:
        with file.open("a", encoding="utf-8", errors="backslashreplace", newline="\n") as summary:
            summary.write(github_summary(report))
    except OSError as error:
        raise unwritten(error, file, f"the step summary ({_STEP_SUMMARY} names it)") from error
