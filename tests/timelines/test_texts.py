"""What a timeline shows of a version is its own schema; what a fix is written for is the file."""

from __future__ import annotations

import json

import pytest

from evtcompat.formats.loading import by_name
from evtcompat.model.documents import Document
from evtcompat.model.histories import Version
from evtcompat.model.json_texts import document
from evtcompat.model.json_types import JSON
from evtcompat.model.timelines import Stop
from evtcompat.payloads.matrix import Subject
from evtcompat.syntax.documents import parse_document
from evtcompat.syntax.excerpts import excerpt
from evtcompat.timelines.making import timeline_of

RECORD: JSON = {"type": "record", "name": "Order", "fields": [{"name": "id", "type": "string"}]}


def stop_of(document: Document) -> Stop:
    (stop,) = timeline_of(Subject("order", by_name("avro"), (Version(document, "1"),))).stops
    return stop


def test_of_an_event_in_a_document_of_several_its_own_schema_is_shown() -> None:
    whole = parse_document(json.dumps({"info": "other", "events": {"Order": RECORD}}, indent=1), "all.json")
    stop = stop_of(excerpt(whole, RECORD, {"": "/events/Order"}))
    assert json.loads(stop.shown) == RECORD
    assert stop.text == whole.text


@pytest.mark.parametrize("indent", [None, 1])
def test_a_schema_in_a_file_of_its_own_is_shown_as_it_was_written_unless_that_is_one_long_line(
    indent: int | None,
) -> None:
    text = json.dumps(RECORD, indent=indent)
    stop = stop_of(parse_document(text, "order.avsc"))
    assert stop.text == text
    assert stop.shown == (document(RECORD).decode() if indent is None else text)
