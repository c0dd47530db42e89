"""A number of an event whose digits would take minutes to write out is refused before anything compares it."""

from __future__ import annotations

import sys

import pytest

from evtcompat.formats.base import DEFAULTS, Schema
from evtcompat.formats.json_schema.format import JSON_SCHEMA
from evtcompat.formats.json_schema.recorded.text import quick_parser
from evtcompat.formats.payloads import PayloadError
from evtcompat.formats.recorded import Batch
from evtcompat.model.documents import Document, NoReferences
from evtcompat.model.json_types import JSON
from evtcompat.model.readings import Outcome

WRITER: dict[str, JSON] = {"$schema": "http://json-schema.org/draft-07/schema#"}
FAR = ("1e999999", "-1e999999", "1e-999999", "1.5e5000", "1e99999999999999999999")
DEMANDS: tuple[JSON, ...] = (
    {"type": "number", "multipleOf": 7},
    {"type": "integer"},
    {"minimum": 0},
    {"const": 5},
    {"enum": [1, 2.5]},
    {"type": "array", "uniqueItems": True},
)


def schema_of(demand: JSON | None) -> Schema:
    value: JSON = WRITER if demand is None else {**WRITER, "properties": {"a": demand}}
    return JSON_SCHEMA.parse(Document(value), NoReferences())


@pytest.mark.parametrize("number", FAR)
@pytest.mark.parametrize("demand", DEMANDS, ids=str)
def test_no_event_with_one_is_judged(demand: JSON, number: str) -> None:
    reader, writer = schema_of(demand), schema_of(None)
    body = f'{{"a": {number}, "b": [{number}, {number}]}}'.encode()
    reads, writes = JSON_SCHEMA.payloads(reader), JSON_SCHEMA.payloads(writer)
    with pytest.raises(PayloadError, match="more than 4300 digits"):
        reads.read(writes, body)
    with pytest.raises(PayloadError, match="more than 4300 digits"):
        reads.decode(body)
    (event,) = JSON_SCHEMA.recorded.reading(reader, writer, [], DEFAULTS, sure=False).decode(Batch((body,)))
    assert (event.outcome, event.said) == (None, "a number of more than 4300 digits")


@pytest.mark.parametrize("number", ["1e4000", "1e-4000", "1e300", "7"])
def test_nearer_ones_are(number: str) -> None:
    reader, writer = JSON_SCHEMA.payloads(schema_of({"type": "number"})), JSON_SCHEMA.payloads(schema_of(None))
    assert reader.read(writer, f'{{"a": {number}}}'.encode()).outcome is Outcome.OK


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize("demand", [*DEMANDS, {"type": "number"}, None], ids=str)
@pytest.mark.parametrize("parser", ["orjson", "the standard library"])
def test_what_is_no_number_of_json_is_no_event(
    demand: JSON | None, number: str, parser: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python writes and reads such texts, and a consumer in another language refuses them."""
    quick_parser.cache_clear()
    if parser != "orjson":
        monkeypatch.setitem(sys.modules, "orjson", None)
    reader, writer = schema_of(demand), schema_of(None)
    body = f'{{"a": {number}}}'.encode()
    reads = JSON_SCHEMA.payloads(reader)
    with pytest.raises(PayloadError, match="no number of JSON"):
        reads.decode(body)
    reading = reads.read(JSON_SCHEMA.payloads(writer), body)
    assert (reading.outcome, reading.said) == (Outcome.REFUSED, f"not JSON: {number} is no number of JSON")
    recorded = JSON_SCHEMA.recorded.reading(reader, writer, [], DEFAULTS, sure=False)
    for events in (recorded.decode(Batch((body,))), recorded.judge(Batch((body,)))):
        assert [event.said for event in events] == [f"not JSON: {number} is no number of JSON"]
    quick_parser.cache_clear()
