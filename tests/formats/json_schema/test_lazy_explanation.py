"""A verdict that is known before it is explained: what is read later is what would have been said at once."""

from __future__ import annotations

import copy
import json
import pickle
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amounts import examples
from evtcompat import compare
from evtcompat.errors import SchemaError, UncheckedError
from evtcompat.formats import base
from evtcompat.formats.json_schema import decision
from evtcompat.formats.json_schema.decide import decide
from evtcompat.formats.json_schema.decided import DecidedPair
from evtcompat.formats.json_schema.format import JSON_SCHEMA
from evtcompat.formats.json_schema.options import Options
from evtcompat.model.documents import Document, FunctionReferences
from evtcompat.model.reports import Comparison
from evtcompat.model.verdicts import Policy, Severity, Verdict
from evtcompat.rules.catalogue import catalogue
from formats.decisions import everything
from formats.json_schema.deciding import COMPATIBLE, INCOMPATIBLE, UNDECIDED, strict
from formats.json_schema.random_pairs import pairs
from formats.json_schema.schemas import SEVEN, schema_of
from reference_data import reference_rows

PARTS = ("explanation", "registry_verdict", "other_policy")

READER: dict[str, Any] = {
    "$schema": SEVEN,
    "type": "object",
    "properties": {"a": {"type": "string", "maxLength": 3}, "b": {"type": "number", "minimum": 0.5}},
    "required": ["a"],
}
WRITER: dict[str, Any] = {
    "$schema": SEVEN,
    "type": "object",
    "properties": {"a": {"type": "string", "format": "date"}, "b": {"type": "number", "minimum": 0.25}},
}
WIDER: dict[str, Any] = {"$schema": SEVEN, "type": "object", "properties": {"a": {"format": "time"}}}


def compared(reader: Any = READER, writer: Any = WRITER, **options: Any) -> Comparison:  # noqa: ANN401 - any JSON values
    return compare(reader=reader, writer=writer, format="json-schema", **options)


def contradiction(reader: Any, writer: Any, options: Options) -> str | None:  # noqa: ANN401 - any JSON values
    """What a verdict and what is read later disagree about; ``None`` when they agree."""
    try:
        one, other = schema_of(reader), schema_of(writer)
    except SchemaError:
        return None
    pair = DecidedPair(one, other, options, decide(one, other, options))
    told = pair.explanation(), pair.registry_verdict(), pair.other_policy()
    answer = decision.compare(schema_of(reader), schema_of(writer), options)
    if answer.verdict is not None:
        errors = [one for one in told[0].mismatches if catalogue()[one.rule].severity is Severity.ERROR]
        expected = INCOMPATIBLE if errors else UNDECIDED if told[0].undecided else COMPATIBLE
        if answer.verdict is not expected:
            return f"{answer.verdict}, and explained by {told[0]}"
    return None if everything(answer) == told else "explained in two ways"


@pytest.mark.slow
@pytest.mark.parametrize("policy", Policy)
def test_a_lazy_explanation_equals_the_eager_one_on_real_pairs(policy: Policy) -> None:
    rows = list(reference_rows("json_real.jsonl.gz"))
    directions = [(row[a], row[b]) for row in rows for a, b in (("old", "new"), ("new", "old"))]
    assert [found for one in directions if (found := contradiction(*one, Options(policy=policy, strict=True)))] == []


@pytest.mark.slow
@settings(max_examples=examples(150), deadline=None)
@given(st.integers(0, 10**9), st.sampled_from(Policy), st.booleans())
def test_a_lazy_explanation_equals_the_eager_one_on_random_pairs(
    seed: int,
    policy: Policy,
    asserted: bool,  # noqa: FBT001 - hypothesis hands arguments over
) -> None:
    for reader, writer in pairs(3, seed=seed):
        assert contradiction(reader, writer, Options(policy=policy, assert_formats=asserted, strict=True)) is None


