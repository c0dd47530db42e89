"""The documentation as a site: it builds without a warning, and every link in it leads somewhere."""

from __future__ import annotations

import shutil
import subprocess
import sys
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from evtcompat.config.read import _TOP_KEYS
from evtcompat.model.rules import page_of_rule
from evtcompat.rules.catalogue import catalogue

ROOT = Path(__file__).parent.parent

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(find_spec("furo") is None or find_spec("myst_parser") is None, reason="needs '.[dev-docs]'"),
]


class Links(HTMLParser):
    """Where a page leads, and the places in it that one can be led to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.places: set[str] = {""}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src") and value is not None and tag != "base":
                self.targets.append(value)
            elif name == "id" and value is not None:
                self.places.add(value)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of this checkout, of pages of its own: what is generated is written among them."""
    folder = tmp_path_factory.mktemp("site")
    pages = folder / "pages"
    shutil.copytree(ROOT / "docs", pages, ignore=shutil.ignore_patterns("generated"))
    command = ["-m", "sphinx", "--quiet", "--fail-on-warning", "--keep-going", "--conf-dir", "docs/site", str(pages)]
    built = folder / "built"
    done = subprocess.run([sys.executable, *command, str(built)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return built


def test_every_link_of_the_site_leads_somewhere(site: Path) -> None:
    pages = {path: Links(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}
    broken = []
    for page, links in pages.items():
        for target in links.targets:
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                continue
            path = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            path = path / "index.html" if path.is_dir() else path
            place = unquote(parts.fragment)
            if not path.is_file() or (path in pages and place not in pages[path].places):
                broken.append((str(page.relative_to(site)), target))
    assert broken == []


def test_nothing_of_the_site_is_loaded_from_elsewhere(site: Path) -> None:
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert 'src="http' not in text
        assert '<link rel="stylesheet" href="http' not in text


def test_every_rule_has_a_page_where_reports_look_for_it(site: Path) -> None:
    base = (site / "reference" / "generated" / "rules").as_uri()
    for rule in catalogue():
        address = page_of_rule(rule, base)
        assert address is not None
        assert Path(unquote(urlsplit(address).path)).is_file(), rule


def test_the_reference_has_every_key_of_the_configuration(site: Path) -> None:
    page = (site / "reference" / "generated" / "configuration.html").read_text(encoding="utf-8")
    assert [key for key in _TOP_KEYS if f">{key}<" not in page and f">{key}." not in page] == []
