# ruff: noqa: E501 - a table with one case a line
"""Every argument that proves "compatible", each beside a near miss that it must not prove."""

from __future__ import annotations

from typing import Any

import pytest

from evtcompat.formats.json_schema.compile.loading import load_schema
from evtcompat.formats.json_schema.decide import DEFAULT_BUDGET, decide
from evtcompat.formats.json_schema.exact import Value
from evtcompat.formats.json_schema.solve.solver import Solver
from evtcompat.model.verdicts import Policy
from evtcompat.regular.steps import Steps
from formats.json_schema.deciding import COMPATIBLE, INCOMPATIBLE, answer, document, shown, strict

TEXT, WHOLE = {"type": "string"}, {"type": "integer"}


def obj(**more: Value) -> dict[str, Any]:
    return {"type": "object", **more}


def arr(**more: Value) -> dict[str, Any]:
    return {"type": "array", **more}


def tree(leaf: Value, **more: Value) -> dict[str, Any]:
    node = obj(properties={"v": leaf, "kids": arr(items={"$ref": "#/$defs/n"})}, **more)
    return {"$ref": "#/$defs/n", "$defs": {"n": node}}


def tagged(*tags: str, **more: Value) -> list[Any]:
    return [obj(properties={"t": {"const": tag}, "v": WHOLE}, required=["t"], **more) for tag in tags]


def loose(count: int) -> list[Any]:
    """Branches that overlap wherever the tag is absent."""
    own = ({"t": {"const": tag}, "p": TEXT, f"own{tag % 3}": {"maximum": tag}} for tag in range(count))
    return [obj(properties=properties) for properties in own]


def labels(*patterns: str) -> dict[str, Any]:
    """Integers under names of these patterns, and nothing else."""
    return obj(patternProperties=dict.fromkeys(patterns, WHOLE), additionalProperties=False)


#: Many patterns that overlap one another wherever a word boundary lies.
WORDS = [rf"\b{digit}[0-7]*-[0-3]\b" for digit in range(8)]


def mapped(leaf: Value, first: Value) -> dict[str, Any]:
    """Objects under names of many patterns that overlap."""
    values = {word: obj(properties={"v": leaf}) for word in WORDS}
    return obj(patternProperties={**values, WORDS[0]: obj(properties={"v": first})})


def of_kinds(count: int, above: int = 0, kind: Value = TEXT, **other: Value) -> dict[str, Any]:
    """A condition for each kind on what goes with it, another for those that are named."""
    conditions = [
        {
            "if": {"properties": {"k": {"const": f"k{n}"}}},
            "then": {"properties": {"v": other.get(f"k{n}", {**WHOLE, "maximum": n + above})}},
        }
        for n in range(count)
    ]
    return obj(allOf=conditions, properties={"k": kind}, required=["k", "v"])


KINDS = {"enum": [f"k{n}" for n in range(30)]}

