"""The prediction of Confluent's answer: one row per difference, both policies, both directions."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls import called
from evtcompat.formats.base import Options
from evtcompat.formats.json_schema.confluent import ALLOWED_BY, predict
from evtcompat.formats.json_schema.format import JSON_SCHEMA
from evtcompat.model.json_types import JSON
from evtcompat.model.verdicts import Policy, Verdict
from formats.json_schema.schemas import schema_of

COMPATIBLE, INCOMPATIBLE = Verdict.COMPATIBLE, Verdict.INCOMPATIBLE

#: name, original, update, the differences, the policies under which the update passes.
Row = tuple[str, JSON, JSON, list[str], str]

#: What the exchanged pair may show at the same path, by the kind of difference.
MIRRORS: dict[str, list[str]] = json.loads(Path(__file__).with_name("registry_mirrors.json").read_text())

MODERN = "https://json-schema.org/draft/2020-12/schema"
FOUR = "http://json-schema.org/draft-04/schema#"

ROWS: list[Row] = [
    ("a longer text", {"type": "string", "maxLength": 5}, {"type": "string", "maxLength": 9},
     ["MAX_LENGTH_INCREASED #/maxLength"], "strict lenient"),
    ("a shorter text", {"type": "string", "maxLength": 9}, {"type": "string", "maxLength": 5},
     ["MAX_LENGTH_DECREASED #/maxLength"], ""),
    ("a pattern that means the same", {"type": "string", "pattern": "^[0-9]$"}, {"type": "string", "pattern": "^\\d$"},
     ["PATTERN_CHANGED #/pattern"], ""),
    ("an optional property in an open object",
     {"type": "object", "properties": {"id": {"type": "string"}}},
     {"type": "object", "properties": {"id": {"type": "string"}, "note": {"type": "string"}}},
     ["OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL #/properties/note"], "lenient"),
    ("an optional property in a closed object",
     {"type": "object", "additionalProperties": False, "properties": {}},
     {"type": "object", "additionalProperties": False, "properties": {"note": {"type": "string"}}},
     ["OPTIONAL_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL #/properties/note"], "strict lenient"),
    ("a required property with a default in an open object",
     {"type": "object"},
     {"type": "object", "properties": {"currency": {"type": "string", "default": "EUR"}}, "required": ["currency"]},
     ["REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL #/properties/currency"], "lenient"),
    ("a required property without a default",
     {"type": "object"},
     {"type": "object", "properties": {"currency": {"type": "string"}}, "required": ["currency"]},
     ["REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL #/properties/currency"], ""),
    ("a property that no pattern of the original can hold",
     {"type": "object", "patternProperties": {"^x-": {"type": "string"}}, "additionalProperties": False},
     {"type": "object", "patternProperties": {"^x-": {"type": "string"}}, "additionalProperties": False,
      "properties": {"x-rank": {"type": "integer"}}},
     ["TYPE_CHANGED #/properties/x-rank",
      "PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/x-rank",
      "OPTIONAL_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL #/properties/x-rank"], ""),
    ("a name that only `required` knows is not looked at",
     {"type": "object"}, {"type": "object", "required": ["id"]}, [], "strict lenient"),
    ("closing an object", {"type": "object"}, {"type": "object", "additionalProperties": False},
     ["ADDITIONAL_PROPERTIES_REMOVED #/additionalProperties"], "lenient"),
    ("a wider number", {"type": "integer"}, {"type": "number"}, ["TYPE_EXTENDED #/"], "strict lenient"),
    ("text becomes number", {"type": "string"}, {"type": "number"}, ["TYPE_CHANGED #/"], ""),
    ("anything is a wider type", {"type": "string"}, {}, [], "strict lenient"),
    ("a type beside null", {"type": "string"}, {"type": ["string", "null"]}, ["SUM_TYPE_EXTENDED #/"],
     "strict lenient"),
    ("an enum value less", {"enum": ["NEW", "PAID"]}, {"enum": ["NEW"]}, ["ENUM_ARRAY_NARROWED #/enum"], ""),
    ("zero is not false", {"const": 0}, {"const": False}, ["ENUM_ARRAY_CHANGED #/const"], ""),
    ("a lowered exclusive maximum hides behind an inclusive one",
     {"type": "number", "exclusiveMaximum": 10}, {"type": "number", "exclusiveMaximum": 5, "maximum": 20},
     ["MAXIMUM_ADDED #/maximum"], ""),
    ("what contains holds is not looked at in draft 7",
     {"type": "array", "contains": {"const": 1}}, {"type": "array", "contains": {"const": 2}}, [], "strict lenient"),
    ("`const` means nothing in draft 4",
     {"$schema": FOUR, "const": 1}, {"$schema": FOUR, "const": 2}, [], "strict lenient"),
    ("a dependency more", {"type": "object", "dependencies": {"card": ["name"]}},
     {"type": "object", "dependencies": {"card": ["name", "address"]}},
     ["DEPENDENCY_ARRAY_EXTENDED #/dependencies/card"], ""),
    ("a tuple grows in an open list",
     {"type": "array", "items": [{"type": "string"}]},
     {"type": "array", "items": [{"type": "string"}, {"type": "null"}]},
     ["ITEM_ADDED_TO_OPEN_CONTENT_MODEL #/items/1"], ""),
    ("a branch less", {"oneOf": [{"type": "string"}, {"type": "null"}]}, {"oneOf": [{"type": "null"}]},
     ["SUM_TYPE_NARROWED #/"], ""),
    ("the same through a reference",
     {"$ref": "#/definitions/id", "definitions": {"id": {"type": "string"}}}, {"type": "string", "minLength": 1},
     ["MIN_LENGTH_ADDED #/minLength"], ""),
    ("definitions answer for $defs",
     {"$ref": "#/$defs/id", "definitions": {"id": {"type": "string"}}}, {"type": "string"}, [], "strict lenient"),
    ("a list that refers to itself, narrowed inside",
     {"$ref": "#/definitions/n", "definitions": {"n": {"type": "object", "properties": {
         "value": {"type": "number"}, "next": {"$ref": "#/definitions/n"}}}}},
     {"$ref": "#/definitions/n", "definitions": {"n": {"type": "object", "properties": {
         "value": {"type": "integer"}, "next": {"$ref": "#/definitions/n"}}}}},
     ["TYPE_NARROWED #/properties/value", "TYPE_NARROWED #/properties/next/properties/value"], ""),
    ("an anyOf branch of two keywords is dissolved in 2020-12",
     {"$schema": MODERN, "anyOf": [{"type": "string", "enum": ["a"]}, {"type": "null"}]},
     {"$schema": MODERN, "anyOf": [{"type": "string"}, {"enum": ["a"]}, {"type": "null"}]}, [], "strict lenient"),
    ("closing what is left over in 2020-12",
     {"$schema": MODERN, "type": "object"}, {"$schema": MODERN, "type": "object", "unevaluatedProperties": False},
     ["UNEVALUATED_PROPERTIES_REMOVED #/unevaluatedProperties"], "lenient"),
    ("beside $defs, what is left over is not looked at in 2020-12",
     {"$schema": MODERN, "type": "object", "$defs": {"a": True}},
     {"$schema": MODERN, "type": "object", "$defs": {"a": True}, "unevaluatedProperties": False},
     [], "strict lenient"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "original", "update", "differences", "passing"), ROWS, ids=[row[0] for row in ROWS])
def test_differences_and_verdicts(
    name: str, original: JSON, update: JSON, differences: list[str], passing: str
) -> None:
    """Each row shows exactly its differences, and passes under exactly its policies."""
    assert name
    for policy in Policy:
        prediction = predict(update, original, policy)
        assert [f"{one.kind} {one.path}" for one in prediction.differences] == differences
        assert prediction.verdict is (COMPATIBLE if policy.value in passing.split() else INCOMPATIBLE)
        assert all(policy not in ALLOWED_BY[one.kind] for one in prediction.refused)


@pytest.mark.parametrize(("original", "update"), [row[1:3] for row in ROWS], ids=[row[0] for row in ROWS])
def test_a_schema_reads_itself(original: JSON, update: JSON) -> None:
    """No difference that a policy refuses stands between a schema and itself."""
    for schema in (original, update):
        assert predict(schema, schema, Policy.STRICT).differences == ()


@pytest.mark.parametrize(("original", "update"), [row[1:3] for row in ROWS], ids=[row[0] for row in ROWS])
def test_the_exchanged_pair_shows_the_mirrors(original: JSON, update: JSON) -> None:
    """At a path where both directions show something, each difference's mirror table names one of the other side."""
    forward = predict(update, original, Policy.STRICT).differences
    backward = predict(original, update, Policy.STRICT).differences
    for one in forward:
        opposite = {other.kind for other in backward if other.path == one.path}
        assert not opposite or opposite & set(MIRRORS[one.kind]), (one, opposite)


