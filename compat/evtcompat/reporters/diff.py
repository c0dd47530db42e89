"""The page of `evtcompat diff`: every change side by side, with its judgement."""

from __future__ import annotations

from collections.abc import Iterator

from evtcompat.checking.edits import Kind
from evtcompat.model.documents import Document
from evtcompat.model.findings import Finding
from evtcompat.model.levels import Direction
from evtcompat.model.reports import Comparison
from evtcompat.model.verdicts import Severity, Verdict
from evtcompat.reporters.changes import Change, changes, unexplained
from evtcompat.reporters.terminal import Terminal, printable
from evtcompat.reporters.values import payload_text

_SIGN = {Kind.ADDED: ("+", "green"), Kind.REMOVED: ("-", "red"), Kind.CHANGED: ("~", "yellow")}
_WORDS = {
    Direction.BACKWARD: "new reads old",
    Direction.FORWARD: "old reads new",
}
_LONGEST_VALUE = 60


def diff_page(old: Document, new: Document, backward: Comparison, forward: Comparison, terminal: Terminal) -> str:
    """What changed from `old` to `new`, for a person; ends with a newline."""
    return "\n".join(_page(old, new, backward, forward, terminal)) + "\n"


def _page(old: Document, new: Document, backward: Comparison, forward: Comparison, terminal: Terminal) -> Iterator[str]:
    style = terminal.style
    yield style(f"{printable(old.origin or 'old')}  ->  {printable(new.origin or 'new')}", "bold")
    found = changes(old, new, backward, forward)
    if not found:
        yield "  no difference."
    proved = backward.verdict is Verdict.COMPATIBLE and forward.verdict is Verdict.COMPATIBLE
    told: set[int] = set()
    for change in found:
        yield from _change(change, terminal, told, proved=proved)
    rest = unexplained(found, backward, forward)
    if rest:
        yield "  as a whole" if found else "  but, as a whole"
        for direction, finding in rest:
            yield from _judgement(direction, finding, terminal)
    yield ""
    for direction, comparison in ((Direction.BACKWARD, backward), (Direction.FORWARD, forward)):
        colour = {Verdict.COMPATIBLE: "green", Verdict.INCOMPATIBLE: "red"}.get(comparison.verdict, "yellow")
        verdict = style(comparison.verdict.value, "bold", colour)
        yield f"{direction.value:<8}  {_WORDS[direction]}: {verdict}{_open(comparison)}"


def _change(change: Change, terminal: Terminal, told: set[int], *, proved: bool) -> Iterator[str]:
    """A change with what is said of it, in full where it is not `told` yet, by the identity of each finding."""
    mark, colour = _SIGN[change.kind]
    sign = terminal.style(mark, "bold", colour)
    if change.kind is Kind.CHANGED:
        values = f"{_value(change.old)} -> {_value(change.new)}"
    else:
        values = _value(change.new if change.kind is Kind.ADDED else change.old)
    yield f"  {sign} {printable(change.path)}  {terminal.style(values, 'dim')}"
    if not change.findings:
        # without a proof for the whole pair, silence about one change is no proof for it
        harmless = f"{terminal.style('harmless', 'green')} in both directions"
        yield f"      {harmless if proved else 'no finding names it'}"
    for direction, finding in change.findings:
        if id(finding) in told:
            yield f"{_verdict(direction, finding, terminal)}, as above"
        else:
            yield from _judgement(direction, finding, terminal)
        told.add(id(finding))


def _judgement(direction: Direction, finding: Finding, terminal: Terminal) -> Iterator[str]:
    yield _verdict(direction, finding, terminal)
    yield from terminal.wrap(printable(finding.message), "        ")


def _verdict(direction: Direction, finding: Finding, terminal: Terminal) -> str:
    colour = {Severity.ERROR: "red", Severity.WARNING: "yellow"}.get(finding.severity, "cyan")
    severity = terminal.style(finding.severity.value, "bold", colour)
    return f"      {severity}  {finding.rule}  ({_WORDS[direction]})"


def _value(value: object) -> str:
    text = printable(payload_text(value))
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 3]}..."


def _open(comparison: Comparison) -> str:
    if not comparison.undecided:
        return ""
    return f" ({len(comparison.undecided)} undecided; `evtcompat check` tells which)"
