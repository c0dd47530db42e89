"""What recorded events say of the findings of a report: evidence beside them, which changes no verdict."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evtcompat.model.findings import Finding, Observed
    from evtcompat.model.reports import DirectedComparison, Report, SubjectReport


def with_observed(report: Report, observed: Mapping[str, Observed]) -> Report:
    """The report with what was observed, by fingerprint, beside each finding that it speaks of."""

    def seen(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        return tuple(
            replace(finding, observed=observed[finding.fingerprint]) if finding.fingerprint in observed else finding
            for finding in findings
        )

    def compared(comparison: DirectedComparison) -> DirectedComparison:
        return replace(comparison, result=replace(comparison.result, findings=seen(comparison.result.findings)))

    def about(subject: SubjectReport) -> SubjectReport:
        return replace(subject, comparisons=tuple(compared(comparison) for comparison in subject.comparisons))

    return replace(report, subjects=tuple(about(subject) for subject in report.subjects))
