"""The report over all subjects of a run, and its exit code."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from evtcompat.checking.plans import Plan, RunSettings
from evtcompat.checking.rollout import rollout_of_run, services_of_run
from evtcompat.checking.subjects import check_subject
from evtcompat.checking.verdicts import verdict_of, worst
from evtcompat.config.values import UndecidedAction
from evtcompat.model.findings import Finding
from evtcompat.model.owners import Owners
from evtcompat.model.reports import Counts, Problem, Report, SubjectReport
from evtcompat.model.subjects import order
from evtcompat.model.verdicts import Verdict


def check_run(plans: Iterable[Plan], settings: RunSettings) -> Report:
    """The report over all subjects."""
    return assemble((check_subject(plan, settings) for plan in plans), owners=settings.owners)


def assemble(
    reports: Iterable[SubjectReport],
    *,
    problems: Sequence[Problem] = (),
    skipped: Sequence[str] = (),
    lookalikes: Sequence[str] = (),
    findings: tuple[Finding, ...] = (),
    owners: Mapping[str, Owners] | None = None,
    baselines: Sequence[str] = (),
) -> Report:
    """One report of the subjects' reports: sorted, counted, with the verdict over all."""
    subjects = tuple(sorted(reports, key=_report_order))
    errors = (*problems, *(problem for report in subjects if not report.settled for problem in report.problems))
    unchecked = sorted({problem.subject for problem in errors if problem.subject is not None})
    # what could not be checked was neither compared nor found to be new: it is among the errors
    states = [report.state for report in subjects if report.comparisons or not report.problems]
    counts = Counts(
        compared=states.count("compared"),
        unchanged=states.count("unchanged"),
        new=states.count("new"),
        removed=states.count("removed"),
        skipped=states.count("skipped") + states.count("repaired") + len(skipped),
        history=sum(report.settled for report in subjects),
    )
    verdicts = [report.verdict for report in subjects if not (report.settled or report.declared)] + [
        verdict_of(findings)
    ]
    if errors:
        verdicts.append(Verdict.UNCHECKED)
    return Report(
        verdict=worst(verdicts),
        subjects=subjects,
        counts=counts,
        errors=errors,
        skipped=tuple(skipped),
        lookalikes=tuple(lookalikes),
        rollout=rollout_of_run([one for one in subjects if one.consumer is None], owners, unchecked),
        services=services_of_run([one for one in subjects if one.consumer is None], owners, unchecked),
        findings=findings,
        baselines=tuple(baselines),
    )


def _report_order(report: SubjectReport) -> tuple[object, ...]:
    return order(report.subject), report.consumer or "", report.candidate.origin or ""


def exit_code(report: Report, *, undecided: UndecidedAction = UndecidedAction.EXIT) -> int:
    """The exit code of a run: 2 over 1 over 3 over 5 over 4 over 0.

    Args:
        report: Of the whole run.
        undecided: What becomes of a run in which something is undecided.
    """
    codes = {problem.exit_code for problem in report.errors}
    verdicts = {verdict_of(report.findings)}
    for subject in report.subjects:
        if subject.settled:
            continue
        verdicts |= (
            {verdict_of(subject.findings)} if subject.declared else {subject.verdict, verdict_of(subject.findings)}
        )
        verdicts |= {one.result.verdict for one in subject.comparisons if not one.declared}
        verdicts |= {Verdict.UNCHECKED} if subject.problems else set()
    if Verdict.INCOMPATIBLE in verdicts:
        codes.add(1)
    if Verdict.UNCHECKED in verdicts:
        codes.add(3)
    if Verdict.UNDECIDED in verdicts:
        codes.add(undecided.exit_code)
    return worst_code(codes)


def worst_code(codes: Collection[int]) -> int:
    """The exit code of several runs: 2 over 1 over 3 over 5 over 4 over 0."""
    return next((code for code in (2, 1, 3, 5, 4) if code in codes), 0)
