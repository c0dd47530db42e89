"""What a run compares with what."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from evtcompat.baselines.against import Against, Kind, parse_against
from evtcompat.baselines.layout import Layout
from evtcompat.baselines.plans import Plan, Selection
from evtcompat.baselines.select import select
from evtcompat.baselines.workspace import View, Workspaces
from evtcompat.errors import BaselineError, ConfigError, UsageError
from evtcompat.model.documents import Document

from .conftest import Repo, make_repo, record

ONE, TWO, THREE = record("A", "a"), record("A", "a", "b"), record("A", "a", "b", "c")


def run(
    *paths: str,
    against: str | None = None,
    staged: bool = False,
    changed: bool = False,
    layout: Layout | None = None,
    folder: Path | None = None,
    here: Path | None = None,
    environment: dict[str, str] | None = None,
) -> Selection:
    view = View.STAGED if staged else View.DISK
    with Workspaces(here, {**os.environ, **(environment or {})}, view=view) as workspaces:
        return select(workspaces, paths or ("",), parse_against(against), layout, folder, changed=changed)


def text(document: Document | None) -> str | None:
    return None if document is None else document.text


def told(plan: Plan) -> tuple[str | None, list[str | None], str | None]:
    """Origin of the candidate, origins of the versions below, origin of the published one."""
    published = None if plan.published is None else plan.published.document.origin
    return plan.candidate.document.origin, [one.document.origin for one in plan.history], published


def plans(selection: Selection) -> list[tuple[str | None, list[str | None], str | None]]:
    assert not selection.problems, [str(problem) for problem in selection.problems]
    return [told(plan) for plan in selection.plans]


AGAINST = [
    (None, Against(Kind.AUTO)),
    ("schemas/a.avsc", Against(Kind.PATH, "schemas/a.avsc")),
    ("C:/schemas", Against(Kind.PATH, "C:/schemas")),
    ("git:main", Against(Kind.GIT, "main")),
    ("git:v1.0:schemas/a.avsc", Against(Kind.GIT, "v1.0", "schemas/a.avsc")),
    ("git:merge-base:origin/main", Against(Kind.MERGE_BASE, "origin/main")),
    ("git:--upload-pack=x", Against(Kind.GIT, "--upload-pack=x")),
    ("registry", Against(Kind.REGISTRY)),
    ("registry:orders-value@3", Against(Kind.REGISTRY, "orders-value@3")),
    ("lock", Against(Kind.LOCK)),
]


@pytest.mark.parametrize(("words", "meaning"), AGAINST)
def test_the_words_of_against(words: str | None, meaning: Against) -> None:
    assert parse_against(words) == meaning


@pytest.mark.parametrize("words", ["git:", "git:merge-base:", "registry:", "registry:@1", "", "git::a.avsc"])
def test_words_without_meaning_are_wrong_usage(words: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_against(words)
    assert caught.value.hint


# outside git


@pytest.fixture
def plain(tmp_path: Path, repo: Repo, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder outside git; the process runs in it."""
    assert repo.path.exists()
    folder = tmp_path / "plain folder"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def lay(folder: Path, files: dict[str, str]) -> None:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content)


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
    assert [(plan.subject, plan.newest) for plan in selection.plans] == [("a", False), ("a", True), ("b", True)]
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


JSON_ONE = '{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object"}'


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
    assert {removed.subject: removed.whole_subject for removed in selection.removed} == {"gone": True, "b": False}
    assert plans(run("new/x/a.avsc", against="old/x")) == [("new/x/a.avsc", [], "old/x/a.avsc")]


def test_git_words_outside_git_are_no_new_subject(plain: Path) -> None:
    lay(plain, {"a.avsc": ONE})
    with pytest.raises(BaselineError, match="is not in a git repository"):
        run("a.avsc", against="git:main")


# in git


def test_an_edited_file_meets_itself_as_committed(repo: Repo) -> None:
    repo.save({"s/a.avsc": ONE})
    repo.write("s/a.avsc", TWO)
    (plan,) = run("s").plans
    assert told(plan) == ("s/a.avsc", [], "HEAD:s/a.avsc")
    assert plan.published is not None
    assert (text(plan.published.document), text(plan.candidate.document)) == (ONE, TWO)
    assert plan.touched
    assert not plan.versioned


