"""What `jsonschema` says when it is used as most people use it: every witness convinces it, but for a few known ones.

`known_disagreements.json` lists pairs over which library and engine differ, with the instance, the reason, and who is
right. The witnesses of the real pairs meet the library in `test_real_pairs`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import jsonschema
import pytest

from evtcompat import compare
from evtcompat.errors import SchemaError
from evtcompat.formats.json_schema.validate.validator import Validator
from evtcompat.model.verdicts import Policy, Verdict
from formats.json_schema.deciding import INCOMPATIBLE, answer, shown
from formats.json_schema.random_pairs import pairs
from formats.json_schema.schemas import MODERN, SEVEN, schema_of

KNOWN: list[dict[str, Any]] = json.loads((Path(__file__).parent / "known_disagreements.json").read_text())


def accepts(schema: Any, instance: object) -> bool:  # noqa: ANN401 - any JSON
    """What the library says, with nothing set and nothing replaced."""
    return bool(jsonschema.validators.validator_for(schema)(schema).is_valid(instance))


def convinces(reader: Any, writer: Any, instance: object) -> bool:  # noqa: ANN401 - any JSON
    """Whether the library sees an instance of the writer that the reader refuses."""
    return accepts(writer, instance) and not accepts(reader, instance)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_every_witness_convinces_the_library(seed: int) -> None:
    listed = [(one["reader"], one["writer"]) for one in KNOWN]
    unknown, witnesses = [], 0
    for reader, writer in pairs(1_000, seed):
        try:
            found = answer(reader, writer)
        except SchemaError:
            continue
        if found.verdict is INCOMPATIBLE:
            witnesses += 1
            if not convinces(reader, writer, json.loads(shown(found))) and (reader, writer) not in listed:
                unknown.append((reader, writer, shown(found)))
    assert witnesses > 500
    assert not unknown


def branching(random: Random, depth: int) -> Any:  # noqa: ANN401 - any JSON
    """A schema of choices, references and what they leave unevaluated."""
    leaves = [{"type": "integer"}, {"type": "string"}, {"minimum": 2}, {"required": ["a"]}, {"const": 1}, True, False]
    if not depth:
        return random.choice(leaves)

    def some(most: int) -> list[Any]:
        return [branching(random, depth - 1) for _ in range(random.randint(1, most))]

    made: dict[str, Callable[[], Any]] = {
        "anyOf": lambda: some(3),
        "oneOf": lambda: some(3),
        "allOf": lambda: some(2),
        "not": lambda: some(1)[0],
        "contains": lambda: some(1)[0],
        "properties": lambda: {"a": some(1)[0], "b": some(1)[0]},
        "unevaluatedProperties": lambda: random.choice([False, {"type": "integer"}]),
        "$ref": lambda: f"#/$defs/{random.choice('xy')}",
    }
    return {keyword: made[keyword]() for keyword in random.sample(sorted(made), random.randint(1, 2))}


def instance_of(random: Random, depth: int) -> Any:  # noqa: ANN401 - any JSON
    """A value of any kind."""
    kind = random.randint(0, 3) if depth else 0
    if kind == 1:
        return {name: instance_of(random, depth - 1) for name in random.sample("abc", random.randint(0, 3))}
    if kind == 2:
        return [instance_of(random, depth - 1) for _ in range(random.randint(0, 3))]
    return random.choice([0, 1, 3, "", "ab", None, True, 2.0, 1.5])


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_choices_are_validated_as_the_library_does(seed: int) -> None:
    """The same answers and the same keywords, though what was accepted is remembered from one value to the next."""
    random, refused = Random(seed), 0  # noqa: S311 - the same every time
    for _ in range(300):
        definitions = {name: branching(random, 0) for name in "xy"}
        schema: dict[str, Any] = {"$schema": MODERN, "$defs": definitions, "allOf": [branching(random, 3)]}
        ours = Validator(schema_of(schema), assert_formats=False)
        theirs = jsonschema.Draft202012Validator(schema)
        for _ in range(10):
            instance = instance_of(random, 2)
            errors = {error.validator for error in theirs.iter_errors(instance)}
            assert ours.accepts(instance) == (not errors), (schema, instance)
            assert {one.keyword for one in ours.violations(instance)} == errors, (schema, instance)
            refused += bool(errors)
    assert 500 < refused < 2_500


@pytest.mark.parametrize("entry", KNOWN, ids=[one["about"] for one in KNOWN])
def test_what_is_known_to_differ_still_differs(entry: dict[str, Any]) -> None:
    """A stale entry fails: the library has changed, or the engine."""
    found = answer(entry["reader"], entry["writer"])
    assert found.verdict is Verdict(entry["engine"])
    instance = json.loads(entry["instance"])
    said = {"reader": accepts(entry["reader"], instance), "writer": accepts(entry["writer"], instance)}
    assert said == entry["library"]
    if found.verdict is INCOMPATIBLE:
        assert json.loads(shown(found)) == instance
        assert not convinces(entry["reader"], entry["writer"], instance)
    else:
        assert convinces(entry["reader"], entry["writer"], instance)
    assert entry["right"] in {"engine", "library", "both"}
    assert entry["reason"]


#: law, reader, writer, witness
PLAIN: list[tuple[str, Any, Any, Any]] = [
    (
        "a longer name of plain letters comes before a line feed",
        {"$schema": SEVEN, "maxProperties": 3, "patternProperties": {"^.$": {"type": "number"}}, "required": ["b"]},
        {"$schema": SEVEN, "minProperties": 3, "maxProperties": 3, "patternProperties": {"^.$": {"type": "number"}}},
        {"extra": None, "aa": None, "ba": None},
    ),
    (
        "a name that is not empty comes before the empty one",
        {"maxProperties": 0},
        {"type": "object", "minProperties": 1, "propertyNames": {"pattern": "^[^a-z]*$"}},
        {"0": None},
    ),
    ("a longer text of plain letters comes before a line feed", {"pattern": "^.?$"}, {"pattern": "^(\n|bc)$"}, "bc"),
    ("a listed text of plain letters comes before others", {"type": "null"}, {"enum": ["é\n", "é", "e"]}, "e"),
    (
        "a sign on which engines agree comes before a letter on which they do not",
        {"pattern": r"^\w*$"},
        {"type": "string", "pattern": "^[^ -~]$"},
        "€",
    ),
    (
        "an instance that needs no knowledge of ECMA-262 is looked for among the others",
        {"pattern": r"^\w+$"},
        {"anyOf": [{"enum": ["é"]}, {"type": "string", "pattern": "^a.b$"}]},
        "a-b",
    ),
    ("an odd text is better than none", {"pattern": r"^\w+$"}, {"enum": ["é"]}, "é"),
    (
        "a control character is better than none",
        {"maxLength": 0},
        {"type": "string", "pattern": "^[\x00-\x1f]*$"},
        "\n",
    ),
]


@pytest.mark.parametrize(("reader", "writer", "witness"), [case[1:] for case in PLAIN], ids=[case[0] for case in PLAIN])
def test_witnesses_are_plain(reader: Any, writer: Any, witness: Any) -> None:  # noqa: ANN401 - any JSON
    found = answer({"$schema": MODERN, **reader}, {"$schema": MODERN, **writer})
    assert json.loads(shown(found)) == witness


def tree(**data: Any) -> dict[str, Any]:  # noqa: ANN401 - schemas
    """A tree that may be extended, with data at its nodes, as the specification of 2020-12 shows it."""
    members = {"data": data, "children": {"type": "array", "items": {"$dynamicRef": "#node"}}}
    inner = {"$id": "https://example.com/tree", "$dynamicAnchor": "node", "type": "object", "properties": members}
    outer = {"$id": "https://example.com/strict-tree", "$dynamicAnchor": "node", "$ref": "tree"}
    return {"$schema": MODERN, **outer, "unevaluatedProperties": False, "$defs": {"tree": inner}}


def lists(of: str) -> dict[str, Any]:
    """Lists in lists, with a value somewhere."""
    inner = {"a": {"$ref": "#"}, "items": {"type": "array", "items": {"$ref": "#"}}, "value": {"type": of}}
    return {"$schema": SEVEN, "type": "object", "properties": inner}


_FOUR, _SEVEN = "http://json-schema.org/draft-04/schema#", SEVEN


@pytest.mark.parametrize(
    ("reader", "writer", "policy", "witness"),
    [
        (tree(type="string"), tree(type="integer"), Policy.STRICT, {"data": 0}),
        (lists("string"), lists("integer"), Policy.STRICT, {"value": 0}),
        (
            {"$schema": _SEVEN, "$ref": _SEVEN},
            {"$schema": _FOUR, "$ref": _FOUR},
            Policy.LENIENT,
            {"exclusiveMaximum": False, "maximum": 0},
        ),
    ],
    ids=["dynamic", "plain", "metaschemas"],
)
def test_a_recursive_schema_is_refuted_at_its_first_level(
    reader: Any,  # noqa: ANN401 - any JSON
    writer: Any,  # noqa: ANN401 - any JSON
    policy: Policy,
    witness: Any,  # noqa: ANN401 - any JSON
) -> None:
    """The way that the search took through the recursion does not show in the witness."""
    assert json.loads(shown(answer(reader, writer, policy))) == witness


def test_the_finding_of_a_recursive_schema_is_at_the_keyword() -> None:
    found = compare(reader=tree(type="string"), writer=tree(type="integer"), format="json-schema").findings
    assert [(one.rule, one.reader.pointer) for one in found] == [("type-changed", "/$defs/tree/properties/data/type")]
