"""What a real commit hook sees, under the variables that git itself hands over."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from evtcompat.errors import BaselineError
from evtcompat.sources.git.quick import nothing_staged
from evtcompat.sources.git.repository import find_repository

from .conftest import Repo, make_repo, record

ONE, TWO, THREE = record("A", "a"), record("A", "a", "b"), record("A", "a", "b", "c")
SOURCE = Path(__file__).parent.parent.parent / "compat"
PROGRAM = """
import json, sys
from evtcompat.sources.baselines.against import parse_against
from evtcompat.sources.histories.file_histories import Extent, file_source
from evtcompat.sources.select import select
from evtcompat.sources.baselines.workspace import View, Workspaces
with Workspaces(view=View.STAGED) as workspaces:
    source = file_source(workspaces, parse_against(None), extent=Extent(changed_only=True))
    found = select(workspaces, sys.argv[2:] or ["."], source)
open(sys.argv[1], "w").write(json.dumps({
    "plans": {p.path: [p.published and p.published.document.text, p.candidate.document.text] for p in found.plans},
    "removed": [one.path for one in found.removals],
    "problems": [str(problem) for problem in found.problems],
}))
"""


class Hooked:
    """A repository whose commit hook writes down what it would check."""

    def __init__(self, repo: Repo, folder: Path, *paths: str) -> None:
        self.repo = repo
        self.seen = folder / "seen.json"
        program = folder / "hook.py"
        program.write_text(PROGRAM)
        hooks = folder / "hooks"
        hooks.mkdir()
        words = " ".join(f"'{word}'" for word in (sys.executable, program, self.seen, *paths))
        (hooks / "pre-commit").write_text(f"#!/bin/sh\nPYTHONPATH='{SOURCE}' exec {words}\n")
        (hooks / "pre-commit").chmod(0o755)
        (hooks / "pre-merge-commit").write_text((hooks / "pre-commit").read_text())
        (hooks / "pre-merge-commit").chmod(0o755)
        repo.git("config", "core.hooksPath", str(hooks))

    def __call__(self, *arguments: str, at: Repo | None = None) -> tuple[dict[str, list[str | None]], list[str]]:
        """Run git; what its hook saw as plans and removed files."""
        self.seen.unlink(missing_ok=True)
        (at or self.repo).git(*arguments)
        seen = json.loads(self.seen.read_text())
        assert not seen["problems"]
        return seen["plans"], seen["removed"]


@pytest.fixture
def hooked(repo: Repo, tmp_path: Path) -> Hooked:
    repo.save({"s/a.avsc": ONE, "s/b ü.avsc": ONE})
    return Hooked(repo, tmp_path)


@pytest.mark.slow
def test_partial_staging(hooked: Hooked) -> None:
    hooked.repo.write("s/a.avsc", TWO)
    hooked.repo.git("add", "s/a.avsc")
    hooked.repo.write("s/a.avsc", THREE)
    hooked.repo.write("s/b ü.avsc", THREE)
    assert hooked("commit", "-qm", "x") == ({"s/a.avsc": [ONE, TWO]}, [])


@pytest.mark.slow
def test_commit_all(hooked: Hooked) -> None:
    hooked.repo.write("s/a.avsc", TWO)
    (hooked.repo.path / "s/b ü.avsc").unlink()
    assert hooked("commit", "-qam", "x") == ({"s/a.avsc": [ONE, TWO]}, ["s/b ü.avsc"])


@pytest.mark.slow
def test_commit_of_one_path_from_a_folder_below(hooked: Hooked) -> None:
    hooked.repo.write("s/a.avsc", TWO)
    hooked.repo.write("s/b ü.avsc", THREE)
    hooked.repo.git("add", "s/a.avsc")
    below = Repo(hooked.repo.path / "s")
    assert hooked("commit", "-qm", "x", "b ü.avsc", at=below) == ({"s/b ü.avsc": [ONE, THREE]}, [])


@pytest.mark.slow
def test_amend(hooked: Hooked) -> None:
    hooked.repo.write("s/a.avsc", TWO)
    assert hooked("commit", "-qa", "--amend", "--no-edit") == ({"s/a.avsc": [ONE, TWO]}, [])


@pytest.mark.slow
def test_rename_and_edit(hooked: Hooked) -> None:
    hooked.repo.git("mv", "s/a.avsc", "s/c.avsc")
    hooked.repo.write("s/c.avsc", TWO)
    assert hooked("commit", "-qam", "x") == ({"s/c.avsc": [ONE, TWO]}, [])


@pytest.mark.slow
def test_merge_commit(hooked: Hooked) -> None:
    repo = hooked.repo
    repo.git("checkout", "-q", "-b", "topic")
    repo.write("s/a.avsc", TWO)
    hooked("commit", "-qam", "x")
    repo.git("checkout", "-q", "main")
    repo.write("s/b ü.avsc", TWO)
    hooked("commit", "-qam", "y")
    assert hooked("merge", "-q", "--no-ff", "-m", "merge", "topic") == ({"s/a.avsc": [ONE, TWO]}, [])


@pytest.mark.slow
def test_detached_head(hooked: Hooked) -> None:
    hooked.repo.git("checkout", "-q", "--detach")
    hooked.repo.write("s/a.avsc", TWO)
    assert hooked("commit", "-qam", "x") == ({"s/a.avsc": [ONE, TWO]}, [])


@pytest.mark.slow
def test_linked_worktree(hooked: Hooked, tmp_path: Path) -> None:
    hooked.repo.git("worktree", "add", "-q", "-b", "topic", str(tmp_path / "linked"))
    linked = Repo(tmp_path / "linked")
    linked.write("s/a.avsc", TWO)
    assert hooked("commit", "-qam", "x", at=linked) == ({"s/a.avsc": [ONE, TWO]}, [])


@pytest.mark.slow
def test_first_commit(repo: Repo, tmp_path: Path) -> None:
    hooked = Hooked(repo, tmp_path)
    repo.write("a.avsc", ONE)
    repo.git("add", ".")
    assert hooked("commit", "-qm", "x") == ({"a.avsc": [None, ONE]}, [])


@pytest.mark.slow
def test_commit_in_a_submodule_and_of_its_parent(repo: Repo, tmp_path: Path) -> None:
    inner = make_repo(tmp_path / "inner")
    inner.save({"b.avsc": ONE})
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner.path.as_uri(), "sub")
    repo.save({"a.avsc": ONE})
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    sub = Repo(repo.path / "sub")
    sub.write("b.avsc", TWO)
    repo.write("a.avsc", TWO)
    # the parent's hook names a folder of the submodule, whose index is its own
    parent = Hooked(repo, tmp_path / "one", ".", "sub")
    assert parent("commit", "-qam", "x") == ({"a.avsc": [ONE, TWO]}, [])
    assert Hooked(sub, tmp_path / "two")("commit", "-qam", "x") == ({"b.avsc": [ONE, TWO]}, [])


@pytest.mark.slow
def test_a_changed_reference_and_a_deleted_one(hooked: Hooked) -> None:
    order = record("Order", "x").replace('"string"', '"Money"')
    hooked.repo.save({"s/order.avsc": order, "s/money.avsc": record("Money", "x")})
    hooked.repo.write("s/money.avsc", record("Money", "y"))
    assert set(hooked("commit", "-qam", "x")[0]) == {"s/order.avsc", "s/money.avsc"}
    (hooked.repo.path / "s/money.avsc").unlink()
    plans, removed = hooked("commit", "-qam", "x")
    assert (set(plans), removed) == ({"s/order.avsc"}, ["s/money.avsc"])


@pytest.mark.slow
def test_a_schema_that_no_longer_says_so_is_gone(repo: Repo, tmp_path: Path) -> None:
    schema = '{"$schema": "http://json-schema.org/draft-07/schema#"}'
    repo.save({"s/a.json": schema, "s/b.json": schema})
    hooked = Hooked(repo, tmp_path)
    repo.write("s/a.json", "{}")
    assert hooked("commit", "-qam", "x") == ({}, ["s/a.json"])


@pytest.mark.parametrize(
    ("path", "nothing"),
    [
        ("README.md", True),
        ("src/main.py", True),
        ("s/new.avsc", False),
        ("s/ü b.json", False),
        ("s/x/1-0-0", False),
        ("s/x/1.2.0", False),
        ("evtcompat.toml", False),
    ],
)
def test_a_commit_that_touches_no_schema_is_told_by_names_alone(path: str, nothing: bool, hooked: Hooked) -> None:  # noqa: FBT001 - a column of the table
    repo = hooked.repo
    repo.git("config", "diff.relative", "true")  # must not hide what lies elsewhere
    repo.write(path, "x")
    repo.git("add", path)
    assert nothing_staged(repo.path / "s", os.environ) is nothing


@pytest.mark.slow
@pytest.mark.parametrize(
    ("project", "nothing"),
    [
        ('[tool.other]\ninclude = ["x"]\n[tool.evtcompat]\nlevel = "FULL"\n[tool.more]\nsubjects = 1\n', True),
        ('[project.scripts]\nevtcompat = "a:b"\n[tool.hatch]\ninclude = ["x"]\n', True),
        ('[tool.evtcompat]\nexclude = [\n  ["a"]\n]\ninclude = ["*.txt"]\n', False),
        ("[tool.evtcompat.subjects]\na = ['a.txt']\n", False),
        ("[ tool . evtcompat ]\ninclude = ['a.txt']\n", False),
        ("[tool]\nevtcompat.include = ['a.txt']\n", False),
        ("[tool.'evtcompat']\ninclude = ['a.txt']\n", False),
        ("['tool'.evtcompat]\ninclude = ['a.txt']\n", False),
        ("tool.evtcompat.include = ['a.txt']\n", False),
        ("tool = {evtcompat = {include = ['a.txt']}}\n", False),
        ('[tool."evt\\u0063ompat"]\ninclude = ["a.txt"]\n', False),
        ('[tool.evtcompat]\n"incl\\u0075de" = ["a.txt"]\n', False),
    ],
)
def test_patterns_of_a_configuration_are_not_overlooked(project: str, nothing: bool, hooked: Hooked) -> None:  # noqa: FBT001 - a column of the table
    """Whichever way TOML spells the table; tables of other tools do not matter."""
    repo = hooked.repo
    repo.save({"pyproject.toml": project})
    repo.write("notes.txt", "x")
    repo.git("add", "notes.txt")
    assert nothing_staged(repo.path, os.environ) is nothing


def test_what_lies_behind_a_link_or_a_repository_is_not_told_by_its_name(hooked: Hooked, tmp_path: Path) -> None:
    repo = hooked.repo
    for target in ("blue.d", "green.d"):
        (repo.path / "live.d").unlink(missing_ok=True)
        (repo.path / "live.d").symlink_to(target)
        repo.git("add", "live.d")
        assert not nothing_staged(repo.path, os.environ)
        repo.git("commit", "--quiet", "--no-verify", "-m", "a link")
    make_repo(tmp_path / "inner").save({"a.avsc": ONE})
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(tmp_path / "inner"), "sub.d")
    assert not nothing_staged(repo.path, os.environ)


def test_a_deleted_schema_is_no_commit_that_touches_none(hooked: Hooked) -> None:
    hooked.repo.git("rm", "-q", "s/a.avsc")
    assert not nothing_staged(hooked.repo.path, os.environ)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a repository to somebody else")
def test_a_repository_of_another_user_is_told_with_the_command_that_trusts_it(repo: Repo) -> None:
    repo.save({"a.avsc": ONE})
    for path in (repo.path, repo.path / ".git"):
        os.chown(path, 12345, 12345)
    with pytest.raises(BaselineError, match="does not trust") as caught:
        find_repository(repo.path)
    assert caught.value.hint == f"Run: git config --global --add safe.directory {repo.path}"
    trusted = {**os.environ, "GIT_CONFIG_COUNT": "1"}
    trusted |= {"GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
    assert find_repository(repo.path, environment=trusted) is not None


def test_without_git_installed_a_repository_is_told(repo: Repo) -> None:
    repo.save({"a.avsc": ONE})
    with pytest.raises(BaselineError, match="git is not installed"):
        find_repository(repo.path, environment={"PATH": "/nonexistent"})
