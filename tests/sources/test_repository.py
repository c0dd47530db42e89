"""Finding repositories, resolving refs, reading trees."""

from __future__ import annotations

from pathlib import Path

import pytest

from evtcompat.errors import BaselineError
from evtcompat.sources.baselines.workspace import View, Workspaces
from evtcompat.sources.git.objects import commit_tree, index_tree
from evtcompat.sources.git.repository import Repository, find_repository

from .conftest import Repo, record


def opened(repo: Repo) -> Repository:
    found = find_repository(repo.path)
    assert found is not None
    return found


def test_a_commit_is_read_as_it_was(repo: Repo) -> None:
    old, new = record("A", "x"), record("A", "x", "y")
    first = repo.save({"a folder/ä.avsc": old, "b.avsc": old})
    repo.git("rm", "--quiet", "b.avsc")
    repo.save({"a folder/ä.avsc": new})
    repository = opened(repo)
    with repository.blobs:
        tree = commit_tree(repository, first, "HEAD~1", repo.path)
        assert tree.read("a folder/ä.avsc") == old.encode()
        assert tree.read("b.avsc") == old.encode()
        assert tree.read("c.avsc") is None
        assert tree.walk().files == ("a folder/ä.avsc", "b.avsc")
        assert tree.siblings("a folder") == ("a folder/ä.avsc",)
        assert tree.is_folder("a folder")
        assert not tree.is_folder("a")
        assert tree.origin("a folder/ä.avsc") == "HEAD~1:a folder/ä.avsc"


def test_the_index_is_what_is_staged_and_not_what_is_on_disk(repo: Repo) -> None:
    repo.save({"a.avsc": "committed", "gone.avsc": "x"})
    repo.write("a.avsc", "staged")
    repo.git("add", "a.avsc")
    repo.git("rm", "--quiet", "--cached", "gone.avsc")
    repo.write("a.avsc", "on disk")
    repo.write("announced.avsc", "not in the next commit")
    repo.git("add", "--intent-to-add", "announced.avsc")
    repository = opened(repo)
    with repository.blobs:
        tree = index_tree(repository, repo.path)
        assert tree.walk().files == ("a.avsc",)
        assert tree.read("a.avsc") == b"staged"
        assert tree.origin("a.avsc") == "a.avsc"


@pytest.mark.parametrize("ref", ["main", "HEAD", "v1.0", "refs/tags/v1.0", "HEAD~1^{}~0", "@~1", "other"])
def test_every_way_to_name_a_commit_is_understood(ref: str, repo: Repo) -> None:
    first = repo.save({"a.avsc": "1"})
    repo.git("tag", "--annotate", "v1.0", "-m", "first")
    repo.git("branch", "other")
    second = repo.save({"a.avsc": "2"})
    assert opened(repo).resolve(ref) == (second if ref in ("main", "HEAD") else first)


@pytest.mark.parametrize(
    "ref", ["-x", "--upload-pack=touch pwned", "--all", "--help", "", "a b", "x\n", "main:a.avsc", "..", "@{-1}"]
)
def test_a_ref_is_never_an_option(ref: str, repo: Repo) -> None:
    repo.save({"a.avsc": "1"})
    with pytest.raises(BaselineError) as caught:
        opened(repo).resolve(ref)
    assert repr(ref) in caught.value.message
    assert not (repo.path / "pwned").exists()


def test_an_unknown_ref_is_answered_with_the_one_that_was_meant(repo: Repo) -> None:
    repo.save({"a.avsc": "1"})
    repo.git("branch", "release/2024")
    with pytest.raises(BaselineError, match="Did you mean 'release/2024'"):
        opened(repo).resolve("relase/2024")


def test_head_before_the_first_commit_says_so(repo: Repo) -> None:
    with pytest.raises(BaselineError, match="has no commit yet"):
        opened(repo).resolve("HEAD")


FETCHES = {
    "v1.0": "git fetch --depth=1 origin tag v1.0",
    "other": "git fetch --depth=1 origin +refs/heads/other:refs/remotes/origin/other",
    "origin/other": "git fetch --depth=1 origin +refs/heads/other:refs/remotes/origin/other",
    "HEAD~1": "git fetch --unshallow origin",
    "SHA": "git fetch --depth=1 origin SHA",
}


@pytest.mark.slow
@pytest.mark.parametrize("ref", FETCHES)
def test_a_shallow_clone_is_told_the_fetch_that_helps_and_it_does_help(ref: str, repo: Repo, tmp_path: Path) -> None:
    repo.git("config", "uploadpack.allowAnySHA1InWant", "true")
    first = repo.save({"a.avsc": "1"})
    repo.git("tag", "v1.0")
    repo.git("branch", "other")
    repo.save({"a.avsc": "2"})
    shallow = repo.clone(tmp_path / "shallow", "--depth=1")
    name = ref.replace("SHA", first)
    with pytest.raises(BaselineError, match="shallow") as caught:
        opened(shallow).resolve(name)
    line = (caught.value.hint or "").removeprefix("Run: ")
    assert line == FETCHES[ref].replace("SHA", first)
    shallow.git(*line.split()[1:])
    assert opened(shallow).resolve(name) == first


@pytest.mark.slow
def test_a_merge_base_that_was_cut_off_is_told_with_the_fetch_that_helps(repo: Repo, tmp_path: Path) -> None:
    base = repo.save({"a.avsc": "1"})
    repo.git("checkout", "--quiet", "-b", "topic")
    repo.save({"a.avsc": "2"})
    repo.git("checkout", "--quiet", "main")
    repo.save({"b.avsc": "1"})
    shallow = repo.clone(tmp_path / "shallow", "--depth=1", "--no-single-branch")
    found = opened(shallow)
    one, other = found.resolve("main"), found.resolve("topic")
    with pytest.raises(BaselineError) as caught:
        found.merge_base(one, other)
    assert caught.value.hint == "The clone is shallow. Run: git fetch --unshallow origin"
    shallow.git("fetch", "--quiet", "--unshallow", "origin")
    assert found.merge_base(one, other) == base


def test_outside_git_there_is_no_repository(tmp_path: Path, repo: Repo) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    assert opened(repo).top == repo.path
    assert find_repository(outside) is None


def test_git_is_asked_once_which_repository_a_run_is_in(
    tmp_path: Path, repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where folders around it are looked at: a hook is as quick as it starts few processes."""
    repo.save({"s/a.avsc": record("A", "x")})
    trace = tmp_path / "trace"
    monkeypatch.setenv("GIT_TRACE", str(trace))
    with Workspaces(repo.path, view=View.STAGED) as workspaces:
        found = [workspaces.locate(one)[0].repository for one in ("s", tmp_path, repo.path)]
    assert [one is not None for one in found] == [True, False, True]
    assert trace.read_text(encoding="utf-8").count("built-in: git rev-parse") == 1


def test_a_missing_object_does_not_shift_the_answers_after_it(repo: Repo) -> None:
    """The process that reads contents answers in a row: one that is missing must not leave others behind."""
    repo.save({"a.avsc": "first", "b.avsc": "second"})
    repository = opened(repo)
    first, second = (repo.git("rev-parse", f"HEAD:{name}").strip() for name in ("a.avsc", "b.avsc"))
    with repository.blobs as blobs:
        with pytest.raises(BaselineError, match="is not in this clone"):
            blobs.read_many(["0" * 39 + "1", first])
        assert blobs.read(second) == b"second"
        assert blobs.commit("no such ref") is None
        assert blobs.commit("HEAD") is not None