def test_mirrors_are_symmetric_and_known() -> None:
    """A kind that mirrors another is mirrored by it, and every kind has a mirror."""
    assert MIRRORS.keys() == ALLOWED_BY.keys()
    for kind, mirrors in MIRRORS.items():
        assert mirrors
        for mirror in mirrors:
            assert kind in MIRRORS[mirror], (kind, mirror)


def test_lenient_lets_pass_what_strict_does() -> None:
    """The lenient policy is the wider one, for every kind."""
    assert all(Policy.LENIENT in allowed for allowed in ALLOWED_BY.values() if Policy.STRICT in allowed)
    widened = {kind for kind, allowed in ALLOWED_BY.items() if allowed == {Policy.LENIENT}}
    assert "OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL" in widened
    assert len(widened) == 9


def test_documents_are_found_by_absolute_and_by_written_name() -> None:
    """A reference resolves against `$id` first, then as it is written; what nobody knows leaves it open."""
    schema: JSON = {"$id": "https://example.com/orders/order.json", "$ref": "money.json#/definitions/amount"}
    money: JSON = {"definitions": {"amount": {"type": "number"}}}
    for name in ("https://example.com/orders/money.json", "money.json"):
        known = {name: money}
        prediction = predict({"type": "integer"}, schema, Policy.STRICT, writer_documents=known.get)
        assert [one.kind for one in prediction.differences] == ["TYPE_NARROWED"]
    unknown = predict({"type": "integer"}, schema, Policy.STRICT)
    assert unknown.verdict is Verdict.UNDECIDED
    assert "money.json" in unknown.reason


