"""A fixed type of another size."""

from __future__ import annotations

from evtcompat.formats.avro.differences import SizesDiffer
from evtcompat.formats.avro.isolation import sizes_alone
from evtcompat.formats.avro.rule import AvroRule, Breach, Judge
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity


def _breach(difference: SizesDiffer) -> Breach:
    reader, writer, here, there = difference
    facts = {"fixed": reader.full, "writer_size": writer.size, "reader_size": reader.size}
    return Breach(facts, here.inside(reader, "size"), there.inside(writer, "size"))


RULE = AvroRule(
    text=Rule(
        id="fixed-size-mismatch",
        severity=Severity.ERROR,
        format="avro",
        sentence="`{path}`: the fixed {fixed} has {reader_size} bytes in {reader} and {writer_size} in {writer}.",
        what="A fixed type has another size.",
        why="The decoder raises; read regardless, everything after it would be shifted.",
        example='v1 {"type": "fixed", "name": "Hash", "size": 16}\nv2 "size": 32',
        remedy="Define a new fixed type under another name, in a new field with a default.",
        registry_name="FIXED_SIZE_MISMATCH",
    ),
    judges=(Judge(SizesDiffer, _breach),),
    isolate=sizes_alone,
    refused_by_registry=True,
)
