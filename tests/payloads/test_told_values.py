"""Payloads say what stands there: the author's examples and defaults, formats and names before empty texts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from cli_harness import Run
from evtcompat.formats.base import SchemaFormat
from evtcompat.formats.loading import by_name
from evtcompat.formats.payloads import Generated
from evtcompat.model.documents import Document, NoReferences
from evtcompat.model.json_types import JSON
from evtcompat.payloads.matrix import MOST_PAYLOADS

DRAFT = {"$schema": "http://json-schema.org/draft-07/schema#"}
#: The schema of one property, and what the first payload has there.
SHOWN: dict[str, tuple[dict[str, JSON], JSON]] = {
    "an example": ({"type": "string", "examples": ["Ada Lovelace"], "default": "nobody"}, "Ada Lovelace"),
    "an example that OpenAPI writes": ({"type": "string", "example": "Ada"}, "Ada"),
    "the first example that is valid": ({"type": "integer", "examples": ["seven", 7]}, 7),
    "a default": ({"type": "string", "default": "NL", "maxLength": 2}, "NL"),
    "an empty default says nothing more than a default": ({"type": "string", "default": None}, "shipTo"),
    "a constant": ({"const": "v1", "examples": ["v2"]}, "v1"),
    "a listed value": ({"enum": ["NEW", "PAID"]}, "NEW"),
    "a UUID": ({"type": "string", "format": "uuid"}, "00000000-0000-4000-8000-000000000000"),
    "a UUID of 36 characters": (
        {"type": "string", "format": "uuid", "minLength": 36, "maxLength": 36},
        "00000000-0000-4000-8000-000000000000",
    ),
    "an e-mail address": ({"type": "string", "format": "email"}, "zoe@example.com"),
    "a point in time": ({"type": "string", "format": "date-time"}, "2026-02-28T23:59:59Z"),
    "a title": ({"type": "string", "title": "Ship to"}, "Ship to"),
    "a name": ({"type": "string"}, "shipTo"),
    "a name that is cut": ({"type": "string", "maxLength": 4}, "ship"),
    "a name that is repeated": ({"type": "string", "minLength": 8}, "shipTosh"),
    "what the example of the whole shows": ({"type": "string"}, "Berlin"),
    "what a pattern allows": ({"type": "string", "pattern": "^[A-Z]{3}$"}, "AAA"),
}


def generated(language: SchemaFormat, schema: JSON) -> Sequence[Generated]:
    return language.payloads(language.parse(Document(schema), NoReferences())).generate(0)


def json_schema(properties: dict[str, JSON], **more: JSON) -> Sequence[Generated]:
    schema: JSON = {**DRAFT, "type": "object", "required": [*properties], "properties": {**properties}, **more}
    return generated(by_name("json-schema"), schema)


@pytest.mark.parametrize("case", SHOWN)
def test_the_plainest_payload_says_what_stands_there(case: str) -> None:
    schema, expected = SHOWN[case]
    more: dict[str, JSON] = {"examples": [{"shipTo": "Berlin"}]} if "whole" in case else {}
    plainest = json_schema({"shipTo": schema}, **more)[0]
    assert json.loads(plainest.body)["shipTo"] == expected


def test_boundaries_stay_covered_beside_examples() -> None:
    made = json_schema({"n": {"type": "string", "examples": ["x"], "minLength": 1, "maxLength": 3}})
    lengths = {len(json.loads(one.body)["n"]) for one in made}
    assert lengths >= {1, 3}


def test_variants_of_places_far_apart_share_a_payload() -> None:
    deep: JSON = {"type": "string", "maxLength": 9}
    for name in "abc":
        deep = {"type": "object", "required": [name, "k"], "properties": {name: deep, "k": {"type": "boolean"}}}
    assert isinstance(deep, dict)
    made = json_schema({"deep": deep, "wide": {"type": "array", "items": {"type": "integer"}}})
    covers = [cover for one in made for cover in one.covers]
    assert len(covers) >= 2 * len(made)
    assert len(set(covers)) == len(covers)


AVRO: dict[str, tuple[JSON, dict[str, JSON]]] = {
    "the field's name": ("string", {}),
    "the field's default": ("string", {"default": "NL"}),
    "a default inside a union": (["string", "null"], {"default": "NL"}),
}


@pytest.mark.parametrize("case", AVRO)
def test_texts_of_avro_that_are_no_boundary_say_what_stands_there(case: str) -> None:
    type_, more = AVRO[case]
    fields: list[JSON] = [{"name": "country", "type": type_, **more}]
    # many boundaries of another field, so that those of the text are used up
    fields.append({"name": "size", "type": {"type": "enum", "name": "Size", "symbols": [f"S{n}" for n in range(20)]}})
    made = generated(by_name("avro"), {"type": "record", "name": "Order", "fields": fields})
    word = str(more.get("default", "country")).encode()
    assert sum(word in one.body for one in made) >= len(made) // 3
    assert b"" in {one.body[1:2].strip(b"\0") for one in made}, "the empty text stays"


@pytest.mark.slow
def test_the_files_of_a_version_stay_few_and_what_is_left_out_is_counted(run: Run, tmp_path: Path) -> None:
    branches: list[JSON] = [
        {"type": "object", "required": ["k", "v"], "properties": {"k": {"const": n}, "v": {"type": "string"}}}
        for n in range(MOST_PAYLOADS)
    ]
    (tmp_path / "event-v1.json").write_text(json.dumps({**DRAFT, "oneOf": branches}), encoding="utf-8")
    result = run("fixtures", "generate", "event", "-o", "made", cwd=tmp_path)
    assert result.code == 0
    assert len([*(tmp_path / "made" / "v1").glob("*.json")]) == MOST_PAYLOADS
    manifest = json.loads((tmp_path / "made" / "manifest.json").read_text(encoding="utf-8"))
    left = manifest["versions"][0]["uncovered_boundaries"]
    assert f"v1: {left} boundaries have no payload" in result.out
    assert run("fixtures", "verify", "made", cwd=tmp_path).code == 0
