"""A report as a flat list: what every format of a CI system shows, with the same words, places and fingerprints."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum

from evtcompat.checking.grouping import Change, Effect, changes_of
from evtcompat.dataclasses import dataclass
from evtcompat.model.canonical import content_hash
from evtcompat.model.findings import Finding, WaivedBy
from evtcompat.model.levels import Direction
from evtcompat.model.mismatches import Undecided
from evtcompat.model.places import Place, place_of
from evtcompat.model.reports import DirectedComparison, Problem, Report, SchemaName, SubjectReport
from evtcompat.model.verdicts import Severity, Verdict
from evtcompat.reporters.periods import seen
from evtcompat.reporters.sentences import explained, label, proof, sides, title

#: What stands for the rule of an open question and of something that could not be checked.
UNDECIDED_RULE = "undecided"
UNCHECKED_RULE = "unchecked"
#: One sentence on each of them, as a rule has.
PSEUDO_RULES = {
    UNDECIDED_RULE: "A part of the comparison can be neither proved nor refuted.",
    UNCHECKED_RULE: "Something could not be checked; that is neither a pass nor a failure.",
}
#: The path of what has none.
NO_FILE = "."

_DRIVE = re.compile(r"[A-Za-z]:[/\\]")
_REMOTE = ("registry:", "lock:", "http://", "https://")


class Kind(Enum):
    """What an entry is."""

    FINDING = "finding"
    UNDECIDED = "undecided"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a report has to say about one place. Texts are raw: each format escapes them."""

    kind: Kind
    rule: str
    severity: Severity
    #: The change as a person made it, or the name of the rule: a heading.
    title: str
    #: What is wrong and for whom, as sentences on one line.
    message: str
    #: The best place that is known: in the candidate, else in the baseline.
    place: Place
    #: The id of the cause, or the fingerprint of what has none.
    fingerprint: str
    subject: str | None = None
    #: ``backward: v3 reads v2``, ``backward, forward``, or ``""``.
    direction: str = ""
    #: The place on the other side, and the words before it (``written with v2 at``).
    other: tuple[str, Place] | None = None
    change: Change | None = None
    #: What its effects say beside the first of them: the direction, and the sentences.
    also: tuple[tuple[str, str], ...] = ()
    hint: str | None = None

    @property
    def finding(self) -> Finding | None:
        """What hurts most of it."""
        return self.change.finding if self.change is not None else None

    @property
    def directions(self) -> tuple[Direction, ...]:
        """The directions that it is about; none for what is said of a subject or the run itself."""
        if self.change is None:
            return tuple(one for one in Direction if self.direction.startswith(one.value))
        return tuple(dict.fromkeys(one.direction for one in self.change.effects if one.direction is not None))

    @property
    def waived(self) -> WaivedBy | None:
        """The waiver that accepts it."""
        return self.finding.waived if self.finding is not None else None

    @property
    def fails(self) -> bool:
        """Whether it keeps a run from being compatible."""
        return self.kind is not Kind.FINDING or (self.severity is Severity.ERROR and self.waived is None)

    @property
    def path(self) -> str:
        """The file that it is about, relative where the report has it relative; `NO_FILE` when there is none."""
        return file_of(self.place.origin) or NO_FILE

    def details(self) -> tuple[tuple[str, str], ...]:
        """What else there is to say, as word and text: the other place, proof, fix, waiver, next step."""
        found: list[tuple[str, str]] = []
        if self.other is not None and str(self.other[1]):
            found.append((self.other[0], str(self.other[1])))
        found += self.also
        effects = self.change.effects if self.change is not None else ()
        for effect in effects:
            finding = effect.finding
            found += [("because", cause) for cause in _causes(finding)]
            if finding.witness is not None:
                found.append(("proof", proof(finding.witness, finding.writer.names or finding.reader.names)))
        fixes = dict.fromkeys(fix.text for effect in effects for fix in effect.fixes)
        found += [("fix", text) for text in fixes]
        observed = dict.fromkeys(one.finding.observed for one in effects if one.finding.observed is not None)
        found += [("seen", seen(one)) for one in observed]
        if self.waived is not None:
            found.append(("waived", f"until {self.waived.expires} by {self.waived.owner}: {self.waived.reason}"))
        if self.hint:
            found.append(("next", self.hint))
        return tuple(found)


def file_of(origin: str | None) -> str | None:
    """The path of a file's origin: ``HEAD:schemas/a.avsc`` is about ``schemas/a.avsc``; a registry has no file."""
    if not origin or origin.startswith(_REMOTE):
        return None
    if _DRIVE.match(origin):
        return origin
    return origin.partition(":")[2] or origin


def entries(report: Report) -> tuple[Entry, ...]:
    """Everything that the report has to say, in the order of the text report."""
    return tuple(_entries(report))


def _entries(report: Report) -> Iterator[Entry]:
    for subject in report.subjects:
        yield from entries_of(subject)
    yield from entries_of_run(report)


