"""Schemas whose ``$schema`` names a metaschema of somebody's own."""

from __future__ import annotations

from typing import Any

import pytest

from evtcompat import SchemaError, compare
from evtcompat.formats.json_schema.dialect import Dialect, Handling
from evtcompat.formats.json_schema.dialects import DIALECTS, DRAFT2019, DRAFT2020, by_uri
from evtcompat.formats.json_schema.parse.metaschemas import VOCABULARIES
from formats.json_schema.schemas import FOUR, MODERN, SEVEN

OWN = "https://example.com/own"
CORE = "https://json-schema.org/draft/2020-12/vocab/core"
APPLICATOR = "https://json-schema.org/draft/2020-12/vocab/applicator"
VALIDATION = "https://json-schema.org/draft/2020-12/vocab/validation"
COLOURS = "https://example.com/vocab/colours"

FLOOR: dict[str, Any] = {"$schema": OWN, "properties": {"n": {"minimum": 10}}}
SHUT: dict[str, Any] = {"$schema": OWN, "properties": {"n": False}}
SECOND: dict[str, Any] = {"$schema": OWN, "type": "array", "items": [{}, {"type": "string"}]}


def metaschema(**keywords: Any) -> dict[str, Any]:  # noqa: ANN401 - any keyword
    return {"$id": OWN, "$schema": MODERN, **keywords}


#: law, what the references hold, reader, writer, verdict
CASES: list[tuple[str, dict[str, Any], Any, Any, str]] = [
    ("a metaschema without vocabularies is its dialect", {OWN: metaschema()}, FLOOR, {}, "incompatible"),
    (
        "keywords of the dialect that it builds on, not of the default one",
        {OWN: {"$schema": SEVEN}},
        SECOND,
        {"$schema": SEVEN, "items": {"const": 0}},
        "incompatible",
    ),
    (
        "a metaschema is followed to the one that it is written in",
        {OWN: {"$schema": "urn:two"}, "urn:two": {"$schema": SEVEN}},
        SECOND,
        {"$schema": SEVEN, "items": {"const": 0}},
        "incompatible",
    ),
    (
        "a metaschema that describes itself builds on what it refers to",
        {OWN: {"$schema": OWN, "allOf": [{"required": ["self"]}, {"$ref": FOUR}]}},
        {"$schema": OWN, "minimum": 5, "exclusiveMinimum": True},
        {"const": 5},
        "incompatible",
    ),
    (
        "keywords of a vocabulary that is left out say nothing",
        {OWN: metaschema(**{"$vocabulary": {CORE: True, APPLICATOR: True}})},
        FLOOR,
        {},
        "compatible",
    ),
    (
        "keywords of a vocabulary that is listed do",
        {OWN: metaschema(**{"$vocabulary": {CORE: True, APPLICATOR: True}})},
        SHUT,
        {},
        "incompatible",
    ),
    (
        "an optional vocabulary counts where it is known",
        {OWN: metaschema(**{"$vocabulary": {CORE: True, APPLICATOR: True, VALIDATION: False}})},
        FLOOR,
        {},
        "incompatible",
    ),
    (
        "and is passed over where it is not",
        {OWN: metaschema(**{"$vocabulary": {CORE: True, VALIDATION: True, COLOURS: False}})},
        {"$schema": OWN, "type": "number"},
        {},
        "incompatible",
    ),
    (
        "below a keyword that says nothing there is no schema",
        {OWN: metaschema(**{"$vocabulary": {CORE: True, VALIDATION: True}})},
        FLOOR,
        {},
        "compatible",
    ),
    (
        "a vocabulary is left out at every depth",
        {OWN: metaschema(**{"$vocabulary": {CORE: True, APPLICATOR: True}})},
        {"$schema": OWN, "allOf": [{"items": {"anyOf": [{"type": "null"}, {"properties": {"a": {"type": "null"}}}]}}]},
        {},
        "compatible",
    ),
    (
        "a referenced document has a metaschema of its own",
        {OWN: {"$schema": FOUR}, "urn:part": {"$schema": OWN, "minimum": 5, "exclusiveMinimum": True}},
        {"$schema": MODERN, "$ref": "urn:part"},
        {"const": 5},
        "incompatible",
    ),
]


