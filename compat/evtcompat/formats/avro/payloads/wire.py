"""What goes before a payload on the wire: single-object encoding, Confluent's wire format."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from evtcompat.formats.avro.canonical import crc64
from evtcompat.formats.avro.payloads.decoder_errors import CodecError

if TYPE_CHECKING:
    from evtcompat.formats.avro.types import AvroSchema

_SINGLE_OBJECT: Final = b"\xc3\x01"
_CONFLUENT: Final = b"\x00"
_CONFLUENT_HEADER: Final = 5


def single_object(schema: AvroSchema, payload: bytes) -> bytes:
    """The single-object encoding of an encoded payload: marker, CRC-64-AVRO of the schema, payload."""
    return _SINGLE_OBJECT + struct.pack("<Q", crc64(schema)) + payload


def split_single_object(message: bytes) -> tuple[int, bytes]:
    """The fingerprint and the payload of a single-object encoding.

    Raises:
        CodecError: The bytes do not begin with its marker.
    """
    if not message.startswith(_SINGLE_OBJECT) or len(message) < len(_SINGLE_OBJECT) + 8:
        text = "not a single-object encoding: it begins with C3 01 and 8 bytes of fingerprint"
        raise CodecError(text)
    return struct.unpack("<Q", message[2:10])[0], message[10:]


def confluent(schema_id: int, payload: bytes) -> bytes:
    """Confluent's wire format of an encoded payload: a zero byte, the schema id in 4 bytes, payload."""
    return _CONFLUENT + struct.pack(">I", schema_id) + payload


def split_confluent(message: bytes) -> tuple[int, bytes]:
    """The schema id and the payload of a message in Confluent's wire format.

    Raises:
        CodecError: The bytes do not begin with the magic byte and an id.
    """
    if not message.startswith(_CONFLUENT) or len(message) < _CONFLUENT_HEADER:
        text = "not Confluent's wire format: it begins with a zero byte and 4 bytes of schema id"
        raise CodecError(text)
    return struct.unpack(">I", message[1:5])[0], message[5:]
