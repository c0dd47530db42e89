"""Laws of the explanation: it agrees with the verdict, each cause is real, each fix mends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from amounts import examples
from evtcompat import check as run_check
from evtcompat import compare
from evtcompat.formats.json_schema.decide import decide
from evtcompat.formats.json_schema.explain.explanation import explain
from evtcompat.formats.json_schema.explain.failures import failures
from evtcompat.formats.json_schema.explain.subschemas import SchemaIndex
from evtcompat.formats.json_schema.parse.parsing import variant
from evtcompat.model.json_types import JSON
from evtcompat.model.mismatches import Mismatch
from evtcompat.model.patches import apply_patch
from evtcompat.model.places import tokens
from evtcompat.model.verdicts import Policy, Severity, Verdict
from evtcompat.reporters.text_report import render
from evtcompat.rules.catalogue import catalogue
from formats.json_schema.deciding import strict
from formats.json_schema.random_pairs import pairs
from formats.json_schema.schemas import MODERN, SEVEN, schema_of
from reference_data import reference_rows


def errors(found: tuple[Mismatch, ...]) -> list[Mismatch]:
    return [one for one in found if catalogue()[one.rule].severity is Severity.ERROR]


def at(value: JSON, pointer: str) -> JSON:
    for step in tokens(pointer):
        value = value[int(step)] if isinstance(value, list) else value[step]  # type: ignore[index]
    return value


def check(reader: JSON, writer: JSON, policy: Policy) -> tuple[Mismatch, ...]:
    """Explains a pair and holds every law that is true of any explanation."""
    one, other = schema_of(reader), schema_of(writer)
    options = strict(policy)
    answer = decide(one, other, options)
    found = explain(one, other, answer, options).mismatches
    assert bool(errors(found)) == (answer.verdict is Verdict.INCOMPATIBLE)
    for finding in errors(found):
        rule = catalogue()[finding.rule]
        assert rule.sentence.format(**{**finding.facts, "reader": "v2", "writer": "v1"})
        assert finding.witness is not None
        assert finding.witness.observed
        event = finding.witness.value
        cls = getattr(jsonschema, one.dialect.validator)
        assert cls(writer).is_valid(event)
        assert not cls(reader).is_valid(event)
        for side, place in ((reader, finding.reader), (writer, finding.writer)):
            if place.origin is None:
                at(side, place.pointer)
        for fix in (finding.fix, *finding.alternatives):
            if fix is not None:
                apply_patch(reader if fix.side == "reader" else writer, fix.patch)
    if len(errors(found)) == 1:
        _mends(errors(found)[0], reader, writer, policy)
    assert explain(one, other, answer, options).mismatches == found
    return found


def _mends(finding: Mismatch, reader: JSON, writer: JSON, policy: Policy) -> None:
    """Where there is one cause only, each of its fixes alone makes the pair compatible."""
    one, other = schema_of(reader), schema_of(writer)
    for fix in (finding.fix, *finding.alternatives):
        if fix is None:
            continue
        changed = one if fix.side == "reader" else other
        mended = variant(changed, apply_patch(changed.value, fix.patch))
        pair = (mended, other) if fix.side == "reader" else (one, mended)
        assert decide(*pair, strict(policy)).verdict is Verdict.COMPATIBLE, fix


_NAMES = st.sampled_from(["id", "kind", "a"])
_LEAVES: st.SearchStrategy[JSON] = st.one_of(
    st.just({}),
    st.sampled_from(["string", "integer", "number", "boolean", "null", "array", "object"]).map(
        lambda name: {"type": name}
    ),
    st.lists(st.sampled_from(["string", "integer", "null"]), min_size=1, max_size=3, unique=True).map(
        lambda names: {"type": names}
    ),
    st.lists(st.sampled_from(["A", "B", 0, False, None, 1]), min_size=1, max_size=3, unique_by=repr).map(
        lambda values: {"enum": values}
    ),
    st.sampled_from(["A", 0, False, None]).map(lambda value: {"const": value}),
    st.tuples(st.sampled_from(["minimum", "maximum", "exclusiveMinimum"]), st.integers(-2, 3)).map(
        lambda pair: {"type": "integer", pair[0]: pair[1]}
    ),
    st.tuples(st.sampled_from(["minLength", "maxLength"]), st.integers(0, 3)).map(
        lambda pair: {"type": "string", pair[0]: pair[1]}
    ),
    st.sampled_from(["^a", "^[ab]+$", "b$"]).map(lambda pattern: {"type": "string", "pattern": pattern}),
    st.booleans(),
)


def _objects(inner: st.SearchStrategy[JSON]) -> st.SearchStrategy[JSON]:
    def build(parts: tuple[dict[str, JSON], list[str], JSON]) -> JSON:
        properties, required, rest = parts
        schema: dict[str, JSON] = {"type": "object", "properties": dict(properties)}
        if required:
            schema["required"] = list(required)
        if rest is not None:
            schema["additionalProperties"] = rest
        return schema

    return st.tuples(
        st.dictionaries(_NAMES, inner, max_size=3),
        st.lists(_NAMES, max_size=2, unique=True),
        st.one_of(st.none(), st.just(value=False), inner),
    ).map(build)


def _deeper(inner: st.SearchStrategy[JSON]) -> st.SearchStrategy[JSON]:
    lists = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        _objects(inner),
        inner.map(lambda item: {"type": "array", "items": item}),
        st.tuples(st.sampled_from(["anyOf", "oneOf", "allOf"]), lists).map(lambda pair: {pair[0]: pair[1]}),
        inner.map(lambda excluded: {"not": excluded}),
        st.tuples(inner, inner).map(lambda pair: {"if": pair[0], "then": pair[1]}),
    )


SCHEMAS = st.recursive(_LEAVES, _deeper, max_leaves=6)


def wrapped(schema: JSON) -> JSON:
    return {"$schema": SEVEN, "type": "object", "properties": {"x": schema}, "required": ["x"]}


@pytest.mark.slow
@settings(deadline=None, max_examples=examples(250))
@given(reader=SCHEMAS, writer=SCHEMAS, policy=st.sampled_from(list(Policy)))
def test_laws_for_unrelated_schemas(reader: JSON, writer: JSON, policy: Policy) -> None:
    """Errors stand exactly where the pair is incompatible, each with an event that the reader refuses."""
    check(wrapped(reader), wrapped(writer), policy)


@st.composite
def changed(draw: st.DrawFn) -> tuple[JSON, JSON]:
    """A schema and the same with one part exchanged."""
    first = draw(_objects(SCHEMAS))
    places = [pointer for pointer in _pointers(first, "") if pointer]
    if not places:
        return first, draw(_objects(SCHEMAS))
    place = draw(st.sampled_from(places))
    return first, apply_patch(first, ({"op": "replace", "path": place, "value": draw(SCHEMAS)},))


def _pointers(value: JSON, pointer: str) -> Iterator[str]:
    if not isinstance(value, dict):
        return
    for keyword in ("items", "not", "if", "then"):
        if isinstance(value.get(keyword), dict):
            yield f"{pointer}/{keyword}"
            yield from _pointers(value[keyword], f"{pointer}/{keyword}")
    properties = value.get("properties")
    for name, member in properties.items() if isinstance(properties, dict) else ():
        yield f"{pointer}/properties/{name}"
        yield from _pointers(member, f"{pointer}/properties/{name}")


@pytest.mark.slow
@settings(deadline=None, max_examples=examples(250))
@example(pair=({"properties": {"id": {}}}, {"properties": {"id": {"if": {}, "then": False}}}), policy=Policy.STRICT)
@example(
    pair=({"items": {}}, {"items": {"$ref": "#/definitions/no"}, "definitions": {"no": False}}), policy=Policy.STRICT
)
@given(pair=changed(), policy=st.sampled_from(list(Policy)))
def test_laws_for_a_changed_schema(pair: tuple[JSON, JSON], policy: Policy) -> None:
    """The same laws where the two schemas have much in common, in both directions."""
    old, new = ({"$schema": SEVEN, **schema} if isinstance(schema, dict) else schema for schema in pair)
    check(new, old, policy)
    check(old, new, policy)


@pytest.mark.slow
@pytest.mark.parametrize("policy", list(Policy))
def test_laws_for_real_histories(policy: Policy) -> None:
    """The same laws for real pairs (every fourth), in both directions; no real pair needs the fallback rule."""
    for index, row in enumerate(reference_rows("json_real.jsonl.gz")):
        if index % 4 == 0:
            for reader, writer in ((row["new"], row["old"]), (row["old"], row["new"])):
                found = check(reader, writer, policy)
                assert "instance-refused" not in {one.rule for one in found}


def test_laws_for_edge_cases() -> None:
    """The same laws for the reference's traps, as written."""
    for row in reference_rows("json_cases.jsonl"):
        check(row["new"], row["old"], Policy.STRICT)


