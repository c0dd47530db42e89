"""Choices between many branches: each that changed is a cause, and passing branches over changes no answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any

import jsonschema
import pytest

from evtcompat import compare
from evtcompat.formats.json_schema import policy
from evtcompat.formats.json_schema.algebra.membership import Membership
from evtcompat.formats.json_schema.explain.failures import failures
from evtcompat.formats.json_schema.explain.subschemas import SchemaIndex
from evtcompat.formats.json_schema.validate.validator import Validator
from evtcompat.model.verdicts import Policy, Verdict
from evtcompat.regular.steps import Steps
from formats.json_schema.schemas import FOUR, MODERN, SEVEN, schema_of

Branch = dict[str, Any]
COUNT = 40


def branch(at: int, **properties: Any) -> Branch:  # noqa: ANN401 - a schema each
    """One kind of event."""
    members = {"kind": {"const": f"k{at}"}, **properties}
    return {"type": "object", "properties": members, "required": [*members]}


def typed(word: str) -> list[Branch]:
    """Kinds of events that all have a value of a type."""
    return [branch(at, value={"type": word}) for at in range(COUNT)]


def in_definitions(branches: list[Branch]) -> Branch:
    """A choice of references."""
    definitions = {f"D{at}": one for at, one in enumerate(branches)}
    return {"$defs": definitions, "oneOf": [{"$ref": f"#/$defs/{name}"} for name in definitions]}


def listed(branches: list[Branch]) -> Branch:
    """A choice for each item of a list in a member, beside another member."""
    events = {"type": "array", "items": {"anyOf": branches}}
    return {"type": "object", "properties": {"id": {"type": "string"}, "events": events}, "required": ["id", "events"]}


OLD, NEW = typed("string"), typed("integer")
#: What a case shows -> reader, writer, the places of the causes.
CASES: dict[str, tuple[Branch, Branch, list[str]]] = {
    "oneOf": ({"oneOf": NEW}, {"oneOf": OLD}, [f"/oneOf/{at}/properties/value/type" for at in range(COUNT)]),
    "anyOf": ({"anyOf": NEW}, {"anyOf": OLD}, [f"/anyOf/{at}/properties/value/type" for at in range(COUNT)]),
    "references": (
        in_definitions(NEW),
        in_definitions(OLD),
        [f"/$defs/D{at}/properties/value/type" for at in range(COUNT)],
    ),
    "in a list": (
        listed(NEW),
        listed(OLD),
        [f"/properties/events/items/anyOf/{at}/properties/value/type" for at in range(COUNT)],
    ),
    "moved": (
        {"oneOf": [branch(COUNT), *NEW]},
        {"oneOf": OLD},
        [f"/oneOf/{at + 1}/properties/value/type" for at in range(COUNT)],
    ),
    "several causes in each": (
        {"oneOf": [branch(at, value={"maximum": 5}, other={"type": "string"}) for at in range(COUNT)]},
        {"oneOf": [branch(at, value={"type": "integer"}) for at in range(COUNT)]},
        [
            pointer
            for at in range(COUNT)
            for pointer in (f"/oneOf/{at}/properties/value/maximum", f"/oneOf/{at}/required/2")
        ],
    ),
}


@pytest.mark.parametrize("words", list(Policy))
@pytest.mark.parametrize("name", CASES)
def test_each_branch_that_changed_is_a_cause_with_an_event_of_its_own(name: str, words: Policy) -> None:
    reader, writer, places = CASES[name]
    reader, writer = {"$schema": MODERN, **reader}, {"$schema": MODERN, **writer}
    found = compare(reader=json.dumps(reader), writer=json.dumps(writer), format="json-schema", policy=words)
    pointers = [one.reader.pointer for one in found.findings]
    assert len(set(pointers)) == len(pointers)
    assert {*places} <= {*pointers}
    if words is Policy.LENIENT:  # an open object may hold more than was declared, which is a cause of its own
        assert {*places} == {*pointers}
        assert not found.undecided
    validators = [jsonschema.Draft202012Validator(one) for one in (reader, writer)]
    for one in found.findings:
        assert one.witness is not None
        instance = json.loads(one.witness.payload)
        assert [each.is_valid(instance) for each in validators] == [False, True], one.reader.pointer


@pytest.mark.parametrize("words", list(Policy))
def test_each_branch_that_is_gone_is_a_cause(words: Policy) -> None:
    left = [one for at, one in enumerate(OLD) if at % 3]
    reader, writer = ({"$schema": MODERN, "oneOf": branches} for branches in (left, OLD))
    found = compare(reader=json.dumps(reader), writer=json.dumps(writer), format="json-schema", policy=words)
    gone = [one for one in found.findings if one.rule == "branch-not-accepted"]
    assert len(gone) == len(found.findings) == len(OLD) - len(left)
    assert sorted(one.writer.pointer for one in gone) == sorted(f"/oneOf/{at}" for at in range(0, COUNT, 3))
    assert not found.undecided


def without_constants(at: int, word: str) -> Branch:
    """A kind of event that has a member of its own, and nothing that says which it is."""
    return {"type": "object", "properties": {f"of{at}": {"type": word}}, "required": [f"of{at}"]}


@pytest.mark.parametrize("words", list(Policy))
def test_branches_are_told_apart_by_the_members_that_they_require(words: Policy) -> None:
    reader, writer = (
        {"$schema": MODERN, "anyOf": [without_constants(at, word) for at in range(COUNT)]}
        for word in ("integer", "string")
    )
    found = compare(reader=json.dumps(reader), writer=json.dumps(writer), format="json-schema", policy=words)
    assert found.verdict is Verdict.INCOMPATIBLE
    assert {one.reader.pointer for one in found.findings} == {
        f"/anyOf/{at}/properties/of{at}/type" for at in range(COUNT)
    }


def kind(random: Random) -> Branch:
    """A schema for the member that may tell branches apart."""
    text = random.choice("abcdefgh")
    return random.choice([{"const": text}] * 6 + [{"enum": [text]}, {"enum": [text, "a"]}, {"const": 1}, {}])


def some_branch(random: Random) -> Branch:
    """A branch, which may be told apart or not, may be reached by a reference, and may hide what stands beside it."""
    made: Branch = {"properties": {"kind": kind(random), "value": random.choice([{"type": "integer"}, {}])}}
    if random.random() < 0.9:
        made["required"] = ["kind"]
    beside = [{"$ref": "#/definitions/D"}, {"$ref": "#/definitions/D", **made}, {"type": "array"}, {"type": "string"}]
    return random.choice([*[made] * 12, *beside])


def some_instance(random: Random) -> Any:  # noqa: ANN401 - any JSON
    """An event of a kind, or something else."""
    found = {"kind": random.choice([*"abcdefghi", 1, None, True]), "value": random.choice([1, "x"])}
    return random.choice([*[found] * 8, {"value": 1}, {}, "text", None])


LIBRARY: dict[str, Callable[[Any], Any]] = {
    FOUR: jsonschema.Draft4Validator,
    SEVEN: jsonschema.Draft7Validator,
    MODERN: jsonschema.Draft202012Validator,
}


@pytest.mark.parametrize("dialect", LIBRARY)
@pytest.mark.parametrize("keyword", ["anyOf", "oneOf"])
def test_branches_that_are_passed_over_would_have_refused(keyword: str, dialect: str) -> None:
    """Whoever is asked answers as the library does: the validator, the reasoning about values, the explanation."""
    random, answers = Random(1), []  # noqa: S311 - the same every time
    for _ in range(20):
        branches = [some_branch(random) for _ in range(random.choice([16, 30]))]
        schema: Any = {"$schema": dialect, "definitions": {"D": some_branch(random)}, keyword: branches}
        if "$ref" in str(schema["definitions"]):
            continue  # in a circle
        theirs, parsed = LIBRARY[dialect](schema), schema_of(schema)
        ours, node = Validator(parsed, assert_formats=False), policy.produced(parsed, Policy.STRICT)
        index = SchemaIndex(parsed)
        for _ in range(12):
            instance = some_instance(random)
            valid = theirs.is_valid(instance)
            assert ours.accepts(instance) == valid, (schema, instance)
            assert Membership(Steps(None)).holds(node, instance) in (valid, None), (schema, instance)
            assert bool(failures(index, instance, lenient=False)) != valid, (schema, instance)
            taken = [one for one in index.branches(index.root, keyword, instance) if index.accepts(one, instance)]
            members = [one for one in index.members(index.root, keyword) if index.accepts(one, instance)]
            assert [one.pointer for one in taken] == [one.pointer for one in members], (schema, instance)
            answers.append(valid)
    assert {*answers} == {False, True}


def optional(count: int, *more: str) -> list[Branch]:
    """Closed objects, any two of which have a member in common, and none that it must have; the last has more."""
    kinds = [["common", *(f"m{at}_{number}" for number in range(4))] for at in range(count)]
    kinds[-1] += more
    closed = [{name: {"type": "array", "items": {"type": "string"}} for name in names} for names in kinds]
    return [{"type": "object", "additionalProperties": False, "properties": members} for members in closed]


@pytest.mark.parametrize("moved", [False, True], ids=["in their order", "moved"])
@pytest.mark.parametrize("count", [5, 10, COUNT])
def test_each_branch_that_only_grew_still_accepts_what_it_did(count: int, moved: bool) -> None:  # noqa: FBT001 - drawn
    old: Branch = {"$schema": FOUR, "anyOf": optional(count)}
    new: Branch = {"$schema": FOUR, "anyOf": optional(count, "new")[:: -1 if moved else 1]}
    for words in Policy:
        found = compare(reader=new, writer=old, policy=words, format="json-schema")
        assert found.verdict is Verdict.COMPATIBLE, "backward"
    assert compare(reader=old, writer=new, format="json-schema").verdict is Verdict.COMPATIBLE, "forward, lenient"


@pytest.mark.parametrize(("keyword", "words"), [("anyOf", Policy.STRICT), ("oneOf", Policy.LENIENT)])
def test_one_member_more_in_a_branch_is_one_cause(keyword: str, words: Policy) -> None:
    old: Branch = {"$schema": FOUR, keyword: optional(3)}
    new: Branch = {"$schema": FOUR, keyword: optional(3, "new")}
    (finding,) = compare(reader=old, writer=new, policy=words, format="json-schema").findings
    assert finding.writer.pointer == f"/{keyword}/2/properties/new"
    assert finding.reader.pointer == f"/{keyword}/2/additionalProperties"
