"""What findings say, where, and what they offer: for pairs of two drafts, for contradictions, for conditions."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from amounts import examples
from evtcompat import compare
from evtcompat.formats.json_schema import decision
from evtcompat.formats.json_schema.dialect import Dialect
from evtcompat.formats.json_schema.dialects import DIALECTS, DRAFT4, DRAFT6, DRAFT7, DRAFT2019, DRAFT2020
from evtcompat.formats.json_schema.explain.translate import UntranslatableError, translated
from evtcompat.formats.json_schema.format import JSON_SCHEMA
from evtcompat.formats.json_schema.options import Options
from evtcompat.formats.json_schema.parse.shapes import violations
from evtcompat.model.documents import Document, FunctionReferences
from evtcompat.model.findings import Finding
from evtcompat.model.patches import apply_patch
from evtcompat.model.verdicts import Policy, Verdict
from formats.json_schema.deciding import answer
from formats.json_schema.schemas import FOUR, MODERN, SEVEN
from formats.json_schema.strategies import schemas

Schema = dict[str, Any]


def findings(reader: Schema, writer: Schema, policy: Policy = Policy.LENIENT) -> tuple[Finding, ...]:
    return compare(reader=reader, writer=writer, format="json-schema", policy=policy).findings


def told(reader: Schema, writer: Schema, policy: Policy = Policy.LENIENT) -> list[tuple[str, str, str]]:
    return [(one.rule, one.reader.pointer, one.message) for one in findings(reader, writer, policy)]


#: source, schema, target, the same in the words of the target (``None``: it has none)
TRANSLATIONS: list[tuple[Dialect, Any, Dialect, Any]] = [
    (DRAFT4, {"minimum": 1, "exclusiveMinimum": True}, DRAFT2020, {"exclusiveMinimum": 1}),
    (DRAFT4, {"minimum": 1, "exclusiveMinimum": False, "maximum": 9}, DRAFT6, {"minimum": 1, "maximum": 9}),
    (DRAFT7, {"exclusiveMaximum": 9}, DRAFT4, {"maximum": 9, "exclusiveMaximum": True}),
    (DRAFT7, {"minimum": 3, "exclusiveMinimum": 1}, DRAFT4, {"minimum": 3}),
    (DRAFT7, {"minimum": 1, "exclusiveMinimum": 1}, DRAFT4, {"minimum": 1, "exclusiveMinimum": True}),
    (DRAFT7, {"items": [{}, True], "additionalItems": False}, DRAFT2020, {"prefixItems": [{}, True], "items": False}),
    (DRAFT7, {"items": {"type": "string"}, "additionalItems": False}, DRAFT2020, {"items": {"type": "string"}}),
    (DRAFT2020, {"prefixItems": [True], "items": False}, DRAFT4, {"items": [{}], "additionalItems": False}),
    (DRAFT2020, {"items": True}, DRAFT4, {"items": {}}),
    (DRAFT7, {"const": {"const": 1}}, DRAFT4, {"enum": [{"const": 1}]}),
    (DRAFT7, {"const": 1, "enum": [1, 2]}, DRAFT4, None),
    (
        DRAFT7,
        {"dependencies": {"a": ["b"], "c": {"const": 1}}},
        DRAFT2019,
        {"dependentRequired": {"a": ["b"]}, "dependentSchemas": {"c": {"const": 1}}},
    ),
    (
        DRAFT2019,
        {"dependentRequired": {"a": ["b"]}, "dependentSchemas": {"c": False}},
        DRAFT4,
        {"dependencies": {"a": ["b"], "c": {"not": {}}}},
    ),
    (DRAFT2019, {"dependentRequired": {"a": ["b"]}, "dependentSchemas": {"a": {}}}, DRAFT7, None),
    (DRAFT2020, {"contains": {}, "minContains": 2}, DRAFT7, None),
    (DRAFT7, {"if": {}, "then": {}}, DRAFT6, None),
    (DRAFT7, {"propertyNames": {"maxLength": 1}}, DRAFT4, None),
    (DRAFT4, {"const": 1, "title": "t", "type": "string"}, DRAFT7, {"title": "t", "type": "string"}),
    (
        DRAFT2020,
        {"properties": {"const": {"anyOf": [{"const": 1}, True]}}, "additionalProperties": False},
        DRAFT4,
        {"properties": {"const": {"anyOf": [{"enum": [1]}, {}]}}, "additionalProperties": False},
    ),
]


@pytest.mark.parametrize(("source", "schema", "target", "expected"), TRANSLATIONS)
def test_a_schema_in_the_words_of_another_draft(source: Dialect, schema: Any, target: Dialect, expected: Any) -> None:  # noqa: ANN401 - any JSON
    if expected is None:
        with pytest.raises(UntranslatableError):
            translated(schema, source, target)
    else:
        assert translated(schema, source, target) == expected


@pytest.mark.slow
@settings(max_examples=examples(60), deadline=None)
@given(schemas(depth=2))
def test_a_translation_holds_the_same_values(schema: Schema) -> None:
    """Whatever the drafts: it is a schema of the other draft, and each is read by the other."""
    if "#" in str(schema).replace("schema#", ""):
        return  # it refers
    source = next(one for one in DIALECTS if schema["$schema"].removesuffix("#") == one.uri)
    for target in DIALECTS:
        try:
            found = translated({name: value for name, value in schema.items() if name != "$schema"}, source, target)
        except UntranslatableError:
            continue
        assert isinstance(found, dict)
        other = {"$schema": target.uri, **found}
        if any(violations(other, target, lambda _, dialect: dialect)):
            continue  # an empty list of names, which some drafts do not admit
        for reader, writer in ((schema, other), (other, schema)):
            assert answer(reader, writer).verdict is not Verdict.INCOMPATIBLE


#: reader, writer, what is offered for the reader, and for the writer
ACROSS: list[tuple[Schema, Schema, str, str]] = [
    (
        {"$schema": MODERN, "maximum": 10, "exclusiveMaximum": 10},
        {"$schema": FOUR},
        "Leave `exclusiveMaximum` out",
        "Set `exclusiveMaximum` to 10",
    ),
    (
        {"$schema": MODERN, "exclusiveMinimum": 5},
        {"$schema": FOUR, "minimum": 0, "exclusiveMinimum": True},
        "Keep `exclusiveMinimum` at 0",
        "Set `exclusiveMinimum` to 5",
    ),
    (
        {"$schema": FOUR, "minimum": 5},
        {"$schema": SEVEN, "exclusiveMinimum": 0},
        "Keep `minimum` at 0 and `exclusiveMinimum` at true",
        "Set `minimum` to 5",
    ),
    (
        {"$schema": MODERN, "additionalProperties": False, "properties": {}},
        {"$schema": SEVEN, "additionalProperties": False, "properties": {"t": {"items": [{"type": "string"}]}}},
        "Keep `t` in `properties`",
        "Do not send `t`",
    ),
    (
        {"$schema": MODERN, "properties": {"a": {}, "b": {}}, "dependentRequired": {"a": ["b"]}},
        {"$schema": SEVEN, "properties": {"a": {}, "b": {}}, "dependencies": {"c": ["a"]}},
        "Do not ask for `b` beside `a`",
        "Ask for the same beside `a`",
    ),
    (
        {"$schema": SEVEN, "properties": {"a": {"const": "x"}}},
        {"$schema": FOUR, "properties": {"a": {"type": "string"}}},
        "Leave `const` out",
        'Send only "x"',
    ),
]


@pytest.mark.parametrize(("reader", "writer", "ours", "theirs"), ACROSS)
def test_fixes_across_drafts_are_schemas_that_mend(reader: Schema, writer: Schema, ours: str, theirs: str) -> None:
    policy = Policy.STRICT if "additionalProperties" in reader else Policy.LENIENT
    found = findings(reader, writer, policy)
    offered = {fix.side: fix.text for one in found[:1] for fix in (one.fix, *one.alternatives) if fix is not None}
    assert offered == {"reader": ours, "writer": theirs}
    for side, document in (("reader", reader), ("writer", writer)):
        fixes = [fix for one in found for fix in (one.fix, *one.alternatives) if fix is not None and fix.side == side]
        changed: Any = document
        for fix in fixes:
            changed = apply_patch(changed, fix.patch)
        dialect = next(one for one in DIALECTS if one.uri == document["$schema"].removesuffix("#"))
        assert not list(violations(changed, dialect, lambda _, same: same))
        ours_now, theirs_now = (changed, writer) if side == "reader" else (reader, changed)
        assert answer(ours_now, theirs_now, policy).verdict is Verdict.COMPATIBLE


def test_of_two_upper_bounds_the_tighter_one_is_the_cause() -> None:
    bounded = {"$schema": MODERN, "maximum": 9, "exclusiveMaximum": 10}
    assert [one.reader.pointer for one in findings(bounded, {"$schema": MODERN, "type": "integer"})] == ["/maximum"]


#: writer, reason, the writer's place
CONTRADICTIONS = [
    (
        {"type": "object", "required": ["n"], "properties": {"n": {"$ref": "#"}}},
        "every required `n` would have to hold another, without end",
        "/required/0",
    ),
    ({"type": "object", "required": ["id"], "additionalProperties": False},
     '`required` ["id"] and `additionalProperties` false exclude each other', "/required"),
    ({"type": "object", "required": ["q"], "properties": {"q": {"type": "integer", "minimum": 5, "maximum": 3}}},
     "at `q`, `minimum` 5 and `maximum` 3 exclude each other", "/properties/q/minimum"),
    ({"type": "object", "required": ["a"], "properties": {"a": False}}, "at `a`, nothing is admitted",
     "/properties/a"),
    ({"type": "array", "minItems": 1, "items": {"allOf": [{"type": "string"}, {"type": "null"}]}},
     "at `[]`, nothing satisfies `allOf`", "/items/allOf"),
    ({"type": "object", "properties": {"a": {}}, "minProperties": 2},
     "what it declares does not suffice for what it demands", ""),
]  # fmt: skip


@pytest.mark.parametrize(("writer", "reason", "place"), CONTRADICTIONS)
def test_a_contradiction_is_told_by_its_keywords(writer: Schema, reason: str, place: str) -> None:
    (found,) = findings({"$schema": MODERN, "type": "null"}, {"$schema": MODERN, **writer})
    assert (found.rule, found.writer.pointer) == ("writer-unsatisfiable", place)
    assert reason in found.message


BRANCHES = [{"properties": {"k": {"const": word}, "v": {"type": "string"}}, "required": ["k"]} for word in "ab"]

#: what the message says, reader, writer
SAID: list[tuple[str, Schema, Schema]] = [
    (
        'the event may be an object with `k` "b" in the writer, and `oneOf` in the reader has no branch that accepts',
        {"type": "object", "oneOf": BRANCHES[:1]},
        {"type": "object", "oneOf": BRANCHES},
    ),
    (
        "`/^x-/` (properties that match) must have at most 5 characters for the reader, which refuses all other events",
        {"patternProperties": {"^x-": {"maxLength": 5}}},
        {"type": "object", "patternProperties": {"^x-": {"type": "string"}}},
    ),
    (
        "`id` must match `.` for the reader, which refuses all other events; in the writer it has no such limit (`fo",
        {"properties": {"id": {"pattern": "."}}},
        {"type": "object", "properties": {"id": {"type": "string", "format": "uuid"}}},
    ),
    (
        '`v` (in the `oneOf` branch with `k` "b") must have at most 3 characters for the reader, which refuses all',
        {"oneOf": [BRANCHES[0], {"properties": {"k": {"const": "b"}, "v": {"maxLength": 3}}, "required": ["k"]}]},
        {"type": "object", "oneOf": BRANCHES},
    ),
    (
        "`v` (where `k` is present) is optional in the writer and required by the reader: the reader refuses events",
        {"properties": {"k": {}, "v": {}}, "dependentSchemas": {"k": {"required": ["v"]}}},
        {"type": "object", "properties": {"k": {}, "v": {}}},
    ),
    (
        "the event may fit branches 0, 1, 2, 3, 4, 5 and 58 more of `oneOf` in the reader at once, and exactly one may",
        {"oneOf": [{"required": [f"a{number}"]} for number in range(64)]},
        {"anyOf": [{"required": [f"a{number}"]} for number in range(64)]},
    ),
    (
        "`a` must have at most 1000 characters for the reader, which refuses all other events; in the writer it has no",
        {"properties": {"a": {"maxLength": 1e3}}},
        {"type": "object", "properties": {"a": {"type": "string"}}},
    ),
    (
        "`a0` (in branch 0 of `anyOf`) is optional in the writer and required by the reader: the reader refuses events",
        {"anyOf": [{"required": ["a0", "b0"]}, {"type": "null"}]},
        {"type": "object", "allOf": [{"anyOf": [{"required": ["a0"]}, {"required": ["b0"]}]}]},
    ),
    (
        "`name` and `zip` must come with `card` in the event for the reader, and the writer may send `card` alone.",
        {"properties": {"card": {}}, "dependentRequired": {"card": ["name", "zip"]}},
        {"type": "object", "properties": {"card": {}}},
    ),
    (
        "`*` (any other property) may be anything in the writer, and the reader accepts only a string or null.",
        {"additionalProperties": {"type": ["string", "null"]}},
        {"type": "object", "additionalProperties": {}},
    ),
]


@pytest.mark.parametrize(("message", "reader", "writer"), SAID)
def test_a_message_names_thing_place_and_condition(message: str, reader: Schema, writer: Schema) -> None:
    found = told({"$schema": MODERN, **reader}, {"$schema": MODERN, **writer})
    assert any(one.startswith(message) for _, _, one in found)


def test_all_causes_in_a_referenced_file_are_found() -> None:
    """None hides another; what mends them is told with the file, and is no edit of the document that is compared."""
    money = {"type": "object", "properties": {"amount": {"type": "number"}, "currency": {"type": "string"}}}
    narrow = {
        "type": "object",
        "properties": {"amount": {"type": "integer"}, "currency": {"type": "string", "maxLength": 3}},
        "required": ["amount"],
    }
    files: dict[str, Any] = {"old.json": {"$schema": SEVEN, **money}, "new.json": {"$schema": SEVEN, **narrow}}

    def lookup(uri: str) -> Document | None:
        name = uri.removeprefix("test:///")
        return Document(files[name], origin=name) if name in files else None

    def event(name: str) -> Document:
        total: Any = {"$schema": SEVEN, "type": "object", "properties": {"total": {"$ref": name}}}
        return Document(total, origin=f"event-of-{name}", base_uri="test:///event.json")

    references = FunctionReferences(lookup)
    reader, writer = (JSON_SCHEMA.parse(event(name), references) for name in ("new.json", "old.json"))
    found = decision.compare(reader, writer, Options(policy=Policy.LENIENT, strict=True)).explanation().mismatches
    assert [(one.rule, one.reader.origin, one.reader.pointer) for one in found] == [
        ("type-not-accepted", "new.json", "/properties/amount/type"),
        ("max-length-exceeded", "new.json", "/properties/currency/maxLength"),
        ("optional-property-required", "new.json", "/required/0"),
    ]
    fixes = [fix for one in found for fix in (one.fix, *one.alternatives) if fix is not None]
    assert [fix.text for fix in fixes if fix.side == "reader"] == [
        "Accept a number too in new.json",
        "Leave `maxLength` out in new.json",
        "Make `amount` optional in new.json",
    ]
    assert [fix.text for fix in fixes if fix.side == "writer"] == [
        "Send only an integer in old.json",
        "Set `maxLength` to 3 in old.json",
        "Require `amount` in old.json",
    ]
    assert not any(fix.patch for fix in fixes)


def test_a_contradiction_behind_a_reference_is_told() -> None:
    """What is taken away to find the keywords may be what references lead to."""
    writer: Schema = {"$schema": SEVEN, "definitions": {"n": {"type": "string"}}, "not": {"$ref": "#/definitions/n"}}
    (found,) = findings({"$schema": SEVEN}, {**writer, "type": "string", "maxLength": 3})
    assert '`not` {"$ref": "#/definitions/n"} and `type` "string" exclude each other' in found.message


@pytest.mark.slow
def test_thirty_breaks_in_a_union_are_all_listed() -> None:
    """No cause hides another, however many there are."""

    def union(of: str) -> Schema:
        tags = [{"t": {"const": f"k{number}"}, "v": {"type": of}} for number in range(30)]
        branches = [{"properties": members, "required": ["t", "v"]} for members in tags]
        return {"$schema": SEVEN, "type": "object", "oneOf": branches}

    found = findings(union("integer"), union("number"))
    assert sorted(one.reader.pointer for one in found) == sorted(
        f"/oneOf/{number}/properties/v/type" for number in range(30)
    )
    assert all(one.fix is not None for one in found)


def test_what_the_writer_left_out_can_be_declared_again() -> None:
    """The commonest break of deployed readers: a property that they require is gone, another is there instead."""

    def event(dialect: str, name: str, schema: Schema) -> Schema:
        members = {"id": {}, name: schema}
        return {"$schema": dialect, "properties": members, "required": ["id", name], "additionalProperties": False}

    reader = event(FOUR, "mail", {"minimum": 0, "exclusiveMinimum": True})
    writer = event(MODERN, "email", {"type": "string"}) | {"type": "object"}
    found = findings(reader, writer, Policy.STRICT)
    fixes = [fix for one in found for fix in (one.fix, *one.alternatives) if fix is not None and fix.side == "writer"]
    assert {fix.text for fix in fixes} == {"Declare and require `mail`", "Do not send `email`"}
    changed: Any = writer
    for one in (one for fix in fixes for one in fix.patch):
        changed = apply_patch(changed, (one,))
    assert changed["properties"]["mail"] == {"exclusiveMinimum": 0}
    assert answer(reader, changed).verdict is Verdict.COMPATIBLE