def test_an_asserted_format_is_an_error() -> None:
    """Where formats are asserted, a format that refuses an event is an error beside the others."""
    reader: Any = {"$schema": SEVEN, "properties": {"ip": {"type": "string", "format": "ipv4", "minLength": 7}}}
    writer: Any = {"$schema": SEVEN, "properties": {"ip": {"type": "string"}}}
    options = strict(Policy.STRICT, assert_formats=True)
    one, other = schema_of(reader), schema_of(writer)
    found = explain(one, other, decide(one, other, options), options).mismatches
    assert {finding.rule for finding in found} == {"format-refused", "min-length-not-met"}


def test_what_has_no_name_is_still_an_error() -> None:
    """A cause whose keyword has no rule of its own falls under the fallback, at the keyword's place."""
    reader: Any = {"$schema": SEVEN, "type": "string", "allOf": [False]}
    found = check(reader, {"$schema": SEVEN, "type": "string"}, Policy.STRICT)
    assert [(one.rule, one.reader.pointer) for one in found] == [("instance-refused", "/allOf")]


@pytest.mark.slow
def test_many_causes_are_all_found() -> None:
    """More failures than questions: the rest is found place by place, and the fixes are still proven together."""
    names = [f"p{index}" for index in range(40)]
    writer: JSON = {"$schema": SEVEN, "properties": {name: {"type": "string"} for name in names}}
    reader: JSON = {"$schema": SEVEN, "properties": {name: {"type": "string", "maxLength": 5} for name in names}}
    found = check(reader, writer, Policy.LENIENT)
    assert {one.reader.names for one in found} == set(names)
    assert all(one.fix is not None for one in found)