def test_recursion_is_looked_at_again() -> None:
    """A pair that was taken for compatible inside a cycle does not hide the difference found after it."""

    def tree(leaf: str) -> JSON:
        return {"$ref": "#/definitions/node", "definitions": {
            "node": {"oneOf": [{"$ref": "#/definitions/branch"}, {"$ref": "#/definitions/leaf"}]},
            "branch": {"type": "object", "properties": {"left": {"$ref": "#/definitions/node"}}},
            "leaf": {"type": leaf},
        }}  # fmt: skip

    assert predict(tree("string"), tree("number"), Policy.STRICT).verdict is INCOMPATIBLE
    assert predict(tree("number"), tree("integer"), Policy.STRICT).verdict is COMPATIBLE


def test_recursion_that_hides_nothing_is_looked_at_once() -> None:
    """What does not pass elsewhere is no reason to compare again what leads back to itself."""

    def tree(limit: int) -> JSON:
        node: JSON = {"properties": {f"p{at}": {"$ref": "#/definitions/node"} for at in range(20)}}
        return {"properties": {"tree": {"$ref": "#/definitions/node"}, "name": {"maxLength": limit}},
                "definitions": {"node": node}}  # fmt: skip

    wide, narrow = tree(9), tree(5)
    predict(wide, narrow, Policy.STRICT)  # what both have in common is read
    passing, passed = called(lambda: predict(wide, narrow, Policy.STRICT))
    refused, refusing = called(lambda: predict(narrow, wide, Policy.STRICT))
    assert (passing.verdict, refused.verdict) == (COMPATIBLE, INCOMPATIBLE)
    assert refusing < 1.1 * passed