#: argument, reader, writer that it accepts, writer that it does not
PROOFS: list[tuple[str, Value, Value, Value]] = [
    ("intervals", {"minimum": 0, "maximum": 10}, {"type": "number", "minimum": 1, "maximum": 10}, {"minimum": -1, "type": "number"}),
    ("strict bounds of integers", {"exclusiveMinimum": 0}, {**WHOLE, "minimum": 1}, {"type": "number", "minimum": 0}),
    ("multiples", {"multipleOf": 5}, {"type": "number", "multipleOf": 10}, {"type": "number", "multipleOf": 2.5}),
    ("common multiples", {"multipleOf": 6}, {"type": "number", "allOf": [{"multipleOf": 2}, {"multipleOf": 3}]}, {"type": "number", "multipleOf": 3}),
    ("no multiple in a range", {"minimum": 5}, {"type": "number", "multipleOf": 5, "minimum": 1}, {"type": "number", "multipleOf": 2, "minimum": 1}),
    ("finite against a range", {**WHOLE, "maximum": 3}, {"enum": [1, 2, 3]}, {"enum": [1, 2, 4]}),
    ("a range against finite", {"enum": [0, 1, 2]}, {**WHOLE, "minimum": 0, "maximum": 2}, {**WHOLE, "minimum": 0, "maximum": 3}),
    ("booleans against an enum", {"enum": [True, False]}, {"type": "boolean"}, {"type": ["boolean", "null"]}),
    ("lengths", {"maxLength": 4}, {**TEXT, "pattern": "^[a-z]{2,4}$"}, {**TEXT, "pattern": "^[a-z]{2,5}$"}),
    ("inclusion of patterns", {"pattern": "^[A-Fa-f0-9]{1,36}$"}, {**TEXT, "pattern": "^[a-f0-9]{32}$"}, {**TEXT, "pattern": "^[a-g0-9]{32}$"}),
    ("look-ahead", {"pattern": "^(?!internal)"}, {**TEXT, "pattern": "^public"}, {**TEXT, "pattern": "^in"}),
    ("a pattern and an enum", {"enum": ["a", "b"]}, {**TEXT, "pattern": "^[ab]$"}, {**TEXT, "pattern": "^[abc]$"}),
    ("two patterns together", {"pattern": "^ab$"}, {**TEXT, "allOf": [{"pattern": "^a"}, {"pattern": "^.b$"}]}, {**TEXT, "pattern": "^a.?b$"}),
    ("type lists and unions", {"type": ["string", "null"]}, {"anyOf": [TEXT, {"type": "null"}]}, {"anyOf": [TEXT, WHOLE]}),
    ("absorption across branches", {"anyOf": [{"maximum": 4}, {"minimum": 5}]}, WHOLE, {"type": "number"}),
    ("one property each", obj(properties={"a": {"type": "number"}}), obj(properties={"a": WHOLE}), obj(properties={"a": TEXT})),
    ("closed in closed", obj(properties={"a": {}, "b": {}}, additionalProperties=False), obj(properties={"a": {}}, additionalProperties=False), obj(properties={"a": {}, "c": {}}, additionalProperties=False)),
    ("patterns of names", obj(patternProperties={"^x": {"type": "number"}}, additionalProperties=False), obj(patternProperties={"^xy": WHOLE}, additionalProperties=False), obj(patternProperties={"^x?": WHOLE}, additionalProperties=False)),
    ("names and patterns meet", obj(patternProperties={"^a": {"type": "number"}}), obj(properties={"ab": WHOLE}, additionalProperties=False), obj(properties={"ab": TEXT}, additionalProperties=False)),
    ("propertyNames as a pattern", obj(additionalProperties=False, patternProperties={"^[a-z]$": {}}), obj(propertyNames={"enum": ["a", "b"]}), obj(propertyNames={"maxLength": 1})),
    ("many patterns of names", labels(*WORDS, "^x$"), labels(*(f"^{digit}[0-7]-[0-3]$" for digit in range(8))), labels(*(f"^{digit}[0-7]-[0-3]$" for digit in range(9)))),
    ("many patterns of names that overlap", labels(*WORDS, "x"), labels(*WORDS), labels(*WORDS, "-[0-4]$")),
    ("values under patterns that overlap", mapped({"type": "number"}, TEXT), mapped(WHOLE, {**TEXT, "minLength": 1}), mapped(WHOLE, {})),
    ("kinds with a condition each", of_kinds(30, 1), of_kinds(31, 0, KINDS), of_kinds(31, 0, KINDS, k7={**WHOLE, "maximum": 9})),
    ("kinds with a condition each, of an open set", of_kinds(30, 1), of_kinds(31, k7={"const": 8}), of_kinds(31, k7={"const": 9})),
    ("kinds of which some share a condition", of_kinds(8, 2, k1={"maximum": 5}), of_kinds(8, 1, KINDS, k1={"maximum": 3}), of_kinds(8, 1, KINDS, k1={"maximum": 6})),
    ("a kind that may be absent", {**of_kinds(8, 1), "required": []}, {**of_kinds(8, 0, KINDS), "required": ["v"]}, {**of_kinds(7, 0, KINDS), "required": ["v"]}),
    ("as many names as patterns leave", obj(maxProperties=8), {**labels(*(f"^{digit}$" for digit in range(8)))}, {**labels(*(f"^{digit}$" for digit in range(9)))}),
    ("a name nobody can have", obj(maxProperties=1), obj(propertyNames={"const": "a"}), obj(propertyNames={"enum": ["a", "b"]})),
    ("counting names", obj(minProperties=2), obj(required=["a", "b"]), obj(required=["a"])),
    ("dependencies", obj(dependentRequired={"a": ["b"]}), obj(required=["b"]), obj(required=["a"])),
    ("dependent schemas", obj(dependentSchemas={"a": {"required": ["b"]}}), obj(properties={"a": False}), obj(properties={"b": False})),
    ("unevaluated properties", obj(properties={"a": {}, "b": {}}, unevaluatedProperties=False), obj(allOf=[{"properties": {"a": {}}}], unevaluatedProperties=False), obj(properties={"c": {}}, unevaluatedProperties=False)),
    ("unevaluated by branch", obj(maxProperties=1), obj(oneOf=[{"required": ["a"], "properties": {"a": {}}}, {"required": ["b"], "properties": {"b": {}}}], unevaluatedProperties=False), obj(anyOf=[{"required": ["a"], "properties": {"a": {}}}, {"required": ["b"], "properties": {"b": {}}}], unevaluatedProperties=False)),
    ("tuple in list", arr(items=TEXT), arr(prefixItems=[TEXT, TEXT], items=False), arr(prefixItems=[TEXT, WHOLE], items=False)),
    ("lengths of tuples", arr(maxItems=2), arr(prefixItems=[{}, {}], items=False), arr(prefixItems=[{}, {}, {}], items=False)),
    ("contains", arr(contains={"type": "number"}), arr(minItems=1, items=WHOLE), arr(items=WHOLE)),
    ("counted contains", arr(contains=WHOLE, minContains=0, maxContains=2), arr(maxItems=2), arr(prefixItems=[WHOLE, WHOLE, WHOLE])),
    ("contains against items", {"not": arr()}, arr(items=TEXT, contains=WHOLE), arr(items={"type": ["string", "integer"]}, contains=WHOLE)),
    ("distinct items of a finite type", arr(maxItems=2), arr(items={"type": "boolean"}, uniqueItems=True), arr(items={"type": ["boolean", "null"]}, uniqueItems=True)),
    ("too few values to differ", arr(maxItems=2), arr(items={"enum": [0, None]}, uniqueItems=True), arr(items={"enum": [0, None, 1]}, uniqueItems=True)),
    ("distinct because different", arr(uniqueItems=True), arr(prefixItems=[TEXT, WHOLE], items=False), arr(prefixItems=[{"type": "number"}, WHOLE], items=False)),
    ("unevaluated items", arr(maxItems=1), arr(allOf=[{"prefixItems": [{}]}], unevaluatedItems=False), arr(allOf=[{"prefixItems": [{}]}, {"prefixItems": [{}, {}]}], unevaluatedItems=False)),
    ("double negation", {"not": {"not": {"type": "number"}}}, WHOLE, {"not": {"not": TEXT}}),
    ("exclusive branches", {"oneOf": tagged("a", "b", "c")}, {"oneOf": tagged("a", "b")}, {"oneOf": tagged("a", "d")}),
    ("discriminated unions", {"anyOf": tagged("a", "b")}, obj(properties={"t": {"enum": ["a", "b"]}, "v": WHOLE}, required=["t"]), obj(properties={"t": {"enum": ["a", "b"]}}, required=["t"])),
    ("one branch decided and the others with it", {"oneOf": loose(12)}, {"oneOf": loose(13), "properties": {"t": {"maximum": 11}}, "required": ["t"]}, {"oneOf": loose(13), "required": ["t"]}),
    ("no second branch", {"not": {"oneOf": loose(12)}}, obj(properties={"t": {"minimum": 12}}, required=["t"]), obj(properties={"t": {"minimum": 11}}, required=["t"])),
    ("conditions", {"if": {"properties": {"k": {"const": 1}}, "required": ["k"]}, "then": {"required": ["v"]}}, obj(properties={"k": {"const": 1}}, required=["v"]), obj(properties={"k": {"const": 1}}, required=["k"])),
    ("recursion", tree({"type": "number"}), tree(WHOLE), tree({"type": ["integer", "null"]})),
    ("recursion through closed objects", tree({"type": "number"}, additionalProperties=False), tree(WHOLE, additionalProperties=False), tree(WHOLE)),
    ("no finite instance", {"type": "string"}, {"$ref": "#/$defs/n", "$defs": {"n": obj(required=["n"], properties={"n": {"$ref": "#/$defs/n"}})}}, {"$ref": "#/$defs/n", "$defs": {"n": obj(properties={"n": {"$ref": "#/$defs/n"}})}}),
]  # fmt: skip


