"""What a writer schema says about one place of an instance that it accepts.

An instance settles what the schema alone leaves open: which branches of `anyOf` and `oneOf` were taken, which way
`if` went, which properties a pattern caught. What is left is a list of schema parts that all speak of the place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from evtcompat.formats.json_schema import names as paths
from evtcompat.formats.json_schema.walk.parts import Part, Side
from evtcompat.model.json_types import JSON

#: Keywords of which an instance takes some branches and not others.
BRANCHING = ("anyOf", "oneOf")


@dataclass(frozen=True, slots=True)
class View:
    """One part that speaks of a place, and the place's name on its way."""

    part: Part
    names: str
    #: The keyword by which the place was reached: ``properties``, ``patternProperties``, ``additionalProperties``,
    #: ``items``, ...; ``""`` for the root.
    by: str = ""
    #: The branch of `anyOf` or `oneOf` that led here, as it is written; ``None`` where none did.
    branch: Part | None = None
    #: Whether the part stands at the place itself, and not behind a reference or a combination.
    direct: bool = True


#: What is known of places by their paths, for one side and one instance.
Seen: TypeAlias = "dict[tuple[str | int, ...], tuple[View, ...]]"


def views(side: Side, instance: JSON, path: tuple[str | int, ...], seen: Seen | None = None) -> tuple[View, ...]:
    """The parts of `side` that speak of `path` in an instance that it accepts; none where it leaves the place open.

    `seen` is what was found of the same instance before; what is found now is added.
    """
    seen = {} if seen is None else seen
    length = len(path)
    while length and path[:length] not in seen:
        length -= 1
    if not length and () not in seen:
        seen[()] = tuple(_spread(side, [View(side.root, "")], instance))
    for step in path[:length]:
        instance = _child(instance, step)
    found = seen[path[:length]]
    for index in range(length, len(path)):
        step = path[index]
        below = [view for one in found for view in _step(side, one, step)]
        if not below:
            below = [view for one in found for view in _left_over(side, one, step)]
        instance = _child(instance, step)
        found = seen[path[: index + 1]] = tuple(_spread(side, below, instance))
    return found


def _child(instance: JSON, step: str | int) -> JSON:
    if isinstance(instance, dict):
        return instance.get(str(step))
    if isinstance(instance, list) and isinstance(step, int) and step < len(instance):
        return instance[step]
    return None


def _spread(side: Side, start: Sequence[View], instance: JSON) -> list[View]:
    """The views and all that speak of the same place: through references, conjunctions and the branches taken."""
    found: list[View] = []
    seen: set[tuple[str | None, str]] = set()
    pending = list(start)
    while pending:
        view = pending.pop(0)
        key = (view.part.origin, view.part.pointer)
        if key in seen:
            continue
        seen.add(key)
        part = view.part
        targets = list(side.targets(part))
        if not targets or side.siblings:
            found.append(view)
            beside = [
                View(member, view.names, view.by, member if keyword in BRANCHING else view.branch, direct=False)
                for keyword, member in _beside(side, part, instance)
            ]
        else:
            beside = []
        # Where `$ref` hides what stands beside it, what it leads to stands in its stead.
        direct = view.direct and not side.siblings
        beside = [View(target, view.names, view.by, view.branch, direct=direct) for target in targets] + beside
        pending = beside + pending
    return found


def _beside(side: Side, part: Part, instance: JSON) -> Iterator[tuple[str, Part]]:
    """The parts below a part that speak of the same place, given the instance there, with their keyword."""
    keywords = part.keywords
    for keyword in ("allOf", *BRANCHING):
        members = keywords.get(keyword)
        for index in range(len(members)) if isinstance(members, list) else ():
            member = side.below(part, keyword, index)
            if member is not None and (keyword == "allOf" or side.accepts(member, instance)):
                yield keyword, member
    condition = side.below(part, "if")
    if condition is not None:
        taken = side.below(part, "then" if side.accepts(condition, instance) else "else")
        if taken is not None:
            yield "if", taken
    for keyword in ("dependentSchemas", "dependencies"):
        triggers = keywords.get(keyword)
        present = instance if isinstance(instance, dict) else {}
        for name in triggers if isinstance(triggers, dict) else ():
            member = side.below(part, keyword, name)
            if name in present and member is not None:
                yield keyword, member


def _step(side: Side, view: View, step: str | int) -> Iterator[View]:
    """The parts that speak of a member or an item of what `view` speaks of."""
    part = view.part
    if isinstance(step, str):
        declared = [(("properties", step), paths.member(view.names, step))]
        patterns = part.keywords.get("patternProperties")
        declared += [
            (("patternProperties", pattern), paths.matching_member(view.names, pattern))
            for pattern in (patterns if isinstance(patterns, dict) else ())
            if matches(pattern, step)
        ]
        found = False
        for steps, names in declared:
            below = side.below(part, *steps)
            if below is not None:
                found = True
                yield View(below, names, steps[0])
        rest = None if found else side.below(part, "additionalProperties")
        if rest is not None:
            yield View(rest, paths.any_member(view.names), "additionalProperties")
        return
    for keyword in ("prefixItems", "items"):
        below = side.below(part, keyword, step)
        if below is not None:
            yield View(below, paths.item(view.names, step), keyword)
            return
    keyword = "additionalItems" if isinstance(part.keywords.get("items"), list) else "items"
    rest = side.below(part, keyword)
    if rest is not None:
        yield View(rest, paths.item(view.names), keyword)


def _left_over(side: Side, view: View, step: str | int) -> Iterator[View]:
    keyword = "unevaluatedProperties" if isinstance(step, str) else "unevaluatedItems"
    below = side.below(view.part, keyword)
    if below is not None:
        yield View(below, paths.any_member(view.names) if isinstance(step, str) else paths.item(view.names), keyword)


def matches(pattern: str, name: str) -> bool:
    """Whether a pattern of a schema finds something in a name, as Python's engine reads it."""
    try:
        return re.search(pattern, name) is not None
    except re.error:
        return False
