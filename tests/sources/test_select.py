"""What a run compares with what: the words of `--against`, and folders outside git."""

from __future__ import annotations

from pathlib import Path

import pytest

from evtcompat.errors import BaselineError, UsageError
from evtcompat.sources.baselines.against import Against, BaselineKind, parse_against
from evtcompat.sources.documents.layout import Layout

from .conftest import record
from .selecting import JSON_ONE, ONE, THREE, TWO, lay, plans, run, told

AGAINST = [
    (None, Against(BaselineKind.AUTO)),
    ("schemas/a.avsc", Against(BaselineKind.PATH, "schemas/a.avsc")),
    ("C:/schemas", Against(BaselineKind.PATH, "C:/schemas")),
    ("git:main", Against(BaselineKind.GIT, "main")),
    ("git:v1.0:schemas/a.avsc", Against(BaselineKind.GIT, "v1.0", "schemas/a.avsc")),
    ("git:merge-base:origin/main", Against(BaselineKind.MERGE_BASE, "origin/main")),
    ("git:--upload-pack=x", Against(BaselineKind.GIT, "--upload-pack=x")),
    ("registry", Against(BaselineKind.REGISTRY)),
    ("registry:orders-value@3", Against(BaselineKind.REGISTRY, "orders-value@3")),
    ("lock", Against(BaselineKind.LOCK)),
]


@pytest.mark.parametrize(("words", "meaning"), AGAINST)
def test_the_words_of_against(words: str | None, meaning: Against) -> None:
    assert parse_against(words) == meaning


