"""One subject of a check on a page: the answer, its changes, and its history."""

from __future__ import annotations

from collections.abc import Iterator

from evtcompat.checking.grouping import changes_of
from evtcompat.model.levels import Direction
from evtcompat.model.owners import Owners
from evtcompat.model.reports import SubjectReport
from evtcompat.reporters.entries import Kind, entries_of
from evtcompat.reporters.escape import html
from evtcompat.reporters.pages.changes import Setting, change, entry
from evtcompat.reporters.pages.exercises import exercises
from evtcompat.reporters.pages.histories import timeline_parts
from evtcompat.reporters.pages.orders import deployment
from evtcompat.reporters.pages.words import scrolling, word
from evtcompat.reporters.sentences import label

#: Of more versions than this the oldest are left out of a table.
_VERSIONS = 50


def subject_parts(subject: SubjectReport, name: str, anchor: str, rule_pages: str = "") -> Iterator[str]:
    """The section of a subject.

    Args:
        subject: What a check says of it.
        name: What it is called among the others.
        anchor: Its id in the page.
        rule_pages: Where the pages of rules are.
    """
    level = subject.level.value + (f" ({subject.policy.value})" if subject.policy else "")
    state = "" if subject.state == "compared" else f", {subject.state}"
    yield f'<section class="subject" id="{anchor}" data-name="{html(name.lower())}">'
    yield f"<h2>{html(name)}</h2>"
    yield f"<p>{html(level)}: {word(subject.verdict.value)}{html(state)}</p>"
    yield from _owners(subject.owners)
    yield from _directions(subject)
    yield from deployment(subject)
    changes = changes_of(subject)
    setting = Setting.of(subject, rule_pages, changes)
    for index, found in enumerate(changes):
        yield change(found, setting, f"{anchor}-{index}")
    yield from (entry(one) for one in entries_of(subject) if one.kind is not Kind.FINDING)
    if subject.timeline is not None:
        yield from timeline_parts(subject.timeline, anchor)
    elif subject.no_timeline:
        yield f'<p class="soft">Its history cannot be drawn: {html(subject.no_timeline)}</p>'
    yield from exercises(subject.exercised, f"{anchor}e")
    yield "</section>"


def _owners(owners: Owners | None) -> Iterator[str]:
    if owners is None:
        return
    parts = [
        f"{said} {html(', '.join(names))}"
        for said, names in (
            ("written by", owners.producers),
            ("read by", owners.consumers),
            ("read from the beginning by", owners.replays),
        )
        if names
    ]
    if parts:
        yield f'<p class="soft">{"; ".join(parts)}</p>'


def _directions(subject: SubjectReport) -> Iterator[str]:
    """The versions that it was compared with, and what becomes of the events in each direction."""
    verdicts = {(one.baseline, one.direction): one.result.verdict.value for one in subject.comparisons}
    history = list(dict.fromkeys(one.baseline for one in subject.comparisons))[-_VERSIONS:]
    if not history:
        return
    new = html(label(subject.candidate, "your change"))
    heads = [html(label(one, one.origin or "what is deployed")) for one in history]
    rows = []
    for direction, words in ((Direction.BACKWARD, f"{new} reads it"), (Direction.FORWARD, f"it reads {new}")):
        cells = [verdicts.get((one, direction)) for one in history]
        if any(cells):
            row = "".join(f"<td>{word(cell) if cell else 'not asked'}</td>" for cell in cells)
            rows.append(f'<tr><th scope="row">{direction.value}: {words}</th>{row}</tr>')
    columns = "".join(f'<th scope="col">{head}</th>' for head in heads)
    table = f'<table><tr><th scope="col">against</th>{columns}</tr>{"".join(rows)}</table>'
    yield scrolling(table, f"{subject.subject} against each version")