def entries_of_run(report: Report) -> Iterator[Entry]:
    """What the report has to say beside its subjects: what was never known as a subject, the gate, the waivers."""
    known = {problem for subject in report.subjects for problem in subject.problems}
    for problem in report.errors:
        if problem not in known:
            yield _problem(problem)
    for finding in report.findings:
        yield _of_change(Change(finding.fingerprint, "", (Effect(finding),)), None)


def entries_of(subject: SubjectReport) -> Iterator[Entry]:
    """What the report has to say about one subject: its changes, what is open, what could not be checked."""
    for change in changes_of(subject):
        yield _of_change(change, subject)
    for comparison in subject.comparisons:
        yield from _open(comparison, subject)
    for problem in subject.problems:
        yield _problem(problem)


def _of_change(change: Change, subject: SubjectReport | None) -> Entry:
    first = change.effects[0]
    if subject is None or first.direction is None:
        place = first.place if first.place.origin else first.other
        if place.origin is None and subject is not None:
            place = Place(place.pointer, place.names, subject.candidate.origin)
        message, direction, other = first.finding.message, "", None
    else:
        both = sides(first, subject)
        backward = first.direction is Direction.BACKWARD
        message = explained(first, subject)
        direction = f"{first.direction.value}: {both.words}"
        words = f"written with {both.writer} at" if backward else f"read with {both.reader} at"
        other = (words, first.other) if first.other != first.place else None
        place = _best(first.place, first.other, subject, first.baselines[-1])
    ways = dict.fromkeys(one.direction.value for one in change.effects if one.direction is not None)
    also = [
        (one.direction.value if one.direction is not None else "also", explained(one, subject) if subject else "")
        for one in change.effects[1:]
    ]
    return Entry(
        Kind.FINDING,
        first.finding.rule,
        first.finding.severity,
        title(change),
        message,
        place,
        change.id,
        subject.subject if subject is not None else None,
        direction if len(ways) < 2 else ", ".join(ways),  # noqa: PLR2004 - both directions
        other,
        change,
        tuple(also),
    )


def _open(comparison: DirectedComparison, subject: SubjectReport) -> Iterator[Entry]:
    """What is left open of one direction against one baseline."""
    backward = comparison.direction is Direction.BACKWARD
    new, old = (
        label(subject.candidate, "your change"),
        subject.consumer or label(comparison.baseline, "what is deployed"),
    )
    reader, writer = (new, old) if backward else (old, new)
    if comparison.result.verdict is Verdict.INCOMPATIBLE:
        known = f"Consumers on {reader} cannot read events written with {writer}, and more is open"
    else:
        known = f"Whether consumers on {reader} can read events written with {writer} is undecided"
    for part in comparison.result.undecided:
        place, other = (part.reader, part.writer) if backward else (part.writer, part.reader)
        named = f"`{part.path}`: " if part.path else ""
        yield Entry(
            Kind.UNDECIDED,
            UNDECIDED_RULE,
            Severity.WARNING,
            UNDECIDED_RULE,
            f"{known}: {named}{part.reason}",
            _best(place, other, subject, comparison.baseline),
            _fingerprint(part, comparison, subject),
            subject.subject,
            f"{comparison.direction.value}: {reader} reads {writer}",
            (f"{'written' if backward else 'read'} with {old} at", other),
        )


def _problem(problem: Problem) -> Entry:
    place = place_of(problem.place) if problem.place else Place()
    about = f"{problem.subject}: " if problem.subject else ""
    identity = [UNCHECKED_RULE, problem.subject or "", file_of(place.origin) or "", problem.message]
    return Entry(
        Kind.UNCHECKED,
        UNCHECKED_RULE,
        Severity.ERROR,
        UNCHECKED_RULE,
        f"Could not be checked: {about}{problem.message.rstrip('.')}.",
        place,
        content_hash(identity)[:24],
        problem.subject,
        hint=problem.hint,
    )


def _best(place: Place, other: Place, subject: SubjectReport, baseline: SchemaName) -> Place:
    """The place with an origin: its own, the candidate's, the other side's, the baseline's."""
    if place.origin is not None:
        return place
    if subject.candidate.origin is not None:
        return Place(place.pointer, place.names, subject.candidate.origin)
    return other if other.origin is not None else Place(place.pointer, place.names, baseline.origin)


def _fingerprint(part: Undecided, comparison: DirectedComparison, subject: SubjectReport) -> str:
    names = [part.reader.names or part.reader.pointer, part.writer.names or part.writer.pointer]
    baseline = comparison.baseline.version or ""
    return content_hash(
        [UNDECIDED_RULE, subject.subject, comparison.direction.value, baseline, *names, part.reason],
    )[:24]


def _causes(finding: Finding) -> Iterator[str]:
    for cause in finding.because:
        yield cause.message
        yield from _causes(cause)
