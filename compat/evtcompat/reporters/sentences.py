"""The sentences that several reports share: the answer of a run, a change, whom it hits, the proof, what went wrong."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from evtcompat.checking.grouping import Change, Effect, versions
from evtcompat.checking.verdicts import verdict_of
from evtcompat.dataclasses import replace
from evtcompat.model.findings import Finding
from evtcompat.model.levels import Direction
from evtcompat.model.reports import Counts, Problem, Report, SchemaName, SubjectReport, name_of
from evtcompat.model.verdicts import Severity, Verdict
from evtcompat.model.witnesses import Witness, WitnessKind
from evtcompat.reporters.payload_excerpt import excerpt
from evtcompat.reporters.terminal import Terminal, printable, width_of
from evtcompat.rules.catalogue import catalogue

#: A longer payload is shown by the way to the point; the JSON report has all of it.
_LONGEST_PAYLOAD = 120
#: More names than this are counted.
_NAMED = 5
#: What is said of a subject, of several versions of which several things are to be said: the first of these.
_FOREMOST = ("compared", "new", "removed", "repaired", "skipped", "unchanged")


def problem_lines(problem: Problem, terminal: Terminal) -> Iterator[str]:
    """What cannot be read, in the place of what it would have said."""
    place = printable(problem.place or problem.subject or "evtcompat")
    yield f"{terminal.style(place, 'bold')}  {terminal.style('unchecked', 'bold', 'red')}"
    yield from terminal.wrap(printable(problem.message), "  ")
    if problem.hint:
        yield from terminal.wrap(printable(problem.hint), "  next  ")


def headline(report: Report, width: int | None = None) -> str:
    """The answer of the run on one line: what breaks, what is not known, what was looked at.

    Args:
        report: Of the run.
        width: How many characters fit; names that do not are counted.
    """
    lines = [" ".join(_sentences(report, shown)) for shown in range(_NAMED, -1, -1)]
    return next((line for line in lines if width is None or width_of(line) <= width), lines[-1])


def _sentences(report: Report, shown: int) -> list[str]:
    called = _subjects(report.subjects)
    by_verdict = {
        verdict: _of([one for one in report.subjects if one.verdict is verdict and _counts(one)], called)
        for verdict in Verdict
    }
    declared = _of([one for one in report.subjects if one.declared and not one.settled], called)
    before = len(_of([one for one in report.subjects if one.settled and not one.verdict.passes], called))
    total, breaking = len(called), by_verdict[Verdict.INCOMPATIBLE]
    found = []
    if breaking:
        verb = "breaks" if len(breaking) == 1 else "break"
        many = f"{len(breaking)} of {total} {'subject' if total == 1 else 'subjects'} {verb} consumers"
        one = total == 1 and shown
        found.append(f"{breaking[0]} breaks consumers." if one else f"{many}{_listed(breaking, shown)}.")
    if verdict_of(report.findings) is Verdict.INCOMPATIBLE:
        rules = dict.fromkeys(one.rule for one in report.findings if one.severity is Severity.ERROR)
        found.append(f"The run itself fails: {', '.join(rules)}.")
    if by_verdict[Verdict.UNDECIDED]:
        found.append(f"{len(by_verdict[Verdict.UNDECIDED])} undecided{_listed(by_verdict[Verdict.UNDECIDED], shown)}.")
    if report.errors:
        found.append(_unchecked(report, shown))
    if not found:
        found.append(_all_well(report))
    if declared:
        many = "1 breaks" if len(declared) == 1 else f"{len(declared)} break"
        found.append(f"{many} as a new major version declares{_listed(declared, shown)}.")
    if before:
        found.append(f"{before} did so before: history.")
    counts = _counts_sentence(_of_subjects(report))
    return [*found, f"{counts}."] if counts else found


def _unchecked(report: Report, shown: int) -> str:
    """What could not be checked, and how much of that the change did nothing about."""
    untouched = {problem for one in report.subjects if one.state == "unchanged" for problem in one.problems}
    every, before = len(report.errors), sum(problem in untouched for problem in report.errors)
    if before == every:
        return f"{every} that did not change could not be checked."
    if before:
        return f"{every} could not be checked ({before} unchanged)."
    places = [re.sub(r":\d+:\d+$", "", one.place or one.subject or "") for one in report.errors]
    if places == ["."]:  # the whole folder, of which the message says all that there is to say
        message = printable(report.errors[0].message)
        return f"{message[:1].upper()}{message[1:]}."
    named = [printable(place) for place in dict.fromkeys(places) if place not in ("", ".")]
    # a name less than there are problems would hide one
    return f"{every} could not be checked{_listed(named, shown if len(named) == every else 0)}."


def _of_subjects(report: Report) -> Counts:
    """What the run looked at in subjects, where the report counts each version of one."""
    states: dict[tuple[object, ...], set[str]] = {}
    for one in report.subjects:
        if one.comparisons or not one.problems:
            states.setdefault(_key(one), set()).add(one.state)
    found = Counter(next(state for state in _FOREMOST if state in of_one) for of_one in states.values())
    return replace(
        report.counts,
        compared=found["compared"],
        unchanged=found["unchanged"],
        new=found["new"],
        removed=found["removed"],
    )


def _counts(subject: SubjectReport) -> bool:
    """Whether the verdict on a subject decides what becomes of the run."""
    return not (subject.settled or subject.declared)


def _key(subject: SubjectReport) -> tuple[object, ...]:
    """Equal for the versions of one subject; a consumer is held to each of them by itself."""
    version = None if subject.consumer is None else subject.candidate
    return subject.identity, subject.format, subject.consumer, version


def _subjects(reports: Sequence[SubjectReport]) -> dict[tuple[object, ...], str]:
    """How each subject is called, however many versions of it are looked at: as `names_of` tells several apart."""
    one_each = {_key(one): one for one in reversed(reports)}
    return dict(zip(one_each, names_of(tuple(one_each.values())), strict=True))


def _of(reports: Sequence[SubjectReport], called: Mapping[tuple[object, ...], str]) -> list[str]:
    """The names of the subjects that reports are about, each once."""
    return [called[key] for key in dict.fromkeys(map(_key, reports))]


def _all_well(report: Report) -> str:
    if not report.subjects and report.baselines:
        return "No schema has changed: nothing was compared."
    if not report.subjects:
        return "No schema was found: nothing was compared."
    if any(subject.declared for subject in report.subjects):
        return "No consumer breaks unannounced."
    if report.counts.compared or report.counts.unchanged:
        return "No consumer breaks."
    return "Nothing was compared."


def _listed(names: Sequence[str], shown: int) -> str:
    if not shown or not names:
        return ""
    rest = f" and {len(names) - shown} more" if len(names) > shown else ""
    return f" ({', '.join(names[:shown])}{rest})"


def _counts_sentence(counts: Counts) -> str:
    """What the run looked at: ``1 changed, 2 unchanged``; ``""`` when there was nothing."""
    words = (
        (counts.compared, "changed"),
        (counts.unchanged, "unchanged"),
        (counts.new, "new"),
        (counts.removed, "removed"),
        (counts.skipped, "skipped"),
    )
    return ", ".join(f"{number} {word}" for number, word in words if number)


def names_of(subjects: Sequence[SubjectReport]) -> tuple[str, ...]:
    """How each subject is called: by its name, and by its file too where several of those under check have one name."""
    judged = Counter(subject.title for subject in subjects if not subject.settled)
    every = Counter(subject.title for subject in subjects)
    return tuple(
        f"{one.title} ({one.candidate.origin})"
        if (every if one.settled else judged)[one.title] > 1 and one.candidate.origin
        else one.title
        for one in subjects
    )


def title(change: Change) -> str:
    """What was done, as a heading: the words of the change, else the rule that judges it."""
    if not change.words:
        return change.finding.rule
    return change.words + (f", in {change.places} places" if change.places > 1 else "")


def label(name: SchemaName, otherwise: str) -> str:
    """How a person calls a document."""
    return name_of(name, otherwise)


def ends(subject: SubjectReport | None) -> tuple[str, str]:
    """What the places of a change are called: in what is under check, and in what that is compared with."""
    return ("now", "before") if subject is None or subject.consumer is None else ("producer", "consumer")


class Sides(NamedTuple):
    """How sentences call the two sides of a comparison."""

    reader: str
    writer: str
    #: The verb after the reader: several versions ``read``.
    verb: str = "reads"

    @property
    def words(self) -> str:
        """Who reads whom: ``v3 reads v2``."""
        return f"{self.reader} {self.verb} {self.writer}"


def sides(effect: Effect, subject: SubjectReport) -> Sides:
    """How sentences call the reader and the writer of an effect that has a direction."""
    history = list(dict.fromkeys(comparison.baseline for comparison in subject.comparisons))
    return _sides(subject, effect.direction, effect.baselines, history)


def between(subject: SubjectReport, direction: Direction) -> Sides:
    """How sentences call the reader and the writer of everything that was compared in a direction."""
    history = list(dict.fromkeys(one.baseline for one in subject.comparisons if one.direction is direction))
    return _sides(subject, direction, history, history)


def _sides(
    subject: SubjectReport,
    direction: Direction | None,
    baselines: Sequence[SchemaName],
    history: Sequence[SchemaName],
) -> Sides:
    new, old = name_of(subject.candidate, "your change"), subject.consumer or versions(baselines, history)
    if direction is Direction.BACKWARD:
        return Sides(new, old)
    several = subject.consumer is None and len(set(baselines)) > 1
    return Sides(old, new, "read" if several else "reads")


def explained(effect: Effect, subject: SubjectReport) -> str:
    """Whom an effect hits and why, as sentences."""
    if effect.direction is None or subject.consumer is not None:
        return effect.finding.message
    both = sides(effect, subject)
    return lead(effect.finding, both.reader, both.writer) + effect.finding.message


def lead(finding: Finding, reader: str, writer: str) -> str:
    """Who is hit, for findings about a pair."""
    if finding.severity is not Severity.ERROR:
        return ""
    misread = finding.witness is not None and finding.witness.kind is WitnessKind.MISREAD
    rule = catalogue().get(finding.rule)
    if misread or (rule is not None and rule.misreads):
        return f"Consumers on {reader} take events written with {writer} for something else: "
    return f"Consumers on {reader} cannot read events written with {writer}: "


def proof(witness: Witness, names: str = "") -> str:
    """The payload, and what was seen to happen to it, on one line.

    Args:
        witness: The payload, and what became of it.
        names: The place that it is about, by names: of a long payload what leads there is shown.
    """
    payload = excerpt(witness.value, names, _LONGEST_PAYLOAD)
    if witness.kind is WitnessKind.REFUSED:
        return f"{payload}  refused by {witness.confirmed_by}: {witness.observed}"
    if witness.kind is WitnessKind.MISREAD:
        by = f" by {witness.confirmed_by}" if witness.confirmed_by else ""
        return f"{payload}  misread{by}: {witness.observed}"
    if not witness.payload and witness.value is None:
        return witness.observed
    return f"{payload}  refused by the rules, not seen to fail here: {witness.observed}"
