"""A decimal of another scale."""

from __future__ import annotations

from evtcompat.formats.avro.differences import ValueConverted
from evtcompat.formats.avro.patches import keep_writer_type
from evtcompat.formats.avro.rule import AvroRule, Breach, Evidence, Judge
from evtcompat.formats.avro.rules._shared import TRUSTING_DECODERS, both_decimal, logical_types, one_unit
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity


def _breach(difference: ValueConverted) -> Breach | None:
    decimals = both_decimal(difference)
    if decimals is None or decimals[0].scale == decimals[1].scale:
        return None
    theirs, ours = decimals
    return Breach(logical_types(difference) | {"writer_scale": theirs.scale, "reader_scale": ours.scale})


RULE = AvroRule(
    text=Rule(
        id="decimal-scale-changed",
        severity=Severity.ERROR,
        format="avro",
        misreads=True,
        sentence="`{path}`: {writer} writes decimals with {writer_scale} digits after the point, and {reader} "
        "takes them to have "
        "{reader_scale}: every amount is off by a power of ten.",
        what="The scale of a decimal differs.",
        why="The bytes hold the unscaled number only; the scale comes from the schema. Registries do not look at it.",
        example='v1 "scale": 2 writes 12.34 as 1234\nv2 "scale": 3 reads 1.234',
        remedy="Add a field with the new scale and a default; leave the scale of a published field alone.",
        limits=TRUSTING_DECODERS,
    ),
    judges=(Judge(ValueConverted, _breach),),
    fix=keep_writer_type,
    evidence=Evidence.MISREAD,
    sample=one_unit,
)
