"""The matrix of a subject: every writer by every reader, each payload really encoded and decoded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from evtcompat.checking.comparing import compare_sides
from evtcompat.checking.plans import RunSettings
from evtcompat.errors import SchemaError
from evtcompat.formats.avro.format import AVRO
from evtcompat.formats.avro.payloads.decoder_errors import CodecError
from evtcompat.formats.base import Options, SchemaFormat
from evtcompat.model.findings import Finding
from evtcompat.model.histories import Version
from evtcompat.model.places import Place
from evtcompat.model.reports import Comparison
from evtcompat.model.verdicts import Policy, Severity
from evtcompat.model.witnesses import WitnessKind
from evtcompat.payloads.cases import Cell, Matrix, Payload, Reading, VersionOf, spoken
from evtcompat.rules.judge import Side

if TYPE_CHECKING:
    from evtcompat.formats.base import Schema
    from evtcompat.payloads.avro_reading import AvroSide
    from evtcompat.payloads.json_reading import JsonSide

_LONGEST_NAME: Final = 40


@dataclass(frozen=True, slots=True)
class Subject:
    """What a matrix is made of: a subject with its versions, the oldest first."""

    name: str
    format: SchemaFormat
    versions: tuple[Version, ...]
    #: JSON Schema: what writers are taken to produce.
    policy: Policy = Policy.LENIENT
    #: What the configuration says for the format: `formats.base.Options.settings`.
    settings: Mapping[str, object] = field(default_factory=dict)
    #: Where each version lies, the same wherever the command runs; their documents' names when empty.
    paths: tuple[str, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """The versions' labels; a version without one is called by its place."""
        return tuple(version.label or str(index) for index, version in enumerate(self.versions, 1))


class Bench:
    """A subject's schemas, parsed and ready; what a matrix, its fixtures and their verification read with."""

    def __init__(self, subject: Subject) -> None:
        """Parse every version.

        Raises:
            SchemaError: A version is no schema.
        """
        self.subject = subject
        self._options = Options(settings={**subject.settings, "policy": subject.policy})
        self.schemas: dict[str, Schema] = {}
        self._sides: dict[str, AvroSide | JsonSide] = {}
        for label, version in zip(subject.labels, subject.versions, strict=True):
            schema = self._parsed(label, version)
            self.schemas[label] = schema
            self._sides[label] = _side(schema, subject)

    def _parsed(self, label: str, version: Version) -> Schema:
        try:
            return self.subject.format.parse(version.document, version.references, self._options)
        except SchemaError as error:
            place = error.place
            if place is None or place.origin is None:
                place = Place(pointer=place.pointer if place else "", origin=version.document.origin)
            message = f"{spoken(label)} of {self.subject.name}: {error.message}"
            raise SchemaError(message, place=place, hint=error.hint) from error

    def avro(self, label: str) -> AvroSide:
        """An Avro version."""
        from evtcompat.payloads.avro_reading import AvroSide

        side = self._sides[label]
        if not isinstance(side, AvroSide):
            message = f"{self.subject.name} is not Avro"
            raise TypeError(message)
        return side

    def content(self, label: str) -> str:
        """SHA-256 of what the version means to a decoder."""
        return self._sides[label].content

    def written(self, label: str, body: bytes) -> object:
        """What the writer's own schema reads.

        Raises:
            CodecError, ValueError: The payload is not valid for it.
        """
        return self._sides[label].written(body)

    def read(self, writer: str, reader: str, body: bytes) -> Reading:
        """What one version makes of a payload of another."""
        side = self._sides[reader]
        if self.subject.format is AVRO:
            return self.avro(reader).read(self.avro(writer), body)
        return side.read(body)  # type: ignore[call-arg,arg-type]  # a JsonSide, by the format

    def payloads(self, label: str, seed: int) -> list[tuple[str, tuple[str, ...], bytes]]:
        """Label, everything covered, and bytes."""
        return self._sides[label].payloads(seed)

    def compare(self, reader: str, writer: str) -> Comparison:
        """What `check` says of this direction."""
        sides = []
        for label in (reader, writer):
            version = self.subject.versions[self.subject.labels.index(label)]
            schema = self.schemas[label]
            sides.append((Side(spoken(label), version.document, schema.documents), schema))
        return compare_sides(self.subject.format, sides[0], sides[1], RunSettings(self._options))

    @property
    def decoder(self) -> str:
        """What decodes and validates, with its version."""
        if self.subject.format is AVRO:
            from evtcompat.formats.avro.payloads.codec import decoder_name

            return decoder_name()
        from evtcompat.formats.json_schema.validate.validator import confirmed_by

        return confirmed_by()


