"""Generated payloads cover what they promise, and the codec's formats are what their specifications say."""

from __future__ import annotations

import io
import json
from typing import Any

import avro.schema
import fastavro
import pytest

from evtcompat.errors import SchemaError
from evtcompat.formats import wire
from evtcompat.formats.avro.canonical import content_hash, crc64, parsing_canonical_form
from evtcompat.formats.avro.payloads import binary, codec, single_object
from evtcompat.formats.avro.payloads.datum import Branch, Datum
from evtcompat.formats.avro.payloads.decoder_errors import CodecError
from evtcompat.formats.avro.payloads.interface import AvroPayloads
from evtcompat.formats.avro.payloads.values import cover
from evtcompat.formats.avro.types import Container, Enumeration, Record, Type, Union
from evtcompat.formats.payloads import PayloadError
from evtcompat.model.json_types import JSON
from evtcompat.model.json_values import same, view
from formats.avro.comparing import parsed
from formats.avro.random_pairs import pair

ORDER: Any = {
    "type": "record",
    "name": "shop.Order",
    "fields": [
        {"name": "id", "type": "long"},
        {"name": "state", "type": {"type": "enum", "name": "State", "symbols": ["NEW", "PAID", "LOST"]}},
        {"name": "note", "type": ["null", "string", {"type": "map", "values": "double"}]},
        {"name": "lines", "type": {"type": "array", "items": {"type": "fixed", "name": "Sku", "size": 2}}},
        {"name": "due", "type": {"type": "int", "logicalType": "date"}},
        {"name": "parent", "type": ["null", "Order"]},
    ],
}


def seen(type_: Type, datum: Datum, found: set[str], place: str = "") -> None:
    """Note every branch, symbol, size and leaf that a datum takes."""
    if isinstance(type_, Union) and isinstance(datum, Branch):
        found.add(f"{place}|{datum.index}")
        seen(type_.branches[datum.index], datum.value, found, f"{place}|{datum.index}")
    elif isinstance(type_, Record) and isinstance(datum, dict):
        for field in type_.fields:
            seen(field.type, datum[field.name], found, f"{type_.full}.{field.name}")
    elif isinstance(type_, Container) and isinstance(datum, list | dict):
        found.add(f"{place} {'some' if datum else 'empty'}")
        for item in datum.values() if isinstance(datum, dict) else datum:
            seen(type_.of, item, found, f"{place}[]")
    elif isinstance(type_, Enumeration):
        found.add(f"{place}={datum!s}")
    else:
        found.add(f"{place}={datum!r}")


def test_every_boundary_of_an_order_is_covered() -> None:
    schema = parsed(ORDER)
    found: set[str] = set()
    for value in cover(schema):
        seen(schema.root, value.datum, found)
    wanted = {f"shop.Order.id={number}" for number in (0, -(2**63), 2**63 - 1, 2**53 + 1)}
    wanted |= {f"shop.Order.state={symbol}" for symbol in ("NEW", "PAID", "LOST")}
    wanted |= {f"shop.Order.note|{index}" for index in range(3)} | {f"shop.Order.parent|{index}" for index in range(2)}
    wanted |= {f"shop.Order.note|1={text!r}" for text in ("", "h\u00e9\u4e16\U0001f600")}
    wanted |= {f"shop.Order.note|2[]={number}" for number in ("nan", "inf", "-inf", "0.0")}
    wanted |= {"shop.Order.lines empty", "shop.Order.lines some", "shop.Order.due=-719162", "shop.Order.due=2932896"}
    assert wanted <= found


def test_a_cover_is_small_deterministic_and_labelled() -> None:
    first, again, other = cover(parsed(ORDER), 1), cover(parsed(ORDER), 1), cover(parsed(ORDER), 2)
    assert repr(first) == repr(again)
    assert repr(first) != repr(other)
    assert first[0].label == "smallest"
    assert len({value.label for value in first}) == len(first) <= 25
    assert all(json.loads(json.dumps(value.value, allow_nan=False)) == value.value for value in first)


@pytest.mark.parametrize("seed", range(0, 400, 7))
def test_branches_and_symbols_of_random_schemas_are_covered(seed: int) -> None:
    try:
        schema = parsed(pair(seed)[1])
    except SchemaError:
        return
    found: set[str] = set()
    values = cover(schema, seed)
    for value in values:
        seen(schema.root, value.datum, found)
        codec.encode(schema, value.datum)
    if values and isinstance(schema.root, Record):
        for field in schema.root.fields:
            if isinstance(field.type, Enumeration):
                assert {f"{schema.root.full}.{field.name}={symbol}" for symbol in field.type.symbols} <= found


