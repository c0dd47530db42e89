# ruff: noqa: E501 - tables with one case a line
"""Input that overflows, explodes or never ends elsewhere: a clear answer, within bounds."""

from __future__ import annotations

import inspect
import json
import sys
from typing import Any

import pytest

from evtcompat import compare
from evtcompat.errors import ReferenceMissingError, SchemaError
from evtcompat.formats.json_schema.compile.loading import load_schema
from evtcompat.formats.json_schema.exact import Value
from evtcompat.formats.json_schema.parse.parsing import MAX_NESTING
from evtcompat.model.documents import Document
from evtcompat.model.verdicts import Policy, Verdict
from formats.json_schema.deciding import COMPATIBLE, INCOMPATIBLE, UNDECIDED, answer, shown
from formats.json_schema.schemas import SEVEN


def nested(levels: int, leaf: Value, name: str = "properties") -> Value:
    schema = leaf
    for _ in range(levels):
        schema = {"properties": {"a": schema}} if name == "properties" else {name: schema}
    return schema


BRANCHES: list[Any] = [
    {"type": "object", "required": ["t"], "properties": {"t": {"const": f"k{n}"}, "v": {"type": "integer"}}}
    for n in range(64)
]
MANY = [f"v{n}" for n in range(10_000)]
WIDE = {f"p{n}": {"type": "string", "maxLength": n} for n in range(600)}
WIDER = {f"p{n}": {"type": "string", "maxLength": n + 1} for n in range(600)}

#: what it is, reader, writer, verdict
LARGE: list[tuple[str, Value, Value, Verdict]] = [
    ("10,000 values", {"enum": MANY[:-1]}, {"enum": [*MANY]}, INCOMPATIBLE),
    ("10,000 values in another order", {"enum": MANY[::-1]}, {"enum": [*MANY]}, COMPATIBLE),
    ("10,000 values against a pattern", {"pattern": "^v[0-9]+$"}, {"enum": [*MANY]}, COMPATIBLE),
    (
        "3,000 objects",
        {"enum": [{"a": n} for n in range(2_999)]},
        {"enum": [{"a": n} for n in range(3_000)]},
        INCOMPATIBLE,
    ),
    ("64 branches in another order", {"oneOf": BRANCHES[::-1]}, {"oneOf": BRANCHES}, COMPATIBLE),
    ("64 branches, one gone", {"oneOf": BRANCHES[:-1]}, {"oneOf": BRANCHES}, INCOMPATIBLE),
    ("600 properties", {"properties": WIDER}, {"type": "object", "properties": WIDE, "required": [*WIDE]}, COMPATIBLE),
    ("nested objects", nested(200, {"type": "integer"}), nested(200, {"type": "string"}), INCOMPATIBLE),
    ("nested negations", nested(500, {"type": "integer"}, "not"), nested(500, {"type": "number"}, "not"), INCOMPATIBLE),
    ("an exponential pattern", {"pattern": "^(a|aa)+$"}, {"type": "string", "pattern": "^(a+)+$"}, COMPATIBLE),
    ("a long string", {"maxLength": 10**6}, {"type": "string"}, INCOMPATIBLE),
    (
        "counts beyond memory",
        {"type": "array", "maxItems": 10**9 + 1},
        {"type": "array", "maxItems": 10**9},
        COMPATIBLE,
    ),
    ("an instance beyond memory", {"minItems": 10**9 + 1}, {"type": "array", "minItems": 10**9}, UNDECIDED),
    ("a back-reference", {"minLength": 3}, {"type": "string", "pattern": "^(a+)\\1$"}, UNDECIDED),
    (
        "a back-reference that does not matter",
        {"type": "string"},
        {"type": "string", "pattern": "^(a+)\\1$"},
        COMPATIBLE,
    ),
]


@pytest.mark.parametrize(("reader", "writer", "verdict"), [row[1:] for row in LARGE], ids=[row[0] for row in LARGE])
@pytest.mark.parametrize("policy", Policy)
def test_large_input(reader: Value, writer: Value, verdict: Verdict, policy: Policy) -> None:
    found = answer(reader, writer, policy)
    assert found.verdict is verdict, shown(found)[:200]
    if verdict is UNDECIDED:
        assert all(one.reason for one in found.undecided)


def test_the_reason_names_the_construct_and_its_place() -> None:
    writer = {"properties": {"a": {"type": "string", "pattern": "^(a+)\\1$"}}, "required": ["a"], "type": "object"}
    (open_,) = answer({"properties": {"a": {"minLength": 3}}}, writer).undecided
    assert open_.writer.pointer == "/properties/a/pattern"
    assert "back-reference" in open_.reason


