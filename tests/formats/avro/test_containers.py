"""Object container files: wherever a file is cut, each of its blocks belongs to exactly one part."""

from __future__ import annotations

import io
from dataclasses import dataclass

import fastavro
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evtcompat.formats.avro.payloads.containers import CODECS, ContainerFiles
from evtcompat.formats.recorded import Block, Damage, DamagedError

SCHEMA = fastavro.parse_schema({"type": "record", "name": "E", "fields": [{"name": "text", "type": "string"}]})
EVENTS = [{"text": "x" * (number % 97)} for number in range(800)]


@dataclass(frozen=True)
class Held:
    """A file's bytes, held in memory."""

    data: bytes

    @property
    def size(self) -> int:
        return len(self.data)

    def read(self, at: int, size: int) -> bytes:
        return self.data[at : at + size]

    def find(self, needle: bytes, start: int, end: int) -> int:
        found = self.data.find(needle, start)
        return found if found < end else -1


def written(codec: str = "null") -> bytes:
    out = io.BytesIO()
    fastavro.writer(out, SCHEMA, EVENTS, codec=codec, sync_interval=500)
    return out.getvalue()


NULL = written()


def blocks(data: bytes, cuts: list[int]) -> list[Block | Damage]:
    file = ContainerFiles().open(Held(data))
    ends = [*sorted(cuts), len(data)]
    return [block for start, end in zip([0, *ends[:-1]], ends, strict=True) for block in file.blocks(start, end)]


@given(st.lists(st.integers(0, len(NULL)), max_size=12))
def test_every_block_belongs_to_one_part(cuts: list[int]) -> None:
    whole = blocks(NULL, [])
    assert [block.at for block in blocks(NULL, cuts)] == [block.at for block in whole]
    assert sum(block.count for block in whole if isinstance(block, Block)) == len(EVENTS)


@given(st.lists(st.integers(0, len(NULL)), max_size=6), st.integers(0, len(NULL) - 1), st.integers(0, 255))
def test_a_byte_that_was_overwritten_loses_no_more_than_its_neighbours(cuts: list[int], at: int, byte: int) -> None:
    data = NULL[:at] + bytes([byte]) + NULL[at + 1 :]
    try:
        found = blocks(data, cuts)
    except DamagedError:
        assert at < 1000  # in the head
        return
    starts = {block.at for block in blocks(NULL, []) if not block.at - 16 <= at < block.at + 600}
    kept = {block.at for block in found if isinstance(block, Block)}
    assert at < 300 or starts <= kept


@pytest.mark.parametrize("codec", sorted(CODECS))
def test_blocks_of_every_codec_hold_what_was_written(codec: str) -> None:
    plain = b"".join(block.load() for block in blocks(NULL, []) if isinstance(block, Block))
    assert b"".join(block.load() for block in blocks(written(codec), []) if isinstance(block, Block)) == plain


@pytest.mark.parametrize("codec", sorted(CODECS.keys() - {"null"}))
def test_compressed_data_that_are_damaged_are_refused(codec: str) -> None:
    file = ContainerFiles().open(Held(written(codec)))
    block = next(block for block in file.blocks(0, 2000) if isinstance(block, Block))
    good = block.load()
    data = written(codec)
    for wrong in (data[: block.at + 30] + b"\xff" * 8 + data[block.at + 38 :],):
        other = next(one for one in ContainerFiles().open(Held(wrong)).blocks(0, 2000) if one.at == block.at)
        assert isinstance(other, Block)
        try:
            found = other.load()
        except DamagedError:
            continue
        assert found != good  # lz4 has no checksum: whoever reads the events finds out
