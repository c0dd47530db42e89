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
    if labels[0].name == labels[1].name:
        return None
    facts = logical_types(difference)
    return Breach(facts | {"case": "big-decimal"} if "big-decimal" in {labels[0].name, labels[1].name} else facts)


RULE = AvroRule(
    text=Rule(
        id="logical-type-changed",
        severity=Severity.ERROR,
        format="avro",
        misreads=True,
        sentence="`{path}` is {writer_logical} in {writer} and {reader_logical} in {reader}; the same number means "
        "something else.",
        cases={
            "big-decimal": "`{path}` is {writer_logical} in {writer} and {reader_logical} in {reader}; a big-decimal "
            "carries its scale in the value, a decimal does not, so that the same bytes are refused or read as "
            "another amount."
        },
        what="A logical type was replaced by one of another kind, such as date by timestamp, or an instant by a "
        "local time.",
        why="The number, or the bytes, are carried over without conversion. Registries do not look at it.",
        example='v1 {"type": "int", "logicalType": "date"}\nv2 {"type": "long", "logicalType": "timestamp-millis"}',
        remedy="Add a field of the new kind with a default.",
        limits=f"{TRUSTING_DECODERS} It has no big-decimal, which Avro has since 1.12, and hands over the bytes.",
    ),
    judges=(Judge(ValueConverted, _breach),),
    fix=keep_writer_type,
    evidence=Evidence.MISREAD,
    sample=one_unit,
)
