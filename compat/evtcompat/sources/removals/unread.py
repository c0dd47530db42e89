"""Files that are gone, and new ones that cannot be read: whether one may have become the other."""

from __future__ import annotations

from evtcompat.errors import UncheckedError
from evtcompat.sources.names.naming import members_folder
from evtcompat.sources.removals.renames import likeness
from evtcompat.sources.tree import Tree


def may_have_become(gone: str, unread: str, then: Tree, now: Tree) -> bool:
    """Whether a new file is called as a version of one that is gone, or has half of its lines.

    Args:
        gone: The path of a file of the baseline that is not there any more.
        unread: The path of a new file that cannot be read as what it is.
        then: The files of the baseline.
        now: The files under check.
    """
    if members_folder(gone) == members_folder(unread):
        return True
    try:
        old, fresh = then.read(gone), now.read(unread)
    except UncheckedError:
        return False
    return bool(old and fresh and likeness(*(text.decode(errors="replace") for text in (old, fresh))))
