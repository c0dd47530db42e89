"""Clones that do not have everything: what is not here is told, and nothing is fetched. Line ends do not matter."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli_harness import Run

from .conftest import Repo, make_repo, record


def published(folder: Path) -> Repo:
    """A repository whose branch `topic` breaks one of two schemas, in folders of their own."""
    repo = make_repo(folder)
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.save({"a/order.avsc": record("Order", "a"), "b/click.avsc": record("Click", "a")})
    repo.git("checkout", "--quiet", "-b", "topic")
    repo.save({"b/click.avsc": record("Click", "a", "z")})
    return repo


def missing(repo: Repo) -> str:
    """The objects that are not here."""
    return repo.git("rev-list", "--objects", "--all", "--missing=print").partition("?")[2]


PARTIAL = (
    ("check",),
    ("check", "--changed"),
    ("check", "--level", "FULL_TRANSITIVE"),
    ("check", "--against", "git:origin/main"),
    ("diff", "git:origin/main", "b/click.avsc"),
    ("matrix", "click"),
)


@pytest.mark.slow
@pytest.mark.parametrize("command", PARTIAL, ids=" ".join)
def test_a_partial_clone_is_told_and_nothing_is_fetched(command: tuple[str, ...], run: Run, tmp_path: Path) -> None:
    clone = published(tmp_path / "origin").clone(tmp_path / "partial", "--filter=blob:none", "--branch=topic")
    before = missing(clone)
    assert before, "otherwise the law would hold for want of anything that is missing"
    result = run(*command, cwd=clone.path)
    assert result.code == 3, result.out
    assert "git fetch --refetch --no-filter" in result.out + result.err
    assert "Traceback" not in result.out + result.err
    assert missing(clone) == before


@pytest.mark.slow
def test_the_command_that_is_told_helps(run: Run, tmp_path: Path) -> None:
    clone = published(tmp_path / "origin").clone(tmp_path / "partial", "--filter=blob:none", "--branch=topic")
    clone.git("fetch", "--quiet", "--refetch", "--no-filter")
    assert not missing(clone)
    assert run("check", cwd=clone.path).code == 1


COMMANDS = (
    ("check", ".", "--format", "json"),
    ("check", "--changed", "--format", "json"),
    ("check", "--staged", "--format", "json"),
    ("check", ".", "--against", "git:HEAD~1", "--format", "json"),
)


def _spread(text: str) -> str:
    """The document over several lines."""
    return json.dumps(json.loads(text), indent=1) + "\n"


@pytest.mark.slow
@pytest.mark.parametrize("edited", [False, True])
@pytest.mark.parametrize("setting", ["true", "input", "false"])
@pytest.mark.parametrize("attributes", ["", "* text=auto\n", "*.avsc text eol=crlf\n", "*.avsc -text\n"])
def test_line_ends_make_no_difference(
    attributes: str,
    setting: str,
    edited: bool,  # noqa: FBT001 - a table
    run: Run,
    tmp_path: Path,
) -> None:
    """Neither those on disk nor what git makes of them when it commits."""
    said = []
    for ends in ("\n", "\r\n"):
        repo = make_repo(tmp_path / f"{len(ends)}" / "repo")
        repo.git("config", "core.autocrlf", setting)
        repo.git("config", "core.safecrlf", "false")
        for text in (record("Order", "a"), record("Order", "a", "z")):
            (repo.path / "order.avsc").write_text(_spread(text), encoding="utf-8", newline=ends)
            (repo.path / ".gitattributes").write_text(attributes, encoding="utf-8")
            repo.git("add", ".")
            repo.git("commit", "--quiet", "-m", "a change")
        if edited:
            changed = _spread(record("Order", "b", "z"))
            (repo.path / "order.avsc").write_text(changed, encoding="utf-8", newline=ends)
            repo.git("add", ".")
        found = []
        for command in COMMANDS:
            result = run(*command, cwd=repo.path)
            report = json.loads(result.out)
            found.append((result.code, report["subjects"], report["errors"], report["counts"]))
        said.append(json.loads(json.dumps(found).replace(repo.git("rev-parse", "HEAD~1")[:10], "before")))
    assert said[0] == said[1]


@pytest.mark.slow
@pytest.mark.parametrize(
    "command", [("check",), ("check", "--changed"), ("check", "b"), ("check", "--staged")], ids=" ".join
)
def test_what_a_sparse_checkout_leaves_out_is_neither_deleted_nor_green(
    command: tuple[str, ...], run: Run, tmp_path: Path
) -> None:
    clone = published(tmp_path / "origin").clone(tmp_path / "sparse", "--sparse", "--branch=topic")
    clone.git("sparse-checkout", "set", "a")
    assert not (clone.path / "b").exists()
    result = run(*command, cwd=clone.path)
    assert "removed" not in result.out
    if "--staged" in command:  # nothing is staged
        assert result.code == 0
        return
    assert result.code == 3, result.out
    assert "b/click.avsc" in result.out
    assert "git sparse-checkout add b" in result.out
    clone.git("sparse-checkout", "add", "b")
    assert run(*command, cwd=clone.path).code == 1


@pytest.mark.slow
def test_what_it_leaves_out_and_nobody_changed_is_no_matter(run: Run, tmp_path: Path) -> None:
    origin = published(tmp_path / "origin")
    origin.save({"a/order.avsc": record("Order", "a", "y")})
    clone = origin.clone(tmp_path / "sparse", "--sparse", "--branch=topic")
    clone.git("sparse-checkout", "set", "b")
    result = run("check", "--against", "git:HEAD~1", cwd=clone.path)
    assert (result.code, "a/order.avsc" in result.out) == (3, True)
    clone.git("sparse-checkout", "set", "a")
    result = run("check", "--against", "git:HEAD~1", cwd=clone.path)
    assert (result.code, "b/click.avsc" in result.out) == (1, False)


@pytest.mark.slow
def test_a_submodule_is_a_repository_of_its_own(run: Run, tmp_path: Path) -> None:
    """It is passed by with a word, and checked against its own past where a person names it."""
    inner = published(tmp_path / "inner")
    outer = make_repo(tmp_path / "outer")
    outer.save({"own.avsc": record("Own", "a")})
    outer.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner.path.as_uri(), "sub")
    outer.commit()
    result = run("check", "--format", "json", cwd=outer.path)
    report = json.loads(result.out)
    assert result.code == 0
    assert [subject["subject"] for subject in report["subjects"]] == ["own"]
    assert any("sub (a repository of its own" in one for one in report["skipped"])
    named = run("check", "sub", cwd=outer.path)
    assert (named.code, "sub/b/click.avsc" in named.out) == (1, True)
