"""Real repositories in temporary folders, out of reach of the configuration of the machine."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

#: The same in every test: no configuration of the machine, no hook's variables, fixed people and times.
ENVIRONMENT = {
    **{
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GIT_", "GITHUB_", "CI", "PRE_COMMIT"))
    },
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.com",
    "GIT_COMMITTER_NAME": "C",
    "GIT_COMMITTER_EMAIL": "c@example.com",
    "GIT_AUTHOR_DATE": "2024-01-01T00:00:00Z",
    "GIT_COMMITTER_DATE": "2024-01-01T00:00:00Z",
}


@dataclass(frozen=True)
class Repo:
    """A repository under test."""

    path: Path

    def git(self, *arguments: str, env: Mapping[str, str] | None = None) -> str:
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.path,
            env={**ENVIRONMENT, **(env or {})},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.rstrip("\n")

    def write(self, path: str, content: str | bytes) -> Path:
        full = self.path / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_bytes(content.encode() if isinstance(content, str) else content)
        return full

    def commit(self, message: str = "a change") -> str:
        """Commit everything."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def save(self, files: Mapping[str, str], message: str = "a change") -> str:
        """Write files and commit everything."""
        for path, content in files.items():
            self.write(path, content)
        return self.commit(message)

    def clone(self, path: Path, *arguments: str) -> Repo:
        self.git("clone", "--quiet", *arguments, self.path.as_uri(), str(path))
        return Repo(path)


def make_repo(path: Path, branch: str = "main") -> Repo:
    path.mkdir(parents=True, exist_ok=True)
    repo = Repo(Path(os.path.realpath(path)))
    repo.git("init", "--quiet", f"--initial-branch={branch}")
    return repo


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """An empty repository; the process runs in it, with the isolated environment."""
    isolate(monkeypatch)
    made = make_repo(tmp_path / "repo")
    monkeypatch.chdir(made.path)
    return made


def isolate(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name not in ENVIRONMENT:
            monkeypatch.delenv(name)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


def record(name: str, *fields: str, namespace: str = "") -> str:
    """An Avro record with fields of type string, as text."""
    space = f'"namespace": "{namespace}", ' if namespace else ""
    inner = ", ".join(f'{{"name": "{field}", "type": "string"}}' for field in fields)
    return f'{{"type": "record", {space}"name": "{name}", "fields": [{inner}]}}\n'


@pytest.fixture
def plain(tmp_path: Path, repo: Repo, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder outside git; the process runs in it."""
    assert repo.path.exists()
    folder = tmp_path / "plain folder"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder
