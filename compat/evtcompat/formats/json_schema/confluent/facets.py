"""Typed access to the facets of a shape; an absent facet has a neutral value."""

from __future__ import annotations

from collections.abc import Mapping

from evtcompat.formats.json_schema.confluent.shapes import Shape
from evtcompat.formats.json_schema.name_patterns import matches

_NONE: Mapping[str, Shape] = {}


def names(shape: Shape) -> tuple[str, ...]:
    """The required properties."""
    names = shape.facets.get("required", ())
    return names if isinstance(names, tuple) else ()


def members(shape: Shape, facet: str) -> Mapping[str, Shape]:
    """The parts that a facet holds by name."""
    members = shape.facets.get(facet, _NONE)
    return members if isinstance(members, dict) else _NONE


def lists(shape: Shape) -> Mapping[str, frozenset[str]]:
    """The properties that must accompany another, by its name."""
    members = shape.facets.get("required_with", {})
    return {name: frozenset(names) for name, names in members.items()} if isinstance(members, dict) else {}


def sequence(shape: Shape) -> tuple[Shape, ...]:
    """The items of a tuple."""
    items = shape.facets.get("tuple", ())
    return items if isinstance(items, tuple) else ()


def part(shape: Shape, facet: str) -> Shape | None:
    """The part that a facet holds, if it holds one."""
    part = shape.facets.get(facet)
    return part if isinstance(part, Shape) else None


def permits(shape: Shape) -> bool:
    """Whether more is permitted than is listed."""
    return shape.facets.get("additional") is not False


def open_array(shape: Shape) -> bool:
    """Whether items that are not listed may be anything."""
    rest = part(shape, "unevaluated")
    return permits(shape) and part(shape, "additional") is None and (rest is None or rest.open)


def open_object(shape: Shape) -> bool:
    """Whether properties that are not listed may be anything."""
    return open_array(shape) and not members(shape, "patterns")


def beyond(shape: Shape) -> Shape | None:
    """The schema of what is not listed, where it is neither open nor closed."""
    additional = part(shape, "additional")
    if additional is not None:
        return additional
    rest = part(shape, "unevaluated")
    if not permits(shape) or rest is None or rest.open or rest.kind == "false":
        return None
    return rest


def cover(shape: Shape, name: str) -> Shape | None:
    """The schema that a property not listed must meet: of the first pattern that finds it, else of the rest."""
    for pattern, part in members(shape, "patterns").items():
        if matches(pattern, name):
            return part
    return beyond(shape)
