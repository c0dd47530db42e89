"""A field alias that Avro Java does not apply."""

from __future__ import annotations

from evtcompat.formats.avro.decoders.divergence import Kind
from evtcompat.formats.avro.patches import add_alias
from evtcompat.formats.avro.rule import AvroRule
from evtcompat.formats.avro.rules._shared import divergence
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity

RULE = AvroRule(
    text=Rule(
        id="dead-field-alias",
        severity=Severity.ERROR,
        format="avro",
        misreads=True,
        sentence="The alias of `{path}.{field}` is dead when {reader} reads events written with {writer}: {observed}.",
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
    judges=(divergence(Kind.DEAD_ALIAS),),
    fix=add_alias,
)
