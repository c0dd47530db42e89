"""The answer of a run under its own gate and under the one that stands at the baseline: what either refuses counts.

A change that weakens its gate is judged by both, so that it cannot let itself pass. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from evtcompat.checking.gate import told
from evtcompat.checking.run import assemble
from evtcompat.checking.verdicts import verdict_of, worst
from evtcompat.config.values import Config
from evtcompat.dataclasses import replace
from evtcompat.model.owners import Owners
from evtcompat.model.places import Place
from evtcompat.model.reports import Problem, Report, SubjectReport
from evtcompat.model.verdicts import Verdict


def joined(now: Report, then: Report, owners: Mapping[str, Owners]) -> Report:
    """What both gates answer, before waivers.

    Args:
        now: Under the gate of the change.
        then: Under that of the baseline: what the change touches.
        owners: Who writes and reads each subject.
    """
    subjects = {_key(one): one for one in now.subjects}
    for other in then.subjects:
        if not other.verdict.passes:
            own = subjects.get(_key(other))
            subjects[_key(other)] = other if own is None else _joined(own, other)
    problems = _of_the_run(now)
    return assemble(
        subjects.values(),
        problems=(*problems, *_only(_of_the_run(then), problems)),
        skipped=now.skipped,
        lookalikes=now.lookalikes,
        findings=now.findings,
        owners=owners,
        baselines=now.baselines,
    )


def with_reason(report: Report, now: Report, then: Report, baseline: Config | None, place: Place) -> Report:
    """The report with a finding that says which subjects the gate of the baseline alone refuses, if there are such.

    Args:
        report: Of both gates.
        now: Under the gate of the change, after waivers.
        then: Under that of the baseline, after waivers.
        baseline: The configuration there.
        place: Where the change sets its gate.
    """
    verdicts = {_key(one): one.verdict for one in now.subjects}
    refused = [one.subject for one in then.subjects if _worse(one.verdict, verdicts.get(_key(one), Verdict.COMPATIBLE))]
    if not refused:
        return report
    names = ", ".join(f"`{name}`" for name in dict.fromkeys(refused))
    change = f"the gate of the baseline counts too, until this one stands there, and does not let {names} pass"
    findings = (*report.findings, *told([(change, place, place)], baseline))
    return replace(report, findings=findings, verdict=worst([report.verdict, verdict_of(findings)]))


def _key(report: SubjectReport) -> tuple[str, str | None]:
    return report.subject, report.candidate.origin


def _of_the_run(report: Report) -> tuple[Problem, ...]:
    """The problems that belong to no report of a subject."""
    own = {problem for subject in report.subjects for problem in subject.problems}
    return tuple(problem for problem in report.errors if problem not in own)


def _only(problems: Iterable[Problem], known: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems that are not known yet, whatever was being done when they were met."""
    told_already = {(one.message, one.place, one.subject) for one in known}
    return tuple(one for one in problems if (one.message, one.place, one.subject) not in told_already)


def _worse(one: Verdict, other: Verdict) -> bool:
    return one is not other and worst([one, other]) is one


def _joined(own: SubjectReport, other: SubjectReport) -> SubjectReport:
    """One report of what both refuse, at the level of the gate that refuses more."""
    pairs = {(one.direction, one.baseline): one for one in own.comparisons}
    for comparison in other.comparisons:
        known = pairs.setdefault((comparison.direction, comparison.baseline), comparison)
        if _worse(comparison.result.verdict, known.result.verdict):
            pairs[comparison.direction, comparison.baseline] = comparison
    findings = {one.fingerprint: one for one in own.findings}
    for finding in other.findings:
        if _worse(verdict_of([finding]), verdict_of([findings.setdefault(finding.fingerprint, finding)])):
            findings[finding.fingerprint] = finding
    return replace(
        other if _worse(other.verdict, own.verdict) else own,
        comparisons=tuple(pairs.values()),
        findings=tuple(findings.values()),
        problems=(*own.problems, *_only(other.problems, own.problems)),
        verdict=worst([own.verdict, other.verdict]),
        registry_verdict=worst([own.registry_verdict, other.registry_verdict]),
    )
