"""A team's repository with the hook of this checkout in it, and what the team does there."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sources.conftest import ENVIRONMENT, Repo

ROOT = Path(__file__).parents[2]
#: Where pre-commit installs hooks for these hook types.
TYPES = ("pre-commit", "pre-merge-commit", "pre-push")

CONFIG = """\
repos:
  - repo: {source}
    rev: {rev}
    hooks:
      - id: evtcompat
        verbose: true
"""
_HOOK_SCRIPT = """\
#!/bin/sh
PYTHONPATH='{compat}' exec '{python}' -m evtcompat check --staged
"""


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    code: int
    out: str

    @property
    def refused(self) -> bool:
        return self.code != 0

    def says(self, *words: str) -> bool:
        """Whether all of the words are in the output, whatever the line breaks between them."""
        flat = re.sub(r"\s+", " ", self.out)
        return all(word in flat for word in words)


@dataclass(frozen=True)
class Team(Repo):
    """A repository whose commits are checked."""

    #: Beside the isolated environment: where pre-commit keeps its environments.
    variables: Mapping[str, str]

    def run(self, *command: str, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Outcome:
        """Any command in the repository; both streams together, as a person sees them."""
        done = subprocess.run(
            command,
            cwd=cwd or self.path,
            env={**ENVIRONMENT, **self.variables, **(env or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert "Traceback" not in done.stdout, done.stdout
        return Outcome(done.returncode, done.stdout)

    def checked_commit(self, *arguments: str, cwd: Path | None = None) -> Outcome:
        """`git commit`, with the hook."""
        return self.run("git", "commit", "-m", "a change", *arguments, cwd=cwd)

    def stage(self, path: str, content: str) -> None:
        """Write a file and stage it."""
        self.write(path, content)
        self.git("add", "--", path)

    def base(self, files: Mapping[str, str | bytes]) -> str:
        """What is there before the change that is checked."""
        for path, content in files.items():
            self.write(path, content)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--no-verify", "-m", "base")
        return self.git("rev-parse", "HEAD")

    def at(self, path: Path) -> Team:
        """The same team in another folder."""
        return Team(path, self.variables)

    def evtcompat(self, *arguments: str, env: Mapping[str, str] | None = None) -> Outcome:
        """The command line of this checkout."""
        found = {"PYTHONPATH": str(ROOT / "compat"), **(env or {})}
        return self.run(sys.executable, "-m", "evtcompat", *arguments, env=found)


def pre_commit(*arguments: str) -> tuple[str, ...]:
    """The command line of pre-commit in the environment of the tests."""
    return (sys.executable, "-m", "pre_commit", *arguments)


def with_pre_commit(team: Team, source: Repo) -> None:
    """pre-commit guards the repository, with the hook from `source`."""
    team.write(".pre-commit-config.yaml", CONFIG.format(source=source.path, rev=source.git("rev-parse", "HEAD")))
    done = team.run(*pre_commit("install", *(word for kind in TYPES for word in ("-t", kind))))
    assert done.code == 0, done.out


def with_script(team: Team) -> None:
    """A plain script guards the repository: what is staged is told apart from the files by evtcompat alone."""
    hooks = Path(team.git("rev-parse", "--absolute-git-dir")) / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("pre-commit", "pre-merge-commit"):
        (hooks / name).write_text(_HOOK_SCRIPT.format(compat=ROOT / "compat", python=sys.executable))
        (hooks / name).chmod(0o755)


def event(*fields: str, name: str = "Order", optional: tuple[str, ...] = ()) -> str:
    """An Avro record, one field a line: strings that are required, and optional ones."""
    members: list[dict[str, object]] = [{"name": field, "type": "string"} for field in fields]
    members += [{"name": field, "type": ["null", "string"], "default": None} for field in optional]
    lines = ",\n".join(f"  {json.dumps(member)}" for member in members)
    return f'{{"type": "record", "name": "{name}", "fields": [\n{lines}\n]}}\n'


#: Where a team has its schema.
ORDER = "schemas/order.avsc"
#: The event that is deployed, a change that breaks nobody, and one that breaks consumers.
DEPLOYED = event("id")
HARMLESS = event("id", optional=("note",))
BREAKING = event("id", "currency")
RULE = "reader-field-missing-default-value"


def copied_checkout(target: Path) -> None:
    """Copy what git would commit of this checkout, edits included; all files where it is no git repository."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        env=ENVIRONMENT,
        capture_output=True,
        check=False,
    )
    if listing.returncode == 0:
        names = [os.fsdecode(name) for name in listing.stdout.split(b"\0") if name]
    else:
        folders = ("compat", "schemas", "hooks")
        found = [path for folder in folders for path in (ROOT / folder).rglob("*") if "__pycache__" not in path.parts]
        names = [path.relative_to(ROOT).as_posix() for path in (*found, *ROOT.glob("*"), *ROOT.glob(".pre-commit-*"))]
    for name in names:
        if (ROOT / name).is_file() and not name.startswith("tests/"):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_bytes((ROOT / name).read_bytes())
