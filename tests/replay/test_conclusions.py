"""What is concluded from two Avro schemas is what fastavro makes of each event; a wrong conclusion ends the run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from amounts import THOROUGH
from evtcompat.checking.comparing import compare_sides
from evtcompat.checking.plans import RunSettings
from evtcompat.errors import SchemaError
from evtcompat.formats.avro.format import AVRO
from evtcompat.formats.avro.payloads import codec
from evtcompat.formats.avro.payloads.decoder_errors import CodecError
from evtcompat.formats.avro.payloads.values import cover
from evtcompat.formats.avro.recorded.reading import AvroReading, reading_of
from evtcompat.formats.avro.types import AvroSchema
from evtcompat.formats.base import Options
from evtcompat.formats.recorded import Batch, DamagedError
from evtcompat.model.documents import Document, NoReferences
from evtcompat.model.readings import Outcome
from evtcompat.replay import summarise as summarising
from evtcompat.replay.job import PROOF_SAMPLE
from evtcompat.replay.world import KnownPair, world_of
from evtcompat.rules.judge import Side
from reference_data import reference_rows
from replay import orders, replaying

#: One of so many generated pairs in the default run.
_ONE_IN = 1 if THOROUGH else 7


def _parsed(value: Any) -> AvroSchema:  # noqa: ANN401 - a JSON value
    return AVRO.parse(Document(value), NoReferences())


def _reading(reader: AvroSchema, writer: AvroSchema) -> AvroReading:
    settings = RunSettings(Options(witnesses=False))
    comparison = compare_sides(
        AVRO, (Side("reader", reader.document), reader), (Side("writer", writer.document), writer), settings
    )
    return reading_of(reader, writer, comparison.findings, sure=not comparison.undecided)


def _payloads(writer: AvroSchema) -> list[bytes]:
    """Events that reach the boundaries of a schema."""
    found = []
    for labelled in cover(writer, 0):
        try:
            found.append(codec.encode(writer, labelled.datum))
        except CodecError:
            continue
    return found


def _told(reading: AvroReading, batch: Batch, *, concluded: bool) -> dict[int, tuple[Outcome | None, tuple[int, ...]]]:
    found = reading.judge(batch) if concluded else reading.decode(batch)
    return {one.index: (one.outcome, one.hits) for one in found}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["avro_cases.jsonl", "avro_generated.jsonl.gz", "avro_real.jsonl.gz"])
def test_conclusions_are_what_the_decoder_does(name: str) -> None:
    """On pairs of schemas of every kind, event by event, as messages and as one block."""
    rows = reference_rows(name)
    tried = concluded = 0
    for number, row in enumerate(rows):
        if name.endswith(".gz") and number % _ONE_IN:
            continue
        try:
            reader, writer = _parsed(row["reader"]), _parsed(row["writer"])
        except SchemaError:
            continue
        reading, payloads = _reading(reader, writer), _payloads(writer)
        if not payloads or not (reading.proved or reading.projected):
            continue
        tried += 1
        for batch in (Batch(payloads), Batch((b"".join(payloads),), len(payloads))):
            judged, decoded = (_told(reading, batch, concluded=one) for one in (True, False))
            assert judged == decoded, row["id"]
            assert not {hit for _, hits in judged.values() for hit in hits} & {*reading.base_hits}, row["id"]
        concluded += len(payloads)
    assert tried > 15
    assert concluded > tried


def test_a_conclusion_that_is_wrong_ends_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "orders.avro").write_bytes(orders.container(orders.orders(500, "1")))
    for reader, wrong in (("kind", Outcome.OK), ("strict", Outcome.LOSSY)):
        job = replaying.job(reader)
        world = world_of(job)
        for index, (_, version, schema) in enumerate(world.history):
            del version
            right = _reading(world.readers[0], schema)  # type: ignore[arg-type]  # schemas of Avro
            key = world.recorded.content(schema)[:16]
            reading = replace(right, base=wrong)
            monkeypatch.setitem(world._pairs, key, (KnownPair(0, reader, (), reading),))
            assert index < 2
        with pytest.raises(summarising.ContradictionError, match="was concluded to be"):
            replaying.replayed(job, replaying.splits(job, tmp_path))
        monkeypatch.undo()


@pytest.mark.slow
@pytest.mark.parametrize("make", [orders.container, lambda made: orders.prefixed(map(orders.confluent, made))])
def test_of_what_is_proved_one_event_in_ten_thousand_is_decoded(tmp_path: Path, make: orders.Maker) -> None:
    made = orders.orders(1000, "1") * 45
    data = make(made)
    file = tmp_path / ("orders.avro" if data.startswith(b"Obj") else "orders.bin")
    file.write_bytes(data)
    job = replaying.job("kind")
    summary = replaying.replayed(job, replaying.splits(job, file))
    assert summary.events == len(made)
    assert summary.sampled >= len(made) / PROOF_SAMPLE


def test_damage_inside_an_event_is_not_taken_for_an_event() -> None:
    """Any prefix of an event, and any event with bytes behind it, is refused by the scan and by the decoder alike."""
    reader, writer = (_parsed(orders.AVRO[name]) for name in ("strict", "1"))
    reading = _reading(reader, writer)
    payload = orders.encoded(orders.Order(5, "1"))
    wrong = [payload[:length] for length in range(len(payload))] + [payload + b"\0"]
    for ask in (reading.judge, reading.decode):
        assert [one.outcome for one in ask(Batch(wrong))] == [None] * len(wrong)
        for part in wrong:
            with pytest.raises(DamagedError):
                ask(Batch((part,), 1))
