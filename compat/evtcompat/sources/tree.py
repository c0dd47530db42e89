"""Where files come from: the disk, a commit, the index. Everything else in this package reads through a `Tree`."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import NamedTuple, Protocol

from evtcompat.dataclasses import dataclass, field
from evtcompat.errors import DocumentError
from evtcompat.model.places import Place
from evtcompat.reading import read_file, real_path

#: Folders that hold other people's files. Hidden folders (``.git``, ``.venv``, ``.tox``) are passed over as well.
_FOREIGN = frozenset({"node_modules", "__pycache__", "site-packages", "venv", "bower_components"})


#: The kinds of entries that are links and lead to nothing of the tree.
_LEADING_NOWHERE = frozenset({"outside", "dangling", "link"})


def passed_over(folder: str) -> bool:
    """Whether a walk does not enter a folder of this name; one that a person names is walked all the same."""
    return folder.startswith(".") or folder in _FOREIGN


class Walk(NamedTuple):
    """What lies below a folder of a tree. Paths are those of the tree, links followed, each once and sorted."""

    files: tuple[str, ...] = ()
    #: Folders that are repositories of their own (submodules among them); not entered.
    repositories: tuple[str, ...] = ()
    #: Links that lead out of the tree, as paths of the disk.
    outside: tuple[str, ...] = ()
    #: Links that lead nowhere.
    dangling: tuple[str, ...] = ()
    #: Links out of the tree that may lead to files, as paths of the tree.
    links: tuple[str, ...] = ()
    #: Every link that was met, by its own path, with the file or folder that it leads to; ``None``: none of the tree.
    linked: Mapping[str, str | None] = MappingProxyType({})
    #: Why folders cannot be listed; what is in them is not among the files.
    unlisted: tuple[DocumentError, ...] = ()


class Tree(Protocol):
    """Files by path, relative to the root of the tree, with ``/``. A tree does not change while it is used."""

    def read(self, path: str) -> bytes | None:
        """The content of a file, or ``None`` when there is no such file.

        Raises:
            DocumentError: It is there and cannot be read.
        """
        ...

    def is_file(self, path: str) -> bool:
        """Whether there is such a file."""
        ...

    def is_folder(self, path: str) -> bool:
        """Whether there is such a folder; ``""`` is the root."""
        ...

    def walk(self, folder: str = "") -> Walk:
        """Every file below a folder, except in folders that are `passed_over`."""
        ...

    def siblings(self, folder: str) -> tuple[str, ...]:
        """The files right in a folder, hidden ones too, sorted; empty when there is no such folder."""
        ...

    def lost(self, folder: str) -> tuple[str, ...]:
        """The links right in a folder that lead nowhere or out of the tree, sorted; none that a walk leaves out."""
        ...

    def folders(self, folder: str) -> tuple[str, ...]:
        """The names of the folders right in a folder, links to folders too; empty when there is no such folder."""
        ...

    def origin(self, path: str) -> str:
        """What messages call the file."""
        ...

    def canonical(self, path: str) -> str | None:
        """The path with every link in it followed, or ``None`` when a link leaves the tree."""
        ...

    def is_link(self, path: str) -> bool:
        """Whether a path is a link itself, whatever folders lead to it."""
        ...


def inside(path: str) -> str | None:
    """A relative path without ``.`` and ``..``, or ``None`` when it leaves the root."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def file_uri(path: str) -> str:
    """The URI of a path of a tree: ``file:///`` and the percent-encoded path from the root of the tree."""
    from urllib.parse import quote

    return "file:///" + quote(path, safe="/", errors="surrogateescape")


def folder_of(path: str) -> str:
    """The folder of a path; ``""`` is the root."""
    return path.rpartition("/")[0]


def parents_of(path: str) -> Iterator[str]:
    """The folders above a path, the nearest first; ``""``, the root, is the last."""
    while path:
        path = folder_of(path)
        yield path


