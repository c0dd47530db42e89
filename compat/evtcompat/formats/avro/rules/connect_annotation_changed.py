"""What Kafka Connect's converter adds to a type, other than its name."""

from __future__ import annotations

from evtcompat.formats.avro.defaults import shown
from evtcompat.formats.avro.differences import ConnectDiffers
from evtcompat.formats.avro.rule import AvroRule, Breach, Evidence, Judge
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity


def _breach(difference: ConnectDiffers) -> Breach | None:
    key, reader, writer = difference
    if key == "connect.name":
        return None
    return Breach({"key": key, "reader_value": _word(reader), "writer_value": _word(writer)})


def _word(value: object) -> str:
    return "absent" if value is None else shown(value)


RULE = AvroRule(
    text=Rule(
        id="connect-annotation-changed",
        severity=Severity.WARNING,
        format="avro",
        sentence="The `{key}` of `{path}` is {writer_value} in {writer} and {reader_value} in {reader}. Avro decoders "
        "do not look at it; Kafka Connect does.",
        what="The version, the type or a parameter that Kafka Connect's converter writes about a type was changed, "
        "added or removed.",
        why="Sinks compare schemas by their version and type before they write, and read parameters such as the scale "
        "of a decimal and the values that an enumeration allows.",
        example='v1 {"type": "int", "connect.type": "int16"}\nv2 {"type": "int", "connect.type": "int8"}',
        remedy="Leave it as it is where the values stay the same; otherwise add a field.",
        limits="Parameters about the column that a value came from (__debezium.source.*) are not compared.",
    ),
    judges=(Judge(ConnectDiffers, _breach),),
    evidence=Evidence.NONE,
)
