"""What keeps decoders for Python from parsing a schema that the rules read, or from reading what it writes.

The specification has an invalid logical type ignored, and Avro Java reads a definition that is repeated alike; fastavro
refuses such schemas, and Avro's own library for Python refuses the latter. Wrong defaults, for which fastavro refuses a
schema as well, have rules of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from evtcompat.formats.avro.annotations import (
    annotated,
    ignored_in_type,
    label_of,
    refused_by_fastavro,
    unreadable_by_fastavro,
)
from evtcompat.formats.avro.paths import chart, way
from evtcompat.formats.avro.types import KIND_NAMES
from evtcompat.model.places import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evtcompat.formats.avro.types import AvroSchema
    from evtcompat.model.documents import Document


class Repeated(NamedTuple):
    """A name is defined again, alike."""

    full: str
    #: ``record``, ``enum`` or ``fixed``.
    kind: str
    #: The ways to the first and to this definition, by names.
    first: str
    second: str
    #: Where this definition is.
    place: Place
    #: Whether fastavro refuses it: it takes each document, and each branch of a union that is one, by itself.
    by_fastavro: bool
    #: It keeps decoders from parsing the schema, and so from reading with it, and from reading what it writes.
    when_reading: bool = True


class DecimalRefused(NamedTuple):
    """The precision or the scale of a decimal is such that fastavro refuses it."""

    label: str
    #: What is wrong with it, as a clause.
    reason: str
    #: Where the type is.
    place: Place
    #: Whether the schema is refused; else the events that are written with it.
    when_reading: bool


def refusals(schema: AvroSchema) -> Sequence[Repeated | DecimalRefused]:
    """Everything of the kind in a schema, in the order of its documents; found once for a schema."""
    found = schema.refusals
    if found is None:
        found = schema.refusals = (*_repeated(schema), *_decimals(schema)) if schema.annotated else ()
    return found  # type: ignore[return-value]  # as set here


def _decimals(schema: AvroSchema) -> list[DecimalRefused]:
    found = []
    for raw, place, in_field in annotated(schema):
        if in_field:
            continue
        refused = refused_by_fastavro(raw)
        if refused or unreadable_by_fastavro(raw):
            ignored = ignored_in_type(raw)
            reason = ignored.reason if ignored is not None else None
            found.append(DecimalRefused(label_of(raw), reason or "fastavro checks it all the same", place, refused))
    return found


def _repeated(schema: AvroSchema) -> list[Repeated]:
    charts: dict[int, dict[int, list[str]]] = {}

    def pointers_of(raw: object, document: Document) -> list[str]:
        """Where a definition is; a value that callers hand over may hold one object in several places."""
        if id(document) not in charts:
            known = charts[id(document)] = {}
            for identity, pointer in chart(document.value):
                known.setdefault(identity, []).append(pointer)
        return charts[id(document)].get(id(raw), [""])

    found = []
    met: dict[int, int] = {}
    for named, raw, document in schema.repeated:
        origin = schema.sources.get(named.full, schema.document)
        first, places = pointers_of(named.raw, origin)[0], pointers_of(raw, document)
        at = met[id(raw)] = met.get(id(raw), 0 if raw is named.raw else -1) + 1
        second = places[min(at, len(places) - 1)]
        if first == second and origin.value == document.value:
            continue  # two copies of one document
        place = Place(second, way(document.value, second), None if document is schema.document else document.origin)
        elsewhere = "" if origin is document else f" in {origin.origin or 'another document'}"
        ways = f"{way(origin.value, first)}{elsewhere}", place.names
        together = not isinstance(document.value, list) or first.split("/")[1] == second.split("/")[1]
        by_fastavro = origin is document and together
        found.append(Repeated(named.full, KIND_NAMES[named.kind], *ways, place, by_fastavro))
    return found
