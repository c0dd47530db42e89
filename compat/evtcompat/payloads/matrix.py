"""The matrix of a subject: every writer by every reader, each payload really encoded and decoded."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, TypeVar

from evtcompat.checking.comparing import compare_sides
from evtcompat.checking.marks import Marked, with_marks_told
from evtcompat.checking.plans import RunSettings
from evtcompat.dataclasses import dataclass, field, replace
from evtcompat.errors import SchemaError
from evtcompat.formats.base import Options, SchemaFormat
from evtcompat.formats.payloads import Covering, Generated, PayloadError
from evtcompat.model.documents import Document, NoReferences
from evtcompat.model.findings import Finding
from evtcompat.model.histories import Version, version_name
from evtcompat.model.places import Place
from evtcompat.model.readings import Reading
from evtcompat.model.reports import Comparison
from evtcompat.model.verdicts import Policy, Severity
from evtcompat.model.witnesses import WitnessKind
from evtcompat.payloads.cases import Cell, Matrix, Payload, VersionOf
from evtcompat.rules.judge import Context, Side
from evtcompat.syntax.documents import locate

if TYPE_CHECKING:
    from evtcompat.formats.base import Schema
    from evtcompat.formats.payloads import Payloads
    from evtcompat.model.json_types import JSON

_LONGEST_NAME: Final = 40


@dataclass(frozen=True, slots=True)
class Subject:
    """What a matrix is made of: a subject with its versions, the oldest first."""

    name: str
    format: SchemaFormat
    versions: tuple[Version, ...]
    #: What writers are taken to produce, where the format has policies.
    policy: Policy = Policy.LENIENT
    #: What the configuration says for the format: `formats.base.Options.settings`.
    settings: Mapping[str, object] = field(default_factory=dict)
    #: Where each version lies, the same wherever the command runs; their documents' names when empty.
    paths: tuple[str, ...] = ()
    #: Old versions that cannot be read, with the reason.
    left_out: tuple[str, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """The versions' labels; a version without one is called by its place."""
        return tuple(version.label or str(index) for index, version in enumerate(self.versions, 1))

    def newest(self, most: int) -> Subject:
        """The subject with so many versions at most, the newest, under the labels that they have here."""
        if most >= len(self.versions):
            return self
        labelled = zip(self.versions[-most:], self.labels[-most:], strict=True)
        versions = tuple(replace(version, label=label) for version, label in labelled)
        return replace(self, versions=versions, paths=self.paths[-most:])


def parsed_version(subject: Subject, label: str, version: Version) -> Schema:
    """The schema of one version.

    Raises:
        SchemaError: It is none; the message names the version, the place its file.
    """
    options = Options(settings={**subject.settings, "policy": subject.policy})
    try:
        return subject.format.parse(version.document, version.references, options)
    except SchemaError as error:
        place = error.place
        if place is None or place.origin is None:
            place = Place(pointer=place.pointer if place else "", origin=version.document.origin)
        if place.line is None and place.origin == version.document.origin:
            place = locate(version.document, place)
        message = f"{version_name(label)} of {subject.name}: {error.message}"
        raise SchemaError(message, place=place, hint=error.hint) from error


