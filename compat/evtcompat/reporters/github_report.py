"""GitHub Actions: workflow commands that annotate files; the step summary is the Markdown report."""

from __future__ import annotations

from evtcompat.model.reports import Report
from evtcompat.model.verdicts import Severity
from evtcompat.reporters.entries import NO_FILE, Entry, Kind, entries
from evtcompat.reporters.escape import printable, workflow_message, workflow_property
from evtcompat.reporters.markdown_report import render as render_markdown
from evtcompat.reporters.sentences import headline
from evtcompat.reporters.terminal import Terminal, brief

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_ORDER = ("error", "warning", "notice")
#: A step summary may have 1 MiB; bytes, where a character is at most four.
_SUMMARY_LIMIT = 250_000


def render(report: Report, terminal: Terminal | None = None) -> str:  # noqa: ARG001 - of every reporter
    """One workflow command a change, with what was done as its title, then the answer of the run on one line.

    GitHub shows 10 annotations of each kind per step: the commands that weigh most come first.
    """
    found = sorted(entries(report), key=lambda entry: (_ORDER.index(_command(entry)), not entry.fails))
    lines = [_line(entry) for entry in found]
    if not report.subjects and not found:
        lines.append("::notice title=evtcompat::No schema was found: nothing was compared.")
    lines.append(f"evtcompat: {printable(headline(report))}")
    return "\n".join(lines) + "\n"


def github_summary(report: Report) -> str:
    """What belongs into the file that ``GITHUB_STEP_SUMMARY`` names."""
    return render_markdown(report, limit=_SUMMARY_LIMIT)


def _command(entry: Entry) -> str:
    if entry.waived is not None:
        return "notice"
    return "error" if entry.kind is Kind.UNCHECKED else _COMMANDS[entry.severity]


def _line(entry: Entry) -> str:
    properties: dict[str, str] = {}
    if entry.path != NO_FILE:
        properties["file"] = entry.path
    if entry.path != NO_FILE and entry.place.line is not None:
        properties["line"] = str(entry.place.line)
        if entry.place.column is not None:
            properties["col"] = str(entry.place.column)
            if entry.place.end_column is not None:
                properties["endColumn"] = str(entry.place.end_column)
    waived = "waived: " if entry.waived is not None else ""
    rule = f" ({entry.rule})" if entry.title != entry.rule else ""
    properties["title"] = f"{waived}{entry.title}{rule}"
    written = ",".join(f"{name}={workflow_property(value)}" for name, value in properties.items())
    lines = [printable(brief(one)) for one in (entry.message, *(f"{word}: {text}" for word, text in entry.details()))]
    lines.append(f"id: {entry.fingerprint}")
    message = workflow_message("\n".join(lines))
    return f"::{_command(entry)} {written}::{message}"
