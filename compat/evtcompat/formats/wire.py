"""How registries mark messages with the schema that they were written with, the same for every schema language.

- Confluent: a zero byte, the schema id in 4 bytes, the payload.
  https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format
- Confluent, in a header (``__value_schema_id``): a byte 1 and the schema's guid in 16 bytes; the body is the payload.
- AWS Glue: a byte 3, how the payload is compressed (0: not, 5: zlib), 16 bytes of the version's UUID, the payload.
  https://github.com/awslabs/aws-glue-schema-registry (``AWSSchemaRegistryConstants``)
"""

from __future__ import annotations

import struct
import uuid
import zlib
from collections.abc import Mapping
from typing import Final

from evtcompat.formats.payloads import PayloadError

#: A schema id that no registry hands out: ids are positive and grow from 1.
UNKNOWN_ID: Final = 2**31 - 1
CONFLUENT_MAGIC: Final = b"\x00"
#: The bytes before a payload of Confluent's.
CONFLUENT_HEADER: Final = 5
#: The header of a message that tells the schema of its value, and of its key, by the guid.
GUID_HEADERS: Final = ("__value_schema_id", "__key_schema_id")
_GUID_MAGIC: Final = b"\x01"
GLUE_MAGIC: Final = b"\x03"
#: The bytes before a payload of Glue's.
GLUE_HEADER: Final = 18
_GLUE_PLAIN: Final = 0
_GLUE_ZLIB: Final = 5
#: The words for the formats that name a schema by a UUID.
CONFLUENT_IN_HEADER: Final = "confluent-header"
GLUE: Final = "glue"
GLUE_COMPRESSED: Final = "glue-zlib"
#: Bytes of a payload, unpacked.
_LARGEST: Final = 1 << 28


#: The wire formats that name a schema by a UUID, and the suffixes of files with messages; ``""``: those of payloads.
BY_UUID: Final[Mapping[str, str]] = {CONFLUENT_IN_HEADER: "", GLUE: ".glue", GLUE_COMPRESSED: ".glue-zlib"}


def wrapped(name: str, schema: uuid.UUID, payload: bytes) -> bytes:
    """The body of a message in one of the formats `BY_UUID`."""
    return payload if not BY_UUID[name] else glue_framed(schema, payload, compressed=name == GLUE_COMPRESSED)


def headers(name: str, schema: uuid.UUID) -> dict[str, bytes]:
    """The headers of a message in one of the formats `BY_UUID`."""
    return {GUID_HEADERS[0]: guid_header(schema)} if name == CONFLUENT_IN_HEADER else {}


def framed(schema_id: int, payload: bytes) -> bytes:
    """The message with a payload in Confluent's wire format.

    Raises:
        ValueError: The id does not fit 4 bytes.
    """
    try:
        return CONFLUENT_MAGIC + struct.pack(">I", schema_id) + payload
    except struct.error as error:
        message = f"no schema id: {schema_id}"
        raise ValueError(message) from error


def unframed(message: bytes) -> tuple[int, bytes]:
    """The schema id and the payload of a message in Confluent's wire format.

    Raises:
        PayloadError: The bytes do not begin with the magic byte and an id.
    """
    if not message.startswith(CONFLUENT_MAGIC) or len(message) < CONFLUENT_HEADER:
        text = "not Confluent's wire format: it begins with a zero byte and 4 bytes of schema id"
        raise PayloadError(text)
    return struct.unpack(">I", message[1:CONFLUENT_HEADER])[0], message[CONFLUENT_HEADER:]


def guid_header(guid: uuid.UUID) -> bytes:
    """The value of Confluent's header for a schema."""
    return _GUID_MAGIC + guid.bytes


def glue_framed(version_id: uuid.UUID, payload: bytes, *, compressed: bool = False) -> bytes:
    """The message with a payload as AWS's serializers write it."""
    how = _GLUE_ZLIB if compressed else _GLUE_PLAIN
    return GLUE_MAGIC + bytes([how]) + version_id.bytes + (zlib.compress(payload) if compressed else payload)


def glue_key(header: bytes) -> uuid.UUID:
    """The version that the first `GLUE_HEADER` bytes of a message name."""
    return uuid.UUID(bytes=header[2:GLUE_HEADER])


def glue_packed(header: bytes) -> bool:
    """Whether a message of Glue's, by its header, has a payload that has to be unpacked."""
    return header[1] != _GLUE_PLAIN


def glue_unframed(message: bytes) -> tuple[uuid.UUID, bytes]:
    """The schema version and the payload of a message of Glue's, unpacked.

    Raises:
        PayloadError: The bytes do not begin with Glue's header, or the payload is damaged or too large.
    """
    if not message.startswith(GLUE_MAGIC) or len(message) < GLUE_HEADER:
        text = "not Glue's wire format: it begins with a byte 3, how it is compressed, and 16 bytes of UUID"
        raise PayloadError(text)
    return glue_key(message), _glue_payload(message)


def _glue_payload(message: bytes) -> bytes:
    if not glue_packed(message):
        return message[GLUE_HEADER:]
    if message[1] != _GLUE_ZLIB:
        text = f"a compression byte that Glue does not have: {message[1]}"
        raise PayloadError(text)
    worker = zlib.decompressobj()
    try:
        found = worker.decompress(message[GLUE_HEADER:], _LARGEST)
    except zlib.error as error:
        text = f"the compressed payload is damaged: {error}"
        raise PayloadError(text) from error
    if not worker.eof:
        text = "the compressed payload ends too early, or is too large"
        raise PayloadError(text)
    return found
