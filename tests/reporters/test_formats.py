"""What every report format for a CI system must hold, whatever it looks like."""

from __future__ import annotations

import json
import os
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evtcompat.model.reports import Report
from evtcompat.model.verdicts import Severity
from evtcompat.reporters.available import names
from evtcompat.reporters.entries import Kind, entries, file_of
from evtcompat.reporters.escape import code, html, markdown, xml
from evtcompat.reporters.github_report import github_summary
from evtcompat.reporters.github_report import render as github_report
from evtcompat.reporters.gitlab_report import render as gitlab_report
from evtcompat.reporters.json_report import render as json_report
from evtcompat.reporters.junit_report import render as junit_report
from evtcompat.reporters.markdown_report import MARKER
from evtcompat.reporters.markdown_report import render as markdown_report
from evtcompat.reporters.rendering import rendered
from evtcompat.reporters.sarif_report import render as sarif_report
from evtcompat.reporters.terminal import Terminal
from evtcompat.reporters.text_report import render as text_report
from reporters.sample_report import HOSTILE, compatible, everything, hostile, nothing, only

HERE = Path(__file__).parent
FORMATS: Mapping[str, Callable[[Report], str]] = {
    name: partial(rendered, name, terminal=Terminal()) for name in names()
}
SARIF_SCHEMA = json.loads((HERE / "schemas" / "sarif-2.1.0.json").read_text(encoding="utf-8"))


def valid_sarif(report: Report) -> dict[str, Any]:
    log = json.loads(sarif_report(report))
    jsonschema.Draft7Validator(SARIF_SCHEMA, format_checker=jsonschema.FormatChecker()).validate(log)
    run: dict[str, Any] = log["runs"][0]
    return run


def commands(report: Report) -> list[tuple[str, dict[str, str], str]]:
    """The workflow commands as the runner reads them."""
    found = []
    for line in github_report(report).splitlines():
        match = re.fullmatch(r"::(\w+) ([^:]*)::(.*)", line)
        if match is None:
            continue
        pairs = (pair.partition("=") for pair in match[2].split(","))
        found.append((match[1], {key: unquoted(value) for key, _, value in pairs}, unquoted(match[3])))
    return found


def unquoted(text: str) -> str:
    for quoted, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(quoted, character)
    return text


