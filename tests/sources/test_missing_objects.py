"""A content that git does not give hides nothing of the others, and who needs it is unchecked, not green."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from cli_harness import Result, Run

from .conftest import Repo, isolate, make_repo, record

DRAFT7: Final = "http://json-schema.org/draft-07/schema#"


def described(**properties: Any) -> str:  # noqa: ANN401 - any JSON
    return json.dumps({"$schema": DRAFT7, "type": "object", "properties": properties})


_DOCUMENT: Final = """asyncapi: 2.6.0
info: {title: t, version: '1'}
channels:
  dates: {subscribe: {message: {name: Date, payload: {type: object, properties: {id: {type: string}}}}}}
"""
FIRST: Final = {
    "evtcompat.toml": 'level = "FULL"\n',
    "evtcompat-waivers.toml": "# none\n",
    "s/apple.avsc": record("Apple", "a"),
    "s/berry.json": described(a={"type": "integer"}),
    "s/dates.yaml": _DOCUMENT,
    "s/elder.json": described(c={"$ref": "common.json"}),
    "s/common.json": described(q={"type": "string"}),
    "s/fig-v1.avsc": record("Fig", "a"),
    "s/fig-v2.avsc": record("Fig", "a", "b"),
    "s/gone.avsc": record("Gone", "a"),
    "s/grape.avsc": record("Grape", "a"),
    "note.yaml": "a: 1\n",
}
#: What the change under check does.
CHANGED: Final = {
    "s/apple.avsc": record("Apple", "a", "b"),
    "s/berry.json": described(a={"type": "string"}),
    "s/dates.yaml": _DOCUMENT.replace("type: string", "type: integer"),
    "s/elder.json": described(c={"$ref": "common.json"}, d={"type": "string"}),
    "s/fig-v2.avsc": record("Fig", "a", "c"),
}
#: Who cannot be checked without the content of a file at the last commit.
NEEDED_BY: Final = {
    "evtcompat.toml": (),
    "evtcompat-waivers.toml": (),
    "s/apple.avsc": ("apple",),
    "s/berry.json": ("berry",),
    "s/dates.yaml": ("Date",),
    "s/elder.json": ("elder",),
    "s/common.json": ("elder", "common"),
    "s/fig-v1.avsc": ("fig",),
    "s/fig-v2.avsc": ("fig",),
    "s/gone.avsc": ("gone",),
    "s/link.avsc": (),
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a change that is staged: schemas edited, one deleted, in several languages."""
    repo = make_repo(tmp_path_factory.mktemp("objects") / "built")
    for path, text in FIRST.items():
        repo.write(path, text)
    (repo.path / "s/link.avsc").symlink_to("grape.avsc")
    repo.commit()
    repo.save({"s/grape.avsc": record("Grape", "a", "b")})
    for path, text in CHANGED.items():
        repo.write(path, text)
    (repo.path / "s/gone.avsc").unlink()
    repo.git("add", "--all")
    return repo.path


def _promised(repo: Repo, file: Path) -> None:
    """A partial clone, whose remote is away."""
    file.unlink()
    for name, value in (
        ("remote.origin.url", "/nowhere"),
        ("remote.origin.promisor", "true"),
        ("remote.origin.partialclonefilter", "blob:none"),
        ("core.repositoryformatversion", "1"),
        ("extensions.partialclone", "origin"),
    ):
        repo.git("config", name, value)


#: What becomes of an object.
WAYS: Final[dict[str, Callable[[Repo, Path], object]]] = {
    "left out of a partial clone": _promised,
    "lost": lambda _, file: file.unlink(),
    "empty": lambda _, file: file.write_bytes(b""),
    "no object": lambda _, file: file.write_bytes(b"hello"),
    "cut off": lambda _, file: file.write_bytes(file.read_bytes()[:-6]),
}


def damaged(built: Path, folder: Path, name: str, way: str) -> Path:
    shutil.copytree(built, folder, symlinks=True)
    repo = Repo(folder)
    oid = repo.git("rev-parse", name)
    file = folder / ".git" / "objects" / oid[:2] / oid[2:]
    file.chmod(0o644)
    WAYS[way](repo, file)
    return folder


def told(result: Result) -> dict[str, tuple[str, Any]]:
    report = json.loads(result.out)
    assert "Traceback" not in result.out + result.err
    return {one["subject"]: (one["verdict"], one["comparisons"]) for one in report["subjects"]}


