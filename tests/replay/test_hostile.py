"""Recorded bytes that were made to do harm are counted like any that are damaged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evtcompat.checking.plans import RunSettings
from evtcompat.errors import UsageError
from evtcompat.formats.avro.format import AVRO
from evtcompat.formats.avro.recorded.reading import reading_of
from evtcompat.formats.base import Options
from evtcompat.formats.json_schema.format import JSON_SCHEMA
from evtcompat.formats.recorded import Batch, DamagedError
from evtcompat.model.documents import Document, NoReferences
from evtcompat.model.histories import Version
from evtcompat.model.readings import Outcome
from evtcompat.model.verdicts import Policy
from evtcompat.replay.job import Job
from evtcompat.replay.sources.finding import Hints, find
from evtcompat.replay.world import world_of
from replay import replaying

_LONG = b"\xfe\xff\xff\xff\xff\xff\xff\xff\x7f"
_NODE: dict[str, Any] = {"type": "record", "name": "Node", "fields": [{"name": "next", "type": ["null", "Node"]}]}


def _of(type_: Any) -> dict[str, Any]:  # noqa: ANN401 - a JSON value
    return {"type": "record", "name": "E", "fields": [{"name": "a", "type": type_}]}


@pytest.mark.parametrize(
    ("schema", "payload"),
    [
        (_of({"type": "array", "items": "null"}), _LONG + b"\0"),
        (_of({"type": "array", "items": {"type": "record", "name": "N", "fields": []}}), _LONG + b"\0"),
        (_of({"type": "array", "items": "string"}), _LONG + b"\0"),
        (_of({"type": "map", "values": "null"}), _LONG + b"\0"),
        (_of("string"), _LONG),
        (_of("string"), b"\x01"),
        (_of("long"), b"\xff" * 30),
        (_of(["null", "string"]), b"\x08"),
        (_of({"type": "enum", "name": "S", "symbols": ["A"]}), b"\x08"),
        (_NODE, b"\x02" * 100_000 + b"\0"),
    ],
    ids=["nulls", "empty records", "strings", "map", "length", "negative", "number", "branch", "symbol", "nesting"],
)
@pytest.mark.parametrize("joined", [None, 1])
def test_avro(schema: dict[str, Any], payload: bytes, joined: int | None) -> None:
    writer = AVRO.parse(Document(schema), NoReferences())
    reader = AVRO.parse(Document({**schema, "fields": [*schema["fields"], _MORE]}), NoReferences())
    reading = reading_of(reader, writer, [], sure=True)
    if joined is None:
        assert [one.outcome for one in reading.decode(Batch((payload,)))] == [None]
    else:
        with pytest.raises(DamagedError):
            reading.decode(Batch((payload,), joined))


_MORE: dict[str, Any] = {"name": "more", "type": "string", "default": ""}


@pytest.mark.parametrize("joined", [None, 1])
@pytest.mark.parametrize("links", [30, 300, 3000])
def test_a_long_chain_of_records_is_followed(links: int, joined: int | None) -> None:
    """An event of a type that contains itself is as deep as a list is long."""
    payload = b"\x02" * links + b"\0"
    writer = AVRO.parse(Document(_NODE), NoReferences())
    reader = AVRO.parse(Document({**_NODE, "fields": [*_NODE["fields"], _MORE]}), NoReferences())
    reading = reading_of(reader, writer, [], sure=True)
    assert reading.decode(Batch((payload,), joined)) == []
    assert reading.base is Outcome.DEFAULTED


_ENDLESS: dict[str, Any] = {"type": "record", "name": "A", "fields": [{"name": "a", "type": "A"}]}


@pytest.mark.parametrize("joined", [None, 1])
@pytest.mark.parametrize("more", [(), ({"name": "more", "type": "string", "default": ""},)], ids=["same", "resolved"])
def test_events_are_read_that_have_nothing_of_a_record_without_end(joined: int | None, more: tuple[Any, ...]) -> None:
    """The writer's schema allows one in a branch: of that no event can be written; what claims to be one is damaged."""
    schema = _of(["null", _ENDLESS])
    writer = AVRO.parse(Document(schema), NoReferences())
    reader = AVRO.parse(Document({**schema, "fields": [*schema["fields"], *more]}), NoReferences())
    reading = reading_of(reader, writer, [], sure=True)
    assert reading.decode(Batch((b"\0",), joined)) == []
    assert reading.base is (Outcome.DEFAULTED if more else Outcome.OK)
    if joined is None:
        assert [one.outcome for one in reading.decode(Batch((b"\x02", b"\0")))] == [None]
    else:
        with pytest.raises(DamagedError, match="nest too deep"):
            reading.decode(Batch((b"\x02",), joined))


@pytest.mark.parametrize("levels", [30, 200, 500])
def test_a_deep_tree_in_json_is_read_as_a_small_one_is(levels: int) -> None:
    """Two levels of JSON for each of the tree's; what is wrong is at the bottom of it."""
    tree: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "properties": {"of": {"items": {"$ref": "#"}}, "n": {"type": "integer"}},
    }
    schema = JSON_SCHEMA.parse(Document(tree), NoReferences())
    options = Options(settings={"policy": Policy.STRICT})
    reading = JSON_SCHEMA.recorded.reading(schema, None, [], options, sure=True)
    payloads = JSON_SCHEMA.payloads(schema)
    for leaf, outcome in (("1", Outcome.OK), ('"x"', Outcome.REFUSED)):
        event = ('{"of": [' * levels + f'{{"n": {leaf}}}' + "]}" * levels).encode()
        assert [one.outcome for one in reading.decode(Batch((event,)))] == [outcome] * (outcome is not Outcome.OK)
        assert payloads.read(payloads, event).outcome is outcome


def test_arrays_of_what_has_no_bytes_are_read_where_they_are_small() -> None:
    schema = _of({"type": "array", "items": "null"})
    writer = AVRO.parse(Document(schema), NoReferences())
    reading = reading_of(writer, writer, [], sure=True)
    assert reading.decode(Batch((b"\x08\0",))) == []
    assert reading.base is Outcome.OK


@pytest.mark.parametrize(
    "line",
    [b"[" * 100_000, b'{"a":' * 5000 + b"1" + b"}" * 5000, b'"\\ud800"', b'{"a": 1e999999}', b'{"a": NaN}', b"\0"],
    ids=["open", "nested", "surrogate", "huge", "nan", "zero"],
)
def test_lines(tmp_path: Path, line: bytes) -> None:
    """A line is an event or damaged; nothing ends the run, and the lines around it count."""
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": ["object", "string"],
        "properties": {"a": {"$ref": "#"}},
    }
    good = json.dumps("x").encode()
    (tmp_path / "events.jsonl").write_bytes(b"\n".join([good, line, good]))
    settings = RunSettings(Options(witnesses=False))
    for decode in (False, True):
        job = Job("json-schema", "event", (("v1", Version(Document(schema), "1")),), settings, decode=decode)
        summary = replaying.replayed(job, replaying.splits(job, tmp_path / "events.jsonl"))
        assert summary.events + summary.corrupt == 3
        assert replaying.counts(summary)["ok"] >= 2


def test_an_address_with_credentials_is_refused() -> None:
    with pytest.raises(UsageError, match="holds no credentials"):
        find(["https://me:secret@example.com/orders"], world_of(replaying.job("kind")).recorded, Hints())
