"""What was read of one tree, for files of another one that are the same."""

from __future__ import annotations

from collections.abc import Mapping

from evtcompat.dataclasses import replace
from evtcompat.errors import UncheckedError
from evtcompat.formats.loading import by_file_name, declared_by
from evtcompat.sources.documents.candidates import Candidate
from evtcompat.sources.documents.contents import Contents
from evtcompat.sources.documents.layout import Layout
from evtcompat.sources.documents.opened import OpenedTree
from evtcompat.sources.documents.recognition import Passed
from evtcompat.sources.names.naming import container_of


class Alike:
    """What need not be parsed in a tree, as another tree has the same at the same path."""

    def __init__(
        self, tree: OpenedTree, layout: Layout, read: Mapping[str, Candidate | Passed], contents: Contents
    ) -> None:
        """Nothing is read yet.

        Args:
            tree: The tree.
            layout: The configuration of both.
            read: What was read of the other tree, by path.
            contents: Compares the other tree with this one.
        """
        self._tree = tree
        self._layout = layout
        self._read = read
        self._contents = contents

    def found(self, path: str) -> Candidate | Passed | None:
        """What is at a path; ``None`` where something else lies there, or what lies beside it may tell what it is."""
        found = self._read.get(path)
        if found is None or container_of(path) is not None or not self._for_itself(path, found):
            return None
        try:
            if not (self._tree.inner.is_file(path) and self._contents.same(path)):
                return None
        except UncheckedError:  # told where it is read
            return None
        if isinstance(found, Passed):
            return found
        return found._replace(document=replace(found.document, origin=self._tree.origin(path)))

    def _for_itself(self, path: str, found: Candidate | Passed) -> bool:
        """Whether it is told by what a file holds, its name and the configuration alone."""
        told = self._layout.included(path) or by_file_name(path) is not None
        if isinstance(found, Passed):
            return not (told or found.by_company)
        return told or declared_by(found.document.value) is not None
