"""What is said of names that Avro has not, and of documents that are no Avro schemas: what somebody may have meant."""

from __future__ import annotations

from typing import Any

import pytest

from evtcompat.errors import DocumentError, ReferenceMissingError, SchemaError
from evtcompat.formats.avro.suggestions import types_meant
from formats.avro.comparing import ENGINE, parsed


def record(type_: Any, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON values
    """A record whose one field has a type."""
    return {"type": "record", "name": "R", "fields": [{"name": "a", "type": type_}], **more}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("String", "string?"),
        ("Int", "int?"),
        ("BOOLEAN", "boolean?"),
        ("NULL", "null?"),
        ("integer", "int or long?"),
        ("int64", "long?"),
        ("number", "double, int or long?"),
        ("bool", "boolean?"),
        ("text", "string?"),
        ("varchar(20)", "string?"),
        ("double precision", "double?"),
        ("java.lang.String", "string?"),
        ("None", "null?"),
        ("datetime", '{"type": "long", "logicalType": "timestamp-millis"}?'),
        ("timestamp-micros", '{"type": "long", "logicalType": "timestamp-micros"}?'),
        ("date", '{"type": "int", "logicalType": "date"}?'),
        ("decimal", '"logicalType": "decimal"'),
        ("uuid", '"logicalType": "uuid"'),
        ("object", '"type": "record"'),
        ("Record", '"type": "record"'),
        ("array", '"type": "array", "items"'),
        ("string[]", '"type": "array", "items"'),
        ("List<String>", '"type": "array", "items"'),
        ("Map<String, Int>", '"type": "map", "values"'),
        ("string?", "a union"),
        ("null|string", "a union"),
        ("strnig", "string?"),
        ("bolean", "boolean?"),
    ],
)
@pytest.mark.parametrize("space", [{}, {"namespace": "shop"}])
@pytest.mark.parametrize("nullable", [False, True])
def test_a_type_of_another_language_is_named_in_avros_words(
    written: str, meant: str, space: dict[str, str], *, nullable: bool
) -> None:
    with pytest.raises(SchemaError, match="is not defined, and Avro has no such type; did you mean") as caught:
        parsed(record(["null", written] if nullable else written, **space))
    assert not isinstance(caught.value, ReferenceMissingError), "no other document would define it"
    assert meant in str(caught.value)
    assert written in str(caught.value)
    assert caught.value.place is not None
    assert caught.value.place.pointer == ("/fields/0/type/1" if nullable else "/fields/0/type")


@pytest.mark.parametrize("written", ["Address", "shop.Order", "E", "Tuple2", "x"])
def test_a_name_that_is_like_nothing_is_only_said_to_be_undefined(written: str) -> None:
    with pytest.raises(ReferenceMissingError, match="is not defined") as caught:
        parsed(record(written))
    assert "did you mean" not in str(caught.value)
    assert caught.value.hint is not None
    assert caught.value.hint.startswith("Define it")


@pytest.mark.parametrize(
    ("written", "meant"),
    [("Adress", "shop.Address"), ("address", "shop.Address"), ("other.Address", "shop.Address")],
)
def test_a_slip_in_a_name_leads_to_the_one_that_is_defined(written: str, meant: str) -> None:
    address = {"type": "record", "name": "shop.Address", "fields": []}
    with pytest.raises(ReferenceMissingError, match=f"did you mean {meant}?"):
        parsed([address, record(written)])


def test_a_name_that_is_defined_means_what_it_says() -> None:
    """Other languages' words are names like any other."""
    fields = [{"name": "a", "type": {"type": "fixed", "name": "uuid", "size": 16}}, {"name": "b", "type": "uuid"}]
    schema = parsed({"type": "record", "name": "integer", "fields": fields})
    assert set(schema.names) == {"integer", "uuid"}


def test_suggestions_are_few() -> None:
    assert len(types_meant("Orders", [f"shop.Order{index}" for index in range(1000)])) <= 3


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ({"protocol": "P", "types": [record("string")], "messages": {}}, "an Avro protocol"),
        ({"protocol": "P", "namespace": "x"}, "an Avro protocol"),
        ({"asyncapi": "3.0.0", "info": {}}, "an AsyncAPI document"),
        ({"openapi": "3.1.0", "paths": {}}, "an OpenAPI document"),
        ({"swagger": "2.0"}, "a Swagger document"),
        ({"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object"}, "a JSON Schema"),
        ({"type": "object", "properties": {"a": {"type": "integer"}}}, "a JSON Schema"),
        ({"$ref": "order.json"}, "a JSON Schema"),
        ({"schema": {"type": "struct", "fields": []}, "payload": {}}, "an event of Kafka Connect with its schema"),
        ({"type": "struct", "fields": [{"type": "int32", "field": "id"}]}, "a Kafka Connect schema"),
        ({"subject": "s", "version": 1, "id": 1, "schema": '"string"'}, "a schema registry's answer"),
        ({"schemaType": "AVRO", "schema": '"string"'}, "a request to a schema registry"),
    ],
)
def test_a_document_of_another_kind_is_called_by_its_name(value: dict[str, Any], kind: str) -> None:
    with pytest.raises(SchemaError, match=f"this is {kind}, not an Avro schema") as caught:
        parsed(value)
    assert caught.value.hint


@pytest.mark.parametrize(
    "value",
    [
        record("string", protocol="P"),
        record("string", openapi="3.1.0", properties={}),
        {**record("string"), "$schema": "x", "schema": "y", "payload": 1},
        {"type": "string", "$ref": "x", "properties": {}},
    ],
)
def test_what_parses_is_a_schema_whatever_else_it_says(value: dict[str, Any]) -> None:
    assert parsed(value).document.value == value


@pytest.mark.parametrize(
    "value", [{}, {"a": 1}, {"fields": []}, {"schema": "x"}, {"payload": 1}, {"name": "R", "fields": []}]
)
def test_an_object_of_no_kind_is_only_said_to_be_no_schema(value: dict[str, Any]) -> None:
    with pytest.raises(SchemaError, match='a schema object has no "type"'):
        parsed(value)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('@namespace("org.example")\nprotocol Simple { record R { string a; } }', "Avro IDL"),
        ("/* a comment */ // another\nrecord R { string a; }", "Avro IDL"),
        ("namespace org.example;\nschema R;\nrecord R {}", "Avro IDL"),
        ("enum Suit { A, B }", "Avro IDL"),
        ('// a comment\nsyntax = "proto3";\nmessage M {}', "a Protobuf schema"),
    ],
)
def test_a_text_of_another_language_is_called_by_its_name(text: str, kind: str) -> None:
    with pytest.raises(DocumentError, match=f"this is {kind}"):
        ENGINE.read(text, "x.avsc", name="x.avsc")


@pytest.mark.parametrize("text", ["", "{", "record", "protocol", '{"protocol": }', "/*" * 50_000, " " * 50_000])
def test_broken_json_is_said_to_be_that(text: str) -> None:
    with pytest.raises(DocumentError) as caught:
        ENGINE.read(text, "x.avsc", name="x.avsc")
    assert "this is" not in str(caught.value)
