"""Whether a file has the same content in two trees: without parsing and, where git knows ids, without reading."""

from __future__ import annotations

import os

from evtcompat.errors import UncheckedError
from evtcompat.sources.documents.opened import in_git, on_disk
from evtcompat.sources.git.blobs import blob_id
from evtcompat.sources.git.lfs import pointed_at
from evtcompat.sources.tree import Tree


class Contents:
    """Compares the files of the tree under check with those of a baseline; answers are kept."""

    def __init__(self, now: Tree, then: Tree) -> None:
        self._now = now
        self._then = then
        self._answers: dict[tuple[str, str], bool] = {}
        #: Paths with other bytes than at the baseline, those of line ends perhaps.
        self._unlike: set[str] = set()

    def same(self, path: str, other: str | None = None) -> bool:
        """Whether `path` now is what `other` (the same path by default) was then; line ends do not count.

        A file that is there on one side only is not the same; one that is on neither side is.

        Raises:
            DocumentError: One of them cannot be read.
        """
        key = (path, path if other is None else other)
        if key not in self._answers:
            self._answers[key] = self._compare(*key)
        return self._answers[key]

    def read_alike(self, other: str) -> bytes | None:
        """The content of a file of the baseline, where the one under check has the same bytes; else ``None``.

        git is not asked for it.
        """
        git_then = in_git(self._then)
        then = None if git_then is None or other in self._unlike else git_then.entry(other)
        if then is None:
            return None
        try:
            data = self._now.read(other)
        except UncheckedError:  # told where it is looked at
            return None
        if data is None or pointed_at(data) is not None or blob_id(data, then.oid) != then.oid:
            return None
        return data

    def is_link_still(self, path: str, other: str) -> bool:
        """Whether a link is the one that the baseline has, where git does not give what that leads to."""
        git_then, disk, git_now = in_git(self._then), on_disk(self._now), in_git(self._now)
        then = None if git_then is None else git_then.entries.get(other)
        if then is None or not then.is_link:
            return False
        if git_now is not None:
            return git_now.entries.get(path) == then
        if disk is None:
            return False
        try:
            return blob_id(os.fsencode((disk.root / path).readlink()), then.oid) == then.oid
        except OSError:  # it is no link
            return False

    def _compare(self, path: str, other: str) -> bool:
        git_then, git_now = in_git(self._then), in_git(self._now)
        then = None if git_then is None else git_then.entry(other)
        if then is not None and git_now is not None:
            now = git_now.entry(path)
            if now is not None and now.oid == then.oid:
                return True
        data = self._now.read(path)
        if data is not None and then is not None and blob_id(data, then.oid) == then.oid:
            return True
        if path == other:
            self._unlike.add(other)
        before = self._then.read(other)
        if data is None or before is None:
            return data is None and before is None
        return _unix(data) == _unix(before)


def _unix(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n")