@pytest.mark.slow
def test_every_way_to_answer_is_met() -> None:
    """Otherwise the laws above would hold for want of cases."""
    found = [compared(reader, writer).verdict for reader, writer in pairs(150, seed=4)]
    assert min(found.count(verdict) for verdict in (COMPATIBLE, INCOMPATIBLE)) > 20
    assert compared({"pattern": r"(a)\1"}, {"pattern": "^aaa"}).verdict is UNDECIDED


@pytest.fixture(name="asked")
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was worked out beside the verdict, in turn."""
    found: list[str] = []
    for part in PARTS:
        original = getattr(DecidedPair, part)

        def counting(pair: DecidedPair, part: str = part, original: Any = original) -> Any:  # noqa: ANN401 - either
            found.append(part)
            return original(pair)

        monkeypatch.setattr(DecidedPair, part, counting)
    return found


@pytest.mark.parametrize(("reader", "writer"), [(READER, WRITER), (WIDER, WRITER)])
def test_nothing_is_worked_out_before_it_is_read_and_nothing_twice(
    reader: Any,  # noqa: ANN401 - any JSON value
    writer: Any,  # noqa: ANN401 - idem
    asked: list[str],
) -> None:
    comparison = compared(reader, writer)
    assert (comparison.verdict, asked) == (COMPATIBLE if reader is WIDER else INCOMPATIBLE, [])
    assert comparison.findings
    assert asked == ["explanation"]
    assert (comparison.undecided, comparison.proof, comparison.findings) == ((), (), comparison.findings)
    assert asked == ["explanation"]
    assert comparison.registry_verdict is comparison.registry_verdict is comparison.verdict
    assert comparison.other_policy == comparison.other_policy == (Policy.STRICT, comparison.verdict)
    assert asked == list(PARTS)


def without_a_need(schema: dict[str, Any]) -> None:
    del schema["required"]


def with_a_looser_bound(schema: dict[str, Any]) -> None:
    schema["properties"]["b"]["minimum"] = 0.25
    schema["properties"]["a"] = {}


@pytest.mark.parametrize("change", [dict.clear, without_a_need, with_a_looser_bound])
@pytest.mark.parametrize("settings", [{}, {"default": False}], ids=["named", "guessed"])
def test_a_lazy_explanation_is_of_the_schemas_as_they_were(change: Any, settings: dict[str, Any]) -> None:  # noqa: ANN401 - a function
    reader = copy.deepcopy(READER)
    if settings:
        del reader["$schema"]
    known = compared(copy.deepcopy(reader))
    later = compared(reader)
    change(reader)
    assert later.findings == known.findings
    assert later.registry_verdict is known.registry_verdict
    assert later.other_policy == known.other_policy
    assert compared(reader) != known


def test_a_text_is_explained_lazily_whatever_numbers_it_holds(asked: list[str]) -> None:
    later = compared(json.dumps(READER), json.dumps(WRITER))
    assert (later.verdict, asked) == (INCOMPATIBLE, [])
    assert [one.rule for one in later.findings] == [one.rule for one in compared().findings]
    assert all(one.reader.line == 1 for one in later.findings)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("reader", [READER, WIDER])
def test_what_fails_later_is_unchecked_and_the_verdict_stands(
    part: str,
    reader: Any,  # noqa: ANN401 - any JSON value
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(_: DecidedPair) -> None:
        message = "no such thing"
        raise AttributeError(message)

    monkeypatch.setattr(DecidedPair, part, fail)
    comparison = compared(reader)
    attribute = "findings" if part == "explanation" else part
    said = f"the pair is {comparison.verdict.value}, but explaining it failed .AttributeError: no such thing"
    for _ in range(2):
        with pytest.raises(UncheckedError, match=said) as told:
            getattr(comparison, attribute)
        assert told.value.exit_code == 3
    assert comparison.verdict is (COMPATIBLE if reader is WIDER else INCOMPATIBLE)


@pytest.mark.parametrize("read", [(), ("findings",), ("other_policy",), ("registry_verdict", "findings")])
def test_a_comparison_is_a_value_whatever_was_read_of_it(read: tuple[str, ...]) -> None:
    def fresh() -> Any:  # noqa: ANN401 - a comparison, also with a name that it lacks
        found = compared()
        for name in read:
            getattr(found, name)
        return found

    assert fresh() == compared()
    assert "optional-property-required" in repr(fresh())
    assert pickle.loads(pickle.dumps(fresh())) == fresh()  # noqa: S301 - bytes of our own
    assert copy.deepcopy(fresh()) == fresh()
    assert copy.copy(fresh()) == fresh()
    assert replace(fresh(), undecided=()) == fresh()
    with pytest.raises(AttributeError, match="finding"):
        _ = fresh().finding


def test_severities_of_a_run_come_before_what_is_decided() -> None:
    """A warning may be an error there, and an error nothing."""
    assert compared(WIDER).verdict is COMPATIBLE
    assert compared(WIDER, severities={"format-changed": "error"}).verdict is INCOMPATIBLE
    silent: dict[str, str | Severity | None] = {one.rule: "off" for one in compared().findings}
    silenced = compared(severities=silent)
    assert silenced.verdict is COMPATIBLE
    assert silenced.findings == ()
    assert silenced.registry_verdict is Verdict.INCOMPATIBLE


@pytest.mark.parametrize(
    ("reader", "references"),
    [
        ({"properties": {"a": {"$ref": "urn:other"}}}, {"urn:other": {"maxLength": 3}}),
        ({"properties": {"b": {"minimum": Decimal("0.5")}}}, None),
    ],
    ids=["refers to another document", "has numbers that cannot be kept"],
)
def test_schemas_that_cannot_be_kept_are_explained_at_once(
    reader: Any,  # noqa: ANN401 - any JSON value
    references: Any,  # noqa: ANN401 - idem, by name
    asked: list[str],
) -> None:
    known = compared(copy.deepcopy(reader), references=copy.deepcopy(references))
    assert asked == list(PARTS)
    later = compared(reader, references=references)
    reader.clear()
    assert later == known
    assert later.verdict is INCOMPATIBLE


@pytest.mark.slow
@pytest.mark.parametrize("policy", Policy)
def test_what_the_other_policy_decides_is_what_it_decides_when_asked(policy: Policy) -> None:
    """Also where the instance that was found is taken for an answer."""
    other = Policy.STRICT if policy is Policy.LENIENT else Policy.LENIENT
    for reader, writer in pairs(300, seed=6):
        answered = decide(schema_of(reader), schema_of(writer), strict(other)).verdict
        if answered is not UNDECIDED:
            assert compared(reader, writer, policy=policy).other_policy == (other, answered)


def test_answers_that_are_not_wanted_are_not_looked_for() -> None:
    """A pair that is explained at once, as its references may change, gives those of the other answers alone."""
    money = Document({"$schema": SEVEN, "type": "object"}, origin="urn:money")
    references = FunctionReferences(lambda name: money if name == "urn:money" else None)
    value: dict[str, Any] = {"$schema": SEVEN, "properties": {"price": {"$ref": "urn:money"}}}
    reader, writer = schema_of(value, references), schema_of({**value, "title": "another"}, references)

    def answers(*wanted: str) -> tuple[Verdict, tuple[Policy, Verdict] | None]:
        found = JSON_SCHEMA.compare(reader, writer, base.Options(other_answers=frozenset(wanted)))
        return found.registry_answer(), found.other_answer()

    both = answers("registry", "policy")
    assert both == (COMPATIBLE, (Policy.STRICT, COMPATIBLE))
    assert answers("registry") == (both[0], None)
    assert answers("policy") == (UNDECIDED, both[1])
    assert answers() == (UNDECIDED, None)
