"""Laws of a decision, each held by a pair for which it is easily broken."""

from __future__ import annotations

import json
from typing import Any

import pytest

from evtcompat import check, compare
from evtcompat.checking.run import exit_code
from evtcompat.errors import SchemaError
from evtcompat.formats.json_schema.validate.validator import Validator
from evtcompat.formats.json_schema.values import cover
from evtcompat.model.verdicts import Verdict
from formats.json_schema.deciding import COMPATIBLE, INCOMPATIBLE, UNDECIDED
from formats.json_schema.schemas import FOUR, MODERN, SEVEN, schema_of

NINETEEN = "https://json-schema.org/draft/2019-09/schema"
SIX = "http://json-schema.org/draft-06/schema#"


def holder(*names: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - schemas
    """Objects whose ``o`` declares these members."""
    inner = {"type": "object", "properties": {name: {"type": "integer"} for name in names}}
    return {"type": "object", "properties": {"o": inner}, **more}


def without(*names: str) -> dict[str, Any]:
    """Objects whose ``o`` does not hold all of these members together."""
    return {"properties": {"o": {"not": {"required": list(names)}}}}


def tagged(name: str) -> dict[str, Any]:
    """A holder whose ``o`` cannot be that of another one of these."""
    made = holder(name)
    made["properties"]["o"]["properties"]["t"] = {"const": name}
    made["properties"]["o"]["required"] = ["t"]
    return made


def listed(**more: Any) -> dict[str, Any]:  # noqa: ANN401 - schemas
    """Arrays of objects that `items` and `contains` declare together."""
    counted = {"type": "object", "properties": {"b": True}, "required": ["b"]}
    items = {"type": "object", "properties": {"a": True}}
    return {"$schema": MODERN, "type": "array", "items": items, "contains": counted, **more}


def without_here(*names: str) -> dict[str, Any]:
    """What does not hold all of these members together."""
    return {"not": {"required": list(names), "type": "object"}}


NO_B = without_here("b")
NO_B_BUT_T = {"if": {"properties": {"b": {"type": "string"}}, "required": ["b"]}, "then": True, "else": NO_B}
LISTED_T = listed(contains={"properties": {"b": {"type": "string"}}, "required": ["b"]}, minContains=0)
SHARED = {"$ref": "#/$defs/a", "patternProperties": {"(a)\\1": True}, "unevaluatedProperties": False}
FIVE = {"anyOf": [*(holder(name) for name in "abc"), *(tagged(name) for name in "de")]}
ONE_B = {"$schema": MODERN, "contains": {"required": ["b"]}, "maxContains": 1}
BUNDLED = {"$id": "urn:x", "$schema": MODERN}

#: law, policy, reader, writer, verdict
CASES: list[tuple[str, str, Any, Any, Verdict]] = [
    (
        "a part that is not modelled means what its own document says, even where both documents share the object",
        "strict",
        {"$schema": MODERN, "$defs": {"a": {"properties": {"x": True}}}, "allOf": [SHARED]},
        {"$schema": MODERN, "$defs": {"a": {"properties": {"y": True}}}, "allOf": [SHARED]},
        UNDECIDED,
    ),
    ("any branch that holds declares", "lenient", without("b"), holder("a", anyOf=[holder("b")]), INCOMPATIBLE),
    (
        "the branch of a oneOf declares beside the properties",
        "lenient",
        without("b"),
        holder("a", oneOf=[holder("b", required=["x"]), {"maxProperties": 0}]),
        INCOMPATIBLE,
    ),
    (
        "then declares beside the properties",
        "lenient",
        without("b"),
        holder("a", **{"if": {"required": ["x"]}, "then": holder("b")}),
        INCOMPATIBLE,
    ),
    (
        "dependentSchemas declare beside the properties",
        "lenient",
        {"$schema": MODERN, **without("b")},
        {"$schema": MODERN, **holder("a", required=["x"], dependentSchemas={"x": holder("b")})},
        INCOMPATIBLE,
    ),
    (
        "a branch says nothing of what no branch declares",
        "lenient",
        without("c"),
        holder("a", anyOf=[holder("b"), holder("d")]),
        COMPATIBLE,
    ),
    ("two of five branches may hold", "lenient", without("a", "b"), FIVE, INCOMPATIBLE),
    ("three of five branches may hold", "lenient", without("a", "b", "c"), FIVE, INCOMPATIBLE),
    ("four of five branches may hold", "lenient", without("a", "b", "c", "d"), FIVE, INCOMPATIBLE),
    ("branches that exclude each other do not hold together", "lenient", without("d", "e"), FIVE, COMPATIBLE),
    (
        "what none of many branches declares is not produced",
        "lenient",
        without("z"),
        {"anyOf": [holder(c) for c in "abcdefgh"]},
        COMPATIBLE,
    ),
    ("an item not counted may hold what contains declares", "lenient", ONE_B, listed(), INCOMPATIBLE),
    ("the same under maxContains", "lenient", ONE_B, listed(maxContains=2), INCOMPATIBLE),
    ("and not where no other may be valid for contains", "lenient", ONE_B, listed(maxContains=1), COMPATIBLE),
    ("contains declares without being demanded", "lenient", {"items": NO_B}, listed(minContains=0), INCOMPATIBLE),
    ("contains declares for valid items only", "lenient", {"items": NO_B_BUT_T}, LISTED_T, COMPATIBLE),
    ("what no contains declares is not produced", "lenient", {"items": without_here("z")}, listed(), COMPATIBLE),
    (
        "two contains and items declare together",
        "lenient",
        {"items": without_here("a", "b", "c")},
        listed(allOf=[{"contains": {"properties": {"c": True}, "required": ["c"]}}]),
        INCOMPATIBLE,
    ),
    (
        "below contains, what it declares there is all",
        "lenient",
        {"items": {"properties": {"o": without_here("z")}}},
        {"contains": {"properties": {"o": {"properties": {"b": True}}}, "required": ["o"]}},
        COMPATIBLE,
    ),
    ("what holds as written holds leniently", "lenient", {"$schema": MODERN, "type": "array"}, listed(), COMPATIBLE),
    (
        "multiples are exact in a bundled resource",
        "strict",
        {"$schema": MODERN, "$ref": "urn:x", "$defs": {"x": {**BUNDLED, "multipleOf": 0.5}}},
        {"$schema": MODERN, "type": "number", "multipleOf": 0.25},
        INCOMPATIBLE,
    ),
    (
        "patterns are those of ECMA-262 in a bundled resource",
        "strict",
        {"$ref": "urn:x", "$defs": {"x": {**BUNDLED, "pattern": "^a$"}}},
        {"enum": ["a\n"]},
        INCOMPATIBLE,
    ),
    (
        "multiples are exact where one document is put into another",
        "strict",
        {"$schema": NINETEEN, "not": {"enum": [1.5]}, "oneOf": [{"const": 1}]},
        {"$schema": NINETEEN, "multipleOf": 1.5},
        INCOMPATIBLE,
    ),
    *(
        (
            "additionalItems says nothing beside a boolean items",
            policy,
            {"$schema": dialect, "maxProperties": 3, "properties": {"ab": {"type": "object"}}},
            {"$schema": dialect, "items": True, "additionalItems": {"type": "null"}},
            INCOMPATIBLE,
        )
        for dialect in (SIX, SEVEN, NINETEEN)
        for policy in ("strict", "lenient")
    ),
    (
        "a boolean items in a branch evaluates every item",
        "strict",
        {"$schema": NINETEEN, "allOf": [{"items": True}], "unevaluatedItems": False, "maxItems": 1},
        {"$schema": NINETEEN, "type": "array"},
        INCOMPATIBLE,
    ),
    (
        "a text that may make a pattern backtrack without end is not tried",
        "strict",
        {"$schema": SEVEN, "pattern": "^(a+)+\\1$"},
        {"enum": ["a" * 40 + "b"]},
        UNDECIDED,
    ),
    (
        "every branch that holds closes, so that none is left out to leave an object open",
        "lenient",
        {"$schema": SEVEN, "properties": {"c": {"properties": {"a": {"type": "string"}}}}},
        {
            "$schema": SEVEN,
            "type": "object",
            "anyOf": [{"properties": {"c": {"properties": {"b": {}}}}}, {"maxProperties": 5}],
        },
        COMPATIBLE,
    ),
    ("floats are what was written, as text", "strict", {"minimum": 0.2}, {"minimum": 0.1}, INCOMPATIBLE),
    ("a float as a value", "strict", {"type": "string"}, {"const": {"a": [1.1]}}, INCOMPATIBLE),
    ("a float as a bound left out", "strict", {"exclusiveMinimum": 1.1}, {"minimum": 1.1}, INCOMPATIBLE),
    (
        "map values are declared by what is written, even where it allows everything",
        "lenient",
        {"additionalProperties": {"additionalProperties": {"not": {"type": "boolean"}}}},
        {"type": "object", "properties": {"b": {}}, "additionalProperties": {"additionalProperties": {}}},
        INCOMPATIBLE,
    ),
    (
        "a dependency declares only where it applies",
        "lenient",
        {"properties": {"o": {"properties": {"a": {"type": "string"}}}}},
        {**holder("b", dependencies={"x": holder("a")}), "$schema": SEVEN, "maxProperties": 1},
        COMPATIBLE,
    ),
    (
        "only false is lifted, not a schema that nothing satisfies",
        "lenient",
        {"type": "object", "additionalProperties": {"allOf": [{"type": "string"}, False]}},
        {"type": "object", "additionalProperties": {"type": "string"}},
        INCOMPATIBLE,
    ),
    (
        "half a surrogate pair can be shown",
        "strict",
        {"additionalProperties": False},
        {"required": ["\ud800"]},
        INCOMPATIBLE,
    ),
    (
        "exact multiples over mixed drafts",
        "strict",
        {"$schema": MODERN, "multipleOf": 0.3},
        {"$schema": FOUR, "type": "number", "multipleOf": 0.1},
        INCOMPATIBLE,
    ),
    (
        "a change that takes away what a reference leads to leaves the answer as it is",
        "strict",
        {
            "$schema": SIX,
            "$id": "http://example.com/one.json",
            "properties": {"foo": {"$id": "two.json", "properties": {"bar": {"type": "string"}}}},
            "allOf": [{"$ref": "two.json"}],
        },
        {"$schema": SIX, "const": {"foo": {"bar": 1}, "bar": "a"}},
        INCOMPATIBLE,
    ),
]


@pytest.mark.parametrize(("law", "policy", "reader", "writer", "verdict"), CASES, ids=[case[0] for case in CASES])
def test_the_law_holds(law: str, policy: str, reader: Any, writer: Any, verdict: Verdict) -> None:  # noqa: ANN401 - schemas
    found = compare(reader=reader, writer=writer, format="json-schema", policy=policy)
    assert found.verdict is verdict, law
    assert all(one.witness for one in found.findings if one.severity.value == "error")
    assert all(one.reason for one in found.undecided)


def test_a_count_of_400_digits_is_read() -> None:
    found = compare(reader='{"minLength": 1e400}', writer="{}", format="json-schema")
    assert found.verdict is INCOMPATIBLE


def test_a_count_beyond_the_limit_of_exact_numbers_is_refused() -> None:
    with pytest.raises(SchemaError, match=r"10\^"):
        compare(reader='{"properties": {"a": {"maxItems": 1e6000}}}', writer="{}", format="json-schema")


@pytest.mark.parametrize("value", [{"const": {1, 2}}, {"properties": {1: {}}}, object()])
def test_what_json_does_not_hold_is_no_schema(value: Any) -> None:  # noqa: ANN401 - no JSON, on purpose
    with pytest.raises(SchemaError):
        schema_of(value)


@pytest.mark.parametrize(
    "schema",
    [
        {"$schema": SEVEN, "items": True, "additionalItems": {"type": "null"}},
        {"$schema": SEVEN, "items": [{"$ref": "#"}]},
        {"$schema": MODERN, "prefixItems": [{"$ref": "#"}]},
        {"required": ["c", "d"], "properties": {"c": {"$ref": "#"}, "d": {"$ref": "#"}}, "type": ["object", "number"]},
        {"prefixItems": [{"required": ["b"], "properties": {"b": {"$ref": "#"}}}], "minItems": 1, "type": "array"},
    ],
)
def test_values_are_made_of_every_schema(schema: Any) -> None:  # noqa: ANN401 - a schema
    assert any(one.valid for one in cover(schema_of(schema)))


def test_a_witness_can_be_written_by_the_standard_library() -> None:
    found = compare(reader={"multipleOf": 1}, writer={"type": "number", "minimum": 0}, format="json-schema")
    assert found.findings
    for one in found.findings:
        assert one.witness is not None
        assert json.loads(json.dumps(one.witness.value)) == json.loads(one.witness.payload)


def test_what_stays_open_is_named_with_its_place() -> None:
    found = compare(reader={"pattern": "^(a+)\\1$"}, writer={"enum": ["aa", "aaaa"]}, format="json-schema")
    assert found.undecided
    assert all(one.reader.pointer == "/pattern" and "pattern" in one.reason for one in found.undecided)


@pytest.mark.slow
def test_a_fraction_may_stand_as_deep_as_schemas_go() -> None:
    nested: Any = {"minimum": 0.1}
    for _ in range(250):
        nested = {"type": "object", "properties": {"a": nested}}
    assert schema_of(nested).nesting > 500
    assert compare(reader=nested, writer=nested, format="json-schema").verdict is COMPATIBLE


def test_what_breaks_inside_a_comparison_leaves_it_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """No answer and no crash, whatever a part of the engine or of the validator raises."""

    def fail(*_: object, **__: object) -> None:
        message = "unhashable"
        raise TypeError(message)

    monkeypatch.setattr(Validator, "examine", fail)
    found = compare(reader={"type": "string"}, writer={}, format="json-schema")
    assert found.verdict is UNDECIDED
    assert "TypeError: unhashable" in found.undecided[0].reason


def test_an_incompatible_pair_never_passes_for_an_open_question(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault in the explanation, the prediction or the other policy is told as unchecked: exit code 3, never 0."""

    def fail(*_: object, **__: object) -> None:
        message = "unhashable"
        raise TypeError(message)

    for part in ("explanation", "registry_verdict", "other_policy"):
        with monkeypatch.context() as patch:
            patch.setattr(f"evtcompat.formats.json_schema.decided.DecidedPair.{part}", fail)
            report = check(history=[{}], candidate={"type": "string"}, format="json-schema", level="backward")
            assert (report.verdict, exit_code(report)) == (Verdict.UNCHECKED, 3)
            assert "the pair is incompatible, but explaining it failed" in report.errors[0].message


def test_lists_and_schemas_under_dependencies_stand_in_any_order() -> None:
    """The library that follows references fails on a list behind a schema; the answer does not."""
    properties = {"a": {"$ref": "#/definitions/n"}}
    common = {"$schema": SEVEN, "definitions": {"n": {"type": "string"}}, "properties": properties}
    for names in (("c", "a"), ("a", "c")):
        listed = {"c": {"minProperties": 2}, "a": ["b"]}
        reader = {**common, "dependencies": {name: listed[name] for name in names}}
        found = compare(reader=reader, writer=common, format="json-schema", policy="strict")
        assert {one.rule for one in found.findings} == {"dependency-demanded", "min-properties-not-met"}
        assert all(one.witness for one in found.findings)