# one report, all formats


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("sample", [everything, nothing, compatible], ids=lambda sample: sample.__name__)
def test_snapshot(name: str, sample: Callable[[], Report]) -> None:
    """What a person or a CI system gets; write the files anew with EVTCOMPAT_UPDATE_SNAPSHOTS=1."""
    file = HERE / "snapshots" / f"{sample.__name__}.{name}.txt"
    text = FORMATS[name](sample())
    if os.environ.get("EVTCOMPAT_UPDATE_SNAPSHOTS"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")
    assert text == file.read_text(encoding="utf-8")


def test_fingerprints_and_positions_are_the_same_everywhere() -> None:
    report = everything()
    expected = sorted((e.fingerprint, e.path, e.place.line) for e in entries(report))
    assert len({fingerprint for fingerprint, _, _ in expected}) == len(expected) == 10

    def position(result: dict[str, Any]) -> tuple[str, str, int | None]:
        physical = result["locations"][0]["physicalLocation"]
        path = physical["artifactLocation"]["uri"].replace("%20", " ").replace("%C3%A9", "é")
        return result["partialFingerprints"]["evtcompat/v1"], path, physical.get("region", {}).get("startLine")

    assert sorted(position(result) for result in valid_sarif(report)["results"]) == expected

    issues = json.loads(gitlab_report(report))
    assert sorted((i["fingerprint"], i["location"]["path"]) for i in issues) == [e[:2] for e in expected]
    assert sorted((i["fingerprint"], i["location"]["lines"]["begin"]) for i in issues) == [
        (fingerprint, line or 1) for fingerprint, _, line in expected
    ]

    annotated = [
        (message.rpartition("id: ")[2], properties.get("file", "."), properties.get("line"))
        for _, properties, message in commands(report)
    ]
    assert sorted(annotated, key=str) == sorted(
        ((f, p, None if line is None else str(line)) for f, p, line in expected), key=str
    )

    cases = ET.fromstring(junit_report(report)).iter("testcase")  # noqa: S314 - our own text
    told = [case.findtext("*") or "" for case in cases]
    assert sorted(re.findall(r"(?m)^id: (\w+)$", "\n".join(told))) == [e[0] for e in expected]

    assert sorted(re.findall(r"\*\*id\*\* `(\w+)`", markdown_report(report))) == [e[0] for e in expected]


def test_the_json_and_the_text_report_name_the_same_findings() -> None:
    report = everything()
    found = [entry for entry in entries(report) if entry.kind is Kind.FINDING]

    def named(value: object) -> Iterator[tuple[str, set[tuple[object, object]]]]:
        for item in value if isinstance(value, list) else value.values() if isinstance(value, dict) else ():
            yield from named(item)
        if isinstance(value, dict) and "fingerprint" in value and len(set(value["fingerprint"])) == 1:
            places = {(value[side]["line"], value[side]["column"]) for side in ("reader", "writer")}
            yield value["fingerprint"], places

    in_json = dict(named(json.loads(json_report(report))))
    for entry in found:
        assert (entry.place.line, entry.place.column) in in_json[entry.fingerprint]
    text = text_report(report)
    for entry in found:
        assert entry.fingerprint in text or entry.waived is not None or entry.severity is Severity.NOTE


@pytest.mark.parametrize("kind", ["unchecked", "undecided", "error"])
def test_nothing_that_is_not_compatible_looks_green(kind: str) -> None:
    report = only(kind)
    run = valid_sarif(report)
    assert [result["level"] for result in run["results"]] == ["warning" if kind == "undecided" else "error"]
    assert run["invocations"][0]["executionSuccessful"] is (kind != "unchecked")

    root = ET.fromstring(junit_report(report))  # noqa: S314 - our own text
    element = "error" if kind == "unchecked" else "failure"
    assert [child.tag for case in root.iter("testcase") for child in case] == [element]
    assert root.get(f"{element}s") == "1"

    (issue,) = json.loads(gitlab_report(report))
    assert issue["severity"] == {"unchecked": "blocker", "undecided": "major", "error": "critical"}[kind]

    ((command, _, _),) = commands(report)
    assert command == ("warning" if kind == "undecided" else "error")

    assert "✅" not in markdown_report(report)
    assert "✅" not in github_summary(report)


def test_a_run_that_compared_nothing_says_so() -> None:
    assert "skipped" in junit_report(nothing())
    for name in ("github", "markdown", "sarif"):
        assert "othing was compared" in FORMATS[name](nothing())
    assert "✅" not in markdown_report(nothing())
    valid_sarif(nothing())


# hostile text


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("name", [*FORMATS, "text"])
def test_no_harmful_character_reaches_a_report(name: str, text: str) -> None:
    written = text_report(hostile(text)) if name == "text" else FORMATS[name](hostile(text))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff]", written)
    written.encode("utf-8")


