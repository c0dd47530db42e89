"""What is remembered of schemas by their words changes no answer, and what is told without a search is true."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, note, settings
from hypothesis import strategies as st

from amounts import examples
from evtcompat.errors import SchemaError
from evtcompat.formats.json_schema import decision
from evtcompat.formats.json_schema.compile.loading import load_schema
from evtcompat.formats.json_schema.confluent import Difference, predict, shapes
from evtcompat.formats.json_schema.decide import decide
from evtcompat.formats.json_schema.dialects import DIALECTS, DRAFT7, DRAFT2020
from evtcompat.formats.json_schema.exact import Value
from evtcompat.formats.json_schema.format import JSON_SCHEMA
from evtcompat.formats.json_schema.keywords.table import SCALAR
from evtcompat.formats.json_schema.options import Options
from evtcompat.formats.json_schema.parse import content_keys, parsing
from evtcompat.formats.json_schema.parse.content_keys import (
    ContentCache,
    content_key,
    forget,
    fragment_of,
    texts_under,
    value_of,
)
from evtcompat.formats.json_schema.parse.fast_path import checked_quickly
from evtcompat.formats.json_schema.parse.shapes import violations
from evtcompat.formats.json_schema.parse.simple_documents import is_simple, may_refer
from evtcompat.formats.json_schema.policy import accepted
from evtcompat.model.documents import Document, NoReferences
from evtcompat.model.verdicts import Policy
from formats.decisions import Everything, everything
from formats.json_schema.deciding import COMPATIBLE, INCOMPATIBLE, strict
from formats.json_schema.schemas import FOUR, MODERN, SEVEN
from formats.json_schema.strategies import VALUES, instances, schemas

GENERATED = settings(
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
POLICIES = [Policy.STRICT, Policy.LENIENT]


@pytest.fixture(autouse=True)
def nothing_known() -> Iterator[None]:
    forget()
    yield
    forget()


def related(reader: Value, writer: Value, policy: Policy) -> Everything | str:
    try:
        one, other = (JSON_SCHEMA.parse(Document(side), NoReferences()) for side in (reader, writer))
        return everything(decision.compare(one, other, Options(policy=policy, proofs=True, strict=True)))
    except SchemaError as error:
        return str(error)


@pytest.mark.slow
@given(documents=st.lists(schemas(), min_size=2, max_size=3))
@GENERATED
def test_what_was_asked_before_changes_no_answer(documents: list[Value]) -> None:
    """Findings, witnesses, fixes, proofs and the registry's verdict are those of a process that knows nothing yet."""
    questions = [(one, other, policy) for policy in POLICIES for one in documents for other in documents]
    later = [related(*question) for question in questions]
    for question, found in zip(questions, later, strict=True):
        forget()
        assert related(*question) == found


def test_a_part_of_the_same_words_is_compiled_once() -> None:
    """It is the same node in another document, but for what refers to its surroundings."""
    part: Any = {"type": "object", "properties": {"a": {"type": "string", "maxLength": 3}}}
    referring: Any = {"allOf": [{"$ref": "#/definitions/n"}, {"minLength": 2}]}

    def parts(n: Value) -> tuple[object, ...]:
        properties = {"p": copy.deepcopy(part), "q": copy.deepcopy(referring)}
        schema = load_schema(Document({"$schema": SEVEN, "properties": properties, "definitions": {"n": n}}))
        return tuple(accepted(schema, Policy.STRICT, f"/properties/{name}") for name in "pq")

    one, other = parts({"type": "string"}), parts({"type": "number"})
    assert one[0] is other[0]
    assert one[1] is not other[1]


