"""What is compared of two effects, what is left out, and what the schema says of one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli_harness import Run
from evtcompat.exercise.agreement import agrees, ignored, misread
from evtcompat.exercise.differences import LeftOut, differences, noise, without
from evtcompat.exercise.expectations import Expectations
from evtcompat.exercise.payloads import Payload
from evtcompat.model.json_values import same

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.slow
@given(JSON, JSON)
def test_there_is_a_difference_exactly_where_two_effects_are_not_the_same(one: object, other: object) -> None:
    assert (differences(one, other) == ()) == same(one, other)


@pytest.mark.slow
@given(JSON, JSON)
def test_what_is_noise_between_two_runs_makes_no_difference(one: object, other: object) -> None:
    left_out = noise([(one, other)], LeftOut())
    assert without(one, left_out) == without(other, left_out)


NOISE = (
    ([{"id": 1, "at": "a"}], [{"id": 1, "at": "b"}], ["/*/at"]),
    ({"x1": {"n": 1}}, {"x2": {"n": 1}}, ["the keys of /"]),
    ({"x1": {"n": 1, "at": 5}}, {"x2": {"n": 1, "at": 6}}, ["/*/at", "the keys of /"]),
    ({"tags": ["a", "b"]}, {"tags": ["b", "a"]}, ["the order of /tags"]),
)


@pytest.mark.parametrize(("one", "other", "named"), NOISE)
def test_noise_is_named(one: object, other: object, named: list[str]) -> None:
    assert sorted(noise([(one, other)], LeftOut())) == sorted(named)


def test_noise_hides_nothing_beside_it() -> None:
    left_out = noise([({"x1": {"n": 1}}, {"x2": {"n": 1}})], LeftOut())
    assert differences(without({"y": {"n": 1}}, left_out), without({"z": {"n": 2}}, left_out))


SHOWN = (
    ("12.50", 12.5, True),
    (12.5, "12.50", True),
    ("2026-01-02T00:00:00+00:00", "2026-01-02T01:00:00+01:00", True),
    ("2026-01-02T00:00:00+00:00", 1767312000000, True),
    ("2026-01-02T00:00:00+00:00", "1970-01-21T10:55:12+00:00", False),
    ("NEW", "new", True),
    (["a", "b"], ["b", "a"], False),
    (None, "", False),
    (None, None, True),
    (True, 1, False),
    ({"email": "a"}, {"EMail": "a", "checked": True}, True),
    ({"email": "a"}, {"email": "b"}, False),
)


@pytest.mark.parametrize(("expected", "value", "fine"), SHOWN)
def test_a_value_agrees_in_the_forms_that_a_consumer_keeps_it_in(expected: object, value: object, fine: bool) -> None:  # noqa: FBT001
    assert agrees(expected, value) is fine


JUDGED: tuple[tuple[object, object, list[str]], ...] = (
    ([], [{"order_id": "o1", "total": 5}], []),
    ([], [{"total": 50}], ["/0/total"]),
    ({"total": 7}, {"total": 12}, []),  # a sum grew by it
    ({"total": 7}, {"total": 13}, ["/total"]),
    ([], [{"lines": 2}], []),  # a count has another shape
    ([], [{"sum": 50}], []),  # no field of that name
    ([{"total": 1}], [{"total": 1}, {"total": 5}], []),  # what was there before is no effect of this event
)


@pytest.mark.parametrize(("before", "after", "places"), JUDGED)
def test_fields_of_an_effect_are_judged_by_their_names(before: object, after: object, places: list[str]) -> None:
    expected = {"orderId": "o1", "total": 5, "lines": ["a", "b"]}
    assert [str(one).partition(" is ")[0] for one in misread(expected, before, after)] == places


def test_an_event_is_ignored_when_nothing_of_its_own_is_seen() -> None:
    events = [{"id": f"o{number}", "status": "NEW"} for number in range(4)]
    assert ignored(events[1], [{"id": "o0", "status": "NEW"}], events)
    assert not ignored(events[1], {"o1": "NEW"}, events)
    assert not ignored({"status": "NEW"}, [], events), "what all events have is no event's own"


def test_a_field_that_only_one_schema_has_is_no_difference() -> None:
    first = Payload("1", "first", None, {"a": 1}, b"", expected={"1": {"a": 1}, "2": {"a": 1, "b": "EUR"}})
    expectations = Expectations(("1", "2"), (first,))
    for old, new, places in (
        ({"a": 1}, {"a": 1, "b": "EUR"}, []),
        ({"a": 1}, {"a": 1, "c": 3}, ["/c"]),
        ({"a": 1}, {"a": 2, "b": "EUR"}, ["/a"]),
        ({"a": 1}, {"b": "EUR"}, ["/a"]),
    ):
        assert [one.pattern for one in expectations.unexplained(differences(old, new), [first])] == places


CONSUMER = """
import json
seen = []
def old(body):
    seen.append(dict(json.loads(body), at=1))
def new(body):
    seen.append(dict(json.loads(body), at=2))
def agree(expected, effect):
    assert effect[0]["id"] == expected["id"], "another id"
    return effect[0]["n"] == expected["n"]
def wrong(body):
    seen.append({"id": json.loads(body)["id"], "n": 0})
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "mine.py").write_text(CONSUMER)
    payload = {"version": "1", "label": "plain", "value": {"id": "x1", "n": 3}}
    (tmp_path / "exercise.json").write_text(json.dumps({"payloads": [payload]}))
    return tmp_path


RUN = ("exercise", "s", "--fixtures", ".", "--observe", "seen", "--delivery", "once")


@pytest.mark.slow
def test_the_configuration_declares_a_difference(run: Run, project: Path) -> None:
    arguments = (*RUN, "--old", "mine:old", "--new", "mine:new")
    found = run(*arguments, cwd=project)
    assert found.code == 1
    assert "/0/at: 1 in the old consumer, 2 in the new one" in found.out
    assert '[[exercise.differences]] path = "/*/at", reason = "..."' in " ".join(found.out.split())
    (project / "evtcompat.toml").write_text('[[exercise.differences]]\npath = "/*/at"\nreason = "a new clock"\n')
    found = run(*arguments, cwd=project)
    assert found.code == 0
    assert "intended difference at /*/at, as declared: a new clock" in found.out
    report = json.loads(run(*arguments, "--format", "json", "--config", "evtcompat.toml", cwd=project).out)
    assert "as the old consumer" in report["levels"][0]["cells"][1]["held"]
    (project / "evtcompat.toml").write_text('[[exercise.differences]]\npath = "/*/at"\n')
    assert run(*arguments, cwd=project).code == 2, "a difference without a reason is none"


@pytest.mark.slow
def test_a_function_of_ones_own_says_whether_an_effect_agrees(run: Run, project: Path) -> None:
    assert run(*RUN, "--new", "mine:new", "--agree", "mine:agree", cwd=project).code == 0
    found = run(*RUN, "--new", "mine:wrong", "--agree", "mine:agree", cwd=project)
    assert found.code == 1
    assert "the effect does not agree: it returned False" in found.out
    found = run(*RUN, "--new", "mine:new", "--agree", "mine:absent", cwd=project)
    assert found.code == 1
    assert "absent" in found.out
    assert run(*RUN[:-4], "--new", "mine:new", "--agree", "mine:agree", cwd=project).code == 2
    assert run(*RUN, "--new", "mine:new", "--agree", "mine", cwd=project).code == 2
