"""Saved exercises beside the subjects that they are about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from evtcompat.dataclasses import replace
from evtcompat.errors import UsageError
from evtcompat.exercise.saved import load_exercised
from evtcompat.model.subjects import forms

if TYPE_CHECKING:
    from evtcompat.model.exercised import Exercised
    from evtcompat.model.reports import Report


def saved_exercises(files: Sequence[Path], folder: Path) -> tuple[Exercised, ...]:
    """What the files say, in their order.

    Raises:
        DocumentError: One cannot be read, or is none that `evtcompat exercise --format json` wrote.
    """
    return tuple(load_exercised(folder / file, str(file)) for file in files)


def of_subjects(saved: Sequence[Exercised], names: Sequence[str]) -> Mapping[str, tuple[Exercised, ...]]:
    """The exercises by the names of the subjects that they are about, whole or shortened on either side.

    Raises:
        UsageError: One is about none of them, or it cannot be told about which.
    """
    found: dict[str, tuple[Exercised, ...]] = {}
    for one in saved:
        meant = _meant(one, names)
        if meant is None:
            message = f"{one.origin} is an exercise of {one.subject}, which is not shown"
            raise UsageError(message, hint="Name that subject too, or leave the file out.")
        found[meant] = (*found.get(meant, ()), one)
    return found


def with_exercises(report: Report, saved: Sequence[Exercised]) -> tuple[Report, tuple[Exercised, ...]]:
    """The report with each exercise at its subject, and those whose subject is not in it.

    Raises:
        UsageError: It cannot be told about which subject one is.
    """
    names = [subject.identity for subject in report.subjects if subject.consumer is None]
    here: dict[str, tuple[Exercised, ...]] = {}
    left: list[Exercised] = []
    for one in saved:
        meant = _meant(one, names)
        if meant is None:
            left.append(one)
        else:
            here[meant] = (*here.get(meant, ()), one)
    subjects = tuple(
        subject if subject.consumer is not None else replace(subject, exercised=here.get(subject.identity, ()))
        for subject in report.subjects
    )
    return replace(report, subjects=subjects), tuple(left)


def _meant(saved: Exercised, names: Sequence[str]) -> str | None:
    """The subject that an exercise is about; ``None`` where it is not among them.

    Raises:
        UsageError: It may be several.
    """
    if saved.subject in names:
        return saved.subject
    found = [name for name in dict.fromkeys(names) if name in forms(saved.subject) or saved.subject in forms(name)]
    if len(found) > 1:
        message = f"{saved.origin} is an exercise of {saved.subject}, which may be any of {', '.join(found)}"
        raise UsageError(message, hint="Name the one that is meant alone.")
    return found[0] if found else None