def test_a_document_that_changes_later_changes_no_later_answer() -> None:
    """What is remembered of a document, and of a part deep in it, holds nothing that its owner may change."""
    values = [{"a": 1}, {"a": 2}]
    inner: Any = {"items": {"properties": {"f": {"enum": values}}}}
    first = {"$schema": SEVEN, "properties": {"e": {"enum": values}, "i": inner}, "required": ["e"], "type": "object"}
    same = copy.deepcopy(first)
    never = {"$schema": SEVEN, "properties": {"e": {"enum": [{"a": 2}]}}, "type": "object"}
    expected = related(copy.deepcopy(never), copy.deepcopy(first), Policy.STRICT)
    part = copy.deepcopy(inner)
    values[0]["a"] = 7
    assert related(never, same, Policy.STRICT) == expected
    narrower: Any = {"$schema": SEVEN, "items": {"properties": {"f": {"enum": values[1:]}}}}
    assert predict(narrower, {"$schema": SEVEN, **part}, Policy.STRICT).differences == (
        Difference("ENUM_ARRAY_NARROWED", "#/items/properties/f/enum"),
    )
    assert predict({"$schema": SEVEN, **part}, narrower, Policy.STRICT).differences == (
        Difference("ENUM_ARRAY_EXTENDED", "#/items/properties/f/enum"),
    )


def test_what_is_remembered_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond it, schemas that are parsed from then on start anew, and the older ones go on as they were."""
    monkeypatch.setattr(content_keys, "_MANY", 2_000)
    older = load_schema(Document({"$schema": SEVEN, "properties": {"a": {"type": "string"}}}))
    for index in range(20):
        load_schema(Document({"$schema": SEVEN, "properties": {f"a{index}": {"type": "string", "maxLength": index}}}))
    newer = load_schema(Document({"$schema": SEVEN, "properties": {"a": {"type": "string"}}}))
    assert newer.content_cache is not older.content_cache
    assert newer.content_cache.size < 4_000
    assert decide(newer, older).verdict is COMPATIBLE
    assert decide(older, newer, strict(Policy.LENIENT)).verdict is COMPATIBLE


@pytest.mark.slow
@given(instances, instances)
def test_words_are_equal_for_equal_values_of_equal_types_only(one: Value, other: Value) -> None:
    """Truth values are no numbers, and the order of members counts; nothing is shared with the value."""
    key = content_key(one)
    assert key is not None
    assert repr(value_of(key)) == repr(one)
    assert (key == content_key(other)) is (repr(one) == repr(other))
    if isinstance(one, dict):
        assert all(fragment_of(name) in key for name in one)


#: Any text, halves of surrogate pairs among them, and a name.
_TEXTS = st.text(st.characters(exclude_categories=()), max_size=3) | st.just("pattern")


def standing_under(value: Value, name: str) -> list[str]:
    """The texts that stand under a name in a value, wherever."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    own = [one for key, one in inner if key == name and isinstance(one, str)]
    return own + [found for _, one in inner for found in standing_under(one, name)]


@pytest.mark.slow
@example("u\a\0\0\0patternu\1\0\0\0é")  # in a key it looks like the name, and what follows like half of a letter
@given(st.recursive(_TEXTS | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(_TEXTS, inner)))
def test_every_text_under_a_name_is_found_in_the_key(value: Value) -> None:
    key = content_key(value)
    assert key is not None
    assert set(standing_under(value, "pattern")) <= set(texts_under(key, "pattern"))


# ---- documents that checked_quickly are schemas ----

_ODD: tuple[Value, ...] = (
    *VALUES,
    -1,
    2.0,
    1e300,
    float("inf"),
    ["a", "a"],
    ["a"],
    [{}],
    [[]],
    {"a": ["a"]},
    {"a": {}},
)


@st.composite
def spoilt(draw: st.DrawFn) -> Any:  # noqa: ANN401 - any document
    """A generated document with some members replaced by what may not belong there."""
    document: Any = copy.deepcopy(draw(schemas()))
    for _ in range(draw(st.integers(0, 2))):
        place = document
        while True:
            inner = [one for one in place.values() if isinstance(one, dict) and one]
            if not inner or draw(st.booleans()):
                break
            place = draw(st.sampled_from(inner))
        names = [*place, "$id", "id", "$anchor", "$schema", "examples", "default", "const", "exclusiveMinimum", "x"]
        place[draw(st.sampled_from(names))] = copy.deepcopy(draw(st.sampled_from(_ODD)))
    return document


