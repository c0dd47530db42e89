"""A field that the writer lacks, without a default."""

from __future__ import annotations

from evtcompat.formats.avro.differences import FieldAbsent
from evtcompat.formats.avro.isolation import absent_field_alone
from evtcompat.formats.avro.patches import give_default
from evtcompat.formats.avro.rule import AvroRule, Breach, Judge
from evtcompat.formats.avro.types import type_name
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity


def _breach(difference: FieldAbsent) -> Breach | None:
    field, reader, writer, fault, here, there = difference
    if fault is not None:
        return None
    facts = {"field": field.name, "record": reader.full, "type": type_name(field.type)}
    return Breach(facts, here.field_place(reader, field), there.inside(writer))


RULE = AvroRule(
    text=Rule(
        id="reader-field-missing-default-value",
        severity=Severity.ERROR,
        format="avro",
        sentence="`{path}.{field}` has no default, and events written with {writer} do not carry it.",
        what="A field of the reader is absent from the writer and has no default.",
        why="The decoder has nothing to put into the field and raises on every such event.",
        example='v1 {"fields": [{"name": "id", "type": "string"}]}\n'
        'v2 adds {"name": "currency", "type": "string"}: v2 consumers fail on every v1 event, old ones in the log '
        "included.",
        remedy="Give the new field a default. A default helps readers only, so it has to be there when the field "
        "is first published.",
        lacking="field",
        limits="A default of the enum type does not count; the field itself needs one.",
        registry_name="READER_FIELD_MISSING_DEFAULT_VALUE",
    ),
    judges=(Judge(FieldAbsent, _breach),),
    fix=give_default,
    isolate=absent_field_alone,
    refused_by_registry=True,
)