@pytest.mark.slow
@pytest.mark.parametrize("inverted", [False, True])
def test_a_cause_far_below_is_found(*, inverted: bool) -> None:
    """The way down is followed without trying every reading of it, and without overflowing the stack."""

    def nested(leaf: str) -> JSON:
        schema: JSON = {"type": leaf}
        for _ in range(240):
            schema = {"type": "object", "properties": {"properties": schema}, "required": ["properties"]}
        return {"$schema": SEVEN, "not": schema} if inverted else {"$schema": SEVEN, "allOf": [schema]}

    one, other = schema_of(nested("string")), schema_of(nested("integer"))
    answer = decide(one, other, strict(Policy.STRICT))
    (found,) = explain(one, other, answer, strict(Policy.STRICT)).mismatches
    depth = found.reader.names.count("properties")
    assert (found.rule, depth) == (("excluded-by-not", 0) if inverted else ("type-changed", 240))


def test_one_branch_of_many_is_found() -> None:
    """In a wide combination the finding is inside the branch that is meant, not at the combination."""

    def event(longest: int) -> JSON:
        branches: list[JSON] = [
            {
                "properties": {"kind": {"const": f"k{index}"}, "a": {"type": "string", "maxLength": longest}},
                "required": ["kind"],
            }
            for index in range(40)
        ]
        return {"$schema": SEVEN, "type": "object", "oneOf": branches}

    reader, writer = event(9), event(9)
    writer["oneOf"][7]["properties"]["a"]["maxLength"] = 10  # type: ignore[index,call-overload] # built above
    found = check(reader, writer, Policy.STRICT)
    assert [(one.rule, one.reader.pointer) for one in found] == [
        ("max-length-exceeded", "/oneOf/7/properties/a/maxLength")
    ]


def test_a_cause_behind_a_dynamic_reference() -> None:
    """The place is where the keyword stands, not where the reference does."""

    def node(required: list[JSON]) -> JSON:
        members: JSON = {"c": {"$dynamicRef": "#n"}}
        inner: JSON = {"$dynamicAnchor": "n", "type": "object", "properties": members, "required": required}
        return {"$schema": MODERN, "$ref": "#/$defs/n", "$defs": {"n": inner}}

    found = check(node(["x"]), node([]), Policy.STRICT)
    assert [(one.rule, one.reader.pointer) for one in found] == [("required-property-not-sent", "/$defs/n/required/0")]


