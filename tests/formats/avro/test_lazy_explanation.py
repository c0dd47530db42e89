"""A refusal that is answered before it is explained is the verdict that its explanation gives."""

from __future__ import annotations

import copy
import pickle
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from amounts import examples
from evtcompat import compare
from evtcompat.errors import SchemaError, UncheckedError
from evtcompat.formats.base import Options
from evtcompat.model.verdicts import Severity, Verdict
from formats.avro.comparing import ENGINE, errors, parsed
from formats.avro.random_pairs import pair
from formats.decisions import everything
from reference_data import reference_rows

QUICK = Options(witnesses=False)


def contradiction(reader: Any, writer: Any) -> str | None:  # noqa: ANN401 - any JSON values
    """What a verdict and its explanation disagree about, in both directions; ``None`` when they agree."""
    try:
        schemas = parsed(reader), parsed(writer)
    except SchemaError:
        return None
    for ours, theirs in (schemas, schemas[::-1]):
        answer = ENGINE.compare(ours, theirs, QUICK)
        told = ENGINE.compare(ours, theirs, QUICK)
        if answer.verdict is not None:
            explanation = told.explanation()
            verdict = Verdict.INCOMPATIBLE if errors(explanation) else Verdict.COMPATIBLE
            if answer.verdict is not verdict or explanation.undecided:
                return f"{answer.verdict}, and explained by {explanation}"
        if everything(answer) != everything(told):
            return "explained in two ways"
    return None


@pytest.mark.slow
@pytest.mark.parametrize("name", ["avro_cases.jsonl", "avro_generated.jsonl.gz", "avro_real.jsonl.gz"])
def test_verdicts_follow_from_their_explanations_on_the_reference_data(name: str) -> None:
    wrong = {case["id"]: contradiction(case["reader"], case["writer"]) for case in reference_rows(name)}
    assert {key: what for key, what in wrong.items() if what is not None} == {}


@pytest.mark.slow
@settings(max_examples=examples(1500), deadline=None)
@example(12103556)  # a branch that reads stands before the one of the writer's name, which changes a meaning
@given(st.integers(0, 10**9))
def test_verdicts_follow_from_their_explanations_on_random_pairs(seed: int) -> None:
    assert contradiction(*pair(seed)) is None


def test_refusals_are_met_in_numbers() -> None:
    """Otherwise the laws above would hold for want of cases."""
    answers = []
    for seed in range(300):
        try:
            reader, writer = (parsed(side) for side in pair(seed))
        except SchemaError:
            continue
        answers.append(ENGINE.compare(reader, writer, QUICK))
    settled = [answer.verdict for answer in answers]
    assert settled.count(Verdict.INCOMPATIBLE) > 50
    assert settled.count(Verdict.COMPATIBLE) > 10


READER: Any = {
    "type": "record",
    "name": "Order",
    "fields": [{"name": "id", "type": "long"}, {"name": "total", "type": "int"}],
}
WRITER: Any = {"type": "record", "name": "Order", "fields": [{"name": "id", "type": "string"}]}


def test_a_refused_comparison_has_the_findings_of_the_verdict() -> None:
    comparison = compare(reader=READER, writer=WRITER, witnesses=False)
    assert comparison.verdict is comparison.registry_verdict is Verdict.INCOMPATIBLE
    assert {finding.severity for finding in comparison.findings} == {Severity.ERROR}
    assert [finding.rule for finding in comparison.findings] == ["type-mismatch", "reader-field-missing-default-value"]
    assert comparison.findings is comparison.findings


def test_a_refused_comparison_is_a_value_like_any_other() -> None:
    def fresh() -> Any:  # noqa: ANN401 - a comparison, also with a name that it lacks
        return compare(reader=READER, writer=WRITER, witnesses=False)

    assert fresh() == fresh()
    assert hash(fresh().verdict) == hash(Verdict.INCOMPATIBLE)
    assert repr(fresh()) == repr(fresh())
    assert "reader-field-missing-default-value" in repr(fresh())
    assert pickle.loads(pickle.dumps(fresh())) == fresh()  # noqa: S301 - bytes of our own
    assert copy.deepcopy(fresh()) == fresh()
    assert replace(fresh(), undecided=()) == fresh()
    with pytest.raises(AttributeError, match="finding"):
        _ = fresh().finding


def test_severities_of_a_run_come_before_what_is_an_error_by_default() -> None:
    off: dict[str, str | Severity | None] = {"type-mismatch": "off"}
    assert compare(reader="int", writer="string", format="avro", witnesses=False).verdict is Verdict.INCOMPATIBLE
    softened = compare(reader="int", writer="string", format="avro", witnesses=False, severities=off)
    assert softened.verdict is Verdict.COMPATIBLE


@pytest.mark.parametrize("reader", ["int", {"type": "long", "logicalType": "timestamp-millis"}])
@pytest.mark.parametrize("witnesses", [True, False])
def test_a_refusal_that_nothing_explains_is_unchecked(
    reader: Any,  # noqa: ANN401 - any JSON value
    witnesses: bool,  # noqa: FBT001 - a parameter of the table
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Should an explanation ever find nothing, the run ends with exit code 3: neither a pass nor an open question."""
    monkeypatch.setattr("evtcompat.formats.avro.explanation.Walk.run", lambda _: [])
    with pytest.raises(UncheckedError, match="no place was found that explains it"):
        _ = compare(reader=reader, writer="long", format="avro", witnesses=witnesses).findings
