"""A time or timestamp in another unit."""

from __future__ import annotations

from evtcompat.formats.avro.differences import ValueConverted
from evtcompat.formats.avro.patches import keep_writer_type
from evtcompat.formats.avro.rule import AvroRule, Breach, Evidence, Judge
from evtcompat.formats.avro.rules._shared import TRUSTING_DECODERS, logical_types, one_unit, time_units
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity


def _breach(difference: ValueConverted) -> Breach | None:
    units = time_units(difference)
    if units is None:
        return None
    return Breach(logical_types(difference) | {"writer_unit": units[0], "reader_unit": units[1]})


RULE = AvroRule(
    text=Rule(
        id="time-unit-changed",
        severity=Severity.ERROR,
        format="avro",
        misreads=True,
        sentence="`{path}`: {writer} counts {writer_unit}, and {reader} reads the number as {reader_unit}.",
        what="A time or timestamp changed its unit.",
        why="The number is read as it stands: a date in 2024 in milliseconds is a day in January 1970 in microseconds. "
        "Registries do not look at it.",
        example='v1 "logicalType": "timestamp-millis"\nv2 "logicalType": "timestamp-micros"',
        remedy="Add a field with the new unit and a default.",
        limits=TRUSTING_DECODERS,
    ),
    judges=(Judge(ValueConverted, _breach),),
    fix=keep_writer_type,
    evidence=Evidence.MISREAD,
    sample=one_unit,
)
