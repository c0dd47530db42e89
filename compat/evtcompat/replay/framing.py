"""How messages tell which schema they were written with: the registries' framings, and those of a format."""

from __future__ import annotations

import re
import struct
import uuid
import zlib
from typing import TYPE_CHECKING, Final

from evtcompat.formats.recorded import DamagedError, Framing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evtcompat.formats.recorded import RecordedFormat


def _confluent_key(header: bytes) -> str:
    return str(struct.unpack_from(">I", header, 1)[0])


def _glue_key(header: bytes) -> str:
    return str(uuid.UUID(bytes=header[2:18]))


_UUID: Final = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_GLUE_PLAIN: Final = 0
_GLUE_ZLIB: Final = 5
_LARGEST: Final = 1 << 28


def _glue_payload(message: bytes) -> bytes:
    if message[1] != _GLUE_ZLIB:
        text = f"a compression byte that Glue does not have: {message[1]}"
        raise DamagedError(text)
    worker = zlib.decompressobj()
    try:
        found = worker.decompress(message[18:], _LARGEST)
    except zlib.error as error:
        text = f"the compressed payload is damaged: {error}"
        raise DamagedError(text) from error
    if not worker.eof:
        text = "the compressed payload ends too early, or is too large"
        raise DamagedError(text)
    return found


#: Confluent's wire format: a zero byte, the schema id in four bytes, the payload.
CONFLUENT: Final = Framing("confluent", b"\x00", 5, _confluent_key, "[0-9]+")
#: AWS Glue: 3, how the payload is compressed (0 or 5), the schema version's UUID, the payload.
GLUE: Final = Framing("glue", b"\x03", 18, _glue_key, _UUID, lambda header: header[1] != _GLUE_PLAIN, _glue_payload)
_REGISTRIES: Final = (CONFLUENT, GLUE)


def framings(recorded: RecordedFormat) -> tuple[Framing, ...]:
    """Every framing that messages of a format may have."""
    return (*_REGISTRIES, *recorded.framings)


def framing_of(message: bytes, known: Iterable[Framing]) -> Framing | None:
    """The framing that a message has, by what it begins with; ``None`` where it has none."""
    return next((one for one in known if message.startswith(one.magic) and len(message) >= one.header), None)


def named_by(key: str, known: Iterable[Framing]) -> Framing | None:
    """The first framing that may name a schema so."""
    return next((one for one in known if re.fullmatch(one.keys, key)), None)


def by_name(name: str, known: Iterable[Framing]) -> Framing | None:
    """The framing of a name."""
    return next((one for one in known if one.name == name), None)