def _side(schema: Schema, subject: Subject) -> AvroSide | JsonSide:
    if subject.format is AVRO:
        from evtcompat.formats.avro.types import AvroSchema
        from evtcompat.payloads.avro_reading import AvroSide

        if isinstance(schema, AvroSchema):
            return AvroSide(schema)
    from evtcompat.formats.json_schema.parse import Schema as JsonSchema
    from evtcompat.payloads.json_reading import JsonSide

    if isinstance(schema, JsonSchema):
        return JsonSide(schema, subject.policy, subject.settings.get("assert-formats") is True)
    message = f"no schema of {subject.format.name}: {type(schema).__name__}"
    raise TypeError(message)


def matrix_of(bench: Bench, seed: int = 0) -> Matrix:
    """The matrix of a subject.

    Every payload is valid for its own writer by fastavro or jsonschema, and every reading is what they produced.
    The payloads of `check`'s findings are among them.

    Args:
        bench: The subject's schemas.
        seed: Combines boundaries otherwise; the same seed gives the same payloads.

    Raises:
        NotAskedError: A schema nests deeper than fastavro can bear.
    """
    labels = bench.subject.labels
    comparisons = {(writer, reader): bench.compare(reader, writer) for writer in labels for reader in labels}
    payloads: dict[str, tuple[Payload, ...]] = {}
    versions = []
    paths = bench.subject.paths or [version.document.origin for version in bench.subject.versions]
    for label, path in zip(labels, paths, strict=True):
        found = _payloads(bench, label, seed, comparisons)
        payloads[label] = found
        empty = "" if found else "no payload: the schema has no value that could be written"
        versions.append(VersionOf(label, path, bench.content(label), empty))
    cells = tuple(
        _cell(bench, payloads[writer], writer, reader, comparisons[writer, reader])
        for writer in labels
        for reader in labels
    )
    return Matrix(
        subject=bench.subject.name,
        format=bench.subject.format.name,
        versions=tuple(versions),
        payloads=payloads,
        cells=cells,
        policy=bench.subject.policy if bench.subject.format.policies else None,
        seed=seed,
        decoder=bench.decoder,
    )


def _payloads(
    bench: Bench, label: str, seed: int, comparisons: Mapping[tuple[str, str], Comparison]
) -> tuple[Payload, ...]:
    """The payloads of a version: what covers the schema, then the witnesses of findings, each once."""
    found: list[Payload] = []
    known: set[bytes] = set()
    for title, covers, body in bench.payloads(label, seed):
        if body not in known:
            known.add(body)
            phrase = re.sub(r"^\d+: ", "", title)
            first = covers[0] if covers else phrase
            name = f"{len(found) + 1:02}-{slug(first)}"
            found.append(Payload(label, name, phrase, bench.written(label, body), body, covers))
    for (writer, reader), comparison in comparisons.items():
        if writer != label:
            continue
        for finding in _with_witness(comparison.findings):
            witness = finding.witness
            if witness is None or not witness.payload or witness.payload in known:
                continue
            known.add(witness.payload)
            name = f"{len(found) + 1:02}-{slug(finding.rule)}"
            phrase = (
                f"{finding.rule} in {spoken(reader)}: {finding.reader.names or finding.reader.pointer or 'the root'}"
            )
            try:
                value = bench.written(label, witness.payload)
            except CodecError as error:
                if error.refused:
                    continue  # valid Avro that Python has no value for, such as a date beyond the year 9999
                raise
            found.append(Payload(label, name, phrase, value, witness.payload, (), finding.rule))
    return tuple(found)


def _with_witness(findings: Sequence[Finding]) -> Iterator[Finding]:
    for finding in findings:
        if finding.witness is not None:
            yield finding
        yield from _with_witness(finding.because)


def _cell(bench: Bench, payloads: Sequence[Payload], writer: str, reader: str, comparison: Comparison) -> Cell:
    readings = tuple(bench.read(writer, reader, payload.body) for payload in payloads)
    rules = [
        finding.rule
        for finding in comparison.findings
        if finding.severity is Severity.ERROR
        and finding.witness is not None
        and finding.witness.kind is WitnessKind.RULE_ONLY
    ]
    return Cell(writer, reader, comparison.verdict, readings, tuple(dict.fromkeys(rules)))


def slug(text: str) -> str:
    """The text as a part of a file name: ASCII letters, digits, dots and hyphens, never empty, never hidden."""
    plain = re.sub(r"[^A-Za-z0-9.]+", "-", text).strip("-.")
    return plain[:_LONGEST_NAME].strip("-.") or "payload"
