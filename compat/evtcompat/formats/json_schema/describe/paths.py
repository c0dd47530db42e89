"""Paths in instances as a person writes them: ``lines[].price``, ``labels.*``, ``point[0]``."""

from __future__ import annotations

import re

_PLAIN = re.compile(r"[^\W\d][\w$-]*\Z")


def member(names: str, name: str) -> str:
    """The path of a property; a name that is no word is quoted."""
    if not _PLAIN.match(name):
        return f'{names}["{name}"]'
    return f"{names}.{name}" if names else name


def any_member(names: str) -> str:
    """The path of the properties that have no name of their own."""
    return f"{names}.*" if names else "*"


def matching_member(names: str, pattern: str) -> str:
    """The path of the properties whose names match a pattern."""
    return f"{names}./{pattern}/" if names else f"/{pattern}/"


def item(names: str, index: int | None = None) -> str:
    """The path of an array's items, or of the one at a position."""
    return f"{names}[{'' if index is None else index}]"
