"""What a file of the baseline was in the commits before it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from evtcompat.errors import DocumentError, UnsupportedError
from evtcompat.formats.base import SchemaFormat
from evtcompat.model.documents import Document
from evtcompat.model.histories import Version
from evtcompat.sources.baselines.baseline import Baseline
from evtcompat.sources.documents.document_files import document_of
from evtcompat.sources.documents.opened import events_of
from evtcompat.sources.git.baseline import short
from evtcompat.sources.names.naming import container_of
from evtcompat.sources.names.same_events import counterparts

if TYPE_CHECKING:
    from evtcompat.sources.git.history import PathHistory


class PastContents:
    """The past of the files of a baseline; git is asked once for all files with the same suffix."""

    def __init__(self, baseline: Baseline) -> None:
        """Nothing is read yet."""
        self._baseline = baseline
        self._then = baseline.schemas
        self._histories: dict[str, PathHistory | None] = {}

    def backwards(self, path: str, schema_format: SchemaFormat) -> Iterator[Version]:
        """What a schema was in the commits before the baseline, the newest first, without what it is there.

        A text that is no document is no version: no consumer can have it. There is nothing outside git.

        Args:
            path: At the baseline.
            schema_format: The language that it is read in.

        Raises:
            BaselineError: The past was cut off a shallow clone.
            UnsupportedError: An old content cannot be read here.
        """
        file = container_of(path) or path
        blobs, history = self._baseline.blobs, self._history(file)
        if history is None or blobs is None or self._then is None:
            return
        references = self._then.library.references(path, schema_format)
        found: Version | None = None
        for index, content in enumerate(history.backwards(file)):
            origin = f"{short(content.commit)}:{content.path}"
            try:
                document = self._document(blobs.read(content.oid, origin), origin, path, content.path, schema_format)
            except UnsupportedError:
                raise
            except DocumentError:
                continue
            if document is None:
                continue
            same = found is not None and found.document.value == document.value
            if found is not None and found.past and not same:
                yield found
            # of equal neighbours the oldest counts; those that are what it is at the baseline are none of the past
            past = index > 0 and (found is None or not same or found.past)
            found = Version(document, f"commit {short(content.commit)}", references, past=past)
        if found is not None and found.past:
            yield found

    def _document(self, data: bytes, origin: str, path: str, file: str, schema_format: SchemaFormat) -> Document | None:
        """An old content of a file, or the schema in it that is at `path` at the baseline, if there was one."""
        container = None if self._then is None else self._then.tree.opened_as(file, data, origin)
        if container_of(path) is None:
            return None if container is not None else document_of(data, origin, file, schema_format)
        if container is None or self._then is None:
            return None
        then = self._then.events_in(container_of(path) or path)
        known = container.schemas.get(counterparts(then, events_of(container)).get(path, ""))
        return None if known is None or known.format is not schema_format else known.document

    def _history(self, path: str) -> PathHistory | None:
        suffix = PurePosixPath(path).suffix
        if suffix not in self._histories:
            self._histories[suffix] = self._baseline.past(suffix)
        return self._histories[suffix]
