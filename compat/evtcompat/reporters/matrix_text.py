"""The matrix of a subject for a person: the table, and what became of the payloads. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from evtcompat.model.counts import counted
from evtcompat.model.histories import version_name
from evtcompat.model.readings import NoteKind, Outcome, Reading
from evtcompat.model.verdicts import Verdict
from evtcompat.payloads.cases import Cell, Matrix, Payload
from evtcompat.reporters.terminal import Terminal, printable

_COLOURS: Final = {
    Outcome.OK: "green",
    Outcome.DEFAULTED: "green",
    Outcome.LOSSY: "yellow",
    Outcome.MISREAD: "red",
    Outcome.REFUSED: "red",
}
_PHRASES: Final = {
    NoteKind.DEFAULT: "default",
    NoteKind.IGNORED: "not asked for",
    NoteKind.LOST: "lost",
    NoteKind.MISREAD: "misread",
}
#: Places told of one cell.
_MOST: Final = 12
#: Payloads named that were refused for one reason.
_NAMED: Final = 3


def matrix_text(matrix: Matrix, terminal: Terminal | None = None) -> str:
    """The table, and below it what happens in each cell that is not plainly fine."""
    terminal = terminal or Terminal()
    labels = [version.label for version in matrix.versions]
    policy = f", policy {matrix.policy.value}" if matrix.policy is not None else ""
    count = f"{len(labels)} version{'' if len(labels) == 1 else 's'}"
    lines = [
        terminal.style(printable(matrix.subject), "bold") + f"  {matrix.format}{policy}, {count}",
        f"every payload was really written, and read by {matrix.decoder}",
        "",
    ]
    lines += _table(matrix, labels, terminal)
    for cell in matrix.cells:
        lines += _told(cell, matrix.payloads[cell.writer], terminal)
    for version in matrix.versions:
        if version.empty:
            lines += ["", f"{printable(version_name(version.label))}: {version.empty}."]
        elif version.stopped:
            left = f"{version.uncovered} boundaries or more have no payload: too many to try all"
            lines += ["", f"{printable(version_name(version.label))}: {left}."]
    if any(_mark(cell) for cell in matrix.cells):
        lines += ["", "* `evtcompat check` says otherwise than the decoder tried here."]
    return "\n".join(lines) + "\n"


def _table(matrix: Matrix, labels: list[str], terminal: Terminal) -> list[str]:
    rows = []
    for writer in labels:
        size = len(matrix.payloads[writer])
        row = [(f"{printable(version_name(writer))}  {size} payload{'' if size == 1 else 's'}", "")]
        for reader in labels:
            cell = matrix.cell(writer, reader)
            row.append((_word(cell) + _mark(cell), "" if cell.outcome is None else _COLOURS[cell.outcome]))
        rows.append(row)
    heads = ["written with", *(f"read by {printable(version_name(label))}" for label in labels)]
    widths = [max(len(head), *(len(row[index][0]) for row in rows)) for index, head in enumerate(heads)]
    lines = ["  ".join(head.ljust(width) for head, width in zip(heads, widths, strict=True)).rstrip()]
    for row in rows:
        parts = [
            terminal.style(word, colour) + " " * (width - len(word)) if colour else word.ljust(width)
            for (word, colour), width in zip(row, widths, strict=True)
        ]
        lines.append("  ".join(parts).rstrip())
    return lines


def _word(cell: Cell) -> str:
    if cell.outcome is None:
        return "-"
    count = cell.count(cell.outcome)
    return cell.outcome.value if count == len(cell.readings) else f"{cell.outcome.value} {count}/{len(cell.readings)}"


def _mark(cell: Cell) -> str:
    """A star where the decoder and `check` do not agree: nothing is passed over in silence."""
    if cell.outcome is None:
        return ""
    content = cell.outcome.weight < Outcome.MISREAD.weight
    return "*" if content is not (cell.verdict is Verdict.COMPATIBLE) else ""


def _told(cell: Cell, payloads: tuple[Payload, ...], terminal: Terminal) -> list[str]:
    refused: dict[str, list[str]] = {}
    for payload, reading in zip(payloads, cell.readings, strict=True):
        if reading.outcome is Outcome.REFUSED:
            refused.setdefault(reading.said, []).append(payload.name)
    places = _places(cell.readings)
    if not refused and not places and not cell.rule_only and not _mark(cell):
        return []
    title = f"written with {printable(version_name(cell.writer))}, read by {printable(version_name(cell.reader))}"
    lines = ["", terminal.style(title, "bold") + (f"  (check: {cell.verdict.value})" if _mark(cell) else "")]
    for said, names in list(refused.items())[:_MOST]:
        which = "every payload" if len(names) == len(payloads) else ", ".join(names[:_NAMED])
        more = f" and {len(names) - _NAMED} more" if _NAMED < len(names) < len(payloads) else ""
        lines += terminal.wrap(f"{printable(which)}{more}: {printable(said)}", "  refused  ")
    if len(refused) > _MOST:
        lines.append(f"  refused  for {counted(len(refused) - _MOST, 'more reason')}")
    for (kind, path), (text, count) in list(places.items())[:_MOST]:
        said = f" {'= ' if kind is NoteKind.DEFAULT else ''}{printable(text)}" if text else ""
        much = "" if count == len(payloads) else f"  ({count} of {len(payloads)} payloads)"
        lines += terminal.wrap(f"{printable(path)}{said}{much}", f"  {_PHRASES[kind]}  ")
    if len(places) > _MOST:
        lines.append(f"  and {counted(len(places) - _MOST, 'more place')}")
    if cell.marks and refused:
        lines += terminal.wrap(f"{printable(', '.join(cell.marks))}: names the version, no change to check", "  mark  ")
    if cell.rule_only:
        lines.append(f"  refused by the rules, not by this decoder: {', '.join(cell.rule_only)}")
    return lines


def _places(readings: tuple[Reading, ...]) -> Mapping[tuple[NoteKind, str], tuple[str, int]]:
    """Notes by kind and place, the worst first, items of lists taken together: the first text, and how many."""
    found: dict[tuple[NoteKind, str], tuple[str, int]] = {}
    for reading in readings:
        here: dict[tuple[NoteKind, str], str] = {}
        for note in reading.notes:
            here.setdefault((note.kind, re.sub(r"\[\d+\]|\{[^}]*\}", "[]", note.path)), note.text)
        for key, text in here.items():
            first, count = found.get(key, (text, 0))
            found[key] = (first, count + 1)
    order = [NoteKind.MISREAD, NoteKind.LOST, NoteKind.DEFAULT, NoteKind.IGNORED]
    return dict(sorted(found.items(), key=lambda item: order.index(item[0][0])))
