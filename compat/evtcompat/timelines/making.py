"""From a subject with its versions to its timeline: every version is parsed, compared, written and read."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Final

from evtcompat.dataclasses import replace
from evtcompat.errors import SchemaError
from evtcompat.formats.payloads import PayloadError
from evtcompat.model.histories import Version
from evtcompat.model.json_texts import document
from evtcompat.model.timelines import Grid, Lifeline, Step, Stop, Timeline
from evtcompat.payloads.matrix import ParsedSubject, Subject, matrix_of
from evtcompat.timelines.grids import Kept, grid_of
from evtcompat.timelines.lifelines import lifelines_of

#: Of more versions than this the oldest are left out: a page has so much room, and pairs grow with their square.
MOST_VERSIONS: Final = 50
#: The syntax of documents whose text is the schema; that of others has more in it, or is no JSON value.
_WHOLE: Final = frozenset(("json", "json-with-comments", "yaml"))
#: The day on which a version came, or ``None``.
DateOf = Callable[[Version], "str | None"]


def _nobody_knows(version: Version) -> str | None:
    del version
    return None


def timeline_of(
    subject: Subject,
    kept: Kept = Kept.ALL,
    date_of: DateOf = _nobody_knows,
    seed: int = 0,
    newest: int = MOST_VERSIONS,
) -> Timeline:
    """The subject over time.

    Args:
        subject: With its versions, the oldest first.
        kept: Which payloads the matrix keeps.
        date_of: Knows when a version came.
        seed: Combines the boundaries of payloads otherwise.
        newest: Of more versions than this the oldest are left out.

    Raises:
        UncheckedError: None of its versions can be read.
    """
    remarks: list[str] = []
    older = len(subject.versions) - newest
    if older > 0:
        remarks.append(f"the {older} oldest versions are left out")
    subject = subject.newest(newest)
    parsed, refused = _parsed(subject)
    steps, grid, said = _together(parsed, kept, seed)
    remarks += said
    paths: tuple[str | None, ...] = parsed.subject.paths or tuple(
        version.document.origin for version in parsed.subject.versions
    )
    stops = tuple(
        Stop(label, path, version.since or date_of(version), *_texts(version, kept))
        for label, path, version in zip(parsed.subject.labels, paths, parsed.subject.versions, strict=True)
    )
    policy = subject.policy.value if subject.format.policies else None
    return Timeline(
        subject.name,
        subject.format.name,
        stops,
        _lifelines(parsed),
        steps,
        grid,
        policy,
        tuple(remarks),
        tuple(f"left out, as it cannot be read: {one}" for one in (*subject.left_out, *refused)),
    )


def _texts(version: Version, kept: Kept) -> tuple[str, str]:
    """The text of a version's file, and the version as it is shown.

    Shown is what its author wrote of it; where that is one long line, or stands in a document of several events, its
    value on lines.
    """
    if kept is not Kept.ALL:
        return "", ""
    written = version.document
    text = written.text or ""
    own = written.syntax in _WHOLE and "\n" in text.strip()
    return text, text if own else document(written.value).decode()


def _parsed(subject: Subject) -> tuple[ParsedSubject, list[str]]:
    """The versions that are schemas, and of the others each its place and why it is none."""
    try:
        return ParsedSubject(subject), []
    except SchemaError as error:
        first = error
    refused, good = [], []
    for index in range(len(subject.versions)):
        try:
            ParsedSubject(_only(subject, (index,)))
        except SchemaError as error:
            refused.append(f"{error.place}: {error.message}")
        else:
            good.append(index)
    if not good:
        raise first
    return ParsedSubject(_only(subject, good)), refused


def _only(subject: Subject, indices: tuple[int, ...] | list[int]) -> Subject:
    versions = tuple(replace(subject.versions[index], label=subject.labels[index]) for index in indices)
    return replace(subject, versions=versions, paths=tuple(subject.paths[index] for index in indices if subject.paths))


def _together(parsed: ParsedSubject, kept: Kept, seed: int) -> tuple[tuple[Step, ...], Grid | None, list[str]]:
    """What neighbours make of each other, and every pair; where no decoder can be asked, the steps alone."""
    labels = parsed.subject.labels
    try:
        matrix = matrix_of(parsed, seed)
    except PayloadError as error:
        return (
            tuple(
                Step(parsed.compare(newer, older).verdict, parsed.compare(older, newer).verdict)
                for older, newer in pairwise(labels)
            ),
            None,
            [f"there is no matrix: {error.message}"],
        )
    steps = tuple(
        Step(matrix.cell(older, newer).verdict, matrix.cell(newer, older).verdict) for older, newer in pairwise(labels)
    )
    remarks = [f"version {version.label}: {version.empty}" for version in matrix.versions if version.empty]
    remarks += [
        f"version {version.label}: {version.uncovered} boundaries or more have no payload: too many to try all"
        for version in matrix.versions
        if version.stopped and not version.empty
    ]
    return steps, grid_of(matrix, kept), remarks


def _lifelines(parsed: ParsedSubject) -> tuple[Lifeline, ...]:
    """A line a part; none for a language that knows no parts."""
    projection = parsed.subject.format.projection
    if projection is None:
        return ()
    return lifelines_of([projection.shapes(parsed.schema(label)) for label in parsed.subject.labels])
