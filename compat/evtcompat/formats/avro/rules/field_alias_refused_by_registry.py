"""A field alias that registries refuse, and decoders read."""

from __future__ import annotations

from evtcompat.formats.avro.differences import FieldAmbiguous
from evtcompat.formats.avro.patches import drop_alias
from evtcompat.formats.avro.rule import AvroRule, Breach, Evidence, Judge
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity


def _breach(difference: FieldAmbiguous) -> Breach | None:
    field, reader, writer, here, there, source, _ = difference
    if source is None:
        return None
    names = difference.matching
    facts = {"field": field.name, "matches": " and ".join(names), "record": writer.full, "source": source}
    if len(names) == 1:
        facts["case"] = "own"
    return Breach(facts, here.field_place(reader, field), there.inside(writer))


RULE = AvroRule(
    text=Rule(
        id="field-alias-refused-by-registry",
        severity=Severity.WARNING,
        format="avro",
        sentence="`{path}.{field}` in {reader} matches {matches} of {record} in {writer}, by name and aliases at once: "
        "registries refuse that, even though aliases of other fields leave {source} alone to fill it.",
        cases={
            "own": "`{path}.{field}` in {reader} has its own name as an alias, and {record} in {writer} has the field: "
            "registries refuse that as two fields that match, although it is one.",
        },
        what="A field matches one field of the writer twice, or several of which other fields have all but one as "
        "aliases.",
        why="Avro Java's SchemaCompatibility, which Confluent registries ask, raises where names and aliases match "
        "more than once. Decoders apply the aliases first, and then one field matches.",
        example='both versions with {"name": "total", "type": "int", "aliases": ["total"]}',
        remedy="Take the alias away where a registry is to accept the schema.",
    ),
    judges=(Judge(FieldAmbiguous, _breach),),
    fix=drop_alias,
    evidence=Evidence.NONE,
)
