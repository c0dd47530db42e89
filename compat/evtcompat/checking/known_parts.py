"""What breaks whatever a missing reference leads to: it is told beside the reference, which keeps the check from 0."""

from __future__ import annotations

from collections.abc import Iterator

from evtcompat.checking.comparing import compare_sides
from evtcompat.checking.plans import RunSettings
from evtcompat.dataclasses import dataclass, replace
from evtcompat.errors import EvtcompatError, ReferenceMissingError
from evtcompat.formats.base import KnownPart, Schema, SchemaFormat
from evtcompat.model.findings import Finding
from evtcompat.model.histories import Version
from evtcompat.model.places import Place, tokens
from evtcompat.model.reports import Comparison
from evtcompat.model.verdicts import Severity, Verdict
from evtcompat.rules.judge import Side


@dataclass(frozen=True, slots=True)
class Known:
    """One side of a pair, whole or in part."""

    side: Side
    part: KnownPart

    def playing(self, schema: Schema) -> tuple[Side, Schema]:
        """The side as a reader or a writer."""
        return replace(self.side, documents=schema.documents), schema


def known(
    schema_format: SchemaFormat, version: Version, found: Schema | EvtcompatError, called: str, settings: RunSettings
) -> Known | None:
    """What is known of a version; ``None`` where it cannot be read at all.

    Args:
        schema_format: The format.
        version: The version.
        found: Its schema, or why there is none.
        called: What sentences call it.
        settings: Of the run.
    """
    side = Side(called, version.document)
    if isinstance(found, ReferenceMissingError):
        try:
            part = schema_format.known_part(version.document, version.references, settings.options)
        except EvtcompatError:
            return None
        return None if part is None else Known(side, part)
    if isinstance(found, EvtcompatError):
        return None
    return Known(side, KnownPart(found, found, frozenset()))


def breaks_all_the_same(
    schema_format: SchemaFormat, reader: Known, writer: Known, settings: RunSettings, identity: tuple[str, ...]
) -> Comparison | None:
    """The errors between two schemas of which some part is missing; ``None`` where there are none.

    Raises:
        EvtcompatError: They cannot be compared.
    """
    attempts = [(writer.part.writer, settings, frozenset[tuple[str, ...]]())]
    apart = reader.part.apart and writer.part.apart
    if apart and writer.part.missing and writer.part.missing <= reader.part.missing:
        quick = replace(settings, options=replace(settings.options, witnesses=False))
        attempts.append((writer.part.reader, quick, writer.part.missing))
    for sent, under, places in attempts:
        ours, theirs = reader.playing(reader.part.reader), writer.playing(sent)
        result = compare_sides(schema_format, ours, theirs, under, identity)
        errors = tuple(_errors(result, places))
        if errors:
            return Comparison(Verdict.INCOMPATIBLE, errors)
    return None


def _errors(result: Comparison, places: frozenset[tuple[str, ...]]) -> Iterator[Finding]:
    """The errors of a comparison elsewhere than at some places; their patches are for a document that is whole."""
    for one in result.findings:
        at_one = any(_below(place, where) for place in (one.reader, one.writer) for where in places)
        if one.severity is Severity.ERROR and not at_one:
            fix = None if one.fix is None else replace(one.fix, patch=())
            yield replace(one, fix=fix, alternatives=tuple(replace(other, patch=()) for other in one.alternatives))


def _below(place: Place, where: tuple[str, ...]) -> bool:
    return tokens(place.pointer)[: len(where)] == where
