"""A logical type that the reader ignores."""

from __future__ import annotations

from evtcompat.formats.avro.differences import ValueConverted
from evtcompat.formats.avro.rule import AvroRule, Breach, Evidence, Judge
from evtcompat.formats.avro.rules._shared import logical_types
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity


def _breach(difference: ValueConverted) -> Breach | None:
    labels = difference.relabelled
    if labels is None or labels[1] is not None:
        return None
    return Breach(logical_types(difference))


RULE = AvroRule(
    text=Rule(
        id="logical-type-read-as-plain",
        formerly="logical-type-dropped",
        severity=Severity.NOTE,
        format="avro",
        sentence="`{path}` is {writer_logical} in {writer} and a plain {reader_type} in {reader}.",
        what="The reader ignores the logical type of the writer.",
        why="Nothing is lost, but consumers see the bare number or bytes.",
        example='v1 {"type": "int", "logicalType": "date"}\nv2 "type": "int"',
        remedy="Keep the logical type.",
        limits="fastavro, which applies the writer's logical type, hands over the converted value.",
    ),
    judges=(Judge(ValueConverted, _breach),),
    evidence=Evidence.NONE,
)
