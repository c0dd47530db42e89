"""Summaries of splits, each counted once, and a file from which an interrupted run goes on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from evtcompat.dataclasses import dataclass, field
from evtcompat.errors import UsageError
from evtcompat.model.json_texts import loads
from evtcompat.replay.summary import Summary, from_json, to_json
from evtcompat.writing import check_place

if TYPE_CHECKING:
    from evtcompat.replay.splits import Split

#: The form of the file.
FORM: Final = 1


@dataclass
class Ledger:
    """What was found so far. A split that comes again, after a worker's death or by speculation, changes nothing."""

    keep: int = 0
    whole: Summary = field(default_factory=Summary)
    done: set[str] = field(default_factory=set)
    #: What an earlier run found, by split. It counts where its split is planned again: of a source that changed since,
    #: or is gone, it says nothing any more.
    _before: dict[str, Summary] = field(default_factory=dict)
    _file: IO[str] | None = None

    def enter(self, split: Split, summary: Summary) -> bool:
        """Count a summary, if that of its split was not counted before; whether it was counted now."""
        if not self._count(split.id, summary):
            return False
        if self._file is not None:
            self._file.write(json.dumps({"split": split.id, "summary": to_json(summary)}) + "\n")
            self._file.flush()
        return True

    def left(self, splits: Iterable[Split]) -> list[Split]:
        """The splits that are still to be looked at, each once; what an earlier run found in the others is counted."""
        planned = {split.id: split for split in splits}
        for known in planned:
            if known in self._before:
                self._count(known, self._before.pop(known))
        return [split for split in planned.values() if split.id not in self.done]

    def _count(self, split: str, summary: Summary) -> bool:
        if split in self.done:
            return False
        self.done.add(split)
        self.whole.add(summary, self.keep)
        return True


@contextmanager
def opened_ledger(state: Path | None, job: str, keep: int) -> Iterator[Ledger]:
    """A ledger that goes on where `state` left off, and writes what it counts there.

    Args:
        state: The file; ``None`` to remember nothing.
        job: The job's digest: what another job has found is of no use.
        keep: See `Job.keep`.

    Raises:
        UsageError: The file is none of ours, of another job, none to write to, or cannot be written.
    """
    ledger = Ledger(keep)
    if state is None:
        yield ledger
        return
    check_place(state)
    if state.exists():
        if not state.is_file():
            message = f"{state}: not the state of a replay"
            raise UsageError(message, hint="Name another file; nothing is overwritten.")
        _load(state, job, ledger)
    try:
        with state.open("a", encoding="utf-8") as file:
            if not file.tell():
                file.write(json.dumps({"evtcompat_replay": FORM, "job": job}) + "\n")
                file.flush()
            ledger._file = file  # noqa: SLF001 - this is its constructor
            yield ledger
    except OSError as error:
        message = f"{state}: cannot be written: {error.strerror}"
        raise UsageError(message) from error


def _load(state: Path, job: str, ledger: Ledger) -> None:
    try:
        lines = state.read_text(encoding="utf-8").splitlines(keepends=True)
        head = loads(lines[0]) if lines else {"evtcompat_replay": FORM, "job": job}
        if head["evtcompat_replay"] != FORM:
            raise ValueError(head)  # noqa: TRY301 - told below
    except (ValueError, KeyError, TypeError) as error:
        message = f"{state}: not the state of a replay"
        raise UsageError(message, hint="Name another file; nothing is overwritten.") from error
    if head["job"] != job:
        message = f"{state}: of another replay: other readers, sources' schemas or options"
        raise UsageError(message, hint="Run the same command, or name another file.")
    good = len(lines[0]) if lines else 0
    for line in lines[1:]:
        try:
            entry = loads(line)
            split, summary = str(entry["split"]), from_json(entry["summary"])
        except (ValueError, KeyError, TypeError):
            break  # the run was interrupted while it wrote this
        ledger._before.setdefault(split, summary)  # noqa: SLF001 - this is its constructor
        good += len(line)
    with state.open("r+b") as file:
        file.truncate(good)  # the file is ASCII: a character is a byte
