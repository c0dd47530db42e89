"""Every question ends: with an answer, or undecided with what ran out and where."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from calls import called
from cli_harness import Run
from evtcompat import compare
from evtcompat.formats.json_schema import confluent
from evtcompat.formats.json_schema.algebra.kinds import Node
from evtcompat.formats.json_schema.algebra.membership import Membership
from evtcompat.formats.json_schema.algebra.nodes import disjunction, enumeration, exactly_one, items, members
from evtcompat.formats.json_schema.algebra.property_names import named
from evtcompat.formats.json_schema.compile.annotations import MOST
from evtcompat.formats.json_schema.decide import decide
from evtcompat.formats.json_schema.exact import key
from evtcompat.formats.json_schema.explain.failures import failures
from evtcompat.formats.json_schema.explain.subschemas import SchemaIndex
from evtcompat.formats.json_schema.options import Options
from evtcompat.formats.json_schema.parse.parsing import Schema
from evtcompat.formats.json_schema.solve.solver import Solver
from evtcompat.formats.json_schema.validate.validator import Validator
from evtcompat.model.json_types import JSON
from evtcompat.model.verdicts import Policy, Verdict
from evtcompat.regular.steps import BudgetExceededError, Steps
from formats.json_schema.schemas import MODERN, SEVEN, schema_of

STRICT = Options(policy=Policy.STRICT)


def doubling(depth: int, leaf: str) -> Schema:
    """Objects of two members that are again such objects: a value of depth n holds 2^n leaves."""
    parts: dict[str, Any] = {"d0": {"type": leaf}}
    for level in range(1, depth + 1):
        inner = {"$ref": f"#/definitions/d{level - 1}"}
        parts[f"d{level}"] = {"type": "object", "properties": {"a": inner, "b": inner}, "required": ["a", "b"]}
    return schema_of(
        {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "definitions": parts,
            "$ref": f"#/definitions/d{depth}",
        }
    )


def shared(depth: int) -> tuple[Node, Any]:
    """A node in which every part occurs twice, and a value that all of it has to be asked about."""
    node: Node = enumeration({key(1): 1})
    value: Any = 2
    for level in range(depth):
        node = exactly_one(
            (members(named("a"), node), items(0, 1, node), disjunction((node, members(named(f"b{level}"), node))))
        )
        value = {"a": value, f"b{level}": value}
    return node, value


def test_membership_asks_each_question_once() -> None:
    used = []
    for depth in (20, 40):
        node, value = shared(depth)
        steps = Steps(None)
        Membership(steps).holds(node, value)
        used.append(steps.used)
    assert used[1] < 5 * used[0] < 5_000


def test_membership_stops_when_its_steps_run_out() -> None:
    node, value = shared(40)
    with pytest.raises(BudgetExceededError):
        Membership(Steps(2)).holds(node, value)


@pytest.mark.slow
@pytest.mark.parametrize("depth", [8, 12, 30, 60])
@pytest.mark.parametrize("policy", list(Policy))
def test_references_that_double_end_with_an_answer_or_its_absence(depth: int, policy: Policy) -> None:
    answer = decide(doubling(depth, "string"), doubling(depth, "integer"), Options(policy=policy))
    assert answer.verdict in {Verdict.INCOMPATIBLE, Verdict.UNDECIDED}
    assert answer.steps < 10_000
    if answer.verdict is Verdict.UNDECIDED:
        assert "a witness would hold" in answer.undecided[0].reason


def test_what_is_undecided_for_want_of_steps_names_the_part_that_was_looked_at() -> None:
    def schema(least: int) -> Schema:
        hard: JSON = {"type": "string", "pattern": f"^(a|b)*a(a|b){{{least}}}$"}
        return schema_of(
            {"properties": {"x": {"type": "array", "items": {"properties": {"y": hard}, "required": ["y"]}}}}
        )

    answer = decide(schema(11), schema(12), Options(policy=Policy.STRICT, budget=200))
    assert answer.verdict is Verdict.UNDECIDED
    (open_part,) = answer.undecided
    assert open_part.path == "x[0].y"
    assert "200 steps" in open_part.reason


@pytest.mark.slow
def test_a_prediction_that_would_list_too_many_differences_is_left_open() -> None:
    found = confluent.predict(doubling(30, "string").value, doubling(30, "integer").value, Policy.STRICT)
    assert found.verdict is Verdict.UNDECIDED
    assert "pairs and differences" in found.reason


def repeated(keyword: str, depth: int, leaf: str) -> dict[str, Any]:
    """Definitions, each of which refers five times to the one before it."""
    parts: dict[str, Any] = {"d0": {"type": leaf}}
    for level in range(1, depth + 1):
        parts[f"d{level}"] = {keyword: [{"$ref": f"#/definitions/d{level - 1}"}] * 5}
    return {"$schema": SEVEN, "$ref": f"#/definitions/d{depth}", "definitions": parts}


def test_a_pair_of_which_not_all_violations_can_be_listed_is_told_with_the_first() -> None:
    found = compare(
        reader=repeated("allOf", 6, "string"), writer={"$schema": SEVEN, "type": "integer"}, format="json-schema"
    )
    assert found.verdict is Verdict.INCOMPATIBLE
    assert [(one.rule, one.reader.pointer) for one in found.findings] == [("instance-refused", "/definitions/d0/type")]


def test_a_keyword_that_fails_again_and_again_is_looked_at_a_bounded_number_of_times() -> None:
    index = SchemaIndex(schema_of(repeated("allOf", 4, "string")), assert_formats=False)
    assert len(index.violations(1)) == 5**4
    (failure,) = failures(index, 1, lenient=False)
    assert failure.part.pointer == "/definitions/d0"
    assert len(failure.messages) == 100


@pytest.mark.slow
@pytest.mark.parametrize("keyword", ["anyOf", "oneOf", "allOf"])
@pytest.mark.parametrize("depth", [6, 30])
def test_combinations_that_refer_again_and_again_are_decided_and_told_with_one_finding(
    keyword: str, depth: int
) -> None:
    """Whether a branch accepts is found once; what all branches say together would be exponentially much."""
    times = 1 if keyword == "oneOf" else 5  # of several equal branches no one is the only one
    reader, writer = (
        {
            **repeated(keyword, depth, leaf),
            "definitions": {
                name: {word: inner[:times] if word == keyword else inner for word, inner in part.items()}
                for name, part in repeated(keyword, depth, leaf)["definitions"].items()
            },
        }
        for leaf in ("string", "integer")
    )
    found = compare(reader=reader, writer=writer, format="json-schema", policy="strict")
    assert found.verdict is Verdict.INCOMPATIBLE
    assert len(found.findings) == 1
    assert found.findings[0].witness is not None


def unevaluated(depth: int, leaf: str) -> Schema:
    """Definitions, each of which collects again what the one before it evaluated."""
    parts: dict[str, Any] = {"d0": {"type": leaf}}
    for level in range(1, depth + 1):
        inner = {"$ref": f"#/$defs/d{level - 1}"}
        branches = [{"properties": {name: inner}} for name in ("a", "b")]
        parts[f"d{level}"] = {"anyOf": branches, "unevaluatedProperties": inner}
    return schema_of({"$schema": MODERN, "$ref": f"#/$defs/d{depth}", "$defs": parts})


@pytest.mark.slow
def test_no_further_instances_are_tried_once_the_validator_ran_out_of_steps_over_one() -> None:
    looked_at: list[str] = []

    def profile(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code is Validator.examine.__code__:
            looked_at.append(event)

    reader, writer = unevaluated(14, "string"), unevaluated(14, "integer")
    sys.setprofile(profile)
    try:
        found = decide(reader, writer, Options(policy=Policy.STRICT))
    finally:
        sys.setprofile(None)
    assert found.verdict is Verdict.UNDECIDED
    assert "the validator gives up" in found.undecided[0].reason
    assert 0 < len(looked_at) <= 2, "of both sides"


def choices(keyword: str, depth: int) -> dict[str, Any]:
    """Definitions each of which evaluates, in one of its branches, what the one below does."""
    parts: dict[str, Any] = {"d0": {"type": "object", "properties": {"a": {"type": "string"}}}}
    for level in range(1, depth):
        below = {"$ref": f"#/$defs/d{level - 1}"}
        choice = [{"properties": {f"p{level}": below}}, {"required": ["q"], "allOf": [below]}]
        parts[f"d{level}"] = {keyword: choice, "unevaluatedProperties": False}
    return parts


@pytest.mark.slow
@pytest.mark.parametrize("depth", [40, 150])
@pytest.mark.parametrize("keyword", ["anyOf", "oneOf"])
def test_annotations_under_many_conditions_end_undecided_and_are_collected_once(
    keyword: str, depth: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each level evaluates what the one below does, under all conditions of it, so that work grows with the cube."""
    used: list[int] = []
    spend = Steps.spend

    def counted(self: Steps, count: int = 1) -> None:
        used.append(count)
        spend(self, count)

    monkeypatch.setattr(Steps, "spend", counted)
    parts = choices(keyword, depth)
    old: dict[str, Any] = {"$schema": MODERN, "$defs": parts, "$ref": f"#/$defs/d{depth - 1}"}
    new: dict[str, Any] = {
        **old,
        "$defs": {**parts, "d0": {"type": "object", "properties": {"a": {"type": "integer"}}}},
    }
    found = compare(reader=new, writer=old, format="json-schema")
    assert found.verdict is Verdict.UNDECIDED
    assert "evaluated is not settled within" in found.undecided[0].reason
    # of each side and each reading of it, and of neither twice
    assert sum(used) < 5 * MOST


