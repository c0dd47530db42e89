"""An alias that gives two parts of the writer one name."""

from __future__ import annotations

from evtcompat.formats.avro.decoders.divergence import Kind
from evtcompat.formats.avro.rule import AvroRule
from evtcompat.formats.avro.rules._shared import divergence
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity

RULE = AvroRule(
    text=Rule(
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
    judges=(divergence(Kind.RENAMED_AWAY, Kind.AMBIGUOUS),),
)
