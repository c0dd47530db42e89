"""What is told of a reading does not depend on how much of it is looked at closely."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amounts import examples
from evtcompat.errors import SchemaError
from evtcompat.formats.avro.limits import recursing
from evtcompat.formats.avro.payloads import binary, codec
from evtcompat.formats.avro.payloads.carriers import LeafDecoder, carriers_of
from evtcompat.formats.avro.payloads.decoder_errors import CodecError
from evtcompat.formats.avro.payloads.interface import AvroPayloads
from evtcompat.formats.avro.payloads.notes import Seen, notes_of
from evtcompat.formats.avro.payloads.pairing import Pairing
from evtcompat.formats.avro.types import MISSING, AvroSchema, Record, Type
from evtcompat.model.readings import Note, Outcome
from formats.avro.comparing import parsed
from formats.avro.random_pairs import pair


class NothingAlike(Pairing):
    """Takes no type for like another, so that every part of every value is looked at."""

    def alike(self, ours: Type, theirs: Type) -> bool:
        del ours, theirs
        return False


def looked_at_closely(reader: AvroSchema, writer: AvroSchema, body: bytes) -> list[Note]:
    carriers = codec.decode(recursing(carriers_of, writer), body, recursing(carriers_of, reader))
    seen = Seen(carriers, MISSING, lambda: carriers, lambda: binary.decode(writer.root, body))
    return recursing(notes_of, reader, writer, (LeafDecoder(), LeafDecoder()), NothingAlike(), seen)


@pytest.mark.slow
@settings(max_examples=examples(300), deadline=None)
@given(st.integers(0, 10**9), st.booleans())
def test_a_reading_tells_what_a_close_look_at_every_part_tells(seed: int, itself: bool) -> None:  # noqa: FBT001 - drawn
    try:
        writer = parsed(pair(seed)[1])
        reader = writer if itself else parsed(pair(seed)[0])
    except SchemaError:
        return
    theirs = AvroPayloads(writer)
    ours = theirs if itself else AvroPayloads(reader)
    for made in theirs.generate(seed)[:8]:
        try:
            reading = ours.read(theirs, made.body)
            closely = looked_at_closely(reader, writer, made.body) if reading.outcome is not Outcome.REFUSED else []
        except CodecError:
            continue  # fastavro would not survive it, and is not asked, or refuses a default beside the carriers alone
        if reading.outcome is not Outcome.REFUSED:
            assert reading.notes == tuple(closely[:40])


def branch(twig: str) -> AvroSchema:
    """A branch, which holds a fork to further branches, and then a twig."""
    inner = {"type": "record", "name": "Fork", "fields": [{"name": "next", "type": ["null", "Branch"]}]}
    fields = [{"name": "fork", "type": inner}, {"name": "twig", "type": twig}]
    return parsed({"type": "record", "name": "Branch", "fields": fields})


def test_what_holds_a_type_that_differs_is_not_alike() -> None:
    """Whichever of the two is asked about first: a record that refers back is like another only with all of it."""
    reader, writer = branch("long"), branch("int")
    for first in (True, False):
        pairing = Pairing()
        inner = [root.types["fork"] for root in (reader.root, writer.root) if isinstance(root, Record)]
        asked = [(reader.root, writer.root), (inner[0], inner[1])]
        assert [pairing.alike(*pair) for pair in (asked if first else reversed(asked))] == [False, False]
        again = branch("long")
        assert pairing.alike(reader.root, again.root)
