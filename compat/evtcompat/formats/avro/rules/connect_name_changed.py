"""Another type of Kafka Connect under the same type of Avro."""

from __future__ import annotations

from typing import Final

from evtcompat.formats.avro.defaults import shown
from evtcompat.formats.avro.differences import ConnectDiffers
from evtcompat.formats.avro.rule import AvroRule, Breach, Evidence, Judge
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity

#: What the types of Kafka Connect and of Debezium count, each family in units of so many nanoseconds.
_UNITS: Final = {
    "org.apache.kafka.connect.data.Timestamp": ("instant", 1_000_000),
    "org.apache.kafka.connect.data.Time": ("time", 1_000_000),
    "io.debezium.time.Timestamp": ("instant", 1_000_000),
    "io.debezium.time.MicroTimestamp": ("instant", 1_000),
    "io.debezium.time.NanoTimestamp": ("instant", 1),
    "io.debezium.time.Time": ("time", 1_000_000),
    "io.debezium.time.MicroTime": ("time", 1_000),
    "io.debezium.time.NanoTime": ("time", 1),
}


def _breach(difference: ConnectDiffers) -> Breach | None:
    key, reader, writer = difference
    if key != "connect.name":
        return None
    facts = {"reader_name": _word(reader), "writer_name": _word(writer)}
    units = [_UNITS.get(name) for name in (reader, writer) if isinstance(name, str)]
    if len(units) == 2 and units[0] and units[1] and units[0][0] == units[1][0]:  # noqa: PLR2004 - a pair
        factor = max(units[0][1], units[1][1]) // min(units[0][1], units[1][1])
        if factor > 1:
            return Breach(facts | {"factor": f"{factor:,}", "case": "unit"})
    return Breach(facts)


def _word(name: object) -> str:
    return "none" if name is None else name if isinstance(name, str) else shown(name)


_SENTENCE = "The `connect.name` of `{path}` is {writer_name} in {writer} and {reader_name} in {reader}"
RULE = AvroRule(
    text=Rule(
        id="connect-name-changed",
        severity=Severity.WARNING,
        format="avro",
        sentence=f"{_SENTENCE}. Avro decoders do not look at it; consumers behind Kafka Connect take the same values "
        "for something else.",
        cases={
            "unit": f"{_SENTENCE}: the same number counts another unit, a factor of {{factor}} for every consumer "
            "behind Kafka Connect. Avro decoders do not look at it.",
        },
        what="The type of Kafka Connect, or of Debezium, that a type of Avro stands for was changed, added or removed.",
        why="Connect's converter makes its own type of it: io.debezium.time.Timestamp counts milliseconds, "
        "io.debezium.time.MicroTimestamp microseconds, both in a long. Sinks, transformations and code that goes by "
        "the name read the number otherwise. Registries do not look at it.",
        example='v1 {"type": "long", "connect.name": "io.debezium.time.Timestamp"}\n'
        'v2 {"type": "long", "connect.name": "io.debezium.time.MicroTimestamp"}',
        remedy="Keep the setting of the connector that chooses the type (time.precision.mode, decimal.handling.mode), "
        "or write the new type to a field or a topic of its own.",
        limits="The name of a record that is its own full name says nothing, and is not compared.",
    ),
    judges=(Judge(ConnectDiffers, _breach),),
    evidence=Evidence.NONE,
)