@pytest.mark.slow
@pytest.mark.parametrize("wrong", [{"$ref": "#/$defs/nowhere"}, {"pattern": "("}, True], ids=["ref", "pattern", "none"])
def test_a_schema_that_is_not_compiled_to_its_end_is_never_called_valid(wrong: JSON, run: Run, tmp_path: Path) -> None:
    """What stands behind the part that took too much may be wrong; and nothing compares a new schema."""
    whole = {"a": {"$ref": "#/$defs/d59"}, "z": wrong}
    value = {"$schema": MODERN, "$defs": choices("oneOf", 60), "properties": whole}
    (tmp_path / "event.json").write_text(json.dumps(value))
    result = run("check", "event.json", cwd=tmp_path)
    assert result.code == 3, result.out
    assert "evaluated is not settled within" in result.out


@pytest.mark.slow
def test_a_pair_that_one_policy_decides_stays_decided_where_the_other_would_collect_too_much() -> None:
    """Under strict nothing is collected; what lenient would say is left open then."""

    def chain(kind: str) -> dict[str, Any]:
        part: dict[str, Any] = {"properties": {"v": {"type": kind}}}
        for at in range(200):
            condition = {"properties": {"kind": {"const": at}}, "required": ["kind"]}
            part = {
                "if": condition,
                "then": {"properties": {"v": {"type": "integer"}}, "required": ["v"]},
                "else": part,
            }
        return {"$schema": MODERN, "type": "object", **part}

    found = compare(reader=chain("string"), writer=chain("integer"), format="json-schema", policy="strict")
    assert found.verdict is Verdict.INCOMPATIBLE
    assert found.other_policy == (Policy.LENIENT, Verdict.UNDECIDED)


