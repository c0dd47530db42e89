"""A decimal whose precision or scale fastavro refuses."""

from __future__ import annotations

from evtcompat.formats.avro.differences import DecimalUnreadable
from evtcompat.formats.avro.rule import AvroRule, Breach, Judge
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity


def _breach(difference: DecimalUnreadable) -> Breach:
    decimal, side = difference
    case = side if decimal.when_reading else "events"
    facts = {"logical": decimal.label, "reason": decimal.reason, "side": side, "case": case}
    return Breach(facts, decimal.place, decimal.place)


RULE = AvroRule(
    text=Rule(
        id="logical-type-refused",
        severity=Severity.ERROR,
        format="avro",
        reflexive=True,
        sentence="The schema of {writer} is refused by fastavro, and so is all that is written with it, for the "
        "{logical} of `{path}`: {reason}.",
        cases={
            "reader": "The schema of {reader} is refused by fastavro whatever the event is, for the {logical} of "
            "`{path}`: {reason}.",
            "events": "What is written with {writer} is refused by fastavro for the {logical} of `{path}`: {reason}.",
        },
        what="A decimal is invalid in a way that fastavro does not ignore.",
        why="The specification has an invalid logical type ignored, and Avro Java reads plain bytes. fastavro raises "
        "as it parses the schema, or, where the precision is missing, on every value.",
        example='v1 {"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 2}\n'
        'v2 {"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 6}',
        remedy="Correct precision and scale: the precision counts all digits, and is at least the scale.",
        limits="Avro Java and Avro's own library for Python are not affected.",
    ),
    judges=(Judge(DecimalUnreadable, _breach),),
    one_sided=True,
)
