"""Paths in instances as a person writes them: ``lines[].price``, ``labels.*``, ``point[0]``."""

from __future__ import annotations

import re

from evtcompat.formats.json_schema.keywords.keyword import AppliesTo, Holds
from evtcompat.formats.json_schema.keywords.table import CONSTRAINING, applied_to
from evtcompat.model.places import tokens

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


def of_pointer(pointer: str) -> str:
    """The path of the instances that a schema at `pointer` speaks of, as far as the pointer tells.

    Combinations add nothing to it; a definition stands for itself by its name.
    """
    steps = list(tokens(pointer))
    names = ""
    while steps:
        keyword = steps.pop(0)
        if keyword in _NAMED and steps:
            name = steps.pop(0)
            names = matching_member(names, name) if keyword == "patternProperties" else member(names, name)
        elif keyword in _ITEMS:
            names = item(names, int(steps.pop(0))) if steps and steps[0].isdigit() else item(names)
        elif keyword in _UNNAMED:
            names = any_member(names)
        elif keyword in _COMBINATIONS and steps:
            steps.pop(0)
    return names


_NAMED = (*applied_to(AppliesTo.NAMED_MEMBER, AppliesTo.MATCHING_MEMBERS), "definitions", "$defs")
_ITEMS = applied_to(AppliesTo.ITEMS, AppliesTo.SOME_ITEMS)
_UNNAMED = applied_to(AppliesTo.OTHER_MEMBERS)
#: Keywords for the same value whose schemas have an index or a name.
_COMBINATIONS = tuple(
    name
    for name in applied_to(AppliesTo.SAME_VALUE)
    if CONSTRAINING[name].holds in (Holds.SCHEMAS, Holds.NAMED_SCHEMAS)
)
