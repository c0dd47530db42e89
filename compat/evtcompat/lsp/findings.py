"""A report as an editor shows it: diagnostics with both places, hover texts, fixes as edits."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from lsprotocol import types
from pygls.workspace import PositionCodec, TextDocument

from evtcompat.dataclasses import dataclass
from evtcompat.errors import DocumentError
from evtcompat.model.findings import Finding
from evtcompat.model.levels import Direction
from evtcompat.model.places import Place, place_of
from evtcompat.model.reports import Problem, Report
from evtcompat.model.verdicts import Severity
from evtcompat.rules.catalogue import catalogue
from evtcompat.syntax.editing import rewritten

SOURCE: Final = "evtcompat"
_SEVERITIES: Final[Mapping[Severity, types.DiagnosticSeverity]] = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.NOTE: types.DiagnosticSeverity.Information,
}
_START: Final = types.Range(types.Position(0, 0), types.Position(0, 1))


@dataclass(frozen=True, slots=True)
class Marked:
    """A finding where the editor shows it."""

    finding: Finding
    diagnostic: types.Diagnostic
    #: Where the other schema stands, when that is a file.
    other: types.Location | None
    #: The place on the other side, whatever it is.
    elsewhere: Place


class Marks:
    """What a report says about one document, in the units of the editor.

    Args:
        report: Its origins are relative to the folder of the document.
        document: As it was when it was checked.
        codec: Converts positions for the editor.
    """

    def __init__(self, report: Report, document: TextDocument, codec: PositionCodec) -> None:
        """Nothing is asked of the editor."""
        self._path = Path(document.path)
        self._lines = document.lines
        self._codec = codec
        self.version = document.version
        self.findings = tuple(self._marked(document.uri, report))
        self._problems = [self._problem(one) for one in report.errors]

    @property
    def diagnostics(self) -> list[types.Diagnostic]:
        """All of them, findings first."""
        return [*(one.diagnostic for one in self.findings), *self._problems]

    def at(self, range_: types.Range) -> Iterator[Marked]:
        """The findings that a range touches."""
        for one in self.findings:
            own = one.diagnostic.range
            if own.start <= range_.end and range_.start <= own.end:
                yield one

    def _marked(self, uri: str, report: Report) -> Iterator[Marked]:
        for subject in report.subjects:
            for finding in subject.findings:
                yield self._mark(uri, finding, finding.reader, finding.writer)
            for comparison in subject.comparisons:
                backward = comparison.direction is Direction.BACKWARD
                for finding in comparison.result.findings:
                    places = (finding.reader, finding.writer)
                    own, other = places if backward else reversed(places)
                    yield self._mark(uri, finding, own, other)

    def _mark(self, uri: str, finding: Finding, own: Place, other: Place) -> Marked:
        here = self._is_here(own)
        where = self._range(own) if here else _START
        elsewhere = self._location(other)
        related = []
        if other != own and other.line is not None:
            label = f"{other.origin}:{other.line}"
            related.append(
                types.DiagnosticRelatedInformation(elsewhere or types.Location(uri, where), f"compared with {label}")
            )
        diagnostic = types.Diagnostic(
            range=where,
            message=finding.message if here else f"{finding.message} ({own})",
            severity=types.DiagnosticSeverity.Hint if finding.waived else _SEVERITIES[finding.severity],
            code=finding.rule,
            source=SOURCE,
            related_information=related or None,
        )
        return Marked(finding, diagnostic, elsewhere, other)

    def _problem(self, problem: Problem) -> types.Diagnostic:
        place = place_of(problem.place) if problem.place else Place()
        here = self._is_here(place)
        where = "" if here or problem.place is None else f"{problem.place}: "
        hint = "" if problem.hint is None else f"\n{problem.hint}"
        other = None if here else self._location(place)
        return types.Diagnostic(
            range=self._range(place) if here else _START,
            message=f"Not checked: {where}{problem.message}{hint}",
            severity=types.DiagnosticSeverity.Warning,
            source=SOURCE,
            related_information=[types.DiagnosticRelatedInformation(other, problem.message)] if other else None,
        )

    def _file(self, place: Place) -> Path | None:
        if place.origin is None:
            return None
        return Path(os.path.normpath(self._path.parent / place.origin))

    def _is_here(self, place: Place) -> bool:
        return place.line is not None and self._file(place) == self._path

    def _range(self, place: Place) -> types.Range:
        """A place of this document: columns are counted in characters there, and in units of the editor here."""
        line, column = (place.line or 1) - 1, (place.column or 1) - 1
        end = max((place.end_column or 0) - 1, column + 1)
        whole = types.Range(types.Position(line, column), types.Position(line, end))
        return self._codec.range_to_client_units(self._lines, whole)

    def _location(self, place: Place) -> types.Location | None:
        path = self._file(place)
        if path is None or place.line is None or not path.is_file():
            return None
        start = types.Position(place.line - 1, (place.column or 1) - 1)
        return types.Location(path.as_uri(), types.Range(start, start))


def hover_text(finding: Finding) -> str:
    """What a rule means and which event shows it, as Markdown."""
    rule = catalogue()[finding.rule]
    parts = [f"**{rule.id}** ({finding.severity.value})", rule.what, rule.why]
    witness = finding.witness
    if witness is not None:
        shown = json.dumps(witness.value, indent=1, ensure_ascii=False, default=str)
        parts.append(f"An event that shows it:\n\n```json\n{shown}\n```")
    parts.append(rule.remedy)
    return "\n\n".join(part for part in parts if part)


def fix_edit(finding: Finding, document: TextDocument, codec: PositionCodec) -> types.TextEdit | None:
    """The edit that a fix means: the least stretch of the document that changes; ``None`` where there is none.

    Also none where the document has what changes at several places (`rewritten`), or is no longer what was checked.
    """
    fix = finding.fix
    if fix is None or not fix.patch:
        return None
    before = document.source
    try:
        after = rewritten(before, fix.patch, document.filename or "")
    except (DocumentError, LookupError):
        return None
    start = _shared(before, after)
    end = _shared(before[: start - 1 if start else None : -1], after[: start - 1 if start else None : -1])
    whole = types.Range(_position(before, start), _position(before, len(before) - end))
    return types.TextEdit(codec.range_to_client_units(document.lines, whole), after[start : len(after) - end])


def _shared(one: str, other: str) -> int:
    """How many characters both begin with."""
    pairs = zip(one, other, strict=False)
    return next((index for index, (ours, theirs) in enumerate(pairs) if ours != theirs), min(len(one), len(other)))


def _position(text: str, offset: int) -> types.Position:
    head = text[:offset]
    line = head.count("\n")
    return types.Position(line, offset - (head.rfind("\n") + 1))
