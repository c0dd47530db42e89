"""Messages that no consumer of a JSON Schema should be able to read: texts that are no JSON, or no event."""

from __future__ import annotations

import re
import sys
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from evtcompat.formats.json_schema.payloads.encodings import JSON
from evtcompat.formats.payloads import PoisonMessage

if TYPE_CHECKING:
    from collections.abc import Iterator

#: A number that is a member's value, after its colon.
_NUMBER: Final = re.compile(rb'("[^"\\]*": )-?\d+(?:\.\d+)?')
_LARGEST: Final = Decimal(sys.float_info.max)


def poison_of(body: bytes) -> Iterator[PoisonMessage]:
    """The messages, made from a payload; see `Payloads.poison`."""
    for name, label, message in _texts(body):
        yield PoisonMessage(name, label, message, JSON.content_type)
    yield PoisonMessage("wrong-content-type", "XML on a topic of JSON", b"<event/>", "application/xml")
    for name, label, message in _values(body):
        yield PoisonMessage(name, label, message, JSON.content_type)


def _texts(body: bytes) -> Iterator[tuple[str, str, bytes]]:
    """Name, label and bytes of texts that are no JSON."""
    yield "empty", "an empty body", b""
    yield "truncated", "the last byte is missing", body[:-1]
    yield "extra-bytes", "text after the value", body + b" }"
    yield "wrong-magic-byte", "a Confluent header with the magic byte 1", b"\x01\x00\x00\x00\x01" + body
    yield "wrong-encoding", "UTF-16 where UTF-8 is meant", b"\xff\xfe" + body.decode().encode("utf-16-le")
    yield "not-utf-8", "a text in ISO 8859-1", b'{"text": "caf\xe9"}'


def _values(body: bytes) -> Iterator[tuple[str, str, bytes]]:
    """Name, label and bytes of JSON that is no event."""
    yield "wrong-type", "a JSON text that is no event", b'"an event"'
    yield "null", "a JSON null (a tombstone of a compacted topic has an empty body)", b"null"
    wild, count = _NUMBER.subn(rb"\g<1>1e400", body, count=1)
    if count:
        yield "number-out-of-range", "a number that no 64-bit float holds", wild


def beyond_floats(value: object) -> bool:
    """Whether a number in the value is beyond what a 64-bit float holds."""
    if isinstance(value, dict):
        return any(beyond_floats(member) for member in value.values())
    if isinstance(value, list):
        return any(beyond_floats(item) for item in value)
    return isinstance(value, int | float | Decimal) and abs(Decimal(value)) > _LARGEST
