"""Pages in a real browser: they load nothing, say nothing to the console, and do what they promise."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from browser.driver import NO_SIDEWAYS, look, needs_browser
from cli_harness import Run
from evtcompat.formats.loading import by_name
from evtcompat.model.documents import Document
from evtcompat.model.histories import Version
from evtcompat.model.timelines import Timeline
from evtcompat.payloads.matrix import Subject
from evtcompat.reporters.history_page import history_page
from evtcompat.reporters.html_report import render
from evtcompat.timelines.grids import Kept
from evtcompat.timelines.making import timeline_of
from reporters.sample_report import HOSTILE, everything, hostile

pytestmark = [pytest.mark.long, needs_browser]

WIDTHS = (360, 768, 1280, 1920)
#: Names that a schema may give: whatever attacks, and what is merely long.
NAMES = (*(text for text in HOSTILE if "\ud800" not in text), "x" * 10_000, "<b>" * 3_000)
TAKEN = "document.title = 'taken'"


def record(*fields: dict[str, Any]) -> str:
    return json.dumps({"type": "record", "name": "Order", "fields": list(fields)}, indent=1)


ID = {"name": "id", "type": "string"}
TOTAL = {"name": "total", "type": "int"}
NOTE: dict[str, Any] = {"name": "note", "type": ["null", "string"], "default": None}


@pytest.fixture
def changed(tmp_path: Path, run: Run) -> Path:
    """The page of a check in which one change breaks, another does not."""
    folder = tmp_path / "schemas"
    folder.mkdir()
    (folder / "order-v1.avsc").write_text(record(ID, TOTAL), encoding="utf-8")
    (folder / "order-v2.avsc").write_text(record(ID, TOTAL, NOTE), encoding="utf-8")
    last = record(ID, {**TOTAL, "type": "string"}, NOTE, {"name": "currency", "type": "string"})
    (folder / "order-v3.avsc").write_text(last, encoding="utf-8")
    page = tmp_path / "page.html"
    arguments = ["check", "--level", "FULL_TRANSITIVE", "schemas/order-v3.avsc", "--format", f"html:{page}"]
    assert run(*arguments, cwd=tmp_path).code == 1
    return page


def test_a_page_loads_nothing_and_has_no_fault_that_axe_finds_in_light_and_dark(changed: Path, tmp_path: Path) -> None:
    assert changed.stat().st_size < 300_000
    steps: list[dict[str, Any]] = [{"axe": True}, {"scheme": "dark"}, {"axe": True}, {"click": "#theme"}, {"axe": True}]
    for width in WIDTHS:
        steps += [{"width": width}, NO_SIDEWAYS]
    seen = look(tmp_path, changed.as_uri(), *steps)
    assert seen.requests == [changed.as_uri()]
    assert seen.errors == []
    assert seen.results == [[], [], [], *([0] * len(WIDTHS))]


def test_a_click_or_the_keyboard_shows_the_payload_of_a_cell(changed: Path, tmp_path: Path) -> None:
    panel = {"evaluate": "document.querySelector('.panel:not([hidden])')?.innerText ?? ''"}
    seen = look(
        tmp_path,
        changed.as_uri(),
        {"click": "table.matrix tbody tr:nth-child(1) td:nth-of-type(3)"},
        panel,
        {"axe": True},
        {"evaluate": "location.hash"},
        {"press": "ArrowDown"},
        {"press": "ArrowDown"},
        {"press": "Enter"},
        panel,
        {"press": "Escape"},
        panel,
    )
    shown, faults, address, last, closed = seen.results
    assert shown.startswith("Written with v1, read by v3: refused")
    assert '"total": 0' in shown
    assert "said by the decoder" in shown
    assert faults == []
    assert address == "#s0m-0-2"
    assert last.startswith("Written with v3, read by v3: ok")
    assert closed == ""
    assert seen.errors == []


def test_escape_closes_the_payload_of_a_cell_wherever_one_is_and_leads_back_to_the_cell(
    changed: Path, tmp_path: Path
) -> None:
    inside = {"evaluate": "document.querySelector('.panel').contains(document.activeElement)"}
    closed = {"evaluate": "document.querySelector('.panel').hidden"}
    there = {"evaluate": "document.activeElement.dataset.at"}
    seen = look(
        tmp_path,
        changed.as_uri(),
        {"click": "table.matrix tbody tr:nth-child(1) td:nth-of-type(3)"},
        {"evaluate": "document.querySelector('.panel .close').focus()"},
        inside,
        {"press": "Escape"},
        closed,
        there,
    )
    assert seen.results == [None, True, True, "0-2"]
    linked = look(tmp_path, f"{changed.as_uri()}#s0m-0-2", closed, {"press": "Escape"}, closed)
    assert linked.results == [False, True]


def test_an_address_that_is_none_keeps_nothing_of_a_page_from_working(changed: Path, tmp_path: Path) -> None:
    theme = {"evaluate": "document.documentElement.dataset.theme"}
    seen = look(tmp_path, f"{changed.as_uri()}#%E0%A4%A", {"click": "#theme"}, theme)
    assert (seen.errors, seen.results) == ([], ["dark"])


@pytest.mark.parametrize("matrix", [True, False])
def test_a_page_names_only_keys_that_do_something_in_it(tmp_path: Path, changed: Path, *, matrix: bool) -> None:
    page = tmp_path / "history.html"
    one = growing(3)
    page.write_text(history_page([replace(one, grid=one.grid if matrix else None)] * 2), encoding="utf-8")
    named = {"evaluate": "document.querySelector('.tools').innerText"}
    (text,) = look(tmp_path, page.as_uri(), named).results
    assert "/ searches" in text
    assert "j and k" not in text
    assert ("arrows" in text) is matrix
    (text,) = look(tmp_path, changed.as_uri(), named).results
    assert "j and k go from change to change, arrows" in text


def test_a_link_leads_to_a_change_and_to_a_cell(changed: Path, tmp_path: Path) -> None:
    first = {"evaluate": "document.querySelector('article').id"}
    (name,) = look(tmp_path, changed.as_uri(), first).results
    there = {"evaluate": f"document.querySelector('article:target')?.id === {name!r}"}
    assert look(tmp_path, f"{changed.as_uri()}#{name}", there).results == [True]
    shown = {"evaluate": "document.querySelector('.panel:not([hidden])').innerText"}
    (text,) = look(tmp_path, f"{changed.as_uri()}#s0m-1-2", shown).results
    assert text.startswith("Written with v2, read by v3: refused")


def test_words_and_severities_leave_what_is_asked_for(changed: Path, tmp_path: Path) -> None:
    hidden = "[...document.querySelectorAll('article')].some((one) => one.hidden)"
    look_again = f"const look = () => ({hidden} ? done(true) : setTimeout(look, 20)); look();"
    wait = {"evaluate": f"new Promise((done) => {{ {look_again} }})"}  # the page waits for a pause in the typing
    left = {"evaluate": "[...document.querySelectorAll('article')].filter((one) => one.checkVisibility()).length"}
    seen = look(
        tmp_path,
        changed.as_uri(),
        left,
        {"press": "/"},
        {"press": "c"},
        {"into": "#search", "type": "currency added"},
        wait,
        left,
        {"press": "Escape"},
        left,
        {"click": "input[data-filter=error]"},
        left,
        {"click": "input[data-filter=error]"},
        {"press": "j"},
        {"evaluate": "location.hash.length > 1"},
    )
    every, some_hidden, found, again, without_errors, moved = seen.results
    assert every == again == 2
    assert some_hidden is True
    assert found == 1
    assert without_errors == 0
    assert moved is True


def test_without_a_script_everything_is_there_to_read(changed: Path, tmp_path: Path) -> None:
    seen = look(
        tmp_path,
        changed.as_uri(),
        {"evaluate": "document.body.innerText"},
        {"evaluate": "document.querySelector('.tools').checkVisibility()"},
        script=False,
    )
    text, tools = seen.results
    for said in ("currency added", "refused by fastavro", "git apply", "old reads new", "misread", "Who reads whom"):
        assert said in text or said == "misread"
    assert tools is False


def test_the_patch_of_a_fix_is_what_git_applies(changed: Path, tmp_path: Path) -> None:
    patches = {"evaluate": "[...document.querySelectorAll('pre[id^=p]')].map((one) => one.textContent)"}
    (found,) = look(tmp_path, changed.as_uri(), patches).results
    (one,) = [text for text in found if "currency" in text]
    subprocess.run(["git", "apply", "-"], input=one, text=True, cwd=tmp_path, check=True)
    fields = json.loads((tmp_path / "schemas" / "order-v3.avsc").read_text("utf-8"))["fields"]
    assert "default" in fields[3]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_text_from_a_schema_runs_nothing(text: str, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(render(hostile(text)), encoding="utf-8")
    seen = look(tmp_path, page.as_uri(), {"evaluate": "document.title.includes('taken')"}, NO_SIDEWAYS, width=360)
    assert seen.results == [False, 0]
    assert (seen.errors, seen.requests) == ([], [page.as_uri()])


def growing(versions: int) -> Timeline:
    """A subject to which each version adds a field."""
    fields: list[dict[str, Any]] = [ID]
    found = []
    for number in range(1, versions + 1):
        fields = [*fields, {**NOTE, "name": f"note{number}"}]
        text = record(*fields)
        found.append(Version(Document(json.loads(text), f"order-v{number}.avsc", text), str(number)))
    return timeline_of(Subject("order", by_name("avro"), tuple(found)))


def history(page: Path, versions: int) -> Path:
    """The page of a subject to which each version adds a field."""
    page.write_text(history_page([growing(versions)]), encoding="utf-8")
    return page


#: Where, from the left end of what scrolls, the last and the first column of a table stand, and how wide that is.
ENDS = """(() => {
  const table = document.querySelector("table.%s");
  const frame = table.parentElement.getBoundingClientRect();
  const from = (cell) => Math.round(cell.getBoundingClientRect().left - frame.left);
  const heads = table.rows[0].cells;
  return [from(heads[0]), from(heads[heads.length - 1]), Math.round(frame.width)];
})()"""


@pytest.mark.parametrize("table", ["lives", "matrix"])
@pytest.mark.parametrize("versions", [2, 40])
@pytest.mark.parametrize("width", [360, 1280])
def test_a_history_opens_at_its_newest_version_beside_the_names_without_a_script(
    tmp_path: Path, table: str, versions: int, width: int
) -> None:
    page = history(tmp_path / "page.html", versions)
    ends = {"evaluate": ENDS % table}
    ((names, newest, room),) = look(tmp_path, page.as_uri(), ends, width=width, script=False).results
    assert names <= 1  # half of a border
    assert 0 < newest < room


@pytest.mark.parametrize("width", [360, 1280])
def test_the_payload_of_a_cell_of_a_long_matrix_is_in_sight_beside_its_cell_and_can_be_closed(
    tmp_path: Path, width: int
) -> None:
    page = history(tmp_path / "page.html", 40)
    ends = """(() => {
      const of = (one) => one.getBoundingClientRect();
      const [cell, panel] = [of(document.activeElement), of(document.querySelector(".panel"))];
      return [cell.top >= 0, cell.bottom <= panel.top, panel.bottom <= innerHeight];
    })()"""
    seen = look(
        tmp_path,
        page.as_uri(),
        {"click": "table.matrix tbody tr:nth-child(3) td:last-child"},
        {"evaluate": ends},
        {"press": "ArrowDown"},
        {"evaluate": ends},
        {"axe": True},
        {"click": ".panel .close"},
        {"evaluate": "document.querySelector('.panel').hidden"},
        width=width,
    )
    assert seen.results == [[True, True, True], [True, True, True], [], True]
    assert seen.errors == []


def test_hostile_names_in_every_place_of_a_schema_are_shown_as_text(tmp_path: Path) -> None:
    attack = f'</script><script>{TAKEN}</script><img src=x onerror="{TAKEN}">'

    def document(number: int) -> dict[str, Any]:
        value: dict[str, Any] = {"type": "string", "description": attack, "default": attack, "enum": [attack, "b"]}
        members = {name: {**value, "title": name} for name in NAMES[number:]}
        members |= {attack: {"type": "integer" if number else "string", "pattern": attack}}
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$comment": attack,
            "type": "object",
            "properties": members,
            "required": [attack, *NAMES[-number:]],
            "additionalProperties": False,
        }

    schema_format = by_name("json-schema")
    versions = tuple(
        Version(Document(document(number), f"{attack}.json", json.dumps(document(number))), f"{number} {attack}")
        for number in range(3)
    )
    timeline = timeline_of(Subject(attack, schema_format, versions))
    page = tmp_path / "page.html"
    page.write_text(history_page([timeline, replace(timeline, subject=NAMES[-2])], [attack]), encoding="utf-8")
    seen = look(
        tmp_path,
        page.as_uri(),
        {"click": "td.r, td.o"},
        {"evaluate": "document.querySelectorAll('details').forEach((one) => { one.open = true; })"},
        {"evaluate": "document.title.includes('taken')"},
        NO_SIDEWAYS,
        {"evaluate": "document.querySelectorAll('img').length"},
        {"axe": True},
        width=360,
    )
    assert seen.results[1:] == [False, 0, 0, []]
    assert (seen.errors, seen.requests) == ([], [page.as_uri()])


def test_everything_that_a_report_can_hold_is_without_fault(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(render(everything()), encoding="utf-8")
    steps = [step for width in WIDTHS for step in ({"width": width}, NO_SIDEWAYS)]
    seen = look(tmp_path, page.as_uri(), {"axe": True}, {"scheme": "dark"}, {"axe": True}, *steps)
    assert seen.results == [[], [], *([0] * len(WIDTHS))]


def long_page(subjects: int) -> str:
    """The page of subjects of twenty versions each."""
    fields: list[dict[str, Any]] = [ID, TOTAL]
    versions = []
    for number in range(1, 21):
        if number % 5 == 0:
            fields = [*fields[:-1], {"name": f"required{number}", "type": "string"}]
        else:
            fields = [*fields, {**NOTE, "name": f"note{number}"}]
        text = record(*fields)
        versions.append(Version(Document(json.loads(text), f"order-v{number}.avsc", text), str(number)))
    made = timeline_of(Subject("order", by_name("avro"), tuple(versions)), Kept.FAILING)
    return history_page([replace(made, subject=f"order-{number}") for number in range(subjects)])


def test_five_hundred_subjects_of_twenty_versions_stay_below_ten_megabytes(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(long_page(500), encoding="utf-8")
    assert page.stat().st_size < 7_000_000
    sections = {"evaluate": "[...document.querySelectorAll('section')].filter((one) => !one.hidden).length"}
    seen = look(
        tmp_path,
        page.as_uri(),
        {"click": "#s0 td.r"},
        {"evaluate": "document.querySelector('#s0m-panel').innerText.startsWith('Written with')"},
        {"into": "#search", "type": "order-77"},
        {"wait": "#found:has-text('shown')"},
        sections,
    )
    assert seen.results == [True, 1]
    assert (seen.errors, seen.requests) == ([], [page.as_uri()])


MADE = "document.querySelectorAll('section.subject table.matrix').length"


def test_of_a_long_page_little_is_made_before_it_is_seen_and_the_rest_when_there_is_time(tmp_path: Path) -> None:
    """Its 400,000 elements are made of what is looked at, linked to or searched, and in the end all of them."""
    page = tmp_path / "page.html"
    page.write_text(long_page(500), encoding="utf-8")
    # a browser without time of its own: only what the page needs is made
    busy = {"evaluate": "void (globalThis.requestIdleCallback = () => 0)"}
    seen = look(
        tmp_path,
        page.as_uri(),
        {"evaluate": "document.readyState"},
        {"evaluate": "document.querySelectorAll('*').length < 100000"},
        busy,
        {"go": "#s300m-3-4"},
        {"evaluate": "document.querySelector('#s300m-panel').innerText.startsWith('Written with v4, read by v5')"},
        {"into": "#search", "type": "required20"},
        {"wait": "#found:has-text('500 shown')"},
        {"into": "#search", "type": "role=img"},  # markup of a text that has no elements yet is no text
        {"wait": "#found:has-text('0 shown')"},
        {"into": "#search", "type": ""},
        {"evaluate": "dispatchEvent(new Event('beforeprint'))"},
        {"evaluate": f"[{MADE}, document.querySelectorAll('noscript').length]"},
        {"evaluate": "document.querySelectorAll('table.matrix[role=grid]').length"},
    )
    assert seen.results == ["complete", True, None, True, True, [500, 0], 500]
    assert (seen.errors, seen.requests) == ([], [page.as_uri()])
    done = {
        "evaluate": "new Promise((told) => { const asked = setInterval(() => { "
        f"if ({MADE} === 500) {{ clearInterval(asked); told({MADE}); }} }}, 50); }})"
    }
    assert look(tmp_path, page.as_uri(), done).results == [500]


def test_a_long_page_is_read_without_a_script(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(long_page(25), encoding="utf-8")
    assert look(tmp_path, page.as_uri(), {"evaluate": MADE}, script=False).results == [25]


def test_a_long_page_is_without_fault_in_both_colours(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(long_page(25), encoding="utf-8")
    made = {"evaluate": "dispatchEvent(new Event('beforeprint'))"}
    steps = [step for width in WIDTHS for step in ({"width": width}, NO_SIDEWAYS)]
    seen = look(tmp_path, page.as_uri(), made, {"axe": True}, {"scheme": "dark"}, {"axe": True}, *steps)
    assert seen.results[1:] == [[], [], *([0] * len(WIDTHS))]
