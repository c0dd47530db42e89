"""A field that is filled from a wrong default."""

from __future__ import annotations

from evtcompat.formats.avro.differences import FieldAbsent
from evtcompat.formats.avro.isolation import default_alone
from evtcompat.formats.avro.patches import correct_default
from evtcompat.formats.avro.rule import AvroRule, Breach, Judge
from evtcompat.formats.avro.types import type_name
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity


def _breach(difference: FieldAbsent) -> Breach | None:
    field, reader, writer, fault, here, there = difference
    if fault is None:
        return None
    facts = {"field": field.name, "record": reader.full, "type": type_name(field.type), "reason": fault}
    return Breach(facts, here.field_place(reader, field, "default"), there.inside(writer))


RULE = AvroRule(
    text=Rule(
        id="invalid-reader-default",
        severity=Severity.ERROR,
        format="avro",
        sentence="`{path}.{field}` in {reader} is filled from its default when reading events written with {writer}, "
        "and that default is wrong: {reason}.",
        what="The reader falls back on a default that is no value of the field's type.",
        why="Avro Java raises or writes something else (a cut number, padded bytes), fastavro refuses the schema "
        "or hands the "
        "value over as it stands. A registry that was asked leniently lets it pass.",
        example='{"name": "count", "type": "int", "default": "0"}: a string is no int.',
        remedy="Correct the default. For a union, make it fit the first branch.",
        limits="A default for a union is judged by the branch that Avro Java takes for it.",
    ),
    judges=(Judge(FieldAbsent, _breach),),
    fix=correct_default,
    isolate=default_alone,
)
