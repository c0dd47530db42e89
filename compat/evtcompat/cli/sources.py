"""The two sides of `evtcompat diff`: files, files at a commit, versions of a registry."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evtcompat.cli.context import CheckRequest, Environment, RunContext, open_workspaces
from evtcompat.errors import BaselineError, UsageError
from evtcompat.formats.loading import built_in
from evtcompat.model.histories import Version
from evtcompat.model.places import Place
from evtcompat.sources.against import Against, Kind, parse_against
from evtcompat.sources.baseline import commit_baseline
from evtcompat.sources.naming import name_of
from evtcompat.sources.registry import registry_history
from evtcompat.sources.workspace import layout_in

DiffInput = Path | Version
_GIT = (Kind.GIT, Kind.MERGE_BASE)


@contextmanager
def sides(old: str, new: str) -> Iterator[tuple[DiffInput, DiffInput]]:
    """What the two words of a person name, `git:REF` alone being the other side's file as it was there.

    What schemas at a commit refer to is read while the context is open.

    Raises:
        UsageError: A word names no side.
        UncheckedError: What it names cannot be had.
    """
    meant = [_meant(word) for word in (old, new)]
    if all(one.kind is Kind.PATH for one in meant):
        yield Path(old), Path(new)
        return
    environment = Environment()
    with open_workspaces(environment) as workspaces:
        context = RunContext.of(CheckRequest(), environment, workspaces)
        yield _input(meant[0], meant[1], context), _input(meant[1], meant[0], context)


def _meant(word: str) -> Against:
    meant = parse_against(word, "the schema")
    if meant.kind is Kind.LOCK or (meant.kind is Kind.REGISTRY and not meant.value):
        message = f"{word} names no schema"
        raise UsageError(message, hint="Give a file, git:REF, git:REF:PATH or registry:SUBJECT@VERSION.")
    return meant


def _input(meant: Against, other: Against, context: RunContext) -> DiffInput:
    if meant.kind is Kind.PATH:
        return Path(meant.value)
    if meant.kind is Kind.REGISTRY:
        return _registered(meant.value, context)
    return _committed(meant, other, context)


def _committed(meant: Against, other: Against, context: RunContext) -> Version:
    """A file as it stands at a commit.

    Raises:
        UsageError: Nothing says which file.
        BaselineError: There is no such commit, or no such file in it.
    """
    file = other.value if other.kind is Kind.PATH else "."
    spelled = f"git:{'merge-base:' if meant.kind is Kind.MERGE_BASE else ''}{meant.value}"
    if meant.path is None and file == ".":
        if other.kind not in _GIT or other.path is None:
            message = f"nothing says which file of {spelled} is meant"
            raise UsageError(message, hint=f"Write {spelled}:PATH, with the path from the repository's root.")
        meant = meant._replace(path=other.path)
    workspace, inner = context.workspaces.locate(file)
    layout = layout_in(workspace, context.layout, context.folder)
    baseline = commit_baseline(context.workspaces, workspace, meant, [inner], layout)
    universe = baseline.universe
    if universe is None:
        message = f"{spelled} is not in git"
        raise AssertionError(message)
    path = baseline.single or baseline.there(inner)
    candidate = None if universe.tree.is_folder(path) else universe.candidate(path)
    if candidate is not None:
        return universe.version(name_of(path), candidate)
    message, hint = "there is no such file", f"If it had another name then, write {spelled}:PATH."
    if universe.tree.is_folder(path):
        message, hint = "is a folder", "`diff` compares two schemas: name a file."
    elif universe.tree.is_file(path):
        message, hint = "is no schema", f"{'; '.join(one.sign for one in built_in())}."
    raise BaselineError(message, place=Place(origin=universe.tree.origin(path)), hint=hint)


def _registered(wanted: str, context: RunContext) -> Version:
    from evtcompat.cli.registry_work import split_version
    from evtcompat.registries.opening import open_registry

    subject, version = split_version(wanted)
    with open_registry(None, context.config.registry_url, context.environment.variables) as client:
        (found,) = registry_history(client, subject, version).versions
        return found
