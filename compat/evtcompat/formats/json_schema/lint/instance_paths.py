"""From the place of a schema to the path of the instances that it describes."""

from __future__ import annotations

from evtcompat.formats.json_schema.describe import paths
from evtcompat.formats.json_schema.keywords.keyword import AppliesTo, Holds
from evtcompat.formats.json_schema.keywords.table import CONSTRAINING, applied_to
from evtcompat.model.places import tokens


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
            names = paths.matching_member(names, name) if keyword == "patternProperties" else paths.member(names, name)
        elif keyword in _ITEMS:
            names = paths.item(names, int(steps.pop(0))) if steps and steps[0].isdigit() else paths.item(names)
        elif keyword in _UNNAMED:
            names = paths.any_member(names)
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
