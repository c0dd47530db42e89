"""The JSON types that schemas name and values have, as sentences about them count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from evtcompat.formats.json_schema.exact import key
from evtcompat.model.json_types import JSON

#: Types by name, or ``None`` for all of them.
Types: TypeAlias = tuple[str, ...] | None


def type_names(schema: Mapping[str, JSON]) -> Types:
    """The types that a schema object admits by `type`, else by the values it lists."""
    declared = schema.get("type")
    if isinstance(declared, str):
        return (declared,)
    if isinstance(declared, list):
        return tuple(name for name in declared if isinstance(name, str))
    values = schema.get("enum")
    if "const" in schema:
        values = [schema["const"]]
    if isinstance(values, list):
        return tuple(dict.fromkeys(type_of(value) for value in values))
    return None


def type_of(value: JSON) -> str:
    """The narrowest JSON Schema type of a value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "string"
    if isinstance(value, list):
        return "array"
    if isinstance(value, dict):
        return "object"
    return "integer" if value == int(value) else "number"


def admits(types: Iterable[str], name: str) -> bool:
    """Whether a list of types admits a type; numbers admit integers."""
    known = set(types)
    return name in known or (name == "integer" and "number" in known)


def common_types(first: Types, second: Types) -> Types:
    """The types that two lists admit."""
    if first is None or second is None:
        return second if first is None else first
    kept = [name for name in first if admits(second, name)] + [name for name in second if admits(first, name)]
    return tuple(dict.fromkeys(kept))


def without(values: Sequence[JSON], known: Sequence[JSON]) -> list[JSON]:
    """The values that are not among the known ones, as JSON Schema compares them."""
    keys = {key(value) for value in known}
    return [value for value in values if key(value) not in keys]
