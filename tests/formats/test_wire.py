"""The wire formats of registries: the bytes of others' serializers, and back."""

from __future__ import annotations

import io
import uuid
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evtcompat.formats import wire
from evtcompat.formats.payloads import PayloadError

ID = uuid.UUID("b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63")
PLAIN = bytes.fromhex("03 00 b7b4a7f09c964e4aa687fb5de9ef0c63") + b"payload"


def test_glue_writes_18_bytes_before_the_payload() -> None:
    assert wire.glue_framed(ID, b"payload") == PLAIN
    packed = wire.glue_framed(ID, b"payload", compressed=True)
    assert packed[:2] == b"\x03\x05"
    assert packed[2:18] == ID.bytes
    assert zlib.decompress(packed[18:]) == b"payload"


@given(st.uuids(), st.binary(), st.booleans())
def test_what_is_framed_is_unframed(named: uuid.UUID, payload: bytes, compressed: bool) -> None:  # noqa: FBT001 - hypothesis gives it
    assert wire.glue_unframed(wire.glue_framed(named, payload, compressed=compressed)) == (named, payload)


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (b"", "not Glue's wire format"),
        (PLAIN[:17], "not Glue's wire format"),
        (b"\x00" + PLAIN[1:], "not Glue's wire format"),
        (b"\x03\x07" + PLAIN[2:], "a compression byte that Glue does not have: 7"),
        (b"\x03\x05" + PLAIN[2:], "the compressed payload is damaged"),
        (wire.glue_framed(ID, b"payload" * 9, compressed=True)[:-3], "ends too early"),
    ],
)
def test_what_is_not_glues_is_told(message: bytes, words: str) -> None:
    with pytest.raises(PayloadError, match=words):
        wire.glue_unframed(message)


@pytest.mark.slow
def test_confluents_own_client_reads_the_header() -> None:
    serde = pytest.importorskip("confluent_kafka.schema_registry.serde")
    read = serde.SchemaId("AVRO")
    read.from_bytes(io.BytesIO(wire.guid_header(ID)))
    assert read.guid == ID
    written = serde.SchemaId("AVRO", 7, str(ID))
    assert written.guid_to_bytes() == wire.guid_header(ID)