def _told(part: Any, dialect: Any) -> tuple[Value, ...]:  # noqa: ANN401 - a schema and a dialect
    """All that a schema of scalars says, in its order: what constrains, and the format."""
    constraining = dialect.active & part.keys()
    assert constraining <= {*SCALAR, "format"}
    assert not any(isinstance(value, (dict, list, float)) for value in part.values())
    return tuple(one for pair in part.items() if pair[0] in {*SCALAR, "format"} for one in pair)


@pytest.mark.parametrize(
    ("met", "part"),
    [
        ({"minimum": 1}, {"minimum": True}),
        ({"uniqueItems": True}, {"uniqueItems": 1}),
        ({"maxLength": 0}, {"maxLength": False}),
        ({"type": "string"}, {"type": "strng"}),
        ({"title": "a"}, {"title": 1}),
    ],
)
def test_a_part_that_python_calls_equal_is_refused_all_the_same(met: Value, part: Value) -> None:
    """What was met before under the same keywords does not vouch for values of another type."""
    forget()
    load_schema(Document({"properties": {"a": met}}))
    with pytest.raises(SchemaError):
        load_schema(Document({"properties": {"a": part}}))


@pytest.mark.slow
@given(document=spoilt(), dialect=st.sampled_from(DIALECTS))
@settings(GENERATED, max_examples=examples(120))
def test_what_passes_at_a_glance_passes_a_closer_look(document: Value, dialect: Any) -> None:  # noqa: ANN401 - a dialect
    """With the same levels, the same exact numbers and the same references; also when it was met before."""
    known = ContentCache()
    for _ in range(2):
        found = checked_quickly(document, dialect, known)
        if found is None:
            note("a closer look")
            return
        plain, _, parts = found
        for part, said in parts.values():
            assert said == (content_key(part) if not isinstance(said, tuple) else _told(part, dialect))
        inexact, nesting = parsing._survey(Document(document))
        assert (plain.fractions, plain.levels) == (inexact, nesting)
        assert list(violations(document, dialect, parsing._embedded)) == []
        assert plain.simple is is_simple(document, dialect)


@pytest.mark.parametrize(
    "document",
    [
        {"$schema": SEVEN, "type": "strng"},
        {"$schema": SEVEN, "properties": {"a": {"minLength": -1}}},
        {"$schema": SEVEN, "properties": {"a": {"required": ["x", 1]}}},
        {"$schema": SEVEN, "items": []},
        {"$schema": SEVEN, "properties": {"a": {"minimum": True}}},
        {"$schema": FOUR, "properties": {"a": True}},
        {"$schema": FOUR, "dependencies": {"a": [1]}},
        {"$schema": MODERN, "items": [{"type": "string"}]},
        {"$schema": SEVEN, "default": {1: 2}},
        {"$schema": SEVEN, "default": (1, 2)},
        {"$schema": SEVEN, "properties": {"a": {"default": {"x": {1, 2}}}}},
        {"$schema": SEVEN, "properties": {"a": {"maximum": float("nan")}}},
    ],
)
def test_what_is_no_schema_does_not_pass_at_a_glance(document: dict[str, Any]) -> None:
    """Whatever was met before."""
    dialect = next(one for one in DIALECTS if one.uri in document["$schema"])
    good = {"$schema": document["$schema"], "properties": {"a": {"type": "string"}}}
    known = ContentCache()
    assert checked_quickly(good, dialect, known) is not None
    assert checked_quickly(document, dialect, known) is None
    with pytest.raises(SchemaError):
        load_schema(Document(document))


