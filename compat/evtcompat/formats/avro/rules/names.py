"""Avro rules about names: namespaces, aliases, and which union branch a decoder takes."""

from __future__ import annotations

from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity

NAME_RULES: tuple[Rule, ...] = (
    Rule(
        id="name-mismatch",
        severity=Severity.ERROR,
        format="avro",
        sentence="`{path}` is the {kind} {reader_name} in {reader} and {writer_name} in {writer}; no alias says "
        "that they are the same.",
        what="A named type has another name, and the reader has no alias for the writer's.",
        why="Registries refuse it, and so do fastavro and most decoders.",
        example='v1 {"type": "record", "name": "Order"}\nv2 {"type": "record", "name": "Purchase"}',
        remedy="Give the reader's type the writer's full name as an alias, or keep the name.",
        limits="Avro Java does not look at the names of records outside unions and reads them anyway. "
        "A different namespace alone is no mismatch.",
    ),
    Rule(
        id="ambiguous-field-alias",
        severity=Severity.ERROR,
        format="avro",
        sentence="`{path}.{field}` in {reader} matches {matches} of {record} in {writer}, by name and aliases at once.",
        what="Several fields of the writer match one field of the reader.",
        why="Avro Java raises, and the registry refuses; decoders that read it pick one field without saying which.",
        example='reader {"name": "total", "aliases": ["sum"]}, writer with both total and sum',
        remedy="Remove the alias: the writer has the field under its own name.",
        limits="",
    ),
    Rule(
        id="dead-field-alias",
        severity=Severity.ERROR,
        format="avro",
        misreads=True,
        sentence="The alias of `{path}.{field}` is dead when {reader} reads {writer} events: {observed}.",
        what="A field alias is not applied, because the record changed its name or namespace without an alias of "
        "its own.",
        why="Avro Java then fills the field with its default, silently, or raises where it has none. The data is "
        "in the event "
        "and nobody sees it; registries answer compatible.",
        example='writer "name": "a.Order" with field sum\nreader "name": "b.Order" with {"name": "total", '
        '"aliases": ["sum"], "default": 0}',
        remedy="Give the record the writer's full name as an alias, so that its field aliases apply.",
        limits="fastavro applies the alias whatever the record is called.",
    ),
    Rule(
        id="named-type-moved-in-union",
        severity=Severity.ERROR,
        format="avro",
        sentence="`{path}`: the namespace of a type changed inside a union that changed too, and Avro Java finds "
        "no branch: {observed}.",
        what="An enum or fixed changed its namespace inside a union that is not the same on both sides.",
        why="In a changed union Avro Java compares full names and raises; registries compare short names and "
        "answer compatible.",
        example='writer ["null", "a.State"]\nreader ["null", "b.State", "string"]',
        remedy="Give the type the writer's full name as an alias, or keep its namespace.",
        limits="fastavro compares short names and reads it.",
    ),
    Rule(
        id="named-type-defined-elsewhere",
        severity=Severity.ERROR,
        format="avro",
        sentence="`{path}` is a union in {reader} and a named type alone in {writer}, and only one of them defines the "
        "type there: {observed}.",
        what="A record, enum or fixed was put into a union, often to make it nullable, and one side defines the type "
        "at that place while the other refers to a definition before it or in another document.",
        why="fastavro raises a TypeError on every event: it hands the branch on as it is written, and takes the name "
        "for a definition or the definition for a name. Registries answer compatible.",
        example='writer {"name": "home", "type": {"type": "record", "name": "Address"}}\n'
        'reader {"name": "work", "type": {"type": "record", "name": "Address"}, "default": {}}, {"name": "home", '
        '"type": ["null", "Address"]}',
        remedy="Order the fields so that both schemas define the type in the same place (fields match by name, so that "
        "their order is free), or both refer to the same document; or keep the type out of the union.",
        limits="Avro Java and other decoders read it; where no consumer uses fastavro, turn the rule off or wait it "
        "out with a waiver. A union on the writer's side is read as well. Schemas with referenced documents have to be "
        "read in both ways in which fastavro is given them: written out as one, and as named schemas.",
    ),
    Rule(
        id="alias-renames-too-much",
        severity=Severity.ERROR,
        format="avro",
        sentence="An alias in {reader} also renames other parts of {writer}: {observed}.",
        what="Avro Java applies every alias of the reader to the whole writer schema, and two things get the same "
        "name.",
        why="Avro Java raises before it reads the first byte; registries answer compatible.",
        example='writer union ["R", "S"], reader with a type S that has the alias R',
        remedy="Remove the alias, or give it to a type whose name the writer does not use.",
        limits="fastavro looks at one pair of types at a time and is not affected.",
    ),
    Rule(
        id="wrong-union-branch",
        severity=Severity.ERROR,
        format="avro",
        sentence="`{path}`: {decoder} goes wrong at the union of {reader} when it reads {writer} events: {trouble}.",
        what="A decoder picks a union branch by its own rule and then fails or loses fields, although another branch "
        "would do.",
        why="Registries ask whether some branch fits; decoders take the first that looks right and do not come back. "
        "Where it happens to fit, the fields that it does not have are dropped without a word.",
        example='reader ["a.Item", "b.Item"], writer "b.Item": fastavro takes a.Item, by its short name',
        remedy="Give the branches different short names, and put the one that fits first.",
        limits="",
    ),
    Rule(
        id="union-branches-share-name",
        severity=Severity.WARNING,
        format="avro",
        sentence="`{path}`: the branches {names} of the union share the short name {short}.",
        what="Two branches of a union differ only in their namespace.",
        why="fastavro and registries compare short names, so the first of them is taken for both; fields may be "
        "filled from "
        "defaults without a word.",
        example='["a.Item", "b.Item"]',
        remedy="Give one of them another short name.",
        limits="",
    ),
    Rule(
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
        limits="",
    ),
)
