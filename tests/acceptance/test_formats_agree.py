"""One broken pair in every format: the same findings, at the same places, with the same fingerprints."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cli_harness import Run

OLD = '{"type": "record", "name": "Order", "fields": [{"name": "id", "type": "string"}]}'
#: The mark stands where the field that breaks begins.
MARK = "▶"
HEAD = '"type": "record", "name": "Order"'
ID, X = '{"name": "id", "type": "string"}', '▶{"name": "x", "type": "int"}'
TEXTS = {
    "plain": f'{{{HEAD}, "fields": [\n  {ID},\n  {X}\n]}}\n',
    "CRLF": f'{{{HEAD},\r\n "fields": [\r\n{ID},\r\n  {X}]}}\r\n',
    "tabs": f'{{\t{HEAD},\n\t"fields": [{ID},\t{X}]}}',
    "non-ASCII": f'{{{HEAD}, "doc": "größe 訂單 𝄞", "fields": [{ID}, {X}]}}',
    "escaped": f'{{{HEAD}, "doc": "\\"\\u005c\\\\{{[\\n", "fields": [{ID}, {X}]}}'.replace('"x"', '"\\u0078"'),
    "byte order mark": f'\ufeff{{{HEAD}, "fields": [{ID},\n{X}]}}',
    "comments": f'// 訂 {{"a": 1}}\n{{{HEAD}, /* ] */ "fields": [{ID}, {X}]}}',
}
FORMATS = ("text", "json", "sarif", "junit", "github", "gitlab", "markdown")


class Told(NamedTuple):
    """A finding as a format tells it, with the id of its cause; GitLab has no room for a column."""

    rule: str
    line: int
    column: int | None
    fingerprint: str


def told(report: str, text: str) -> set[Told]:
    """The findings that fail, as a reader of the format finds them."""
    value: Any
    if report == "json":
        value = json.loads(text)
        findings = [
            (comparison["direction"], finding)
            for comparison in value["subjects"][0]["comparisons"]
            for finding in comparison["findings"]
        ]
        return {
            Told(f["rule"], side["line"], side["column"], f["cause"]["id"])
            for direction, f in findings
            for side in [f["reader" if direction == "backward" else "writer"]]
        }
    if report == "sarif":
        value = json.loads(text)["runs"][0]["results"]
        return {
            Told(
                result["ruleId"],
                result["locations"][0]["physicalLocation"]["region"]["startLine"],
                result["locations"][0]["physicalLocation"]["region"]["startColumn"],
                next(iter(result["partialFingerprints"].values())),
            )
            for result in value
        }
    if report == "gitlab":
        return {
            Told(entry["check_name"], entry["location"]["lines"]["begin"], None, entry["fingerprint"])
            for entry in json.loads(text)
        }
    if report == "github":
        found = re.findall(
            r"::error file=new.avsc,line=(\d+),col=(\d+),.*title=`x` added \(([\w-]+)\).*id: ([0-9a-f]{24})", text
        )
        return {Told(rule, int(line), int(column), fingerprint) for line, column, rule, fingerprint in found}
    if report == "junit":
        ET.fromstring(text)  # noqa: S314 - our own report
    rule = re.search(r"reader-field-missing-default-value", text)
    place = re.search(r"new\.avsc:(\d+):(\d+)", text)
    fingerprint = re.search(r"\b[0-9a-f]{24}\b", text)
    assert rule is not None
    assert place is not None
    assert fingerprint is not None
    return {Told(rule[0], int(place[1]), int(place[2]), fingerprint[0])}


@pytest.mark.parametrize("name", TEXTS)
def test_all_formats_tell_the_same(run: Run, tmp_path: Path, name: str) -> None:
    marked = TEXTS[name]
    before = marked.partition(MARK)[0].removeprefix("\ufeff")
    lines = re.split(r"\r\n|\r|\n", before)
    (tmp_path / "old.avsc").write_bytes(OLD.encode())
    (tmp_path / "new.avsc").write_bytes(marked.replace(MARK, "").encode())
    wanted = [word for report in FORMATS for word in ("--format", f"{report}:{report}.out")]
    assert run("check", "new.avsc", "--against", "old.avsc", *wanted, cwd=tmp_path).code == 1
    (expected,) = told("json", (tmp_path / "json.out").read_text(encoding="utf-8"))
    assert expected.rule == "reader-field-missing-default-value"
    assert (expected.line, expected.column) == (len(lines), len(lines[-1]) + 1)
    for report in FORMATS:
        (found,) = told(report, (tmp_path / f"{report}.out").read_text(encoding="utf-8"))
        assert found.rule == expected.rule, report
        assert found.line == expected.line, report
        assert found.column in (expected.column, None), report
        assert found.fingerprint == expected.fingerprint, report


@pytest.mark.slow
def test_layout_does_not_change_the_fingerprint(run: Run, tmp_path: Path) -> None:
    """The texts above are one schema: one finding has one fingerprint, wherever it stands."""
    (tmp_path / "old.avsc").write_bytes(OLD.encode())
    seen = set()
    for marked in TEXTS.values():
        (tmp_path / "new.avsc").write_bytes(marked.replace(MARK, "").encode())
        result = run("check", "new.avsc", "--against", "old.avsc", "--format", "json", cwd=tmp_path)
        seen |= {one.fingerprint for one in told("json", result.out)}
    assert len(seen) == 1
