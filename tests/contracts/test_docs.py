"""docs/contracts.md: its commands run, and what it shows is what they print."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

from cli_harness import ROOT, Run
from cli_harness import run as run  # noqa: PLC0414 - a fixture

TEXT = (ROOT / "docs" / "contracts.md").read_text(encoding="utf-8")
SESSION = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
#: What differs between installations.
DECODER = re.compile(r"(fastavro|jsonschema) \d[\d.]*(?=[:;,\s])")


def steady(text: str) -> str:
    """Lines as they are shown, without spaces at their ends and without the number of a release."""
    return "\n".join(DECODER.sub(r"\1", line).rstrip() for line in text.rstrip().splitlines())


def printed(run: Run, folder: Path, command: str) -> str:
    words = shlex.split(command)
    if words[0] == "evtcompat":
        result = run(*words[1:], cwd=folder)
        return result.out + result.err
    return subprocess.run(words, cwd=folder, check=True, capture_output=True, text=True).stdout


def test_the_page_shows_what_its_commands_print(run: Run, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "schemas", tmp_path / "schemas", ignore=shutil.ignore_patterns("rejected"))
    for session in SESSION.findall(TEXT):
        for part in re.split(r"^\$ ", session, flags=re.MULTILINE)[1:]:
            command, _, shown = part.partition("\n")
            assert steady(printed(run, tmp_path, command)) == steady(shown), command
