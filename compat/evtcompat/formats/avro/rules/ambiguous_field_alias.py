"""A field that matches several fields of the writer."""

from __future__ import annotations

from evtcompat.formats.avro.differences import FieldAmbiguous
from evtcompat.formats.avro.isolation import ambiguous_field_alone
from evtcompat.formats.avro.rule import AvroRule, Breach, Judge
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity


def _breach(difference: FieldAmbiguous) -> Breach | None:
    field, reader, writer, here, there, source, equal = difference
    if source is not None:
        return None
    facts = {"field": field.name, "matches": " and ".join(difference.matching), "record": writer.full}
    if equal:
        # It enters the fingerprint: what is harmless while nothing changes is not what stops decoders afterwards.
        facts["case"] = "equal"
    elif writer.full != reader.full and writer.full not in reader.aliases:
        facts["case"] = "renamed"
    return Breach(facts, here.field_place(reader, field), there.inside(writer))


RULE = AvroRule(
    text=Rule(
        id="ambiguous-field-alias",
        severity=Severity.ERROR,
        format="avro",
        reflexive=True,
        sentence="`{path}.{field}` in {reader} matches {matches} of {record} in {writer}, by name and aliases at once.",
        cases={
            "equal": "`{path}.{field}` in {reader} matches {matches} of {record} in {writer}, by name and aliases at "
            "once. Avro Java reads that only as long as both schemas are equal.",
            "renamed": "`{path}.{field}` in {reader} matches {matches} of {record} in {writer}, by name and aliases at "
            "once. Registries refuse that, although Avro Java applies no alias to a record of another full name.",
        },
        what="Several fields of the writer match one field of the reader, and no other field of the reader has them as "
        "aliases.",
        why="Avro Java raises as it applies the aliases, which give two fields of the writer one name, and registries "
        "refuse the pair. fastavro fills the field by its name, or refuses what would fill it twice.",
        example='reader {"name": "total", "aliases": ["sum"]}, writer with both total and sum',
        remedy="Remove the alias: the writer has the field under its own name.",
        limits="Registries refuse it also where Avro Java applies no alias and reads: between equal schemas, and "
        "between records whose full names differ.",
    ),
    judges=(Judge(FieldAmbiguous, _breach),),
    isolate=ambiguous_field_alone,
    refused_by_registry=True,
)
