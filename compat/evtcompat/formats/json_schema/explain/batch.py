"""Causes of a pair with very many: places that differ, asked about one by one instead of after one another.

Only places that every event may have without condition are looked at: declared properties, items, map values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from evtcompat.formats.json_schema.decide import Answer
from evtcompat.formats.json_schema.explain.subschemas import SchemaIndex, Subschema
from evtcompat.model.json_types import JSON
from evtcompat.model.verdicts import Verdict

#: Places that are asked about at most.
_MOST = 1_000

_Path = tuple[str | int, ...]

_HOLDING = ("properties", "items", "additionalProperties", "allOf", "definitions", "$defs")
_MAP_KEY = "key"


def events_by_place(
    reader: SchemaIndex, writer: SchemaIndex, base: JSON, ask: Callable[[str, str], Answer]
) -> Iterator[JSON]:
    """Events that may be refused at one differing place each, built from an event of the writer.

    Whether the writer produces them and the reader refuses them is for the caller to find out.

    Args:
        reader: The reader.
        writer: The writer.
        base: The event.
        ask: Decides a pair of parts, by their pointers.
    """
    for one, other, path in islice(_differing(reader, writer), _MOST):
        answer = ask(one.pointer, other.pointer)
        if answer.verdict is Verdict.INCOMPATIBLE:
            yield _placed(base, path, answer.instance)


def _differing(reader: SchemaIndex, writer: SchemaIndex) -> Iterator[tuple[Subschema, Subschema, _Path]]:
    """Places of which both sides speak, and not in the same words."""
    visited: set[tuple[str, str]] = set()
    pending: list[tuple[Subschema, Subschema, _Path]] = [(reader.root, writer.root, ())]
    while pending:
        one, other, path = pending.pop(0)
        one, other = _resolved(reader, one), _resolved(writer, other)
        key = (one.pointer, other.pointer)
        if key in visited or one.origin is not None or other.origin is not None:
            continue
        visited.add(key)
        if path and _own(one.value) != _own(other.value):
            yield one, other, path
        properties = one.keywords.get("properties")
        steps: list[tuple[tuple[str, ...], str | int]] = [
            (("properties", name), name) for name in (properties if isinstance(properties, dict) else ())
        ]
        steps += [(("items",), 0), (("additionalProperties",), _MAP_KEY)]
        for keywords, step in steps:
            below, beside = reader.below(one, *keywords), writer.below(other, *keywords)
            if below is not None and beside is not None:
                pending.append((below, beside, (*path, step)))


def _resolved(index: SchemaIndex, part: Subschema) -> Subschema:
    """What stands behind plain references."""
    for _ in range(8):
        target = index.follow(part) if len(part.keywords) == 1 or not index.siblings else None
        if target is None:
            return part
        part = target
    return part


def _own(value: JSON) -> JSON:
    """A schema without the keywords that hold other schemas."""
    return {name: inner for name, inner in value.items() if name not in _HOLDING} if isinstance(value, dict) else value


def _placed(base: JSON, path: _Path, value: JSON) -> JSON:
    """The event with a value at a path; what is missing on the way is made."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(step, int):
        items = base if isinstance(base, list) else []
        return [_placed(items[0] if items else None, rest, value), *items[1:]]
    members = base if isinstance(base, dict) else {}
    return {**members, step: _placed(members.get(step), rest, value)}
