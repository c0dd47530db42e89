"""What a file of the baseline was in the commits before it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from evtcompat.checking.meaning import meaning
from evtcompat.dataclasses import replace
from evtcompat.errors import DocumentError, UnsupportedError
from evtcompat.formats.base import SchemaFormat
from evtcompat.model.histories import Version
from evtcompat.sources.baselines.baseline import Baseline
from evtcompat.sources.documents.document_files import document_of
from evtcompat.sources.documents.opened import in_git
from evtcompat.sources.git.baseline import short
from evtcompat.sources.histories.commit_trees import CommitTrees
from evtcompat.sources.names.naming import container_of
from evtcompat.sources.names.same_events import counterparts

if TYPE_CHECKING:
    from evtcompat.sources.git.history import PastContent
    from evtcompat.sources.git.repository import Repository


class PastContents:
    """The past of the files of a baseline; git is asked once for all files with the same suffix."""

    def __init__(self, baseline: Baseline) -> None:
        """Nothing is read yet."""
        self._then = baseline.schemas
        self._commit = baseline.commit
        self._repository = None if baseline.workspace is None else baseline.workspace.repository
        tree = None if baseline.schemas is None else in_git(baseline.schemas.tree)
        self._commits = None if tree is None else CommitTrees(tree.shown_from, short)

    def backwards(self, path: str, schema_format: SchemaFormat) -> Iterator[Version]:
        """What a schema was in the commits before the baseline, the newest first, without what it is there.

        What it refers to is read as of each commit: one that changed nothing but that makes a version, too. A text that
        is no document is no version: no consumer can have it. There is nothing outside git.

        Args:
            path: At the baseline.
            schema_format: The language that it is read in.

        Raises:
            BaselineError: The past was cut off a shallow clone.
            UnsupportedError: An old content cannot be read here.
        """
        repository, then, commits = self._repository, self._then, self._commits
        if repository is None or then is None or commits is None or self._commit is None:
            return
        found: Version | None = None
        meant = ""
        contents = commits.contents(repository, self._commit, then.layout, path, schema_format)
        for index, content in enumerate(contents):
            try:
                version = self._version(repository, commits, content, path, schema_format)
            except UnsupportedError:
                raise
            except DocumentError:
                continue
            if version is None:
                continue
            said = meaning(version, schema_format)
            same = found is not None and meant == said
            if found is not None and found.past and not same:
                yield found
            # of equal neighbours the oldest counts; those that are what it is at the baseline are none of the past
            past = index > 0 and (found is None or not same or found.past)
            found, meant = replace(version, past=past), said
        if found is not None and found.past:
            yield found

    def _version(
        self,
        repository: Repository,
        commits: CommitTrees,
        content: PastContent,
        path: str,
        schema_format: SchemaFormat,
    ) -> Version | None:
        """An old content of a file, or the schema in it that is at `path` at the baseline, if there was one.

        Raises:
            UncheckedError: It cannot be read.
        """
        then = self._then
        if then is None:
            return None
        origin, label = f"{short(content.commit)}:{content.path}", f"commit {short(content.commit)}"
        around = container_of(path)
        if around is None:
            data = commits.read(repository, content)
            if then.tree.opened_as(content.path, data, origin) is not None:
                return None
            document = document_of(data, origin, content.path, schema_format)
            references = commits.references(repository, then.layout, content, schema_format)
            return Version(document, label, references)
        schemas = commits.schemas(repository, content.commit, then.layout)
        called = counterparts(then.events_in(around), schemas.events_in(content.path)).get(path, "")
        container = schemas.tree.container(content.path, everywhere=True)
        if container is not None and called in container.problems:
            raise container.problems[called]
        known = None if container is None else container.schemas.get(called)
        if known is None or known.format is not schema_format:
            return None
        return Version(known.document, label, schemas.library.references(called, schema_format))
