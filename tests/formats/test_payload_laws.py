"""What the payloads of every built-in format must hold: matrix, fixtures and exercise rely on it."""

from __future__ import annotations

import pytest

from evtcompat.formats.base import SchemaFormat
from evtcompat.formats.encodings import bare
from evtcompat.formats.loading import built_in
from evtcompat.formats.payloads import PayloadError, Payloads
from evtcompat.model.documents import Document, NoReferences
from evtcompat.model.json_types import JSON
from evtcompat.model.json_values import same
from evtcompat.model.readings import Outcome

#: An event with a text and an optional number, in each format.
SCHEMAS: dict[str, JSON] = {
    "avro": {
        "type": "record",
        "name": "Event",
        "fields": [
            {"name": "text", "type": "string"},
            {"name": "number", "type": ["null", "double"], "default": None},
        ],
    },
    "json-schema": {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "properties": {"text": {"type": "string"}, "number": {"type": "number"}},
        "required": ["text"],
    },
}
every_format = pytest.mark.parametrize("schema_format", built_in(), ids=lambda one: one.name)


def payloads(schema_format: SchemaFormat) -> Payloads:
    document = Document(SCHEMAS[schema_format.name])
    return schema_format.payloads(schema_format.parse(document, NoReferences()))


@every_format
def test_encodings_are_told_apart_and_one_is_bare(schema_format: SchemaFormat) -> None:
    encodings = schema_format.encodings
    assert len({one.name for one in encodings}) == len({one.suffix for one in encodings}) == len(encodings)
    assert [one for one in encodings if not one.mark] == [bare(encodings)]
    assert not {one.suffix for one in encodings} & {*schema_format.suffixes, *schema_format.document_suffixes}


@every_format
def test_what_is_generated_is_read_as_it_was_written_and_the_same_again(schema_format: SchemaFormat) -> None:
    own = payloads(schema_format)
    made = own.generate(7)
    assert len({one.body for one in made}) > 1
    assert made == payloads(schema_format).generate(7)
    for one in made:
        reading = own.read(payloads(schema_format), one.body)
        assert (reading.outcome, reading.notes) == (Outcome.OK, ())
        assert same(reading.value, own.decode(one.body))
    with pytest.raises(PayloadError):
        own.decode(made[0].body + b"\xff")


@every_format
def test_a_frame_is_taken_off_again_and_a_broken_one_is_refused(schema_format: SchemaFormat) -> None:
    own = payloads(schema_format)
    body = own.generate(0)[0].body
    for encoding in schema_format.encodings:
        framed = own.frame(encoding, body, 258)
        assert (framed == body) is (encoding == bare(schema_format.encodings))
        if encoding.mark:
            mark, inner = own.unframe(encoding, framed)
            assert inner == body
            assert encoding.mark != "schema id" or mark == 258
            with pytest.raises(PayloadError):
                own.unframe(encoding, b"\x07" + framed)
            with pytest.raises(PayloadError):
                own.unframe(encoding, framed[:3])


@every_format
def test_a_container_holds_the_payloads_in_order(schema_format: SchemaFormat) -> None:
    own = payloads(schema_format)
    bodies = [one.body for one in own.generate(0)]
    if own.container is None:
        assert schema_format.name == "json-schema"
        return
    content = own.container.write(bodies)
    assert content == own.container.write(bodies)
    assert own.container.read(content) == bodies
    with pytest.raises(PayloadError):
        own.container.read(content[:-20])
    with pytest.raises(PayloadError):
        own.container.read(b"Obj\x02")


@every_format
def test_the_usual_message_is_read_and_most_poison_is_refused(schema_format: SchemaFormat) -> None:
    own = payloads(schema_format)
    usual, body = schema_format.encodings[0], own.generate(0)[0].body
    assert own.refusal(own.frame(usual, body, 5), usual.content_type, {5: own}.get) is None
    told = {one.name: own.refusal(one.body, one.content_type, {5: own}.get) for one in own.poison(body, 5, 6)}
    assert {"empty", "truncated", "extra-bytes", "wrong-magic-byte", "wrong-content-type"} <= told.keys()
    assert all(told[name] for name in ("empty", "truncated", "extra-bytes", "wrong-magic-byte", "wrong-content-type"))
    assert own.refusal(own.frame(usual, body, 5), "text/html", {5: own}.get) == "the content type is text/html"


@every_format
def test_the_content_is_that_of_the_schema_and_the_decoder_names_its_release(schema_format: SchemaFormat) -> None:
    assert payloads(schema_format).content == payloads(schema_format).content
    assert len(payloads(schema_format).content) == 64
    name, version = schema_format.decoder.split(" ")[:2]
    assert name.isidentifier()
    assert version[0].isdigit()
