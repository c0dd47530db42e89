"""Poison: messages that no consumer of a subject can read, each tried on the real decoder before it is called so."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from evtcompat.errors import UncheckedError
from evtcompat.formats.avro.format import AVRO
from evtcompat.formats.avro.parse import parse
from evtcompat.formats.avro.payloads import codec, wire
from evtcompat.formats.avro.payloads.decoder_errors import CodecError
from evtcompat.formats.json_schema.format import JSON_SCHEMA
from evtcompat.model.documents import Document, NoReferences
from evtcompat.model.json_texts import one_line
from evtcompat.model.json_types import JSON
from evtcompat.payloads.cases import Matrix, Outcome, Payload
from evtcompat.payloads.future import future_message

if TYPE_CHECKING:
    from evtcompat.payloads.matrix import Bench

#: A schema id that no registry hands out: ids are positive and grow from 1.
UNKNOWN_ID: Final = 2**31 - 1
AVRO_TYPE: Final = "application/vnd.confluent.avro"
JSON_TYPE: Final = "application/json"
#: A number that is a member's value, after its colon.
_NUMBER: Final = re.compile(rb'("[^"\\]*": )-?\d+(?:\.\d+)?')
_LARGEST: Final = Decimal(sys.float_info.max)


@dataclass(frozen=True, slots=True)
class Poison:
    """One message that must end in the dead-letter queue."""

    name: str
    #: What is wrong with it, as a phrase.
    label: str
    body: bytes
    content_type: str
    #: What the decoder, or the framing, said of it.
    said: str
    #: The schema it was written with, when that is none of the subject's versions.
    schema: JSON = None

    def __hash__(self) -> int:
        """By name and bytes."""
        return hash((self.name, self.body))


def poison(bench: Bench, matrix: Matrix, ids: Mapping[str, int]) -> tuple[Poison, ...]:
    """The poison of a subject: messages in the Confluent wire format for Avro, JSON texts for JSON Schema.

    Each is one that the newest version with payloads refuses; what turned out readable is left out.
    """
    labels = [label for label in bench.subject.labels if matrix.payloads[label]]
    if not labels:
        return ()
    newest = labels[-1]
    payload = max(matrix.payloads[newest], key=lambda one: (one.witness is None, len(one.body)))
    made = _avro(payload, ids[newest]) if bench.subject.format is AVRO else _json(payload)
    found: dict[str, Poison] = {}
    for name, label, body, content_type in made:
        said = refused(bench, newest, ids, body, content_type)
        if said is not None and name not in found:
            found[name] = Poison(name, label, body, content_type, said)
    message = future_message(bench.avro(newest)) if bench.subject.format is AVRO else None
    if message is not None:
        schema, payload_of_it = message
        body = wire.confluent(max(ids.values()) + 1, payload_of_it)
        said = refused(bench, newest, ids, body, AVRO_TYPE, schema)
        if said is not None:
            name, label = "newer-incompatible-writer", "a newer version that changed the type of a field"
            found[name] = Poison(name, label, body, AVRO_TYPE, said, schema)
    return tuple(found.values())


Made = tuple[str, str, bytes, str]


def _avro(payload: Payload, schema_id: int) -> Iterator[Made]:
    whole = wire.confluent(schema_id, payload.body)
    yield "empty", "an empty body", b"", AVRO_TYPE
    for cut in (1, 2, len(payload.body) // 2, len(payload.body)):
        yield "truncated", f"{cut} bytes are missing at the end", whole[: len(whole) - cut], AVRO_TYPE
    yield "header-only", "the message ends within its header", whole[:3], AVRO_TYPE
    yield "wrong-magic-byte", "the magic byte is 1, not 0", b"\x01" + whole[1:], AVRO_TYPE
    yield "unknown-schema-id", "no registry knows the schema id", wire.confluent(UNKNOWN_ID, payload.body), AVRO_TYPE
    yield "extra-bytes", "bytes are left over after the value", whole + b"\x00\x00", AVRO_TYPE
    yield "wrong-content-type", "JSON on a topic of Avro", one_line(payload.value).encode(), JSON_TYPE
    yield "wrong-encoding", "the message as hexadecimal text", whole.hex().encode(), AVRO_TYPE


def _json(payload: Payload) -> Iterator[Made]:
    body = payload.body
    yield "empty", "an empty body", b"", JSON_TYPE
    yield "truncated", "the last byte is missing", body[:-1], JSON_TYPE
    yield "extra-bytes", "text after the value", body + b" }", JSON_TYPE
    yield "wrong-magic-byte", "a Confluent header with the magic byte 1", b"\x01\x00\x00\x00\x01" + body, JSON_TYPE
    yield "wrong-encoding", "UTF-16 where UTF-8 is meant", b"\xff\xfe" + body.decode().encode("utf-16-le"), JSON_TYPE
    yield "not-utf-8", "a text in ISO 8859-1", b'{"text": "caf\xe9"}', JSON_TYPE
    yield "wrong-content-type", "XML on a topic of JSON", b"<event/>", "application/xml"
    yield "wrong-type", "a JSON text that is no event", b'"an event"', JSON_TYPE
    yield "null", "a JSON null (a tombstone of a compacted topic has an empty body)", b"null", JSON_TYPE
    wild, count = _NUMBER.subn(rb"\g<1>1e400", body, count=1)
    if count:
        yield "number-out-of-range", "a number that no 64-bit float holds", wild, JSON_TYPE


def refused(
    bench: Bench, reader: str, ids: Mapping[str, int], body: bytes, content_type: str, schema: JSON = None
) -> str | None:
    """Why a consumer with the reader's schema cannot read a message; ``None`` when it can.

    Args:
        bench: The subject.
        reader: The consumer's version.
        ids: The schema ids that the consumer's registry knows.
        body: The message.
        content_type: What its header says.
        schema: The schema that the registry has for any other id.
    """
    if bench.subject.format is JSON_SCHEMA:
        if content_type != JSON_TYPE:
            return f"the content type is {content_type}"
        reading = bench.read(reader, reader, body)
        if reading.outcome is not Outcome.REFUSED and _beyond(reading.value):
            return "a number in it is beyond a 64-bit float"
        return reading.said if reading.outcome is Outcome.REFUSED else None
    if content_type != AVRO_TYPE:
        return f"the content type is {content_type}"
    try:
        schema_id, payload = wire.split_confluent(body)
    except UncheckedError as error:
        return error.message
    if schema is not None and schema_id != UNKNOWN_ID:
        try:
            codec.decode(parse(Document(schema), NoReferences()), payload, bench.avro(reader).schema)
        except CodecError as error:
            return error.message
        return None
    writers = [label for label, known in ids.items() if known == schema_id]
    if not writers:
        return f"no schema has the id {schema_id}"
    reading = bench.read(writers[0], reader, payload)
    return reading.said if reading.outcome is Outcome.REFUSED else None


def _beyond(value: object) -> bool:
    if isinstance(value, dict):
        return any(_beyond(member) for member in value.values())
    if isinstance(value, list):
        return any(_beyond(item) for item in value)
    return isinstance(value, int | float | Decimal) and abs(Decimal(value)) > _LARGEST