def test_the_union_a_published_version_edited_in_place_meets_itself_and_those_below(repo: Repo) -> None:
    repo.save({"a-v1.avsc": ONE, "a-v2.avsc": TWO})
    repo.write("a-v2.avsc", THREE)
    (plan,) = run("a-v2.avsc").plans
    assert told(plan) == ("a-v2.avsc", ["a-v1.avsc"], "HEAD:a-v2.avsc")
    assert plan.versioned


def test_a_changed_first_version_checks_the_later_ones_again(repo: Repo) -> None:
    repo.save({"a-v1.avsc": ONE, "a-v2.avsc": TWO, "a-v3.avsc": THREE})
    repo.write("a-v1.avsc", TWO)
    for selection in (run("a-v1.avsc"), run("", changed=True)):
        assert [told(plan)[0] for plan in selection.plans] == ["a-v1.avsc", "a-v2.avsc", "a-v3.avsc"]
        assert all(plan.touched for plan in selection.plans)
        assert selection.plans[0].published is not None
        assert told(selection.plans[1])[1] == ["HEAD:a-v1.avsc", "a-v1.avsc"], "as published, and as it is now"
    (later,) = run("a-v3.avsc").plans
    assert later.touched


def test_what_is_not_touched_is_left_out_of_a_changed_run(repo: Repo) -> None:
    repo.save({"a-v1.avsc": ONE, "a-v2.avsc": TWO, "b.avsc": record("B", "x")})
    repo.write("b.avsc", record("B", "x", "y"))
    assert [plan.subject for plan in run("", changed=True).plans] == ["b"]
    assert [(plan.subject, plan.touched) for plan in run().plans] == [("a", False), ("b", True)]


def test_line_ends_alone_are_no_change(repo: Repo) -> None:
    repo.git("config", "core.autocrlf", "true")
    repo.save({"a.avsc": ONE.replace(", ", ",\n")})
    repo.write("a.avsc", ONE.replace(", ", ",\r\n").replace("\n", "\r\n").replace("\r\r", "\r"))
    (plan,) = run(against="git:HEAD").plans
    assert not plan.touched
    assert plan.published is not None
    assert plan.published.document.value == plan.candidate.document.value


def test_a_changed_document_touches_the_schemas_that_refer_to_it(repo: Repo) -> None:
    order = record("Order", "x", namespace="shop").replace('"string"', '"Money"')
    invoice = record("Invoice", "x", namespace="shop").replace('"string"', '["null", "shop.Order"]')
    money = record("Money", "amount", namespace="shop")
    repo.save({"order.avsc": order, "invoice.avsc": invoice, "money.avsc": money, "other.avsc": ONE})
    repo.write("money.avsc", record("Money", "value", namespace="shop"))
    selection = run("order.avsc", "invoice.avsc", "other.avsc")
    assert {plan.subject: plan.references_changed for plan in selection.plans} == {
        "invoice": True, "order": True, "other": False,
    }  # fmt: skip
    plan = next(plan for plan in selection.plans if plan.subject == "order")
    assert plan.published is not None
    assert text(plan.candidate.references.lookup("shop.Money")) == record("Money", "value", namespace="shop")
    assert text(plan.published.references.lookup("shop.Money")) == money
    (repo.path / "money.avsc").unlink()
    assert {plan.subject for plan in run("", changed=True).plans} == {"order", "invoice"}


def test_deleted_schemas_are_told(repo: Repo) -> None:
    repo.save({"s/a-v1.avsc": ONE, "s/a-v2.avsc": TWO, "s/b ü.avsc": ONE, "s/c.json": JSON_ONE, "s/data.json": "{}"})
    for path in ("a-v1.avsc", "b ü.avsc", "c.json", "data.json"):
        (repo.path / "s" / path).unlink()
    selection = run("s")
    assert {(one.subject, one.path, one.whole_subject) for one in selection.removed} == {
        ("a", "s/a-v1.avsc", False),
        ("b ü", "s/b ü.avsc", True),
        ("c", "s/c.json", True),
    }
    assert plans(selection) == [("s/a-v2.avsc", ["HEAD:s/a-v1.avsc"], "HEAD:s/a-v2.avsc")]
    assert [one.subject for one in run("s/b ü.avsc").removed] == ["b ü"]
    (repo.path / "s" / "a-v2.avsc").unlink()
    assert {one.subject for one in run("s").removed} == {"a", "b ü", "c"}
    assert not run("s").problems


def test_a_version_that_is_replaced_still_meets_the_one_that_is_deleted(repo: Repo) -> None:
    repo.save({"a-v1.avsc": ONE})
    repo.git("mv", "a-v1.avsc", "a-v2.avsc")
    repo.write("a-v2.avsc", TWO)
    selection = run("a-v2.avsc")
    assert plans(selection) == [("a-v2.avsc", ["HEAD:a-v1.avsc"], None)]
    assert [(one.path, one.whole_subject) for one in selection.removed] == [("a-v1.avsc", False)]


