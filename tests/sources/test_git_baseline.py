"""Which commit a change is compared with, and what files were before."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evtcompat.errors import BaselineError
from evtcompat.sources.git.baseline import automatic_baseline, head_baseline, merge_base_baseline, pushed_range
from evtcompat.sources.git.history import path_history
from evtcompat.sources.git.repository import Repository, find_repository

from .conftest import Repo, make_repo, record


def opened(repo: Repo) -> Repository:
    found = find_repository(repo.path)
    assert found is not None
    return found


def auto(
    repo: Repo, environment: dict[str, str] | None = None, *, default_branch: str | None = None, edited: bool = False
) -> str | None:
    found = automatic_baseline(opened(repo), environment or {}, default_branch=default_branch, edited=lambda: edited)
    return found.commit


def branched(repo: Repo) -> tuple[str, str, str]:
    """A topic branch off main, both with a commit of their own; the topic is checked out."""
    base = repo.save({"a": "1"})
    repo.git("checkout", "--quiet", "-b", "topic")
    topic = repo.save({"a": "2"})
    repo.git("checkout", "--quiet", "main")
    main = repo.save({"b": "1"})
    repo.git("checkout", "--quiet", "topic")
    return base, topic, main


@pytest.mark.slow
def test_a_branch_is_compared_with_where_it_left_the_default_branch(repo: Repo) -> None:
    base, _, _ = branched(repo)
    assert auto(repo) == base
    assert merge_base_baseline(opened(repo), "main").commit == base


def test_a_branch_without_commits_is_compared_with_its_head(repo: Repo) -> None:
    base = repo.save({"a": "1"})
    repo.git("checkout", "--quiet", "-b", "topic")
    assert auto(repo) == base


def test_a_detached_head_is_compared_with_where_it_left_the_default_branch(repo: Repo) -> None:
    base, topic, _ = branched(repo)
    repo.git("checkout", "--quiet", "--detach", topic)
    assert auto(repo) == base


def test_on_the_default_branch_the_commit_before_counts_unless_schemas_are_edited(repo: Repo) -> None:
    first = repo.save({"a": "1"})
    assert auto(repo) is None, "nothing is before the first commit"
    assert auto(repo, edited=True) == first
    second = repo.save({"a": "2"})
    assert auto(repo) == first
    assert auto(repo, edited=True) == second


def test_before_the_first_commit_everything_is_new(repo: Repo) -> None:
    assert auto(repo) is None
    assert head_baseline(opened(repo)).commit is None


@pytest.mark.slow
@pytest.mark.parametrize("default_branch", [None, "main"])
def test_a_branch_without_a_commit_is_compared_with_the_default_branch(repo: Repo, default_branch: str | None) -> None:
    repo.save({"a": "1"})
    main = repo.save({"a": "2"})
    repo.git("checkout", "--quiet", "--orphan", "fresh")
    assert auto(repo, default_branch=default_branch) == main
    assert head_baseline(opened(repo), default_branch=default_branch).commit == main


@pytest.mark.slow
def test_where_it_cannot_be_told_what_a_branch_without_a_commit_goes_to_nothing_is_taken_for_new(
    repo: Repo, tmp_path: Path
) -> None:
    repo.save({"a": "1"})
    repo.git("branch", "--quiet", "-m", "one")
    repo.git("branch", "two")
    repo.git("checkout", "--quiet", "--orphan", "fresh")
    for baseline in (lambda: auto(repo), lambda: head_baseline(opened(repo))):
        with pytest.raises(BaselineError, match="it cannot be told which branch"):
            baseline()
    with pytest.raises(BaselineError, match="git knows no commit called 'nowhere'"):
        auto(repo, default_branch="nowhere")
    fetched = make_repo(tmp_path / "fetched")
    fetched.git("remote", "add", "origin", repo.path.as_uri())
    fetched.git("fetch", "--quiet", repo.path.as_uri(), "one:refs/remotes/origin/main")
    assert auto(fetched) is not None


def test_unrelated_histories_have_no_baseline(repo: Repo) -> None:
    repo.save({"a": "1"})
    repo.git("checkout", "--quiet", "--orphan", "fresh")
    repo.save({"a": "2"})
    for _ in range(2):
        with pytest.raises(BaselineError, match="no common ancestor"):
            auto(repo)
        repo.git("checkout", "--quiet", "--detach")


@pytest.mark.slow
def test_the_first_push_of_a_branch_is_compared_with_where_it_left_the_default_branch(repo: Repo) -> None:
    base, topic, _ = branched(repo)
    newer = repo.save({"a": "3"})
    found = pushed_range(opened(repo), {"PRE_COMMIT_FROM_REF": "0" * 40, "PRE_COMMIT_TO_REF": newer})
    assert found is not None
    assert found[1].commit == base != topic


@pytest.mark.slow
def test_commits_that_were_not_pushed_are_compared_with_what_was(repo: Repo, tmp_path: Path) -> None:
    base = repo.save({"a": "1"})
    clone = repo.clone(tmp_path / "clone")
    clone.save({"a": "2"})
    clone.save({"a": "3"})
    assert auto(clone) == base
    assert auto(clone, edited=True) == base


def test_the_remote_says_which_branch_is_the_default_one(tmp_path: Path, repo: Repo) -> None:
    repo.git("checkout", "--quiet", "-b", "develop")
    base = repo.save({"a": "1"})
    clone = repo.clone(tmp_path / "clone")
    clone.git("checkout", "--quiet", "-b", "topic")
    clone.save({"a": "2"})
    assert auto(clone) == base


@pytest.mark.parametrize(
    "variables",
    [
        {"GITHUB_BASE_REF": "release"},
        {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "release"},
        {"SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/release"},
        {"CHANGE_TARGET": "release"},
        {"BITBUCKET_PR_DESTINATION_BRANCH": "release"},
        {"CI_MERGE_REQUEST_DIFF_BASE_SHA": "BASE", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "nonsense"},
        {"GITHUB_BASE_REF": "", "CHANGE_TARGET": "release"},
    ],
    ids=str,
)
def test_ci_tells_where_the_change_goes(variables: dict[str, str], repo: Repo) -> None:
    repo.save({"a": "1"})
    repo.git("checkout", "--quiet", "-b", "release")
    base = repo.save({"a": "2"})
    repo.git("checkout", "--quiet", "-b", "topic")
    repo.save({"a": "3"})
    assert auto(repo, {name: value.replace("BASE", base) for name, value in variables.items()}) == base


def test_a_change_in_a_merge_queue_is_compared_with_what_the_queue_puts_it_on(repo: Repo, tmp_path: Path) -> None:
    repo.save({"a": "1"})
    repo.git("checkout", "--quiet", "-b", "gh-readonly-queue/main/pr-1")
    before = repo.save({"a": "2"})
    repo.git("checkout", "--quiet", "--detach")
    repo.save({"a": "3"})
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"merge_group": {"base_sha": before, "base_ref": "refs/heads/main"}}))
    queue = {"GITHUB_EVENT_NAME": "merge_group", "GITHUB_EVENT_PATH": str(event)}
    assert auto(repo, queue) == before
    event.write_text("{}")
    assert auto(repo, queue) == repo.git("rev-parse", "main")


def test_the_configuration_counts_more_than_ci(repo: Repo) -> None:
    base, _, _ = branched(repo)
    assert auto(repo, {"GITHUB_BASE_REF": "topic"}, default_branch="main") == base


@pytest.mark.slow
@pytest.mark.parametrize("system", ["github", "gitlab"])
def test_a_push_to_the_default_branch_is_compared_with_what_was_there_before(
    system: str, repo: Repo, tmp_path: Path
) -> None:
    before = repo.save({"a": "1"})
    repo.save({"a": "2"})
    head = repo.save({"a": "3"})
    repo.git("checkout", "--quiet", "--detach", head)
    event = tmp_path / "event.json"

    def variables(sha: str) -> dict[str, str]:
        if system == "gitlab":
            return {"CI_COMMIT_BEFORE_SHA": sha, "CI_COMMIT_BRANCH": "main"}
        event.write_text(json.dumps({"before": sha}))
        return {"GITHUB_EVENT_NAME": "push", "GITHUB_EVENT_PATH": str(event), "GITHUB_REF_NAME": "main"}

    assert auto(repo, variables(before)) == before
    assert auto(repo, variables("0" * 40)) == repo.git("rev-parse", "HEAD~1")
    with pytest.raises(BaselineError) as caught:
        auto(repo, variables("1" * 40))
    assert "1" * 40 in caught.value.message


def test_a_target_branch_that_is_not_here_is_told_with_the_fetch_that_helps(repo: Repo, tmp_path: Path) -> None:
    repo.save({"a": "1"})
    repo.git("checkout", "--quiet", "-b", "topic")
    repo.save({"a": "2"})
    clone = repo.clone(tmp_path / "clone", "--depth=1", "--branch=topic")
    with pytest.raises(BaselineError) as caught:
        auto(clone, {"GITHUB_BASE_REF": "main"})
    assert caught.value.hint == "Run: git fetch --depth=1 origin +refs/heads/main:refs/remotes/origin/main"


def test_an_undecidable_default_branch_is_no_new_subject(repo: Repo) -> None:
    repo.git("checkout", "--quiet", "-b", "one")
    repo.save({"a": "1"})
    repo.git("branch", "two")
    with pytest.raises(BaselineError, match="which branch this change goes to") as caught:
        auto(repo)
    assert "default-branch" in (caught.value.hint or "")


@pytest.mark.slow
def test_a_parent_that_was_cut_off_is_told_with_the_fetch_that_helps(repo: Repo, tmp_path: Path) -> None:
    first = repo.save({"a": "1"})
    repo.save({"a": "2"})
    clone = repo.clone(tmp_path / "clone", "--depth=1")
    with pytest.raises(BaselineError) as caught:
        auto(clone)
    assert caught.value.hint == "Run: git fetch --deepen=1 origin"
    clone.git("fetch", "--quiet", "--deepen=1", "origin")
    assert auto(clone) == first


def test_a_push_of_a_branch_that_is_not_checked_out_is_compared_with_the_merge_base(repo: Repo) -> None:
    base, topic, main = branched(repo)
    repo.git("checkout", "--quiet", "main")
    found = pushed_range(opened(repo), {"PRE_COMMIT_FROM_REF": main, "PRE_COMMIT_TO_REF": topic})
    assert found is not None
    assert (found[0], found[1].commit) == (topic, base)
    assert pushed_range(opened(repo), {}) is None


@pytest.mark.slow
def test_the_past_of_a_path_follows_renames_and_leaves_out_what_was_never_merged(repo: Repo) -> None:
    one, two, three = record("A", "abc", "b", "c", "d"), record("A", "abc", "b", "c", "dd"), record("A", "abc")
    repo.save({"old name.avsc": one, "other": "x"})
    repo.save({"other": "y"})
    repo.git("mv", "old name.avsc", "neü.avsc")
    repo.save({"neü.avsc": two})
    repo.git("checkout", "--quiet", "-b", "topic")
    repo.save({"neü.avsc": "draft"})
    repo.save({"neü.avsc": three})
    repo.git("checkout", "--quiet", "main")
    repo.save({"other": "z"})
    repo.git("merge", "--quiet", "--no-ff", "topic", "-m", "merge")
    past = path_history(opened(repo), opened(repo).resolve("HEAD")).of("neü.avsc")
    assert [content.path for content in past] == ["old name.avsc", "neü.avsc", "neü.avsc"]
    assert [repo.git("cat-file", "blob", content.oid) + "\n" for content in past] == [one, two, three]


def test_a_past_that_was_cut_off_is_told_with_the_fetch_that_helps(repo: Repo, tmp_path: Path) -> None:
    repo.save({"a": "1"})
    repo.save({"a": "2"})
    repo.save({"b": "1"})
    clone = opened(repo.clone(tmp_path / "clone", "--depth=2"))
    history = path_history(clone, clone.resolve("HEAD"))
    assert len(history.of("b")) == 1
    with pytest.raises(BaselineError) as caught:
        history.of("a")
    assert "git fetch --unshallow origin" in (caught.value.hint or "")
