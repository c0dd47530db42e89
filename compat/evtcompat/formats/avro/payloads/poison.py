"""Messages that no consumer of an Avro schema should be able to read, in Confluent's wire format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evtcompat.formats import wire
from evtcompat.formats.avro.canonical import written_out
from evtcompat.formats.avro.limits import recursing
from evtcompat.formats.avro.parse import parse
from evtcompat.formats.avro.payloads import codec
from evtcompat.formats.avro.payloads.decoder_errors import CodecError
from evtcompat.formats.avro.payloads.encodings import CONFLUENT
from evtcompat.formats.avro.payloads.values import cover
from evtcompat.formats.payloads import PoisonMessage
from evtcompat.model.documents import Document, NoReferences
from evtcompat.model.json_texts import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evtcompat.formats.avro.types import AvroSchema
    from evtcompat.model.json_types import JSON

#: What the first field of the newer version has become: nothing is promoted from it.
_STRANGE: JSON = {"type": "map", "values": {"type": "array", "items": "boolean"}}
_TYPE: Final = CONFLUENT.content_type


def poison_of(schema: AvroSchema, body: bytes, value: object, schema_id: int, newer_id: int) -> Iterator[PoisonMessage]:
    """The messages, made from a payload of the schema and the value in it; see `Payloads.poison`."""
    whole = wire.framed(schema_id, body)
    unknown = wire.framed(wire.UNKNOWN_ID, body)
    yield PoisonMessage("empty", "an empty body", b"", _TYPE)
    for cut in (1, 2, len(body) // 2, len(body)):
        yield PoisonMessage("truncated", f"{cut} bytes are missing at the end", whole[: len(whole) - cut], _TYPE)
    yield PoisonMessage("header-only", "the message ends within its header", whole[:3], _TYPE)
    yield PoisonMessage("wrong-magic-byte", "the magic byte is 1, not 0", b"\x01" + whole[1:], _TYPE)
    yield PoisonMessage("unknown-schema-id", "no registry knows the schema id", unknown, _TYPE)
    yield PoisonMessage("extra-bytes", "bytes are left over after the value", whole + b"\x00\x00", _TYPE)
    as_json = one_line(value).encode()
    yield PoisonMessage("wrong-content-type", "JSON on a topic of Avro", as_json, "application/json")
    yield PoisonMessage("wrong-encoding", "the message as hexadecimal text", whole.hex().encode(), _TYPE)
    newer = recursing(_newer_message, schema)
    if newer is not None:
        written, payload = newer
        label = "a newer version that changed the type of a field"
        message = wire.framed(newer_id, payload)
        yield PoisonMessage("newer-incompatible-writer", label, message, _TYPE, written)


def _newer_message(schema: AvroSchema) -> tuple[JSON, bytes] | None:
    """A newer schema and a message of it that fastavro refuses under this one; ``None`` where none can be made."""
    written = written_out(schema)
    fields = written.get("fields") if isinstance(written, dict) else None
    if not isinstance(written, dict) or not isinstance(fields, list) or not fields or not isinstance(fields[0], dict):
        return None
    first: JSON = {"name": fields[0]["name"], "type": _STRANGE}
    newer: JSON = {**written, "fields": [first]}
    theirs = parse(Document(newer), NoReferences())
    body = codec.encode(theirs, cover(theirs)[0].datum)
    try:
        codec.decode(theirs, body, schema)
    except CodecError as error:
        return (newer, body) if error.refused else None
    return None
