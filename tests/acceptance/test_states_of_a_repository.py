"""No state of a repository makes a break green: where there are commits, nothing is taken for the very first."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from acceptance.team import BREAKING, ORDER
from cli_harness import Run
from sources.conftest import Repo, make_repo


def _shallow(repo: Repo) -> Repo:
    repo.git("checkout", "--quiet", "-b", "topic")
    repo.save({ORDER: BREAKING})
    return repo.clone(repo.path.parent / "shallow", "--depth=1", "--branch=topic", "--no-single-branch")


def _orphan(repo: Repo) -> Repo:
    repo.git("checkout", "--quiet", "--orphan", "fresh")
    return repo


def _orphan_with_a_commit(repo: Repo) -> Repo:
    _orphan(repo).save({ORDER: BREAKING})
    return repo


def _detached_orphan(repo: Repo) -> Repo:
    _orphan_with_a_commit(repo).git("checkout", "--quiet", "--detach")
    return repo


def _fetched_and_nothing_checked_out(repo: Repo) -> Repo:
    other = make_repo(repo.path.parent / "fetched")
    other.git("remote", "add", "origin", repo.path.as_uri())
    other.git("fetch", "--quiet", "origin")
    return other


def _branch_that_is_not_there(repo: Repo) -> Repo:
    repo.git("symbolic-ref", "HEAD", "refs/heads/nowhere")
    return repo


def _other_names_for_branches(repo: Repo) -> Repo:
    repo.git("branch", "-m", "one")
    repo.git("branch", "two")
    return _orphan(repo)


def _with_a_replaced_content(repo: Repo) -> Repo:
    """Here, and nowhere else, git gives the breaking content in the place of the one that was committed."""
    other = repo.write("other", BREAKING)
    repo.git("replace", f"HEAD:{ORDER}", repo.git("hash-object", "-w", str(other)))
    other.unlink()
    return repo


def _with_a_replaced_commit(repo: Repo) -> Repo:
    repo.save({ORDER: BREAKING})
    repo.git("replace", "HEAD~1", "HEAD")
    return repo


def _no_such_default_branch(repo: Repo) -> Repo:
    repo.write("evtcompat.toml", 'default-branch = "trunk"\n')
    return repo


@pytest.mark.slow
@pytest.mark.parametrize(
    "make",
    [
        _shallow,
        _orphan,
        _orphan_with_a_commit,
        _detached_orphan,
        _fetched_and_nothing_checked_out,
        _branch_that_is_not_there,
        _other_names_for_branches,
        _with_a_replaced_content,
        _with_a_replaced_commit,
        _no_such_default_branch,
    ],
)
def test_in_no_state_of_a_repository_is_a_break_green(run: Run, healthy: Repo, make: Callable[[Repo], Repo]) -> None:
    """Where there are commits, nothing is taken for the very first."""
    repo = make(healthy)
    repo.write(ORDER, BREAKING)
    result = run("check", cwd=repo.path)
    assert result.code in {1, 3}, result.out
    assert "there is no commit yet" not in result.out
    repo.git("add", "--all")
    assert "there is no commit yet" not in run("check", "--staged", cwd=repo.path).out
