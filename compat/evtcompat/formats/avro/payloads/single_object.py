"""Avro's single-object encoding: a marker, the CRC-64-AVRO of the schema, the payload."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from evtcompat.formats.avro.canonical import crc64
from evtcompat.formats.avro.payloads.decoder_errors import CodecError

if TYPE_CHECKING:
    from evtcompat.formats.avro.types import AvroSchema

MARKER: Final = b"\xc3\x01"
#: The bytes before the payload.
HEADER: Final = len(MARKER) + 8


def framed(schema: AvroSchema, payload: bytes) -> bytes:
    """The message with a payload of the schema."""
    return MARKER + struct.pack("<Q", crc64(schema)) + payload


def unframed(message: bytes) -> tuple[int, bytes]:
    """The fingerprint and the payload of a message.

    Raises:
        CodecError: The bytes do not begin with the marker.
    """
    if not message.startswith(MARKER) or len(message) < HEADER:
        text = "not a single-object encoding: it begins with C3 01 and 8 bytes of fingerprint"
        raise CodecError(text)
    return struct.unpack("<Q", message[2:10])[0], message[10:]
