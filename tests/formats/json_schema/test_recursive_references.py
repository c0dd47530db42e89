"""Circles of references that are built alike are one and the same; those that differ anywhere are not."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amounts import examples
from evtcompat import compare
from evtcompat.errors import SchemaError
from evtcompat.formats.json_schema.algebra.kinds import Node
from evtcompat.formats.json_schema.algebra.membership import holds
from evtcompat.formats.json_schema.compile.loading import load_schema
from evtcompat.formats.json_schema.exact import Value
from evtcompat.formats.json_schema.policy import accepted, produced
from evtcompat.model.documents import Document
from evtcompat.model.verdicts import Policy
from formats.json_schema.deciding import COMPATIBLE, INCOMPATIBLE, answer
from formats.json_schema.strategies import URIS, instances, parts

WHOLE, TEXT = {"type": "integer"}, {"type": "string"}
TO_N, TO_M, TO_Q = ({"$ref": f"#/$defs/{name}"} for name in "nmq")


def members(**properties: Value) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def circle(n: Value, m: Value, **more: Value) -> dict[str, Any]:
    """A document with two parts or more that may refer to each other."""
    return {"$schema": URIS["2020"], **TO_N, "$defs": {"n": n, "m": m, **more}}


def node(document: Value, policy: Policy = Policy.STRICT, *, reading: bool = False) -> Node:
    schema = load_schema(Document(document))
    return accepted(schema, policy) if reading else produced(schema, policy)


CIRCLES: dict[str, dict[str, Any]] = {
    "to itself": circle(members(v=WHOLE, up=TO_N), {}),
    "of two": circle(members(v=WHOLE, m=TO_M), members(w=TEXT, n=TO_N)),
    "through items": circle({"items": TO_M}, {"items": TO_N, "minItems": 1}),
    "through branches": circle({"anyOf": [WHOLE, members(n=TO_N)]}, {}),
    "through one of several": circle({"oneOf": [WHOLE, members(n=TO_N), {"items": TO_M}]}, members(n=TO_N)),
    "through a negation": circle(members(n={"not": TO_N}, v=WHOLE), {}),
    "through names": circle({"additionalProperties": TO_N, "patternProperties": {"^x": TO_M}}, {"items": TO_N}),
    "two in one another": circle(members(n=TO_N, m=TO_M), members(m=TO_M, v=WHOLE)),
    "closed": circle({**members(v=WHOLE, up=TO_N), "additionalProperties": False}, {}),
    "unevaluated": circle({"allOf": [members(up=TO_N)], "unevaluatedProperties": False}, {}),
}


def _annotated(value: Any) -> Any:  # noqa: ANN401 - any part of a schema
    if isinstance(value, dict):
        return {name: _annotated(one) for name, one in value.items()} | (
            {"description": "a note"} if "type" in value else {}
        )
    return [_annotated(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize("document", CIRCLES.values(), ids=CIRCLES)
@pytest.mark.parametrize("policy", list(Policy))
def test_two_documents_with_the_same_circle_share_it(document: dict[str, Any], policy: Policy) -> None:
    for reading in (False, True):
        kept = node(document, policy, reading=reading)
        assert node({**_annotated(document), "title": "another"}, policy, reading=reading) is kept


#: A circle, and one that nearly is it, with which side reads the other.
NEAR: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "another leaf": (CIRCLES["to itself"], circle(members(v={"type": "number"}, up=TO_N), {})),
    "one level later": (
        circle(members(v={"type": "number"}, up=members(v=WHOLE, up=TO_N)), {}),
        circle(members(v=WHOLE, up=members(v={"type": "number"}, up=TO_N)), {}),
    ),
    "back to another part": (
        circle(members(v=WHOLE, m=TO_M), members(w=TEXT, n=TO_N)),
        circle(members(v=WHOLE, m=TO_M), members(w=TEXT, n=TO_M)),
    ),
    "under another name": (CIRCLES["to itself"], circle(members(v=WHOLE, down=TO_N), {})),
    "negated": (circle(members(n=TO_N, v=WHOLE), {}), CIRCLES["through a negation"]),
    "another count": (CIRCLES["through items"], circle({"items": TO_M}, {"items": TO_N, "minItems": 2})),
    "open": (CIRCLES["closed"], CIRCLES["to itself"]),
}


@pytest.mark.parametrize(("one", "other"), NEAR.values(), ids=NEAR)
def test_circles_that_differ_are_told_apart(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert node(one) is not node(other)
    assert INCOMPATIBLE in {answer(one, other).verdict, answer(other, one).verdict}


#: Writers, and readers beside which a part of a circle is met again, or is left over from a circle met before.
MET_AGAIN: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    # `q` leads back to `m` alone and is met once more beside `m`, whose own way leads back to `n`.
    "before its circle is complete": (
        circle(
            {"allOf": [{"items": TO_M}, {"properties": {"a": {"anyOf": [TO_Q]}}}]},
            {"allOf": [TO_N, {"properties": {"a": TO_Q}}]},
            q=TO_M,
        ),
        {"type": "boolean"},
    ),
    # What holds the first of the circle's references is dropped while the others are still being tied.
    "while the circle is tied": (
        {
            "$schema": URIS["2019"],
            "allOf": [TO_N],
            "$defs": {"n": {"properties": {"a": TO_M}}, "m": {"properties": {"b": {}}}},
        },
        {
            "$schema": URIS["2019"],
            "allOf": [TO_N],
            "$defs": {
                "n": {
                    "properties": {"a": TO_M, "c": {"oneOf": [{}, TO_M]}},
                    "required": ["c"],
                    "additionalProperties": {"properties": {"b": TO_N}},
                },
                "m": {"properties": {"b": {"if": {"$ref": "#"}, "then": {"type": "boolean"}}}},
            },
        },
    ),
}


@pytest.mark.parametrize(("writer", "reader"), MET_AGAIN.values(), ids=MET_AGAIN)
@pytest.mark.parametrize("policy", list(Policy))
def test_every_reference_of_a_circle_leads_somewhere(
    writer: dict[str, Any], reader: dict[str, Any], policy: Policy
) -> None:
    # Copies, for parts that are the same object are compiled once.
    found = compare(
        reader=json.loads(json.dumps(reader)),
        writer=json.loads(json.dumps(writer)),
        format="json-schema",
        policy=policy.value,
    )
    assert found.verdict is INCOMPATIBLE
    assert found.findings


def test_a_change_beside_a_circle_leaves_only_the_change_to_be_looked_at() -> None:
    """What the circle says is not searched, however much it is."""
    leaves = {f"p{n}": {"oneOf": [WHOLE, TEXT, members(n=TO_N)]} for n in range(40)}
    document = circle(members(**leaves), {})
    reader = {"$schema": URIS["2020"], **members(root=TO_N, v={"type": "number"}), "$defs": document["$defs"]}
    writer = {"$schema": URIS["2020"], **members(root=TO_N, v=WHOLE), "$defs": _annotated(document["$defs"])}
    found = answer(reader, writer)
    assert found.verdict is COMPATIBLE
    assert found.steps < len(leaves)


GENERATED = settings(max_examples=examples(120), deadline=None, suppress_health_check=list(HealthCheck))
inner = parts("2020", ("#/$defs/n", "#/$defs/m"))
documents = st.builds(circle, inner, inner)


@pytest.mark.slow
@GENERATED
@given(documents, documents, st.lists(instances, min_size=5, max_size=10))
def test_what_is_one_holds_the_same(one: dict[str, Any], other: dict[str, Any], tried: list[Value]) -> None:
    """The node of a document holds what a validator of the document accepts, whatever was joined before."""
    for document in (one, other, circle(other["$defs"]["m"], one["$defs"]["n"])):
        try:
            found = node(document)
        except SchemaError:
            continue  # a circle without a keyword
        validator = jsonschema_rs.validator_for(document, validate_formats=False)
        for value in tried:
            assert holds(found, value) in {None, validator.is_valid(value)}
