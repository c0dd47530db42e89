"""The lifelines of a subject: a row a part, a column a version, and between versions what each makes of the other.

A table rather than a picture: it can be read aloud, searched, copied and printed, and a long history scrolls below
names that stay. A version takes two columns, so that a verdict stands between the two versions that it is about.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from evtcompat.model.histories import version_name
from evtcompat.model.timelines import Happening, Lifeline, Mark, Timeline
from evtcompat.model.verdicts import Verdict
from evtcompat.reporters.escape import html
from evtcompat.reporters.pages.words import scrolling, unseen, word

#: The sign of each happening; of several in one version the last of these is drawn, and all are told.
_SIGNS: Final = {
    Happening.DEFAULTED: "=",
    Happening.CHANGED: "~",
    Happening.REQUIRED: "!",
    Happening.BORN: "+",
    Happening.REMOVED: "-",
}
_MEANING: Final = {
    Happening.BORN: "new",
    Happening.CHANGED: "changed",
    Happening.DEFAULTED: "no longer needed by readers",
    Happening.REQUIRED: "needed by readers from here on",
    Happening.REMOVED: "gone",
}
_VERDICTS: Final = {
    Verdict.COMPATIBLE: "ok",
    Verdict.INCOMPATIBLE: "breaks",
    Verdict.UNDECIDED: "open",
    Verdict.UNCHECKED: "?",
    Verdict.NOT_JUDGED: "?",
}
#: Of more parts than this, those that never changed are counted.
_MOST: Final = 200
#: Up to so many characters the name of a version is not broken where it has a hyphen.
_WHOLE: Final = 14


def lives(timeline: Timeline, *, brief: bool = False) -> Iterator[str]:
    """The chart, its legend, and, unless `brief`, what each version changed, in words."""
    many = len(timeline.lifelines) > _MOST
    shown = [line for line in timeline.lifelines if not many or _moves(line)][:_MOST]
    head = "".join(_head(timeline, at) for at in range(len(timeline.stops)))
    steps = "".join(_steps(timeline, brief=brief))
    rows = "".join(_row(line, len(timeline.stops)) for line in shown)
    table = (
        f'<table class="lives"><caption class="unseen">Parts of {html(timeline.subject)} by version</caption>'
        f'<colgroup><col><col class="half" span="{2 * len(timeline.stops)}"></colgroup>'
        f'<thead><tr><th scope="col">version</th>{head}</tr></thead><tbody>{steps}{rows}</tbody></table>'
    )
    yield scrolling(table, f"Lifelines of {timeline.subject}", newest=True)
    left = len(timeline.lifelines) - len(shown)
    if left:
        yield f'<p class="soft">{left} more parts, most of which never changed, are not drawn.</p>'
    yield _legend(shown)
    if not brief:
        yield from _told(timeline)


def _moves(line: Lifeline) -> bool:
    """Whether a part came after the first version, or changed."""
    return len(line.marks) > 1 or line.marks[0].at > 0


def _head(timeline: Timeline, at: int) -> str:
    stop = timeline.stops[at]
    date = f'<span class="date">{html(stop.date)}</span>' if stop.date else ""
    name = version_name(stop.label)
    whole = " class=whole" if "-" in name and len(name) <= _WHOLE else ""
    return f"<th scope=col colspan=2{whole}>{html(name)}{date}"


def _steps(timeline: Timeline, *, brief: bool) -> Iterator[str]:
    """What newer versions make of older events, and the other way round, between the versions."""
    if not timeline.steps:
        return
    names = [version_name(stop.label) for stop in timeline.stops]
    for words, verdicts in (
        ("new reads old", [step.backward for step in timeline.steps]),
        ("old reads new", [step.forward for step in timeline.steps]),
    ):
        cells = "".join(
            f"<td colspan=2><b{_colour(verdict)}>{_VERDICTS[verdict]}</b>"
            f"{'' if brief else unseen(f', between {names[at]} and {names[at + 1]}')}"
            for at, verdict in enumerate(verdicts)
        )
        yield f'<tr class="step"><th scope="row">{words}</th><td></td>{cells}<td></td></tr>'


def _colour(verdict: Verdict) -> str:
    """What tells a verdict apart from the one that most have."""
    return "" if verdict is Verdict.COMPATIBLE else f" class={verdict.value}"


def _row(line: Lifeline, stops: int) -> str:
    return f"<tr><th scope=row>{html(line.path)}{''.join(_cells(line, stops))}"


def _cells(line: Lifeline, stops: int) -> Iterator[str]:
    """The row of a part; versions in which nothing happens are one cell."""
    marks: dict[int, list[Mark]] = {}
    for mark in line.marks:
        marks.setdefault(mark.at, []).append(mark)
    spans = line.spans(stops)
    at = 0
    while at < stops:
        here = marks.get(at)
        on = any(start <= at <= end for start, end in spans)
        if here:
            yield _marked(here, on=on, first=any(start == at for start, _ in spans))
            at += 1
            continue
        until = at + 1
        while until < stops and until not in marks:
            until += 1
        yield f"<td{' class=on' if on else ''} colspan={2 * (until - at)}>"
        at = until


def _marked(marks: list[Mark], *, on: bool, first: bool) -> str:
    drawn = max(marks, key=lambda mark: list(_SIGNS).index(mark.what))
    told = "; ".join(_phrase(mark) for mark in marks)
    at_end = any(mark.what is Happening.REMOVED for mark in marks)
    where = (" class=from" if first else " class=on") if on else " class=to" if at_end else ""
    sign = f'<i class="dot {drawn.what.value}" role=img title="{html(told)}">{_SIGNS[drawn.what]}</i>'
    return f"<td{where} colspan=2>{sign}"  # what ends a cell may be left out, and there are many


def _phrase(mark: Mark) -> str:
    return f"{_MEANING[mark.what]}: {mark.text}" if mark.text else _MEANING[mark.what]


def _legend(lines: list[Lifeline]) -> str:
    met = {mark.what for line in lines for mark in line.marks}
    parts = [
        f'<li><i class="dot legend-dot {what.value}" aria-hidden="true">{_SIGNS[what]}</i>{_MEANING[what]}</li>'
        for what in Happening
        if what in met
    ]
    return f'<ul class="legend">{"".join(parts)}</ul>'


def _told(timeline: Timeline) -> Iterator[str]:
    """What each version changed, in words: the chart for whoever would rather read."""
    entries = []
    for at in range(1, len(timeline.stops)):
        marks = [(line.path, mark) for line in timeline.lifelines for mark in line.marks if mark.at == at]
        items = "".join(f"<li><code>{html(path)}</code> {html(_phrase(mark))}</li>" for path, mark in marks)
        step = timeline.steps[at - 1] if timeline.steps else None
        older, newer = (html(version_name(timeline.stops[one].label)) for one in (at - 1, at))
        both = (
            f"{newer} reads {older}: {word(step.backward.value)}; {older} reads {newer}: {word(step.forward.value)}"
            if step
            else ""
        )
        date = timeline.stops[at].date
        when = f" <span class=soft>{html(date)}</span>" if date else ""
        changed = f'<ul class="plain">{items}</ul>' if items else "<p>No part of the events changed.</p>"
        entries.append(f"<dt>{newer}{when}</dt><dd>{both}{changed}</dd>")
    if entries:
        yield f'<details><summary>What each version changed</summary><dl class="when">{"".join(entries)}</dl></details>'
