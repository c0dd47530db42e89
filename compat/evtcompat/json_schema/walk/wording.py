"""Constraints in words: what a side accepts or sends at a place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from evtcompat.json_schema.exact import dump, key
from evtcompat.model.json_types import JSON

#: How many values a message lists before it counts the rest.
_LISTED = 6
_LONGEST = 60

ALL_TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")


def where(names: str) -> str:
    """The place as the subject of a sentence."""
    return f"`{names}`" if names else "the event"


def shown(value: JSON) -> str:
    """A value as JSON, cut where it is long."""
    text = dump(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def listed(values: Sequence[JSON]) -> str:
    """Values, the first few of many."""
    texts = [shown(value) for value in values[:_LISTED]]
    more = len(values) - _LISTED
    return ", ".join(texts) + (f" and {more} more" if more > 0 else "")


def alternatives(words: Sequence[str]) -> str:
    """``string``, ``string or null``, ``string, number or null``."""
    if len(words) < 2:  # noqa: PLR2004 - one word needs no joining
        return "".join(words)
    return f"{', '.join(words[:-1])} or {words[-1]}"


def type_names(schema: Mapping[str, JSON]) -> tuple[str, ...] | None:
    """The types that a schema object admits by `type`, else by the values it lists; ``None`` for all of them."""
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


def without(values: Sequence[JSON], known: Sequence[JSON]) -> list[JSON]:
    """The values that are not among the known ones, as JSON Schema compares them."""
    keys = {key(value) for value in known}
    return [value for value in values if key(value) not in keys]