@pytest.mark.parametrize("keyword", ["$ref", "$dynamicRef", "$recursiveRef"])
def test_no_reference_is_overlooked(keyword: str) -> None:
    """Wherever it stands; a document without any is told from one with some."""
    inner: dict[str, Any] = {"$id": "x", "description": "costs $5 or a $"}
    without = {"$schema": MODERN, "properties": {"a": {"anyOf": [inner]}}}
    assert not may_refer(content_key(without) or b"")
    inner[keyword] = "#"
    assert may_refer(content_key(without) or b"")
    assert may_refer(content_key({keyword: "#"}) or b"")


@pytest.mark.parametrize(("named", "passes"), [(SEVEN, True), (FOUR, False), ("urn:other", False), (7, False)])
def test_a_part_of_the_same_dialect_passes_at_a_glance(named: Value, passes: bool) -> None:  # noqa: FBT001 - a case
    """One of another dialect, or of none that is known, is looked at closer."""
    document = {"$schema": SEVEN, "properties": {"a": {"$schema": named, "type": "string"}}}
    found = checked_quickly(document, next(one for one in DIALECTS if one.uri in SEVEN), ContentCache())
    assert (found is not None) is passes


def test_a_part_that_names_itself_is_seen_again() -> None:
    """A part with an identifier makes every document that holds it need a resolver."""
    part = {"$id": "https://example.org/a", "type": "string"}
    known = ContentCache()
    for name in ("a", "b"):
        found = checked_quickly({"properties": {name: part}}, DRAFT2020, known)
        assert found is not None
        assert found[0].simple is False
    plain = checked_quickly({"properties": {"a": {"$ref": "#/x"}}, "examples": [{"$id": "x"}]}, DRAFT7, known)
    assert plain is not None
    assert plain[0].simple is True


# ---- demands that are met without a search ----

_EMPTY = {"type": "object"}
_SHUT = {"type": "object", "additionalProperties": False}
_DEEP = {"type": "object", "properties": {"n": {"type": "object", "properties": {"s": {"type": "string"}}}}}


def holding(part: Value, **more: Value) -> dict[str, Any]:
    return {"$schema": SEVEN, "type": "object", "properties": {"m": part}, "required": ["m"], **more}


def deeper(inner: Value) -> dict[str, Any]:
    return {"type": "object", "properties": {"n": inner}, "required": ["n"]}


#: What nearly is a proof, reader, writer, and under which policies it is none.
NEAR_MISSES: list[tuple[str, Value, Value, list[Policy]]] = [
    ("an open member lifted, asked as written", holding(_SHUT), holding(_EMPTY), [Policy.STRICT]),
    ("another member in the same words", holding(_EMPTY, required=["k"]), holding(_EMPTY), POLICIES),
    ("a member that is narrower below", holding(deeper({"type": "string"})), holding(deeper({})), POLICIES),
    (
        "a member that need not be an object",
        holding({"type": "object", "properties": {"s": {"type": "string"}}}),
        holding({"properties": {"s": {"type": "string"}}}),
        POLICIES,
    ),
    (
        "more names are shut out",
        {"$schema": SEVEN, "properties": {"a": {}}, "additionalProperties": False},
        {"$schema": SEVEN, "properties": {"a": {}, "b": {}}, "additionalProperties": False},
        [Policy.STRICT],
    ),
    (
        "the rest is described for fewer names",
        {"$schema": SEVEN, "properties": {"a": {}}, "additionalProperties": {"type": "string"}},
        {"$schema": SEVEN, "properties": {"a": {}, "b": {}}, "additionalProperties": {"type": "string"}},
        POLICIES,
    ),
    (
        "closed by one of two that apply",
        holding({"type": "object", "properties": {"a": {}}, "maxProperties": 1}),
        holding({"allOf": [{"type": "object", "properties": {"a": {}}}, {"properties": {"b": {}}}]}),
        POLICIES,
    ),
]


