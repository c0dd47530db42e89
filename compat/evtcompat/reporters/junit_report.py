"""JUnit XML, as CI systems read it: a suite per subject, a case per finding, and one per direction that holds.

A mismatch is a *failure*; what could not be checked is an *error*; what was not compared is *skipped*. Warnings, notes
and waived findings are cases that pass and say so in their output: the format has no word for them.
"""

from __future__ import annotations

from collections.abc import Iterator

from evtcompat.model.reports import Report, SubjectReport
from evtcompat.model.verdicts import Severity
from evtcompat.reporters.entries import Entry, Kind, entries_of, entries_of_comparison, entries_of_run, sides
from evtcompat.reporters.junit_xml import Case, Result, Suite, junit_xml
from evtcompat.reporters.terminal import Terminal
from evtcompat.reporters.text_report import label


def render(report: Report, terminal: Terminal | None = None) -> str:  # noqa: ARG001 - of every reporter
    """The whole run as one XML document."""
    suites = [Suite(subject.title, tuple(_cases(subject))) for subject in report.subjects]
    rest = tuple(_case(entry, "evtcompat") for entry in entries_of_run(report))
    if not rest and not any(suite.cases for suite in suites):
        rest = (_skipped("nothing was compared", "evtcompat", "no schema was found"),)
    if rest:
        suites.append(Suite("evtcompat", rest))
    return junit_xml("evtcompat", suites, skipped_at_root=False)


def _cases(subject: SubjectReport) -> Iterator[Case]:
    name = subject.title
    yield from (_case(entry, name) for entry in entries_of(subject))
    for comparison in subject.comparisons:
        if not any(entry.fails for entry in entries_of_comparison(comparison, subject)):
            reader, writer = sides(comparison, subject)
            yield Case(name, f"{comparison.direction.value}: {reader} reads {writer}")
    if subject.problems or subject.comparisons:
        return
    if subject.state == "skipped":
        yield _skipped("not compared", name, f"level {subject.level.value} asks for no comparison")
    elif subject.state in {"new", "unchanged", "repaired"}:
        yield Case(name, f"{label(subject.candidate, 'the candidate')} is {subject.state}")


def _skipped(name: str, classname: str, message: str) -> Case:
    return Case(classname, name, results=(Result("skipped", message=message),))


def _case(entry: Entry, classname: str) -> Case:
    direction = f" ({entry.direction})" if entry.direction else ""
    where = str(entry.place)
    text = "\n".join(
        [*([where] if where else []), entry.message, *(f"{word}: {text}" for word, text in entry.details())]
    )
    if entry.fingerprint:
        text += f"\nid: {entry.fingerprint}"
    name = f"{entry.rule} at {where}{direction}" if where else f"{entry.rule}{direction}"
    if entry.kind is Kind.UNCHECKED:
        result = Result("error", entry.rule, entry.message, text)
    elif entry.fails:
        result = Result("failure", entry.rule, entry.message, text)
    else:
        result = Result("system-out", text=text)
        if entry.severity is not Severity.ERROR:
            name = f"{'waived' if entry.waived is not None else entry.severity.value}: {name}"
    return Case(classname, name, entry.path, entry.place.line, (result,))
