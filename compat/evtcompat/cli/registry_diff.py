"""`evtcompat registry diff`: which schemas one side has and the other has not."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import typer

from evtcompat.cli.context import Environment, configuration
from evtcompat.cli.words import counted
from evtcompat.config import Config
from evtcompat.errors import UncheckedError, UsageError
from evtcompat.model.canonical import content_hash
from evtcompat.registries.lockfile import schema_hash, wanted
from evtcompat.registries.locking import read_states
from evtcompat.registries.names import subject_of_file
from evtcompat.registries.opening import open_registry
from evtcompat.reporters.escape import printable
from evtcompat.sources.lineages import lineages
from evtcompat.sources.tree import WorkTree


@dataclass(frozen=True, slots=True)
class _Side:
    """One side: hashes of the schemas by subject, the oldest first, each with its label."""

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
    sides = [_side(name, only, settings) for name in (left, right)]
    lines = _differences(sides[0], sides[1])
    for line in lines:
        typer.echo(printable(line))
    if not lines:
        typer.echo(f"{sides[0].name} and {sides[1].name} hold the same: {counted(len(sides[0].subjects), 'subject')}.")
    return 1 if lines else 0


def _is_folder(name: str) -> bool:
    return "://" not in name and Path(name).is_dir()


def _side(name: str | None, only: tuple[str, ...], config: Config) -> _Side:
    if name is not None and _is_folder(name):
        return _folder(name, only)
    with open_registry(name, config.registry_url, os.environ) as client:
        states = read_states(client, only)
        return _Side(
            str(client.address),
            {
                subject: tuple((f"version {version.version}", schema_hash(version)) for version in state.versions)
                for subject, state in states.items()
            },
            {subject: state.compatibility.level.value for subject, state in states.items()},
        )


def _folder(name: str, only: tuple[str, ...]) -> _Side:
    from evtcompat.sources.files import discover

    folder = Path(name).resolve()
    tree = WorkTree(folder, Path.cwd().resolve())
    discovery = discover(tree, ["."])
    problems: list[UncheckedError] = [*discovery.problems]
    found = {candidate.path: candidate for candidate in discovery.candidates}
    lines = lineages(found)
    problems += lines.problems
    if problems:
        raise problems[0]
    subjects: dict[str, tuple[tuple[str, str], ...]] = {}
    for lineage in lines.all:
        subject = subject_of_file(lineage.subject)
        if wanted(subject, only):
            files = [(named.path, content_hash(found[named.path].document.value)) for named in lineage.versions]
            subjects[subject] = (*subjects.get(subject, ()), *files)
    return _Side(name, subjects, {})


def _differences(left: _Side, right: _Side) -> list[str]:
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
