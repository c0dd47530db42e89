"""Two texts side by side: what stands on both sides, what is gone, what came."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from evtcompat.reporters.escape import html
from evtcompat.reporters.pages.words import scrolling

#: Texts of more lines are not compared line by line.
_MOST: Final = 5_000
#: Pairs of equal lines of which the best is looked for; with more of them, those of frequent lines are left aside.
_PAIRS: Final = 100_000
#: Lines around a change that are shown.
_AROUND: Final = 4


def side_by_side(old: str, new: str, heads: tuple[str, str]) -> str:
    """A table of both texts; ``""`` where they are the same, or too long to be compared.

    Args:
        old: The older text.
        new: The newer one.
        heads: What they are called.
    """
    before, after = old.splitlines(), new.splitlines()
    if before == after or max(len(before), len(after)) > _MOST:
        return ""
    rows = "".join(_rows(before, after))
    left, right = map(html, heads)
    table = (
        '<table class="diff"><colgroup><col class="n"><col><col class="n"><col></colgroup>'
        f'<thead><tr><th colspan="2" scope="col">{left}</th><th colspan="2" scope="col">{right}</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )
    return scrolling(table, f"{heads[0]} and {heads[1]} side by side")


def patch(old: str, new: str, path: str) -> str:
    """What `git apply` makes `new` of `old` with: a unified diff of one file."""
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in difflib.unified_diff(before, after, f"a/{path}", f"b/{path}")
    )


def _rows(before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    old, new = Counter(before), Counter(after)
    frequent = sum(count * new[line] for line, count in old.items()) > _PAIRS
    groups = difflib.SequenceMatcher(None, before, after, autojunk=frequent).get_grouped_opcodes(_AROUND)
    end = 0
    for group in groups:
        first = group[0]
        if first[1] > end or first[3] > end:
            yield '<tr><td class="skip" colspan="4">...</td></tr>'
        for tag, start, stop, other, until in group:
            if tag == "equal":
                for at in range(stop - start):
                    yield _row((start + at, before[start + at], ""), (other + at, after[other + at], ""))
                continue
            for at in range(max(stop - start, until - other)):
                left = (start + at, before[start + at], " class=gone") if start + at < stop else None
                right = (other + at, after[other + at], " class=came") if other + at < until else None
                yield _row(left, right)
        end = group[-1][2]
    if end < len(before):
        yield '<tr><td class="skip" colspan="4">...</td></tr>'


def _row(left: tuple[int, str, str] | None, right: tuple[int, str, str] | None) -> str:
    return f"<tr>{_side(left)}{_side(right)}</tr>"


def _side(side: tuple[int, str, str] | None) -> str:
    if side is None:
        return '<td class="n"></td><td></td>'
    number, text, colour = side
    return f'<td class="n">{number + 1}</td><td{colour}>{html(text.expandtabs(4))}</td>'
