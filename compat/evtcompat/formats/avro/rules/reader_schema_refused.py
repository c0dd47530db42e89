"""A wrong default for which fastavro refuses the reader's schema."""

from __future__ import annotations

from evtcompat.formats.avro.differences import DefaultWrong
from evtcompat.formats.avro.isolation import default_alone
from evtcompat.formats.avro.patches import correct_default
from evtcompat.formats.avro.rule import AvroRule, Breach, Judge
from evtcompat.formats.avro.rules._shared import wrong_default
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity


def _breach(difference: DefaultWrong) -> Breach | None:
    return wrong_default(difference) if difference.stops_decoder else None


RULE = AvroRule(
    text=Rule(
        id="reader-schema-refused",
        severity=Severity.ERROR,
        format="avro",
        reflexive=True,
        sentence="The schema of {reader} is refused by fastavro whatever the event is: "
        "the default of `{path}.{field}` is wrong: {reason}.",
        what="A default that this pair does not even use is so wrong that a decoder refuses the reader's schema.",
        why="Consumers with fastavro stop at start-up; strict parsers and registries refuse the schema as well.",
        example='{"name": "count", "type": "int", "default": "0"}',
        remedy="Correct the default.",
        limits="Avro Java, asked leniently, reads events that carry the field.",
    ),
    judges=(Judge(DefaultWrong, _breach),),
    fix=correct_default,
    isolate=default_alone,
)
