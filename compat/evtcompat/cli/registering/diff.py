"""`evtcompat registry diff`: which schemas one side has and the other has not."""

from __future__ import annotations

import os
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import typer

from evtcompat.cli.runs.context import Environment, configuration
from evtcompat.dataclasses import dataclass, field, replace
from evtcompat.errors import RegistryError, UncheckedError, UsageError
from evtcompat.model.canonical import content_hash
from evtcompat.model.counts import counted
from evtcompat.reading import read_file
from evtcompat.registries.base import SchemaRegistry
from evtcompat.registries.choosing import asked_for, wanted
from evtcompat.registries.layout import opaque_files
from evtcompat.registries.lockfile import text_hash
from evtcompat.registries.locking import read_states
from evtcompat.registries.names import subject_of_file
from evtcompat.registries.opening import open_registry
from evtcompat.registries.promotion import digest
from evtcompat.reporters.escape import printable
from evtcompat.sources.documents.files import discover
from evtcompat.sources.documents.layout import Layout
from evtcompat.sources.names.naming import name_of
from evtcompat.sources.names.subject_histories import subject_histories
from evtcompat.sources.published.subject_names import SubjectNames
from evtcompat.sources.tree import WorkTree

#: More subjects than this take long enough to say so.
_MANY = 100


@dataclass(frozen=True, slots=True)
class _Holdings:
    """What a folder or a registry holds."""

    name: str
    #: By subject: digest and label of each schema, the oldest first.
    subjects: Mapping[str, tuple[tuple[str, str], ...]]
    #: By subject, what a registry asks of new versions and its mode, in words.
    settings: Mapping[str, tuple[str, str]]
    #: What cannot be read, by the subjects that it may be of; nothing else is said of them.
    unread: Mapping[str, UncheckedError] = field(default_factory=dict)


def show_differences(left: str, right: str | None, only: tuple[str, ...], config: Path | None) -> int:
    """Print what differs; 1 when anything does, else 0.

    Raises:
        UsageError: Neither side is a registry.
        UncheckedError: A side or a part of it cannot be read and nothing else differs, or a pattern means no subject.
    """
    settings = configuration(Environment(), config)
    if right is None and not _is_folder(left):
        message = f"{left} is no folder"
        raise UsageError(message, hint="Give a folder, or two registries.")
    names = [left] if left == right else [left, right]
    with ExitStack() as open_now:
        clients = {
            name: open_now.enter_context(open_registry(name, settings.registry_url, os.environ))
            for name in names
            if name is None or not _is_folder(name)
        }
        known = frozenset(subject for client in clients.values() for subject in client.subjects())
        folders = {
            name: _folder(name, SubjectNames(settings.subject_strategy, settings.subjects.keys()), known)
            for name in names
            if name is not None and name not in clients
        }
        there = known.union(*(holdings.subjects for holdings in folders.values()))
        patterns = asked_for(only, there, f"neither {left} nor {right or 'the registry'}" if only else "")
        if len(there) > _MANY:
            typer.echo(f"Reading {counted(len(there), 'subject')} ...", err=True)
        # both at the same time: nearly all of it is waiting
        with ThreadPoolExecutor(len(clients), thread_name_prefix="evtcompat") as pool:
            read = pool.map(lambda client: _registry(client, patterns, there), clients.values())
            found: dict[str | None, _Holdings] = dict(zip(clients, read, strict=True))
    # with what those refer to that were asked for
    beside = {subject for holdings in found.values() for subject in holdings.subjects}
    found |= {name: _only(holdings, patterns, beside) for name, holdings in folders.items()}
    first, second = found[left], found[right]
    unread = {**first.unread, **second.unread}
    lines = _differences(first, second, unread.keys())
    for line in lines:
        typer.echo(printable(line))
    problems = list(dict.fromkeys(unread.values()))
    for problem in problems if lines else problems[1:]:
        typer.echo(printable(f"evtcompat: {problem}"), err=True)
    if problems and not lines:
        raise problems[0]
    if not lines:
        typer.echo(f"{first.name} and {second.name} hold the same: {counted(len(first.subjects), 'subject')}.")
    return 1 if lines else 0