@pytest.mark.parametrize(("references", "reader", "writer", "verdict"), [case[1:] for case in CASES])
def test_a_metaschema_is_read_for_its_dialect_and_vocabularies(
    references: dict[str, Any],
    reader: Any,  # noqa: ANN401 - schemas
    writer: Any,  # noqa: ANN401 - schemas
    verdict: str,
) -> None:
    found = compare(reader=reader, writer=writer, format="json-schema", policy="strict", references=references)
    assert found.verdict.value == verdict


@pytest.mark.parametrize(
    ("references", "said"),
    [
        ({}, "among the references"),
        ({OWN: {"$schema": "urn:nowhere"}}, "is no metaschema that is known here"),
        ({OWN: {"$schema": OWN}}, "is no metaschema that is known here"),
        ({OWN: metaschema(**{"$vocabulary": {CORE: True, COLOURS: True}})}, "demands the vocabulary"),
    ],
    ids=["unknown", "leads nowhere", "goes in a circle", "demands something unknown"],
)
def test_what_a_metaschema_means_is_never_guessed(references: dict[str, Any], said: str) -> None:
    with pytest.raises(SchemaError, match=said):
        compare(reader=FLOOR, writer={}, format="json-schema", references=references)


@pytest.mark.parametrize(
    "uri", ["http://iglucentral.com/schemas/com.snowplowanalytics.self-desc/schema/jsonschema/1-0-0#"]
)
def test_widespread_metaschemas_are_known(uri: str) -> None:
    reader = {"$schema": uri, "self": {"vendor": "x"}, "minimum": 5, "exclusiveMinimum": True}
    assert compare(reader=reader, writer={"const": 5}, format="json-schema").verdict.value == "incompatible"


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        ("https://json-schema.org/0.1.0-draft/2020-12/schema", "2020-12"),
        ("http://www.json-schema.org/draft-07/schema#/", "draft 7"),
        ("http://json-schema.org/draft-06/schema#definitions", "draft 6"),
        ("http://json-schema.org/draft-03/schema#", None),
        ("http://json-schema.org/draft-04/draft-07/schema#", None),
        ("https://json-schema.example.org/draft-07/schema#", None),
        ("https://example.org/json-schema.org/draft-07/schema", None),
    ],
)
def test_a_draft_is_known_by_its_name_on_its_own_site_only(uri: str, name: str | None) -> None:
    found = by_uri(uri)
    assert (found and found.name) == name


@pytest.mark.parametrize("dialect", [DRAFT2019, DRAFT2020], ids=lambda one: one.name)
def test_every_keyword_that_constrains_is_in_a_vocabulary(dialect: Dialect) -> None:
    listed = {name for names in VOCABULARIES[dialect.name].values() for name in names}
    constraining = {name for name, how in dialect.keywords.items() if how in (Handling.DECIDED, Handling.FORMAT)}
    # Kept for older schemas, and constraining in older dialects only.
    assert constraining - listed == set()
    assert set(VOCABULARIES) < {one.name for one in DIALECTS}


def test_references_may_be_a_function_that_answers_with_parsed_json() -> None:
    reader = {"$ref": "urn:number"}
    found = compare(
        reader=reader, writer={}, format="json-schema", references=lambda uri: {"type": "number"} if uri else None
    )
    assert found.verdict.value == "incompatible"


#: What JSON allows and no draft does.
_NO_TYPES: list[object] = [[["string"]], ["object", ["object", "array"]], [[]], [[["x"]]], [{}], {"a": 1}, 5, []]


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda one: one.name)
@pytest.mark.parametrize("types", _NO_TYPES, ids=str)
def test_types_that_are_none_are_refused_in_words(types: object, dialect: Dialect) -> None:
    """However arrays are nested in it, the sentence names the keyword."""
    with pytest.raises(SchemaError, match="`type`"):
        compare(reader={"$schema": dialect.uri, "type": types}, writer={"$schema": dialect.uri}, format="json-schema")