class ParsedSubject:
    """A subject's schemas, parsed: what a matrix, its fixtures and their verification are made of.

    Attributes:
        subject: The subject.
        payloads: What can be written and read with each version, by label.
    """

    def __init__(self, subject: Subject) -> None:
        """Parse every version.

        Raises:
            SchemaError: A version is no schema.
        """
        self.subject = subject
        self._options = Options(settings={**subject.settings, "policy": subject.policy})
        self._settings = RunSettings(replace(self._options, fixes=frozenset(), other_answers=frozenset()))
        self._schemas = {
            label: parsed_version(subject, label, version)
            for label, version in zip(subject.labels, subject.versions, strict=True)
        }
        self.payloads: Mapping[str, Payloads] = {
            label: subject.format.payloads(schema, self._options) for label, schema in self._schemas.items()
        }

    def schema(self, label: str) -> Schema:
        """The parsed schema of a version."""
        return self._schemas[label]

    def payloads_of(self, value: JSON) -> Payloads:
        """What can be written and read with a schema of the same format that is none of the versions, and stands alone.

        Raises:
            SchemaError: The value is no schema.
        """
        schema = self.subject.format.parse(Document(value), NoReferences(), self._options)
        return self.subject.format.payloads(schema, self._options)

    def read(self, writer: str, reader: str, body: bytes) -> Reading:
        """What one version makes of a payload of another.

        Raises:
            PayloadError: See `Payloads.read`.
        """
        return self.payloads[reader].read(self.payloads[writer], body)

    def compare(self, reader: str, writer: str) -> Comparison:
        """What `check` says of this direction, without fixes."""
        sides = []
        for label in (reader, writer):
            schema = self._schemas[label]
            sides.append((Side(version_name(label), self.version(label).document, schema.documents), schema))
        theirs, ours = self.version(writer), self.version(reader)
        aligned = self.subject.format.aligned(ours, theirs)
        if aligned is ours:
            return compare_sides(self.subject.format, sides[0], sides[1], self._settings)
        schema = parsed_version(self.subject, reader, aligned)
        side = Side(version_name(reader), aligned.document, schema.documents)
        result = compare_sides(self.subject.format, (side, schema), sides[1], self._settings)
        marked = Marked(self.subject.format, ours, theirs, self._options)
        context = Context(side, sides[1][0], self._settings.severities, (), self.subject.format)
        return with_marks_told(result, marked, context)

    def version(self, label: str) -> Version:
        """The version of a label."""
        return self.subject.versions[self.subject.labels.index(label)]

    def marks(self, reader: str, writer: str) -> tuple[str, ...]:
        """What names the version in both, otherwise in each, and is no change to `check`."""
        found = self.subject.format.marks(self.version(reader), self.version(writer))
        return tuple(dict.fromkeys(mark.name for mark in found))


_Result = TypeVar("_Result")
#: As many payloads are made of one version, beside those that prove findings: the files of a version stay few.
MOST_PAYLOADS: Final = 64
#: And no more than have so many bytes together, beside the first: each is read with every version.
MOST_BYTES: Final = 400_000


def _silent(done: int, whole: int) -> None:
    """Nobody waits for it."""
    del done, whole


def matrix_of(parsed: ParsedSubject, seed: int = 0, tell: Callable[[int, int], None] = _silent) -> Matrix:
    """The matrix of a subject.

    Every payload is valid for its own writer by the format's decoder, and every reading is what it produced.
    The payloads of `check`'s findings are among them.

    Args:
        parsed: The subject's schemas.
        seed: Combines boundaries otherwise; the same seed gives the same payloads.
        tell: Is told how many of how many steps are done.

    Raises:
        PayloadError: The decoder cannot be asked, for schemas that nest too deep for it.
    """
    labels = parsed.subject.labels
    steps = _Steps(tell, 2 * len(labels) ** 2 + len(labels))
    comparisons = {
        (writer, reader): steps.done(parsed.compare(reader, writer)) for writer in labels for reader in labels
    }
    made = {label: _few(parsed.payloads[label].generate(seed)) for label in labels}
    payloads = {label: steps.done(_payloads(parsed, label, made[label], comparisons)) for label in labels}
    matrix = _matrix(parsed, payloads, comparisons, "the schema has no value that could be written", seed, steps)
    return replace(matrix, versions=tuple(_with_the_rest(one, made[one.label]) for one in matrix.versions))


def _few(generated: Sequence[Generated]) -> Covering:
    """The first payloads of a version, as many as are written, and what the others would cover."""
    size, count = 0, 0
    for one in generated[:MOST_PAYLOADS]:
        size += len(one.body)
        if count and size > MOST_BYTES:
            break
        count += 1
    left = sum(len(one.covers) for one in generated[count:])
    if isinstance(generated, Covering):
        return Covering(generated[:count], left + generated.uncovered, stopped=generated.stopped)
    return Covering(generated[:count], left)


def _with_the_rest(version: VersionOf, made: Covering) -> VersionOf:
    """What a version's payloads do not cover."""
    empty = version.empty
    if empty and made.stopped:
        empty = "no payload: none was found within the steps that one version is given"
    return replace(version, empty=empty, uncovered=made.uncovered, stopped=made.stopped)


class _Steps:
    """Counts what is done."""

    def __init__(self, tell: Callable[[int, int], None] = _silent, whole: int = 0) -> None:
        self._tell = tell
        self._whole = whole
        self._done = 0

    def done(self, result: _Result) -> _Result:
        """The result of one more step."""
        self._done += 1
        self._tell(self._done, self._whole)
        return result