@pytest.mark.parametrize("levels", [4, 14, 40])
def test_records_that_hold_one_another_in_several_fields_are_all_covered_in_little_room(levels: int) -> None:
    """There are twice as many paths with each level; each record is covered on one of them at least."""
    inner: JSON = {"type": "record", "name": "R0", "fields": [{"name": "v", "type": "boolean"}]}
    for level in range(1, levels):
        fields: list[JSON] = [
            {"name": "left", "type": ["null", inner]},
            {"name": "right", "type": ["null", f"R{level - 1}"]},
        ]
        inner = {"type": "record", "name": f"R{level}", "fields": fields}
    schema = parsed(inner)
    found: set[str] = set()
    values = cover(schema)
    for value in values:
        seen(schema.root, value.datum, found)
        codec.encode(schema, value.datum)
    assert {f"R{level}.left|{index}" for level in range(1, levels) for index in (0, 1)} <= found
    assert {"R0.v=True", "R0.v=False"} <= found
    assert len(repr(values)) < 5_000_000


def test_a_type_without_finite_values_has_no_cover() -> None:
    assert cover(parsed({"type": "record", "name": "R", "fields": [{"name": "r", "type": "R"}]})) == ()
    assert cover(parsed([])) == ()


BOTH_SPACES: JSON = {
    "type": "record",
    "name": "R",
    "doc": "as written",
    "owner": "me",
    "fields": [
        {"name": "a", "type": {"type": "enum", "name": "A", "symbols": ["S"]}},
        {"name": "b", "type": {"type": "fixed", "name": "x.A", "size": 4}},
        {"name": "c", "type": ["bytes", "string"]},
    ],
}


@pytest.mark.parametrize("written", [ORDER, BOTH_SPACES, "long"], ids=["a namespace", "a namespace and none", "plain"])
def test_a_container_file_has_the_schema_as_it_is_written(written: JSON) -> None:
    schema = parsed(written)
    own = AvroPayloads(schema)
    bodies = [one.body for one in own.generate(0)]
    content = own.container.write(bodies)
    reader = fastavro.reader(io.BytesIO(content))
    values = list(reader)
    assert json.loads(reader.metadata["avro.schema"]) == written
    assert same(view(values), [own.decode(body) for body in bodies])
    assert own.container.read(content) == bodies


def test_wire_formats_frame_and_unframe() -> None:
    schema = parsed('"long"'[1:-1])
    payload = codec.encode(schema, 1)
    assert payload == b"\x02"
    assert wire.framed(258, payload) == b"\x00\x00\x00\x01\x02\x02"
    assert wire.unframed(wire.framed(258, payload)) == (258, payload)
    framed = single_object.framed(schema, payload)
    assert framed[:2] == b"\xc3\x01"
    assert single_object.unframed(framed) == (crc64(schema), payload)
    for broken in (b"", b"\x01abcd", b"\xc3\x01short"):
        with pytest.raises(PayloadError):
            wire.unframed(broken)
        with pytest.raises(CodecError):
            single_object.unframed(broken)


def test_decoding_says_what_is_wrong() -> None:
    schema = parsed(ORDER)
    with pytest.raises(CodecError):
        codec.decode(schema, b"\x00")
    with pytest.raises(CodecError, match="left over"):
        codec.decode(parsed("int"), b"\x00\x00")
    with pytest.raises(CodecError, match="does not fit"):
        codec.encode(schema, {"id": "x"})


@pytest.mark.parametrize("seed", range(0, 300, 3))
def test_canonical_form_and_fingerprint_are_those_of_other_implementations(seed: int) -> None:
    """The CRC is fastavro's for the same form; the form is PyPI avro's, where that parses the schema."""
    document = pair(seed)[0]
    try:
        schema = parsed(document)
    except SchemaError:
        return
    form = parsing_canonical_form(schema)
    assert int.from_bytes(bytes.fromhex(fastavro.schema.fingerprint(form, "CRC-64-AVRO")), "little") == crc64(schema)
    text = json.dumps(document)
    if '"namespace": ""' in text or "default" in text or "logicalType" in text:
        return
    theirs = avro.schema.parse(text).canonical_form
    assert json.loads(theirs) == json.loads(form)


def test_content_hash_tells_defaults_apart_and_docs_not() -> None:
    field = {"name": "a", "type": "int", "default": 1}
    base = {"type": "record", "name": "R", "fields": [field]}
    assert content_hash(parsed(base)) == content_hash(parsed({"doc": "x", "namespace": "", **base}))
    assert content_hash(parsed(base)) != content_hash(parsed({**base, "fields": [{**field, "default": 2}]}))
    assert crc64(parsed(base)) == crc64(parsed({**base, "fields": [{**field, "default": 2}]}))


@pytest.mark.parametrize(("kind", "default"), [("int", 2**40), ("int", -(2**31) - 1), ("long", 2**63)])
def test_a_default_that_is_no_value_of_its_type_is_none_of_the_payloads(kind: str, default: int) -> None:
    # `b` has more boundaries than `a`, which then has what is usual there
    fields = [{"name": "a", "type": kind, "default": default}, {"name": "b", "type": "double"}]
    schema = parsed({"type": "record", "name": "R", "fields": fields})
    for value in cover(schema):
        read = binary.decode(schema.root, binary.encode(schema.root, value.datum))
        assert repr(read) == repr(value.datum)  # not-a-number is not equal to itself
