"""A report as a flat list: what every format of a CI system shows, with the same words, places and fingerprints."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from evtcompat.model.canonical import content_hash
from evtcompat.model.findings import Finding, WaivedBy
from evtcompat.model.levels import Direction
from evtcompat.model.mismatches import Undecided
from evtcompat.model.places import Place
from evtcompat.model.reports import DirectedComparison, Problem, Report, SubjectReport
from evtcompat.model.verdicts import Severity
from evtcompat.reporters.periods import seen
from evtcompat.reporters.text_report import label, lead, proof

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

_POSITION = re.compile(r"(?P<origin>.*):(?P<line>\d+):(?P<column>\d+)", re.DOTALL)
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
    #: What is wrong and for whom, as sentences on one line.
    message: str
    #: The best place that is known: in the candidate, else in the baseline.
    place: Place
    fingerprint: str
    subject: str | None = None
    #: ``backward: v3 reads v2``, or ``""``.
    direction: str = ""
    #: The place on the other side, and the words before it (``written with v2 at``).
    other: tuple[str, Place] | None = None
    finding: Finding | None = None
    hint: str | None = None

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
        if self.finding is not None:
            found += [("because", cause) for cause in _causes(self.finding)]
            if self.finding.witness is not None:
                found.append(("proof", proof(self.finding.witness)))
            if self.finding.fix is not None:
                found.append(("fix", self.finding.fix.text))
            if self.finding.observed is not None:
                found.append(("seen", seen(self.finding.observed)))
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
        yield _alone(finding, None)


def entries_of(subject: SubjectReport) -> Iterator[Entry]:
    """What the report has to say about one subject."""
    for finding in subject.findings:
        yield _alone(finding, subject)
    for comparison in subject.comparisons:
        yield from entries_of_comparison(comparison, subject)
    for problem in subject.problems:
        yield _problem(problem)


def entries_of_comparison(comparison: DirectedComparison, subject: SubjectReport) -> Iterator[Entry]:
    """What the report has to say about one direction against one baseline."""
    backward = comparison.direction is Direction.BACKWARD
    reader, writer = sides(comparison, subject)
    old = writer if backward else reader
    words = f"{'written' if backward else 'read'} with {old} at"
    direction = f"{comparison.direction.value}: {reader} reads {writer}"
    for finding in comparison.result.findings:
        place, other = (finding.reader, finding.writer) if backward else (finding.writer, finding.reader)
        yield Entry(
            Kind.FINDING,
            finding.rule,
            finding.severity,
            (lead(finding, (comparison.direction, reader, writer)) if subject.consumer is None else "")
            + finding.message,
            _best(place, other, subject, comparison),
            finding.fingerprint,
            subject.subject,
            direction,
            (words, other) if other != place else None,
            finding,
        )
    for part in comparison.result.undecided:
        place, other = (part.reader, part.writer) if backward else (part.writer, part.reader)
        named = f"`{part.path}`: " if part.path else ""
        yield Entry(
            Kind.UNDECIDED,
            UNDECIDED_RULE,
            Severity.WARNING,
            f"Whether consumers on {reader} can read events written with {writer} is undecided. {named}{part.reason}",
            _best(place, other, subject, comparison),
            _fingerprint(part, comparison, subject),
            subject.subject,
            direction,
            (words, other),
        )


def sides(comparison: DirectedComparison, subject: SubjectReport) -> tuple[str, str]:
    """How messages call the reader and the writer of a comparison."""
    new, old = label(subject.candidate, "the candidate"), subject.consumer or label(comparison.baseline, "the baseline")
    return (new, old) if comparison.direction is Direction.BACKWARD else (old, new)


def _alone(finding: Finding, subject: SubjectReport | None) -> Entry:
    """A finding about a subject or the run itself, not about a pair."""
    place = finding.reader if finding.reader.origin else finding.writer
    if place.origin is None and subject is not None:
        place = Place(place.pointer, place.names, subject.candidate.origin)
    return Entry(
        Kind.FINDING,
        finding.rule,
        finding.severity,
        finding.message,
        place,
        finding.fingerprint,
        subject.subject if subject is not None else None,
        finding=finding,
    )


def _problem(problem: Problem) -> Entry:
    place = Place()
    if problem.place:
        match = _POSITION.fullmatch(problem.place)
        if match:
            place = Place(origin=match["origin"], line=int(match["line"]), column=int(match["column"]))
        else:
            origin, _, pointer = problem.place.partition("#")
            place = Place(pointer, origin=origin)
    about = f"{problem.subject}: " if problem.subject else ""
    identity = [UNCHECKED_RULE, problem.subject or "", file_of(place.origin) or "", problem.message]
    return Entry(
        Kind.UNCHECKED,
        UNCHECKED_RULE,
        Severity.ERROR,
        f"Could not be checked: {about}{problem.message.rstrip('.')}.",
        place,
        content_hash(identity)[:24],
        problem.subject,
        hint=problem.hint,
    )


def _best(place: Place, other: Place, subject: SubjectReport, comparison: DirectedComparison) -> Place:
    """The place with an origin: its own, the candidate's, the other side's, the baseline's."""
    if place.origin is not None:
        return place
    if subject.candidate.origin is not None:
        return Place(place.pointer, place.names, subject.candidate.origin)
    return other if other.origin is not None else Place(place.pointer, place.names, comparison.baseline.origin)


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
