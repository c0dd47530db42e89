"""What git says of a file, or leaves out, never makes a change that breaks consumers pass."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest

from cli_harness import Run
from evtcompat.sources.tree import WorkTree

from .conftest import Repo, make_repo, record

ONE, OTHER = record("A", "a"), record("B", "b")


def _edited(repo: Repo) -> None:
    repo.write("s/a.avsc", OTHER)


def _deleted(repo: Repo) -> None:
    (repo.path / "s/a.avsc").unlink()


@pytest.mark.parametrize("change", [_edited, _deleted])
@pytest.mark.parametrize("word", ["--assume-unchanged", "--skip-worktree"])
def test_what_git_was_told_to_take_for_unchanged_is_looked_at(
    word: str, change: Callable[[Repo], None], repo: Repo, run: Run
) -> None:
    """On the default branch, where the baseline rests on whether anything is edited; a file that is new there."""
    repo.save({"s/z.avsc": ONE})
    repo.save({"s/a.avsc": ONE})
    repo.git("update-index", word, "s/a.avsc")
    assert run("check", ".", cwd=repo.path).code == 0
    change(repo)
    sparse = word == "--skip-worktree" and change is _deleted
    assert run("check", ".", cwd=repo.path).code == (0 if sparse else 1)


def _ignored(repo: Repo) -> None:
    repo.git("rm", "--quiet", "--cached", "s/a.avsc")
    repo.write(".gitignore", "s/\n")


def _nested(repo: Repo) -> None:
    make_repo(repo.path / "s")


_ASIDE: Final[Mapping[str, Callable[[Repo], None]]] = {"ignored": _ignored, "a repository of its own": _nested}


@pytest.mark.parametrize("against", [(), ("--against", "git:HEAD")], ids=" ".join)
@pytest.mark.parametrize("name", _ASIDE)
def test_what_differs_from_the_baseline_and_no_walk_comes_to_is_unchecked(
    name: str, against: tuple[str, ...], repo: Repo, run: Run
) -> None:
    repo.save({"s/a.avsc": ONE, "z.avsc": ONE})
    _ASIDE[name](repo)
    assert run("check", ".", *against, cwd=repo.path).code == 0, "nothing differs"
    _edited(repo)
    result = run("check", ".", *against, cwd=repo.path)
    assert result.code == 3, result.out
    assert "s/a.avsc  unchecked" in result.out


def _without_commits(inner: Repo) -> None:
    del inner


def _with_commits_of_its_own(inner: Repo) -> None:
    inner.commit()


def _in_another_one(inner: Repo) -> None:
    make_repo(inner.path.parent)


@pytest.mark.parametrize("made", [_without_commits, _with_commits_of_its_own, _in_another_one])
def test_a_repository_that_is_made_in_another_one_makes_nothing_new(
    made: Callable[[Repo], None], repo: Repo, run: Run
) -> None:
    refers = '{"$schema": "http://json-schema.org/draft-07/schema#", "$ref": "money.json#/amount"}'
    money = '{"amount": {"type": "integer"}}'
    repo.save({"o/s/a.avsc": ONE, "o/s/t/b.avsc": ONE, "o/s/o.schema.json": refers, "o/s/money.json": money})
    inner = make_repo(repo.path / "o/s")
    assert run("check", "o/s", cwd=repo.path).code == 0, "nothing differs"
    inner.write("a.avsc", OTHER)
    inner.write("money.json", money.replace("integer", "string"))
    (inner.path / "t/b.avsc").unlink()
    made(inner)
    for path, folder in (("o/s", repo.path), (".", inner.path)):
        result = run("check", path, cwd=folder)
        assert result.code == 3, result.out
        assert sum("in the repository around this one" in line for line in result.out.splitlines()) == 3, result.out
    assert run("check", "t/c.avsc", cwd=inner.write("t/c.avsc", ONE).parent.parent).code == 0, "it is new everywhere"


def test_what_a_repository_knows_itself_is_compared_with_that(repo: Repo, run: Run) -> None:
    repo.save({"s/a.avsc": OTHER})
    inner = make_repo(repo.path / "s")
    inner.save({"a.avsc": ONE})
    assert run("check", "s", "--against", "git:HEAD", cwd=repo.path).code == 0
    inner.write("a.avsc", OTHER)
    result = run("check", "s", cwd=repo.path)
    assert result.code == 1, result.out


def test_a_file_in_the_place_of_a_submodule_is_not_new(repo: Repo, run: Run, tmp_path: Path) -> None:
    make_repo(tmp_path / "inner").save({"a.avsc": ONE})
    repo.save({"z.avsc": ONE})
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(tmp_path / "inner"), "s")
    repo.commit("a submodule")
    repo.git("rm", "--quiet", "--force", "s")
    repo.write("s/a.avsc", OTHER)
    repo.git("add", "--all")
    for words in (("check", "."), ("check", "--staged"), ("check", ".", "--against", "git:HEAD")):
        result = run(*words, cwd=repo.path)
        assert result.code == 3, result.out
        assert "was in a repository of its own at HEAD" in result.out


@pytest.mark.parametrize("kind", ["link", "file"])
def test_a_conflict_is_unchecked_whatever_it_is_about(kind: str, repo: Repo, run: Run) -> None:
    def lead(to: str) -> None:
        path = repo.path / "s/c.avsc"
        path.unlink(missing_ok=True)
        if kind == "link":
            path.symlink_to(to)
        else:
            path.write_text(f"{ONE}\n\n{to}")

    files = {f"s/{name}.avsc": record(name, "a") for name in "xyz"}
    repo.save(files)
    lead("x.avsc")
    repo.commit("a link")
    repo.git("checkout", "--quiet", "-b", "topic")
    lead("y.avsc")
    repo.commit("there")
    repo.git("checkout", "--quiet", "main")
    lead("z.avsc")
    repo.commit("here")
    with pytest.raises(AssertionError):  # git says that there is a conflict
        repo.git("merge", "topic")
    result = run("check", "--staged", cwd=repo.path)
    assert result.code == 3, result.out
    assert "has a merge conflict that is not resolved" in result.out


def test_variables_of_git_that_are_relative_hold_in_a_folder_below(repo: Repo, run: Run) -> None:
    repo.save({"s/a.avsc": ONE})
    _edited(repo)
    environment = {"GIT_DIR": "../.git", "GIT_WORK_TREE": ".."}
    assert run("check", ".", cwd=repo.path / "s", environment=environment).code == 1


def test_what_git_advises_is_no_part_of_what_it_says_is_wrong(repo: Repo, run: Run) -> None:
    repo.save({"s/a.avsc": ONE})
    (repo.path / ".git/index").write_bytes(b"")
    result = run("check", ".", cwd=repo.path)
    assert result.code == 3
    assert "index file smaller than expected" in result.out
    assert "deprecated" not in result.out


def test_a_folder_of_a_commit_that_stands_for_the_whole_repository_has_what_is_removed(repo: Repo, run: Run) -> None:
    """The root of a repository has no name to be put behind the folder's."""
    repo.save({"s/a.avsc": ONE, "s/b.avsc": OTHER})
    repo.git("mv", "s/a.avsc", "a.avsc")
    repo.git("rm", "--quiet", "s/b.avsc")
    for against in ("git:HEAD:s", "git:HEAD:s/"):
        result = run("check", ".", "--against", against, cwd=repo.path)
        assert result.code == 1, result.out
        assert "1 unchanged, 1 removed" in result.out


