"""The trees of a run: what is under check, and the commits it is compared with. Owns the git processes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from enum import Enum
from functools import cache, cached_property, partial
from pathlib import Path
from types import TracebackType
from typing import Self, TypeAlias

from evtcompat.dataclasses import dataclass, field, replace
from evtcompat.errors import BaselineError, ConfigError, DocumentError, UsageError
from evtcompat.sources.documents.layout import Layout
from evtcompat.sources.git.baseline import GitBaseline, pushed_range, short
from evtcompat.sources.git.changes import ignored, left_out
from evtcompat.sources.git.objects import GitTree, commit_tree, empty_tree, has_as_submodule, index_tree
from evtcompat.sources.git.repository import Repository, own_repository, repository_of
from evtcompat.sources.tree import Tree, WorkTree, inside

#: A path that is longer is not repeated whole in a message.
_LONGEST_SHOWN = 100


class View(Enum):
    """Which content is under check."""

    DISK = "disk"
    #: The index; on a push by pre-commit, the commit that is pushed.
    STAGED = "staged"


@dataclass(frozen=True)
class Workspace:
    """A repository, or a folder outside git, with the tree under check."""

    root: Path
    tree: Tree = field(repr=False)
    repository: Repository | None = None
    #: The baseline that pre-commit hands over on a push.
    pushed: GitBaseline | None = None
    view: View = View.DISK


#: The automatic baseline of each repository, by its root and the default branch that is configured.
Chosen: TypeAlias = dict[tuple[Path, str | None], GitBaseline]


class Workspaces:
    """The workspaces of a run, opened when first asked for. Use it as a context manager: it ends git's processes."""

    def __init__(
        self,
        working_folder: Path | None = None,
        environment: Mapping[str, str] | None = None,
        *,
        view: View = View.DISK,
        outer: Path | None = None,
        unsaved: Mapping[Path, bytes] | None = None,
    ) -> None:
        """Nothing is opened yet.

        Args:
            working_folder: What relative paths and messages start from; the process's by default.
            environment: Variables that git and CI set; the process's by default.
            view: Which content is under check, where there is git.
            outer: The folder of the configuration; see `enclose`.
            unsaved: What editors hold of files on disk, by absolute path.
        """
        self.here = Path(os.path.realpath(working_folder or Path.cwd()))
        self.environment = dict(os.environ) if environment is None else dict(environment)
        self._view = view
        self._unsaved = {Path(os.path.realpath(path)): content for path, content in (unsaved or {}).items()}
        self._outer = None if outer is None else Path(os.path.realpath(outer))
        self._default_branch: str | None = None
        self._by_root: dict[Path, Workspace] = {}
        self._by_folder: dict[Path, Workspace] = {}
        #: Asked by the selection and by the gate, answered once.
        self.chosen: Chosen = {}
        self._commits: dict[tuple[Path, str], GitTree] = {}

    @property
    def in_editor(self) -> bool:
        """Whether files are under check as an editor holds them."""
        return bool(self._unsaved)

    def enclose(self, folder: Path, default_branch: str | None = None) -> None:
        """Take the folder of the configuration, once that is found: outside git, what lies below is one workspace.

        Args:
            folder: The folder.
            default_branch: As configured for the repository that it lies in.
        """
        self._outer = Path(os.path.realpath(folder))
        self._default_branch = default_branch

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """No git process is left."""
        self.rest()

    def rest(self) -> None:
        """No git process runs; a later question starts one again."""
        for workspace in self._by_root.values():
            if workspace.repository is not None:
                workspace.repository.blobs.close()

    def locate(self, path: str | Path) -> tuple[Workspace, str]:
        """The workspace of a path as a person typed it, and the path from its root, links followed.

        Raises:
            BaselineError: See `find_repository`.
            DocumentError: The file system knows no such paths: it is too long, or leads through a file.
            UsageError: The path holds a null character.
        """
        if "\0" in str(path):
            message = f"no file can be called {str(path)!r}"
            raise UsageError(message)
        full = Path(os.path.normpath(self.here / path))
        try:
            real = Path(os.path.realpath(full))
            workspace = self._of(real if real.is_dir() else real.parent)
        except OSError as error:
            name = str(path)
            shown = name if len(name) <= _LONGEST_SHOWN else f"{name[:_LONGEST_SHOWN]}..."
            message = f"{shown} cannot be a path: {(error.strerror or str(error)).lower()}"
            raise DocumentError(message, hint="Check the spelling.") from error
        relative = real.relative_to(workspace.root).as_posix()
        return workspace, "" if relative == "." else relative

    def locate_entry(self, path: str | Path) -> tuple[Workspace, str]:
        """The workspace of a path, and the path from its root as it is written: where it is a link, the link's own.

        What a link on disk leads to says nothing about a commit, in which there may be a file.

        Raises:
            BaselineError: See `locate`.
            DocumentError: See `locate`.
            UsageError: See `locate`.
        """
        full = Path(os.path.normpath(self.here / path))
        workspace, _ = self.locate(full.parent)
        if not full.is_relative_to(workspace.root):
            return self.locate(full)
        relative = full.relative_to(workspace.root).as_posix()
        return workspace, "" if relative == "." else relative

    def around(self, workspace: Workspace) -> Workspace | None:
        """The repository that one lies in, submodules and those of nobody's making alike; ``None`` where there is none.

        Raises:
            BaselineError: See `find_repository`.
        """
        return None if workspace.repository is None else self._above(workspace.root)

    def _above(self, root: Path) -> Workspace | None:
        if not os.path.lexists(_nearest_checkout(root.parent) / ".git"):
            return None
        found = self._of(root.parent)
        return found if root != found.root and root.is_relative_to(found.root) else None

    def holder(self, root: Path) -> tuple[Workspace, str] | None:
        """The repository of which another is a submodule, by its root, and the path to that; it says what is deployed.

        ``None`` where there is none, and where the command runs in the submodule: then that is under check for itself.
        """
        if self.here.is_relative_to(root):
            return None
        try:
            outer = self._above(root)
        except BaselineError:  # what git cannot read need not have to do with what lies in it
            return None
        if outer is None or outer.repository is None:
            return None
        path = root.relative_to(outer.root).as_posix()
        return (outer, path) if has_as_submodule(outer.tree, outer.repository, path) else None

    def layout_of(self, workspace: Workspace, layout: Layout) -> Layout:
        """What a layout says about the repository around the one that it is for: its branch, where that is configured.

        Raises:
            BaselineError: See `find_repository`.
        """
        own = self._outer is not None and self._of(self._outer).root == workspace.root
        return Layout(suffixes=layout.suffixes, default_branch=self._default_branch if own else None)

    def commit(self, workspace: Workspace, baseline: GitBaseline) -> GitTree:
        """The tree of a commit of the workspace's repository."""
        repository = workspace.repository
        if repository is None:
            message = f"{workspace.root} is not in git"
            raise AssertionError(message)
        if baseline.commit is None:
            return empty_tree(repository, self.here)
        key = (workspace.root, baseline.commit)
        tree = self._commits.get(key)
        if tree is None or tree.label != baseline.label:
            tree = commit_tree(repository, baseline.commit, baseline.label, self.here)
            self._commits[key] = tree
        return tree

    def _of(self, folder: Path) -> Workspace:
        while not folder.is_dir():
            folder = folder.parent
        if folder not in self._by_folder:
            known = self._by_root.get(_nearest_checkout(folder))
            if known is not None and known.repository is not None:
                self._by_folder[folder] = known
                return known
            repository = repository_of(folder, self._own, self.environment)
            root = self._outside(folder) if repository is None else repository.top
            if root not in self._by_root:
                self._by_root[root] = self._plain(root) if repository is None else self._versioned(repository)
            self._by_folder[folder] = self._by_root[root]
        return self._by_folder[folder]

    @cached_property
    def _own(self) -> Repository | None:
        """The repository that the process runs in; git is asked once, and not for every folder outside of it."""
        return own_repository(self.here, self.environment)

    def _outside(self, folder: Path) -> Path:
        """The root outside git: the configuration's folder, else the working folder, else the folder itself."""
        for root in (self._outer, self.here):
            if root is not None and folder.is_relative_to(root):
                return root
        return folder

    def _plain(self, root: Path) -> Workspace:
        return Workspace(root, WorkTree(root, self.here, unsaved=self._unsaved))

    def _versioned(self, repository: Repository) -> Workspace:
        top = repository.top
        if self._view is View.DISK:
            off_disk = cache(partial(left_out, repository))
            disk = WorkTree(top, self.here, cache(partial(ignored, repository)), self._unsaved, off_disk)
            return Workspace(top, disk, repository)
        held = self.holder(top)
        if held is not None and isinstance(held[0].tree, GitTree) and (commit := held[0].tree.pinned(held[1])):
            if repository.known(commit) is None:
                raise held[0].tree.not_here(held[1])
            tree = replace(commit_tree(repository, commit, short(commit), self.here), label=None)
            return Workspace(top, tree, repository, view=View.STAGED)
        pushed = pushed_range(repository, self.environment)
        if pushed is None:
            return Workspace(top, index_tree(repository, self.here), repository, view=View.STAGED)
        commit, baseline = pushed
        # files are called what they are called on disk, though the branch may not be checked out
        tree = replace(commit_tree(repository, commit, commit[:10], self.here), label=None)
        return Workspace(top, tree, repository, baseline, View.STAGED)


