"""The versions of a file that is edited in place: what it was in the commits of its branch."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Collection, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final, NamedTuple

from evtcompat.dataclasses import dataclass, replace
from evtcompat.errors import UncheckedError
from evtcompat.formats.base import SchemaFormat
from evtcompat.model.canonical import content_hash
from evtcompat.model.histories import Version
from evtcompat.sources.baselines.workspace import Workspace, Workspaces
from evtcompat.sources.documents.candidates import Candidate
from evtcompat.sources.documents.layout import Layout
from evtcompat.sources.git.objects import commit_tree
from evtcompat.sources.git.repository import Repository
from evtcompat.sources.names.naming import container_of
from evtcompat.sources.names.same_events import counterparts
from evtcompat.sources.subjects.schema_tree import SchemaTree
from evtcompat.sources.tree import Tree

if TYPE_CHECKING:
    from evtcompat.sources.git.history import PathHistory

#: What the content of the work tree is called that no commit has.
UNCOMMITTED = "now"
#: How many digits of a commit tell a version.
_DIGITS = 7
#: Commits whose trees are kept: files are changed together, and a tree holds all that was read of it.
_KEPT: Final = 16
#: Files read of one tree, beyond which they are forgotten: all that was read would stay in memory until the run ends.
_MOST_READ: Final = 100


class Committed(NamedTuple):
    """The versions of a file, the oldest first."""

    versions: tuple[Version, ...] = ()
    #: Why others are left out, each with its commit.
    left_out: tuple[str, ...] = ()


@dataclass(slots=True)
class _Commit:
    """What a repository was."""

    #: Its files: git is asked for them once.
    listed: Tree
    schemas: SchemaTree
    #: How many schemas were asked for.
    read: int = 0


class Past:
    """What files of repositories were: the log of a repository is read once, and a commit that changed many files once.

    It belongs to one run, in which the layouts of a repository differ in their roots alone; the workspaces stay open
    for as long as it is used.
    """

    def __init__(self, workspaces: Workspaces) -> None:
        """Nothing is asked yet."""
        self._workspaces = workspaces
        self._logs: dict[tuple[Path, str], PathHistory] = {}
        #: The last used last.
        self._trees: OrderedDict[tuple[Path, str, tuple[str, ...]], _Commit] = OrderedDict()

    def versions(
        self, workspace: Workspace, now: SchemaTree, candidate: Candidate, most: int, labels: Collection[str] = ()
    ) -> Committed:
        """What a file was, through renames, up to what it is now; neighbours that mean the same are one version.

        A version is called by what it states of itself, where no other states the same, else by its commit. Of a schema
        in a container the contents of the container are read; one that did not have the schema gives no version.
        How far back is read says which of several commits with one meaning is the first, and whether others state the
        same: a name that was given before is told in `labels`.

        Args:
            workspace: Where the file lies.
            now: The schemas of the workspace.
            candidate: The file as it is.
            most: How many contents are read, the newest first.
            labels: What versions were called; one that may be called so is.
        """
        repository, path = workspace.repository, container_of(candidate.path) or candidate.path
        current = now.version(now.named(candidate.path), candidate)
        if repository is None or repository.head is None:
            return Committed((current,))
        try:
            contents = self._log(repository, repository.head, PurePosixPath(path).suffix).of(path)
        except UncheckedError as error:  # the past is cut off a shallow clone
            return Committed((current,), (f"what it was before: {_reason(error)}",))
        found: list[Version] = []
        #: What each may be called by its commits.
        names: list[list[str]] = []
        left_out: list[str] = []
        for content in contents[-most:]:
            label = f"git-{content.commit[:_DIGITS]}"
            try:
                schemas = self._tree(repository, content.commit, now.layout)
                then = _called_then(now, candidate.path, schemas, content.path)
                old = None if then is None else _version(schemas, then, candidate.format)
            except UncheckedError as error:
                left_out.append(f"{label}: {_reason(error)}")
                continue
            if old is None:
                continue
            if found and _same(found[-1], old):
                names[-1].append(label)
                continue
            found.append(replace(old, label=label, since=content.date or None))
            names.append([label])
        if not found or not _same(found[-1], current):
            found.append(replace(current, label=UNCOMMITTED))
            names.append([])
        else:
            found[-1] = replace(current, label=found[-1].label, since=found[-1].since)
        names[-1].append(UNCOMMITTED)
        return Committed(_called(found, names, candidate.format, labels), tuple(left_out))

    def _log(self, repository: Repository, head: str, suffix: str) -> PathHistory:
        key = repository.top, suffix
        if key not in self._logs:
            from evtcompat.sources.git.history import path_history

            self._logs[key] = path_history(repository, head, suffix)
        return self._logs[key]

    def _tree(self, repository: Repository, commit: str, layout: Layout) -> SchemaTree:
        """The schemas of a commit, of which one more is going to be read."""
        key = repository.top, commit, layout.roots
        found = self._trees.get(key)
        if found is None:
            listed = commit_tree(repository, commit, commit[:_DIGITS], self._workspaces.here)
            found = self._trees[key] = _Commit(listed, SchemaTree(listed, layout))
            if len(self._trees) > _KEPT:
                self._trees.popitem(last=False)
        elif found.read >= _MOST_READ:
            found = self._trees[key] = _Commit(found.listed, SchemaTree(found.listed, layout))
        self._trees.move_to_end(key)
        found.read += 1
        return found.schemas


def _reason(error: UncheckedError) -> str:
    return error.message + (f" ({error.hint})" if error.hint else "")


def _called_then(now: SchemaTree, path: str, then: SchemaTree, file: str) -> str | None:
    """The path at a commit of what is at `path` now; ``None`` where it is in a container that did not have it.

    Args:
        now: The tree of `path`.
        path: Of a schema.
        then: The tree of the commit.
        file: What the file of the schema was called there.

    Raises:
        UncheckedError: What the file was then cannot be read.
    """
    container = container_of(path)
    if container is None:
        return file
    return counterparts(now.events_in(container), then.events_in(file)).get(path) or None


def _version(schemas: SchemaTree, path: str, schema_format: SchemaFormat) -> Version:
    """What stands at a path of a commit, as it was meant there.

    Raises:
        UncheckedError: It is no schema of the format.
    """
    version = schemas.version_like(schemas.named(path), schema_format)
    schema_format.parse(version.document, version.references)
    return version


def _same(one: Version, other: Version) -> bool:
    return content_hash(one.document.value) == content_hash(other.document.value)


def _called(
    versions: Sequence[Version], names: Sequence[Sequence[str]], schema_format: SchemaFormat, labels: Collection[str]
) -> tuple[Version, ...]:
    stated = [schema_format.version(version.document) for version in versions]
    counted = Counter(stated)
    newest = {said: index for index, said in enumerate(stated)}
    found = []
    for index, (version, said) in enumerate(zip(versions, stated, strict=True)):
        label = next((name for name in names[index] if name in labels), None)
        states = said is not None and (counted[said] == 1 or (said in labels and newest[said] == index))
        found.append(replace(version, label=label or (said if states else version.label)))
    return tuple(found)
