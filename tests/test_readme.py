"""The README tells the truth: its commands are run, and what they print is what it shows."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONSOLE = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)
#: The decoder that confirmed a witness is told with its version.
VERSIONS = re.compile(r"(fastavro|jsonschema) \d[\d.]*")
#: The commit that was compared with is the reader's own.
COMMIT = re.compile(r"^Compared with .*\n", re.MULTILINE)
SETUP = re.compile(r"^```sh\n(python3 -m venv .*?)\n```", re.MULTILINE)


def sessions() -> list[tuple[str, str]]:
    """(command, what it prints) of every console block; several commands may stand in one."""
    found = []
    for block in CONSOLE.findall(README):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            found.append((command, output))
    return found


def printed(command: str, folder: Path = ROOT) -> str:
    """What a command prints to a pipe, errors included, and its exit code when it is not 0."""
    words = shlex.split(command)
    assert words[0] == "evtcompat", command
    hidden = ("COLUMNS", "FORCE_COLOR", "NO_COLOR", "CI", "GITHUB_ACTIONS")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    environment["PYTHONPATH"] = str(ROOT / "compat")
    done = subprocess.run(
        [sys.executable, "-m", "evtcompat", *words[1:]],
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
        env=environment,
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize(("command", "output"), sessions(), ids=[command for command, _ in sessions()])
def test_what_the_readme_shows_is_what_is_printed(command: str, output: str) -> None:
    def comparable(text: str) -> str:
        return COMMIT.sub("", VERSIONS.sub(r"\1", text)).rstrip()

    assert comparable(printed(command)) == comparable(output)


def test_two_commands_do_all_the_set_up() -> None:
    run, test = SETUP.findall(README)
    assert run.endswith(".venv/bin/evtcompat check schemas/order-placed-v2.avsc")
    assert ".venv/bin/pytest" in test
    assert test in (ROOT / "README.md").read_text(encoding="utf-8")
    assert "README.md" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_every_link_of_the_readme_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target
