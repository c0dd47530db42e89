"""JUnit XML as CI systems read it: suites of cases, with their counts. No times and no host names: byte-stable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from evtcompat.dataclasses import dataclass
from evtcompat.reporters.escape import xml


@dataclass(frozen=True, slots=True)
class Result:
    """An element of a case: what became of it."""

    #: ``failure``, ``error``, ``skipped`` or ``system-out``.
    element: str
    #: What an attribute of this name says; without the attribute when ``None``.
    type: str | None = None
    message: str | None = None
    #: What stands in the element, its line breaks kept; the element is closed at once when ``None``.
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A test case. Without a failure, an error or a skip among its results it passed."""

    classname: str
    name: str
    file: str = ""
    line: int | None = None
    results: tuple[Result, ...] = ()


@dataclass(frozen=True, slots=True)
class Suite:
    """A named list of cases."""

    name: str
    cases: tuple[Case, ...]


def junit_xml(name: str, suites: Sequence[Suite], *, skipped_at_root: bool) -> str:
    """The whole document.

    Args:
        name: Of the run.
        suites: In the order in which they are written.
        skipped_at_root: Whether the sum of skipped cases stands at the root, too; the schemas that are in use know it
            below the root only.
    """
    every = [case for suite in suites for case in suite.cases]
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="{xml(name)}" {_counts(every, skipped=skipped_at_root)}>',
    ]
    for suite in suites:
        lines.append(f'  <testsuite name="{xml(suite.name)}" {_counts(suite.cases)}>')
        for case in suite.cases:
            lines += _lines(case)
        lines.append("  </testsuite>")
    return "\n".join([*lines, "</testsuites>"]) + "\n"


def _counts(cases: Sequence[Case], *, skipped: bool = True) -> str:
    elements = {"failures": "failure", "errors": "error", **({"skipped": "skipped"} if skipped else {})}
    numbers = {"tests": len(cases)} | {
        name: sum(any(result.element == element for result in case.results) for case in cases)
        for name, element in elements.items()
    }
    return " ".join(f'{name}="{number}"' for name, number in numbers.items()) + ' time="0"'


def _lines(case: Case) -> Iterable[str]:
    file = f' file="{xml(case.file)}"' if case.file else ""
    line = f' line="{case.line}"' if case.line is not None else ""
    head = f'    <testcase classname="{xml(case.classname)}" name="{xml(case.name)}"{file}{line} time="0"'
    if not case.results:
        return [f"{head}/>"]
    return [f"{head}>", *(f"      {_element(result)}" for result in case.results), "    </testcase>"]


def _element(result: Result) -> str:
    opening = " ".join([result.element, *_attributes(result)])
    if result.text is None:
        return f"<{opening}/>"
    text = "\n".join(xml(line) for line in result.text.split("\n"))
    return f"<{opening}>{text}</{result.element}>"


def _attributes(result: Result) -> Iterator[str]:
    for name, value in (("type", result.type), ("message", result.message)):
        if value is not None:
            yield f'{name}="{xml(value)}"'
