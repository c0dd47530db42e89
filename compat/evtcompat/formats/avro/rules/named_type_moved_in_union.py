"""A type that Avro Java does not find in a changed union, since its namespace changed."""

from __future__ import annotations

from evtcompat.formats.avro.decoders.divergence import Kind
from evtcompat.formats.avro.patches import add_alias
from evtcompat.formats.avro.rule import AvroRule
from evtcompat.formats.avro.rules._shared import divergence
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity

RULE = AvroRule(
    text=Rule(
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
    judges=(divergence(Kind.MOVED_IN_UNION),),
    fix=add_alias,
)
