"""A type that is read as none of the reader's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evtcompat.formats.avro.differences import TypesUnrelated
from evtcompat.formats.avro.isolation import types_alone
from evtcompat.formats.avro.patches import keep_writer_type, written
from evtcompat.formats.avro.rule import AvroRule, Breach, Judge, Patch
from evtcompat.formats.avro.types import NULL, Field, Primitive, type_name
from evtcompat.model.places import tokens
from evtcompat.model.pointers import resolved
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity

if TYPE_CHECKING:
    from evtcompat.formats.avro.rule import Occurrence


def _breach(difference: TypesUnrelated) -> Breach:
    facts = {"writer_type": type_name(difference.writer), "reader_type": type_name(difference.reader)}
    return Breach(facts | {"case": "branch"} if difference.in_union else facts)


def _fix(occurrence: Occurrence) -> Patch | None:
    """Keep the writer's primitive type; or take it beside one's own, where the writer has several."""
    writer = occurrence.writer
    if not occurrence.there.in_union or not isinstance(writer, Primitive):
        return keep_writer_type(occurrence)
    document, pointer = occurrence.here.index.schema.document.value, occurrence.mismatch.reader.pointer
    own = resolved(document, tokens(pointer))
    around, _, last = pointer.rpartition("/")
    holder = resolved(document, tokens(around)) if last == "type" else None
    null_first = writer.kind == NULL and not (isinstance(holder, dict) and "default" in holder)
    union = [written(writer), own] if null_first else [own, written(writer)]
    name = occurrence.here.step.name if isinstance(occurrence.here.step, Field) else "it"
    return Patch(f"Let {name} be {type_name(writer)} as well", [{"op": "replace", "path": pointer, "value": union}])


RULE = AvroRule(
    text=Rule(
        id="type-mismatch",
        severity=Severity.ERROR,
        format="avro",
        sentence="`{path}` is {reader_type} in {reader} and {writer_type} in {writer}; Avro does not read one as "
        "the other.",
        cases={"branch": "`{path}`: {writer} may write {writer_type} there, and {reader} takes {reader_type} only."},
        what="The writer's type is not the reader's, and cannot be promoted to it.",
        why="The decoder raises. Avro only widens: int to long, float, double; long to float, double; float to double; "
        "string and bytes to each other.",
        example='v1 "type": "string"\nv2 "type": "int": neither reads the other.',
        remedy="Add a field with the new type and a default, and retire the old one later.",
        registry_name="TYPE_MISMATCH",
    ),
    judges=(Judge(TypesUnrelated, _breach),),
    fix=_fix,
    isolate=types_alone,
    refused_by_registry=True,
)
