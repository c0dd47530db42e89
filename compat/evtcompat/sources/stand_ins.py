"""What git leaves in the place of a schema: a pointer of Git LFS, marks of a merge, nothing in a sparse checkout."""

from __future__ import annotations

import re
from typing import Final

from evtcompat.errors import DocumentError, UnsupportedError
from evtcompat.model.places import Place
from evtcompat.sources.git.lfs import pointed_at
from evtcompat.sources.tree import Tree, WorkTree, folder_of

_CONFLICT: Final = re.compile(rb"^<{7} .*?^={7}\r?$.*?^>{7} ", re.MULTILINE | re.DOTALL)


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
    found = _CONFLICT.search(data)
    if found is None:
        return None
    place = Place(origin=origin, line=data.count(b"\n", 0, found.start()) + 1, column=1)
    message = "has marks of a merge conflict that is not resolved"
    return DocumentError(message, place=place, hint="Choose between the two sides, remove the marks, and `git add` it.")
