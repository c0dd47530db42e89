"""A wrong default of the writer that Avro Java meets as it applies aliases."""

from __future__ import annotations

from evtcompat.formats.avro.decoders.divergence import Kind
from evtcompat.formats.avro.rule import AvroRule
from evtcompat.formats.avro.rules._shared import divergence
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity

RULE = AvroRule(
    text=Rule(
        id="writer-default-refused",
        severity=Severity.ERROR,
        format="avro",
        sentence="A wrong default in {writer} keeps events from being read with the aliases of {reader}: {observed}.",
        what="The writer has a wrong default, and the reader has aliases.",
        why="To apply aliases Avro Java copies the writer's schema and checks its defaults, "
        "which its lenient parser let pass; "
        "it raises on every event. Registries answer compatible.",
        example='writer {"name": "n", "type": "int", "default": "0"}\n'
        'reader {"name": "m", "type": "int", "aliases": ["n"]}',
        remedy="Readers cannot mend it: remove the aliases, or read with a corrected copy of the writer's schema.",
        limits="fastavro is not affected.",
    ),
    judges=(divergence(Kind.REFUSED_DEFAULT),),
)
