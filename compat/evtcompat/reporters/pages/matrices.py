"""The matrix of a timeline: a table that everybody can read, and the payloads behind it for whoever clicks a cell."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Final, NamedTuple

from evtcompat.model.counts import counted
from evtcompat.model.histories import version_name
from evtcompat.model.json_texts import one_line
from evtcompat.model.readings import NoteKind, Outcome, Reading
from evtcompat.model.timelines import Crossing, Grid, Timeline, Written
from evtcompat.model.verdicts import Verdict
from evtcompat.reporters.escape import html, printable
from evtcompat.reporters.pages.words import scrolling, word
from evtcompat.timelines.grids import is_left_out

#: The classes of cells.
_CLASS: Final = {
    Outcome.OK: "o",
    Outcome.DEFAULTED: "d",
    Outcome.LOSSY: "l",
    Outcome.MISREAD: "m",
    Outcome.REFUSED: "r",
}
#: Those of cells in which nothing is lost, which look as cells do that say nothing of themselves.
_GOOD: Final = "od"
#: What they mean, for the legend.
_MEANING: Final = {
    Outcome.OK: "the reader sees what was written",
    Outcome.DEFAULTED: "the reader filled something in",
    Outcome.LOSSY: "a value was rounded, or absorbed by a default",
    Outcome.MISREAD: "a value is taken for another one",
    Outcome.REFUSED: "the reader cannot take it",
}
_PHRASES: Final = {
    NoteKind.DEFAULT: "default",
    NoteKind.IGNORED: "not asked for",
    NoteKind.LOST: "lost",
    NoteKind.MISREAD: "misread",
}
#: With more versions than this, cells have letters instead of words.
_WORDS_UP_TO: Final = 7
#: Failing cells that are told in words below a matrix.
_TOLD: Final = 12
_TOLD_BRIEFLY: Final = 3
#: A longer value is left to `evtcompat matrix --format json`.
_LONGEST: Final = 4_000
#: As much as a text has to share with the one before it for that to be told as a number.
_WORTH_SHORTENING: Final = 8
#: Made once: there are many values. None of them holds itself.
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, check_circular=False)


def matrix(timeline: Timeline, grid: Grid, anchor: str, *, brief: bool = False) -> Iterator[str]:
    """The matrix of a timeline, with everything that it keeps.

    Args:
        timeline: Whose versions they are.
        grid: Its cells.
        anchor: The name of the table in the page.
        brief: There are many of them in the page.
    """
    names = [version_name(stop.label) for stop in timeline.stops]
    words = len(names) <= _WORDS_UP_TO
    heads = "".join(f"<th scope=col>{html(name)}" for name in names)
    rows = []
    for at, name in enumerate(names):
        cells = "".join(_cell(grid.at(at, reader), words=words) for reader in range(len(names)))
        rows.append(f"<tr><th scope=row>{html(name)}{cells}")
    small = "" if words else " small"
    table = (
        f'<table class="matrix{small}" id="{anchor}"><caption class="unseen">Who reads whom</caption>'
        f'<thead><tr><th scope="col">written, read by</th>{heads}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
    )
    yield (
        f'<p class="soft">Written with (down), read by (across): every payload was read by {html(grid.decoder)}.</p>'
    )
    yield scrolling(table, f"Matrix of {timeline.subject}", newest=True)
    yield _legend(grid, words=words)
    yield f'<div class="panel" id="{anchor}-panel" role="status" tabindex="0" hidden></div>'
    yield from _failing(grid, names, anchor, _TOLD_BRIEFLY if brief else _TOLD)
    yield f'<script type="application/json" id="{anchor}-data">{_data(grid, names)}</script>'


def _cell(crossing: Crossing, *, words: bool) -> str:
    outcome = crossing.outcome
    if outcome is None:
        return "<td class=n>-"
    letter = _CLASS[outcome]
    shown = html(_word(crossing)) if words else letter
    star = "*" if _disagrees(crossing) else ""
    marked = "" if letter in _GOOD else f" class={letter}"
    return f"<td{marked}>{shown}{star}"  # what ends a cell may be left out, and there are many


def _word(crossing: Crossing) -> str:
    if crossing.outcome is None:
        return "nothing can be written"
    every = crossing.worst == crossing.payloads
    return crossing.outcome.value if every else f"{crossing.outcome.value} {crossing.worst}/{crossing.payloads}"


def _disagrees(crossing: Crossing) -> bool:
    """Whether the decoder and `check` do not say the same: nothing is passed over in silence."""
    if crossing.outcome is None:
        return False
    content = crossing.outcome.weight < Outcome.MISREAD.weight
    return content is not (crossing.verdict is Verdict.COMPATIBLE)


def _legend(grid: Grid, *, words: bool) -> str:
    met = [one for one in Outcome if any(crossing.outcome is one for crossing in grid.crossings)]
    parts = []
    for outcome in met:
        letter = "" if words else f"<b>{_CLASS[outcome]}</b> "
        parts.append(f"<li>{letter}{word(outcome.value)}: {_MEANING[outcome]}</li>")
    if any(_disagrees(crossing) for crossing in grid.crossings):
        parts.append("<li><b>*</b> check says otherwise than the decoder tried here</li>")
    return f'<ul class="legend">{"".join(parts)}</ul>'


def _failing(grid: Grid, names: list[str], anchor: str, most: int) -> Iterator[str]:
    """The cells in which something goes wrong, in words: what there is to read where no script runs."""
    bad = [one for one in grid.crossings if one.outcome is not None and one.outcome.weight >= Outcome.MISREAD.weight]
    if not bad:
        return
    newest = sorted(bad, key=lambda one: (-max(one.writer, one.reader), -one.writer))
    items = []
    for one in newest[:most]:
        reading = next((found for found in one.readings if found.outcome is one.outcome), None)
        said = "" if reading is None else html(reading.said or "; ".join(_notes(reading)))
        head = f"{html(names[one.reader])} reads {html(names[one.writer])}"
        link = f'<a href="#{anchor}-{one.writer}-{one.reader}">{head}</a>'
        items.append(f"<li>{link}: {word(one.outcome.value if one.outcome else '', _word(one))} {said}</li>")
    more = f"<p class=soft>and {counted(len(bad) - most, 'more pair')}</p>" if len(bad) > most else ""
    pairs = counted(len(bad), "pair of versions fails", "pairs of versions fail")
    yield f'<details><summary>{pairs}</summary><ul class="plain">{"".join(items)}</ul>{more}</details>'


def _data(grid: Grid, names: list[str]) -> str:
    """What the script shows for a cell, as JSON that no parser of HTML takes for markup.

    Each text stands there once, and so does what several cells have in common: a cell is the place of what it holds,
    0 where nothing of it is kept. Neighbours that hold the same are counted. Texts are sorted: those that begin alike
    are neighbours then, as what many readers see of one payload does.
    """
    texts: dict[str, int] = {"": 0}

    def kept(text: str | None) -> int:
        return texts.setdefault(text or "", len(texts))

    held: dict[_Held | None, int] = {None: 0}
    rows: list[list[int]] = [[] for _ in names]
    for one in grid.crossings:
        readings = tuple(
            (
                index,
                kept(reading.outcome.value),
                kept(_foreign(reading.said)),
                kept(None if reading.value is None else _shown(reading.value)),
                *(kept(note) for note in _notes(reading)),
            )
            for index, reading in sorted(enumerate(one.readings), key=lambda found: -found[1].outcome.weight)
            if not is_left_out(reading)
        )
        told = _Held(one.worst, one.payloads, kept(one.verdict.value), kept(", ".join(one.rule_only)), readings)
        rows[one.writer].append(held.setdefault(told if readings else None, len(held)))
    payloads: list[list[tuple[int, ...] | None]] = []
    for written in grid.payloads:
        last = max((at for at, one in enumerate(written, 1) if one.value is not None), default=0)
        payloads.append([_written(one, kept) for one in written[:last]])
    ordered = sorted(texts)
    place = dict(zip((texts[text] for text in ordered), range(len(ordered)), strict=True))
    whole = {
        "payloads": [[[place[text] for text in one] if one else 0 for one in written] for written in payloads],
        "cells": [[one for at, same in groupby(row) for one in (len(list(same)), at)] for row in rows],
        "texts": list(shortened(ordered)),
        "held": [one.placed(place) if one else None for one in held],
    }
    text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def shortened(texts: Iterable[str]) -> Iterator[str | int]:
    """The texts; where one begins as the one before it, a number before its rest says how much of it.

    The payloads of a version begin as those of the one before. JavaScript counts UTF-16 code units.
    """
    before = ""
    for text in texts:
        most = min(len(before), len(text))
        same = next((at for at in range(most) if before[at] != text[at]), most)
        if same >= _WORTH_SHORTENING:
            yield len(text[:same].encode("utf-16-le")) // 2
            yield text[same:]
        else:
            yield text
        before = text


def _written(one: Written, kept: Callable[[str], int]) -> tuple[int, ...] | None:
    return None if one.value is None else (kept(_foreign(one.name)), kept(_foreign(one.label)), kept(_shown(one.value)))


class _Held(NamedTuple):
    """What a cell holds, each text as a number."""

    worst: int
    payloads: int
    verdict: int
    rules: int
    #: The number of a payload, the outcome, what the decoder said, the value, and notes.
    readings: tuple[tuple[int, ...], ...]

    def placed(self, place: Mapping[int, int]) -> list[object]:
        """The same with other numbers for the texts."""
        readings = [[index, *(place[text] for text in rest)] for index, *rest in self.readings]
        return [self.worst, self.payloads, place[self.verdict], place[self.rules], readings]


def _shown(value: object) -> str:
    """The value as JSON on one line, each number with its digits; the script sets it on lines."""
    try:
        text = _ENCODER.encode(value)
    except TypeError:  # a decimal
        text = one_line(value)
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]} ... {len(text) - _LONGEST} more characters"
    return printable(text)


def _foreign(text: str) -> str:
    return "\n".join(map(printable, text.split("\n")))


def _notes(reading: Reading) -> Iterator[str]:
    for note in reading.notes:
        said = f" {'= ' if note.kind is NoteKind.DEFAULT else ''}{note.text}" if note.text else ""
        yield printable(f"{_PHRASES[note.kind]} {note.path}{said}")
