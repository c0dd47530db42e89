"""One reader and one writer under the rules of a run: what the format decides, as findings."""

from __future__ import annotations

import marshal
from collections.abc import Callable, Iterable
from typing import Any

from evtcompat.checking.causes import caused, caused_later
from evtcompat.checking.plans import RunSettings
from evtcompat.checking.verdicts import verdict_of
from evtcompat.dataclasses import replace
from evtcompat.formats.base import Decision, Schema, SchemaFormat
from evtcompat.model.findings import Finding
from evtcompat.model.mismatches import Explanation, Mismatch
from evtcompat.model.reports import Comparison
from evtcompat.model.verdicts import Severity, Verdict
from evtcompat.rules.judge import Context, Side, judge
from evtcompat.syntax import deep


def compare_sides(
    schema_format: SchemaFormat,
    reader: tuple[Side, Schema],
    writer: tuple[Side, Schema],
    settings: RunSettings,
    identity: tuple[str, ...] = (),
) -> Comparison:
    """What becomes of the writer's data in the reader, as findings under the rules of this run."""
    decision = schema_format.compare(reader[1], writer[1], settings.options)
    return _told(schema_format, decision, reader[0], writer[0], settings, identity)


def compare_soon(
    schema_format: SchemaFormat,
    reader: Schema,
    writer: Schema,
    settings: RunSettings,
    sides: Callable[[], tuple[Side, Side]],
) -> Comparison:
    """What `compare_sides` answers; all but the verdict may be left open until it is asked for.

    `sides` are the words for the reader and the writer, called for where there is something to say.
    """
    decision = schema_format.compare(reader, writer, settings.options)
    registry, other, verdict = decision.registry_verdict, decision.other_policy, decision.verdict
    if verdict is None:
        both = sides()
        told = deep.retried(lambda: _told(schema_format, decision, *both, settings))
        kept = [_kept(side) for side in both] if told.findings else []
        later = [again for again in kept if again is not None]
        if len(later) < len(kept):
            return deep.retried(lambda: caused(told, *both))
        return caused_later(told, lambda: (later[0](), later[1]()))
    if decision.explain is None and registry is Verdict.COMPATIBLE and other is None:
        return _NOTHING_TO_SAY

    def explain() -> Comparison:
        explanation = decision.explanation()
        if not (explanation.mismatches or explanation.undecided or explanation.proof):
            return _NOTHING_TO_SAY
        # Of a document that its owner may change there is no text, and so no line to be found in it.
        ours, theirs = sides()
        explained = deep.retried(lambda: _explained(schema_format, explanation, ours, theirs, settings))
        return caused_later(
            explained,
            lambda: (_as_parsed(schema_format, reader, ours), _as_parsed(schema_format, writer, theirs)),
        )

    severities = settings.severities
    if not severities.overrides and severities.fail_on is Severity.ERROR:
        return Comparison.settled(verdict, explain, registry, other)
    # an error by default need not be one here
    explained = explain()
    return Comparison.settled(explained.verdict, lambda: explained, registry, other)


_NOTHING_TO_SAY = Comparison(Verdict.COMPATIBLE, registry_verdict=Verdict.COMPATIBLE)


def _kept(side: Side) -> Callable[[], Side] | None:
    """Gives the side as it is now, whatever its owner makes of the value later; ``None`` where that cannot be kept."""
    document = side.document
    if side.documents:
        return None
    if document.text is not None:
        return lambda: side
    value: Any = document.value
    try:
        kept = marshal.dumps(value)
    except ValueError:  # it nests deep, or holds what is no plain JSON
        return None
    return lambda: replace(side, document=replace(document, value=marshal.loads(kept)))  # noqa: S302 - made here


def _as_parsed(schema_format: SchemaFormat, schema: Schema, side: Side) -> Side:
    """The side with its document as the schema was parsed from it."""
    document = schema_format.as_parsed(schema, side.document)
    return side if document is side.document else replace(side, document=document)


def _told(
    schema_format: SchemaFormat,
    decision: Decision,
    reader: Side,
    writer: Side,
    settings: RunSettings,
    identity: tuple[str, ...] = (),
) -> Comparison:
    """All that there is to say of a pair, under the rules of this run."""
    explained = _explained(schema_format, decision.explanation(), reader, writer, settings, identity)
    wanted = settings.options.other_answers
    if not wanted:
        return explained
    return replace(
        explained,
        registry_verdict=decision.registry_answer() if "registry" in wanted else Verdict.UNDECIDED,
        other_policy=decision.other_answer() if "policy" in wanted else None,
    )


def _explained(
    schema_format: SchemaFormat,
    explanation: Explanation,
    reader: Side,
    writer: Side,
    settings: RunSettings,
    identity: tuple[str, ...] = (),
) -> Comparison:
    """An explanation under the rules of this run: the findings, what is open, and the verdict that follows."""
    proof = tuple(
        replace(step, reader=reader.locate(step.reader), writer=writer.locate(step.writer))
        for step in explanation.proof
    )
    if not explanation.mismatches and not explanation.undecided:
        return Comparison(verdict=Verdict.COMPATIBLE, proof=proof)
    context = Context(reader, writer, settings.severities, identity, schema_format)
    findings = findings_of(explanation.mismatches, context)
    undecided = tuple(
        replace(
            open_part, reader=context.reader.locate(open_part.reader), writer=context.writer.locate(open_part.writer)
        )
        for open_part in explanation.undecided
    )
    return Comparison(verdict=verdict_of(findings, undecided), findings=findings, undecided=undecided, proof=proof)


def findings_of(mismatches: Iterable[Mismatch], context: Context) -> tuple[Finding, ...]:
    """The findings for mismatches, by place; silenced rules give none."""
    found = (judge(mismatch, context) for mismatch in mismatches)
    return tuple(sorted((finding for finding in found if finding is not None), key=_finding_order))


def _finding_order(finding: Finding) -> tuple[str, int, int, str, str, str]:
    place = finding.reader
    return (place.origin or "", place.line or 0, place.column or 0, place.pointer, finding.rule, finding.fingerprint)
