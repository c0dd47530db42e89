"""How many of something, in words."""

from __future__ import annotations


def counted(count: int, thing: str, things: str = "") -> str:
    """``1 event``, ``12,345 events``.

    Args:
        count: How many.
        thing: What one of them is called, with what is said of it: ``more place``.
        things: What several are called; with an ``s`` where nothing is said.
    """
    return f"{count:,} {thing if count == 1 else things or f'{thing}s'}"