@pytest.mark.parametrize("keyword", ["anyOf", "oneOf", "allOf"])
def test_two_combinations_with_more_pairs_than_steps_are_left_open_at_once(keyword: str) -> None:
    """Whether all their parts can be matched is known once all pairs are."""

    def wide(kind: str) -> dict[str, Any]:
        return {"$schema": MODERN, keyword: [{"properties": {f"p{at}": {"type": kind}}} for at in range(500)]}

    found, calls = called(lambda: confluent.predict(wide("string"), wide("integer"), Policy.STRICT))
    assert found.verdict is Verdict.UNDECIDED
    assert calls < 500 * 200


@pytest.mark.slow
def test_anchors_are_looked_for_once_in_a_document() -> None:
    def anchored(kind: str, count: int) -> dict[str, Any]:
        parts = {f"d{at}": {"$anchor": f"a{at}", "type": kind} for at in range(count)}
        return {"$schema": MODERN, "properties": {f"p{at}": {"$ref": f"#a{at}"} for at in range(count)}, "$defs": parts}

    def calls_of(count: int) -> int:
        old, new = anchored("string", count), anchored("integer", count)
        found, calls = called(lambda: confluent.predict(new, old, Policy.STRICT))
        assert len(found.refused) == count
        return calls

    calls_of(400)  # what the interpreter keeps of the first is no cost of it
    assert calls_of(400) < 2.5 * calls_of(200)