@dataclass(frozen=True)
class WorkTree:
    """The files of a folder on disk.

    Attributes:
        root: Absolute, without links.
        shown_from: The folder that messages are relative to.
        ignored: Lists the paths below `root` that a walk leaves out (what git ignores); asked when needed.
        unsaved: What editors hold of files, by absolute path without links; it counts before what is on disk.
        off_disk: Lists the files that git has and a sparse checkout keeps off the disk; asked when one is missed.
    """

    root: Path
    shown_from: Path
    ignored: Callable[[], frozenset[str]] = field(default=frozenset, repr=False)
    unsaved: Mapping[Path, bytes] = field(default_factory=dict, repr=False)
    off_disk: Callable[[], frozenset[str]] = field(default=frozenset, repr=False)

    def read(self, path: str) -> bytes | None:
        """See `Tree`."""
        full = self.root / path
        held = self.unsaved.get(full) if self.unsaved else None
        return read_disk(full, self.origin(path)) if held is None else held

    def is_file(self, path: str) -> bool:
        """See `Tree`; what is neither a file nor a folder (a pipe) counts as a file that cannot be read.

        Raises:
            DocumentError: A folder above it may not be entered: whether it is there is not known.
        """
        return self._is_folder(path) is False

    def is_folder(self, path: str) -> bool:
        """See `Tree`.

        Raises:
            DocumentError: See `is_file`.
        """
        return self._is_folder(path) is True

    def _is_folder(self, path: str) -> bool | None:
        """Whether what is there is a folder; ``None`` when nothing is."""
        try:
            return stat.S_ISDIR(os.stat(os.path.join(self.root, path)).st_mode)  # noqa: PTH116, PTH118 - a hot loop
        except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: a null byte in the name
            return False if self.unsaved and self.root / path in self.unsaved else None
        except OSError as error:
            if error.errno == errno.ELOOP:
                return None
            raise _unreadable(self.origin(path), error) from error

    def canonical(self, path: str) -> str | None:
        """See `Tree`."""
        return self._relative(real_path(os.path.join(self.root, path)))  # noqa: PTH118 - a hot loop

    def is_link(self, path: str) -> bool:
        """See `Tree`."""
        return os.path.islink(os.path.join(self.root, path))  # noqa: PTH114, PTH118 - a hot loop

    def origin(self, path: str) -> str:
        """Relative to `shown_from`, absolute when that would climb out of the tree."""
        if self._prefix is not None and path and inside(path) == path:
            return self._prefix + path  # what `pathlib` answers as well, at twenty times the cost
        full = self.root / path
        if full.is_relative_to(self.shown_from):
            return full.relative_to(self.shown_from).as_posix() or "."
        if self.shown_from.is_relative_to(self.root):
            return PurePosixPath(os.path.relpath(full, self.shown_from)).as_posix()
        return full.as_posix()

    @cached_property
    def _prefix(self) -> str | None:
        """What stands before every path, when the whole tree lies in `shown_from`."""
        if not self.root.is_relative_to(self.shown_from):
            return None
        folder = self.root.relative_to(self.shown_from).as_posix()
        return "" if folder == "." else f"{folder}/"

    def siblings(self, folder: str) -> tuple[str, ...]:
        """See `Tree`."""
        prefix = f"{folder}/" if folder else ""
        new = self._not_yet_saved(folder)
        try:
            with os.scandir(self.root / folder) as entries:
                return tuple(sorted((*(prefix + entry.name for entry in entries if _is_file(entry)), *new)))
        except (FileNotFoundError, NotADirectoryError):
            return tuple(sorted(new))
        except OSError as error:
            raise _unreadable(self.origin(folder), error) from error

    def _not_yet_saved(self, folder: str) -> tuple[str, ...]:
        """The files right in a folder that an editor holds and that are not on disk."""
        if not self.unsaved:
            return ()
        here, prefix = self.root / folder, f"{folder}/" if folder else ""
        return tuple(prefix + one.name for one in self.unsaved if one.parent == here and not os.path.lexists(one))

    def lost(self, folder: str) -> tuple[str, ...]:
        """See `Tree`."""
        prefix = f"{folder}/" if folder else ""
        try:
            with os.scandir(self.root / folder) as entries:
                links = [entry.path for entry in entries if entry.is_symlink()]
        except OSError:  # said where it is listed
            return ()
        paths = [prefix + link.rpartition(os.sep)[2] for link in links if self._leads_nowhere_here(link)]
        return tuple(sorted(set(paths) - self.ignored())) if paths else ()

    def _leads_nowhere_here(self, link: str) -> bool:
        real = real_path(link)
        return not os.path.exists(real) or self._relative(real) is None  # noqa: PTH110 - see above

    def folders(self, folder: str) -> tuple[str, ...]:
        """See `Tree`."""
        try:
            with os.scandir(self.root / folder) as entries:
                return tuple(sorted(entry.name for entry in entries if _is(entry.is_dir)))
        except (FileNotFoundError, NotADirectoryError):
            return ()
        except OSError as error:
            raise _unreadable(self.origin(folder), error) from error

    def left_aside(self, path: str) -> str | None:
        """Why a walk does not come to a file that is there, as far as git has a say; ``None`` for any other."""
        ignored = self.ignored()
        for one in (path, *parents_of(path)):
            if one in ignored:
                return "git ignores it"
            if one and os.path.lexists(self.root / one / ".git"):
                return f"{self.origin(one)} is a repository of its own"
        return None

    def walk(self, folder: str = "") -> Walk:
        """See `Tree`."""
        files: set[str] = set()
        found: dict[str, set[str]] = {"repository": set(), "outside": set(), "dangling": set(), "link": set()}
        visited: set[str] = set()
        unlisted: list[DocumentError] = []
        linked: dict[str, str | None] = {}
        pending = [folder]
        while pending:
            current = pending.pop()
            if current in visited:
                continue
            visited.add(current)
            try:
                entries = list(self._entries(current))
            except DocumentError as error:  # it hides nothing of the others
                unlisted.append(error)
                continue
            for name, kind, path in entries:
                if path != name or kind in _LEADING_NOWHERE:
                    linked[path] = name if kind in ("file", "folder") else None
                if kind == "file":
                    files.add(name)
                elif kind == "folder":
                    pending.append(name)
                else:
                    found[kind].add(name)
        return Walk(
            files=tuple(sorted(files)),
            repositories=tuple(sorted(found["repository"])),
            outside=tuple(sorted(found["outside"])),
            dangling=tuple(sorted(found["dangling"])),
            links=tuple(sorted(found["link"])),
            linked=linked,
            unlisted=tuple(sorted(unlisted, key=str)),
        )

    def _entries(self, folder: str) -> Iterator[tuple[str, str, str]]:
        """Paths right in a folder, links followed, with their kind, and as they are written there.

        A kind is one of file, folder, repository, outside, dangling, link.
        """
        prefix = f"{folder}/" if folder else ""
        ignored = self.ignored()
        try:
            with os.scandir(self.root / folder) as scan:
                entries = list(scan)
        except OSError as error:
            raise _unreadable(self.origin(folder), error) from error
        for entry in entries:
            path = prefix + entry.name
            if path in ignored:
                continue
            if entry.is_symlink():
                yield from ((target, kind, path) for target, kind in self._link(entry, path))
            elif _is(entry.is_dir):
                if passed_over(entry.name) or os.path.lexists(os.path.join(entry.path, "pyvenv.cfg")):  # noqa: PTH118 - a hot loop
                    continue
                repository = os.path.lexists(os.path.join(entry.path, ".git"))  # noqa: PTH118 - a hot loop
                yield path, "repository" if repository else "folder", path
            else:
                yield path, "file", path
        yield from ((path, "file", path) for path in self._not_yet_saved(folder) if path not in ignored)

    def _link(self, entry: os.DirEntry[str], path: str) -> Iterator[tuple[str, str]]:
        real = real_path(entry.path)
        target = self._relative(real)
        if not os.path.exists(real):  # noqa: PTH110 - see above
            yield path, "dangling"
        elif target is None:
            yield real, "outside"
            if not _is(entry.is_dir):
                yield path, "link"
        elif _is(entry.is_dir):
            if not passed_over(entry.name):
                yield target, "folder"
        else:
            yield target, "file"

    def _relative(self, real: str) -> str | None:
        path = Path(real)
        if not path.is_relative_to(self.root):
            return None
        relative = path.relative_to(self.root).as_posix()
        return "" if relative == "." else relative


def _is_file(entry: os.DirEntry[str]) -> bool:
    """Whether an entry counts as a file; a link that leads nowhere does not."""
    if entry.is_symlink() and not os.path.exists(entry.path):  # noqa: PTH110 - a hot loop
        return False
    return not _is(entry.is_dir)


def _is(question: Callable[[], bool]) -> bool:
    """The answer about an entry; no for links that turn in circles, which the system refuses to answer."""
    try:
        return question()
    except OSError:
        return False


def read_disk(path: Path, origin: str) -> bytes | None:
    """The bytes of a file, or ``None`` when there is no such file.

    Raises:
        DocumentError: It cannot be read: no permission, a pipe, a device, too large. A folder counts as no file.
    """
    try:
        return read_file(path)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    except (OSError, ValueError) as error:  # ValueError: a null byte in the name
        raise _unreadable(origin, error) from error


def _unreadable(origin: str, error: Exception) -> DocumentError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    hint = "Give yourself the right to read it." if isinstance(error, PermissionError) else None
    return DocumentError(f"cannot be read: {reason}", place=Place(origin=origin), hint=hint)