def test_a_link_that_comes_and_goes_while_a_folder_is_walked_hides_nothing(tmp_path: Path) -> None:
    link, done = tmp_path / "link.avsc", threading.Event()
    (tmp_path / "a.avsc").write_text(ONE)

    def flicker() -> None:
        while not done.is_set():
            link.symlink_to("a.avsc")
            link.unlink()

    flickering = threading.Thread(target=flicker)
    flickering.start()
    try:
        tree = WorkTree(tmp_path, tmp_path)
        for _ in range(1_000):
            assert "a.avsc" in tree.walk().files
            assert tree.canonical("link.avsc") in ("a.avsc", "link.avsc")
            tree.lost("")
    finally:
        done.set()
        flickering.join()


@pytest.mark.parametrize("target", ["../../../nowhere/a.avsc", "a.avsc", "named.avsc"])
def test_a_link_that_leads_nowhere_is_told_as_it_was_named(target: str, repo: Repo, run: Run) -> None:
    repo.save({"o.avsc": record("O", "a"), "d/README": ""})
    (repo.path / "d" / "named.avsc").symlink_to(target)
    (repo.path / "d" / "folder").symlink_to("../gone")
    for name, said in (("named.avsc", "is a link"), ("folder/x.avsc", "d/folder is a link")):
        result = run("check", f"d/{name}", "o.avsc", cwd=repo.path)
        assert result.code == 3
        assert f"d/{name}  unchecked\n  {said} that leads nowhere" in result.out
        assert "o  FULL" in result.out


def test_a_bare_repository_is_told_as_one(repo: Repo, run: Run, tmp_path: Path) -> None:
    repo.save({"o.avsc": record("O", "a")})
    bare = repo.clone(tmp_path / "bare.git", "--bare").path
    before = sorted(bare.rglob("*"))
    for words in (("check",), ("check", "--against", "git:main"), ("check", "--staged"), ("init",)):
        result = run(*words, cwd=bare)
        assert result.code == 3
        assert f"the git repository at {bare} is bare: it has no files" in " ".join((result.out + result.err).split())
    assert sorted(bare.rglob("*")) == before


@pytest.mark.slow
def test_a_shallow_clone_is_told_with_the_command_that_mends_it(repo: Repo, run: Run, tmp_path: Path) -> None:
    for fields in (["a"], ["b"]):
        repo.save({"o.avsc": record("O", *fields)})
    clone = repo.clone(tmp_path / "clone", "--depth=1").path
    for words in (("report", "--site", "site"), ("fixtures", "generate", "o", "-o", "fx"), ("matrix", "o")):
        result = run(*words, cwd=clone)
        assert result.code == 3
        assert "Run: git fetch --unshallow origin" in result.err
        assert "not whole" in result.out or words[0] != "report"
