"""Confluent's wire format, the same for every schema language: a zero byte, the schema id in 4 bytes, the payload.

Source: https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format
"""

from __future__ import annotations

import struct
from typing import Final

from evtcompat.formats.payloads import PayloadError

#: A schema id that no registry hands out: ids are positive and grow from 1.
UNKNOWN_ID: Final = 2**31 - 1
_MAGIC: Final = b"\x00"
_HEADER: Final = 5


def framed(schema_id: int, payload: bytes) -> bytes:
    """The message with a payload.

    Raises:
        ValueError: The id does not fit 4 bytes.
    """
    try:
        return _MAGIC + struct.pack(">I", schema_id) + payload
    except struct.error as error:
        message = f"no schema id: {schema_id}"
        raise ValueError(message) from error


def unframed(message: bytes) -> tuple[int, bytes]:
    """The schema id and the payload of a message.

    Raises:
        PayloadError: The bytes do not begin with the magic byte and an id.
    """
    if not message.startswith(_MAGIC) or len(message) < _HEADER:
        text = "not Confluent's wire format: it begins with a zero byte and 4 bytes of schema id"
        raise PayloadError(text)
    return struct.unpack(">I", message[1:5])[0], message[5:]