@pytest.mark.parametrize(
    ("reader", "writer", "policies"), [row[1:] for row in NEAR_MISSES], ids=[row[0] for row in NEAR_MISSES]
)
def test_a_near_miss_is_not_proved(reader: Value, writer: Value, policies: list[Policy]) -> None:
    """In either order of the policies, so that what one has compiled is there when the other is asked."""
    for order in (POLICIES, POLICIES[::-1]):
        forget()
        for policy in order:
            for one, other in ((reader, reader), (writer, writer), (writer, reader)):
                related(one, other, policy)
            found = decide(load_schema(Document(reader)), load_schema(Document(writer)), strict(policy))
            assert (found.verdict is INCOMPATIBLE) is (policy in policies)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("part", [_EMPTY, _SHUT, _DEEP, {"anyOf": [_DEEP, {"type": "string"}]}, {"not": _DEEP}])
def test_what_stays_the_same_below_needs_no_search(part: Value, policy: Policy) -> None:
    """A member in the same words is accepted under both policies, whatever changes beside it."""
    reader = {**holding(part), "properties": {"m": part, "k": {"enum": ["a", "b"]}}}
    writer = {**holding(part), "properties": {"m": part, "k": {"enum": ["a"]}}}
    found = decide(load_schema(Document(reader)), load_schema(Document(writer)), strict(policy, budget=60))
    assert found.verdict is COMPATIBLE


# ---- the registry ----


@pytest.mark.slow
@given(one=schemas(), other=st.one_of(st.none(), schemas()), policy=st.sampled_from(POLICIES))
@settings(GENERATED, max_examples=examples(60))
def test_parts_that_are_read_once_are_compared_as_if_they_were_read_again(
    one: Value,
    other: Value,
    policy: Policy,
) -> None:
    """All differences, those that pass included, and their order."""
    writer = copy.deepcopy(one) if other is None else other

    def differences() -> tuple[str, tuple[Difference, ...], str]:
        found = predict(one, writer, policy)
        return found.verdict.value, found.differences, found.reason

    shared = differences()
    assert differences() == shared

    def anew(_: object, schema: Value, read: Any, *, copied: bool = False) -> Any:  # noqa: ANN401 - a part
        return read(schema, copied)

    with pytest.MonkeyPatch.context() as patch:
        for module in ("older", "modern"):
            patch.setattr(f"evtcompat.formats.json_schema.confluent.{module}.met_before", anew)
        assert differences() == shared


@pytest.mark.slow
@given(schemas())
@settings(GENERATED, max_examples=examples(60))
def test_what_is_said_to_be_alike_has_no_difference_from_itself(document: Value) -> None:
    """So it need not be compared."""
    assume("$ref" not in str(document))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shapes, "_alike", lambda _: False)
        found = predict(document, copy.deepcopy(document), Policy.STRICT)
    forget()
    again = predict(document, copy.deepcopy(document), Policy.STRICT)
    assert (again.verdict, again.differences) == (found.verdict, found.differences)


@pytest.mark.slow
@given(value=st.recursive(st.sampled_from(VALUES), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
@settings(GENERATED)
def test_words_rest_on_the_value_alone(value: Value) -> None:
    """Not on what it shares with itself, nor on what was written or could not be written before."""
    shared = [value, {"a": value, "\ud800é": value}]
    apart = [copy.deepcopy(value), {"a": copy.deepcopy(value), "\ud800é": copy.deepcopy(value)}]
    first = content_key(shared)
    assert content_key([shared, object()]) is None
    assert content_key(shared) == content_key(apart) == first
    if first is not None:
        assert value_of(first) == apart


@pytest.mark.slow
def test_a_value_too_deep_or_in_a_circle_has_no_words() -> None:
    """Whatever is written after it is written as before."""
    before = content_key({"a": [1]})
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    circle: list[Any] = []
    circle.append(circle)
    assert content_key(deep) is None
    assert content_key(circle) is None
    assert content_key({"a": [1]}) == before
