"""A logical type of another kind."""

from __future__ import annotations

from evtcompat.formats.avro.differences import ValueConverted
from evtcompat.formats.avro.patches import keep_writer_type
from evtcompat.formats.avro.rule import AvroRule, Breach, Evidence, Judge
from evtcompat.formats.avro.rules._shared import TRUSTING_DECODERS, logical_types, one_unit, time_units
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity


def _breach(difference: ValueConverted) -> Breach | None:
    labels = difference.relabelled
    if labels is None or labels[0] is None or labels[1] is None or time_units(difference) is not None:
        return None
    return Breach(logical_types(difference)) if labels[0].name != labels[1].name else None


RULE = AvroRule(
    text=Rule(
        id="logical-type-changed",
        severity=Severity.ERROR,
        format="avro",
        misreads=True,
        sentence="`{path}` is {writer_logical} in {writer} and {reader_logical} in {reader}; the same number means "
        "something else.",
        what="A logical type was replaced by one of another kind, such as date by timestamp, or an instant by a "
        "local time.",
        why="The number is carried over without conversion. Registries do not look at it.",
        example='v1 {"type": "int", "logicalType": "date"}\nv2 {"type": "long", "logicalType": "timestamp-millis"}',
        remedy="Add a field of the new kind with a default.",
        limits=TRUSTING_DECODERS,
    ),
    judges=(Judge(ValueConverted, _breach),),
    fix=keep_writer_type,
    evidence=Evidence.MISREAD,
    sample=one_unit,
)
