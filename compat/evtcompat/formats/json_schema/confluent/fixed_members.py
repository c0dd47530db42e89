"""Branches that a fixed member tells apart: the registry never lets one of them stand for another.

Branches of a union of events each fix a property, the kind of the event. Only those that fix it to the same value have
to be compared; otherwise the pairs would grow with the square of the branches.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from evtcompat.formats.json_schema.confluent import facets
from evtcompat.formats.json_schema.confluent.leaves import texts
from evtcompat.formats.json_schema.confluent.shapes import APART, Shape

#: The value that each fixed property has, as a text.
_Fixed = Mapping[str, frozenset[str]]


def comparable(befores: Sequence[Shape], afters: Sequence[Shape]) -> list[Sequence[int]]:
    """For each of the first, the positions of the second that do not fix a property to another value than it does.

    A pair that is left out never passes: its constants differ, whatever the policy.
    """
    ours, theirs = [_fixed(one) for one in befores], [_fixed(one) for one in afters]
    names = sorted(frozenset(ours[0]).intersection(*ours[1:], *theirs)) if ours and theirs else ()
    if not names:
        return [range(len(afters))] * len(befores)
    alike: dict[tuple[frozenset[str], ...], list[int]] = defaultdict(list)
    for j, other in enumerate(theirs):
        alike[tuple(other[name] for name in names)].append(j)
    return [alike.get(tuple(one[name] for name in names), ()) for one in ours]


def _fixed(shape: Shape) -> _Fixed:
    """The properties of an object that are fixed to one value."""
    if shape.kind != "object":
        return _NOTHING
    members = facets.members(shape, "properties").items()
    return {name: value for name, member in members if (value := _only_value(member)) is not None}


def _only_value(shape: Shape) -> frozenset[str] | None:
    """The text of the constant that a part is, or is beside a type."""
    parts = shape.parts if shape.kind == "combined" and shape.facets["criterion"] == "allOf" else (shape,)
    constants = [part for part in parts if part.kind == "const"]
    if len(constants) != 1 or not all(part.kind in APART for part in parts):
        return None
    if any("connect.type" in part.rest for part in (shape, *parts)):
        return None  # where that is ``bytes``, the registry lets one type stand for another
    return texts((constants[0].facets["value"],))


_NOTHING: Final[_Fixed] = {}
