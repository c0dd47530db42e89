"""Every question ends: with an answer, or undecided with what ran out and where."""

from __future__ import annotations

from typing import Any

import pytest

from evtcompat.formats.json_schema import confluent
from evtcompat.formats.json_schema.algebra.kinds import Node
from evtcompat.formats.json_schema.algebra.membership import Membership
from evtcompat.formats.json_schema.algebra.nodes import disjunction, enumeration, exactly_one, items, members
from evtcompat.formats.json_schema.algebra.property_names import named
from evtcompat.formats.json_schema.decide import decide
from evtcompat.formats.json_schema.exact import key
from evtcompat.formats.json_schema.options import Options
from evtcompat.formats.json_schema.parse.parsing import Schema
from evtcompat.model.json_types import JSON
from evtcompat.model.verdicts import Policy, Verdict
from evtcompat.regular.steps import BudgetExceededError, Steps
from formats.json_schema.schemas import schema_of

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
