"""A finding's witness breaks the rule that it is found under, and no other where that can be."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amounts import examples
from evtcompat.errors import SchemaError
from evtcompat.formats.json_schema.decide import decide
from evtcompat.formats.json_schema.explain import isolate
from evtcompat.formats.json_schema.explain.explanation import explain
from evtcompat.formats.json_schema.explain.failures import failures
from evtcompat.formats.json_schema.explain.subschemas import SchemaIndex
from evtcompat.formats.json_schema.validate.validator import ValidatorFailedError
from evtcompat.model.json_types import JSON
from evtcompat.model.mismatches import Mismatch
from evtcompat.model.verdicts import Policy
from formats.json_schema.deciding import strict
from formats.json_schema.random_pairs import pairs
from formats.json_schema.schemas import MODERN, SEVEN, schema_of
from reference_data import reference_rows


def explained(reader: Any, writer: Any, policy: Policy = Policy.STRICT) -> tuple[Mismatch, ...]:  # noqa: ANN401 - any JSON
    one, other = schema_of(reader), schema_of(writer)
    options = strict(policy)
    return explain(one, other, decide(one, other, options), options).mismatches


def broken(reader: JSON, finding: Mismatch) -> list[str]:
    """The places in the reader at which the library, as it is, refuses a finding's witness."""
    assert finding.witness is not None
    found = jsonschema.validators.validator_for(reader)(reader).iter_errors(json.loads(finding.witness.payload))
    return sorted("/" + "/".join(map(str, error.absolute_schema_path)) for error in found)


TO_T: dict[str, Any] = {"$ref": "#/definitions/t"}


def tree(*types: str) -> dict[str, Any]:
    """The definition of objects in objects, each with a member of these types."""
    return {"type": "object", "properties": {"next": TO_T, "n": {"type": list(types)}}}


#: Reader and writer, which both say nothing but this, and how many findings there are.
SEPARATE: list[tuple[str, dict[str, Any], dict[str, Any], int]] = [
    (
        "a missing property beside a type",
        {"required": ["a"], "properties": {"b": {"type": "string"}}},
        {"required": ["b"], "properties": {"a": {"type": "integer"}, "b": {"type": ["string", "null"]}}},
        2,
    ),
    (
        "several missing properties",
        {"type": "object", "required": ["a", "b", "c"]},
        {"type": "object", "properties": {"a": {}, "b": {}, "c": {}}},
        3,
    ),
    (
        "limits of two properties that must be",
        {"required": ["a", "b"], "properties": {"a": {"maximum": 3}, "b": {"maxLength": 3}}},
        {
            "required": ["a", "b"],
            "properties": {"a": {"type": "integer", "maximum": 9, "minimum": 0}, "b": {"type": "string"}},
        },
        2,
    ),
    (
        "items and their number",
        {"type": "array", "items": {"enum": [1, 2]}, "maxItems": 1},
        {"type": "array", "items": {"enum": [1, 2, 3]}, "minItems": 1, "maxItems": 2},
        2,
    ),
    (
        "behind references, one of them to itself",
        {"properties": {"t": TO_T}, "required": ["t", "u"], "definitions": {"t": tree("integer")}},
        {
            "properties": {"t": TO_T, "u": {"type": "null"}},
            "required": ["t"],
            "definitions": {"t": {**tree("integer", "null"), "required": ["n"]}},
        },
        2,
    ),
]


@pytest.mark.parametrize(("reader", "writer", "count"), [row[1:] for row in SEPARATE], ids=[row[0] for row in SEPARATE])
@pytest.mark.parametrize("dialect", [SEVEN, MODERN])
@pytest.mark.parametrize("policy", Policy)
def test_each_witness_is_refused_for_its_own_finding_alone(
    policy: Policy, dialect: str, reader: dict[str, Any], writer: dict[str, Any], count: int
) -> None:
    one, other = ({"$schema": dialect, "type": "object", **schema} for schema in (reader, writer))
    found = explained(one, other, policy)
    assert len(found) == count
    for finding in found:
        (place,) = {error.replace("/$ref", "") for error in broken(one, finding)}
        assert finding.witness is not None
        assert jsonschema.validators.validator_for(other)(other).is_valid(finding.witness.value)
        keyword = finding.reader.pointer.partition("/required/")[0].rpartition("/")[2]
        assert place.endswith(f"/{keyword}") or "/required/" in finding.reader.pointer
    assert len({finding.witness.payload for finding in found if finding.witness}) == count


