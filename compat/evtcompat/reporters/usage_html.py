"""Who needs what of an event, as one HTML page that opens from disk and loads nothing. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from evtcompat.reporters.escape import html
from evtcompat.reporters.pages.frame import page
from evtcompat.reporters.pages.words import scrolling, tools
from evtcompat.reporters.usage import MARKS, conclusions

if TYPE_CHECKING:
    from evtcompat.contracts.usage import Row, Usage
    from evtcompat.model.reports import Problem

#: How the cells of the table are set, by what they say.
_STYLES = {True: "word", False: "soft", None: "soft"}


def usage_html(found: Sequence[Usage], problems: Sequence[Problem]) -> str:
    """The tables as a page. Byte-stable; ends with a newline."""
    body = ["<h1>Who needs what of an event</h1>"]
    if not found and not problems:
        body.append("<p>There is no contract.</p>")
    body.append(tools(severities=False, articles="event" if found else "", matrix=False))
    for one in found:
        body += _subject(one)
    if problems:
        body.append("<h2>What could not be checked</h2>")
        body += [_problem(one) for one in problems]
    return page("Who needs what of an event", "\n".join(body))


def _subject(usage: Usage) -> Iterator[str]:
    yield f"<article><h2>{html(usage.subject)} {html(usage.version)}</h2>"
    heads = "".join(f'<th scope="col">{html(name)}</th>' for name in usage.consumers)
    nobody = frozenset(usage.nobody)
    rows = "".join(_row(row, usage.consumers, unneeded=row.path in nobody) for row in usage.rows)
    head = f'<thead><tr><th scope="col">part of the event</th>{heads}</tr></thead>'
    yield scrolling(f"<table>{head}<tbody>{rows}</tbody></table>", f"Needs of {usage.subject}")
    told = [f'<li><span class="word">{html(head)}</span> {html(text)}</li>' for head, text in conclusions(usage)]
    yield f"<ul>{''.join(told)}</ul></article>" if told else "</article>"


def _row(row: Row, consumers: Sequence[str], *, unneeded: bool) -> str:
    notes = [*(["nobody needs it"] if unneeded else []), *([] if row.described else ["not in the newest version"])]
    note = f' <span class="soft">({html(", ".join(notes))})</span>' if notes else ""
    cells = "".join(
        f'<td class="{_STYLES[row.needed.get(name)]}">{html(MARKS[row.needed.get(name)])}</td>' for name in consumers
    )
    return f'<tr><th scope="row"><code>{html(row.path)}</code>{note}</th>{cells}</tr>'


def _problem(problem: Problem) -> str:
    place = html(problem.place or problem.subject or "evtcompat")
    hint = f'<p class="soft">{html(problem.hint)}</p>' if problem.hint else ""
    return (
        f'<article><span class="word unchecked">unchecked</span> <h3>{place}</h3><p>{html(problem.message)}</p>'
        f"{hint}</article>"
    )
