"""The webhooks and callbacks of OpenAPI documents, and documents of definitions, are events."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evtcompat.model.documents import NoReferences
from evtcompat.model.places import Place
from evtcompat.sources.documents.document_files import disk
from evtcompat.sources.documents.files import discover
from evtcompat.sources.documents.opened import Container, opened
from evtcompat.syntax.documents import locate

from .conftest import Repo
from .selecting import lay, run

ORDER = {"$ref": "#/components/schemas/Order"}


def body(schema: object, media: str = "application/json") -> dict[str, object]:
    return {"requestBody": {"content": {media: {"schema": schema}}}}


THREE_ONE = {
    "openapi": "3.1.0",
    "info": {"title": "Shop", "version": "1"},
    "webhooks": {
        "orderPlaced": {"post": body(ORDER)},
        "orderShipped": {"post": body({"type": "object"}), "put": body({"type": "string"})},
        "ping": {"post": {}},
    },
    "paths": {
        "/subscribe": {
            "post": {
                "callbacks": {
                    "onChange": {"{$request.body#/url}": {"post": body({"type": ["object", "null"]})}},
                    "shared": {"$ref": "#/components/callbacks/onPaid"},
                }
            }
        }
    },
    "components": {
        "callbacks": {"onPaid": {"{$url}": {"post": body(ORDER)}}},
        "schemas": {"Order": {"type": "object", "properties": {"id": {"type": "string"}}}},
    },
}
THREE_ZERO = {
    "openapi": "3.0.3",
    "info": {"title": "Shop", "version": "1"},
    "paths": {"/a": {"post": {"callbacks": {"onA": {"{$url}": {"post": body({"$ref": "#/components/schemas/A"})}}}}}},
    "components": {
        "schemas": {
            "A": {
                "type": "object",
                "properties": {
                    "nullable": {"type": "boolean"},
                    "note": {"type": "string", "nullable": True},
                    "any": {"nullable": True},
                    "low": {"type": "number", "minimum": 0, "exclusiveMinimum": True},
                    "b": {"$ref": "#/components/schemas/B"},
                },
            },
            "B": {"type": "integer", "nullable": True, "enum": [1, 2]},
        }
    },
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def container(folder: Path, value: object, name: str = "shop.json") -> Container:
    lay(folder, {name: json.dumps(value, indent=1)})
    found = opened(disk(folder)).container(name)
    assert found is not None
    return found


def schemas(container: Container) -> dict[str, Any]:
    return {one.name: json.loads(json.dumps(one.document.value)) for one in container.contents.schemas}


def test_each_request_that_others_receive_is_an_event(folder: Path) -> None:
    found = schemas(container(folder, THREE_ONE))
    assert list(found) == ["orderPlaced", "orderShipped.post", "orderShipped.put", "onPaid", "onChange"]
    assert found["onChange"]["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_nullable_of_version_3_0_adds_null_to_a_type(folder: Path) -> None:
    found = container(folder, THREE_ZERO)
    schema = schemas(found)["onA"]
    properties = schema["properties"]
    assert properties["nullable"] == {"type": "boolean"}
    assert properties["note"]["type"] == ["string", "null"]
    assert "type" not in properties["any"]
    assert schema["definitions"]["B"]["type"] == ["integer", "null"]
    assert schema["$schema"] == "http://json-schema.org/draft-04/schema#"
    (one,) = found.contents.schemas
    payloads = one.format.payloads(one.format.parse(one.document, NoReferences()))
    assert payloads is not None
    place = locate(one.document, Place(pointer="/definitions/B/type"))
    assert (place.source or "").strip() == '"type": "integer",'


def test_nullable_in_another_file_is_named(folder: Path) -> None:
    value = json.loads(json.dumps(THREE_ZERO).replace("#/components/schemas/B", "b.json"))
    lay(folder, {"b.json": '{"type": "integer", "nullable": true}'})
    found = container(folder, value)
    assert list(found.problems) == ["shop.json#onA"]
    assert "b.json has `nullable`" in str(found.problems["shop.json#onA"])


def test_a_document_without_webhooks_and_callbacks_holds_no_event(folder: Path) -> None:
    lay(folder, {"api.yaml": "openapi: 3.1.0\npaths: {}\n"})
    found = discover(disk(folder), [""])
    assert found.skipped == ("api.yaml (an OpenAPI document without webhooks and callbacks)",)
    assert (found.candidates, found.lookalikes) == ((), ())


def test_a_webhook_has_a_past(repo: Repo) -> None:
    repo.save({"shop.json": json.dumps(THREE_ONE)})
    text = json.dumps(THREE_ONE).replace('"id": {"type": "string"}', '"id": {"type": "integer"}')
    repo.write("shop.json", text)
    changed = {plan.subject for plan in run(against="git:HEAD", changed=True).plans}
    assert changed == {"orderPlaced", "onPaid"}


LIBRARY = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Events of the shop",
    "$defs": {
        "OrderPlaced": {"type": "object", "properties": {"total": {"$ref": "#/$defs/Money"}}},
        "OrderCancelled": {"type": "object", "properties": {"reason": {"type": "string"}}},
        "Money": {"type": "object", "properties": {"cents": {"type": "integer"}}},
        "Currency": {"type": "string"},
    },
}


def test_each_message_of_a_document_of_definitions_is_an_event(folder: Path) -> None:
    found = container(folder, LIBRARY)
    assert found.events == ("shop.json#OrderPlaced", "shop.json#OrderCancelled", "shop.json#Currency")
    placed = schemas(found)["OrderPlaced"]
    assert placed["properties"]["total"] == {"$ref": "#/definitions/Money"}
    assert placed["definitions"]["Money"]["properties"] == {"cents": {"type": "integer"}}


def test_messages_that_contain_each_other_and_those_of_a_union_are_events(folder: Path) -> None:
    defs = {
        "A": {"type": "object", "properties": {"b": {"$ref": "#/$defs/B"}}},
        "B": {"type": "object", "properties": {"a": {"$ref": "#/$defs/A"}}},
        "C": {"type": "object", "properties": {}},
        "Event": {"oneOf": [{"$ref": "#/$defs/C"}]},
    }
    names = [*"ABC", "Event"]
    assert container(folder, {**LIBRARY, "$defs": defs}).events == tuple(f"shop.json#{name}" for name in names)


@pytest.mark.parametrize("text", ["$defs:\n  A: {type: colour}\n", "# one\n$schema: x\n$defs: {}\n", "$defs: {A: 1}\n"])
def test_what_has_no_shape_of_a_language_is_no_document_of_definitions(folder: Path, text: str) -> None:
    lay(folder, {"a.yaml": text})
    assert opened(disk(folder)).container("a.yaml") is None


@pytest.mark.parametrize("word", ["type", "properties", "$ref", "allOf", "oneOf", "unevaluatedProperties"])
def test_a_schema_with_definitions_is_one_schema(folder: Path, word: str) -> None:
    lay(folder, {"a.json": json.dumps({**LIBRARY, word: {}})})
    assert opened(disk(folder)).container("a.json") is None


def test_others_refer_to_a_document_of_definitions_as_before(repo: Repo) -> None:
    schema = {"$schema": LIBRARY["$schema"], "properties": {"m": {"$ref": "shop.json#/$defs/Money"}}}
    repo.save({"shop.json": json.dumps(LIBRARY), "order.json": json.dumps(schema)})
    plan = next(plan for plan in run(against="git:HEAD").plans if plan.subject == "order")
    plan.format.parse(plan.candidate.document, plan.candidate.references)
