"""No proof is refuted by an instance, every witness convinces an independent validator, inclusion keeps its laws."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st

from amounts import examples
from evtcompat.errors import SchemaError
from evtcompat.formats.json_schema import exact
from evtcompat.formats.json_schema.compile.loading import load_schema
from evtcompat.formats.json_schema.decide import Answer, decide
from evtcompat.formats.json_schema.exact import Value
from evtcompat.formats.json_schema.parse.parsing import Schema
from evtcompat.model.documents import Document
from evtcompat.model.verdicts import Policy
from formats.json_schema.deciding import COMPATIBLE, INCOMPATIBLE, UNDECIDED, shown, strict
from formats.json_schema.strategies import URIS, VALUES, instances, parts, schemas

GENERATED = settings(
    max_examples=examples(60),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
parts_of_2020 = parts("2020")
LONG = settings(GENERATED, max_examples=6_000)


def parsed(value: Value) -> Schema:
    """The schema; circles without a keyword are none."""
    try:
        return load_schema(Document(value))
    except SchemaError as error:
        note(str(error))
        assume(False)  # noqa: FBT003 - hypothesis takes it so
        raise


def decided(reader: Value, writer: Value, policy: Policy = Policy.STRICT) -> Answer:
    found = decide(parsed(reader), parsed(writer), strict(policy))
    note(f"{found.verdict.value} {shown(found)}")
    return found


def validator(schema: dict[str, Any]) -> Any:  # noqa: ANN401 - ships no types
    return jsonschema_rs.validator_for(schema, validate_formats=False)


def changed(draw: st.DrawFn, schema: Any) -> Any:  # noqa: ANN401 - any part of a schema
    """The schema with one part of it replaced or removed."""
    if isinstance(schema, dict) and schema:
        name = draw(st.sampled_from(sorted(schema)))
        if name == "$schema":
            return schema
        if draw(st.booleans()) and isinstance(schema[name], dict):
            return {**schema, name: changed(draw, schema[name])}
        return {other: value for other, value in schema.items() if other != name}
    return schema


@st.composite
def pairs(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two schemas: near relatives (where most proofs are) or strangers, in either order."""
    one = draw(schemas())
    other = changed(draw, one) if draw(st.booleans()) else draw(schemas())
    return (one, other) if draw(st.booleans()) else (other, one)


def answers_are_sound(pair: tuple[dict[str, Any], dict[str, Any]], tried: list[Value]) -> None:
    reader, writer = pair
    found = decided(reader, writer)
    assert found.verdict is not UNDECIDED
    ours, theirs = validator(reader), validator(writer)
    if found.verdict is INCOMPATIBLE:
        instance = json.loads(shown(found))
        assert theirs.is_valid(instance)
        assert not ours.is_valid(instance)
    else:
        assert not [one for one in tried if theirs.is_valid(one) and not ours.is_valid(one)]
        assert decided(reader, writer, Policy.LENIENT).verdict is COMPATIBLE


@pytest.mark.slow
@GENERATED
@given(pairs(), st.lists(instances, min_size=10, max_size=20))
def test_answers_are_sound(pair: tuple[dict[str, Any], dict[str, Any]], tried: list[Value]) -> None:
    answers_are_sound(pair, tried)


@pytest.mark.long
@LONG
@given(pairs(), st.lists(instances, min_size=10, max_size=20))
def test_answers_are_sound_at_length(pair: tuple[dict[str, Any], dict[str, Any]], tried: list[Value]) -> None:
    answers_are_sound(pair, tried)


