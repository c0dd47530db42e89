"""Saved exercises on a page: consumers by payload versions and deliveries, and what went wrong in each cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from evtcompat.dataclasses import dataclass, field
from evtcompat.exercise.payloads import Fault
from evtcompat.exercise.payloads import Sequence as Order
from evtcompat.model.counts import counted
from evtcompat.model.exercised import Exercised, ExercisedCell, ExercisedFailure, ExercisedFlow, ExercisedLevel
from evtcompat.model.histories import version_name
from evtcompat.reporters.escape import html
from evtcompat.reporters.pages.words import lines, scrolling, unseen, word

_COLUMNS: Final = tuple(member.value for group in (Order, Fault) for member in group if member.value)
#: Troubles, lines of a traceback or an output, and characters of a payload that are shown.
_MOST: Final = 100
_LINES: Final = 40
_LONGEST: Final = 2_000


@dataclass(slots=True)
class _Trouble:
    """What went wrong in one or in several cells."""

    head: str
    state: str
    body: str
    #: The cells that saw it.
    places: list[str] = field(default_factory=list)


class _Troubles:
    """What went wrong, each once, in the order in which the cells saw it."""

    def __init__(self, anchor: str) -> None:
        self._anchor = anchor
        self._found: dict[tuple[object, ...], tuple[str, _Trouble]] = {}

    def of(self, cell: ExercisedCell, place: str) -> str:
        """The id of the first thing that went wrong in a cell, which is kept; ``""`` where nothing did."""
        ids = [self._kept(_key(cell.consumer, failure), _failed(failure), place) for failure in cell.failures]
        if cell.reason:
            said = _Trouble(cell.state, cell.state, f"<p>{html(cell.reason)}</p>")
            ids.append(self._kept((cell.state, cell.reason), said, place))
        return ids[0] if ids else ""

    def _kept(self, key: tuple[object, ...], trouble: _Trouble, place: str) -> str:
        name, known = self._found.setdefault(key, (f"{self._anchor}-{len(self._found)}", trouble))
        if place not in known.places:
            known.places.append(place)
        return name if int(name.rpartition("-")[2]) < _MOST else ""

    def shown(self) -> Iterator[str]:
        """Every trouble."""
        for name, one in list(self._found.values())[:_MOST]:
            first, *others = one.places
            also = f'<p class="soft">Also in {len(others)}: {html("; ".join(others))}</p>' if others else ""
            head = f"<h4>{word(one.state, one.head)} {html(first)}</h4>"
            yield f'<div class="entry" id="{name}">{head}{one.body}{also}</div>'
        if len(self._found) > _MOST:
            yield f'<p class="soft">and {len(self._found) - _MOST} more, which the saved report has</p>'


def exercises(saved: Sequence[Exercised], anchor: str) -> Iterator[str]:
    """The saved exercises of a subject; nothing where there is none.

    Args:
        saved: What is shown.
        anchor: What the ids of its elements begin with.
    """
    if saved:
        yield "<h3>What consumers did</h3>"
    for number, one in enumerate(saved):
        yield from _exercise(one, f"{anchor}{number}")


def _exercise(saved: Exercised, anchor: str) -> Iterator[str]:
    cells = sum(len(level.cells) for level in saved.levels)
    count = f"{cells} cell{'' if cells == 1 else 's'}"
    yield f"<p>{word(saved.verdict)}: {count}, from {html(saved.origin)}</p>"
    if saved.consumers:
        items = "".join(f"<li>{html(role)}: <code>{html(name)}</code></li>" for role, name in saved.consumers)
        yield f'<ul class="plain soft">{items}</ul>'
    troubles = _Troubles(anchor)
    for level in saved.levels:
        yield _table(level, troubles)
    if saved.flows:
        yield f'<ul class="plain">{"".join(map(_flow, saved.flows))}</ul>'
    yield from troubles.shown()
    if saved.notes:
        yield f'<ul class="plain soft">{"".join(f"<li>{html(note)}</li>" for note in saved.notes)}</ul>'


def _table(level: ExercisedLevel, troubles: _Troubles) -> str:
    """A row a consumer and what was sent to it, a column a delivery."""
    rows: dict[tuple[str, tuple[str, ...]], dict[str, ExercisedCell]] = {}
    for cell in level.cells:
        rows.setdefault((cell.consumer, cell.versions), {})[cell.delivery] = cell
    met = dict.fromkeys(cell.delivery for cell in level.cells)
    columns = [*(name for name in _COLUMNS if name in met), *(name for name in met if name not in _COLUMNS)]
    heads = "".join(f'<th scope="col">{html(name)}</th>' for name in ("consumer", "payloads", *columns))
    body = "".join(_row(level.name, who, cells, columns, troubles) for who, cells in rows.items())
    table = (
        f'<table class="exercised"><caption>{html(level.name)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
    )
    return scrolling(table, f"Exercise, {level.name}")


def _row(
    level: str,
    who: tuple[str, tuple[str, ...]],
    cells: Mapping[str, ExercisedCell],
    columns: Sequence[str],
    troubles: _Troubles,
) -> str:
    consumer = who[0]
    sent = "+".join(map(version_name, who[1]))
    drawn = []
    for name in columns:
        cell = cells.get(name)
        if cell is None:
            drawn.append(f"<td>{unseen('not run')}</td>")
            continue
        target = troubles.of(cell, f"{level}: {consumer} / {sent} / {name}")
        said = word(cell.state, cell.word)
        linked = f'<a href="#{target}">{said}</a>' if target else said
        drawn.append(f'<td class="{cell.state}">{linked}</td>')
    return f'<tr><th scope="row">{html(consumer)}</th><th scope="row">{html(sent)}</th>{"".join(drawn)}</tr>'


def _key(consumer: str, failure: ExercisedFailure) -> tuple[object, ...]:
    """Equal for failures that a person takes for the same one."""
    return consumer, failure.kind, failure.label, failure.payload, failure.differences, _last(failure)


def _last(failure: ExercisedFailure) -> str:
    """What was raised, or what is said where nothing was."""
    return failure.traceback.rstrip().rpartition("\n")[2] or ("" if failure.payload else failure.message)


def _failed(failure: ExercisedFailure) -> _Trouble:
    body = [f"<p>{html(failure.message)}</p>"]
    if failure.differences:
        items = "".join(f"<li>{html(one)}</li>" for one in failure.differences[:_MOST])
        body.append(f'<ul class="plain">{items}</ul>')
    if failure.payload:
        more = len(failure.payload) - _LONGEST
        cut = f" ... {counted(more, 'more character')}" if more > 0 else ""
        shown = html(failure.payload[:_LONGEST] + cut)
        body.append(f"<figure><figcaption>payload, {html(failure.label)}</figcaption><pre>{shown}</pre></figure>")
    for summary, text in (("Traceback", failure.traceback), ("What it printed", failure.output)):
        if text.strip():
            body.append(f"<details><summary>{summary}</summary><pre>{lines(_cut(text))}</pre></details>")
    return _Trouble(failure.kind, "failed", "".join(body))


def _cut(text: str) -> str:
    """The beginning and the end of a long text."""
    found = text.rstrip().split("\n")
    if len(found) > _LINES:
        found = [*found[: _LINES // 2], "...", *found[-_LINES // 2 :]]
    return "\n".join(found)


def _flow(flow: ExercisedFlow) -> str:
    said = "".join(f"<br>{html(one)}" for one in flow.said)
    return f"<li>{word(flow.state)} {html(flow.name)}{said}</li>"
