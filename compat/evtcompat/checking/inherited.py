"""What a change did not bring: flaws that stood before are warnings, and each is told once.

A schema can be wrong by itself: a default of the wrong type, an alias that fits two fields. Where the baseline has the
same flaw, consumers get on with it, or do not, as they did before, and a check of the change has nothing against it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from evtcompat.checking.verdicts import verdict_of
from evtcompat.dataclasses import replace
from evtcompat.formats.base import SchemaFormat
from evtcompat.model.findings import Finding
from evtcompat.model.levels import Direction
from evtcompat.model.reports import Comparison, DirectedComparison
from evtcompat.model.verdicts import Severity
from evtcompat.rules.catalogue import catalogue
from evtcompat.rules.judge import Severities

#: A fingerprint, and the same of the causes.
_Kind: TypeAlias = "tuple[str, tuple[_Kind, ...]]"


def without_inherited(
    result: Comparison,
    direction: Direction,
    schema_format: SchemaFormat,
    severities: Severities,
    baseline_alone: Callable[[], Comparison] | None,
    *,
    twofold: bool = False,
) -> Comparison:
    """The comparison with flaws that stood before as warnings.

    Args:
        result: The comparison of the candidate with the baseline.
        direction: Which of them reads.
        schema_format: The format of both.
        severities: What the rules weigh in this run; whoever gave a rule a severity of its own keeps it.
        baseline_alone: Compares the baseline with itself, in the same words; ``None`` where the candidate is the same
            schema, so that everything stood before.
        twofold: Whether the baseline writes another schema than it reads, so that it may break itself in any way.
    """
    if severities.fail_on is not Severity.ERROR or not _errors(result.findings):
        return result
    baseline = "writer" if direction is Direction.BACKWARD else "reader"
    before: set[_Kind] | None = None
    findings = []
    for finding in result.findings:
        stood = finding.severity is Severity.ERROR and finding.rule not in severities.overrides
        if stood and baseline_alone is not None and finding.side != baseline:
            rule = catalogue().rule(finding.rule, schema_format)
            stood = (rule.reflexive or twofold) and not rule.fails_when_inherited
            if stood:
                if before is None:
                    before = {_kind(one) for one in baseline_alone().findings}
                stood = _kind(finding) in before
        findings.append(replace(finding, severity=Severity.WARNING) if stood else finding)
    return replace(result, findings=tuple(findings), verdict=verdict_of(findings, result.undecided))


def own_as_inherited(findings: Iterable[Finding], severities: Severities) -> tuple[Finding, ...]:
    """The findings about a schema that did not change: at most warnings."""
    if severities.fail_on is not Severity.ERROR:
        return tuple(findings)
    return tuple(
        replace(one, severity=Severity.WARNING) if one.rule not in severities.overrides and _errors([one]) else one
        for one in findings
    )


def told_once(
    own: tuple[Finding, ...], comparisons: Sequence[DirectedComparison]
) -> tuple[tuple[Finding, ...], list[DirectedComparison]]:
    """The findings about the candidate and those of its comparisons, each flaw of one schema at one place only.

    An error is told wherever it is one. What is less is left out where something of more weight is told of the same
    place of the candidate, and a flaw of the baseline where the candidate has it, too.
    """
    failing = {
        _place(one)
        for comparison in comparisons
        for one in comparison.result.findings
        if one.severity is Severity.ERROR and _of_candidate(one, comparison.direction)
    }
    kept_own = tuple(one for one in own if _place(one) not in failing)
    told = failing | {_place(one) for one in kept_own}
    flawed = {one.reader.names for one in own} | {
        one.reader.names
        for comparison in comparisons
        for one in comparison.result.findings
        if _of_candidate(one, comparison.direction)
    }
    kept = []
    for comparison in comparisons:
        result, findings = comparison.result, []
        for finding in result.findings:
            if finding.side is not None and finding.severity is not Severity.ERROR:
                of_candidate = _of_candidate(finding, comparison.direction)
                if _place(finding) in told or (not of_candidate and finding.reader.names in flawed):
                    continue
                told.add(_place(finding))
            findings.append(finding)
        changed = len(findings) < len(result.findings)
        kept.append(replace(comparison, result=replace(result, findings=tuple(findings))) if changed else comparison)
    return kept_own, kept


def _kind(finding: Finding) -> _Kind:
    """What a finding says, and what it says it of: one that stands for others is the same where they are."""
    return finding.fingerprint, tuple(_kind(cause) for cause in finding.because)


def _errors(findings: Iterable[Finding]) -> bool:
    return any(one.severity is Severity.ERROR for one in findings)


def _of_candidate(finding: Finding, direction: Direction) -> bool:
    """Whether a finding speaks of the candidate alone."""
    return finding.side == ("reader" if direction is Direction.BACKWARD else "writer")


def _place(finding: Finding) -> tuple[str | None, str]:
    return finding.reader.origin, finding.reader.pointer
