"""The answer of a whole run: levels of cells, loads, and what they come to."""

from __future__ import annotations

from evtcompat.dataclasses import dataclass
from evtcompat.exercise.chain import ChainCell
from evtcompat.exercise.load import LoadCell
from evtcompat.exercise.results import Cell, CellState

#: Why nothing is known of what was still to come when a signal ended the run.
NOT_RUN = "the run was interrupted before this had come to its end"


def exit_code_of(interruption: SystemExit) -> int:
    """The exit code with which a signal asked the run to end."""
    return interruption.code if isinstance(interruption.code, int) else 1


@dataclass(frozen=True, slots=True)
class LevelRun:
    """One level of an exercise."""

    #: ``in process``, ``redis``, ``redis with faults``.
    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class ConsumerNote:
    """Which code a consumer really was."""

    role: str
    #: As it was asked for.
    name: str
    file: str = ""
    python: str = ""
    #: What it is observed by.
    observes: str = ""


@dataclass(frozen=True, slots=True)
class ExerciseReport:
    """The answer of a whole run."""

    subject: str
    seed: int
    versions: tuple[str, ...]
    consumers: tuple[ConsumerNote, ...]
    levels: tuple[LevelRun, ...]
    #: Services under load, the old one first.
    loads: tuple[LoadCell, ...] = ()
    #: Flows through several services, those of the old services first.
    chains: tuple[ChainCell, ...] = ()
    #: Things that a person should know and that decide nothing.
    notes: tuple[str, ...] = ()
    #: Why files of payloads could not be read: nobody was sent what is in them.
    unread: tuple[str, ...] = ()
    #: The exit code that shells expect of a run that a signal ended before it was over; 0 of one that was not.
    interrupted: int = 0

    @property
    def cells(self) -> tuple[Cell, ...]:
        """All cells, level by level."""
        return tuple(cell for level in self.levels for cell in level.cells)

    @property
    def states(self) -> tuple[CellState, ...]:
        """How each cell, each load and each chain ended."""
        return tuple(one.state for group in (self.cells, self.loads, self.chains) for one in group)

    def count(self, state: CellState) -> int:
        """How many of them ended so."""
        return self.states.count(state)

    @property
    def verdict(self) -> str:
        """``passed``, ``failed``, ``undecided`` or ``unchecked``; the last also without a cell or the rest."""
        if self.count(CellState.FAILED):
            return "failed"
        if self.count(CellState.UNCHECKED) or self.unread or self.interrupted or not self.states:
            return "unchecked"
        return "undecided" if self.count(CellState.UNOBSERVED) else "passed"

    @property
    def exit_code(self) -> int:
        """0, 1, 3 or 4, as for a check; what a signal asks for where one ended the run."""
        return self.interrupted or {"passed": 0, "failed": 1, "unchecked": 3, "undecided": 4}[self.verdict]
