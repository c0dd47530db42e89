"""Where the pages of rules have an address, every report that can links to them; otherwise nothing links."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from cli_harness import Run
from evtcompat.cli.terminal.screen import takes_links
from evtcompat.model.rules import RULE_PAGES, page_of_rule
from evtcompat.reporters.html_report import render as html
from evtcompat.reporters.markdown_report import render as markdown
from evtcompat.reporters.sarif_report import render as sarif
from evtcompat.reporters.terminal import Terminal
from evtcompat.reporters.text_report import render as text
from reporters.sample_report import everything

PAGES = "https://docs.example.com/rules/"
PAGE = "https://docs.example.com/rules/type-mismatch.html"


def test_every_report_links_to_the_page_of_a_rule() -> None:
    report = replace(everything(), rule_pages=PAGES)
    rules = json.loads(sarif(report))["runs"][0]["tool"]["driver"]["rules"]
    links = {rule["id"]: rule.get("helpUri") for rule in rules}
    known = [name for name in links if name not in ("undecided", "unchecked")]
    assert known
    assert {name: links[name] for name in known} == {name: f"{PAGES}{name}.html" for name in known}
    assert links["undecided"] is None
    shown = text(report, Terminal(links=True))
    told = {finding.rule for one in report.subjects for each in one.comparisons for finding in each.result.findings}
    assert told
    for name in told:
        address = f"{PAGES}{name}.html"
        assert f'<a href="{address}">{name}</a>' in html(report)
        assert f"[{name}]({address})" in markdown(report)
        assert f"\x1b]8;;{address}\x1b\\{name}\x1b]8;;\x1b\\" in shown


def test_a_terminal_that_takes_no_links_is_shown_none() -> None:
    report = replace(everything(), rule_pages=PAGES)
    assert text(report, Terminal()) == text(replace(report, rule_pages=""), Terminal(links=True))


def test_nothing_links_as_long_as_the_pages_are_not_published() -> None:
    report = replace(everything(), rule_pages="")
    assert page_of_rule("type-mismatch", "") is None
    assert "helpUri" not in sarif(report)
    assert "://" not in html(report)
    assert RULE_PAGES == "" or RULE_PAGES.startswith("https://")


@pytest.mark.parametrize(
    ("variables", "tty", "expected"),
    [
        ({"TERM_PROGRAM": "iTerm.app"}, True, True),
        ({"TERM_PROGRAM": "iTerm.app"}, False, False),
        ({"TERM_PROGRAM": "Apple_Terminal"}, True, False),
        ({"TERM": "xterm-kitty"}, True, True),
        ({"TERM": "xterm-256color"}, True, False),
        ({"TERM": "xterm-256color", "VTE_VERSION": "6003"}, True, True),
        ({"TERM": "xterm-256color", "VTE_VERSION": "4600"}, True, False),
        ({"WT_SESSION": "1"}, True, True),
        ({"WT_SESSION": "1", "TMUX": "x"}, True, False),
        ({"WT_SESSION": "1", "CI": "true"}, True, False),
        ({"WT_SESSION": "1", "NO_COLOR": "1"}, True, False),
        ({"FORCE_HYPERLINK": "1"}, False, True),
        ({"FORCE_HYPERLINK": "0", "WT_SESSION": "1"}, True, False),
    ],
)
def test_a_terminal_takes_links_where_it_is_known_to(variables: dict[str, str], tty: bool, expected: bool) -> None:  # noqa: FBT001 - cases
    assert takes_links(variables, tty=tty) is expected


def test_the_configuration_names_a_copy_of_the_pages(run: Run, tmp_path: Path) -> None:
    for name, kind in (("v1", "int"), ("v2", "string")):
        schema = {"type": "record", "name": "Order", "fields": [{"name": "total", "type": kind}]}
        (tmp_path / f"order-{name}.avsc").write_text(json.dumps(schema), encoding="utf-8")
    (tmp_path / "evtcompat.toml").write_text(f'rule-pages = "{PAGES}"', encoding="utf-8")
    assert PAGE in run("check", "--format", "sarif", cwd=tmp_path).out
    for wrong in ("javascript:alert(1)", "https://", "https://a/\\u001b]", "https://a/?q=1"):
        (tmp_path / "evtcompat.toml").write_text(f'rule-pages = "{wrong}"', encoding="utf-8")
        done = run("check", cwd=tmp_path)
        assert (done.code, "rule-pages" in done.err) == (2, True)
