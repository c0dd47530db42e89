"""The pages of a site: the front, lists, a page a subject, and what its search looks into. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from typing import Final

from evtcompat.dataclasses import dataclass
from evtcompat.model.timelines import Timeline
from evtcompat.model.verdicts import Verdict
from evtcompat.reporters.escape import html, printable
from evtcompat.reporters.pages.frame import script, site_page, site_script, style
from evtcompat.reporters.pages.histories import summed, timeline_parts
from evtcompat.reporters.pages.words import scrolling, word

#: Subjects in one list, and in one file of what the search looks into.
_IN_LIST: Final = 200
_IN_PART: Final = 2_000
#: Breaking subjects that the front names, and parts of an event that the search knows.
_NAMED: Final = 100
_PARTS: Final = 60
_PLAIN: Final = re.compile(r"[a-z0-9][a-z0-9.-]{0,80}")


@dataclass(frozen=True, slots=True)
class Row:
    """What lists and the search know of a subject."""

    subject: str
    #: Its page, from the folder of the site.
    path: str
    #: `histories.summed`, or why there is nothing to see.
    said: str
    #: Of its newest step; ``None`` for one version, or none that can be read.
    verdict: Verdict | None
    date: str | None = None
    parts: tuple[str, ...] = ()


def path_of(subject: str) -> str:
    """The page of a subject, the same in every run, whatever else there is; case is not what tells two apart."""
    if _PLAIN.fullmatch(subject):
        return f"subjects/{subject}.html"
    short = re.sub(r"[^a-z0-9.]+", "-", subject.lower()).strip("-.")[:60] or "subject"
    return f"subjects/{short}-{hashlib.sha256(subject.encode('utf-8', 'replace')).hexdigest()[:10]}.html"


def paths_of(subjects: Sequence[str]) -> list[str]:
    """Every file of a site about these subjects."""
    lists = [f"lists/{number}.html" for number in range(1, _count(len(subjects), _IN_LIST) + 1)]
    parts = [f"search-{number}.js" for number in range(1, _count(len(subjects), _IN_PART) + 1)]
    return ["index.html", "page.css", "page.js", "site.js", *lists, *parts, *map(path_of, subjects)]


def row_of(timeline: Timeline) -> Row:
    """What lists know of a subject that can be shown."""
    verdict = None
    if timeline.steps:
        step = timeline.steps[-1]
        order = (Verdict.INCOMPATIBLE, Verdict.UNCHECKED, Verdict.UNDECIDED, Verdict.COMPATIBLE)
        verdict = min((step.backward, step.forward), key=order.index)
    newest = next((stop.date for stop in reversed(timeline.stops) if stop.date), None)
    parts = tuple(line.path for line in timeline.lifelines[:_PARTS])
    return Row(timeline.subject, path_of(timeline.subject), summed(timeline), verdict, newest, parts)


def subject_page(timeline: Timeline) -> str:
    """The page of a subject."""
    name = html(timeline.subject)
    policy = f", {timeline.policy}" if timeline.policy else ""
    body = [
        _top("../"),
        f'<section class="subject" data-name="{name.lower()}"><h1>{name}</h1><h2 class="unseen">History</h2>',
        f"<p>{html(timeline.format + policy)}: {html(summed(timeline))}</p>",
        *timeline_parts(timeline, "s"),
        "</section>",
    ]
    return site_page(name, "\n".join(body), "../")


def problem_page(subject: str, problem: str) -> str:
    """The page of a subject that cannot be shown."""
    body = f"{_top('../')}<h1>{html(subject)}</h1><p>{word('unchecked')} {html(problem)}</p>"
    return site_page(html(subject), body, "../")


def common_pages(rows: Sequence[Row], title: str) -> Iterator[tuple[str, str]]:
    """Everything but the pages of the subjects: paths and texts."""
    yield "page.css", style()
    yield "page.js", script()
    yield "site.js", site_script()
    yield "index.html", _front(rows, title)
    lists = _count(len(rows), _IN_LIST)
    for number in range(lists):
        yield f"lists/{number + 1}.html", _list(rows[number * _IN_LIST : (number + 1) * _IN_LIST], number + 1, lists)
    for number in range(_count(len(rows), _IN_PART)):
        found = [
            [printable(row.subject), row.path, row.verdict.value if row.verdict else "", printable(" ".join(row.parts))]
            for row in rows[number * _IN_PART : (number + 1) * _IN_PART]
        ]
        text = json.dumps(found, ensure_ascii=True, separators=(",", ":"))
        yield f"search-{number + 1}.js", f"evtcompatFound({text});\n"


def _front(rows: Sequence[Row], title: str) -> str:
    broken = [row for row in rows if row.verdict is Verdict.INCOMPATIBLE]
    unread = [row for row in rows if row.verdict is None and not row.parts]
    lists = _count(len(rows), _IN_LIST)
    body = [f"<h1>{html(title)}</h1>"]
    body.append(f'<p class="lead">{_lead(len(rows), len(broken))}</p>')
    body.append(
        f'<div class="tools" hidden data-parts="{_count(len(rows), _IN_PART)}"><label class="find">Search subjects and '
        'fields <input id="find" type="search" aria-keyshortcuts="/"></label>'
        '<button type="button" id="theme">Light or dark</button></div>'
        '<div id="results" role="status"></div>'
    )
    for head, found in (("The newest version breaks somebody", broken), ("Not to be read", unread)):
        if found:
            more = f'<p class="soft">and {len(found) - _NAMED} more</p>' if len(found) > _NAMED else ""
            body.append(f"<h2>{head}</h2>{scrolling(_table(found[:_NAMED], ''), head)}{more}")
    body.append("<h2>All subjects</h2>")
    links = "".join(
        f'<li><a href="lists/{number + 1}.html">{_span(rows[number * _IN_LIST : (number + 1) * _IN_LIST])}</a></li>'
        for number in range(lists)
    )
    body.append(f'<ul class="plain">{links}</ul>')
    return site_page(html(title), "\n".join(body), "", ("page.js", "site.js"))


def _lead(subjects: int, broken: int) -> str:
    """How many there are, and how many break somebody: the newest version of each counts."""
    if subjects == 1:
        return f"1 subject. Its newest version breaks {'somebody' if broken else 'nobody'}."
    some = {0: "none", subjects: "each"}.get(broken, str(broken))
    return f"{subjects} subjects. The newest version of {some} of them breaks {'somebody' if broken else 'anybody'}."


def _span(rows: Sequence[Row]) -> str:
    """From the first to the last of a list."""
    ends = [row.subject for row in (*rows[:1], *rows[1:][-1:])]
    return " to ".join(map(html, ends))


def _list(rows: Sequence[Row], number: int, lists: int) -> str:
    before = f'<a href="{number - 1}.html">Before</a>' if number > 1 else ""
    after = f'<a href="{number + 1}.html">After</a>' if number < lists else ""
    title = f"Subjects, {number} of {lists}"
    table = scrolling(_table(rows, "../"), "Subjects")
    return site_page(title, f"{_top('../', f'{before} {after}')}<h1>{title}</h1>{table}", "../")


def _table(rows: Sequence[Row], root: str) -> str:
    """With the dates of newest versions, where any is known."""
    dated = any(row.date for row in rows)
    lines = "".join(
        f'<tr><th scope="row"><a href="{root}{html(row.path)}">{html(row.subject)}</a></th>'
        f"<td>{word(row.verdict.value) if row.verdict else ''}</td>"
        + (f"<td class=date>{html(row.date or '')}</td>" if dated else "")
        + f"<td>{html(row.said)}</td></tr>"
        for row in rows
    )
    names = ("subject", "newest step", *(("newest version",) if dated else ()), "history")
    heads = "".join(f'<th scope="col">{head}</th>' for head in names)
    return f'<table class="subjects"><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>'


def _top(root: str, more: str = "") -> str:
    return (
        f'<nav class="top"><a href="{root}index.html">All subjects</a> {more}'
        '<button type="button" id="theme">Light or dark</button></nav>'
    )


def _count(things: int, size: int) -> int:
    return max(1, -(-things // size))
