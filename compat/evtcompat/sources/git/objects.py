"""Trees in git: what a commit holds, and what is staged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from evtcompat.dataclasses import dataclass, field
from evtcompat.errors import BaselineError, DocumentError
from evtcompat.model.places import Place
from evtcompat.sources.git.blobs import Blobs
from evtcompat.sources.git.repository import Repository, find_repository
from evtcompat.sources.git.run import records
from evtcompat.sources.git.stand_ins import NotHereError
from evtcompat.sources.tree import Tree, Walk, WorkTree, folder_of, inside, parents_of, passed_over

_FILE, _LINK, _REPOSITORY = "100644", "120000", "160000"
#: As many links as Linux follows before it gives up.
_MAXIMUM_LINKS = 40


class Entry(NamedTuple):
    """A file as git keeps it: its mode and the id of its content."""

    mode: str
    oid: str

    @property
    def is_link(self) -> bool:
        """Whether it is a link, of which git does not give where it leads: others are followed."""
        return self.mode == _LINK


@dataclass(frozen=True)
class GitTree:
    """The files of one commit, or of the index; see `Tree`.

    Attributes:
        entries: By path from the root of the repository.
        blobs: Reads contents.
        label: Goes before paths in messages (``HEAD``, a tag, a short commit id); ``None`` for the index, whose files
            are called what they are called on disk.
        commit: The commit's id, or ``None`` for the index and for the tree before the first commit.
        unmerged: Paths of the index with a conflict that is not resolved.
    """

    entries: Mapping[str, Entry] = field(repr=False)
    blobs: Blobs = field(repr=False)
    label: str | None
    top: Path
    shown_from: Path
    commit: str | None = None
    unmerged: frozenset[str] = frozenset()

    @cached_property
    def _folders(self) -> Mapping[str, tuple[list[str], set[str]]]:
        """Names right in each folder: files (links and repositories too), and folders."""
        folders: dict[str, tuple[list[str], set[str]]] = {"": ([], set())}
        for path in self.entries:
            folder, _, name = path.rpartition("/")
            if folder not in folders:
                folders[folder] = ([], set())
                child = folder
                while child:
                    parent, _, last = child.rpartition("/")
                    known = parent in folders
                    folders.setdefault(parent, ([], set()))[1].add(last)
                    if known:
                        break
                    child = parent
            folders[folder][0].append(name)
        return folders

    @cached_property
    def _links(self) -> Mapping[str, str | BaselineError]:
        """Links by path, each with its target as written, or why git does not give it."""
        links = {path: entry.oid for path, entry in self.entries.items() if entry.mode == _LINK}
        contents = self.blobs.each(links.values())
        return {
            path: found if isinstance(found, BaselineError) else found.decode("utf-8", "surrogateescape")
            for path, found in ((path, contents[oid]) for path, oid in links.items())
        }

    def is_in_repository(self, path: str) -> bool:
        """Whether a path lies in a repository of its own (a submodule), of which the tree has the commit alone."""
        return bool(self._repositories) and not self._repositories.isdisjoint(parents_of(path))

    def refuse_elsewhere(self, path: str) -> None:
        """Refuse a path in a repository of its own that is not here in the state of the commit.

        Raises:
            NotHereError: It lies in one: nobody knows what is there, or whether anything is.
        """
        around = self._around(self.canonical(path) or "")
        if around is not None and isinstance(found := self._opened(around), NotHereError):
            raise found

    def pinned(self, path: str) -> str | None:
        """The commit of the repository of its own (a submodule) that a path is; ``None`` for any other path.

        Raises:
            NotHereError: A merge has not settled which commit that is.
        """
        if path not in self._repositories:
            return None
        if path in self.unmerged:
            message = "has a merge conflict that is not resolved"
            raise NotHereError(message, place=Place(origin=self.origin(path)), hint="Resolve it, then `git add` it.")
        return self.entries[path].oid

    def not_here(self, path: str) -> NotHereError:
        """The error for a repository of its own that does not have the commit that this tree has of it."""
        message = f"is a repository of its own, of which the commit {self.entries[path].oid[:10]} is not here"
        hint = f"Run: git submodule update --init {path}, and fetch there."
        return NotHereError(message, place=Place(origin=self.origin(path)), hint=hint)

    def _inner(self, path: str) -> tuple[GitTree, str] | None:
        """The repository of its own that a path is or lies in, as the commit has it, and the path from there.

        ``None`` where there is none, or it is not here in that state.
        """
        around = self._around(path)
        found = None if around is None else self._opened(around)
        return None if around is None or not isinstance(found, GitTree) else (found, path[len(around) + 1 :])

    def _around(self, path: str) -> str | None:
        if not self._repositories:
            return None
        return next((one for one in (path, *parents_of(path)) if one in self._repositories), None)

    def _opened(self, around: str) -> GitTree | NotHereError:
        if around not in self._inner_trees:
            self._inner_trees[around] = self._open(around)
        return self._inner_trees[around]

    def _open(self, around: str) -> GitTree | NotHereError:
        folder, commit = self.top / around, self.entries[around].oid
        place = Place(origin=self.origin(around))
        try:
            found = find_repository(folder, working_folder=self.top)
            known = found is not None and found.top == folder and found.known(commit) is not None
        except BaselineError as error:
            return NotHereError(error.message, place=place, hint=error.hint)
        if found is None or not known:
            return self.not_here(around)
        return commit_tree(found, commit, commit[:10], self.shown_from)

    @cached_property
    def _inner_trees(self) -> dict[str, GitTree | NotHereError]:
        return {}

    @cached_property
    def _repositories(self) -> frozenset[str]:
        return frozenset(path for path, entry in self.entries.items() if entry.mode == _REPOSITORY)

    @property
    def repositories(self) -> tuple[str, ...]:
        """The paths of repositories of their own (submodules), sorted."""
        return tuple(sorted(self._repositories))

    @property
    def has_repositories(self) -> bool:
        """Whether repositories of their own (submodules) are among the files."""
        return bool(self._repositories)

    @property
    def has_links(self) -> bool:
        """Whether any of the files is a link."""
        return bool(self._links)

    def canonical(self, path: str) -> str | None:
        """See `Tree`; for links that turn in circles a path that nothing has, as on disk: they lead nowhere.

        A link whose target git does not give is followed nowhere: it stands for a file that cannot be read.

        Raises:
            BaselineError: The path leads through such a link, so that nobody knows what it names.
        """
        if not self._links:
            return path
        parts = path.split("/")
        position, followed = 0, 0
        while position < len(parts):
            here = "/".join(parts[: position + 1])
            target = self._links.get(here)
            if target is None:
                position += 1
                continue
            rest = parts[position + 1 :]
            if isinstance(target, BaselineError):
                if rest:
                    raise BaselineError(target.message, place=Place(origin=self.origin(here)), hint=target.hint)
                return here
            followed += 1
            if followed > _MAXIMUM_LINKS:
                return f"{here}/"
            cleaned = None if target.startswith("/") else inside("/".join([folder_of(here), target]))
            if cleaned is None:
                return None
            parts = [*(cleaned.split("/") if cleaned else []), *rest]
            position = 0
        return "/".join(parts)

    def is_link(self, path: str) -> bool:
        """See `Tree`."""
        return path in self._links

    def entry(self, path: str) -> Entry | None:
        """Mode and content id of a file, links followed; ``None`` when there is no such file."""
        followed = self.canonical(path)
        found = None if followed is None else self.entries.get(followed)
        return None if found is None or found.mode == _REPOSITORY else found

    def read(self, path: str) -> bytes | None:
        """See `Tree`.

        Raises:
            DocumentError: The file has a merge conflict that is not resolved.
            BaselineError: git could not give the content.
        """
        if path in self.unmerged:
            message = "has a merge conflict that is not resolved"
            raise DocumentError(message, place=Place(origin=self.origin(path)), hint="Resolve it, then `git add` it.")
        found = self.entry(path)
        if found is not None:
            return self.blobs.read(found.oid, self.origin(path))
        inner = self._inner(self.canonical(path) or "")
        return None if inner is None else inner[0].read(inner[1])

    def is_file(self, path: str) -> bool:
        """See `Tree`; also in a repository of its own (a submodule), where that is here in the state of the commit."""
        if path in self.unmerged or self.entry(path) is not None:
            return True
        inner = self._inner(self.canonical(path) or "")
        return inner is not None and inner[0].is_file(inner[1])

    def is_folder(self, path: str) -> bool:
        """See `Tree`; also in a repository of its own, and such a one itself: see `is_file`."""
        followed = self.canonical(path)
        if followed is None or followed in self._folders:
            return followed is not None
        inner = self._inner(followed)
        return inner is not None and inner[0].is_folder(inner[1])

    def siblings(self, folder: str) -> tuple[str, ...]:
        """See `Tree`."""
        followed = self.canonical(folder)
        names = self._folders.get(followed, ([], set()))[0] if followed is not None else []
        paths = (f"{followed}/{name}" if followed else name for name in names)
        return tuple(sorted(path for path in paths if self.is_file(path)))

    def lost(self, folder: str) -> tuple[str, ...]:
        """See `Tree`."""
        links = [path for path in self._links if folder_of(path) == folder] if self._links else []
        return tuple(sorted(path for path in links if not self._is_known(self.canonical(path))))

    def _is_known(self, path: str | None) -> bool:
        return path is not None and (path in self.entries or path in self._folders)

    def folders(self, folder: str) -> tuple[str, ...]:
        """See `Tree`."""
        followed = self.canonical(folder)
        if followed is None or followed not in self._folders:
            return ()
        names, folders = self._folders[followed]
        prefix = f"{followed}/" if followed else ""
        links = (name for name in names if prefix + name in self._links and self.is_folder(prefix + name))
        return tuple(sorted({*folders, *links}))

    def walk(self, folder: str = "") -> Walk:
        """See `Tree`; in a repository of its own only where the folder is or lies in one."""
        followed = self.canonical(folder) or folder
        inner = self._inner(followed)
        if inner is not None:
            return _moved(inner[0].walk(inner[1]), followed.removesuffix(inner[1]).rstrip("/"))
        return self._walk(followed)

    def _walk(self, folder: str) -> Walk:
        files: set[str] = set()
        repositories: set[str] = set()
        outside: set[str] = set()
        dangling: set[str] = set()
        links: set[str] = set()
        linked: dict[str, str | None] = {}
        visited: set[str] = set()
        pending = [folder]
        while pending:
            current = pending.pop()
            if current in visited or current not in self._folders:
                continue
            visited.add(current)
            names, folders = self._folders[current]
            prefix = f"{current}/" if current else ""
            pending += [prefix + name for name in folders if not passed_over(name)]
            for path in (prefix + name for name in names):
                entry = self.entries[path]
                if entry.mode == _REPOSITORY:
                    repositories.add(path)
                elif entry.mode != _LINK:
                    files.add(path)
                elif (target := self.canonical(path)) is None:
                    outside.add(str(self.top / path))
                    links.add(path)
                    linked[path] = None
                elif target in self._folders:
                    if not passed_over(path.rpartition("/")[2]):
                        pending.append(target)
                        linked[path] = target
                elif target in self.entries:  # also the link itself, where git does not give its target
                    files.add(target)
                    linked[path] = target
                else:
                    dangling.add(path)
                    linked[path] = None
        return Walk(
            files=tuple(sorted(files)),
            repositories=tuple(sorted(repositories)),
            outside=tuple(sorted(outside)),
            dangling=tuple(sorted(dangling)),
            links=tuple(sorted(links)),
            linked=linked,
        )

    def origin(self, path: str) -> str:
        """See `Tree`: ``LABEL:path``, as `git show` takes it."""
        if self.label is None:
            return WorkTree(self.top, self.shown_from).origin(path)
        return f"{self.label}:{PurePosixPath(path)}"


def _moved(walk: Walk, folder: str) -> Walk:
    """What a walk found, by the paths that it has in a tree in which its own lies in a folder."""

    def moved(paths: Iterable[str]) -> tuple[str, ...]:
        return tuple(f"{folder}/{path}" for path in paths)

    linked = {f"{folder}/{link}": led and f"{folder}/{led}" for link, led in walk.linked.items()}
    return walk._replace(
        files=moved(walk.files),
        repositories=moved(walk.repositories),
        dangling=moved(walk.dangling),
        links=moved(walk.links),
        linked=linked,
    )


def commit_tree(repository: Repository, commit: str, label: str, shown_from: Path) -> GitTree:
    """The files of a commit."""
    listing = repository.git.run("ls-tree", "-r", "-z", "--full-tree", commit)
    entries = {}
    for record in records(listing):
        kind, _, path = record.partition("\t")
        mode, _, oid = kind.split(" ")
        entries[path] = Entry(mode, oid)
    return GitTree(entries, repository.blobs, label, repository.top, shown_from, commit)


def has_as_submodule(tree: Tree, repository: Repository, path: str) -> bool:
    """Whether the next commit of a repository has a repository of its own (a submodule) at a path.

    Args:
        tree: What of it is under check.
        repository: The repository.
        path: From its root.
    """
    if isinstance(tree, GitTree):
        return path in tree.repositories
    listing = records(repository.git.run("ls-files", "-z", "--stage", "--full-name", "--", f":(top,literal){path}"))
    return any(record.startswith(_REPOSITORY) and record.endswith(f"\t{path}") for record in listing)


def empty_tree(repository: Repository, shown_from: Path) -> GitTree:
    """What is there before the first commit."""
    return GitTree({}, repository.blobs, "(before the first commit)", repository.top, shown_from)


def index_tree(repository: Repository, shown_from: Path) -> GitTree:
    """What is staged: what the next commit will hold. Files merely announced by `git add -N` are not in it."""
    entries = {}
    unmerged = set()
    for record in records(repository.git.run("ls-files", "-z", "--stage", "--full-name", ":/")):
        kind, _, path = record.partition("\t")
        mode, oid, stage = kind.split(" ")
        if stage == "0":
            entries[path] = Entry(mode, oid)
        else:
            unmerged.add(path)
            # a link as well counts as a file that cannot be read: nobody knows yet where it will lead
            entries.setdefault(path, Entry(_FILE if mode == _LINK else mode, oid))
    announced = _announced(repository, entries)
    kept = {path: entry for path, entry in entries.items() if path not in announced}
    return GitTree(kept, repository.blobs, None, repository.top, shown_from, unmerged=frozenset(unmerged))


#: The ids of the empty blob, under SHA-1 and SHA-256.
_EMPTY = frozenset(
    {
        "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
        "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
    }
)


def _announced(repository: Repository, entries: Mapping[str, Entry]) -> frozenset[str]:
    """Paths of `git add -N`: the index shows them as empty files, but a commit leaves them out."""
    if not any(entry.oid in _EMPTY for entry in entries.values()):
        return frozenset()
    git = repository.git
    command = ("diff-files", "-z", "--no-relative", "--name-only", "--diff-filter=A")
    return frozenset(records(git.run(*git.without_filters(), *command)))
