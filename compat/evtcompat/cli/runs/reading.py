"""Reading the gate's own files (configuration, waivers) from the tree that is under check, or from a baseline."""

from __future__ import annotations

from pathlib import Path

from evtcompat.config.find import Reader
from evtcompat.errors import ConfigError
from evtcompat.model.places import Place
from evtcompat.sources.baselines.workspace import View, Workspace, Workspaces
from evtcompat.sources.tree import Tree, folder_of


def reader_of(workspaces: Workspaces) -> Reader:
    """Reads files as they stand under check: on disk, in the index, or in the commit that is pushed."""

    def read(path: Path) -> str | None:
        workspace, inner = workspaces.locate_entry(path)
        if workspace.view is not View.STAGED:
            workspace, inner = workspaces.locate(path)
        return _text(workspace.tree, inner)

    return read


def reader_of_tree(workspaces: Workspaces, workspace: Workspace, tree: Tree) -> Reader:
    """Reads files of one workspace as they stand in another tree of it; there are none of other workspaces."""

    def read(path: Path) -> str | None:
        where, inner = workspaces.locate_entry(path)
        return _text(tree, inner) if where is workspace else None

    return read


def _text(tree: Tree, path: str) -> str | None:
    """The text of a file, or ``None`` when there is none.

    Raises:
        ConfigError: It is not UTF-8, or a link that leads to no file of the tree.
    """
    data = tree.read(path)
    if data is None:
        if path in tree.lost(folder_of(path)):
            message = "cannot be read: it is a link that leads to no file of the repository"
            raise ConfigError(message, place=Place(origin=tree.origin(path)))
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"is not UTF-8: byte {error.start + 1} cannot be decoded"
        raise ConfigError(message, place=Place(origin=tree.origin(path))) from error
