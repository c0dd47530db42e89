"""What a person reads: the answer first, a block a change, no word broken, a proof that leads to the point."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evtcompat import check
from evtcompat.checking.run import assemble
from evtcompat.model.reports import Problem, Report, SchemaName, SubjectReport
from evtcompat.model.verdicts import Verdict
from evtcompat.reporters.junit_report import render as junit_report
from evtcompat.reporters.markdown_report import render as markdown_report
from evtcompat.reporters.payload_excerpt import excerpt
from evtcompat.reporters.sentences import headline
from evtcompat.reporters.terminal import Detail, Terminal, width_of
from evtcompat.reporters.text_report import render
from reporters.sample_report import compatible, everything, nothing, only


def wide(new: str = "顧客の名前") -> Report:
    """A subject whose names take two columns a letter, changed at 40 places."""

    def record(kind: str) -> dict[str, object]:
        properties = {f"{new}{number}": {"type": kind} for number in range(40)}
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "properties": properties,
            "required": sorted(properties),
        }

    return check(candidate=record("string"), history=[record("integer")], subject="order")


def many(breaking: int, unchanged: int) -> Report:
    template = next(one for one in everything().subjects if one.subject == "fine")
    subjects: list[SubjectReport] = [
        replace(template, subject=f"s{at}", identity="", state="unchanged") for at in range(unchanged)
    ]
    subjects += [
        replace(template, subject=f"broken-{at}", identity="", verdict=Verdict.INCOMPATIBLE) for at in range(breaking)
    ]
    return assemble(subjects)


@pytest.mark.parametrize(
    ("report", "line"),
    [
        (many(2, 226), "2 of 228 subjects break consumers (broken-0, broken-1). 2 changed, 226 unchanged."),
        (many(1, 2), "1 of 3 subjects breaks consumers (broken-0). 1 changed, 2 unchanged."),
        (many(1, 0), "broken-0 breaks consumers. 1 changed."),
        (many(0, 3), "No consumer breaks. 3 unchanged."),
        (compatible(), "No consumer breaks. 1 changed, 1 new."),
        (nothing(), "No schema was found: nothing was compared."),
        (only("undecided"), "1 undecided (order). 1 changed."),
        (only("unchecked"), "1 could not be checked."),
    ],
)
def test_the_first_line_says_it_all(report: Report, line: str) -> None:
    assert headline(report) == line
    assert render(report).startswith(line)
    assert render(report, Terminal(detail=Detail.ANSWER)) == f"{line}\n"


def test_names_that_do_not_fit_are_counted() -> None:
    report = many(9, 1)
    assert headline(report, 60) == "9 of 10 subjects break consumers. 9 changed, 1 unchanged."
    assert "broken-4 and 4 more" in headline(report)


@pytest.mark.slow
def test_what_did_not_change_is_counted_and_told_on_demand() -> None:
    report = many(0, 10_000)
    assert len(render(report).splitlines()) <= 3
    assert len(re.findall(r"(?m)^s\d+  FULL|^s\d+  BACKWARD", render(report, Terminal(detail=Detail.ALL)))) == 10_000


def test_a_problem_of_many_subjects_is_told_once_and_names_the_others() -> None:
    problem = Problem("the reference 'a.json' leads nowhere", place="b.json:1:1")
    fine = many(1, 0).subjects[0]
    trouble = replace(fine, problems=(problem,), comparisons=(), findings=(), verdict=Verdict.UNCHECKED)
    report = assemble([replace(trouble, subject=f"s{at}", identity=f"s{at}") for at in range(9)])
    text = render(report)
    assert text.count(problem.message) == 1
    assert "also  s1, s2, s3, s4, s5 and 3 more" in text
    assert render(report, Terminal(detail=Detail.ALL)).count(problem.message) == 9


def test_what_the_change_did_comes_before_what_was_not_checked_without_it_either() -> None:
    open_, before = (replace(many(1, 0).subjects[0], verdict=one) for one in (Verdict.UNDECIDED, Verdict.UNCHECKED))
    open_ = replace(open_, subject="changed", identity="changed")
    before = replace(before, state="unchanged", problems=(Problem("cannot be read", subject="broken-0"),))
    text = render(assemble([before, open_]))
    assert 0 < text.index("\nchanged  ") < text.index("\nbroken-0  "), text


def test_of_what_the_change_did_not_touch_a_few_say_why_they_are_not_checked() -> None:
    basis = replace(many(1, 0).subjects[0], verdict=Verdict.UNCHECKED, state="unchanged", comparisons=(), findings=())
    troubles = {f"s{at:02}": Problem(f"trouble {at:02}", subject=f"s{at:02}") for at in range(20)}
    report = assemble([replace(basis, subject=one, identity=one, problems=(it,)) for one, it in troubles.items()])
    text = render(report)
    assert re.findall(r"trouble (\d+)", text) == ["00", "01", "02", "03", "04"]
    assert "Unchecked and unchanged, too: s05, s06, s07, s08, s09 and 10 more. `-v` tells why." in text
    assert len(re.findall(r"trouble \d+", render(report, Terminal(detail=Detail.ALL)))) == 20
    assert headline(report).startswith("20 that did not change could not be checked.")
    touched = replace(report.subjects[0], state="compared")
    assert headline(assemble([touched, *report.subjects[1:]])).startswith("20 could not be checked (19 unchanged).")


def test_of_what_one_rule_remarks_about_a_schema_a_few_are_shown_and_the_others_placed() -> None:
    definitions = {"d": {"type": "string"}}
    beside = {f"p{at:02}": {"$ref": "#/definitions/d", "maxLength": at} for at in range(20)}
    schema = {"$schema": "http://json-schema.org/draft-07/schema#", "definitions": definitions, "properties": beside}
    text = json.dumps(schema, indent=1)
    report = check(candidate=text, history=[text], subject="s")
    shown = re.compile(r"(?m)^\S+  warning  keyword-beside-ref$")
    assert len(shown.findall(render(report))) == 3
    words = " ".join(render(report).split())
    assert re.search(r"keyword-beside-ref, 17 more times: (\S+, ){4}\S+ and 12 more\. `-v` shows each\.", words), words
    everything_told = render(report, Terminal(detail=Detail.ALL))
    assert len(shown.findall(everything_told)) == 20
    assert "more times" not in everything_told
    failing = check(candidate=text, history=[text], severities={"keyword-beside-ref": "error"})
    assert render(failing).count("error  keyword-beside-ref") == 20  # what fails is told


def test_a_long_name_with_spaces_leaves_its_line() -> None:
    name = "Payments/services/Paymentic Ledger APIs/asyncapi.yaml/transactionWalletRegistered"
    report = assemble([replace(many(1, 0).subjects[0], subject=name, identity=name)])
    lines = render(report, Terminal(width=60)).splitlines()
    assert [line for line in lines if width_of(line) > 60] == []
    assert name in " ".join("".join(f"{line}\n" for line in lines).split())


def test_subjects_of_one_name_are_told_apart() -> None:
    basis = many(1, 0).subjects[0]
    two = [replace(basis, candidate=SchemaName(f"{folder}/o.avsc"), identity=f"{folder}/o") for folder in ("a", "b")]
    assert "(broken-0 (a/o.avsc), broken-0 (b/o.avsc))" in headline(assemble(two))


def test_versions_of_a_subject_are_one_subject() -> None:
    """Only those that are under check are told apart by their files: what did not change is told of on demand."""
    basis = many(1, 0).subjects[0]
    old, new, newer = (replace(basis, candidate=SchemaName(f"o/{number}.avsc")) for number in (1, 2, 3))
    old = replace(old, state="unchanged", verdict=Verdict.NOT_JUDGED, settled=True)
    one, two = assemble([old, new]), assemble([old, new, newer])
    assert headline(one) == headline(two) == "broken-0 breaks consumers. 1 changed."
    assert [line.split("  ")[0] for line in render(one).splitlines() if "  FULL" in line or "  BACK" in line] == [
        "broken-0"
    ]
    assert ["broken-0 (o/2.avsc)" in render(two), "broken-0 (o/1.avsc)" in render(two)] == [True, False]


@pytest.mark.slow
@pytest.mark.parametrize("width", [60, 80, 140])
def test_lines_fit_and_no_word_is_broken(width: int) -> None:
    for report in (everything(), wide()):
        lines = render(report, Terminal(width=width)).splitlines()
        words = set(render(report, Terminal(width=100_000)).split())
        for line in lines:
            assert width_of(line) <= width or len(line.split()) <= 2, line
        ours = {word for line in lines if " | " not in line for word in line.split()}
        assert ours <= words | {"..."}


def test_one_block_a_change_with_the_directions_that_it_breaks() -> None:
    text = render(check(candidate='{"type": "int"}', history=['{"type": "string"}'], format="avro"))
    assert text.count("string -> int") == 1
    assert "(backward: v2 reads v1)" in text
    assert "(forward: v1 reads v2)" in text
    assert text.count("  id  ") == 1


LONG = {"a": "x" * 200, "lines": [{"price": 1.5, "name": "y" * 200}], "z": 1}


def test_a_long_payload_is_shown_by_the_way_to_the_point() -> None:
    assert excerpt(LONG, "Order.lines[].price", 80) == '{"lines": [{"price": 1.5, ...}], ...}'
    assert excerpt({"a": 1}, "Order.b", 80) == '{"a": 1}'
    assert excerpt({"note": {"string": "x" * 100}}, "Order.note", 40).startswith('{"note": {"string": "xxx')


@given(
    st.recursive(
        st.integers() | st.text(max_size=30),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
        max_leaves=15,
    ),
    st.lists(st.sampled_from(["a", "b", "c", "[]", "{}", "(int)"]), max_size=4),
)
def test_an_excerpt_is_the_payload_or_says_that_something_is_left_out(value: object, steps: list[str]) -> None:
    shown = excerpt(value, ".".join(steps), 30)
    assert shown == json.dumps(value, ensure_ascii=False) or "..." in shown


@pytest.mark.slow
def test_markdown_folds_what_comes_after_the_first_ten_changes() -> None:
    text = markdown_report(wide())
    first, more, folded = re.split(r"<details><summary>(\d+) more changes</summary>", text)
    assert first.count("<details open>") == 10
    assert folded.count("<details>") == int(more) > 0
    assert text.count("<details") == text.count("</details>")


@pytest.mark.slow
def test_junit_has_a_case_a_subject_and_direction() -> None:
    text = junit_report(wide())
    assert re.findall(r'<testcase classname="order" name="([^"]*)"', text) == [
        "backward: v2 reads v1",
        "forward: v1 reads v2",
    ]
