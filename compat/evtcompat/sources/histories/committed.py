"""The versions of a file that is edited in place: what it was in the commits of its branch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import NamedTuple

from evtcompat.checking.meaning import meaning
from evtcompat.dataclasses import dataclass, replace
from evtcompat.errors import UncheckedError
from evtcompat.formats.base import SchemaFormat
from evtcompat.model.histories import Version
from evtcompat.sources.baselines.workspace import Workspace, Workspaces
from evtcompat.sources.documents.candidates import Candidate
from evtcompat.sources.histories.commit_trees import CommitTrees
from evtcompat.sources.names.naming import container_of
from evtcompat.sources.names.same_events import counterparts
from evtcompat.sources.subjects.schema_tree import SchemaTree

#: What the content of the work tree is called that no commit has.
UNCOMMITTED = "now"
#: How many digits of a commit tell a version.
_DIGITS = 7


class Committed(NamedTuple):
    """The versions of a file, the oldest first."""

    versions: tuple[Version, ...] = ()
    #: Why others are left out, each with its commit.
    left_out: tuple[str, ...] = ()


@dataclass(slots=True)
class _Meaning:
    """Contents that follow each other and mean the same: one version."""

    said: str
    #: The oldest of them: its commit brought the version.
    version: Version
    #: What it may be called by its commits, the oldest first.
    names: list[str]


class Past:
    """What files of repositories were: the log of a repository is read once, and a commit that changed many files once.

    It belongs to one run; the workspaces stay open for as long as it is used.
    """

    def __init__(self, workspaces: Workspaces) -> None:
        """Nothing is asked yet."""
        self._commits = CommitTrees(workspaces.here, _short)

    def versions(
        self, workspace: Workspace, now: SchemaTree, candidate: Candidate, most: int, labels: Collection[str] = ()
    ) -> Committed:
        """What a schema was, through renames, up to what it is now; neighbours that mean the same are one version.

        What it refers to is read as of each commit: one that changed nothing but that makes a version, too. A version
        is called by what it states of itself, where no other states the same, else by its commit. Of a schema in a
        container the contents of the container are read; one that did not have the schema gives no version. How far
        back is read says whether others state the same: a name that was given before is told in `labels`.

        Args:
            workspace: Where the file lies.
            now: The schemas of the workspace.
            candidate: The file as it is.
            most: How many versions git is asked for, the newest first; what cannot be read counts.
            labels: What versions were called; one that may be called so is.
        """
        current = now.version(now.named(candidate.path), candidate)
        try:
            found, left_out = self._meanings(workspace, now, candidate, most)
        except UncheckedError as error:  # the past is cut off a shallow clone
            return Committed((current,), (f"what it was before: {_reason(error)}",))
        if workspace.repository is None or workspace.repository.head is None:
            return Committed((current,))
        said = meaning(current, candidate.format)
        if found and found[-1].said == said:
            came = found[-1].version
            found[-1].version = replace(current, label=came.label, since=came.since)
        else:
            found.append(_Meaning(said, replace(current, label=UNCOMMITTED), []))
        found[-1].names.append(UNCOMMITTED)
        return Committed(_called(found, candidate.format, labels), tuple(left_out))

    def _meanings(
        self, workspace: Workspace, now: SchemaTree, candidate: Candidate, most: int
    ) -> tuple[list[_Meaning], list[str]]:
        """What git has of a schema, and why some of it is left out, the oldest first.

        Raises:
            UncheckedError: git does not have all of it.
        """
        repository, path = workspace.repository, candidate.path
        found: list[_Meaning] = []
        left_out: list[str] = []
        if repository is None or repository.head is None:
            return found, left_out
        for content in self._commits.contents(repository, repository.head, now.layout, path, candidate.format):
            label = f"git-{_short(content.commit)}"
            enough = len(found) + len(left_out) >= most
            try:
                schemas = self._commits.schemas(repository, content.commit, now.layout)
                then = _called_then(now, path, schemas, content.path)
                old = None if then is None else _version(schemas, then, candidate.format)
            except UncheckedError as error:
                if enough:
                    break
                left_out.append(f"{label}: {_reason(error)}")
                continue
            if old is None:
                continue
            old, said = replace(old, label=label, since=content.date or None), meaning(old, candidate.format)
            if found and found[-1].said == said:
                found[-1].version = old
                found[-1].names.insert(0, label)
            elif enough:
                break
            else:
                found.append(_Meaning(said, old, [label]))
        return found[::-1], left_out[::-1]


def _short(commit: str) -> str:
    return commit[:_DIGITS]


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


def _called(meanings: Sequence[_Meaning], schema_format: SchemaFormat, labels: Collection[str]) -> tuple[Version, ...]:
    stated = [schema_format.version(one.version.document) for one in meanings]
    counted = Counter(stated)
    newest = {said: index for index, said in enumerate(stated)}
    found = []
    for index, (one, said) in enumerate(zip(meanings, stated, strict=True)):
        label = next((name for name in one.names if name in labels), None)
        states = said is not None and (counted[said] == 1 or (said in labels and newest[said] == index))
        found.append(replace(one.version, label=label or (said if states else one.version.label)))
    return tuple(found)
