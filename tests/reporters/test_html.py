"""The HTML report is one file that loads nothing, and text from a schema stays text in it."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli_harness import Run
from evtcompat import check
from evtcompat.model.reports import Report
from evtcompat.reporters.html_report import render
from evtcompat.reporters.pages.matrices import shortened
from evtcompat.reporters.pages.texts import side_by_side
from evtcompat.reporters.payload_excerpt import parted
from reporters.sample_report import HOSTILE, everything, hostile


class Page(HTMLParser):
    """The elements of a page in their order, where they lead, and the text between them."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.text = ""
        self.feed(render(report))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in {"href", "src", "action", "data", "srcset"}]
        self.ids += [value or "" for name, value in attrs if name == "id"]

    def handle_data(self, data: str) -> None:
        self.text += data


def broken(name: str = "total") -> Report:
    def order(kind: str) -> dict[str, object]:
        field = {"name": name, "type": kind}
        return {"type": "record", "name": "Order", "fields": [{"name": "id", "type": "string"}, field]}

    return check(candidate=order("string"), history=[order("int")], subject="order")


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_no_markup(text: str) -> None:
    # a pair of backticks sets what is between them in another type, and nothing else
    shown, plain = ([tag for tag in Page(hostile(one)).tags if tag != "code"] for one in (text, "plain"))
    assert shown == plain


def test_it_loads_nothing_and_links_into_itself_alone() -> None:
    for report in (everything(), broken()):
        page = Page(report)
        assert all(link.startswith("#") and link[1:] in page.ids for link in page.links)
        assert "://" not in render(report)
        assert "default-src 'none'" in render(report)


def test_every_change_has_a_place_to_link_to_and_its_evidence() -> None:
    page = Page(broken())
    assert "total: type int -> string" in page.text
    (subject,) = broken().subjects
    causes = {finding.cause.id for one in subject.comparisons for finding in one.result.findings if finding.cause}
    assert causes <= set(page.ids)
    assert "refused by fastavro" in page.text


VALUES = st.recursive(
    st.integers() | st.text(max_size=3) | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=12,
)


@given(VALUES, st.lists(st.sampled_from(["a", "b", "c", "[]", "{}"]), max_size=4))
def test_a_payload_in_three_parts_is_the_payload(value: object, steps: list[str]) -> None:
    parts = parted(value, ".".join(steps))
    assert json.loads("".join(parts)) == value
    json.loads(parts[1])


def test_the_member_that_goes_wrong_is_the_part_in_the_middle() -> None:
    before, point, after = parted({"id": "", "lines": [{"price": 1.5, "n": 2}]}, "Order.lines[].price")
    assert point == "1.5"
    assert before.endswith('"price": ')
    assert after.startswith(",\n")


@given(VALUES, st.lists(st.sampled_from(["a", "b", "[]", "{}"]), max_size=3))
def test_what_a_payload_lacks_is_a_line_of_its_own_in_the_object_that_lacks_it(value: object, steps: list[str]) -> None:
    before, point, after = parted(value, ".".join(steps), "z")
    if point != '"z": missing':
        assert json.loads(before + point + after) == value
        assert not isinstance(json.loads(point), dict)
        return
    assert json.loads(before + '"z": "missing"' + after) != value
    head, _, tail = (before + "\0" + after).partition("\0")
    whole = head.rstrip().removesuffix(",") + tail
    assert json.loads(whole) == value


AVRO: list[dict[str, object]] = [
    {"type": "record", "name": "Order", "fields": fields} for fields in ([], [{"name": "total", "type": "int"}])
]
TOTAL = {"total": {"type": "integer"}}
JSON_SCHEMA: list[dict[str, object]] = [
    {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "properties": TOTAL, **required}
    for required in ({}, {"required": ["total"]})
]


@pytest.mark.parametrize("schemas", [AVRO, JSON_SCHEMA], ids=["avro", "json-schema"])
def test_a_member_that_a_payload_lacks_is_marked_where_it_should_be_and_nothing_else(
    schemas: list[dict[str, object]],
) -> None:
    old, new = schemas
    page = render(check(candidate=new, history=[old], subject="order"))
    (figure,) = re.findall(r"<figcaption>proof.*?</figure>", page, re.DOTALL)
    assert re.findall("<mark>(.*?)</mark>", figure, re.DOTALL) == ["&quot;total&quot;: missing"]


@given(st.lists(st.text("ab\U0001f600\u00e9", max_size=20), unique=True))
def test_texts_of_a_matrix_are_whole_again_as_javascript_reads_them(texts: list[str]) -> None:
    read: list[bytes] = []
    same = 0
    for one in json.loads(json.dumps(list(shortened(texts)))):
        if isinstance(one, int):
            same = one
            continue
        read.append((read[-1][: 2 * same] if same else b"") + one.encode("utf-16-le"))
        same = 0
    assert [one.decode("utf-16-le") for one in read] == texts


def test_a_changed_line_among_hundreds_of_equal_ones_is_shown_alone() -> None:
    old = "\n".join(f'"f{at}": {{\n"type": "string"\n}},' for at in range(500))
    table = side_by_side(old, old.replace('"f250"', '"g250"'), ("v1", "v2"))
    assert re.findall(r"class=(?:gone|came)>([^<]*)<", table) == ["&quot;f250&quot;: {", "&quot;g250&quot;: {"]


@pytest.mark.slow
def test_fixes_are_patches_of_lines_where_not_too_much_text_is_written_anew_for_them(run: Run, tmp_path: Path) -> None:
    """Each is a patch of the whole text, which is read and written for it."""

    def version(count: int, *, demanded: bool) -> str:
        parts = {f"f{at}": {"type": "integer", "description": "what it is for " * 20} for at in range(count)}
        return json.dumps({"type": "object", "properties": parts, "required": [*parts] if demanded else []}, indent=1)

    for count, lined in ((3, True), (250, False)):
        for number in (1, 2):
            (tmp_path / f"o-v{number}.json").write_text(version(count, demanded=number == 2))
        run("check", "o-v2.json", "--format", "html:page.html", cwd=tmp_path)
        page = (tmp_path / "page.html").read_text()
        assert ("git apply</code>" in page) == lined
        assert ("As a patch (RFC 6902)" in page) != lined


def test_a_document_on_one_line_is_shown_around_each_change() -> None:
    """Its page grows with the changes, not with the changes times the line."""

    def order(kind: str) -> str:
        parts = {f"member{at}": {"type": kind, "description": f"what {at} is for"} for at in range(300)}
        return json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", "properties": parts})

    new, old = order("string"), order("integer")
    page = render(check(candidate=new, history=[old], subject="order"))
    shown = re.findall(r'<pre class="source"[^>]*>([^\n]*)\n', page)
    assert max(map(len, shown)) < len(new) // 10
    marked = [re.search(r"^\.\.\. [^<]{0,40}<mark>&quot;(string|integer)&quot;</mark>", line) for line in shown]
    assert len(shown) == 2 * 300
    assert None not in marked
