"""How messages tell which schema they were written with: the registries' framings, and those of a format."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from evtcompat.formats import wire
from evtcompat.formats.payloads import PayloadError
from evtcompat.formats.recorded import DamagedError, Framing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evtcompat.formats.recorded import RecordedFormat


def _confluent_key(header: bytes) -> str:
    return str(wire.unframed(header)[0])


def _glue_payload(message: bytes) -> bytes:
    try:
        return wire.glue_unframed(message)[1]
    except PayloadError as error:
        raise DamagedError(error.message) from error


_UUID: Final = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
#: Confluent's wire format, with the schema id before the payload.
CONFLUENT: Final = Framing("confluent", wire.CONFLUENT_MAGIC, wire.CONFLUENT_HEADER, _confluent_key, "[0-9]+")
#: That of AWS Glue, compressed or not.
GLUE: Final = Framing(
    "glue",
    wire.GLUE_MAGIC,
    wire.GLUE_HEADER,
    lambda header: str(wire.glue_key(header)),
    _UUID,
    wire.glue_packed,
    _glue_payload,
)
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
