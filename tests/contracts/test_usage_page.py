"""`contract usage --format html`: the table as a page that loads nothing, and text from contracts stays text in it."""

from __future__ import annotations

import json
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from cli_harness import Run
from contracts.folders import contract, json_object, write_versions
from evtcompat.contracts.usage import Row, Usage
from evtcompat.model.reports import Problem
from evtcompat.reporters.usage_html import usage_html
from reporters.sample_report import HOSTILE

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
TEXT = {"type": "string"}


class Page(HTMLParser):
    """The elements of a page in their order, and its table, a row a list."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.table: list[list[str]] = []
        self._in_cell = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - of the protocol
        self.tags.append(tag)
        if tag == "tr":
            self.table.append([])
        self._in_cell = self._in_cell or tag in ("td", "th")
        if tag in ("td", "th"):
            self.table[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self._in_cell = self._in_cell and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self.table[-1][-1] += data


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    write_versions(
        tmp_path, json_object("id", id=TEXT, sku=TEXT), json_object("id", id=TEXT, note=TEXT), suffix=".json"
    )
    contract(tmp_path, "search", 'needs = ["id", "note?"]\nwritten-against = "2"\n')
    contract(tmp_path, "shipping", 'needs = ["id", "sku"]\nwritten-against = "1"\n')
    return tmp_path


def test_the_page_has_the_table_of_the_other_formats(run: Run, shop: Path) -> None:
    result = run("contract", "usage", "--format", "html", "-o", "usage.html", cwd=shop)
    assert (result.code, result.out) == (0, "")
    text = (shop / "usage.html").read_text(encoding="utf-8")
    assert Page(text).table == [
        ["part of the event", "search", "shipping"],
        ["id", "needs", "needs"],
        ["note", "may read", ""],
        ["sku (not in the newest version)", "", "needs"],
    ]
    (told,) = json.loads(run("contract", "usage", "--format", "json", cwd=shop).out)["usage"]
    assert [row["path"] for row in told["fields"]] == ["id", "note", "sku"]
    assert "shipping wrote its contract against v1, and v2 is the newest." in text
    assert "default-src 'none'" in text
    assert "://" not in text


def test_what_could_not_be_read_is_in_the_page_and_never_green(run: Run, shop: Path) -> None:
    contract(shop, "billing", "needs = 3\n")
    result = run("contract", "usage", "--format", "html", cwd=shop)
    assert (result.code, "unchecked</span> <h3>contracts/order/billing.toml" in result.out) == (3, True)


def hostile(text: str) -> str:
    row = Row(text, True, {text: True})  # noqa: FBT003 - as the engine makes it
    usage = Usage(text, text, (text,), (row,), {text: text}, {text: (text,)})
    return usage_html([usage], [Problem(text, text, text, text)])


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_no_markup(text: str) -> None:
    assert Page(hostile(text)).tags == Page(hostile("plain")).tags


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium")
def test_a_browser_shows_the_whole_table_and_runs_nothing_of_a_contract(tmp_path: Path) -> None:
    attack = "</script><script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">"
    file = tmp_path / "usage.html"
    file.write_text(hostile(attack), encoding="utf-8")
    quiet = ("--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync")
    options = ["--headless", "--no-sandbox", "--disable-gpu", *quiet, f"--user-data-dir={tmp_path / 'profile'}"]
    done = subprocess.run(
        [str(CHROMIUM), *options, "--dump-dom", file.as_uri()], capture_output=True, text=True, timeout=60, check=True
    )
    assert "<title>taken" not in done.stdout
    assert Page(done.stdout).table == Page(hostile(attack)).table
