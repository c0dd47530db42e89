"""Histories as one HTML file: which versions of each subject can live together, and when each part came."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evtcompat.model.timelines import Timeline
from evtcompat.reporters.escape import html
from evtcompat.reporters.pages.frame import page
from evtcompat.reporters.pages.histories import summed, timeline_parts
from evtcompat.reporters.pages.words import scrolling, tools, word

#: From so many subjects on there is a table of them.
_LISTED = 2
#: From so many on, what a chart draws is not told in words besides.
_MANY = 20


def history_page(timelines: Sequence[Timeline], problems: Sequence[str] = ()) -> str:
    """One page about some subjects. Byte-stable; ends with a newline.

    Args:
        timelines: What is shown.
        problems: Subjects that cannot be shown, with the reason.
    """
    only = timelines[0].subject if len(timelines) == 1 else f"{len(timelines)} subjects"
    return page(f"History of {html(only)}", "\n".join(_body(timelines, problems, only)))


def _body(timelines: Sequence[Timeline], problems: Sequence[str], only: str) -> Iterator[str]:
    yield f"<h1>History of {html(only)}</h1>"
    if len(timelines) > 1:
        yield tools(severities=False, matrix=any(one.grid is not None for one in timelines))
    else:
        yield '<div class="tools" hidden><button type="button" id="theme">Light or dark</button></div>'
    yield from problem_list(problems)
    if len(timelines) >= _LISTED:
        table = scrolling(_table(timelines), "Subjects")
        many = f"<details><summary>{len(timelines)} subjects</summary>{table}</details>"
        yield many if len(timelines) > _MANY else table
    for number, timeline in enumerate(timelines):
        yield f'<section class="subject" id="s{number}" data-name="{html(timeline.subject.lower())}">'
        # a single subject is named by the page
        yield f"<h2>{html(timeline.subject)}</h2>" if len(timelines) > 1 else '<h2 class="unseen">Versions</h2>'
        policy = f", {timeline.policy}" if timeline.policy else ""
        yield f"<p>{html(timeline.format + policy)}: {html(summed(timeline))}</p>"
        brief = len(timelines) > _MANY
        parts = timeline_parts(timeline, f"s{number}", brief=brief)
        # a browser that runs the script takes this for one text: what is looked at is made of it, and not hundreds of
        # thousands of cells before anything is seen; one that does not run it reads it as it stands
        yield from ("<noscript>", *parts, "</noscript>") if brief else parts
        yield "</section>"


def problem_list(problems: Sequence[str]) -> Iterator[str]:
    """What cannot be shown."""
    if problems:
        items = "".join(f"<li>{html(one)}</li>" for one in problems)
        yield f'<div class="entry">{word("unchecked")} <ul class="plain">{items}</ul></div>'


def _table(timelines: Sequence[Timeline]) -> str:
    rows = "".join(
        f'<tr><th scope="row"><a href="#s{number}">{html(one.subject)}</a></th><td>{html(summed(one))}</td></tr>'
        for number, one in enumerate(timelines)
    )
    return f'<table><tr><th scope="col">subject</th><th scope="col">history</th></tr>{rows}</table>'
