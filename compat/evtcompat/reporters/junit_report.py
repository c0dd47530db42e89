"""JUnit XML, as CI systems read it: a suite per subject, a case per finding, and one per direction that holds.

A mismatch is a *failure*; what could not be checked is an *error*; what was not compared is *skipped*. Warnings, notes
and waived findings are cases that pass and say so in their output: the format has no word for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from evtcompat.model.reports import Report, SubjectReport
from evtcompat.model.verdicts import Severity
from evtcompat.reporters.entries import Entry, Kind, entries_of, entries_of_comparison, entries_of_run, sides
from evtcompat.reporters.escape import xml
from evtcompat.reporters.terminal import Terminal
from evtcompat.reporters.text_report import label


@dataclass(frozen=True, slots=True)
class _Case:
    """One test case; `outcome` is ``""`` for a pass, else the element's name."""

    name: str
    classname: str
    outcome: str = ""
    type: str = ""
    message: str = ""
    text: str = ""
    file: str = ""
    line: int | None = None


def render(report: Report, terminal: Terminal | None = None) -> str:  # noqa: ARG001 - of every reporter
    """The whole run as one XML document. Byte-stable: no times, no host names."""
    suites = [(subject.subject, tuple(_cases(subject))) for subject in report.subjects]
    rest = tuple(_case(entry, "evtcompat") for entry in entries_of_run(report))
    if not rest and not any(cases for _, cases in suites):
        rest = (_Case("nothing was compared", "evtcompat", "skipped", message="no schema was found"),)
    if rest:
        suites.append(("evtcompat", rest))
    every = [case for _, cases in suites for case in cases]
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<testsuites name="evtcompat" {_counts(every, root=True)}>']
    for name, cases in suites:
        lines.append(f'  <testsuite name="{xml(name)}" {_counts(cases)}>')
        for case in cases:
            lines += _lines(case)
        lines.append("  </testsuite>")
    return "\n".join([*lines, "</testsuites>"]) + "\n"


def _counts(cases: Sequence[_Case], *, root: bool = False) -> str:
    numbers = {
        "tests": len(cases),
        "failures": sum(case.outcome == "failure" for case in cases),
        "errors": sum(case.outcome == "error" for case in cases),
    }
    if not root:  # the schemas that are in use know it below the root only
        numbers["skipped"] = sum(case.outcome == "skipped" for case in cases)
    return " ".join(f'{name}="{number}"' for name, number in numbers.items()) + ' time="0"'


def _cases(subject: SubjectReport) -> Iterator[_Case]:
    name = subject.subject
    yield from (_case(entry, name) for entry in entries_of(subject))
    for comparison in subject.comparisons:
        if not any(entry.fails for entry in entries_of_comparison(comparison, subject)):
            reader, writer = sides(comparison, subject)
            yield _Case(f"{comparison.direction.value}: {reader} reads {writer}", name)
    if subject.problems or subject.comparisons:
        return
    if subject.state == "skipped":
        message = f"level {subject.level.value} asks for no comparison"
        yield _Case("not compared", name, "skipped", message=message)
    elif subject.state in {"new", "unchanged"}:
        yield _Case(f"{label(subject.candidate, 'the candidate')} is {subject.state}", name)


def _case(entry: Entry, classname: str) -> _Case:
    direction = f" ({entry.direction})" if entry.direction else ""
    where = str(entry.place)
    text = "\n".join(
        [*([where] if where else []), entry.message, *(f"{word}: {text}" for word, text in entry.details())]
    )
    if entry.fingerprint:
        text += f"\nid: {entry.fingerprint}"
    outcome = ""
    if entry.kind is Kind.UNCHECKED:
        outcome = "error"
    elif entry.fails:
        outcome = "failure"
    word = "waived" if entry.waived is not None else entry.severity.value
    name = f"{entry.rule} at {where}{direction}" if where else f"{entry.rule}{direction}"
    if not outcome and entry.severity is not Severity.ERROR:
        name = f"{word}: {name}"
    line = entry.place.line
    return _Case(name, classname, outcome, entry.rule, entry.message, text, entry.path, line)


def _lines(case: _Case) -> Iterable[str]:
    file = f' file="{xml(case.file)}"' if case.file else ""
    line = f' line="{case.line}"' if case.line is not None else ""
    head = f'    <testcase classname="{xml(case.classname)}" name="{xml(case.name)}"{file}{line} time="0"'
    body = "\n".join(xml(part) for part in case.text.split("\n"))
    if case.outcome == "skipped":
        return [f"{head}>", f'      <skipped message="{xml(case.message)}"/>', "    </testcase>"]
    if case.outcome:
        opening = f'<{case.outcome} type="{xml(case.type)}" message="{xml(case.message)}">'
        return [f"{head}>", f"      {opening}{body}</{case.outcome}>", "    </testcase>"]
    if body:
        return [f"{head}>", f"      <system-out>{body}</system-out>", "    </testcase>"]
    return [f"{head}/>"]
