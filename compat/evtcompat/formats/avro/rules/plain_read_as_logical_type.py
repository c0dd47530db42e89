"""A logical type that the writer's values were never promised to have."""

from __future__ import annotations

from evtcompat.formats.avro.differences import ValueConverted
from evtcompat.formats.avro.patches import keep_writer_type
from evtcompat.formats.avro.rule import AvroRule, Breach, Evidence, Judge
from evtcompat.formats.avro.rules._shared import TRUSTING_DECODERS, is_string_as_uuid, logical_types, one_unit
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity


def _breach(difference: ValueConverted) -> Breach | None:
    labels = difference.relabelled
    if labels is None or labels[0] is not None or is_string_as_uuid(difference):
        return None
    return Breach(logical_types(difference))


RULE = AvroRule(
    text=Rule(
        id="plain-read-as-logical-type",
        formerly="logical-type-added",
        severity=Severity.ERROR,
        format="avro",
        misreads=True,
        sentence="`{path}` is a plain {writer_type} in {writer}, and {reader} reads it as {reader_logical}.",
        what="The reader gives a logical type to what the writer writes as a plain number or as plain bytes.",
        why="Nothing in the writer's schema promises that its values are such dates, times or amounts.",
        example='v1 "type": "long"\nv2 {"type": "long", "logicalType": "timestamp-millis"}: seconds become '
        "milliseconds",
        remedy="If the values have always had this meaning, accept the finding with that reason; otherwise add a "
        "field.",
        limits=TRUSTING_DECODERS,
    ),
    judges=(Judge(ValueConverted, _breach),),
    fix=keep_writer_type,
    evidence=Evidence.MISREAD,
    sample=one_unit,
)
