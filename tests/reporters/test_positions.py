"""Every format points at the character that an editor shows, whatever the file's line ends, tabs or letters are."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET

import pytest

from evtcompat.checking.run import assemble
from evtcompat.model.levels import Direction, Level
from evtcompat.model.mismatches import Mismatch
from evtcompat.model.places import Place
from evtcompat.model.reports import Comparison, DirectedComparison, Report, SchemaName, SubjectReport
from evtcompat.model.verdicts import Severity, Verdict
from evtcompat.reporters.github_report import render as github_report
from evtcompat.reporters.gitlab_report import render as gitlab_report
from evtcompat.reporters.json_report import render as json_report
from evtcompat.reporters.junit_report import render as junit_report
from evtcompat.reporters.markdown_report import render as markdown_report
from evtcompat.reporters.sarif_report import render as sarif_report
from evtcompat.reporters.text_report import render as text_report
from evtcompat.rules.judge import Context, Severities, Side, judge
from evtcompat.syntax.documents import parse_document

#: The mark stands before the value of the name that is in the pointer.
MARK = "▶"
TEXTS = {
    "plain": '{\n  "a": 1,\n  "x": ▶2\n}\n',
    "CRLF": '{\r\n  "a": 1,\r\n  "x": ▶2\r\n}\r\n',
    "old Mac": '{\r"a": 1,\r"x": ▶2}\r',
    "tabs": '{\n\t"a": 1,\t"x":\t▶2\n}\n',
    "non-ASCII": '{\n  "é𝄞": "日本", "x": ▶2\n}\n',
    "escaped": '{"a\\u0022\\n": "\\\\\\"}", "x": ▶2}',
    "combining": '{"e\u0301\u200d": 1, "x": ▶2}',
    "line separator": '{"a": "\u2028\u2029\u0085", "x": ▶2}',
    "deep": '{"a": {"x": 1}, "b": [[{"x": 0}]],\n "x": ▶2}',
}


def report_for(text: str) -> tuple[Report, int, int]:
    """A report with one finding at ``/x``, and the line and column where the mark was."""
    before = text.partition(MARK)[0]
    lines = re.split(r"\r\n|\r|\n", before)
    document = parse_document(text.replace(MARK, ""), "s/new.avsc", name="new.json")
    sides = Side("v2", document), Side("v1", parse_document("{}", "HEAD:s/old.avsc", name="old.json"))
    facts = {"version": "1", "subject": "order"}
    finding = judge(
        Mismatch("version-removed", Place("/x"), Place(), facts),
        Context(*sides, Severities({"version-removed": Severity.ERROR})),
    )
    assert finding is not None
    comparison = DirectedComparison(
        Direction.BACKWARD, SchemaName("HEAD:s/old.avsc", "1"), Comparison(Verdict.INCOMPATIBLE, (finding,))
    )
    subject = SubjectReport(
        "order", "avro", Level.FULL, SchemaName("s/new.avsc", "2"), Verdict.INCOMPATIBLE, (comparison,)
    )
    return assemble((subject,)), len(lines), len(lines[-1]) + 1


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_positions(text: str) -> None:
    report, line, column = report_for(text)
    where = f"s/new.avsc:{line}:{column}"

    (result,) = json.loads(sarif_report(report))["runs"][0]["results"]
    region = result["locations"][0]["physicalLocation"]["region"]
    assert (region["startLine"], region["startColumn"], region["endColumn"]) == (line, column, column + 1)

    assert f"::error file=s/new.avsc,line={line},col={column},endColumn={column + 1}," in github_report(report)

    (issue,) = json.loads(gitlab_report(report))
    assert issue["location"] == {"path": "s/new.avsc", "lines": {"begin": line}}

    (case,) = ET.fromstring(junit_report(report)).iter("testcase")  # noqa: S314 - our own text
    assert (case.get("file"), case.get("line")) == ("s/new.avsc", str(line))
    assert where in (case.findtext("failure") or "")

    assert f"<code>{where}</code>" in markdown_report(report)
    assert where in text_report(report)

    (finding,) = json.loads(json_report(report))["subjects"][0]["comparisons"][0]["findings"]
    assert (finding["reader"]["line"], finding["reader"]["column"]) == (line, column)
