"""Findings about one schema: what looks like a keyword and is none, and what must not be mistaken for one."""

from __future__ import annotations

import jsonschema
import pytest

from evtcompat import check
from evtcompat.formats.json_schema.dialects import DIALECTS
from evtcompat.formats.json_schema.keywords.keyword import Keyword
from evtcompat.formats.json_schema.keywords.table import CONSTRAINING, fits
from evtcompat.formats.json_schema.lint.findings import lint
from evtcompat.model.json_types import JSON
from formats.json_schema.schemas import schema_of
from reference_data import reference_rows

DIALECT = {dialect.name.removeprefix("draft "): dialect for dialect in DIALECTS}


def found(schema: JSON, draft: str = "7") -> list[tuple[str, str]]:
    return [(one.rule, one.reader.pointer) for one in lint(schema, DIALECT[draft])]


@pytest.mark.parametrize(
    ("word", "value", "meant"),
    [
        ("mexLength", 5, "maxLength"),
        ("maxiumum", 5, "maximum"),
        ("minLenght", 5, "minLength"),
        ("MaxLength", 5, "maxLength"),
        ("max_length", 5, "maxLength"),
        ("additionalPropeties", False, "additionalProperties"),
        ("additionalProperty", False, "additionalProperties"),
        ("addtionalProperties", {"type": "string"}, "additionalProperties"),
        ("require", ["id"], "required"),
        ("requried", ["id"], "required"),
        ("required:", ["id"], "required"),
        ("propertes", {"id": {"type": "string"}}, "properties"),
        ("enumm", ["A"], "enum"),
        ("tpye", "string", "type"),
        ("Type", "string", "type"),
        ("item", {"type": "string"}, "items"),
        ("oneof", [{"type": "string"}], "oneOf"),
        ("patern", "^a", "pattern"),
        ("paternProperties", {"^a": {}}, "patternProperties"),
        ("uniqueItem", True, "uniqueItems"),
        ("max", 5, "maximum"),
        ("regex", "^a", "pattern"),
        ("ref", "#/definitions/a", "$ref"),
    ],
)
def test_a_misspelt_keyword_is_found(word: str, value: JSON, meant: str) -> None:
    """The keyword that was meant is suggested, and the suggestion is an edit of the document."""
    (finding,) = lint({"type": "object", "properties": {"a": {word: value}}}, DIALECT["7"])
    assert finding.rule == "unknown-keyword"
    assert finding.facts == {"keyword": word, "suggestion": meant, "path": "a"}
    assert finding.reader == finding.writer
    assert finding.reader.pointer == f"/properties/a/{word}"
    assert finding.fix is not None
    assert finding.fix.patch == ({"op": "move", "from": f"/properties/a/{word}", "path": f"/properties/a/{meant}"},)


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"mexLength": {"type": "integer"}, "require": True}},
        {"patternProperties": {"typ": {"type": "integer"}}},
        {"definitions": {"item": {"type": "string"}, "enumm": {"type": "string"}}},
        {"enum": [{"mexLength": 1}], "default": {"requried": ["a"]}, "examples": [{"propertes": {}}]},
        {"const": {"tpye": "string"}},
        {"dependencies": {"requried": ["a"]}},
        {"x-minLenght": 5, "x-kafka": {"maxLenght": 5}},
        {"annotations": {"mexLength": 5}},
        {"note": "not a keyword", "notes": [], "nullable": True, "example": 5, "discriminator": {"propertyName": "t"}},
        {"types": "ignored by all", "self": {"vendor": "com.example", "format": "jsonschema", "version": "1-0-0"}},
        {"javaType": "string", "connect.type": "bytes", "title": "t", "tittle": "t", "container": {"type": "a"}},
        {"min": "no number", "item": "no schema", "regex": 5},
        {"maxlength": 5, "maxLength": 5},
    ],
)
def test_what_is_no_misspelling_is_left_alone(schema: JSON) -> None:
    """Names, values, vendor words, and a slip beside the keyword that it resembles give no finding."""
    assert found(schema) == []


def test_misspellings_are_found_wherever_schemas_stand() -> None:
    """Below every applicator, and where a reference leads, but nowhere else."""
    slip: JSON = {"maxLenght": 3}
    schema: JSON = {
        "allOf": [slip],
        "items": [slip],
        "additionalProperties": slip,
        "if": {"not": slip},
        "dependencies": {"a": slip},
        "definitions": {"used/never": slip},
        "components": {"schemas": {"referred": slip, "other": slip}},
        "contains": {"$ref": "#/components/schemas/referred"},
    }
    assert [pointer for _, pointer in found(schema)] == [
        "/allOf/0/maxLenght",
        "/items/0/maxLenght",
        "/additionalProperties/maxLenght",
        "/if/not/maxLenght",
        "/dependencies/a/maxLenght",
        "/definitions/used~1never/maxLenght",
        "/components/schemas/referred/maxLenght",
    ]


