"""The types that a writer may send at a place, whichever branches it takes."""

from __future__ import annotations

from evtcompat.formats.json_schema.walk.naming import Scene
from evtcompat.formats.json_schema.walk.parts import Part, Side
from evtcompat.formats.json_schema.walk.views import BRANCHING
from evtcompat.formats.json_schema.walk.wording import admits, type_names

#: Types, or ``None`` for all of them.
Types = tuple[str, ...] | None

#: References and combinations that are followed into one another.
_DEEPEST = 8


def sent_types(scene: Scene) -> Types:
    """The types that the writer admits at the place of a cause."""
    types: Types = None
    for view in scene.seen():
        if view.direct:
            types = both(types, admitted(scene.writer, view.part))
    return types


def admitted(side: Side, part: Part, depth: int = 0) -> Types:
    """The types that a part admits, with what it refers to and combines."""
    types: Types = None
    target = side.follow(part) if depth < _DEEPEST else None
    if target is not None:
        types = admitted(side, target, depth + 1)
        if not side.siblings:
            return types
    types = both(types, type_names(part.keywords))
    for keyword in ("allOf", *BRANCHING) if depth < _DEEPEST else ():
        members = part.keywords.get(keyword)
        found = [
            admitted(side, member, depth + 1)
            for index in range(len(members) if isinstance(members, list) else 0)
            if (member := side.below(part, keyword, index)) is not None
        ]
        if keyword == "allOf":
            for one in found:
                types = both(types, one)
        elif found and None not in found:
            types = both(types, tuple(dict.fromkeys(name for one in found for name in one or ())))
    return types


def both(first: Types, second: Types) -> Types:
    """The types that two lists admit."""
    if first is None or second is None:
        return second if first is None else first
    kept = [name for name in first if admits(second, name)] + [name for name in second if admits(first, name)]
    return tuple(dict.fromkeys(kept))
