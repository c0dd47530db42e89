"""A site in a real browser, opened from a disk: it loads what lies beside it, and finds subjects by their fields."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from browser.driver import NO_SIDEWAYS, look, needs_browser
from cli_harness import Run

pytestmark = [pytest.mark.long, needs_browser]


@pytest.fixture
def site(tmp_path: Path, run: Run) -> Path:
    """A site of some subjects, one of which breaks somebody."""
    (tmp_path / "schemas").mkdir()
    for name, versions in {"order": (["id"], ["id", "customerName"]), "paid": (["id"],), "sent": (["id"],)}.items():
        for number, fields in enumerate(versions, 1):
            record = {
                "type": "record",
                "name": name,
                "fields": [{"name": one, "type": "string"} for one in fields],
            }
            (tmp_path / "schemas" / f"{name}-v{number}.avsc").write_text(json.dumps(record), encoding="utf-8")
    assert run("report", "--site", "site", cwd=tmp_path).code == 0
    return tmp_path / "site"


def test_a_site_loads_what_lies_beside_it_and_has_no_fault_that_axe_finds(site: Path, tmp_path: Path) -> None:
    for page in sorted(site.rglob("*.html")):
        seen = look(
            tmp_path, page.as_uri(), {"axe": True}, {"scheme": "dark"}, {"axe": True}, {"width": 360}, NO_SIDEWAYS
        )
        assert (page.name, seen.errors, seen.results) == (page.name, [], [[], [], 0])
        assert all(one.startswith(site.as_uri()) for one in seen.requests)


def test_a_subject_is_found_by_a_field_and_opened(site: Path, tmp_path: Path) -> None:
    seen = look(
        tmp_path,
        (site / "index.html").as_uri(),
        {"press": "/"},
        {"into": "#find", "type": "customername"},
        {"wait": "#results a"},
        {"evaluate": "document.getElementById('results').innerText"},
        {"click": "#results a"},
        {"wait": "table.matrix"},
        {"click": "td.r"},
        {"evaluate": "document.querySelector('.panel').innerText"},
    )
    found, panel = seen.results
    assert "1 found" in found
    assert "order" in found
    assert panel.startswith("Written with v1, read by v2: refused")
    assert seen.errors == []


def test_a_site_is_there_to_read_without_a_script(site: Path, tmp_path: Path) -> None:
    steps = [{"evaluate": "document.body.innerText"}, {"click": "a[href^=lists]"}, {"click": "a:has-text('paid')"}]
    (text,) = look(
        tmp_path, (site / "index.html").as_uri(), *steps, {"wait": "h1:has-text('paid')"}, script=False
    ).results
    assert "The newest version of 1 of them breaks somebody" in text