def closed(leaf: Value, **more: Value) -> dict[str, Any]:
    """Branches that a policy closes or lifts, with a leaf in each."""
    return {
        "oneOf": [
            obj(
                properties={"t": {"const": n}, "v": leaf, f"own{n}": {}, **more},
                required=["t"],
                additionalProperties=False,
            )
            for n in range(9)
        ]
    }


#: The same under the lenient policy, with the steps that the proof may take. Neither the search through the branches of
#: a closed writer nor the one through those of a lifted reader would come to an end in so few.
LENIENT_PROOFS: list[tuple[str, Value, Value, Value, int]] = [
    ("closed items as they are written", arr(items=closed(WHOLE)), arr(items={**closed(WHOLE), "title": "x"}, minItems=1), arr(items=closed({"type": "number"})), 20),
    ("closed items in one of the positions", arr(prefixItems=[{}, closed(WHOLE)]), arr(prefixItems=[TEXT, closed(WHOLE)]), arr(prefixItems=[TEXT, closed(TEXT)]), 20),
    ("closed items beside other demands", arr(items={"anyOf": [TEXT, closed(WHOLE)]}), arr(items=closed(WHOLE)), arr(items=closed({"type": ["integer", "null"]})), 20),
    ("closed values under some names", obj(patternProperties={"^a": closed(WHOLE)}), obj(additionalProperties=closed(WHOLE)), obj(additionalProperties=closed(TEXT)), 20),
]  # fmt: skip
LENIENT_IDS = [row[0] for row in LENIENT_PROOFS]


