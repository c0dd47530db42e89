"""A type for whose name fastavro takes a definition, or the other way about."""

from __future__ import annotations

from evtcompat.formats.avro.decoders.divergence import Kind
from evtcompat.formats.avro.rule import AvroRule
from evtcompat.formats.avro.rules._shared import divergence
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity

RULE = AvroRule(
    text=Rule(
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
    judges=(divergence(Kind.NAME_FOR_DEFINITION),),
)
