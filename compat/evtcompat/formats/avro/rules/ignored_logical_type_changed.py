"""A logical type without effect that says something else than before."""

from __future__ import annotations

from evtcompat.formats.avro.differences import LabelsDiffer
from evtcompat.formats.avro.rule import AvroRule, Breach, Evidence, Judge
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity

_NONE = "none"


def _breach(difference: LabelsDiffer) -> Breach:
    reader, writer = difference
    return Breach({"reader_logical": reader or _NONE, "writer_logical": writer or _NONE})


RULE = AvroRule(
    text=Rule(
        id="ignored-logical-type-changed",
        severity=Severity.WARNING,
        format="avro",
        sentence="The logical type that is written for `{path}` is {writer_logical} in {writer} and {reader_logical} "
        "in {reader}. Avro ignores it on both sides; whoever goes by it takes the same values for something else.",
        what="A logical type that has no effect was changed, added or removed.",
        why="Decoders hand over the same plain values as before. Code that reads the attribute itself, and people who "
        "go by it, take them in another unit or scale.",
        example='v1 {"name": "at", "type": "long", "logicalType": "timestamp-millis"}\n'
        'v2 {"name": "at", "type": "long", "logicalType": "timestamp-micros"}',
        remedy="Where the values changed with it, add a field instead; where they did not, leave it as it was.",
        limits="Where the logical type counts on one side, the rules about logical types say what comes of it.",
    ),
    judges=(Judge(LabelsDiffer, _breach),),
    evidence=Evidence.NONE,
)