@pytest.mark.parametrize(
    ("draft", "schema", "keyword", "advice"),
    [
        ("7", {"prefixItems": [{"type": "string"}]}, "prefixItems", "write items as a list"),
        ("4", {"const": 5}, "const", "write enum with one value"),
        ("4", {"type": "array", "contains": {"const": 5}}, "contains", "declare draft 6 in $schema"),
        ("6", {"if": {"type": "string"}}, "if", "declare draft 7 in $schema"),
        ("2020-12", {"dependencies": {"a": ["b"]}}, "dependencies", "write dependentRequired or dependentSchemas"),
        ("7", {"unevaluatedProperties": False}, "unevaluatedProperties", "write additionalProperties"),
    ],
)
def test_a_keyword_of_another_draft_is_found(draft: str, schema: JSON, keyword: str, advice: str) -> None:
    """It is ignored where it stands; the finding says what to write instead."""
    findings = {one.facts["keyword"]: one for one in lint(schema, DIALECT[draft])}
    assert findings[keyword].rule == "keyword-of-another-draft"
    assert findings[keyword].facts["advice"] == advice


@pytest.mark.parametrize(
    ("draft", "schema", "expected"),
    [
        ("7", {"type": "integer", "maxLength": 5}, ["/maxLength"]),
        ("7", {"type": ["null", "array"], "properties": {}}, ["/properties"]),
        ("7", {"then": {"type": "string"}}, ["/then"]),
        ("7", {"items": {"type": "string"}, "additionalItems": False}, ["/additionalItems"]),
        ("2020-12", {"minContains": 2}, ["/minContains"]),
        ("7", {"type": "integer", "minimum": 1}, []),
        ("7", {"type": ["string", "null"], "maxLength": 5}, []),
        ("7", {"maxLength": 5}, []),
        ("7", {"items": [{"type": "string"}], "additionalItems": False}, []),
    ],
)
def test_a_keyword_without_effect_is_noted(draft: str, schema: JSON, expected: list[str]) -> None:
    """A keyword that speaks of another type, or misses its companion, is noted; others are not."""
    assert found(schema, draft) == [("keyword-without-effect", pointer) for pointer in expected]


def test_what_stands_beside_a_reference() -> None:
    """It is ignored up to draft 7 and counts since 2019-09; descriptions may stand there."""
    schema: JSON = {"$ref": "#/definitions/a", "description": "d", "maxLength": 5, "definitions": {"a": {}}}
    assert found(schema, "7") == [("keyword-beside-ref", "/maxLength")]
    assert found(schema, "2019-09") == []


def test_the_table_knows_what_validators_check() -> None:
    """Per draft, the constraining keywords are those of an independent validator, and those it reads beside others."""
    beside = {"then", "else", "minContains", "maxContains"}
    for dialect in DIALECTS:
        known = {name for name, keyword in CONSTRAINING.items() if dialect.name in keyword.constrains_in}
        checked = set(getattr(jsonschema, dialect.validator).VALIDATORS) - {"format"}
        assert known - beside - {"exclusiveMinimum", "exclusiveMaximum"} == checked - {
            "exclusiveMinimum",
            "exclusiveMaximum",
        }


def test_a_keyword_is_never_a_misspelling_of_another() -> None:
    """Every keyword and every annotation of every draft, spelled right, gives no finding."""
    for keyword in CONSTRAINING.values():
        schema: JSON = {keyword.name: _value(keyword)}
        assert not [
            rule
            for rule, _ in found(schema, keyword.constrains_in[-1].removeprefix("draft "))
            if rule == "unknown-keyword"
        ]


def _value(keyword: Keyword) -> JSON:
    samples: list[JSON] = [{}, [], "#", 1, True]
    return next(sample for sample in samples if fits(keyword, sample))


@pytest.mark.slow
def test_real_histories_show_no_false_alarm() -> None:
    """In real event schemas, the words reported as misspelt are few, and all of them are."""
    words: set[object] = set()
    for row in reference_rows("json_real.jsonl.gz"):
        for side in ("old", "new"):
            schema = schema_of(row[side])
            found = lint(schema.value, schema.dialect)
            words |= {one.facts["keyword"] for one in found if one.rule == "unknown-keyword"}
    assert words == KNOWN_SLIPS


#: Looked at one by one.
KNOWN_SLIPS = {"mexLength"}


@pytest.mark.parametrize("draft", list(DIALECT))
def test_a_list_of_no_required_names_has_no_effect_and_only_draft_4_minds(draft: str) -> None:
    expected = [("keyword-without-effect", "/required")] if draft == "4" else []
    assert found({"type": "object", "required": []}, draft) == expected


@pytest.mark.parametrize("draft", [one.name for one in DIALECTS])
@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("required", ["n", "n"]),
        ("type", ["object", "null", "object"]),
        ("enum", [{}, {"a": 1}, {}, None]),
        ("enum", [1, 1.0, {}]),
        ("dependencies", {"a": ["b", "b"]}),
        ("dependentRequired", {"a": ["b", "b"]}),
    ],
)
def test_what_is_said_twice_is_a_note_and_stops_no_comparison(keyword: str, value: object, draft: str) -> None:
    """It means what it means once; a check of a change that has nothing to do with it passes."""
    old = {"$schema": next(one.uri for one in DIALECTS if one.name == draft), "properties": {"a": {}}, keyword: value}
    new = {**old, "properties": {"a": {}, "z": {"type": "string"}}}
    report = check(candidate=new, history=[old], format="json-schema", level="FULL")
    (subject,) = report.subjects
    assert not subject.problems
    rules = {one.rule for one in subject.findings}
    assert rules & {"keyword-without-effect", "keyword-of-another-draft", "unknown-keyword"}
    assert all(one.severity.value != "error" for one in subject.findings)
    if rules == {"keyword-without-effect"}:
        assert report.verdict.value == "compatible"
