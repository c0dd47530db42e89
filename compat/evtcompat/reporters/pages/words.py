"""Small pieces of HTML. Every function takes raw text, and gives HTML."""

from __future__ import annotations

from evtcompat.model.rules import page_of_rule
from evtcompat.reporters.escape import html


def word(text: str, shown: str | None = None) -> str:
    """A verdict, a severity or an outcome, in its colour."""
    return f'<span class="word {html(text)}">{html(text if shown is None else shown)}</span>'


def spoken(text: str) -> str:
    """A phrase whose names stand between backticks."""
    pieces = html(text).split("`")
    if len(pieces) % 2 == 0:
        return html(text)
    return "".join(f"<code>{piece}</code>" if at % 2 else piece for at, piece in enumerate(pieces))


def lines(text: str) -> str:
    """A text of several lines."""
    return "\n".join(html(line.expandtabs(4)) for line in text.split("\n"))


def rule(name: str, pages: str) -> str:
    """A rule; a link to its page, where the pages have an address that they begin with."""
    address = page_of_rule(name, pages)
    return html(name) if address is None else f'<a href="{html(address)}">{html(name)}</a>'


def unseen(text: str) -> str:
    """Text for those who do not see the page."""
    return f'<span class="unseen">{html(text)}</span>'


def scrolling(content: str, about: str, *, newest: bool = False) -> str:
    """Something wide, which scrolls by itself.

    Args:
        content: HTML.
        about: Its name for those who do not see it.
        newest: What stands last is the newest, and is seen first: it scrolls back from there, without a script.
    """
    shown = "scroll newest" if newest else "scroll"
    return f'<div class="{shown}" tabindex="0" role="group" aria-label="{html(about)}">{content}</div>'


def tools(*, severities: bool, articles: str = "", matrix: bool) -> str:
    """What searches and filters the page, and which keys do something there; hidden where no script runs.

    Args:
        severities: The changes of the page have some.
        articles: What an `article` of the page tells of; ``""`` where it has none.
        matrix: The page has one.
    """
    boxes = "".join(
        f'<label><input type="checkbox" checked data-filter="{one}"> {one}</label>'
        for one in ("error", "warning", "note", "waived")
    )
    chosen = f"<fieldset><legend class=unseen>Severities</legend>{boxes}</fieldset>" if severities else ""
    moves = f", j and k go from {articles} to {articles}" if articles else ""
    keys = f"/ searches{moves}{', arrows move in a matrix' if matrix else ''}"
    return (
        f'<div class="tools" hidden><label class="find">Search <input id="search" type="search" '
        f'aria-keyshortcuts="/"></label>{chosen}<button type="button" id="theme">Light or dark</button>'
        f'<span class="soft" id="found" role="status"></span><span class="soft">{keys}</span></div>'
    )