@pytest.mark.slow
def test_cases_that_are_looked_at_count_as_steps() -> None:
    """Of a clause of hundreds of cases that overlap, every branch of the search looks at all."""

    def lengths(count: int, less: int) -> dict[str, Any]:
        cases = [{"type": "string", "minLength": 3 * at, "maxLength": 3 * at + 4 - (less == at)} for at in range(count)]
        return {"$schema": MODERN, "oneOf": cases}

    reader, writer = schema_of(lengths(200, 100)), schema_of(lengths(200, -1))
    answer, calls = called(lambda: decide(reader, writer, Options(budget=2_000)))
    assert answer.verdict is Verdict.UNDECIDED
    assert calls < 600 * answer.steps


def test_a_chain_of_references_is_walked_once_for_a_place() -> None:
    def chain(kind: str, links: int) -> dict[str, Any]:
        parts: dict[str, Any] = {f"d{at}": {"$ref": f"#/$defs/d{at + 1}"} for at in range(links)}
        return {"$schema": MODERN, "$ref": "#/$defs/d0", "$defs": {**parts, f"d{links}": {"type": kind}}}

    def calls_of(links: int) -> int:
        index = SchemaIndex(schema_of(chain("string", links)))
        ways, calls = called(lambda: index.ways(index.root, ()))
        assert len(ways) == links + 2, "the root, what it leads to, and so on"
        assert ways[-1].value == {"type": "string"}
        return calls

    assert calls_of(400) < 2.5 * calls_of(200)


def test_whether_a_writer_allows_anything_is_found_once_and_costs_the_same_again() -> None:
    """Its events and the reader do not matter: a page asks it for each pair of versions."""
    pigeons, holes = range(4), range(3)
    sits: list[JSON] = [
        [{"properties": {f"p{one}{hole}": {"const": True}}, "required": [f"p{one}{hole}"]} for hole in holes]
        for one in pigeons
    ]
    alone: list[JSON] = [
        {
            "not": {
                "properties": {f"p{one}{hole}": {"const": True}, f"p{other}{hole}": {"const": True}},
                "required": [f"p{one}{hole}", f"p{other}{hole}"],
            }
        }
        for hole in holes
        for one in pigeons
        for other in range(one)
    ]
    choices: list[JSON] = [{"anyOf": some} for some in sits]
    writer = schema_of({"$schema": MODERN, "type": "object", "allOf": [*choices, *alone]})

    def cost(name: str) -> tuple[int, int]:
        solver = Solver(Steps(40_000))
        answer = decide(_closed(name), writer, STRICT, solver=solver)
        before = solver.steps.used
        vacuous, calls = called(lambda: answer.vacuous)
        assert vacuous
        return solver.steps.used - before, calls

    (steps, first), (again, second) = cost("a"), cost("b")
    assert steps == again
    assert second < 20 < first
    few = Solver(Steps(steps // 2))
    assert not decide(_closed("c"), writer, STRICT, solver=few).vacuous


def _closed(name: str) -> Schema:
    return schema_of({"$schema": MODERN, "type": "object", "title": name})
