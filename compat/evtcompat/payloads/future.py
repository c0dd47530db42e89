"""A writer that does not exist yet: a newer version of a record that the versions at hand cannot read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evtcompat.formats.avro.canonical import written_out
from evtcompat.formats.avro.parse import parse
from evtcompat.formats.avro.payloads import codec
from evtcompat.formats.avro.payloads.decoder_errors import CodecError
from evtcompat.formats.avro.payloads.values import cover
from evtcompat.model.documents import Document, NoReferences

if TYPE_CHECKING:
    from evtcompat.model.json_types import JSON
    from evtcompat.payloads.avro_reading import AvroSide

#: What the first field of the newer version has become: nothing is promoted from it.
_STRANGE: JSON = {"type": "map", "values": {"type": "array", "items": "boolean"}}


def future_message(side: AvroSide) -> tuple[JSON, bytes] | None:
    """A newer schema and a message of it that fastavro refuses under this one; ``None`` where none can be made."""
    written = written_out(side.schema)
    fields = written.get("fields") if isinstance(written, dict) else None
    if not isinstance(written, dict) or not isinstance(fields, list) or not fields or not isinstance(fields[0], dict):
        return None
    first: JSON = {"name": fields[0]["name"], "type": _STRANGE}
    newer: JSON = {**written, "fields": [first]}
    schema = parse(Document(newer), NoReferences())
    body = codec.encode(schema, cover(schema)[0].datum)
    try:
        codec.decode(schema, body, side.schema)
    except CodecError as error:
        return (newer, body) if error.refused else None
    return None
