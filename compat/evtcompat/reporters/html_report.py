"""One HTML file that opens from disk and loads nothing: the answer, each change with its proof, who deploys first."""

from __future__ import annotations

from collections.abc import Iterator

from evtcompat.model.counts import counted
from evtcompat.model.reports import Report
from evtcompat.model.verdicts import Verdict
from evtcompat.reporters.deploying import deploying
from evtcompat.reporters.entries import entries_of_run
from evtcompat.reporters.escape import html
from evtcompat.reporters.pages.changes import entry
from evtcompat.reporters.pages.frame import page
from evtcompat.reporters.pages.subjects import subject_parts
from evtcompat.reporters.pages.words import tools, word
from evtcompat.reporters.sentences import headline, names_of
from evtcompat.reporters.terminal import Terminal

_HARM = (Verdict.INCOMPATIBLE, Verdict.UNCHECKED, Verdict.UNDECIDED, Verdict.COMPATIBLE, Verdict.NOT_JUDGED)
#: From so many subjects on there is a table of them.
_LISTED = 3


def render(report: Report, terminal: Terminal | None = None) -> str:  # noqa: ARG001 - of every reporter
    """The whole run as one page. Byte-stable; ends with a newline."""
    return page(html(headline(report)), "\n".join(_body(report)))


def _body(report: Report) -> Iterator[str]:
    names = names_of(report.subjects)
    yield f"<h1>Event schemas: {word(report.verdict.value)}</h1>"
    yield f'<p class="lead">{html(headline(report))}</p>'
    numbered = [
        (number, subject, name)
        for number, (subject, name) in enumerate(zip(report.subjects, names, strict=True))
        if len(report.subjects) == 1 or subject.state != "unchanged" or not subject.verdict.passes
    ]
    if len(numbered) > 1:
        yield from _deploy(report, names)
    numbered.sort(key=lambda one: _HARM.index(one[1].verdict))
    told = [
        part
        for number, subject, name in numbered
        for part in subject_parts(subject, name, f"s{number}", report.rule_pages)
    ]
    about = [entry(one) for one in entries_of_run(report)]
    changes = any("<article" in part for part in (*told, *about))
    grids = any(subject.timeline is not None and subject.timeline.grid is not None for _, subject, _ in numbered)
    yield tools(severities=changes, articles="change" if changes else "", matrix=grids)
    if len(numbered) >= _LISTED:
        items = "".join(
            f'<li>{word(subject.verdict.value)} <a href="#s{number}">{html(name)}</a></li>'
            for number, subject, name in numbered
        )
        subjects = len({subject.identity for _, subject, _ in numbered})
        many = counted(subjects, "subject")
        many = many if subjects == len(numbered) else f"{len(numbered)} versions of {many}"
        yield f'<details><summary>{many}</summary><ul class="plain">{items}</ul></details>'
    yield from told
    if about:
        yield "<h2>The run</h2>"
        yield from about
    if report.baselines:
        yield f'<p class="soft">Compared with {html(", ".join(report.baselines))}.</p>'


def _deploy(report: Report, names: tuple[str, ...]) -> Iterator[str]:
    rows = list(deploying(report, names, how=False))  # a single subject draws its own
    if rows:
        yield "<h2>Who deploys first</h2>"
        items = "".join(f"<li>{html(text)}</li>" for _, text in rows)
        yield f'<ul class="deploy">{items}</ul>'
