"""What recorded events say of the findings of a report: evidence beside them, which changes no verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evtcompat.dataclasses import replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evtcompat.model.findings import Finding, Observed
    from evtcompat.model.reports import DirectedComparison, Report, SubjectReport


def with_observed(report: Report, observed: Mapping[str, Observed]) -> Report:
    """The report with what was observed, by fingerprint, beside each finding that it speaks of.

    Of a finding with several places it is the place that most events hit: one event may hit several of them.
    """

    def seen(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        return tuple(replace(finding, observed=_most(finding, observed)) for finding in findings)

    def compared(comparison: DirectedComparison) -> DirectedComparison:
        return replace(comparison, result=replace(comparison.result, findings=seen(comparison.result.findings)))

    def about(subject: SubjectReport) -> SubjectReport:
        return replace(subject, comparisons=tuple(compared(comparison) for comparison in subject.comparisons))

    return replace(report, subjects=tuple(about(subject) for subject in report.subjects))


def _most(finding: Finding, observed: Mapping[str, Observed]) -> Observed | None:
    known = [observed[place.fingerprint] for place in finding.places if place.fingerprint in observed]
    return max(known, key=lambda one: one.hits, default=None)