def test_a_renamed_and_edited_file_meets_what_it_was(repo: Repo) -> None:
    repo.save({"s/order.avsc": record("Order", "a", "b"), "s/other.avsc": ONE})
    (repo.path / "t x").mkdir()
    repo.git("mv", "s/order.avsc", "t x/bestellung.avsc")
    repo.write("t x/bestellung.avsc", record("Order", "a"))
    selection = run("")
    plan = next(plan for plan in selection.plans if plan.subject == "bestellung")
    assert told(plan) == ("t x/bestellung.avsc", [], "HEAD:s/order.avsc")
    assert plan.renamed_from == "s/order.avsc"
    assert not selection.removed


def test_a_commit_is_the_baseline(repo: Repo) -> None:
    first = repo.save({"s/a.avsc": ONE, "s/b-v1.avsc": ONE})
    repo.git("tag", "v1.0")
    repo.save({"s/a.avsc": TWO})
    repo.save({"s/a.avsc": THREE, "s/b-v2.avsc": TWO, "s/c.avsc": ONE})
    for ref in ("v1.0", "HEAD~2", first):
        selection = run("s", against=f"git:{ref}")
        assert plans(selection) == [
            ("s/a.avsc", [], f"{ref}:s/a.avsc"),
            ("s/b-v2.avsc", [f"{ref}:s/b-v1.avsc"], None),
            ("s/c.avsc", [], None),
        ]
        assert selection.baselines == (ref,)
    assert plans(run("s/a.avsc", against="git:v1.0:s/b-v1.avsc")) == [("s/a.avsc", ["v1.0:s/b-v1.avsc"], None)]
    with pytest.raises(BaselineError, match="no commit called 'nothing'"):
        run("s", against="git:nothing")
    with pytest.raises(BaselineError, match="no such file"):
        run("s", against="git:v1.0:nothing")


def test_the_whole_past_of_a_file_counts_for_transitive_levels(repo: Repo) -> None:
    repo.save({"old.avsc": ONE})
    repo.git("mv", "old.avsc", "a.avsc")
    repo.commit()
    repo.save({"a.avsc": TWO})
    repo.write("a.avsc", THREE)
    (plan,) = run("a.avsc", against="git:HEAD").plans
    assert [text(one.document) for one in plan.history] == [ONE]
    assert plan.published is not None
    assert text(plan.published.document) == TWO
    with Workspaces() as workspaces:
        (short,) = select(workspaces, ["a.avsc"], parse_against("git:HEAD"), transitive=lambda _, __: False).plans
    assert short.history == ()


def test_a_branch_meets_the_merge_base(repo: Repo) -> None:
    base = repo.save({"a.avsc": ONE})
    repo.git("checkout", "--quiet", "-b", "topic")
    repo.save({"a.avsc": THREE})
    repo.git("checkout", "--quiet", "main")
    repo.save({"a.avsc": TWO})
    repo.git("checkout", "--quiet", "topic")
    for against in (None, "git:merge-base:main"):
        selection = run("a.avsc", against=against)
        assert plans(selection) == [("a.avsc", [], f"{base[:10]}:a.avsc")]
        assert selection.baselines == (f"{base[:10]} (merge base with main)",)


def test_an_unresolvable_baseline_is_never_a_new_subject(repo: Repo, tmp_path: Path) -> None:
    repo.save({"a.avsc": ONE})
    repo.save({"a.avsc": TWO})
    clone = repo.clone(tmp_path / "clone", "--depth=1")
    with pytest.raises(BaselineError, match="shallow clone"):
        run("a.avsc", here=clone.path)


def test_before_the_first_commit_everything_is_new(repo: Repo) -> None:
    repo.write("a.avsc", ONE)
    assert plans(run()) == [("a.avsc", [], None)]
    repo.git("add", "a.avsc")
    assert plans(run(staged=True)) == [("a.avsc", [], None)]


def test_paths_are_told_from_the_folder_that_the_command_runs_in(repo: Repo) -> None:
    repo.save({"s/deep/a.avsc": ONE, "t/b.avsc": TWO})
    selection = run("deep", "../t", here=repo.path / "s")
    assert {told(plan)[0] for plan in selection.plans} == {"deep/a.avsc", "../t/b.avsc"}


