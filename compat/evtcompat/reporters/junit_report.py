"""JUnit XML, as CI systems read it: a suite per subject, a case per direction that was judged.

A mismatch is a *failure*; what could not be checked is an *error*; what was not compared is *skipped*. Warnings, notes
and waived findings are cases that pass and say so in their output: the format has no word for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evtcompat.model.levels import Direction
from evtcompat.model.reports import Report, SubjectReport
from evtcompat.model.verdicts import Severity, Verdict
from evtcompat.reporters.entries import Entry, Kind, entries_of, entries_of_run
from evtcompat.reporters.junit_xml import Case, Result, Suite, junit_xml
from evtcompat.reporters.sentences import between, label
from evtcompat.reporters.terminal import Terminal


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
    """A case a direction that was judged, one for what is said of the subject itself, and one for every problem."""
    name, found = subject.title, list(entries_of(subject))
    for direction in dict.fromkeys(comparison.direction for comparison in subject.comparisons):
        yield _judged(subject, direction, [entry for entry in found if direction in entry.directions])
    alone = [entry for entry in found if not entry.directions]
    yield from (_case(entry, name) for entry in alone)
    if subject.problems or subject.comparisons:
        return
    if subject.verdict is Verdict.NOT_JUDGED:
        yield _skipped("not judged", name, "nothing of it changed since the git baseline: history")
    elif subject.state == "skipped":
        yield _skipped("not compared", name, f"level {subject.level.value} asks for no comparison")
    elif subject.state in {"new", "unchanged", "repaired"}:
        yield Case(name, f"{label(subject.candidate, 'your change')} is {subject.state}")


def _judged(subject: SubjectReport, direction: Direction, found: Sequence[Entry]) -> Case:
    """The case of one direction: it fails where a change breaks it or something is open; the rest is its output."""
    failing = [entry for entry in found if entry.fails]
    name = subject.title
    case = f"{direction.value}: {between(subject, direction).words}"
    text = "\n\n".join(_text(entry) for entry in [*failing, *(entry for entry in found if not entry.fails)])
    if not failing:
        return Case(name, case, results=(Result("system-out", text=text),) if text else ())
    first = failing[0]
    more = f" (and {len(failing) - 1} more)" if len(failing) > 1 else ""
    result = Result("failure", first.rule, f"{first.title}{more}", text)
    return Case(name, case, first.path, first.place.line, (result,))


def _skipped(name: str, classname: str, message: str) -> Case:
    return Case(classname, name, results=(Result("skipped", message=message),))


def _case(entry: Entry, classname: str) -> Case:
    where = str(entry.place)
    name = f"{entry.title} at {where}" if where else entry.title
    text = _text(entry)
    if entry.kind is Kind.UNCHECKED:
        result = Result("error", entry.rule, entry.message, text)
    elif entry.fails:
        result = Result("failure", entry.rule, entry.message, text)
    else:
        result = Result("system-out", text=text)
        if entry.severity is not Severity.ERROR:
            name = f"{'waived' if entry.waived is not None else entry.severity.value}: {name}"
    return Case(classname, name, entry.path, entry.place.line, (result,))


def _text(entry: Entry) -> str:
    where = str(entry.place)
    head = [where] if where else []
    weight = "waived: " if entry.waived is not None else ""
    head += [f"{weight}{entry.severity.value}: {entry.title}"] if entry.title != entry.rule else []
    lines = [*head, entry.message, *(f"{word}: {text}" for word, text in entry.details())]
    return "\n".join(lines) + (f"\nid: {entry.fingerprint}" if entry.fingerprint else "")