_BROKEN: Final = [
    *(("lost", path) for path in NEEDED_BY),
    *((way, path) for way in WAYS if way != "lost" for path in ("s/berry.json", "s/dates.yaml")),
]
#: What they hold is read on disk, where it is the same, as its id tells.
_READ_ON_DISK: Final = ("s/link.avsc", "s/fig-v1.avsc", "s/common.json")
#: Without the staged configuration nobody knows how to check what is staged.
CASES: Final = [
    pytest.param(way, path, words, id=f"{way}-{path}-{words[0] if words else 'disk'}")
    for way, path in _BROKEN
    for words in ((), ("--staged",))
    if not (words and path == "evtcompat.toml")
]


@pytest.mark.slow
@pytest.mark.parametrize(("way", "path", "words"), CASES)
def test_what_git_does_not_give_hides_nothing_of_the_others_and_is_told(
    way: str, path: str, words: tuple[str, ...], run: Run, built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    isolate(monkeypatch)
    arguments = ("check", ".", *words, "--history", "--format", "json")
    healthy = told(run(*arguments, cwd=built))
    folder = damaged(built, tmp_path / "damaged", f"HEAD:{path}", way)
    objects = sorted(str(one) for one in (folder / ".git" / "objects").rglob("*"))
    result = run(*arguments, cwd=folder)
    answers = told(result)
    kept = {name: one for name, one in healthy.items() if name not in NEEDED_BY[path]}
    assert {name: answers.get(name) for name in kept} == kept
    errors = json.loads(result.out)["errors"]
    if path in _READ_ON_DISK and not words:
        assert not errors
        assert answers == healthy
    else:
        assert any((one["place"] or "").removeprefix("HEAD:").startswith(path.partition("-v")[0]) for one in errors)
        helps = "git fetch --refetch --no-filter" if way == "left out of a partial clone" else "git fsck"
        assert all(helps in one["hint"] for one in errors)
    assert result.code in (1, 3), "what breaks stays so"
    assert sorted(str(one) for one in (folder / ".git" / "objects").rglob("*")) == objects, "nothing is fetched"


@pytest.mark.slow
def test_a_run_in_which_only_the_unreadable_changed_is_unchecked(
    run: Run, repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    isolate(monkeypatch)
    repo.save({"a.avsc": record("A", "a"), "b.avsc": record("B", "a")})
    repo.write("a.avsc", record("A", "a", "b"))
    result = run("check", ".", cwd=damaged(repo.path, tmp_path / "damaged", "HEAD:a.avsc", "lost"))
    assert (result.code, "HEAD:a.avsc" in result.out, "git fsck" in result.out) == (3, True, True)


@pytest.mark.slow
def test_a_file_that_was_only_touched_is_not_changed_where_git_cannot_compare(
    run: Run, repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Taken for an edit, it would move the baseline to the last commit, and its break would be found by nobody."""
    isolate(monkeypatch)
    repo.save({"a.avsc": record("A", "a"), "note.avsc": record("N", "a")})
    repo.save({"a.avsc": record("A", "a", "b")})
    repo.write("note.avsc", (repo.path / "note.avsc").read_bytes())
    folder = damaged(repo.path, tmp_path / "damaged", "HEAD:note.avsc", "lost")
    os.utime(folder / "note.avsc", (1, 1))
    result = run("check", ".", "--format", "json", cwd=folder)
    assert told(result)["a"][0] == "incompatible"


@pytest.mark.slow
def test_what_a_file_was_before_a_rename_that_cannot_be_followed_is_unchecked(
    run: Run, repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    isolate(monkeypatch)
    many = tuple("abcdefgh")
    repo.save({"s/old.avsc": record("Moved", *many, "x"), "s/other.avsc": record("Other", *many)})
    (repo.path / "s/old.avsc").unlink()
    repo.save({"s/new.avsc": record("Moved", *many), "s/other.avsc": record("Other", *many, "y")})
    repo.write("s/new.avsc", record("Moved", *many, "z"))
    repo.write("s/other.avsc", record("Other", *many, "z"))
    words = ("check", ".", "--level", "BACKWARD_TRANSITIVE", "--format", "json")
    healthy = told(run(*words, cwd=repo.path))
    result = run(*words, cwd=damaged(repo.path, tmp_path / "damaged", "HEAD~1:s/old.avsc", "lost"))
    assert told(result)["other"] == healthy["other"]
    (error,) = json.loads(result.out)["errors"]
    assert error["place"].endswith(":s/new.avsc")
    assert "cannot be told" in error["message"]
