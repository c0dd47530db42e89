"""An empty array that one release of Avro Java fails to build for a union."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evtcompat.formats.avro.decoders.divergence import Kind
from evtcompat.formats.avro.patches import give_default, written_union
from evtcompat.formats.avro.rule import AvroRule, Patch
from evtcompat.formats.avro.rules._shared import divergence
from evtcompat.formats.avro.types import NULL, Union
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity

if TYPE_CHECKING:
    from evtcompat.formats.avro.rule import Occurrence


def _fix(occurrence: Occurrence) -> Patch | None:
    """Give the union another default than an empty array, or take the array out of it."""
    field = occurrence.field
    if field is None or not isinstance(field.type, Union):
        return None
    kinds = [branch.kind for branch in field.type.branches]
    pointer = occurrence.mismatch.reader.pointer
    if NULL in kinds[1:]:
        return give_default(occurrence)
    if NULL in kinds:
        operation: dict[str, object] = {"op": "replace", "path": f"{pointer}/default", "value": None}
        return Patch(f'Give {field.name} "default": null', [operation])
    raw = written_union(occurrence)
    if raw is None or len(raw) != 1:
        return None
    return Patch(f"Make {field.name} a plain array", [{"op": "replace", "path": f"{pointer}/type", "value": raw[0]}])


RULE = AvroRule(
    text=Rule(
        id="empty-array-default-in-union",
        severity=Severity.ERROR,
        format="avro",
        sentence="`{path}.{field}` in {reader} falls back on an empty array when reading events written with {writer}, "
        "and {decoder} fails to build it because the field is a union.",
        what="A field that the writer lacks is filled with the default `[]`, and its type is a union with an array.",
        why='Avro Java 1.12.1 raises "Not an array" on every event that has the record: the fast reader, which is on '
        "by default since that release, takes the union for an array (AVRO-4238). Registries answer compatible.",
        example='v1 {"name": "Order", "fields": []}\n'
        'v2 adds {"name": "tags", "type": [{"type": "array", "items": "string"}, "null"], "default": []}: v2 '
        "consumers on Avro Java 1.12.1 fail on every v1 event.",
        remedy="Make the field a plain array, which may have the default [], or put null first in the union with "
        '"default": null; a default that is not empty works as well.',
        limits="Releases before 1.12.1 fail only where the fast reader was switched on, later ones have it mended, and "
        "fastavro reads it. Where no consumer uses Avro Java 1.12.1, turn the rule off or wait it out with a waiver.",
    ),
    judges=(divergence(Kind.EMPTY_ARRAY),),
    fix=_fix,
)
