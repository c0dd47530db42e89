"""A logical type that has no effect."""

from __future__ import annotations

from evtcompat.formats.avro.differences import LogicalTypeIgnored
from evtcompat.formats.avro.rule import AvroRule, Breach, Evidence, Judge
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity

_SENTENCE = "The logical type of `{path}`, {logical}, has no effect: {reason}."
_MISSPELT = "The logical type of `{path}` has no effect: {reason}"


def _breach(difference: LogicalTypeIgnored) -> Breach:
    ignored, place, refused = difference
    facts = {"logical": ignored.label, "reason": ignored.reason or "it is invalid"}
    case = refused or ("misspelt" if facts["reason"].endswith("?") else None)
    return Breach(facts if case is None else facts | {"case": case}, place, place)


RULE = AvroRule(
    text=Rule(
        id="logical-type-ignored",
        severity=Severity.WARNING,
        format="avro",
        sentence=_SENTENCE,
        cases={
            "schema": f"{_SENTENCE} fastavro refuses the schema for it.",
            "events": f"{_SENTENCE} fastavro refuses every event that is written with it.",
            "misspelt": _MISSPELT,
        },
        what="A logical type stands beside the type of a field instead of in it, on a type that cannot carry it, is "
        "misspelt, or has attributes that are invalid.",
        why="The specification has it ignored: decoders hand over the plain number, bytes or string, and no tool "
        "checks that its unit or its scale stays the same.",
        example='{"name": "at", "type": "long", "logicalType": "timestamp-millis"}',
        remedy='Write it into the type, {"type": "long", "logicalType": "timestamp-millis"}, as a change of its own: '
        "decoders then hand over another type.",
        limits="Logical types that Avro does not know may be somebody's own, and are not told.",
    ),
    judges=(Judge(LogicalTypeIgnored, _breach),),
    evidence=Evidence.NONE,
)
