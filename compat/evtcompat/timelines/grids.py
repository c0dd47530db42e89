"""A matrix as a page shows it: every cell, and the payloads of those that somebody will look at. Pure."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

from evtcompat.dataclasses import replace
from evtcompat.model.readings import Outcome, Reading
from evtcompat.model.timelines import Crossing, Grid, Written

if TYPE_CHECKING:
    from evtcompat.payloads.cases import Cell, Matrix


class Kept(Enum):
    """Which payloads a grid keeps."""

    ALL = "all"
    #: One of each cell that is refused or misread.
    FAILING = "failing"


def grid_of(matrix: Matrix, kept: Kept = Kept.ALL) -> Grid:
    """The matrix as a grid."""
    labels = [version.label for version in matrix.versions]
    crossings = []
    wanted: set[tuple[int, int]] = set()
    for at, writer in enumerate(labels):
        for reader, label in enumerate(labels):
            crossing = _crossing(matrix.cell(writer, label), at, reader, kept)
            wanted |= {(at, index) for index, reading in enumerate(crossing.readings) if not is_left_out(reading)}
            crossings.append(crossing)
    payloads = tuple(
        tuple(
            Written(one.name, one.label, one.value if (at, index) in wanted else None)
            for index, one in enumerate(matrix.payloads[writer])
        )
        if kept is Kept.ALL or any((at, index) in wanted for index in range(len(matrix.payloads[writer])))
        else ()
        for at, writer in enumerate(labels)
    )
    return Grid(matrix.decoder, payloads, tuple(crossings))


#: Stands for a reading that is not kept, so that those that are stay in the order of the payloads.
_LEFT_OUT: Final = Reading(Outcome.OK)


def is_left_out(reading: Reading) -> bool:
    """Whether a reading is not kept: only its place is."""
    return reading is _LEFT_OUT


def _crossing(cell: Cell, writer: int, reader: int, kept: Kept) -> Crossing:
    outcome = cell.outcome
    readings: tuple[Reading, ...] = ()
    if kept is Kept.ALL:
        readings = tuple(_short(reading) for reading in cell.readings)
    elif outcome is not None and outcome.weight >= Outcome.MISREAD.weight:
        first = next(index for index, reading in enumerate(cell.readings) if reading.outcome is outcome)
        readings = (*(_LEFT_OUT for _ in cell.readings[:first]), _short(cell.readings[first]))
    return Crossing(
        writer,
        reader,
        outcome,
        0 if outcome is None else cell.count(outcome),
        len(cell.readings),
        cell.verdict,
        readings,
        cell.rule_only,
    )


def _short(reading: Reading) -> Reading:
    """The reading without a value where nothing else was read than was written."""
    return replace(reading, value=None) if reading.outcome is Outcome.OK and not reading.notes else reading
