"""A name that stands for a pipe, a device, a socket, a folder or too many bytes is one message, at once."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest

from cli_harness import Run, git
from evtcompat.model.levels import Level
from evtcompat.registries.lockfile import Lock, render_lock

SECONDS = 60.0
LARGE = 2 * 1024**3


def record(kind: str) -> str:
    return json.dumps({"type": "record", "name": "X", "fields": [{"name": "a", "type": kind}]})


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _zero(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _folder(path: Path) -> None:
    path.mkdir()


def _socket(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # the name of a socket has at most 108 characters
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(path.name)
    finally:
        os.chdir(here)


def _large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(LARGE)


#: What stands in the place of a file, and the words that say so; a folder is not always told as one.
KINDS: dict[Callable[[Path], None], tuple[str, ...]] = {
    _fifo: ("named pipe", "is no file"),
    _zero: ("device", "is no schema", "is a symbolic link", "leads out of the folder"),
    _folder: ("directory", "folder", "no such file", "is no file", "no schema"),
    _socket: ("socket", "is no file"),
    _large: ("larger than",),
}

EXERCISE = ("exercise", "o", "--old", "json:loads", "--new", "json:loads", "--delivery", "once", "--fixtures")

#: A file, and a command that reads it.
READERS = {
    "configuration": ("evtcompat.toml", ("check",)),
    "configuration, by the hook": ("evtcompat.toml", ("check", "--staged")),
    "configuration of a project": ("pyproject.toml", ("check",)),
    "configuration that is named": ("other.toml", ("check", "--config", "other.toml")),
    "waivers": ("evtcompat-waivers.toml", ("check",)),
    "waivers, to be written": (
        "evtcompat-waivers.toml",
        ("waive", "0" * 24, "--reason", "r", "--owner", "o", "--expires", "2999-01-01"),
    ),
    "lock": ("evtcompat.lock", ("check", "--against", "lock")),
    "lock, compared": ("evtcompat.lock", ("lock", "--check")),
    "schema": ("o-v2.avsc", ("check", "o-v2.avsc")),
    "schema in a folder": ("o-v2.avsc", ("check", ".")),
    "schema in a folder, by the hook": ("o-v2.avsc", ("check", "--staged", "o-v2.avsc")),
    "JSON Schema": ("s.json", ("check", "s.json")),
    "JSON Schema in a folder": ("s.json", ("check", ".")),
    "old version": ("o-v1.avsc", ("check", "o-v2.avsc")),
    "baseline": ("old.avsc", ("check", "o-v2.avsc", "--against", "old.avsc")),
    "side of a diff": ("old.avsc", ("diff", "old.avsc", "o-v2.avsc")),
    "version of a matrix": ("o-v1.avsc", ("matrix", "o", "--schemas", ".")),
    "manifest": ("fixtures/manifest.json", ("fixtures", "verify", "fixtures")),
    "payload": ("fixtures/v1/01-smallest.bin", ("fixtures", "verify", "fixtures")),
    "manifest, exercised": ("fixtures/manifest.json", (*EXERCISE, "fixtures")),
    "payload, exercised": (
        "fixtures/v1/01-smallest.json",
        (*EXERCISE, "fixtures"),
    ),
    "own payloads": ("own/exercise.json", (*EXERCISE, "own")),
    "own payload": ("own/body", (*EXERCISE, "own")),
    "observed": ("observed.json", ("check", "--observed", "observed.json")),
}


@contextmanager
def in_time() -> Iterator[None]:
    def late(number: int, frame: FrameType | None) -> None:
        del number, frame
        message = f"no answer within {SECONDS:g} s"
        raise TimeoutError(message)

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.fixture(scope="module")
def fixtures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of fixtures of two versions."""
    from evtcompat.payloads.contents import Ids, folder_contents
    from evtcompat.payloads.matrix import ParsedSubject, matrix_of
    from evtcompat.payloads.subjects import Catalogue
    from evtcompat.payloads.writing import write_folder

    here = tmp_path_factory.mktemp("made")
    for number, kind in ((1, "int"), (2, "long")):
        (here / f"o-v{number}.avsc").write_text(record(kind))
    with Catalogue(here, ["."]) as catalogue:
        parsed = ParsedSubject(catalogue.subject("o"))
    write_folder(here / "fixtures", folder_contents(parsed, matrix_of(parsed), Ids.parse(parsed.subject.labels, ())))
    return here / "fixtures"


@pytest.fixture
def project(repository: Path, fixtures: Path) -> Path:
    for number, kind in ((1, "int"), (2, "long")):
        (repository / f"o-v{number}.avsc").write_text(record(kind))
    (repository / "evtcompat.lock").write_text(render_lock(Lock("http://127.0.0.1:9", Level.FULL, (), ())))
    shutil.copytree(fixtures, repository / "fixtures")
    (repository / "own").mkdir()
    entry = {"version": "1", "label": "x", "file": "body"}
    (repository / "own/exercise.json").write_text(json.dumps({"subject": "o", "payloads": [entry]}))
    git(repository, "add", "--all", "--", "o-v1.avsc")
    git(repository, "commit", "--quiet", "-m", "first")
    git(repository, "add", "o-v2.avsc")
    return repository


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow if "exercised" in name else ()) for name in READERS]
)
def test_a_special_file_is_one_message_at_once(
    name: str, kind: Callable[[Path], None], run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVTCOMPAT_REGISTRY_URL", "http://127.0.0.1:9")
    file, command = READERS[name]
    (project / file).unlink(missing_ok=True)
    kind(project / file)
    with in_time():
        result = run(*command, cwd=project)
    said = " ".join((result.out + result.err).split())
    assert "Traceback" not in said
    assert "fault in evtcompat" not in said
    if "hook" in name:
        return  # the index holds no special files, whatever lies on the disk
    if "folder" in name and kind is _folder:
        return  # it is one more to look into
    if name.startswith(("old version", "version of a matrix")) and kind in (_zero, _folder):
        return  # a link counts as what it leads to, and neither that nor a folder is a version of this subject

    assert result.code in {1, 2, 3}, said
    assert any(words in said.lower() for words in KINDS[kind]), said
    assert len(said) < 4000


@pytest.mark.parametrize("file", ["evtcompat.toml", "pyproject.toml"])
def test_the_first_question_of_a_hook_waits_for_no_pipe(file: str, run: Run, project: Path) -> None:
    git(project, "commit", "--quiet", "-m", "second")
    (project / "notes.txt").write_text("x")
    git(project, "add", "notes.txt")
    _fifo(project / file)
    with in_time():
        assert run("check", "--staged", cwd=project).code in {0, 3}


@pytest.mark.slow
def test_a_large_object_of_git_is_passed_over(run: Run, repository: Path) -> None:
    """Without all of it in memory; the others are compared."""
    (repository / "a.avsc").write_text(record("int"))
    with (repository / "b.avsc").open("wb") as file:
        file.truncate(70 * 1024 * 1024)
    git(repository, "-c", "core.compression=1", "add", "--all")
    git(repository, "commit", "--quiet", "-m", "first")
    (repository / "a.avsc").write_text(record("string"))
    (repository / "b.avsc").write_text(record("int"))
    result = run("check", ".", cwd=repository)
    assert result.code == 1
    assert "larger than 64 MiB" in " ".join(result.out.split())