@pytest.mark.parametrize("word", ["oneOf", "anyOf", "allOf"])
def test_unions_of_references_cost_as_their_number(word: str) -> None:
    """Of branches that all may stand for one another each is held against its own, and not against all."""

    def union(count: int, title: str) -> JSON:
        kinds: dict[str, JSON] = {f"k{at}": {"type": "object", "title": title} for at in range(count)}
        return {word: [{"$ref": f"#/definitions/{kind}"} for kind in kinds], "definitions": kinds}

    def cost(count: int) -> int:
        found, calls = called(lambda: predict(union(count, "new"), union(count, "old"), Policy.STRICT))
        assert found.verdict is COMPATIBLE
        return calls

    assert cost(80) < 2.5 * cost(40)


def test_what_a_prediction_rests_on_is_known_with_its_verdict() -> None:
    """Whoever asks what the registry would refuse after its verdict was found waits for no second prediction."""
    value: dict[str, JSON] = {"type": "object", "properties": {f"p{at}": {"type": "string"} for at in range(200)}}
    reader, writer = schema_of(value), schema_of({"type": "object"})
    decision = JSON_SCHEMA.compare(reader, writer, Options())
    verdict, foretelling = called(decision.registry_answer)
    refusals, telling = called(lambda: JSON_SCHEMA.refusals(reader, writer, Options()))
    assert (verdict, len(refusals)) == (INCOMPATIBLE, 200)
    assert telling < foretelling
    # it is the prediction of this pair, and of this policy
    assert JSON_SCHEMA.refusals(reader, reader, Options()) == ()
    assert JSON_SCHEMA.refusals(reader, writer, Options(settings={"registry-policy": Policy.LENIENT})) == ()
    assert JSON_SCHEMA.refusals(reader, writer, Options()) == refusals


_KINDS = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("xyz"), st.booleans()), max_size=5)


@pytest.mark.slow
@given(
    _KINDS, _KINDS, st.sampled_from(["oneOf", "anyOf", "allOf"]), st.sampled_from([MODERN, FOUR.replace("04", "07")])
)
def test_a_constant_tells_branches_apart_as_an_enumeration_of_one_does(
    before: list[tuple[str, str, bool]], after: list[tuple[str, str, bool]], word: str, draft: str
) -> None:
    """That branches of another kind are not compared changes no answer."""

    def union(kinds: list[tuple[str, str, bool]], fixed: Callable[[str], JSON]) -> JSON:
        branches: list[JSON] = [
            {"type": "object", "properties": {"kind": fixed(kind), name: {"type": "string"}},
             "required": ["kind", name] if required else ["kind"]}
            for kind, name, required in kinds
        ]  # fmt: skip
        return {"$schema": draft, word: branches}

    def constant(kind: str) -> JSON:
        return {"const": kind}

    def enumeration(kind: str) -> JSON:
        return {"enum": [kind]}

    for policy in Policy:
        answers = {
            predict(union(before, fixed), union(after, fixed), policy).verdict for fixed in (constant, enumeration)
        }
        assert len(answers) == 1


@pytest.mark.slow
@pytest.mark.parametrize("draft", [MODERN, FOUR])
@pytest.mark.parametrize("word", ["properties", "definitions"])
def test_what_a_prediction_costs_grows_with_the_branches_that_changed(draft: str, word: str) -> None:
    """Unions of a thousand kinds, of which one changed, are within what is granted; whether or not a constant tells."""

    def union(note: dict[str, JSON]) -> JSON:
        kinds: list[JSON] = [
            {"type": "object", word: {"kind": {"const": i}}, "allOf": [{"properties": {f"of{i}": {"type": "string"}}}]}
            for i in range(1000)
        ]
        kinds[500] = {"type": "object", "properties": {"kind": {"const": 500}, **note}}
        return {"$schema": draft, "oneOf": kinds}

    without, with_note = union({}), union({"note": {"type": "string"}})
    assert predict(with_note, without, Policy.LENIENT).verdict is COMPATIBLE
    assert predict(with_note, without, Policy.STRICT).verdict is INCOMPATIBLE


def test_deep_nesting_leaves_the_prediction_open() -> None:
    """Nesting beyond what can be followed is said, not raised."""
    schema: JSON = {"type": "string"}
    for _ in range(2000):
        schema = {"type": "array", "items": schema}
    assert predict(schema, schema, Policy.STRICT).verdict in (COMPATIBLE, Verdict.UNDECIDED)
