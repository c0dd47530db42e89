"""What waivers accept: reasoned, owned, expiring acceptances of single findings. Pure; the clock is handed in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from evtcompat.checking.verdicts import verdict_of, worst
from evtcompat.config.waivers import UNWAIVABLE, Waiver
from evtcompat.dataclasses import replace
from evtcompat.errors import UsageError
from evtcompat.model.findings import Finding, FoundAt, WaivedBy
from evtcompat.model.mismatches import Mismatch
from evtcompat.model.reports import DirectedComparison, Report, SubjectReport
from evtcompat.model.subjects import forms
from evtcompat.model.verdicts import Severity, Verdict
from evtcompat.rules.judge import Severities
from evtcompat.rules.run import judged

#: How long before its end a waiver that is in use is announced.
ANNOUNCED = timedelta(days=14)


def waiver_for(
    report: Report, fingerprint: str, *, reason: str, owner: str, expires: date, today: date
) -> tuple[Waiver, Finding]:
    """The waiver that accepts a finding of a report, and the finding.

    The id of a cause stands for all that comes of it, in both directions and against every version: the waiver accepts
    the places that there are now. The fingerprint of a finding stands for that finding, at all its places.

    Raises:
        UsageError: The report has no such finding, it cannot be waived, it is waived already, or the day is over.
    """
    found = [
        (subject.subject, finding)
        for subject in report.subjects
        for finding in _all_findings(subject)
        if fingerprint in _ids(finding)
    ]
    if not found:
        about_run = any(finding.fingerprint == fingerprint for finding in report.findings)
        message = f"{fingerprint} cannot be waived" if about_run else f"no finding has the id {fingerprint}"
        hint = "Findings about the gate and the waivers count for everybody." if about_run else _HINT
        raise UsageError(message, hint=hint)
    found = [one for one in found if one[1].waived is None] or found
    subject, finding = min(found, key=lambda one: _WEIGHT.index(one[1].severity))
    if finding.waived is not None:
        message = f"{fingerprint} is waived already, until {finding.waived.expires}"
        raise UsageError(message, hint="Change `expires` and `reason` of its entry to renew it.")
    if expires < today:
        message = f"the waiver would have expired on {expires} already"
        raise UsageError(message, hint="Give --expires a day to come.")
    places = tuple(dict.fromkeys(place.fingerprint for _, one in found for place in one.places))
    listed = () if places == (fingerprint,) else places
    return Waiver(fingerprint, finding.rule, subject, reason, owner, expires, listed), finding


def failing_ids(report: Report) -> tuple[str, ...]:
    """What the findings that fail a run can be waived by, one id a cause, in the order of the report."""
    found = {
        finding.fingerprint if finding.cause is None else finding.cause.id: None
        for subject in report.subjects
        if not subject.settled
        for finding in _all_findings(subject)
        if finding.severity is Severity.ERROR and finding.waived is None and finding.rule not in UNWAIVABLE
    }
    return tuple(found)


_WEIGHT = list(Severity)


def _ids(finding: Finding) -> set[str]:
    """What a finding can be waived by."""
    found = {place.fingerprint for place in finding.places}
    return found if finding.cause is None else found | {finding.cause.id}


_HINT = "`evtcompat check` prints the id of every finding; run it with the same paths and baseline."


def apply(
    report: Report,
    waivers: Sequence[Waiver],
    today: date,
    severities: Severities | None = None,
    *,
    complete: bool = False,
) -> Report:
    """The report with the accepted findings marked `waived`, verdicts that follow, and findings about the waivers.

    A waiver accepts the places that it names; a finding that has others as well stays open with those. An expired
    waiver accepts nothing and is a finding itself; one that is used and ends within 14 days is announced;
    one that fits no finding of its subject is reported. Waivers of subjects that this run did not compare are left
    alone.

    Args:
        report: As the check answered.
        waivers: The entries of the waiver file.
        today: The day on which it is judged.
        severities: How much the rules ``waiver-*`` weigh in this run.
        complete: Whether the run covered every subject: then a waiver for an unknown subject is reported too.
    """
    if not waivers:
        return report
    valid = {
        fingerprint: waiver
        for waiver in waivers
        if today <= waiver.expires
        for fingerprint in (waiver.fingerprint, *waiver.places)
    }
    used: set[str] = set()
    subjects = tuple(_with_waivers(subject, valid, used) for subject in report.subjects)
    about = _about(waivers, report, used, today, complete=complete)
    findings = (*report.findings, *judged(about, severities or Severities()))
    verdicts = [subject.verdict for subject in subjects if not (subject.settled or subject.declared)] + [
        verdict_of(findings)
    ]
    verdicts += [Verdict.UNCHECKED] if report.errors else []
    return replace(report, subjects=subjects, findings=findings, verdict=worst(verdicts))


def _with_waivers(subject: SubjectReport, waivers: Mapping[str, Waiver], used: set[str]) -> SubjectReport:
    def marked(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        return tuple(part for finding in findings for part in _marked(finding, subject.identity, waivers, used))

    def compared(comparison: DirectedComparison) -> DirectedComparison:
        findings = marked(comparison.result.findings)
        if findings == comparison.result.findings:
            return comparison
        verdict = Verdict.INCOMPATIBLE if comparison.declared else verdict_of(findings, comparison.result.undecided)
        return replace(comparison, result=replace(comparison.result, findings=findings, verdict=verdict))

    comparisons = tuple(compared(comparison) for comparison in subject.comparisons)
    findings = marked(subject.findings)
    if comparisons == subject.comparisons and findings == subject.findings:
        return subject
    verdicts = [comparison.result.verdict for comparison in comparisons] + [verdict_of(findings)]
    verdicts += [Verdict.UNCHECKED] if subject.problems else []
    return replace(subject, comparisons=comparisons, findings=findings, verdict=worst(verdicts))


def _marked(finding: Finding, subject: str, waivers: Mapping[str, Waiver], used: set[str]) -> Iterable[Finding]:
    """The finding, with what is accepted of it marked: two findings where that holds for some of its places only."""
    parts: dict[Waiver | None, list[FoundAt]] = {}
    for place in finding.places:
        waiver = waivers.get(place.fingerprint)
        accepted = waiver if waiver is not None and waiver.accepts(subject, place) else None
        parts.setdefault(accepted, []).append(place)
    for waiver, places in parts.items():
        part = _at(finding, places) if len(parts) > 1 else finding
        if waiver is None:
            yield part
        else:
            used.add(waiver.fingerprint)
            yield replace(part, waived=WaivedBy(waiver.reason, waiver.owner, waiver.expires))


def _at(finding: Finding, places: Sequence[FoundAt]) -> Finding:
    """The finding at some of its places."""
    first = places[0]
    message = finding.message
    for before, after in ((finding.reader, first.reader), (finding.writer, first.writer)):
        if before.names:
            message = message.replace(f"`{before.names}`", f"`{after.names}`")
    return replace(
        finding,
        message=message,
        rule=first.rule,
        reader=first.reader,
        writer=first.writer,
        fingerprint=first.fingerprint,
        also=tuple(places[1:]),
    )


def _about(
    waivers: Sequence[Waiver], report: Report, used: set[str], today: date, *, complete: bool
) -> Iterable[Mismatch]:
    """What is to say of the waivers themselves."""
    known = {form for subject in report.subjects for form in forms(subject.identity)}
    known |= {problem.subject for problem in report.errors if problem.subject is not None}
    compared = {
        form
        for subject in report.subjects
        for form in forms(subject.identity)
        if subject.state in {"compared", "removed"} and not subject.problems and not subject.settled
    }
    findings = {
        place.fingerprint: (subject.subject, place.rule)
        for subject in report.subjects
        for finding in _all_findings(subject)
        for place in finding.places
    }
    for waiver in waivers:
        in_run = waiver.subject in known or (complete and not report.errors)
        if waiver.expires < today:
            if in_run:
                yield _mismatch("waiver-expired", waiver)
        elif waiver.fingerprint in used:
            if waiver.expires - today <= ANNOUNCED:
                yield _mismatch("waiver-expiring", waiver)
        elif waiver.fingerprint in findings:
            subject, rule = findings[waiver.fingerprint]
            yield _mismatch("waiver-unused", waiver, reason=f"the finding is of rule {rule} and subject {subject}")
        elif waiver.subject in compared:
            yield _mismatch("waiver-unused", waiver, reason="the subject has no such finding")
        elif in_run and waiver.subject not in known:
            yield _mismatch("waiver-unused", waiver, reason="there is no such subject")


def _all_findings(subject: SubjectReport) -> Iterable[Finding]:
    yield from subject.findings
    for comparison in subject.comparisons:
        yield from comparison.result.findings


def _mismatch(rule: str, waiver: Waiver, **more: str) -> Mismatch:
    facts = {
        "fingerprint": waiver.fingerprint,
        "rule": waiver.rule,
        "subject": waiver.subject,
        "owner": waiver.owner,
        "expires": waiver.expires.isoformat(),
        **more,
    }
    return Mismatch(rule, waiver.place, waiver.place, facts)
