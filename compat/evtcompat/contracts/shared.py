"""The files that contracts and their readers are read from: as they lie on disk, or as they are staged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from evtcompat.errors import UncheckedError
from evtcompat.sources.baselines.workspace import Workspace, Workspaces, layout_in
from evtcompat.sources.documents.document_files import document_at
from evtcompat.sources.documents.opened import OpenedTree, opened
from evtcompat.sources.documents.references import Library
from evtcompat.sources.tree import Tree
from evtcompat.syntax.documents import decode_text

if TYPE_CHECKING:
    from evtcompat.formats.base import SchemaFormat
    from evtcompat.model.documents import Document, References
    from evtcompat.model.places import Place
    from evtcompat.sources.documents.layout import Layout


def no_such_folder(key: str, shown: str, setting: Place, hint: str) -> UncheckedError:
    """What there is to say of a folder that the configuration names and that is not there.

    Args:
        key: Of the configuration.
        shown: What messages call the folder.
        setting: Where the key stands.
        hint: How such a folder begins.
    """
    message = f"`{key}` names {shown}, and there is no such folder"
    return UncheckedError(message, place=setting, hint=f"Correct the path, or leave it out. {hint}")


class SharedFiles:
    """Files by their path on disk, read from the trees that are under check."""

    def __init__(self, workspaces: Workspaces, layout: Layout, folder: Path) -> None:
        """Nothing is read yet; the caller closes the workspaces.

        Args:
            workspaces: The trees under check.
            layout: What the configuration says about files.
            folder: The folder of the configuration.
        """
        self._workspaces = workspaces
        self._layout = layout
        self._folder = folder
        self._trees: dict[Path, tuple[OpenedTree, Library]] = {}

    @property
    def here(self) -> Path:
        """The folder that a person works in; absolute."""
        return self._workspaces.here

    def is_folder(self, path: Path) -> bool:
        """Whether there is such a folder."""
        tree, inner = self.locate(path)
        return tree.is_folder(inner)

    def below(self, folder: Path, suffix: str) -> Iterator[Path]:
        """The files below a folder whose names end so, hidden ones left out, sorted.

        What git ignores is among them: contracts may have been pulled. So are links that lead to nothing in the tree,
        whatever they are called: nobody knows what they led to. Paths begin with the folder as it was given.

        Raises:
            DocumentError: A folder cannot be listed.
        """
        tree, inner = self.locate(folder)
        found = dict(_below(tree, inner))
        yield from (folder / one for one, lost in sorted(found.items()) if lost or one.lower().endswith(suffix))

    def text(self, path: Path, origin: str) -> str | None:
        """The text of a file; ``None`` where there is none.

        Raises:
            DocumentError: It cannot be read, or is not UTF-8.
        """
        tree, inner = self.locate(path)
        data = tree.read(inner)
        return None if data is None else decode_text(data, origin)

    def document(self, path: Path, schema_format: SchemaFormat | None, origin: str) -> Document:
        """See `evtcompat.sources.documents.document_files.document_at`."""
        tree, inner = self.locate(path)
        return document_at(tree, inner, schema_format, origin=origin)

    def references(self, path: Path, schema_format: SchemaFormat) -> References:
        """What the schema at a path refers to, in the same repository or, outside git, the same folder."""
        workspace, inner = self._workspaces.locate(path)
        return self._opened(workspace)[1].references(inner, schema_format)

    def locate(self, path: Path) -> tuple[OpenedTree, str]:
        """The tree of a path, and the path in it.

        Raises:
            DocumentError: It cannot be a path.
            BaselineError: The repository around it cannot be read.
        """
        workspace, inner = self._workspaces.locate(path)
        return self._opened(workspace)[0], inner

    def _opened(self, workspace: Workspace) -> tuple[OpenedTree, Library]:
        if workspace.root not in self._trees:
            layout = layout_in(workspace, self._layout, self._folder)
            tree = opened(workspace.tree, is_version=layout.is_version, roots=layout.tree_roots)
            self._trees[workspace.root] = tree, Library(tree, layout)
        return self._trees[workspace.root]


def _below(tree: Tree, top: str) -> Iterator[tuple[str, bool]]:
    """The paths of the files below a folder, from that folder, each folder once whatever links lead to it.

    With each whether it is a link that leads nowhere, or out of the tree.
    """
    pending, seen = [("", top)], set[str]()
    while pending:
        shown, folder = pending.pop()
        real = tree.canonical(folder) if folder else ""
        if real is None or real in seen:
            continue
        seen.add(real)
        for lost, paths in ((False, tree.siblings(real)), (True, tree.lost(real))):
            for path in paths:
                name = path.rpartition("/")[2]
                if not name.startswith("."):
                    yield f"{shown}{name}", lost
        pending += [
            (f"{shown}{name}/", f"{real}/{name}" if real else name)
            for name in tree.folders(real)
            if not name.startswith(".")
        ]
