"""The two sides of `evtcompat diff`: files, files at a commit, versions of a registry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from evtcompat.cli.runs.context import CheckRequest, Environment, RunContext, open_workspaces
from evtcompat.cli.runs.selecting import locked_subjects, open_registry_of
from evtcompat.errors import BaselineError, UncheckedError, UsageError
from evtcompat.formats.base import SchemaFormat
from evtcompat.formats.loading import by_file_name
from evtcompat.model.histories import Version
from evtcompat.registries.base import LATEST
from evtcompat.sources.baselines.against import Against, BaselineKind, parse_against, split_version
from evtcompat.sources.baselines.baseline import commit_baseline
from evtcompat.sources.baselines.workspace import layout_in
from evtcompat.sources.documents.candidates import Candidates
from evtcompat.sources.documents.document_files import read_document
from evtcompat.sources.documents.opened import opened
from evtcompat.sources.documents.recognition import Passed, recognised_as
from evtcompat.sources.documents.references import folder_references
from evtcompat.sources.names.naming import container_of, name_of
from evtcompat.sources.published.lock import locked
from evtcompat.sources.published.registered import registry_history
from evtcompat.sources.subjects.schema_tree import SchemaTree

DiffInput = Path | Version
_GIT = (BaselineKind.GIT, BaselineKind.MERGE_BASE)


@contextmanager
def sides(old: str, new: str) -> Iterator[tuple[DiffInput, DiffInput]]:
    """What the two words of a person name, `git:REF` alone being the other side's file as it was there.

    What schemas at a commit refer to is read while the context is open.

    Raises:
        UsageError: A word names no side.
        UncheckedError: What it names cannot be had.
    """
    meant = [_meant(word) for word in (old, new)]
    environment = Environment()
    with open_workspaces(environment) as workspaces:
        files = tuple(one.value if one.kind is BaselineKind.PATH else one.path for one in meant)
        request = CheckRequest(paths=tuple(file for file in files if file is not None))
        context = RunContext.of(request, environment, workspaces)
        yield _input(meant[0], meant[1], context), _input(meant[1], meant[0], context)


def format_of(sides: Iterable[DiffInput]) -> tuple[str | None, UncheckedError | None]:
    """The format of the first side that a check takes for a schema; else why it takes none for one.

    Raises:
        UncheckedError: The sides are schemas of two languages.
    """
    first: tuple[SchemaFormat, str] | None = None
    problem: UncheckedError | None = None
    environment = Environment()
    with open_workspaces(environment) as workspaces:
        context = RunContext.of(CheckRequest(), environment, workspaces)
        for side in sides:
            try:
                found, origin = _taken_for(side, context)
            except UncheckedError as error:  # it cannot be read, which whoever reads it says
                problem = problem or error
                continue
            if isinstance(found, Passed):
                problem = problem or found.problem(origin)
            elif first is None:
                first = found, origin
            elif found is not first[0]:
                message = f"{first[1]} is {first[0].noun}, and {origin} is {found.noun}"
                raise UncheckedError(message, hint="They cannot be compared: name two schemas of one language.")
    return (None, problem) if first is None else (first[0].name, None)


def _taken_for(side: DiffInput, context: RunContext) -> tuple[SchemaFormat | Passed, str]:
    """What a check that names the side takes it for, and what messages call it."""
    if isinstance(side, Version):
        document, origin = side.document, side.document.origin or ""
        told = by_file_name(origin, everywhere=True)
        return told or recognised_as(document.value, origin, included=False, named=True, around=tuple), origin
    workspace, inner = context.workspaces.locate(side)
    layout = layout_in(workspace, context.layout, context.folder)
    found = Candidates(opened(workspace.tree, roots=layout.tree_roots), layout).read(inner, named=True)
    return (found if isinstance(found, Passed) else found.format), str(side)


def version_of(given: DiffInput, schema_format: SchemaFormat) -> Version:
    """The side as a version, which a file has from its path.

    Raises:
        DocumentError: The file cannot be read.
    """
    if isinstance(given, Version):
        return given
    references = folder_references(given.parent, schema_format)
    return Version(read_document(given, schema_format), name_of(given.as_posix()).label, references)


def _meant(word: str) -> Against:
    meant = parse_against(word, "the schema")
    if meant.kind in (BaselineKind.LOCK, BaselineKind.REGISTRY) and not meant.value:
        message = f"{word} names no schema"
        raise UsageError(
            message, hint="Give a file, git:REF, git:REF:PATH, registry:SUBJECT@VERSION or lock:SUBJECT@VERSION."
        )
    return meant


def _input(meant: Against, other: Against, context: RunContext) -> DiffInput:
    if meant.kind is BaselineKind.PATH:
        return _file(meant.value, context)
    if meant.kind is BaselineKind.REGISTRY:
        return registered(meant.value, context)
    if meant.kind is BaselineKind.LOCK:
        return _locked(meant.value, context)
    return committed(meant, other, context)


def _file(file: str, context: RunContext) -> DiffInput:
    """A file, or the version that a document of several schemas has: that may refer to whatever a check follows.

    Raises:
        UncheckedError: Such a document, or what is meant in it, cannot be had.
    """
    workspace, inner = context.workspaces.locate(file)
    schemas = SchemaTree(workspace.tree, layout_in(workspace, context.layout, context.folder))
    around = container_of(inner) or inner
    if not schemas.tree.is_file(around) or schemas.tree.container(around, everywhere=True) is None:
        return Path(file)
    return schemas.schema_at(inner, otherwise="Check the spelling.")


def _locked(wanted: str, context: RunContext) -> Version:
    """A version of the lock.

    Raises:
        BaselineError: There is none.
    """
    subject, version = split_version(wanted, "lock:")
    found = locked(locked_subjects(context).lock, subject, version or LATEST)
    if found is None:
        message = f"the lock has no subject {subject}"
        raise BaselineError(message, hint="`evtcompat lock` writes it anew.")
    return found.history.versions[-1]


def committed(meant: Against, other: Against, context: RunContext) -> Version:
    """A file as it stands at a commit.

    Raises:
        UsageError: Nothing says which file.
        BaselineError: There is no such commit, or no such file in it.
    """
    file = other.value if other.kind is BaselineKind.PATH else "."
    spelled = f"git:{'merge-base:' if meant.kind is BaselineKind.MERGE_BASE else ''}{meant.value}"
    if meant.path is None and file == ".":
        if other.kind not in _GIT or other.path is None:
            message = f"nothing says which file of {spelled} is meant"
            raise UsageError(message, hint=f"Write {spelled}:PATH, with the path from the repository's root.")
        meant = meant._replace(path=other.path)
    workspace, inner = context.workspaces.locate(file)
    now = SchemaTree(workspace.tree, layout_in(workspace, context.layout, context.folder))
    baseline = commit_baseline(context.workspaces, workspace, meant, [inner], now)
    schemas = baseline.schemas
    if schemas is None:
        message = f"{spelled} is not in git"
        raise AssertionError(message)
    path = baseline.single or baseline.there(inner)
    return schemas.schema_at(path, otherwise=f"If it had another name then, write {spelled}:PATH.")


def registered(wanted: str, context: RunContext) -> Version:
    """A version in the registry.

    Raises:
        RegistryError: There is none, or the registry cannot be asked.
    """
    subject, version = split_version(wanted)
    with open_registry_of(context) as registry:
        (found,) = registry_history(registry, subject, version or LATEST).versions
        return found