def junit_shape(report: Report) -> list[str]:
    return [element.tag for element in ET.fromstring(junit_report(report)).iter()]  # noqa: S314 - our own text


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_changes_no_structure(text: str) -> None:
    """Each format, read by a parser of its own, holds exactly the entries that it was given."""
    report = hostile(text)
    number = len(entries(report))
    assert len(valid_sarif(report)["results"]) == number
    assert len(json.loads(gitlab_report(report))) == number
    lines = github_report(report).splitlines()
    assert len(lines) == number + 1
    assert len(commands(report)) == number
    assert [line for line in lines if not line.startswith("::")] == lines[-1:]
    assert junit_shape(report) == junit_shape(hostile("plain"))
    written = markdown_report(report).splitlines()
    assert sum(line.startswith("<details") for line in written) == number == written.count("</details>")


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("width", [40, 80, 140])
@pytest.mark.parametrize("name", FORMATS)
def test_no_line_is_a_command_to_a_ci_system(name: str, width: int, text: str) -> None:
    """GitHub obeys ``::name`` where a line begins, spaces aside, and ``##[`` anywhere; others have their own words."""
    for line in rendered(name, hostile(text), Terminal(width=width)).splitlines():
        assert re.search(r"##\w*\[", line) is None, line
        own = name == "github" and line.startswith(("::error file=", "::error title=", "::warning ", "::notice "))
        assert own or not line.strip().startswith("::"), line


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_no_markup(text: str) -> None:
    """A CommonMark parser with tables and bare links finds only what the reporter itself wrote."""
    markdown_it = pytest.importorskip("markdown_it", reason="markdown-it-py renders the report")
    parser = markdown_it.MarkdownIt("commonmark").enable(["table", "strikethrough"])

    def shape(report: Report) -> list[str]:
        found = []
        for token in parser.parse(markdown_report(report)):
            found.append(token.type)
            found += [
                f"{child.type} {child.content if child.type == 'html_inline' else ''}"
                for child in token.children or ()
                if child.type not in {"text", "text_special", "code_inline", "softbreak", "hardbreak"}
                and child.content != "<!-- -->"
            ]
            if token.type == "html_block":
                tags = re.sub(r"(?s)<code>.*</code>", "<code></code>", token.content)
                found.append(tags)
        return found

    assert shape(hostile(text)) == shape(hostile("plain"))


@pytest.mark.slow
@given(st.text())
def test_markdown_shows_the_text_and_nothing_else(text: str) -> None:
    markdown_it = pytest.importorskip("markdown_it", reason="markdown-it-py renders the report")
    parser = markdown_it.MarkdownIt("commonmark").enable(["table", "strikethrough"])
    for written in (f"x {markdown(text)}", f"x {code(text)}"):
        tokens = parser.parse(written)
        assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
        for child in tokens[1].children or ():
            assert child.type in {"text", "text_special", "code_inline"} or child.content == "<!-- -->"


@given(st.text())
def test_xml_and_html_read_back_what_was_written(text: str) -> None:
    element = ET.fromstring(f'<a b="{xml(text)}">{xml(text)}</a>')  # noqa: S314 - our own text
    assert element.get("b") == element.text or not text
    assert "<" not in html(text)
    assert '"' not in html(text)


@pytest.mark.parametrize(
    "word", ["@team", "#12", "!12", "%12", "~12", "$12", "&12", "http://x.example", "www.x.example"]
)
def test_forges_find_nothing_to_link(word: str) -> None:
    """They look for these words in the text between tags, so that a comment inside keeps them apart."""
    shown = [re.sub(r"\\(.)", r"\1", part.replace("&amp;", "&")) for part in markdown(word).split("<!-- -->")]
    assert "".join(shown) == word
    assert word not in shown


@pytest.mark.slow
@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=20))
def test_no_text_changes_the_structure(text: str) -> None:
    """Surrogates included: file names that are not UTF-8 have them."""
    report = hostile(text)
    number = len(entries(report))
    assert len(json.loads(sarif_report(report))["runs"][0]["results"]) == number
    assert len(json.loads(gitlab_report(report))) == number
    assert len(commands(report)) == number == len(github_report(report).splitlines()) - 1
    assert junit_shape(report) == junit_shape(hostile("plain"))
    assert markdown_report(report).splitlines().count("</details>") == number
    for name in FORMATS:
        FORMATS[name](report).encode("utf-8")


# the parts


def test_sarif_holds_both_places_waivers_and_rules() -> None:
    run = valid_sarif(everything())
    by_print = {result["partialFingerprints"]["evtcompat/v1"]: result for result in run["results"]}
    error = by_print["a" * 24]
    assert error["locations"][0]["physicalLocation"]["region"] == {"startLine": 3, "startColumn": 5, "endColumn": 9}
    related = error["relatedLocations"][0]
    assert related["physicalLocation"]["artifactLocation"]["uri"] == "old.avsc"
    assert related["message"]["text"] == "written with v2"
    assert error["locations"][0]["logicalLocations"] == [{"fullyQualifiedName": "Order.total"}]
    assert by_print["d" * 24]["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": "agreed with shipping (ann, until 2027-06-30)"}
    ]
    assert "physicalLocation" not in by_print["e" * 24]["relatedLocations"][0]
    assert by_print["e" * 24]["relatedLocations"][0]["logicalLocations"][0]["name"] == "registry:order@3"
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    assert len(run["invocations"][0]["toolExecutionNotifications"]) == 2


