"""Which paths differ from a commit, are left off the disk, or are ignored."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from evtcompat.errors import BaselineError
from evtcompat.reading import LARGEST_LOCK, read_file
from evtcompat.sources.git.blobs import blob_id
from evtcompat.sources.git.repository import Repository
from evtcompat.sources.git.run import records

#: Of a submodule the commit that is checked out counts, which is read; git would run in it to look for edits.
_NAMES = ("-z", "--no-renames", "--no-relative", "--no-ext-diff", "--ignore-submodules=dirty")
_DIFF = ("--name-only", *_NAMES)


def disk_changes(repository: Repository, commit: str) -> tuple[str, ...]:
    """Tracked paths that differ on disk from a commit; files that git does not track are not among them.

    A submodule is, where another commit of it is checked out; whether files in it are edited is not looked at.

    What git was told to take for unchanged is looked at all the same.

    Raises:
        BaselineError: git cannot read the commit, or what is in its folders.
    """
    options = repository.git.without_filters()
    try:
        found = tuple(records(repository.git.run(*options, "diff", *_DIFF, commit, "--")))
    except BaselineError:
        found = _by_id(repository, commit, options)
    return (*found, *(path for path in _taken_for_unchanged(repository, commit) if path not in found))


def _taken_for_unchanged(repository: Repository, commit: str) -> Iterator[str]:
    """Paths that differ on disk from a commit and that `git diff` was told not to look at.

    These are the words of `git update-index --assume-unchanged` and `--skip-worktree`; a file that is not there with
    the latter is left out by a sparse checkout.
    """
    marks = repository.marks
    if not marks:
        return
    for record in records(repository.git.run("ls-tree", "-r", "-z", "--full-tree", commit)):
        kind, _, path = record.partition("\t")
        mode, _, oid = kind.split(" ")
        if path not in marks:
            continue
        there = os.path.lexists(repository.top / path)
        gone = not there and marks[path] not in "Ss"
        if gone or (there and not _is_still(repository.top / path, [mode, mode, oid, "", ""])):
            yield path


def _by_id(repository: Repository, commit: str, options: tuple[str, ...]) -> tuple[str, ...]:
    """The same without reading an object of the repository: some of them are not here.

    `git diff` looks into both sides of a file that was merely touched; told not to, it lists that file as well.
    """
    listing = records(
        repository.git.run(
            *options, "-c", "diff.autoRefreshIndex=false", "diff", "--raw", "--no-abbrev", *_NAMES, commit, "--"
        )
    )
    pairs = zip(listing[::2], listing[1::2], strict=True)
    return tuple(path for head, path in pairs if not _is_still(repository.top / path, head.split(" ")))


def _is_still(path: Path, head: list[str]) -> bool:
    """Whether a file on disk has the mode and the content of the old side of a raw line; line ends do not count."""
    old_mode, new_mode, oid, _, _ = head
    if old_mode.removeprefix(":") != new_mode:
        return False
    try:
        data = os.fsencode(path.readlink()) if path.is_symlink() else read_file(path, LARGEST_LOCK)
    except OSError:
        return False
    return oid in (blob_id(data, oid), blob_id(data.replace(b"\r\n", b"\n"), oid))


def committed_changes(repository: Repository, commit: str) -> frozenset[str]:
    """Paths that differ in the index from a commit, whatever is on disk."""
    return frozenset(records(repository.git.run("diff", "--cached", *_DIFF, commit, "--")))


def untracked(repository: Repository) -> tuple[str, ...]:
    """Paths on disk that git neither tracks nor ignores."""
    options = ("-z", "--others", "--exclude-standard", "--full-name", ":/")
    return tuple(records(repository.git.run("ls-files", *options)))


def left_out(repository: Repository) -> frozenset[str]:
    """Tracked paths that a sparse checkout keeps off the disk; they are not deleted."""
    return frozenset(path for path, mark in repository.marks.items() if mark in "Ss")


def ignored_files(repository: Repository, folder: str) -> tuple[str, ...]:
    """The files below a folder of the work tree that git ignores."""
    options = ("-z", "--others", "--ignored", "--exclude-standard", "--full-name", "--", f":(top,literal){folder}")
    return tuple(records(repository.git.run("ls-files", *options)))


def ignored(repository: Repository) -> frozenset[str]:
    """Paths that git ignores; a folder stands for everything in it."""
    options = ("-z", "--others", "--ignored", "--exclude-standard", "--directory", "--full-name", ":/")
    listing = repository.git.run("ls-files", *options)
    return frozenset(path.removesuffix("/") for path in records(listing))


def would_ignore(repository: Repository, path: Path) -> bool:
    """Whether git ignores a path, or would if it were there."""
    return repository.git.attempt("check-ignore", "--quiet", "--no-index", "--", str(path)).code == 0
