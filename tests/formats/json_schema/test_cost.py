"""What a comparison costs in steps and in calls is bounded by the size of the schemas; so is what it leaves behind."""

from __future__ import annotations

import gc
import sys
from types import FrameType
from typing import Any

import pytest

from calls import called
from evtcompat import compare
from evtcompat.errors import EvtcompatError
from evtcompat.formats.json_schema.compile.compiled import compiled
from evtcompat.formats.json_schema.decide import Answer, decide
from evtcompat.formats.json_schema.exact import values_in
from evtcompat.formats.json_schema.explain.diagnose import Refusals, diagnosed
from evtcompat.formats.json_schema.explain.subschemas import SchemaIndex
from evtcompat.formats.json_schema.explain.types_sent import sent_types
from evtcompat.formats.json_schema.keywords.scope import Reading
from evtcompat.formats.json_schema.options import Options
from evtcompat.formats.json_schema.parse.content_keys import forget
from evtcompat.formats.json_schema.parse.parsing import Schema
from evtcompat.formats.json_schema.parse.references import Library
from evtcompat.formats.json_schema.validate.patterns import _compiled
from evtcompat.model.json_types import JSON
from evtcompat.model.verdicts import Policy, Verdict
from formats.json_schema.grown_pairs import grown_pair
from formats.json_schema.schemas import SEVEN, schema_of

#: Python functions that are called for one step of reasoning, or for one value of the schemas, at most.
CALLS = 200


@pytest.fixture(scope="module", autouse=True)
def _imported() -> None:
    """What is imported with the first comparison is no cost of it."""
    assert decide(schema_of({"type": "string"}), schema_of({"type": "integer"})).verdict is Verdict.INCOMPATIBLE


@pytest.mark.slow
@pytest.mark.parametrize("policy", list(Policy))
@pytest.mark.parametrize("start", range(0, 120, 30))
def test_steps_are_bounded_by_the_square_of_the_size_and_calls_by_the_steps(start: int, policy: Policy) -> None:
    for seed in range(start, start + 30):
        old, new = grown_pair(seed, (20, 60, 100, 200)[seed % 4])
        try:
            reader, writer = schema_of(new), schema_of(old)
        except EvtcompatError:
            continue  # references in a circle
        forget()
        size = values_in(old) + values_in(new)
        answer, calls = called(lambda: decide(reader, writer, Options(policy=policy)))  # noqa: B023 - called at once
        assert answer.verdict is Verdict.UNDECIDED or answer.steps <= size**2, seed
        assert calls <= CALLS * (size + answer.steps), seed


def kinds(count: int, leaf: str, *, closed: bool) -> dict[str, Any]:
    """So many alternatives, told apart by a constant."""
    rest = {"additionalProperties": False} if closed else {}
    branches = [
        {
            "type": "object",
            "required": ["kind"],
            "properties": {"kind": {"const": f"k{at}"}, "v": {"type": leaf}},
            **rest,
        }
        for at in range(count)
    ]
    return {"$schema": SEVEN, "oneOf": branches}


@pytest.mark.slow
@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
@pytest.mark.parametrize("policy", list(Policy))
@pytest.mark.parametrize(
    ("leaf", "more"), [("number", 0), ("integer", 1), ("integer", -1)], ids=["each wider", "one more", "one less"]
)
def test_alternatives_that_a_constant_tells_apart_cost_steps_as_their_number_and_calls_as_their_size(
    leaf: str, more: int, policy: Policy, *, closed: bool
) -> None:
    """None is held against each of the others, whether they are compiled or compared."""

    def steps(count: int) -> int:
        answer: Answer
        reader, writer = kinds(count + more, leaf, closed=closed), kinds(count, "integer", closed=closed)
        forget()
        answer, calls = called(lambda: decide(schema_of(reader), schema_of(writer), Options(policy=policy)))
        assert answer.verdict is (Verdict.INCOMPATIBLE if more < 0 else Verdict.COMPATIBLE)
        assert calls <= CALLS * (values_in(reader) + values_in(writer) + answer.steps)
        return answer.steps

    assert steps(180) <= 4 * steps(60)