def test_gitlab_issues_have_every_field_and_fingerprints_of_their_own() -> None:
    report = everything()
    issues = json.loads(gitlab_report(report))
    for issue in issues:
        assert {"description", "check_name", "fingerprint", "severity", "location"} <= set(issue)
        assert issue["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert issue["location"]["lines"]["begin"] >= 1
    prints = [issue["fingerprint"] for issue in json.loads(gitlab_report(hostile("x")))]
    assert len(set(prints)) == len(prints)


def test_github_puts_what_fails_first() -> None:
    """The runner shows ten annotations of each kind."""
    found = [command for command, _, _ in commands(everything())]
    assert found == sorted(found, key=["error", "warning", "notice"].index)
    assert found.count("error") == len([e for e in entries(everything()) if e.fails and e.kind is not Kind.UNDECIDED])


#: What the schema of Jenkins' xUnit plugin allows, plus `file` and `line` of a case, which GitLab and others read.
JUNIT = {
    "testsuites": ({"name", "tests", "failures", "errors", "time"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors", "skipped", "time"}, {"testcase"}),
    "testcase": ({"name", "classname", "time", "file", "line"}, {"failure", "error", "skipped", "system-out"}),
    "failure": ({"type", "message"}, set()),
    "error": ({"type", "message"}, set()),
    "skipped": ({"type", "message"}, set()),
    "system-out": (set(), set()),
}


@pytest.mark.parametrize("report", [everything(), nothing(), compatible(), hostile(HOSTILE[4])])
def test_junit_has_only_what_its_readers_know(report: Report) -> None:
    root = ET.fromstring(junit_report(report))  # noqa: S314 - our own text
    assert root.tag == "testsuites"
    for element in root.iter():
        attributes, children = JUNIT[element.tag]
        assert set(element.keys()) <= attributes
        assert {child.tag for child in element} <= children
        assert element.tag not in {"testsuite", "testcase"} or element.get("name")


def test_junit_counts_are_the_counts_of_its_cases() -> None:
    root = ET.fromstring(junit_report(everything()))  # noqa: S314 - our own text
    for suite in (root, *root.findall("testsuite")):
        cases = list(suite.iter("testcase"))
        assert suite.get("tests") == str(len(cases))
        for attribute, element in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            number = str(sum(case.find(element) is not None for case in cases))
            assert suite.get(attribute, number if suite is root else None) == number
    names = [case.get("name") for suite in root for case in suite if suite.get("name") == "order"]
    assert sum((name or "").startswith("backward: v3 reads ") for name in names) == 1
    assert {case.get("name") for case in root.iter("testcase")} >= {"backward: your change reads HEAD:fine.avsc"}


def test_markdown_is_cut_between_entries_and_never_loses_the_answer() -> None:
    whole = markdown_report(everything())
    assert whole.startswith(f"{MARKER}\n### ❌ Event schemas: incompatible\n")
    head = whole.index("<details")
    for limit in (head + 300, head + 900, head + 2000):
        cut = markdown_report(everything(), limit=limit)
        assert len(cut) <= limit
        assert cut.startswith(whole[:head].rstrip())
        assert re.search(r"\*\d+ more entr(y does|ies do) not fit here", cut)
        assert cut.count("<details") == cut.count("</details>")


@pytest.mark.parametrize(
    ("origin", "path"),
    [
        ("a/b.avsc", "a/b.avsc"),
        ("HEAD:a/b.avsc", "a/b.avsc"),
        (":a/b.avsc", "a/b.avsc"),
        ("origin/main:a/b.avsc", "a/b.avsc"),
        ("C:/a/b.avsc", "C:/a/b.avsc"),
        ("registry:order@3", None),
        ("https://example/schema.json", None),
        ("", None),
        (None, None),
    ],
)
def test_the_file_of_an_origin(origin: str | None, path: str | None) -> None:
    assert file_of(origin) == path
