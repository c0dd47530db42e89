"""What git leaves in the place of a schema: a pointer of Git LFS, marks of a merge, nothing in a sparse checkout."""

from __future__ import annotations

import re
from typing import Final

from evtcompat.errors import DocumentError, UnsupportedError
from evtcompat.model.places import Place
from evtcompat.sources.git.lfs import pointed_at
from evtcompat.sources.tree import Tree, WorkTree, folder_of

#: The lines around two sides of a merge, one after the other.
_MARKS: Final = tuple(re.compile(line, re.MULTILINE) for line in (rb"^<{7} ", rb"^={7}\r?$", rb"^>{7} "))


class NotHereError(UnsupportedError):
    """The content of a file is kept elsewhere; the hint tells how to get it."""


def refuse_pointer(data: bytes, origin: str) -> None:
    """Refuse a pointer of Git LFS, whose content may well be right.

    Raises:
        NotHereError: The data are one.
    """
    if pointed_at(data) is not None:
        message = "is a pointer of Git LFS, and the content that it stands for is not here"
        hint = "Run `git lfs pull`, or `git lfs fetch --all` for contents of older commits; in CI, check out with LFS."
        raise NotHereError(message, place=Place(origin=origin), hint=hint)


def off_disk(tree: Tree) -> frozenset[str]:
    """The files that git has and a sparse checkout keeps off the disk."""
    return tree.off_disk() if isinstance(tree, WorkTree) else frozenset()


def refuse_off_disk(tree: Tree, path: str) -> None:
    """Refuse a file that git has and a sparse checkout keeps off the disk.

    Raises:
        NotHereError: The file is one.
    """
    if path in off_disk(tree):
        message = "is kept off the disk by this sparse checkout"
        hint = f"Run: git sparse-checkout add {folder_of(path) or path}"
        raise NotHereError(message, place=Place(origin=tree.origin(path)), hint=hint)


def conflict_in(data: bytes, origin: str) -> DocumentError | None:
    """The error for a text that a merge has left its marks in; ``None`` for any other."""
    starts: list[int] = []
    for mark in _MARKS:  # one pattern for all three would look for the last from each of the first
        found = mark.search(data, starts[-1] if starts else 0)
        if found is None:
            return None
        starts.append(found.start())
    place = Place(origin=origin, line=data.count(b"\n", 0, starts[0]) + 1, column=1)
    message = "has marks of a merge conflict that is not resolved"
    return DocumentError(message, place=place, hint="Choose between the two sides, remove the marks, and `git add` it.")
