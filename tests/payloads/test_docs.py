"""docs/fixtures.md: its files are written, its commands run, and what it shows is what they print."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cli_harness import Run
from evtcompat.model.readings import Outcome
from payloads.histories import ROOT

PAGE = ROOT / "docs" / "fixtures.md"
TEXT = PAGE.read_text(encoding="utf-8")
FILES = re.compile(r"^```\w+ file=(\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SESSION = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
#: What differs between machines and runs.
UNSTEADY = ((re.compile(r"(fastavro|jsonschema) \d[\d.]*"), r"\1"), (re.compile(r" in [\d.]+s"), " in 0.50s"))


def steady(text: str) -> str:
    for pattern, word in UNSTEADY:
        text = pattern.sub(word, text)
    return text.rstrip()


def printed(run: Run, folder: Path, command: str) -> str:
    words = shlex.split(command)
    if words[0] == "evtcompat":
        return run(*words[1:], cwd=folder).out
    if words[0] == "pytest":
        environment = {"PYTHONPATH": str(ROOT / "compat"), "PATH": "/usr/bin:/bin"}
        plugin = ["-p", "evtcompat.pytest_plugin"] if not _installed() else []
        words = [sys.executable, "-m", "pytest", *plugin, "-p", "no:cacheprovider", *words[1:]]
        return subprocess.run(words, cwd=folder, check=False, capture_output=True, text=True, env=environment).stdout
    return subprocess.run(words, cwd=folder, check=True, capture_output=True, text=True).stdout


def _installed() -> bool:
    from importlib.metadata import entry_points

    return any(one.name == "evtcompat" for one in entry_points(group="pytest11"))


@pytest.mark.slow
def test_the_page_shows_what_its_commands_print(run: Run, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "schemas", tmp_path / "schemas")
    shutil.rmtree(tmp_path / "schemas" / "rejected")
    for name, content in FILES.findall(TEXT):
        (tmp_path / name).write_text(content, encoding="utf-8")
    for session in SESSION.findall(TEXT):
        for part in re.split(r"^\$ ", session, flags=re.MULTILINE)[1:]:
            command, _, shown = part.partition("\n")
            assert steady(printed(run, tmp_path, command)) == steady(shown), command


def test_every_outcome_is_explained() -> None:
    words = set(re.findall(r"(?m)^\| `(\w+)` \|", TEXT))
    assert words == {outcome.value for outcome in Outcome}
