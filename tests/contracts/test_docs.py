"""The pages about contracts: their files are written, their commands run, and what they show is what is printed.

Write the outputs anew with ``EVTCOMPAT_UPDATE_SNAPSHOTS=1``, and read the difference.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from functools import partial
from pathlib import Path

import pytest

from cli_harness import ROOT, Run
from pages_that_run import run_page

#: What differs between installations.
DECODER = re.compile(r"(fastavro|jsonschema|pydantic) \d[\d.]*(?=[:;,\s])")


def written(folder: Path, name: str, content: str) -> None:
    """Write a file below a folder."""
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(content, encoding="utf-8")


def printed(run: Run, folder: Path, command: str) -> str:
    """What a command prints, without spaces at the ends of lines, and its exit code where it is not 0."""
    words = shlex.split(command)
    if words[0] == "evtcompat":
        result = run(*words[1:], cwd=folder)
        text = result.out + result.err
    else:
        text = subprocess.run(words, cwd=folder, check=True, capture_output=True, text=True).stdout
    return "".join(f"{line.rstrip()}\n" for line in text.rstrip().splitlines())


@pytest.mark.slow
@pytest.mark.parametrize("name", ["contracts", "expand-and-contract"])
def test_a_page_shows_what_its_commands_print(name: str, run: Run, tmp_path: Path) -> None:
    page = ROOT / "docs" / f"{name}.md"
    if name == "contracts":
        shutil.copytree(ROOT / "schemas", tmp_path / "schemas", ignore=shutil.ignore_patterns("rejected"))
    text = page.read_text(encoding="utf-8")
    made = run_page(text, partial(written, tmp_path), partial(printed, run, tmp_path))
    if os.environ.get("EVTCOMPAT_UPDATE_SNAPSHOTS"):
        page.write_text(made, encoding="utf-8")
    assert DECODER.sub(r"\1", made) == DECODER.sub(r"\1", text)
