"""A named type of another name, without an alias."""

from __future__ import annotations

from evtcompat.formats.avro.differences import NamesDiffer
from evtcompat.formats.avro.isolation import names_alone
from evtcompat.formats.avro.patches import add_alias
from evtcompat.formats.avro.rule import AvroRule, Breach, Judge
from evtcompat.formats.avro.rules._shared import renamed_type
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity


def _breach(difference: NamesDiffer) -> Breach | None:
    reader, writer, here, there = difference
    if writer.full in reader.aliases:
        return None
    facts = renamed_type(reader, writer)
    meant = f"{reader.space}.{writer.full}"
    if meant in reader.aliases:  # written so by someone who took it for the writer's name
        facts |= {"case": "relative", "meant": meant}
    return Breach(facts, here.inside(reader, "name"), there.inside(writer, "name"))


RULE = AvroRule(
    text=Rule(
        id="name-mismatch",
        severity=Severity.ERROR,
        format="avro",
        sentence="`{path}` is the {kind} {reader_name} in {reader} and {writer_name} in {writer}; no alias says "
        "that they are the same.",
        cases={
            "relative": "`{path}` is the {kind} {reader_name} in {reader} and {writer_name} in {writer}; the alias of "
            "{reader_name} means {meant}, since an alias without a namespace is one of its type's.",
        },
        what="A named type has another name, and the reader has no alias for the writer's.",
        why="Registries refuse it, and so do fastavro and most decoders.",
        example='v1 {"type": "record", "name": "Order"}\nv2 {"type": "record", "name": "Purchase"}',
        remedy="Give the reader's type the writer's full name as an alias, or keep the name. An alias inside a "
        "namespace cannot say a name that has none: there keep the name, or give both types one namespace.",
        limits="Avro Java does not look at the names of records outside unions and reads them anyway. "
        "A different namespace alone is no mismatch.",
        registry_name="NAME_MISMATCH",
    ),
    judges=(Judge(NamesDiffer, _breach),),
    fix=add_alias,
    isolate=names_alone,
    refused_by_registry=True,
)
