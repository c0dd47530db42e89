"""The verdict on the schemas of two versions, and the finding and payload behind it, from what was recorded of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evtcompat.contracts.model import Contract, Form
from evtcompat.contracts.snapshots import Snapshot, kept
from evtcompat.contracts.verifying import Terms, compare
from evtcompat.dataclasses import replace
from evtcompat.errors import EvtcompatError, UncheckedError, told_as_fault
from evtcompat.model.places import Place
from evtcompat.model.reports import Comparison
from evtcompat.model.verdicts import Verdict
from evtcompat.payloads.matrix import Subject

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from evtcompat.contracts.deployments import Used
    from evtcompat.contracts.systems import Pair
    from evtcompat.rules.judge import Severities


class Judge:
    """Answers about pairs; each two schemas are compared once."""

    def __init__(
        self, folder: Path, settings: Callable[[str, Snapshot], Subject], severities: Callable[[str], Severities]
    ) -> None:
        """Nothing is read yet.

        Args:
            folder: Of deployments.
            settings: The subject of a name with what holds for it, from a schema of it.
            severities: How much rules weigh for a subject.
        """
        self._folder = folder
        self._settings = settings
        self._severities = severities
        self._snapshots: dict[str, Snapshot] = {}
        self._verdicts: dict[tuple[str, str, str], Verdict] = {}
        #: Why two schemas could not be compared, by subject and keys.
        self.problems: dict[tuple[str, str, str], EvtcompatError] = {}

    def verdict(self, subject: str, reader: Used, writer: Used) -> Verdict:
        """The verdict; `UNCHECKED` where a schema cannot be had or read, with the reason in `problems`."""
        key = (subject, reader.key, writer.key)
        if key not in self._verdicts:
            try:
                with told_as_fault(f"comparing {reader.name} and {writer.name} of {subject}"):
                    self._verdicts[key] = self._compared(subject, reader, writer, subject).verdict
            except EvtcompatError as error:
                self.problems[key] = error
                self._verdicts[key] = Verdict.UNCHECKED
        return self._verdicts[key]

    def explained(self, pair: Pair) -> Comparison | None:
        """The comparison of a pair, in its words; ``None`` where there can be none."""
        subject, reader, writer = pair.schemas
        if (subject, reader.key, writer.key) in self.problems:
            return None
        return self._compared(subject, reader, writer, str(pair.reader), str(pair.writer))

    def problem(self, pair: Pair) -> EvtcompatError | None:
        """Why a pair could not be compared."""
        subject, reader, writer = pair.schemas
        return self.problems.get((subject, reader.key, writer.key))

    def _compared(self, subject: str, reader: Used, writer: Used, consumer: str, producer: str = "") -> Comparison:
        ours, theirs = self._snapshot(subject, reader), self._snapshot(subject, writer)
        if ours.format is not theirs.format:
            message = f"{subject} is read as {ours.format.noun} and written as {theirs.format.noun}"
            raise UncheckedError(message, hint="Record the version again whose language is wrong.")
        contract = Contract(
            subject=subject,
            consumer=consumer,
            form=Form.MODEL if ours.converts else Form.SCHEMA if ours.forbids else Form.NEEDS,
            format=ours.format,
            reader=ours.version,
            place=Place(origin=ours.version.document.origin),
            undecided=ours.undecided,
        )
        terms = Terms(self._settings(subject, theirs), (), self._severities(subject))
        return compare(contract, replace(theirs.version, label=producer or None), terms)

    def _snapshot(self, subject: str, used: Used) -> Snapshot:
        if used.key not in self._snapshots:
            self._snapshots[used.key] = kept(self._folder, used.key, f"{subject} {used.name}")
        return self._snapshots[used.key]
