"""A field that another one of the reader takes the writer's field from, by an alias."""

from __future__ import annotations

from evtcompat.formats.avro.decoders.divergence import Kind
from evtcompat.formats.avro.patches import drop_alias
from evtcompat.formats.avro.rule import AvroRule, Evidence
from evtcompat.formats.avro.rules._shared import divergence
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity

RULE = AvroRule(
    text=Rule(
        id="contested-field-alias",
        severity=Severity.ERROR,
        format="avro",
        misreads=True,
        sentence="Names and aliases in {reader} contend for fields of {writer}, and `{path}.{field}` does not get the "
        "one that it claims: {observed}.",
        what="Two fields of the reader claim one field of the writer, by name or by alias, and one goes without it.",
        why="Avro Java gives it to the last field that has its name as an alias, even where a field of that name is "
        "there; fastavro gives it to the field of that name. The other field gets its default, silently, or the "
        "decoder raises where it has none; registries answer compatible.",
        example='writer with a field a\nreader {"name": "a", "type": "int"}, '
        '{"name": "b", "type": "int", "default": 0, "aliases": ["a"]}',
        remedy="Take the alias away where the field of that name stays. Where it was renamed, do not add another field "
        "of the old name.",
    ),
    judges=(divergence(Kind.CONTESTED),),
    fix=drop_alias,
    evidence=Evidence.REFUSED_OR_LOSSY,
)
