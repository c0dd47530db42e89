"""The examples of the pages about documents with several schemas: files are written, commands run, outputs compared.

A block whose first line names a file writes it; one that is there is committed first. A ``console`` block runs its
commands. Write the outputs anew with ``EVTCOMPAT_UPDATE_SNAPSHOTS=1``, and read the difference.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pages_that_run import run_page
from sources.conftest import make_repo
from test_readme import ROOT, VERSIONS, printed

MARK = "<!-- The documentation test writes each block with a file name"
PAGES = sorted(page for page in (ROOT / "docs").rglob("*.md") if MARK in page.read_text(encoding="utf-8"))


def made_anew(text: str, folder: Path) -> str:
    """The page with what its commands print in a new repository."""
    repo = make_repo(folder)

    def write(name: str, content: str) -> None:
        if (folder / name).exists():
            repo.commit()
        repo.write(name, content)

    return run_page(text, write, lambda command: f"{printed(command, folder).rstrip()}\n")


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_example_of_a_page_prints_what_it_shows(page: Path, tmp_path: Path) -> None:
    text = page.read_text(encoding="utf-8")
    made = made_anew(text, tmp_path / "shop")
    if os.environ.get("EVTCOMPAT_UPDATE_SNAPSHOTS"):
        page.write_text(made, encoding="utf-8")
    assert VERSIONS.sub(r"\1", made) == VERSIONS.sub(r"\1", text)
