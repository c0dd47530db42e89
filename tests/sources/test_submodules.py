"""What is in a submodule is held against the commit of it that the baseline has, or unchecked.

So is what schemas refer to in one; neither is compared with what lies there now.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from cli_harness import Run

from .conftest import Repo, make_repo

_REFERS: Final = json.dumps({"$schema": "http://json-schema.org/draft-07/schema#", "$ref": "../sub/t/m.json#/amount"})
_ORDER: Final = json.dumps({"type": "record", "name": "O", "fields": [{"name": "m", "type": "n.M"}]})
_MONEY: Final = json.dumps({"type": "record", "name": "M", "namespace": "n", "fields": [{"name": "a", "type": "int"}]})
_ROOTS: Final = 'reference-roots = ["sub"]\n'

#: By name: what is in the submodule, in which `int` becomes `string`, and what refers to it.
_KINDS: Final[Mapping[str, tuple[Mapping[str, str], Mapping[str, str]]]] = {
    "a path": ({"t/m.json": '{"amount": {"type": "integer"}}'}, {"s/o.schema.json": _REFERS}),
    "through another document": (
        {"t/m.json": '{"amount": {"$ref": "../u.json"}}', "u.json": '{"type": "integer"}'},
        {"s/o.schema.json": _REFERS},
    ),
    "a name": ({"t/m.avsc": _MONEY}, {"s/o.avsc": _ORDER}),
}


def _standing(kind: str, repo: Repo, folder: Path) -> Repo:
    """A repository with a submodule, of which the last commit added what refers to that."""
    inside, refers = _KINDS[kind]
    make_repo(folder / "inner").save(inside)
    repo.save({"README": "1", "evtcompat.toml": _ROOTS})
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(folder / "inner"), "sub")
    repo.commit()
    repo.save(refers)
    return Repo(repo.path / "sub")


def _edit(sub: Repo) -> None:
    for path in sub.path.rglob("*.*"):
        if path.suffix in {".json", ".avsc"}:
            path.write_text(path.read_text().replace('"integer"', '"string"').replace('"int"', '"string"'))


@pytest.mark.parametrize("kind", _KINDS)
def test_what_changes_in_a_submodule_is_compared_with_its_commit(
    kind: str, repo: Repo, run: Run, tmp_path: Path
) -> None:
    sub = _standing(kind, repo, tmp_path)
    assert run("check", ".", cwd=repo.path).code == 0
    _edit(sub)
    codes = {"edited": run("check", ".", cwd=repo.path).code}
    assert run("check", "--staged", cwd=repo.path).code == 0, "the index has the old commit"
    sub.commit()
    codes["committed there"] = run("check", ".", cwd=repo.path).code
    repo.git("add", "sub")
    codes["staged"] = run("check", "--staged", cwd=repo.path).code
    repo.commit()
    codes["committed"] = run("check", ".", cwd=repo.path).code
    assert set(codes.values()) == {1}, codes
    assert run("check", ".", "--against", "git:HEAD", cwd=repo.path).code == 0


@pytest.mark.parametrize("kind", _KINDS)
def test_what_was_in_a_submodule_that_is_not_here_is_known_to_nobody(
    kind: str, repo: Repo, run: Run, tmp_path: Path
) -> None:
    sub = _standing(kind, repo, tmp_path)
    shutil.rmtree(repo.path / ".git/modules/sub")
    (sub.path / ".git").unlink()
    for against in ((), ("--against", "git:HEAD")):
        result = run("check", ".", *against, cwd=repo.path)
        assert result.code == 3, result.out
        assert "git submodule update --init sub" in " ".join(result.out.split())


def test_an_edit_beside_an_unchanged_submodule_leaves_the_last_commit_under_check(
    repo: Repo, run: Run, tmp_path: Path
) -> None:
    _standing("a path", repo, tmp_path)
    repo.write("README", "2")
    assert "(the commit before the last)" in run("check", ".", cwd=repo.path).out


def _bumped(repo: Repo, folder: Path, config: str = "") -> Repo:
    """A repository whose last commit moves its submodule `sub` to a commit that breaks a schema, and to another one."""
    inner = make_repo(folder / "inner")
    inner.save({"ev/m.avsc": _MONEY})
    repo.save({"README": "1", "evtcompat.toml": config})
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner.path), "sub")
    repo.commit()
    repo.git("tag", "deployed")
    sub = Repo(repo.path / "sub")
    _edit(sub)
    sub.commit()
    sub.save({"README": "what the commit before the last has is not what is deployed"})
    repo.commit()
    return sub


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("way", ["by a path", "by the configuration", "by a walk"])
def test_a_submodule_that_moves_is_compared_with_the_commit_that_the_baseline_has(
    way: str, repo: Repo, run: Run, tmp_path: Path, *, named: bool
) -> None:
    sub = _bumped(repo, tmp_path, 'paths = ["sub"]\n' if way == "by the configuration" else "")
    paths = ["sub"] if way == "by a path" else []
    against = ["--against", "git:deployed"] if named else []
    found = run("check", *paths, *against, cwd=repo.path)
    assert (found.code, "sub/ev/m.avsc" in found.out) == (1, True), found.out
    unmoved = run("check", *paths, "--against", "git:HEAD", cwd=repo.path)
    assert unmoved.code == (3 if way == "by a walk" else 0), "a walk passes it by, and finds no other schema"
    repo.git("reset", "--quiet", "--soft", "HEAD~1")
    staged = run("check", "--staged", *paths, cwd=repo.path)
    assert (staged.code, "No schema has changed" in staged.out) == (1, False), staged.out
    sub.git("checkout", "--quiet", "HEAD~2")
    assert run("check", "--staged", *paths, cwd=repo.path).code == 1, "what is staged counts, not what lies there"


def test_a_submodule_that_moved_and_is_not_here_is_told_where_it_is_passed_by(
    repo: Repo, run: Run, tmp_path: Path
) -> None:
    _bumped(repo, tmp_path)
    repo.save({"a.avsc": _MONEY})
    repo.git("clone", "--quiet", str(repo.path), str(tmp_path / "without"))
    there = {"cwd": tmp_path / "without"}
    told = "sub (a submodule that moved and is not here: git submodule update --init sub)"
    assert told in run("check", "-v", "--against", "git:deployed", **there).out
    for words in (("-v", "--against", "git:HEAD"), ("-v", "a.avsc", "--against", "git:deployed")):
        assert told not in run("check", *words, **there).out, "it stands still, or is beside what is named"


def test_in_a_submodule_its_own_past_counts(repo: Repo, run: Run, tmp_path: Path) -> None:
    sub = _bumped(repo, tmp_path)
    assert run("check", cwd=sub.path).code == 1
    sub.git("push", "--quiet", "origin", "HEAD:refs/heads/next")
    sub.git("remote", "set-head", "origin", "next")
    assert run("check", cwd=sub.path).code == 0


def test_an_edit_in_a_submodule_is_compared_with_the_last_commit(repo: Repo, run: Run, tmp_path: Path) -> None:
    sub = _bumped(repo, tmp_path)
    sub.write("ev/m.avsc", _MONEY)
    found = run("check", "sub", cwd=repo.path)
    assert (found.code, "that HEAD has" in " ".join(found.out.split())) == (1, True), found.out


@pytest.mark.parametrize("against", [(), ("--against", "git:deployed"), ("--against", "git:deployed:sub")])
def test_a_submodule_without_the_commit_of_the_baseline_is_unchecked(
    against: tuple[str, ...], repo: Repo, run: Run, tmp_path: Path
) -> None:
    _bumped(repo, tmp_path)
    repo.git("-C", "sub", "push", "--quiet", "origin", "HEAD:refs/heads/next")
    shutil.rmtree(repo.path / "sub")
    shutil.rmtree(repo.path / ".git/modules/sub")
    source = (tmp_path / "inner").as_uri()
    repo.git("clone", "--quiet", "--depth=1", "--branch=next", source, "sub")
    found = run("check", "sub", *against, cwd=repo.path)
    assert found.code == 3, found.out
    assert "git submodule update --init sub" in " ".join(found.out.split())


def test_a_commit_of_the_submodule_alone_is_none_of_the_repository(repo: Repo, run: Run, tmp_path: Path) -> None:
    sub = _bumped(repo, tmp_path)
    found = run("check", "sub", "--against", f"git:{sub.git('rev-parse', 'HEAD~2')}", cwd=repo.path)
    assert (found.code, "git knows no commit called" in found.out) == (3, True), found.out
