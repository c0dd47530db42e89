"""Running the command line inside the test's process: the real `main`, the real exit code, the real output."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from evtcompat.cli.main import main
from evtcompat.testing import RegistryServer

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Result:
    """What a run left behind."""

    code: int
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """`run("check", "x.avsc", cwd=folder)`: what a person would see, 100 columns wide and without colour."""
    for name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)

    def run_main(
        *arguments: str, cwd: Path = ROOT, columns: int | None = None, environment: Mapping[str, str] | None = None
    ) -> Result:
        monkeypatch.chdir(cwd)
        if columns is not None:
            monkeypatch.setenv("COLUMNS", str(columns))
        for name, value in (environment or {}).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["evtcompat", *arguments])
        with pytest.raises(SystemExit) as left:
            main()
        code = left.value.code
        captured = capsys.readouterr()
        return Result(code if isinstance(code, int) else 0 if code is None else 1, captured.out, captured.err)

    return run_main


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[RegistryServer]:
    """A registry that the environment names; the cache and the user's folder are the test's own."""
    monkeypatch.setenv("EVTCOMPAT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("EVTCOMPAT_CONFIG_DIR", str(tmp_path / "config"))
    with RegistryServer() as server:
        monkeypatch.setenv("EVTCOMPAT_REGISTRY_URL", server.url)
        yield server


def git(folder: Path, *arguments: str) -> str:
    """The output of a git command in a folder."""
    done = subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def commit(folder: Path, message: str) -> None:
    """Commit everything in a repository."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "-m", message)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty git repository that nothing of this machine's configuration reaches."""
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("CI", "GITHUB_ACTIONS", "GITLAB_CI", "GITHUB_BASE_REF", "PRE_COMMIT_FROM_REF", "PRE_COMMIT_TO_REF"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "A Person")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "person@example.com")
    folder = tmp_path / "repo"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    return folder
