"""The pages about contracts: their files are written, their commands run, and what they show is what is printed.

Write the outputs anew with ``EVTCOMPAT_UPDATE_SNAPSHOTS=1``, and read the difference.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from cli_harness import ROOT, Run
from cli_harness import run as run  # noqa: PLC0414 - a fixture

BLOCK = re.compile(r"^```(?P<word>\w+)(?: (?P<file>\S+))?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
#: What differs between installations.
DECODER = re.compile(r"(fastavro|jsonschema|pydantic) \d[\d.]*(?=[:;,\s])")


def printed(run: Run, folder: Path, command: str) -> str:
    """What a command prints, without spaces at the ends of lines, and its exit code where it is not 0."""
    words = shlex.split(command)
    if words[0] == "evtcompat":
        result = run(*words[1:], cwd=folder)
        text = result.out + result.err
    else:
        text = subprocess.run(words, cwd=folder, check=True, capture_output=True, text=True).stdout
    return "".join(f"{line.rstrip()}\n" for line in text.rstrip().splitlines())


def run_page(text: str, folder: Path, run: Run) -> str:
    """The page with what its commands print."""
    made: list[str] = []
    end = 0
    for block in BLOCK.finditer(text):
        made.append(text[end : block.start()])
        end = block.end()
        content = block["text"]
        if block["file"]:
            path = folder / block["file"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        elif block["word"] == "console":
            commands = re.findall(r"^\$ (.*)$", content, re.MULTILINE)
            content = "".join(f"$ {command}\n{printed(run, folder, command)}" for command in commands)
        name = f" {block['file']}" if block["file"] else ""
        made.append(f"```{block['word']}{name}\n{content}```")
    return "".join([*made, text[end:]])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["contracts", "expand-and-contract"])
def test_a_page_shows_what_its_commands_print(name: str, run: Run, tmp_path: Path) -> None:
    page = ROOT / "docs" / f"{name}.md"
    if name == "contracts":
        shutil.copytree(ROOT / "schemas", tmp_path / "schemas", ignore=shutil.ignore_patterns("rejected"))
    text = page.read_text(encoding="utf-8")
    made = run_page(text, tmp_path, run)
    if os.environ.get("EVTCOMPAT_UPDATE_SNAPSHOTS"):
        page.write_text(made, encoding="utf-8")
    assert DECODER.sub(r"\1", made) == DECODER.sub(r"\1", text)
