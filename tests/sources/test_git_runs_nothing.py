"""Reading a repository runs nothing that the repository brings along, and waits for nothing without a limit."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cli_harness import Run

from .conftest import Repo, make_repo, record

#: Everything in a repository's configuration that names a program, with where it would be run. ``{}`` is the program.
PROGRAMS = {
    "a file-system monitor": ("core.fsmonitor", "{}"),
    "hooks": ("core.hooksPath", "{folder}"),
    "a clean filter": ("filter.x.clean", "{}"),
    "a smudge filter": ("filter.x.smudge", "{}"),
    "a filter process": ("filter.x.process", "{}"),
    "a filter with a dot in its name": ("filter.a.b.clean", "{}"),
    "an external diff": ("diff.external", "{}"),
    "a text conversion": ("diff.x.textconv", "{}"),
    "a diff driver": ("diff.x.command", "{}"),
    "a pager": ("core.pager", "{}"),
    "an alias": ("alias.diff", "!{}"),
    "a program for signatures": ("gpg.program", "{}"),
    "a credential helper": ("credential.helper", "!{}"),
    "an ssh command": ("core.sshCommand", "{}"),
}
COMMANDS = (
    ("check", "."),
    ("check", "--changed"),
    ("check", "--staged"),
    ("check", ".", "--against", "git:HEAD"),
    ("check", ".", "--level", "FULL_TRANSITIVE"),
    ("diff", "git:HEAD", "order.avsc"),
)


def hostile(tmp_path: Path, key: str, value: str, marker: Path) -> Repo:
    repo = make_repo(tmp_path / "repo")
    program = tmp_path / "programs" / "post-index-change"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\ntouch '{marker}'\ncat\n", encoding="utf-8")
    program.chmod(0o755)
    repo.write("order.avsc", record("Order", "a"))
    repo.git("add", ".")
    repo.git("commit", "-qm", "first")
    repo.write(".gitattributes", "*.avsc filter=x diff=x\n*.json filter=a.b\n")
    repo.write("order.avsc", record("Order", "a", "b"))
    repo.write("more.json", "{}")
    repo.git("add", ".gitattributes", "more.json")
    repo.git("config", "log.showSignature", "true")
    repo.git("config", "filter.x.required", "true")
    repo.git("config", key, value.format(program, folder=program.parent))
    return repo


@pytest.mark.slow
@pytest.mark.parametrize("name", PROGRAMS)
def test_no_program_of_the_repository_is_run(name: str, run: Run, tmp_path: Path) -> None:
    key, value = PROGRAMS[name]
    marker = tmp_path / "was-run"
    repo = hostile(tmp_path, key, value, marker)
    for command in COMMANDS:
        result = run(*command, cwd=repo.path)
        assert not marker.exists(), command
        assert "Traceback" not in result.err
        assert result.code in (0, 1, 3), (command, result.out, result.err)


def test_a_filter_would_have_been_run(tmp_path: Path) -> None:
    """Otherwise the law above would hold for want of a danger: git by itself runs the filter."""
    marker = tmp_path / "was-run"
    repo = hostile(tmp_path, *PROGRAMS["a clean filter"], marker)
    repo.git("diff", "--name-only", "HEAD")
    assert marker.exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "mode", "expected"),
    [
        ("#!/bin/sh\nexec sleep 60\n", 0o755, "has not answered in 0.5 s"),
        ("#!/bin/sh\n", 0o644, "git cannot be run: Permission denied"),
        ("\x7fELF broken", 0o755, "git cannot be run"),
    ],
    ids=["hangs", "may not be run", "is no program"],
)
def test_a_git_that_does_not_work_is_one_message(
    text: str, mode: int, expected: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = make_repo(tmp_path / "repo")
    repo.write("order.avsc", record("Order", "a"))
    repo.git("add", ".")
    repo.git("commit", "-qm", "first")
    git = tmp_path / "bin" / "git"
    git.parent.mkdir()
    git.write_text(text, encoding="utf-8")
    git.chmod(mode)
    path = f"{git.parent}{os.pathsep}{os.environ['PATH']}" if text.endswith("60\n") else str(git.parent)
    monkeypatch.setenv("PATH", path)
    monkeypatch.setenv("EVTCOMPAT_GIT_TIMEOUT", "0.5")
    for command in COMMANDS[:2]:
        result = run(*command, cwd=repo.path)
        assert (result.code, result.out.count("Traceback"), result.err.count("Traceback")) == (3, 0, 0)
        assert expected in result.out + result.err


@pytest.mark.parametrize("text", ["abc", "0", "-1", "nan", "inf"])
def test_a_limit_that_is_none_is_told(text: str, run: Run, repo: Repo) -> None:
    repo.write("order.avsc", record("Order", "a"))
    repo.git("add", ".")
    repo.git("commit", "-qm", "first")
    for command in (("check",), ("check", "--staged")):
        result = run(*command, cwd=repo.path, environment={"EVTCOMPAT_GIT_TIMEOUT": text})
        assert result.code == 2
        assert f"EVTCOMPAT_GIT_TIMEOUT must be a positive number of seconds; found '{text}'" in result.err
    assert run("check", cwd=repo.path, environment={"EVTCOMPAT_GIT_TIMEOUT": ""}).code == 0