# what is staged


def test_the_staged_content_is_checked_and_not_the_one_on_disk(repo: Repo) -> None:
    repo.save({"a.avsc": ONE, "b.avsc": ONE})
    repo.write("a.avsc", TWO)
    repo.git("add", "a.avsc")
    repo.write("a.avsc", "{ broken on disk")
    repo.write("new.avsc", "{ never staged")
    repo.git("rm", "--quiet", "--cached", "b.avsc")
    selection = run(staged=True)
    assert plans(selection) == [("a.avsc", [], "HEAD:a.avsc")]
    assert text(selection.plans[0].candidate.document) == TWO
    assert [one.subject for one in selection.removed] == ["b"]


def test_a_temporary_index_is_the_one_that_counts(repo: Repo) -> None:
    """`git commit -a` and `git commit PATH` hand the hook an index of their own."""
    repo.save({"a.avsc": ONE, "b.avsc": ONE})
    repo.write("a.avsc", TWO)
    repo.write("b.avsc", TWO)
    repo.git("add", "b.avsc")
    seen = repo.path / "seen"
    hook = repo.path / ".git" / "hooks" / "pre-commit"
    hook.write_text(f'#!/bin/sh\nenv | grep ^GIT_ > "{seen}"\ncp "$GIT_INDEX_FILE" "{repo.path}/saved-index"\n')
    hook.chmod(0o755)
    repo.git("commit", "--quiet", "-m", "one path", "a.avsc")
    variables = dict(line.split("=", 1) for line in seen.read_text().splitlines())
    assert "GIT_INDEX_FILE" in variables
    repo.git("update-ref", "HEAD", "HEAD~1")
    environment = {**variables, "GIT_INDEX_FILE": str(repo.path / "saved-index")}
    selection = run(staged=True, changed=True, environment=environment)
    assert [told(plan)[0] for plan in selection.plans] == ["a.avsc"]


def test_another_repository_is_not_read_with_the_variables_of_this_one(repo: Repo, tmp_path: Path) -> None:
    repo.save({"a.avsc": ONE})
    other = make_repo(tmp_path / "other")
    other.save({"b.avsc": ONE})
    other.write("b.avsc", TWO)
    environment = {"GIT_DIR": ".git", "GIT_INDEX_FILE": ".git/index", "GIT_WORK_TREE": "."}
    selection = run("a.avsc", str(other.path / "b.avsc"), environment=environment)
    assert {plan.path: text(plan.published.document) if plan.published else None for plan in selection.plans} == {
        "a.avsc": None,
        "b.avsc": ONE,
    }


def test_a_push_is_checked_as_it_is_pushed(repo: Repo) -> None:
    base = repo.save({"a.avsc": ONE})
    repo.git("checkout", "--quiet", "-b", "topic")
    pushed = repo.save({"a.avsc": TWO})
    repo.git("checkout", "--quiet", "main")
    environment = {"PRE_COMMIT_FROM_REF": base, "PRE_COMMIT_TO_REF": pushed}
    selection = run(staged=True, environment=environment)
    assert plans(selection) == [("a.avsc", [], f"{base[:10]}:a.avsc")]
    assert text(selection.plans[0].candidate.document) == TWO


# where repositories lie


def test_a_schema_folder_that_is_a_link(repo: Repo) -> None:
    repo.save({"data/a.avsc": ONE})
    (repo.path / "schemas").symlink_to("data")
    repo.save({"data/a.avsc": ONE})
    repo.write("data/a.avsc", TWO)
    repo.git("add", "--all")
    for staged in (False, True):
        for path in ("schemas", "schemas/a.avsc", ""):
            selection = run(path, staged=staged)
            assert plans(selection) == [("data/a.avsc", [], "HEAD:data/a.avsc")]


def test_a_linked_worktree_and_a_submodule_have_their_own_baselines(repo: Repo, tmp_path: Path) -> None:
    repo.save({"a.avsc": ONE})
    inner = make_repo(tmp_path / "inner")
    inner.save({"s/b.avsc": ONE})
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner.path.as_uri(), "sub")
    repo.commit("with a submodule")
    repo.write("sub/s/b.avsc", TWO)
    selection = run("")
    assert [plan.path for plan in selection.plans] == ["a.avsc"]
    assert "sub (a repository of its own; name it to check it)" in selection.skipped
    (plan,) = run("sub").plans
    assert told(plan) == ("sub/s/b.avsc", [], "HEAD:s/b.avsc")
    assert plan.published is not None
    assert text(plan.published.document) == ONE
    repo.git("worktree", "add", "--quiet", "-b", "topic", str(tmp_path / "linked"))
    linked = Repo(Path(os.path.realpath(tmp_path / "linked")))
    linked.write("a.avsc", THREE)
    assert plans(run("a.avsc", here=linked.path)) == [("a.avsc", [], "HEAD:a.avsc")]


def test_what_git_ignores_is_not_searched_but_may_be_named(repo: Repo) -> None:
    repo.save({".gitignore": "target/\n", "a.avsc": ONE})
    repo.write("target/classes/a.avsc", ONE)
    assert [plan.path for plan in run("").plans] == ["a.avsc"]
    assert [plan.path for plan in run("target/classes/a.avsc").plans] == ["target/classes/a.avsc"]


def test_a_sparse_checkout_deletes_nothing(repo: Repo) -> None:
    repo.save({"in/a.avsc": ONE, "out/b.avsc": ONE})
    repo.git("sparse-checkout", "set", "in")
    assert not (repo.path / "out").exists()
    selection = run("")
    assert not selection.removed
    assert [plan.path for plan in selection.plans] == ["in/a.avsc"]


def test_links_in_circles_hide_nothing(plain: Path) -> None:
    lay(plain, {"a-v1.avsc": ONE, "a-v2.avsc": TWO})
    (plain / "loop.avsc").symlink_to("loop.avsc")
    (plain / "v3").symlink_to("v3")
    assert plans(run("a-v2.avsc")) == [("a-v2.avsc", ["a-v1.avsc"], None)]
    assert [told(plan)[0] for plan in run("").plans] == ["a-v2.avsc"]


def test_an_ambiguity_that_this_change_mends_is_no_problem(repo: Repo) -> None:
    repo.save({"a-v1.avsc": ONE, "a_v1.avsc": TWO})
    repo.git("mv", "a_v1.avsc", "a-v2.avsc")
    selection = run(staged=True)
    assert plans(selection) == [("a-v2.avsc", ["a-v1.avsc"], None)]
    assert not selection.removed, "version 1 still has a file"


def test_a_published_file_that_is_broken_is_told_as_such(repo: Repo) -> None:
    repo.save({"a.avsc": "{"})
    repo.write("a.avsc", ONE)
    (problem,) = run("a.avsc").problems
    assert problem.message.startswith("the published file cannot be read")
    assert problem.place is not None
    assert problem.place.origin == "HEAD:a.avsc"


def test_patterns_see_paths_from_the_folder_of_the_configuration(repo: Repo) -> None:
    repo.save({"conf/s/a.avsc": ONE, "other/b.avsc": ONE})
    asked: list[tuple[str, str | None]] = []

    def transitive(subject: str, path: str | None) -> bool:
        asked.append((subject, path))
        return False

    with Workspaces() as workspaces:
        found = select(workspaces, ["."], parse_against(None), Layout(), repo.path / "conf", transitive=transitive)
    assert [plan.configured_path for plan in found.plans] == ["s/a.avsc", None]
    assert asked == [("a", "s/a.avsc"), ("b", None)]


def test_a_file_that_the_configuration_lists_and_nobody_finds_is_a_problem(repo: Repo) -> None:
    repo.save({"s/a.avsc": ONE, "s/b.avsc": ONE})
    layout = Layout(subjects={"one": ("s/a.avsc", "s/typo.avsc"), "two": ("t/*.avsc",), "three": ("s/b.avsc", "x/*")})
    selection = run("", layout=layout)
    assert [problem.message.split(",")[0] for problem in selection.problems] == [
        "the configuration lists s/typo.avsc for the subject one",
        "the configuration lists t/*.avsc for the subject two",
    ]
    assert {plan.subject for plan in selection.plans} == {"one", "three"}
    assert not run("s/b.avsc", layout=layout).problems
    (repo.path / "s" / "b.avsc").unlink()
    assert [one.subject for one in run("", layout=layout).removed] == ["three"]
    assert not any("s/b.avsc" in problem.message for problem in run("", layout=layout).problems)


def test_a_reference_root_outside_of_the_repository_is_wrong_configuration(repo: Repo) -> None:
    repo.save({"s/a.avsc": ONE})
    with pytest.raises(ConfigError, match=r"\.\./elsewhere lies outside"):
        run("s", layout=Layout(reference_roots=("../elsewhere",)), folder=repo.path)
    assert run("s", layout=Layout(reference_roots=("../t",)), folder=repo.path / "s").plans