def _is_folder(name: str) -> bool:
    return "://" not in name and Path(name).is_dir()


def _registry(client: SchemaRegistry, only: tuple[str, ...], there: AbstractSet[str]) -> _Holdings:
    """What a registry holds of the subjects that were asked for, and of what they refer to."""
    unread: dict[str, RegistryError] = {}
    states = read_states(client, only, there, unread)
    if unread and not states:
        raise next(iter(unread.values()))
    return _Holdings(
        str(client.address),
        {
            subject: tuple((digest(version), f"version {version.version}") for version in state.versions)
            for subject, state in states.items()
        },
        {subject: (state.compatibility.terms, state.mode) for subject, state in states.items()},
        unread,
    )


def _folder(name: str, names: SubjectNames, known: AbstractSet[str]) -> _Holdings:
    """What a folder holds, by the subjects that its files belong to where `known` are."""
    opaque = [*opaque_files(Path(name))]
    layout = Layout(exclude=tuple(path for _, path in opaque))
    discovery = discover(WorkTree(Path(name).resolve(), Path.cwd().resolve()), ["."], layout)
    found = {candidate.path: candidate for candidate in discovery.candidates}
    histories = subject_histories(found)
    unread: dict[str, UncheckedError] = {}
    for problem in (*discovery.problems, *histories.problems):
        if not opaque or problem not in discovery.empty:
            origin = None if problem.place is None else problem.place.origin
            if origin is None or problem in discovery.empty:
                raise problem
            unread |= dict.fromkeys(_may_be_of(origin), problem)
    subjects: dict[str, tuple[tuple[str, str], ...]] = {}
    for history in histories.all:
        newest = found[history.paths[-1]]
        subject = names.subject(history.subject, newest.document, known)
        files = [
            (content_hash(newest.format.stored(found[named.path].document.value)), named.path)
            for named in history.versions
        ]
        subjects[subject] = (*subjects.get(subject, ()), *files)
    for subject, path in opaque:
        digest = text_hash(read_file(Path(name) / path).decode("utf-8", "surrogatepass"))
        subjects[subject] = (*subjects.get(subject, ()), (digest, path))
    return _Holdings(name, subjects, {}, unread)


def _may_be_of(origin: str) -> tuple[str, ...]:
    """The subjects that a file may be of whose content is not known."""
    named = subject_of_file(name_of(origin.replace("\\", "/")).subject)
    return named, f"{named}-value", f"{named}-key"


def _only(holdings: _Holdings, patterns: tuple[str, ...], beside: AbstractSet[str]) -> _Holdings:
    """Those of the subjects that were asked for, or that `beside` names."""
    kept = {
        subject: files for subject, files in holdings.subjects.items() if wanted(subject, patterns) or subject in beside
    }
    return replace(holdings, subjects=kept)


def _differences(left: _Holdings, right: _Holdings, unread: AbstractSet[str]) -> list[str]:
    lines: list[str] = []
    for subject in sorted((left.subjects.keys() | right.subjects.keys()) - unread):
        here, there = left.subjects.get(subject), right.subjects.get(subject)
        if here is None or there is None:
            has, lacks = (right, left) if here is None else (left, right)
            lines.append(f"{subject}: only in {has.name}, not in {lacks.name}")
            continue
        lines += [f"{subject}: {label} of {left.name} is not in {right.name}" for label in _missing(here, there)]
        lines += [f"{subject}: {label} of {right.name} is not in {left.name}" for label in _missing(there, here)]
        settings = left.settings.get(subject), right.settings.get(subject)
        for what, one, other in zip(("level", "mode"), *(held or () for held in settings), strict=False):
            if one != other:
                lines.append(f"{subject}: {what} {one} in {left.name}, {other} in {right.name}")
    return lines


def _missing(these: tuple[tuple[str, str], ...], others: tuple[tuple[str, str], ...]) -> list[str]:
    known = {digest for digest, _ in others}
    return [label for digest, label in these if digest not in known]