@pytest.mark.parametrize(
    ("reader", "writer", "steps"), [(*row[1:3], row[4]) for row in LENIENT_PROOFS], ids=LENIENT_IDS
)
def test_the_argument_proves_under_the_lenient_policy(reader: Value, writer: Value, steps: int) -> None:
    found = answer(reader, writer, Policy.LENIENT)
    assert found.verdict is COMPATIBLE, shown(found)
    assert found.steps <= steps


@pytest.mark.parametrize(("reader", "writer"), [(row[1], row[3]) for row in LENIENT_PROOFS], ids=LENIENT_IDS)
def test_the_near_miss_is_refuted_under_the_lenient_policy(reader: Value, writer: Value) -> None:
    assert answer(reader, writer, Policy.LENIENT).verdict is INCOMPATIBLE


@pytest.mark.slow
def test_a_question_rests_on_nothing_that_another_one_assumed() -> None:
    """Answers that share a search are those that each question has alone, in any order."""
    solver = Solver(Steps(DEFAULT_BUDGET))
    for row in [*PROOFS, *reversed(PROOFS)]:
        for writer, verdict in ((row[2], COMPATIBLE), (row[3], INCOMPATIBLE)):
            sides = load_schema(document(row[1])), load_schema(document(writer))
            assert decide(*sides, strict(Policy.STRICT), solver=solver).verdict is verdict, row[0]


@pytest.mark.parametrize(("reader", "writer"), [(row[1], row[2]) for row in PROOFS], ids=[row[0] for row in PROOFS])
def test_the_argument_proves(reader: Value, writer: Value) -> None:
    found = answer(reader, writer)
    assert found.verdict is COMPATIBLE, shown(found)


@pytest.mark.parametrize(("reader", "writer"), [(row[1], row[3]) for row in PROOFS], ids=[row[0] for row in PROOFS])
def test_the_near_miss_is_refuted(reader: Value, writer: Value) -> None:
    assert answer(reader, writer).verdict is INCOMPATIBLE
