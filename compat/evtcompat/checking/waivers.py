"""Waivers: reasoned, owned, expiring acceptances of single findings. Pure; the clock is handed in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

from evtcompat.checking.check import verdict_of, worst
from evtcompat.config.find import Reader, read_text
from evtcompat.config.toml_table import Table, parse_toml
from evtcompat.errors import ConfigError, UsageError
from evtcompat.model.findings import Finding, WaivedBy
from evtcompat.model.mismatches import Mismatch
from evtcompat.model.places import Place
from evtcompat.model.reports import DirectedComparison, Report, SubjectReport
from evtcompat.model.verdicts import Verdict
from evtcompat.rules.judge import Severities
from evtcompat.rules.run import judged

#: How long before its end a waiver that is in use is announced.
ANNOUNCED = timedelta(days=14)

#: Findings about the gate and its waivers cannot be waived: whoever adds the waiver weakens the gate once more.
UNWAIVABLE = ("gate-weakened", "waiver-expired", "waiver-expiring", "waiver-unused")

_KEYS = ("fingerprint", "rule", "subject", "reason", "owner", "expires")
_FINGERPRINT = re.compile(r"[0-9a-f]{24}")


@dataclass(frozen=True, slots=True)
class Waiver:
    """One entry of the waiver file."""

    fingerprint: str
    rule: str
    subject: str
    reason: str
    owner: str
    #: The last day on which it holds.
    expires: date
    #: Where the entry stands.
    place: Place = field(default=Place(), compare=False)

    def accepts(self, subject: str, finding: Finding) -> bool:
        """Whether it names this finding of this subject; all three words must agree."""
        named = (self.fingerprint, self.rule, self.subject)
        return named == (finding.fingerprint, finding.rule, subject) and finding.rule not in UNWAIVABLE


def parse_waivers(text: str, origin: str) -> tuple[Waiver, ...]:
    """The entries of a waiver file, in its order.

    Raises:
        ConfigError: The text is not TOML, a key is unknown or missing, a value has the wrong type, or two entries have
            the same fingerprint.
    """
    top = Table(parse_toml(text, origin), origin, text)
    top.only(("waivers",))
    found: dict[str, Waiver] = {}
    for table in top.tables("waivers"):
        waiver = _waiver(table)
        if waiver.fingerprint in found:
            first = found[waiver.fingerprint].place.line
            table.fail(f"two waivers have the fingerprint {waiver.fingerprint}; the first is on line {first}")
        found[waiver.fingerprint] = waiver
    return tuple(found.values())


def load_waivers(path: Path, *, origin: str | None = None, read: Reader = read_text) -> tuple[Waiver, ...]:
    """The entries of a waiver file; none when there is no such file.

    Args:
        path: Of the file: `Config.waivers` below `Config.folder`.
        origin: What messages call it.
        read: Where its text comes from: the file system, a commit, the index.

    Raises:
        ConfigError: It is there and cannot be read, or is wrong.
    """
    text = read(path)
    return () if text is None else parse_waivers(text, origin or str(path))


def _waiver(table: Table) -> Waiver:
    table.only(_KEYS)
    for key in _KEYS:
        if key not in table.values:
            table.fail(f"`{table.called()}` has no `{key}`", hint=f"A waiver needs {', '.join(_KEYS)}.")
    fingerprint = table.string("fingerprint") or ""
    if not _FINGERPRINT.fullmatch(fingerprint):
        table.fail(f"`{table.called('fingerprint')}` must be 24 hexadecimal digits, as reports print it", "fingerprint")
    rule = table.string("rule") or ""
    _check_rule(rule, lambda message, hint: table.fail(message, "rule", hint=hint))
    expires = table.day("expires")
    if expires is None:  # the key is there, checked above
        raise AssertionError
    words = {key: table.string(key) or "" for key in ("subject", "reason", "owner")}
    for key in ("reason", "owner"):
        if not words[key].strip():
            table.fail(f"`{table.called(key)}` must not be blank", key)
    return Waiver(fingerprint, rule, **words, expires=expires, place=table.place())


def _check_rule(rule: str, fail: Callable[[str, str | None], object]) -> None:
    from evtcompat.config.values import near
    from evtcompat.rules.catalogue import catalogue

    if rule not in catalogue():
        meant = near(rule, catalogue())
        fail(f"unknown rule `{rule}`", f"Did you mean `{meant}`?" if meant else "`evtcompat rules` lists the rules.")
    if rule in UNWAIVABLE:
        fail(f"findings of {rule} cannot be waived", None)


def waiver_for(
    report: Report, fingerprint: str, *, reason: str, owner: str, expires: date, today: date
) -> tuple[Waiver, Finding]:
    """The waiver that accepts a finding of a report, and the finding.

    Raises:
        UsageError: The report has no such finding, it cannot be waived, it is waived already, or the day is over.
    """
    found = [
        (subject.subject, finding)
        for subject in report.subjects
        for finding in _all_findings(subject)
        if finding.fingerprint == fingerprint
    ]
    if not found:
        about_run = any(finding.fingerprint == fingerprint for finding in report.findings)
        message = f"{fingerprint} cannot be waived" if about_run else f"no finding has the id {fingerprint}"
        hint = "Findings about the gate and the waivers count for everybody." if about_run else _HINT
        raise UsageError(message, hint=hint)
    subject, finding = found[0]
    if finding.waived is not None:
        message = f"{fingerprint} is waived already, until {finding.waived.expires}"
        raise UsageError(message, hint="Change `expires` and `reason` of its entry to renew it.")
    if expires < today:
        message = f"the waiver would have expired on {expires} already"
        raise UsageError(message, hint="Give --expires a day to come.")
    return Waiver(fingerprint, finding.rule, subject, reason, owner, expires), finding


_HINT = "`evtcompat check` prints the id of every finding; run it with the same paths and baseline."


def append_waiver(text: str, waiver: Waiver, origin: str = "evtcompat-waivers.toml") -> str:
    """The text of the waiver file with one more entry at its end; what was there stays byte for byte.

    Raises:
        ConfigError: The text is no valid waiver file, has the fingerprint already, or writes its entries as an inline
            array, to which no table can be added.
        UsageError: The entry itself would not be valid.
    """
    known = {entry.fingerprint: entry for entry in parse_waivers(text, origin)}
    if waiver.fingerprint in known:
        place = known[waiver.fingerprint].place
        message = f"{waiver.fingerprint} has a waiver already, until {known[waiver.fingerprint].expires}"
        raise ConfigError(message, place=place, hint="Change `expires` and `reason` there to renew it.")
    end = "\r\n" if "\r\n" in text else "\n"
    entry = [
        "[[waivers]]",
        f"fingerprint = {_quoted(waiver.fingerprint)}",
        f"rule = {_quoted(waiver.rule)}",
        f"subject = {_quoted(waiver.subject)}",
        f"reason = {_quoted(waiver.reason)}",
        f"owner = {_quoted(waiver.owner)}",
        f"expires = {waiver.expires.isoformat()}",
    ]
    try:
        parse_waivers("\n".join(entry), "the new waiver")
    except ConfigError as error:
        raise UsageError(error.message, hint=error.hint) from error
    gap = "" if not text else end if text.endswith("\n") else end * 2
    result = text + gap + end.join(entry) + end
    try:
        parse_waivers(result, origin)
    except ConfigError as error:
        message = "no entry can be added: write each waiver as a table [[waivers]] of its own"
        raise ConfigError(message, place=Place(origin=origin), hint=error.message) from error
    return result


def _quoted(text: str) -> str:
    """A basic string of TOML."""
    escapes = {'"': '\\"', "\\": "\\\\"}
    return '"' + "".join(escapes.get(c, c if c.isprintable() else f"\\U{ord(c):08x}") for c in text) + '"'


def apply(
    report: Report,
    waivers: Sequence[Waiver],
    today: date,
    severities: Severities | None = None,
    *,
    complete: bool = False,
) -> Report:
    """The report with the accepted findings marked `waived`, verdicts that follow, and findings about the waivers.

    An expired waiver accepts nothing and is a finding itself; one that is used and ends within 14 days is announced;
    one that fits no finding of its subject is told. Waivers of subjects that this run did not compare are left alone.

    Args:
        report: As the check answered.
        waivers: The entries of the waiver file.
        today: The day on which it is judged.
        severities: How much the rules ``waiver-*`` weigh in this run.
        complete: Whether the run covered every subject: then a waiver for an unknown subject is told too.
    """
    if not waivers:
        return report
    valid = {waiver.fingerprint: waiver for waiver in waivers if today <= waiver.expires}
    used: set[str] = set()
    subjects = tuple(_with_waivers(subject, valid, used) for subject in report.subjects)
    about = _about(waivers, report, used, today, complete=complete)
    findings = (*report.findings, *judged(about, severities or Severities()))
    verdicts = [subject.verdict for subject in subjects] + [verdict_of(findings)]
    verdicts += [Verdict.UNCHECKED] if report.errors else []
    return replace(report, subjects=subjects, findings=findings, verdict=worst(verdicts))


def _with_waivers(subject: SubjectReport, waivers: Mapping[str, Waiver], used: set[str]) -> SubjectReport:
    def marked(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        result = []
        for finding in findings:
            waiver = waivers.get(finding.fingerprint)
            if waiver is not None and waiver.accepts(subject.subject, finding):
                used.add(waiver.fingerprint)
                result.append(replace(finding, waived=WaivedBy(waiver.reason, waiver.owner, waiver.expires)))
            else:
                result.append(finding)
        return tuple(result)

    def compared(comparison: DirectedComparison) -> DirectedComparison:
        findings = marked(comparison.result.findings)
        if findings == comparison.result.findings:
            return comparison
        verdict = verdict_of(findings, comparison.result.undecided)
        return replace(comparison, result=replace(comparison.result, findings=findings, verdict=verdict))

    comparisons = tuple(compared(comparison) for comparison in subject.comparisons)
    findings = marked(subject.findings)
    if comparisons == subject.comparisons and findings == subject.findings:
        return subject
    verdicts = [comparison.result.verdict for comparison in comparisons] + [verdict_of(findings)]
    verdicts += [Verdict.UNCHECKED] if subject.problems else []
    return replace(subject, comparisons=comparisons, findings=findings, verdict=worst(verdicts))


def _about(
    waivers: Sequence[Waiver], report: Report, used: set[str], today: date, *, complete: bool
) -> Iterable[Mismatch]:
    """What is to say of the waivers themselves."""
    known = {subject.subject for subject in report.subjects} | {problem.subject for problem in report.errors}
    compared = {
        subject.subject
        for subject in report.subjects
        if subject.state in {"compared", "removed"} and not subject.problems
    }
    findings = {
        finding.fingerprint: (subject.subject, finding.rule)
        for subject in report.subjects
        for finding in _all_findings(subject)
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
