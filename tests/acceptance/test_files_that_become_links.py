"""A schema that gives way to a link is compared with what the link leads to, or told; it is never passed by.

Consumers had what the file said at its path. Whatever is found there now through a link, by which words the check is
called and what the link leads to: a break is refused, and a file that merely moved behind a link is no break.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from acceptance.team import BREAKING, DEPLOYED, ORDER
from cli_harness import Result, Run
from sources.conftest import Repo

OUTSIDE: Final = "../elsewhere.avsc"
#: What the baseline has besides, and what the path of the schema leads to then; a text after it is written there.
BREAKS: Final = {
    "another schema": ({"x/new.avsc": BREAKING}, "../x/new.avsc"),
    "another schema beside it": ({"schemas/new.avsc": BREAKING}, "new.avsc"),
    "a new schema": ({}, "../x/new.avsc"),
    "a new schema beside it": ({}, "new.avsc"),
    "what is left out": ({"evtcompat.toml": 'exclude = ["x"]', "x/new.avsc": BREAKING}, "../x/new.avsc"),
    "what is called as no schema": ({}, "../x/new.txt"),
    "out of the repository": ({}, f"../{OUTSIDE}"),
    "nothing": ({}, "nowhere.avsc"),
    "itself": ({}, "order.avsc"),
}
WAYS: Final[Mapping[str, tuple[str, ...]]] = {
    "in the work tree": (),
    "by the hook": ("--staged",),
    "what changed": ("--changed",),
    "the folder": ("schemas",),
    "the file": (ORDER,),
    "against a commit": ("--against", "git:HEAD"),
}


def begun(repository: Path, files: Mapping[str, str]) -> Repo:
    repo = Repo(repository)
    repo.save({ORDER: DEPLOYED, "more/other.avsc": DEPLOYED.replace("Order", "Other"), **files})
    (repo.path / OUTSIDE).write_text(BREAKING)
    return repo


def linked(repo: Repo, path: str, target: str, content: str) -> None:
    """The path becomes a link; what it leads to is written where it is not there."""
    link = repo.path / path
    link.unlink()
    link.symlink_to(target)
    inner = link.parent / target
    if not inner.exists() and not inner.is_symlink() and "new" in target:
        inner.parent.mkdir(exist_ok=True)
        inner.write_text(content)


def checked(run: Run, repo: Repo, way: str) -> Result:
    if way == "by the hook":
        repo.git("add", "--all")
    return run("check", *WAYS[way], cwd=repo.path)


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("leads_to", BREAKS)
def test_a_schema_that_becomes_a_link_to_what_breaks_is_refused(
    leads_to: str, way: str, run: Run, repository: Path
) -> None:
    files, target = BREAKS[leads_to]
    repo = begun(repository, files)
    linked(repo, ORDER, target, BREAKING)
    result = checked(run, repo, way)
    assert result.code in (1, 3), result.out
    assert "order" in result.out


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("files", [{}, {"x/new.avsc": DEPLOYED}], ids=["new", "there"])
def test_a_schema_that_is_kept_behind_a_link_breaks_nothing(
    files: Mapping[str, str], way: str, run: Run, repository: Path
) -> None:
    repo = begun(repository, files)
    linked(repo, ORDER, "../x/new.avsc", DEPLOYED)
    result = checked(run, repo, way)
    assert result.code == 0, result.out
    assert files or "Renamed  from schemas/order.avsc" in result.out


@pytest.mark.slow
@pytest.mark.parametrize("way", ["in the work tree", "by the hook", "the folder"])
def test_a_folder_that_becomes_a_link_hides_none_of_its_schemas(way: str, run: Run, repository: Path) -> None:
    repo = begun(repository, {"x/order.avsc": BREAKING})
    (repo.path / ORDER).unlink()
    (repo.path / "schemas").rmdir()
    (repo.path / "schemas").symlink_to("x")
    assert checked(run, repo, way).code == 1


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_a_link_that_stays_is_no_change(way: str, run: Run, repository: Path) -> None:
    repo = begun(repository, {"x/new.avsc": DEPLOYED})
    linked(repo, ORDER, "../x/new.avsc", DEPLOYED)
    repo.commit()
    repo.commit()
    result = checked(run, repo, way)
    assert (result.code, "removed" in result.out) == (0, False), result.out


@pytest.mark.slow
@pytest.mark.parametrize("way", ["in the work tree", "by the hook", "the folder"])
def test_the_newest_version_by_another_name_may_become_a_link(way: str, run: Run, repository: Path) -> None:
    """``order-latest`` is a copy of the newest version, or a link to it: that is no version of its own."""
    versions = {f"schemas/o-{label}.avsc": DEPLOYED for label in ("v1", "v2", "latest")}
    repo = begun(repository, versions)
    (repo.path / "schemas/o-latest.avsc").unlink()
    (repo.path / "schemas/o-latest.avsc").symlink_to("o-v2.avsc")
    result = checked(run, repo, way)
    assert (result.code, "removed" in result.out) == (0, False), result.out


@pytest.mark.slow
@pytest.mark.parametrize("words", [("check",), ("check", "--staged")], ids=" ".join)
def test_a_link_that_is_called_as_a_schema_and_leads_to_what_is_not_is_listed(
    words: tuple[str, ...], run: Run, repository: Path
) -> None:
    """It would never be checked, and nobody would know."""
    repo = begun(repository, {"store/4f1a": DEPLOYED})
    (repo.path / "schemas/paid.avsc").symlink_to("../store/4f1a")
    repo.git("add", "--all")
    listed = run(*words, "--verbose", cwd=repo.path)
    assert "schemas/paid.avsc (a link to store/4f1a" in " ".join(listed.out.split())
    failed = run(*words, "--skipped", "fail", cwd=repo.path)
    assert (failed.code, "schemas/paid.avsc" in failed.out) == (3, True)


@pytest.mark.slow
def test_a_link_out_of_the_repository_hides_nothing_of_what_is_in_it(run: Run, repository: Path) -> None:
    """A commit says nothing about what lies elsewhere; what it says of the repository is answered."""
    repo = begun(repository, {})
    (repo.path / "more/out.avsc").symlink_to(f"../{OUTSIDE}")
    repo.write(ORDER, BREAKING)
    result = run("check", "--against", "git:HEAD", cwd=repo.path)
    assert (result.code, "1 could not be checked" in result.out) == (1, True), result.out
