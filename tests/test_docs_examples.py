"""The examples of the pages about documents with several schemas: files are written, commands run, outputs compared.

A block whose first line names a file writes it; one that is there is committed first. A ``console`` block runs its
commands. Write the outputs anew with ``EVTCOMPAT_UPDATE_SNAPSHOTS=1``, and read the difference.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from sources.conftest import make_repo
from test_readme import ROOT, VERSIONS, printed

BLOCK = re.compile(r"^```(?P<word>\w+)(?: (?P<file>\S+))?\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
MARK = "<!-- The documentation test writes each block with a file name"
PAGES = sorted(page for page in (ROOT / "docs").rglob("*.md") if MARK in page.read_text(encoding="utf-8"))


def run_page(text: str, folder: Path) -> str:
    """The page with what its commands print in a new repository."""
    repo = make_repo(folder)
    made: list[str] = []
    end = 0
    for block in BLOCK.finditer(text):
        made.append(text[end : block.start()])
        end = block.end()
        content = block["text"]
        if block["file"]:
            if (folder / block["file"]).exists():
                repo.commit()
            repo.write(block["file"], content)
        elif block["word"] == "console":
            commands = re.findall(r"^\$ (.*)$", content, re.MULTILINE)
            content = "".join(f"$ {command}\n{printed(command, folder).rstrip()}\n" for command in commands)
        name = f" {block['file']}" if block["file"] else ""
        made.append(f"```{block['word']}{name}\n{content}```")
    return "".join([*made, text[end:]])


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_example_of_a_page_prints_what_it_shows(page: Path, tmp_path: Path) -> None:
    text = page.read_text(encoding="utf-8")
    made = run_page(text, tmp_path / "shop")
    if os.environ.get("EVTCOMPAT_UPDATE_SNAPSHOTS"):
        page.write_text(made, encoding="utf-8")
    assert VERSIONS.sub(r"\1", made) == VERSIONS.sub(r"\1", text)