def test_what_no_event_breaks_alone_keeps_its_witness() -> None:
    """The writer sends `kind` always, and always what the reader no longer knows."""
    reader: Any = {"type": "object", "properties": {"kind": {"const": "b"}, "n": {"maximum": 3}}}
    writer: Any = {
        "type": "object",
        "properties": {"kind": {"const": "a"}, "n": {"type": "integer"}},
        "required": ["kind"],
    }
    found = explained(reader, writer)
    assert sorted(map(len, (broken(reader, finding) for finding in found))) == [1, 2]
    for finding in found:
        assert any(place in finding.reader.pointer for place in ("/kind/", "/n/"))
        assert any(place.startswith(finding.reader.pointer) for place in broken(reader, finding))


def _apart(reader: JSON, writer: JSON, policy: Policy) -> tuple[int, int]:
    """Findings of a pair whose witness shows one cause, with and without looking for such events.

    Holds the law that nothing else of an explanation depends on that.
    """
    try:
        told = explained(reader, writer, policy)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(isolate, "_STEPS", 0)
            plain = explained(reader, writer, policy)
    except SchemaError:
        return 0, 0
    silent = [[replace(finding, witness=None) for finding in found] for found in (told, plain)]
    assert silent[0] == silent[1]
    return _alone(reader, told, policy), _alone(reader, plain, policy)


def _alone(reader: JSON, found: tuple[Mismatch, ...], policy: Policy) -> int:
    side = SchemaIndex(schema_of(reader))
    count = 0
    for finding in found:
        if finding.witness is not None:
            try:
                event: Any = finding.witness.value
                count += len(failures(side, event, lenient=policy is Policy.LENIENT)) == 1
            except ValidatorFailedError:
                continue
    return count


@pytest.mark.slow
@pytest.mark.parametrize("policy", Policy)
def test_real_findings_have_witnesses_of_their_own(policy: Policy) -> None:
    """All but a few: where each event of the writer breaks two rules at once."""
    with_, without, findings = 0, 0, 0
    for row in reference_rows("json_real.jsonl.gz"):
        for reader, writer in ((row["new"], row["old"]), (row["old"], row["new"])):
            one, other = _apart(reader, writer, policy)
            assert one >= other
            with_, without = with_ + one, without + other
            findings += sum(finding.witness is not None for finding in explained(reader, writer, policy))
    assert without < 0.9 * findings
    assert with_ > 0.9 * findings


@pytest.mark.slow
@settings(max_examples=examples(60), deadline=None)
@given(st.integers(0, 10**9), st.sampled_from(Policy))
def test_an_event_of_its_own_changes_nothing_else(seed: int, policy: Policy) -> None:
    for reader, writer in pairs(3, seed=seed):
        with_, without = _apart(reader, writer, policy)
        assert with_ >= without


def test_of_very_many_causes_each_is_shown_by_an_event_of_its_own_and_has_a_fix() -> None:
    """Those that are found place by place too, and those that their events meet again."""
    count = 30

    def at_most(length: int) -> dict[str, Any]:
        return {"$schema": SEVEN, "properties": {f"p{at}": {"maxLength": length} for at in range(count)}}

    reader = at_most(3)
    found = explained(reader, at_most(4), Policy.LENIENT)
    assert [broken(reader, one) for one in found] == [[one.reader.pointer] for one in found]
    assert sum(one.fix is not None and one.fix.side == "reader" for one in found) == count
