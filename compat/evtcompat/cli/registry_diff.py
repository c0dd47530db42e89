"""`evtcompat registry diff`: which schemas one side has and the other has not."""

from __future__ import annotations

import os
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

import typer

from evtcompat.cli.context import Environment, configuration
from evtcompat.cli.words import counted
from evtcompat.config import Config
from evtcompat.errors import UsageError
from evtcompat.model.canonical import content_hash
from evtcompat.registries.lockfile import schema_hash, wanted
from evtcompat.registries.locking import read_states
from evtcompat.registries.opening import open_registry
from evtcompat.reporters.escape import printable
from evtcompat.sources.files import discover
from evtcompat.sources.subject_histories import subject_histories
from evtcompat.sources.subject_names import SubjectNames
from evtcompat.sources.tree import WorkTree


@dataclass(frozen=True, slots=True)
class _Holdings:
    """What a folder or a registry holds: hashes of the schemas by subject, the oldest first, each with its label."""

    name: str
    subjects: Mapping[str, tuple[tuple[str, str], ...]]
    levels: Mapping[str, str]


def show_differences(left: str, right: str | None, only: tuple[str, ...], config: Path | None) -> int:
    """Print what differs; 1 when anything does, else 0.

    Raises:
        UsageError: Neither side is a registry.
        UncheckedError: A side cannot be read.
    """
    settings = configuration(Environment(), config)
    if right is None and not _is_folder(left):
        message = f"{left} is no folder"
        raise UsageError(message, hint="Give a folder, or two registries.")
    known: set[str] = set()
    found: dict[str | None, _Holdings] = {}
    # a folder last: its files are called as the subjects of the other side are
    for name in sorted({left, right}, key=lambda name: name is not None and _is_folder(name)):
        if name is not None and _is_folder(name):
            found[name] = _folder(name, only, SubjectNames(settings.subject_strategy, settings.subjects.keys()), known)
        else:
            found[name] = _registry(name, only, settings, known)
    first, second = found[left], found[right]
    lines = _differences(first, second)
    for line in lines:
        typer.echo(printable(line))
    if not lines:
        typer.echo(f"{first.name} and {second.name} hold the same: {counted(len(first.subjects), 'subject')}.")
    return 1 if lines else 0


def _is_folder(name: str) -> bool:
    return "://" not in name and Path(name).is_dir()


def _registry(name: str | None, only: tuple[str, ...], config: Config, known: set[str]) -> _Holdings:
    """What a registry holds; the names of all its subjects are added to `known`."""
    with open_registry(name, config.registry_url, os.environ) as client:
        states = read_states(client, only)
        known.update(client.subjects())
        return _Holdings(
            str(client.address),
            {
                subject: tuple((f"version {version.version}", schema_hash(version)) for version in state.versions)
                for subject, state in states.items()
            },
            {subject: state.compatibility.level.value for subject, state in states.items()},
        )


def _folder(name: str, only: tuple[str, ...], names: SubjectNames, known: AbstractSet[str]) -> _Holdings:
    """What a folder holds, by the subjects that its files belong to where `known` are."""
    discovery = discover(WorkTree(Path(name).resolve(), Path.cwd().resolve()), ["."])
    found = {candidate.path: candidate for candidate in discovery.candidates}
    histories = subject_histories(found)
    for problem in (*discovery.problems, *histories.problems):
        raise problem
    subjects: dict[str, tuple[tuple[str, str], ...]] = {}
    for history in histories.all:
        newest = found[history.paths[-1]]
        subject = names.subject(history.subject, newest.document, known)
        if wanted(subject, only):
            files = [(named.path, content_hash(found[named.path].document.value)) for named in history.versions]
            subjects[subject] = (*subjects.get(subject, ()), *files)
    return _Holdings(name, subjects, {})


def _differences(left: _Holdings, right: _Holdings) -> list[str]:
    lines: list[str] = []
    for subject in sorted(left.subjects.keys() | right.subjects.keys()):
        here, there = left.subjects.get(subject), right.subjects.get(subject)
        if here is None or there is None:
            has, lacks = (right, left) if here is None else (left, right)
            lines.append(f"{subject}: only in {has.name}, not in {lacks.name}")
            continue
        lines += [f"{subject}: {label} of {left.name} is not in {right.name}" for label in _missing(here, there)]
        lines += [f"{subject}: {label} of {right.name} is not in {left.name}" for label in _missing(there, here)]
        levels = (left.levels.get(subject), right.levels.get(subject))
        if None not in levels and levels[0] != levels[1]:
            lines.append(f"{subject}: level {levels[0]} in {left.name}, {levels[1]} in {right.name}")
    return lines


def _missing(these: tuple[tuple[str, str], ...], others: tuple[tuple[str, str], ...]) -> list[str]:
    known = {digest for _, digest in others}
    return [label for label, digest in these if digest not in known]