@pytest.mark.parametrize("words", ["git:", "git:merge-base:", "registry:", "registry:@1", "", "git::a.avsc"])
def test_words_without_meaning_are_wrong_usage(words: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_against(words)
    assert caught.value.hint


def test_a_version_finds_the_ones_below_it(plain: Path) -> None:
    lay(plain, {"s/a-v1.avsc": ONE, "s/a-v2.avsc": TWO, "s/a-v10.avsc": THREE, "s/b-v1.avsc": ONE})
    assert plans(run("s/a-v10.avsc")) == [("s/a-v10.avsc", ["s/a-v1.avsc", "s/a-v2.avsc"], None)]
    assert plans(run("s/a-v2.avsc")) == [("s/a-v2.avsc", ["s/a-v1.avsc"], None)]


def test_a_walk_plans_each_version_but_the_first(plain: Path) -> None:
    lay(plain, {"s/a-v1.avsc": ONE, "s/a-v2.avsc": TWO, "s/a-v3.avsc": THREE, "s/b.avsc": ONE})
    selection = run("s")
    assert plans(selection) == [
        ("s/a-v2.avsc", ["s/a-v1.avsc"], None),
        ("s/a-v3.avsc", ["s/a-v1.avsc", "s/a-v2.avsc"], None),
        ("s/b.avsc", [], None),
    ]
    assert [plan.subject for plan in selection.plans] == ["a", "a", "b"]
    assert not selection.baselines


@pytest.mark.parametrize(
    ("candidate", "older"),
    [
        ("v2/x.avsc", "v1/x.avsc"),
        ("s/v2/deep/x.avsc", "s/v1/deep/x.avsc"),
        ("x/2.avsc", "x/1.avsc"),
        ("x/v2/schema.avsc", "x/v1/schema.avsc"),
        ("x_v2.avsc", "x_v1.avsc"),
        ("x.v2.avsc", "x.v1.avsc"),
        ("v2/x.avsc", "x-v1.avsc"),
        ("s/x-v2.avsc", "s/x/1.avsc"),
        ("s/x/v2.avsc", "s/x-v1.avsc"),
        ("2.avsc", "1.avsc"),
    ],
)
def test_siblings_are_found_in_every_layout(candidate: str, older: str, plain: Path) -> None:
    lay(plain, {candidate: TWO, older: ONE})
    assert plans(run(candidate)) == [(candidate, [older], None)]


@pytest.mark.parametrize(
    ("candidate", "older"),
    [
        ("x/1-0-1", "x/1-0-0"),
        ("ig/com.acme/x/jsonschema/1-0-1", "ig/com.acme/x/jsonschema/1-0-0"),
        ("x/1.10.0.json", "x/1.9.0.json"),
        ("x/1.2.0.json", "x/1.2.0-rc.1.json"),
        ("x-1.2.0.json", "x-1.1.0.json"),
        ("1.2.0/x.json", "1.1.0/x.json"),
    ],
)
def test_json_schemas_have_histories_too(candidate: str, older: str, plain: Path) -> None:
    lay(plain, {candidate: JSON_ONE, older: JSON_ONE, "x/payload.json": "{}"})
    assert plans(run(candidate)) == [(candidate, [older], None)]


def test_a_copy_called_latest_is_passed_by_and_another_one_is_a_candidate(plain: Path) -> None:
    lay(plain, {"a/1.avsc": ONE, "a/2.avsc": TWO, "a/latest.avsc": TWO.replace(", ", ",\n")})
    selection = run("a")
    assert plans(selection) == [("a/2.avsc", ["a/1.avsc"], None)]
    assert selection.skipped == ("a/latest.avsc (the same as a/2.avsc)",)
    assert plans(run("a/latest.avsc")) == [("a/2.avsc", ["a/1.avsc"], None)]
    lay(plain, {"a/latest.avsc": THREE})
    (_, latest) = run("a").plans
    assert told(latest) == ("a/latest.avsc", ["a/1.avsc", "a/2.avsc"], None)
    assert latest.candidate.label == "latest"
    assert not latest.versioned


def test_two_files_that_claim_a_version_are_a_problem_and_hide_nothing(plain: Path) -> None:
    lay(plain, {"a-v1.avsc": ONE, "a_v1.avsc": TWO, "b-v1.avsc": ONE, "b-v2.avsc": TWO})
    selection = run()
    (problem,) = selection.problems
    assert "a-v1.avsc and a_v1.avsc both claim to be version 1 of a" in problem.message
    assert [told(plan) for plan in selection.plans] == [("b-v2.avsc", ["b-v1.avsc"], None)]
    assert run("a-v1.avsc").problems


def test_a_map_gives_the_order(plain: Path) -> None:
    lay(plain, {"c/new.avsc": TWO, "c/old.avsc": ONE})
    selection = run("c", layout=Layout(subjects={"orders": ("old.avsc", "new.avsc")}), folder=plain / "c")
    assert plans(selection) == [("c/new.avsc", ["c/old.avsc"], None)]
    assert selection.plans[0].subject == "orders"
    assert [one.label for one in selection.plans[0].history] == ["1"]


def test_a_broken_lower_version_makes_the_candidate_unchecked(plain: Path) -> None:
    lay(plain, {"a-v1.avsc": "{", "a-v2.avsc": TWO})
    selection = run("a-v2.avsc")
    assert not selection.plans
    (problem,) = selection.problems
    assert problem.place is not None
    assert problem.place.origin == "a-v1.avsc"


def test_a_history_in_two_languages_is_a_problem(plain: Path) -> None:
    lay(plain, {"a-v1.avsc": ONE, "a-v2.json": JSON_ONE})
    (problem,) = run("a-v2.json").problems
    assert "a-v1.avsc is an Avro schema" in problem.message


def test_a_file_is_the_baseline(plain: Path) -> None:
    lay(plain, {"s/a-v2.avsc": TWO, "rejected/a-v3.avsc": THREE, "rejected/b.avsc": ONE})
    (plan,) = run("rejected/a-v3.avsc", against="s/a-v2.avsc").plans
    assert told(plan) == ("rejected/a-v3.avsc", ["s/a-v2.avsc"], None)
    assert plan.history[0].label == "2"
    with pytest.raises(UsageError, match="one file, but there are 2 schemas"):
        run("rejected", against="s/a-v2.avsc")
    with pytest.raises(BaselineError, match="no such file"):
        run("rejected/a-v3.avsc", against="s/none.avsc")


def test_a_folder_is_the_baseline(plain: Path) -> None:
    lay(plain, {"old/x/a.avsc": ONE, "old/b-v1.avsc": ONE, "old/gone.avsc": ONE})
    lay(plain, {"new/x/a.avsc": TWO, "new/b-v2.avsc": TWO, "new/c.avsc": record("C", "z")})
    selection = run("new", against="old")
    assert plans(selection) == [
        ("new/x/a.avsc", [], "old/x/a.avsc"),
        ("new/b-v2.avsc", ["old/b-v1.avsc"], None),
        ("new/c.avsc", [], None),
    ]
    assert {removed.subject: removed.whole_subject for removed in selection.removals} == {"gone": True, "b": False}
    assert plans(run("new/x/a.avsc", against="old/x")) == [("new/x/a.avsc", [], "old/x/a.avsc")]


def test_git_words_outside_git_are_no_new_subject(plain: Path) -> None:
    lay(plain, {"a.avsc": ONE})
    with pytest.raises(BaselineError, match="is not in a git repository"):
        run("a.avsc", against="git:main")