@pytest.mark.slow
@GENERATED
@given(pairs())
def test_lenient_answers_are_decided_and_confirmed(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """The witness of the lenient policy fails both readings; an unconfirmed one would raise."""
    found = decided(*pair, Policy.LENIENT)
    assert found.verdict is not UNDECIDED
    if found.verdict is INCOMPATIBLE:
        assert decided(*pair).verdict is INCOMPATIBLE


@pytest.mark.slow
@GENERATED
@given(pairs())
def test_what_another_implementation_proves_is_not_refuted(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """The YES of jsonschema-rs is sound (its NO is no proof, and it gives up on much)."""
    reader, writer = pair
    assume(reader["$schema"] == writer["$schema"])
    try:
        covered = jsonschema_rs.canonicalize(reader, validate_formats=False).covers(
            jsonschema_rs.canonicalize(writer, validate_formats=False)
        )
    except ValueError:
        assume(False)  # noqa: FBT003 - hypothesis takes it so
        return
    if covered is jsonschema_rs.canonical.Containment.YES:
        assert decided(reader, writer).verdict is COMPATIBLE


@st.composite
def told_apart(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two documents with a condition for each of some values of one member; some of what goes with them differs."""
    kinds = draw(st.lists(st.sampled_from(VALUES), min_size=4, max_size=6, unique_by=exact.key))
    parts = [draw(parts_of_2020) for _ in kinds]
    others = [part if draw(st.booleans()) else draw(parts_of_2020) for part in parts]
    root = {"$schema": URIS["2020"], **draw(st.sampled_from(({}, {"required": ["a"]}, {"type": "object"})))}

    def conditions(thens: list[Any]) -> list[Any]:
        return [
            {"if": {"properties": {"a": {"const": kind}}}, "then": then}
            for kind, then in zip(kinds, thens, strict=True)
        ]

    reader, writer = ({**root, "allOf": conditions(thens)} for thens in (parts, others))
    return reader, {**writer, **draw(st.sampled_from(({}, {"properties": {"a": {"enum": kinds[1:]}}})))}


@pytest.mark.slow
@GENERATED
@given(told_apart(), st.lists(instances, min_size=10, max_size=20))
def test_answers_about_members_that_tell_conditions_apart_are_sound(
    pair: tuple[dict[str, Any], dict[str, Any]], tried: list[Value]
) -> None:
    answers_are_sound(pair, tried)


DRAFT = ("2020",)


@pytest.mark.slow
@GENERATED
@given(schemas(DRAFT))
def test_inclusion_is_reflexive(schema: dict[str, Any]) -> None:
    again = {**schema, "$comment": "another document"}
    assert decided(schema, again).verdict is COMPATIBLE
    assert decided(again, schema, Policy.LENIENT).verdict is COMPATIBLE


def part(schema: dict[str, Any]) -> Any:  # noqa: ANN401 - a schema for use inside another
    assume("$ref" not in json.dumps(schema))
    return {name: value for name, value in schema.items() if name not in {"$schema", "$defs"}}


@pytest.mark.slow
@GENERATED
@given(schemas(DRAFT), schemas(DRAFT))
def test_conjunction_narrows_and_disjunction_widens(one: dict[str, Any], other: dict[str, Any]) -> None:
    left, right = part(one), part(other)
    assert decided(left, {"allOf": [left, right]}).verdict is COMPATIBLE
    assert decided({"anyOf": [left, right]}, left).verdict is COMPATIBLE


@pytest.mark.slow
@GENERATED
@given(schemas(DRAFT), schemas(DRAFT))
def test_negation(one: dict[str, Any], other: dict[str, Any]) -> None:
    """Twice is nothing; once turns inclusion round; and De Morgan."""
    left, right = part(one), part(other)
    assert decided(left, {"not": {"not": left}}).verdict is COMPATIBLE
    assert decided({"not": {"not": left}}, left).verdict is COMPATIBLE
    assert decided(left, right).verdict is decided({"not": right}, {"not": left}).verdict
    both = {"not": {"anyOf": [left, right]}}
    assert decided(both, {"allOf": [{"not": left}, {"not": right}]}).verdict is COMPATIBLE
    assert decided({"allOf": [{"not": left}, {"not": right}]}, both).verdict is COMPATIBLE


@pytest.mark.slow
@GENERATED
@given(schemas(DRAFT), schemas(DRAFT), schemas(DRAFT))
def test_a_reader_widened_keeps_compatible(one: dict[str, Any], other: dict[str, Any], more: dict[str, Any]) -> None:
    reader, writer = part(one), part(other)
    if decided(reader, writer).verdict is COMPATIBLE:
        assert decided({"anyOf": [part(more), reader]}, writer).verdict is COMPATIBLE


@pytest.mark.slow
@GENERATED
@given(schemas(DRAFT), instances)
def test_a_constant_is_included_exactly_if_it_is_valid(schema: dict[str, Any], instance: Value) -> None:
    found = decided(schema, {"const": instance}).verdict
    assert (found is COMPATIBLE) == validator(schema).is_valid(instance)
    assert exact.key(instance) == exact.key(json.loads(json.dumps(instance)))
