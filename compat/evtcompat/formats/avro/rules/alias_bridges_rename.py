"""A type or field that is matched through an alias."""

from __future__ import annotations

from evtcompat.formats.avro.differences import FieldRenamed, NamesDiffer
from evtcompat.formats.avro.rule import AvroRule, Breach, Evidence, Judge
from evtcompat.formats.avro.rules._shared import renamed_type
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity


def _type(difference: NamesDiffer) -> Breach | None:
    reader, writer, here, there = difference
    if writer.full not in reader.aliases:
        return None
    return Breach(renamed_type(reader, writer), here.inside(reader, "aliases"), there.inside(writer, "name"))


def _field(difference: FieldRenamed) -> Breach:
    field, source, reader, writer, here, there = difference
    facts = {"reader_name": field.name, "writer_name": source.name, "kind": "field", "what": "field"}
    places = here.field_place(reader, field, "aliases"), there.field_place(writer, source, "name")
    return Breach(facts, *places)


RULE = AvroRule(
    text=Rule(
        id="alias-bridges-rename",
        severity=Severity.WARNING,
        format="avro",
        sentence="`{path}`: {reader} reads the {what} {writer_name} as {reader_name} only through an alias.",
        what="A renamed type or field is matched through an alias of the reader.",
        why="Aliases work one way and one step: readers of the other side do not know the new name, and an alias "
        "of an alias is "
        "not followed. Some decoders ignore aliases.",
        example='v1 "name": "sum"\nv2 {"name": "total", "aliases": ["sum"]}: v2 reads v1, v1 does not read v2',
        remedy="Keep the alias for as long as events with the old name can be read, and list every earlier name.",
    ),
    judges=(Judge(NamesDiffer, _type), Judge(FieldRenamed, _field)),
    evidence=Evidence.NONE,
    acceptable_after_fix=True,
)