def lengths(count: int, last: int) -> dict[str, Any]:
    """So many alternatives for a text, told apart by its length."""
    longest = [10 * at + 9 for at in range(count - 1)] + [10 * count - 10 + last]
    branches = [{"type": "string", "minLength": 10 * at, "maxLength": longest[at]} for at in range(count)]
    return {"$schema": SEVEN, "oneOf": branches}


@pytest.mark.slow
def test_alternatives_that_a_range_tells_apart_are_decided_in_steps_as_their_number() -> None:
    def steps(count: int) -> int:
        answer = decide(schema_of(lengths(count, 8)), schema_of(lengths(count, 9)))
        assert answer.verdict is Verdict.INCOMPATIBLE
        assert answer.instance == "a" * (10 * count - 1)
        assert decide(schema_of(lengths(count, 9)), schema_of(lengths(count, 8))).verdict is Verdict.COMPATIBLE
        return answer.steps

    assert steps(400) <= 5 * steps(100)


@pytest.mark.slow
def test_a_pattern_is_compiled_once_however_many_the_schema_has() -> None:
    count = 1_000
    reader, writer = (
        {"$schema": SEVEN, "patternProperties": {f"^cost{at}_": {"type": kind} for at in range(count)}}
        for kind in ("string", "integer")
    )
    compiled = _compiled.cache_info().misses
    found = compare(reader=reader, writer=writer, format="json-schema")
    assert found.findings
    assert _compiled.cache_info().misses - compiled <= count


def test_references_are_looked_up_once_for_all_readings() -> None:
    """Where one leads does not hang on whether the schema is read as a writer's or as a reader's."""
    parts: dict[str, Any] = {
        f"p{at}": {"type": "object", "properties": {"next": {"$ref": f"#/definitions/p{(at + 1) % 9}"}}}
        for at in range(9)
    }
    document: JSON = {"$schema": SEVEN, "$id": "urn:parts", "$ref": "#/definitions/p0", "definitions": parts}
    schema = schema_of(document)  # compiled as it is written
    looked_up: list[str] = []

    def profile(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code is Library.lookup.__code__:
            looked_up.append(frame.f_locals["ref"])

    sys.setprofile(profile)
    try:
        nodes = [compiled(schema).at("", reading) for reading in (Reading.CLOSED, Reading.LIFTED)]
    finally:
        sys.setprofile(None)
    assert len(set(nodes)) == 2
    assert looked_up == []


def test_what_the_writer_sends_at_a_place_is_found_once_however_many_parts_of_the_reader_refuse_it() -> None:
    count = 50
    reader, writer = (
        schema_of({"$schema": SEVEN, "allOf": [{"properties": {"a": {"type": leaf}}} for _ in range(count)]})
        for leaf in ("string", "integer")
    )
    ours, theirs = (SchemaIndex(schema, assert_formats=False) for schema in (reader, writer))
    looked_at: list[str] = []

    def profile(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code is sent_types.__code__:
            looked_at.append(event)

    sys.setprofile(profile)
    try:
        found = diagnosed(Refusals(ours, lenient=False), theirs, {"a": 1})
    finally:
        sys.setprofile(None)
    assert len(found) == count
    assert len(looked_at) == 1


def test_a_schema_that_was_explained_goes_with_its_last_user_and_waits_for_no_collection() -> None:
    """A process that compares one pair after the other is not held up by collections of what they leave behind."""
    reader: JSON = {"required": ["a"]}
    writer: JSON = {"properties": {"a": {"type": "string", "pattern": "^a"}}}
    gc.collect()
    gc.disable()
    try:
        assert [one.witness for one in compare(reader=reader, writer=writer, format="json-schema").findings]
        left = [one for one in gc.get_objects() if isinstance(one, Schema) and one.value in (reader, writer)]
    finally:
        gc.enable()
    assert not left


@pytest.mark.long
def test_twenty_thousand_comparisons_leave_no_more_behind_than_ten_thousand() -> None:
    kept: list[int] = []
    for seed in range(20_000):
        old, new = grown_pair(seed, 60)
        try:
            compare(reader=new, writer=old, format="json-schema", witnesses=False)
        except EvtcompatError:
            continue  # references in a circle
        if seed % 2_500 < 5 and len(kept) <= seed // 2_500:
            gc.collect()
            kept.append(sys.getallocatedblocks())
    assert kept[-1] < 1.25 * kept[4]