def matrix_with(parsed: ParsedSubject, payloads: Mapping[str, tuple[Payload, ...]], empty: str) -> Matrix:
    """The matrix of a subject over given payloads.

    Args:
        parsed: The subject's schemas.
        payloads: Those of each version that has any, by label.
        empty: Why a version may have none, as a clause.

    Raises:
        PayloadError: See `matrix_of`.
    """
    labels = parsed.subject.labels
    comparisons = {(writer, reader): parsed.compare(reader, writer) for writer in labels for reader in labels}
    return _matrix(parsed, {label: payloads.get(label, ()) for label in labels}, comparisons, empty)


def _matrix(
    parsed: ParsedSubject,
    payloads: Mapping[str, tuple[Payload, ...]],
    comparisons: Mapping[tuple[str, str], Comparison],
    empty: str,
    seed: int = 0,
    steps: _Steps | None = None,
) -> Matrix:
    steps = steps or _Steps()
    labels = parsed.subject.labels
    paths = parsed.subject.paths or [version.document.origin for version in parsed.subject.versions]
    versions = tuple(
        VersionOf(label, path, parsed.payloads[label].content, "" if payloads[label] else f"no payload: {empty}")
        for label, path in zip(labels, paths, strict=True)
    )
    cells = tuple(
        steps.done(_cell(parsed, payloads[writer], writer, reader, comparisons[writer, reader]))
        for writer in labels
        for reader in labels
    )
    return Matrix(
        subject=parsed.subject.name,
        format=parsed.subject.format.name,
        versions=versions,
        payloads=payloads,
        cells=cells,
        policy=parsed.subject.policy if parsed.subject.format.policies else None,
        seed=seed,
        decoder=parsed.subject.format.decoder,
    )


def _payloads(
    parsed: ParsedSubject,
    label: str,
    generated: Sequence[Generated],
    comparisons: Mapping[tuple[str, str], Comparison],
) -> tuple[Payload, ...]:
    """The payloads of a version: what covers the schema, then the witnesses of findings, each once."""
    found: list[Payload] = []
    known: set[bytes] = set()
    own = parsed.payloads[label]
    for made in generated:
        if made.body not in known:
            known.add(made.body)
            name = f"{len(found) + 1:02}-{slug(made.covers[0] if made.covers else made.label)}"
            found.append(Payload(label, name, made.label, own.decode(made.body), made.body, made.covers))
    for (writer, reader), comparison in comparisons.items():
        if writer != label:
            continue
        for finding in _with_witness(comparison.findings):
            witness = finding.witness
            if witness is None or not witness.payload or witness.payload in known:
                continue
            known.add(witness.payload)
            name = f"{len(found) + 1:02}-{slug(finding.rule)}"
            where = finding.reader.names or finding.reader.pointer or "the root"
            phrase = f"{finding.rule} in {version_name(reader)}: {where}"
            try:
                value = own.decode(witness.payload)
            except PayloadError as error:
                if error.refused:
                    continue  # valid, and Python has no value for it, such as a date beyond the year 9999
                raise
            found.append(Payload(label, name, phrase, value, witness.payload, (), finding.rule))
    return tuple(found)


def _with_witness(findings: Sequence[Finding]) -> Iterator[Finding]:
    for finding in findings:
        if finding.witness is not None:
            yield finding
        yield from _with_witness(finding.because)


def _cell(parsed: ParsedSubject, payloads: Sequence[Payload], writer: str, reader: str, comparison: Comparison) -> Cell:
    readings = tuple(parsed.read(writer, reader, payload.body) for payload in payloads)
    rules = [
        finding.rule
        for finding in comparison.findings
        if finding.severity is Severity.ERROR
        and finding.witness is not None
        and finding.witness.kind is WitnessKind.RULE_ONLY
    ]
    marks = parsed.marks(reader, writer)
    return Cell(writer, reader, comparison.verdict, readings, tuple(dict.fromkeys(rules)), marks)


def slug(text: str) -> str:
    """The text as a part of a file name: ASCII letters, digits, dots and hyphens, never empty, never hidden."""
    plain = re.sub(r"[^A-Za-z0-9.]+", "-", text).strip("-.")
    return plain[:_LONGEST_NAME].strip("-.") or "payload"