def _nearest_checkout(folder: Path) -> Path:
    """The nearest folder at or above that holds a ``.git``; the folder itself when none does."""
    return next((parent for parent in (folder, *folder.parents) if os.path.lexists(parent / ".git")), folder)


def layout_in(workspace: Workspace, layout: Layout, folder: Path | None) -> Layout:
    """The layout with its folder from the root of a workspace; patterns of another workspace do not count.

    Args:
        workspace: Where paths start.
        layout: As the configuration says, whatever its `folder`.
        folder: The folder of the configuration; ``None`` when there is none.

    Raises:
        ConfigError: A reference root leaves the repository, or is no folder of the disk.
    """
    if folder is None:
        return layout
    real = Path(os.path.realpath(folder))
    if not real.is_relative_to(workspace.root):
        return Layout(suffixes=layout.suffixes)
    relative = real.relative_to(workspace.root).as_posix()
    found = replace(layout, folder="" if relative == "." else relative)
    for root in layout.reference_roots if workspace.repository is not None else ():
        if inside(f"{found.folder}/{root}") is None:
            message = f"the reference root {root} lies outside of {workspace.root}"
            raise ConfigError(message, hint="References are read from the same repository, so that they have a past.")
    disk = workspace.tree
    missing = [root for root in layout.reference_roots if not (real / root).is_dir()]
    if missing and isinstance(disk, WorkTree) and not disk.off_disk():
        message = f"`reference-roots` names {missing[0]}, and there is no such folder"
        raise ConfigError(message, hint="Correct the path, which starts at the configuration, or leave it out.")
    return found