@pytest.mark.parametrize(
    ("pattern", "reader", "nearest", "reason"),
    [
        ("^[\\ud800-\\udbff]$", {"properties": {"a": {"maxLength": 0}}}, "/properties/a", "half of a surrogate pair"),
        (
            "(?<=ab)c",
            {"properties": {"b": {}}, "patternProperties": {"^a$": {"maxLength": 0}}},
            "/properties",
            "a look-behind of more than one character",
        ),
    ],
)
def test_an_open_pattern_says_why_with_the_nearest_place_in_the_other_schema(
    pattern: str, reader: Value, nearest: str, reason: str
) -> None:
    writer = {"properties": {"a": {"type": "string", "pattern": pattern}}, "required": ["a"], "type": "object"}
    (open_,) = answer(reader, writer).undecided
    assert (open_.reader.pointer, open_.writer.pointer) == (nearest, "/properties/a/pattern")
    assert reason in open_.reason


@pytest.mark.slow
def test_a_shallow_schema_may_need_a_deep_search() -> None:
    """One choice after the other is open; the caller's stack ends before they do."""
    count = 120
    choices = [{"anyOf": [{"required": [f"a{n}"]}, {"required": [f"b{n}"]}]} for n in range(count)]
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack(0)) + 2 * count)
    try:
        found = answer({"minProperties": count + 1}, {"type": "object", "allOf": choices})
    finally:
        sys.setrecursionlimit(limit)
    assert found.verdict is INCOMPATIBLE
    assert len(json.loads(shown(found))) == count


@pytest.mark.slow
@pytest.mark.parametrize("back", [False, True], ids=["a line", "a circle"])
@pytest.mark.parametrize("policy", list(Policy))
def test_a_shallow_schema_may_lead_through_many_references(policy: Policy, *, back: bool) -> None:
    """What leads deep is the way of the references, not how they are written."""

    def chain(leaf: Value) -> Value:
        names = [f"d{number}" for number in range(150)]
        to = [{"$ref": f"#/definitions/{name}"} for name in names]
        parts = {name: {"properties": {"n": to[place + 1]}} for place, name in enumerate(names[:-1])}
        last = {"properties": {"v": leaf, **({"up": to[0]} if back else {})}}
        return {"$schema": SEVEN, "allOf": to[:1], "definitions": {**parts, names[-1]: last}}

    found = compare(
        reader=chain({"type": "integer"}),
        writer=chain({"type": "number"}),
        format="json-schema",
        policy=policy.value,
    )
    assert found.verdict is INCOMPATIBLE
    assert [one.rule for one in found.findings] == ["type-not-accepted"]


def test_a_budget_ends_a_search() -> None:
    """Seven pigeons, six holes: no polynomial proof is known to the method."""
    holes = [{"anyOf": [{"required": [f"{p}.{h}"]} for h in range(6)]} for p in range(7)]
    apart = [
        {"not": {"required": [f"{p}.{h}", f"{q}.{h}"]}} for h in range(6) for p in range(7) for q in range(p + 1, 7)
    ]
    found = answer({"not": {}}, {"type": "object", "allOf": [*holes, *apart]}, budget=500)
    assert found.verdict is UNDECIDED
    assert "500 steps" in found.undecided[0].reason


#: what it is, the document, the pointer of the error, a word of its message
REFUSED: list[tuple[str, Value | str, str, str]] = [
    ("an unknown dialect", {"$schema": "http://example.org/mine"}, "/$schema", "no metaschema that is known"),
    ("a keyword of the wrong type", {"$schema": SEVEN, "properties": {"a": {"type": 1}}}, "/properties/a/type", "draft 7"),
    ("a schema that is none", [], "", "2020-12"),
    ("a circle", {"$ref": "#"}, "", "never end"),
    ("a longer circle", {"$ref": "#/$defs/a", "$defs": {"a": {"allOf": [{"$ref": "#/$defs/b"}]}, "b": {"not": {"$ref": "#/$defs/a"}}}}, "/$defs/a", "never end"),
    ("a reference to nothing", {"properties": {"a": {"$ref": "#/$defs/a"}}}, "/properties/a/$ref", "leads nowhere"),
    ("a reference to elsewhere", {"$ref": "https://example.org/x.json"}, "/$ref", "leads nowhere"),
    ("a pattern that no engine takes", {"properties": {"a": {"pattern": "("}}}, "/properties/a/pattern", "no regular expression"),
    ("such a pattern for names", {"patternProperties": {"[": {}}}, "/patternProperties/[", "no regular expression"),
    ("an endless number", {"maximum": float("inf")}, "/maximum", "finite"),
    ("a number beyond exact arithmetic", '{"maximum": 1e999999999}', "/maximum", "10^"),
    ("too deep", nested(MAX_NESTING, {}), "", "nested deeper"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "pointer", "word"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_is_no_schema_is_refused_with_its_place(value: Value | str, pointer: str, word: str) -> None:
    with pytest.raises(SchemaError) as caught:
        answer({}, value)
    assert word in caught.value.message
    assert caught.value.place is not None
    assert caught.value.place.pointer == pointer


def test_a_missing_reference_is_an_error_of_its_own() -> None:
    with pytest.raises(ReferenceMissingError):
        load_schema(Document({"$ref": "urn:example:missing"}))


@pytest.mark.parametrize("levels", [500, 511])
def test_nesting_up_to_the_limit_is_taken(levels: int) -> None:
    assert load_schema(Document(nested(levels, {"type": "string"}, "not"))).nesting >= levels
