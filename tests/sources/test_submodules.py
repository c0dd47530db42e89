"""What schemas refer to in a submodule is what the commit of that has, or unchecked; never what lies there now."""

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
