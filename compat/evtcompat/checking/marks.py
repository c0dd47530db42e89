"""Marks of versions in their schemas: taken for no change where they say what the path says, and never in silence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from evtcompat.checking.comparing import findings_of
from evtcompat.dataclasses import replace
from evtcompat.model.histories import version_name
from evtcompat.model.mismatches import Mismatch, ProofStep
from evtcompat.model.places import Place
from evtcompat.model.readings import Outcome
from evtcompat.rules.judge import Context, Severities, Side

if TYPE_CHECKING:
    from evtcompat.formats.base import Options, Schema, SchemaFormat
    from evtcompat.formats.stated_versions import Mark
    from evtcompat.model.findings import Finding
    from evtcompat.model.histories import Version
    from evtcompat.model.reports import Comparison


class Marked(NamedTuple):
    """A reader and a writer, of which one was compared with the marks of the other."""

    format: SchemaFormat
    reader: Version
    writer: Version
    options: Options


def with_marks_told(result: Comparison, marked: Marked, context: Context) -> Comparison:
    """The comparison of a pair that was made alike, with what it passes over.

    A payload that a consumer refuses for the mark as well says so, and so does a proof.
    """
    marks = marked.format.marks(marked.reader, marked.writer)
    if not marks:
        return result
    steps = tuple(_step(mark, context) for mark in marks) if result.proof else ()
    return replace(result, findings=_with_refusals(result.findings, marked), proof=(*result.proof, *steps))


def marks_of(schema_format: SchemaFormat, candidate: Version, others: Iterable[Version]) -> tuple[Mismatch, ...]:
    """Each mark of a candidate that was taken for the same as those of other versions in its place."""
    found: dict[tuple[str, str], list[str]] = {}
    for other in others:
        for mark in schema_format.marks(candidate, other):
            said = found.setdefault((mark.pointer, mark.name), [_said(mark.old, candidate)])
            said.append(_said(mark.new, other))
    return tuple(
        Mismatch(
            "version-mark-differs",
            Place(pointer=pointer),
            Place(pointer=pointer),
            {"mark": name, "said": ", ".join(dict.fromkeys(said))},
        )
        for (pointer, name), said in found.items()
    )


def with_marks_listed(
    result: Comparison, schema_format: SchemaFormat, candidate: Version, other: Version
) -> Comparison:
    """The comparison of a pair that was made alike, with the findings of `marks_of`."""
    found = marks_of(schema_format, candidate, [other])
    side = Side("the candidate", candidate.document)
    told = findings_of(found, Context(side, side, Severities()))
    return replace(result, findings=(*result.findings, *told)) if told else result


def _said(word: str, version: Version) -> str:
    return f'"{word}" in {version_name(version.label or "?")}'


def _step(mark: Mark, context: Context) -> ProofStep:
    place = Place(pointer=mark.pointer)
    argument = f'{mark.name} names the version of each, "{mark.new}" and "{mark.old}": taken for the same'
    return ProofStep(context.reader.locate(place), context.writer.locate(place), argument)


def _with_refusals(findings: Iterable[Finding], marked: Marked) -> tuple[Finding, ...]:
    """The findings, whose witnesses say where the reader refuses the mark in them as well."""
    findings = tuple(findings)
    if not marked.format.marks_in_payloads or not any(one.witness for one in findings):
        return findings
    writer = marked.writer if marked.writer.written is None else replace(marked.writer, document=marked.writer.written)
    own = _parsed(writer, marked)
    # the writer's own events break nothing of this schema but the marks, which are the reader's
    other = _parsed(marked.format.aligned(writer, marked.reader), marked)
    payloads = marked.format.payloads(own, marked.options)
    read = marked.format.payloads(other, marked.options).read

    def told(finding: Finding) -> Finding:
        witness = finding.witness
        if witness is None or not witness.payload:
            return finding
        reading = read(payloads, witness.payload)
        if reading.outcome is not Outcome.REFUSED:
            return finding
        observed = f"{witness.observed}; and its mark of the version: {reading.said}"
        return replace(finding, witness=replace(witness, observed=observed))

    return tuple(map(told, findings))


def _parsed(version: Version, marked: Marked) -> Schema:
    return marked.format.parse(version.document, version.references, marked.options)
