"""What an instance leaves unevaluated in 2019-09 is worked out once a value, and is what it was."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amounts import examples
from evtcompat.errors import SchemaError
from evtcompat.formats.json_schema.compile.loading import load_schema
from evtcompat.formats.json_schema.dialects import DRAFT2019
from evtcompat.formats.json_schema.exact import Value
from evtcompat.formats.json_schema.validate.classes import exact_class
from evtcompat.formats.json_schema.validate.patterns import Patterns
from evtcompat.formats.json_schema.validate.run import Run
from evtcompat.formats.json_schema.validate.validator import validator_of
from evtcompat.model.documents import Document
from evtcompat.regular.steps import Steps
from formats.json_schema.strategies import NAMES, URIS, instances, parts

GENERATED = settings(max_examples=examples(150), deadline=None, suppress_health_check=list(HealthCheck))
DEPTH = 7


def nested(depth: int, leaf: Value) -> dict[str, Any]:
    """A schema that leaves nothing unevaluated at any of its levels."""
    schema: dict[str, Any] = {"properties": {"a": leaf}, "unevaluatedProperties": False}
    for _ in range(depth):
        schema = {"allOf": [schema], "oneOf": [{"properties": {"b": {}}}], "unevaluatedProperties": False}
    return {"$schema": URIS["2019"], **schema}


@pytest.mark.parametrize(
    ("instance", "accepted"),
    [({"a": 1, "b": 1}, False), ({"a": 1}, True), ({"a": "x"}, False), ({}, True), ({"c": 1}, False)],
)
def test_every_level_is_looked_at_a_few_times(
    instance: Value,
    accepted: bool,  # noqa: FBT001 - a table
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """At each level the library looks into the levels below it again, twice."""
    asked: list[Value] = []
    for cls in (jsonschema.Draft201909Validator, jsonschema.Draft202012Validator):
        own = cls.VALIDATORS["unevaluatedProperties"]

        def counted(*arguments: Value, own: Value = own) -> Value:
            asked.append(None)
            return own(*arguments)

        monkeypatch.setitem(cls.VALIDATORS, "unevaluatedProperties", counted)
    schema = load_schema(Document(nested(DEPTH, {"type": "integer"})))
    assert (validator_of(schema).violation(instance) is None) is accepted
    if accepted:
        assert len(asked) <= 2 * (DEPTH + 1)


inner = parts("2019", ("#", "#/$defs/n"))
levels = st.fixed_dictionaries(
    {"unevaluatedProperties": st.one_of(st.just(value=False), inner)},
    optional={
        "allOf": st.lists(inner, min_size=1, max_size=2),
        "anyOf": st.lists(inner, min_size=1, max_size=2),
        "properties": st.dictionaries(st.sampled_from(NAMES), inner, min_size=1, max_size=2),
        "$ref": st.just("#/$defs/n"),
    },
)


@pytest.mark.slow
@GENERATED
@given(levels, levels, st.lists(instances, min_size=3, max_size=6))
def test_what_is_remembered_changes_no_answer(one: dict[str, Any], other: dict[str, Any], tried: list[Value]) -> None:
    document = {
        "$schema": URIS["2019"],
        **one,
        "$defs": {"n": {key: said for key, said in other.items() if key != "$ref"}},
    }
    try:
        schema = load_schema(Document(document))
    except SchemaError:
        return  # a circle without a keyword
    run = Run(DRAFT2019, Steps(None), Patterns(schema), evaluated=None)
    forgetful = exact_class(DRAFT2019)(schema.value, format_checker=run, _resolver=schema.library.entered_root())
    for instance in tried:
        try:
            expected = next(forgetful.iter_errors(instance), None)
        except RecursionError:
            continue
        found = validator_of(schema).violation(instance)
        assert (found and found.message) == (expected and expected.message)
