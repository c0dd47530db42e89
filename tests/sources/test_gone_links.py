"""A path by which a schema was read, and by which nobody reads one any more, is never passed over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest

from cli_harness import Run

from .conftest import Repo, record

_ONE: Final = record("A", "a")
_API: Final = """asyncapi: 2.6.0
info: {title: t, version: '1'}
channels: {dates: {subscribe: {message: {name: Date, payload: {type: integer}}}}}
"""

#: By name: a link that goes, and what it led to; the files stay.
_LINKS: Final[Mapping[str, tuple[str, str]]] = {
    "a file": ("s/current.avsc", "a.avsc"),
    "another folder": ("order.avsc", "s/a.avsc"),
    "a folder": ("live", "s"),
    "a hidden folder": ("live", ".h"),
    "the folder above": ("s/up", ".."),
    "a link": ("first.avsc", "s/second.avsc"),
    "a document of events": ("live.yaml", "api.yaml"),
    "no suffix that tells": ("named.avsc", "blob"),
}
_FILES: Final = {"s/a.avsc": _ONE, ".h/h.avsc": record("H", "h"), "api.yaml": _API, "blob": record("B", "b")}


def _standing(repo: Repo, links: Mapping[str, str]) -> None:
    repo.save({"README": "nothing"})
    for path, content in _FILES.items():
        repo.write(path, content)
    for link, target in {"s/second.avsc": "a.avsc", **links}.items():
        (repo.path / link).symlink_to(target)
    repo.commit()


@pytest.mark.parametrize("name", _LINKS)
def test_a_link_that_goes_takes_what_was_read_by_it_along(name: str, repo: Repo, run: Run) -> None:
    link, target = _LINKS[name]
    _standing(repo, {link: target})
    assert run("check", ".", "--against", "git:HEAD", cwd=repo.path).code == 0
    (repo.path / link).unlink()
    words = (("check", "."), ("check", link), ("check", ".", "--against", "git:HEAD"))
    codes = {" ".join(one): run(*one, cwd=repo.path).code for one in words}
    repo.git("add", "--all")
    codes["staged"] = run("check", "--staged", cwd=repo.path).code
    repo.commit()
    codes["committed"] = run("check", ".", cwd=repo.path).code
    assert set(codes.values()) == {1}, codes
    assert "subject-removed" in run("check", ".", cwd=repo.path).out


def _another_link(folder: Path) -> None:
    (folder / "renamed.avsc").symlink_to("s/a.avsc")


def _its_file_moves(folder: Path) -> None:
    (folder / "s").rename(folder / "t")
    (folder / "renamed.avsc").symlink_to("t/a.avsc")


def _a_file(folder: Path) -> None:
    (folder / "renamed.avsc").write_text(_ONE)


@pytest.mark.parametrize("change", [_another_link, _its_file_moves, _a_file])
def test_a_link_that_is_called_otherwise_is_renamed(change: Callable[[Path], None], repo: Repo, run: Run) -> None:
    _standing(repo, {"link.avsc": "s/a.avsc"})
    (repo.path / "link.avsc").unlink()
    change(repo.path)
    result = run("check", ".", "--against", "git:HEAD", cwd=repo.path)
    assert result.code == 0, result.out
    assert "removed" not in result.out


def test_a_file_that_is_renamed_is_followed_before_a_link_to_it(repo: Repo, run: Run) -> None:
    _standing(repo, {"link.avsc": "s/a.avsc"})
    (repo.path / "link.avsc").unlink()
    (repo.path / "s/second.avsc").unlink()
    (repo.path / "s/a.avsc").rename(repo.path / "s/b.avsc")
    result = run("check", ".", "--against", "git:HEAD", cwd=repo.path)
    assert "Subject link is removed" in result.out
    assert "Subject second is removed" in result.out
    assert "Subject a is removed" not in result.out


@pytest.mark.parametrize("other", ["latest", "v2"])
def test_another_name_of_a_version_that_stays_is_no_subject(other: str, repo: Repo, run: Run) -> None:
    repo.save({"s/order-v1.avsc": _ONE})
    link = repo.path / f"s/order-{other}.avsc"
    link.symlink_to("order-v1.avsc")
    repo.commit()
    link.unlink()
    result = run("check", ".", "--against", "git:HEAD", cwd=repo.path)
    assert result.code == 0, result.out
    assert ("version-removed" in result.out) is (other == "v2")


def test_a_link_out_of_the_repository_led_nobody_knows_where(repo: Repo, run: Run, tmp_path: Path) -> None:
    outside = tmp_path / "elsewhere.avsc"
    outside.write_text(_ONE)
    _standing(repo, {"link.avsc": str(outside)})
    (repo.path / "link.avsc").unlink()
    result = run("check", ".", cwd=repo.path)
    assert result.code == 3, result.out
    assert "link.avsc  unchecked" in result.out


def test_a_link_that_nobody_could_read_a_schema_by_is_not_missed(repo: Repo, run: Run) -> None:
    _standing(repo, {"nowhere.avsc": "missing.avsc", "circle.avsc": "circle.avsc", "text": "README"})
    for link in ("nowhere.avsc", "circle.avsc", "text"):
        (repo.path / link).unlink()
    assert run("check", ".", "--against", "git:HEAD", cwd=repo.path).code == 0