@pytest.mark.parametrize(
    ("dialect", "anchor", "reference"),
    [
        (MODERN, {"$dynamicAnchor": "n"}, {"$dynamicRef": "#n"}),
        ("https://json-schema.org/draft/2019-09/schema", {"$recursiveAnchor": True}, {"$recursiveRef": "#"}),
    ],
)
def test_a_refusal_behind_a_dynamic_reference_is_placed(dialect: str, anchor: dict[str, JSON], reference: JSON) -> None:
    """However deep it lies in the event."""
    members: JSON = {"c": {"type": "array", "items": reference}, "v": {"type": "string"}}
    side = SchemaIndex(
        schema_of({"$schema": dialect, "$id": "urn:t", **anchor, "type": "object", "properties": members})
    )
    found = failures(side, {"c": [{}, {"c": [{"v": 0}]}]}, lenient=False)
    assert [(one.part.pointer, one.keyword, one.names) for one in found] == [("/properties/v", "type", "c[].c[].v")]


E = '"properties": {"e": {"type": "string"}}'
#: Members of the reader and the writer, and the places of the reader that make the same demand of one part of an event.
SAME_DEMANDS = [
    (
        '"items": {"allOf": [{"type": "string"}, {"type": "string"}]}',
        '"items": {"type": "integer"}',
        ["/items/allOf/0/type", "/items/allOf/1/type"],
    ),
    (
        f'{E}, "patternProperties": {{"^e": {{"type": "string"}}}}',
        '"properties": {"e": {"type": "object"}}',
        ["/patternProperties/^e/type", "/properties/e/type"],
    ),
    (
        f'{E}, "$ref": "#/$defs/a", "$defs": {{"a": {{{E}}}}}',
        '"properties": {"e": {"type": "object"}}',
        ["/$defs/a/properties/e/type", "/properties/e/type"],
    ),
]


@pytest.mark.parametrize(("reader", "writer", "places"), SAME_DEMANDS)
def test_what_the_reader_demands_twice_is_one_finding_whose_fix_mends_both(
    reader: str, writer: str, places: list[str]
) -> None:
    """It has one fingerprint, so that a waiver accepts what is told of it: both places."""
    ours, theirs = (json.loads(f'{{"$schema": "{MODERN}", {text}}}') for text in (reader, writer))
    (found,) = compare(reader=ours, writer=theirs, format="json-schema").findings
    assert [place.reader.pointer for place in found.places] == places
    assert {place.fingerprint for place in found.places} == {found.fingerprint}
    assert found.fix is not None
    assert sorted(str(one["path"]) for one in found.fix.patch) == places
    mended = apply_patch(ours, found.fix.patch)
    assert compare(reader=mended, writer=theirs, format="json-schema").verdict is Verdict.COMPATIBLE
    text = render(run_check(candidate=ours, history=[theirs], level="BACKWARD"))
    assert f"also at  {places[1]}\n" in text


@pytest.mark.slow
def test_every_fix_mends_its_own_finding_alone_and_every_finding_has_an_id_of_its_own() -> None:
    """Whatever else stays broken."""
    fixes = 0
    for reader, writer in pairs(700, seed=5):
        found = compare(reader=reader, writer=writer, format="json-schema").findings
        assert len({one.fingerprint for one in found}) == len(found)
        for one in found:
            for fix in (one.fix, *one.alternatives):
                if fix is not None and fix.patch:
                    fixes += 1
                    ours, theirs = (
                        apply_patch(value, fix.patch) if fix.side == side else value
                        for side, value in (("reader", reader), ("writer", writer))
                    )
                    left = compare(reader=ours, writer=theirs, format="json-schema").findings
                    assert one.fingerprint not in {other.fingerprint for other in left}
    assert fixes > 1_000


@pytest.mark.parametrize("word", ["anyOf", "oneOf"])
@pytest.mark.parametrize("sent", [{"type": "null"}, {"enum": [1, 2]}, {"const": None}, {"$ref": "#/definitions/other"}])
def test_of_a_branch_that_sends_nothing_that_is_accepted_the_fix_takes_it_out(word: str, sent: JSON) -> None:
    """Another type for it would make it accept what its neighbour accepts, and change a definition that others use."""
    own: dict[str, JSON] = {"$schema": SEVEN, "definitions": {"other": {"type": "object"}}}
    kept: JSON = {"type": "string"}
    reader: JSON = {**own, "properties": {"a": kept}}
    writer: JSON = {**own, "properties": {"a": {word: [kept, sent]}}}
    (finding,) = compare(reader=reader, writer=writer, format="json-schema").findings
    fixes = [fix for fix in (finding.fix, *finding.alternatives) if fix is not None and fix.side == "writer"]
    assert [apply_patch(writer, fix.patch) for fix in fixes] == [{**own, "properties": {"a": {word: [kept]}}}]
