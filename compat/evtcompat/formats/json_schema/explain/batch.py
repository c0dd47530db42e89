"""Causes of a pair with very many: places that differ, asked about one by one instead of after one another.

Only places that every event may have without condition are looked at: declared properties, items, map values. Of a
choice each pair of branches is looked at as if there were no other, with an event of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from evtcompat.formats.json_schema.decide import Answer
from evtcompat.formats.json_schema.explain.subschemas import SchemaIndex, Subschema
from evtcompat.formats.json_schema.parse.content_keys import content_key
from evtcompat.model.json_types import JSON
from evtcompat.model.pointers import found_at
from evtcompat.model.verdicts import Verdict

#: Places that are asked about at most.
_MOST = 1_000

_Path = tuple[str | int, ...]

_CHOICES = ("oneOf", "anyOf")
_HOLDING = ("properties", "items", "additionalProperties", "allOf", "definitions", "$defs")
_MAP_KEY = "key"


class _Place(NamedTuple):
    """A place of which both sides speak."""

    reader: Subschema
    writer: Subschema
    #: The way there from the top of an event.
    path: _Path
    #: An event that has such a place.
    event: JSON
    #: Of branches: what stands beside them, which every event meets as well.
    beside: Mapping[str, JSON] | None = None


def events_by_place(
    reader: SchemaIndex,
    writer: SchemaIndex,
    base: JSON,
    ask: Callable[[str, str], Answer],
    unbroken: Callable[[str, str, JSON], JSON],
) -> Iterator[JSON]:
    """Events that may be refused at one differing place each, built from an event of the writer.

    Whether the writer produces them and the reader refuses them is for the caller to find out.

    Args:
        reader: The reader.
        writer: The writer.
        base: The event.
        ask: Decides a pair of parts, by their pointers.
        unbroken: Finds what both of a pair of parts accept, by their pointers; gives the value back where there is
            nothing.
    """
    visited: set[tuple[str, str]] = set()
    told: set[bytes | None] = set()
    pending = [_Place(reader.root, writer.root, (), base)]
    asked = 0
    while pending and asked < _MOST:
        one, other, path, event, beside = pending.pop(0)
        one, other = _resolved(reader, one), _resolved(writer, other)
        pointers = one.pointer, other.pointer
        if pointers in visited or one.origin is not None or other.origin is not None:
            continue
        visited.add(pointers)
        if beside is not None or (path and _own(one.value) != _own(other.value)):
            asked += 1
            answer = ask(*pointers)
            if answer.verdict is Verdict.INCOMPATIBLE:
                refused = _placed(event, path, _joined(beside, answer.instance))
                key = content_key(refused)
                if key is None or key not in told:
                    told.add(key)
                    yield refused
                if beside is not None:
                    event = _placed(event, path, _joined(beside, unbroken(*pointers, answer.instance)))
            elif beside is not None:
                continue
        pending += [_Place(*both, (*path, step), event) for both, step in _below(reader, writer, one, other)]
        kept = _declared(one, found_at(event, path))
        pending += [_Place(*both, path, event, kept) for both in _branches(reader, writer, one, other)]


def _below(
    reader: SchemaIndex, writer: SchemaIndex, one: Subschema, other: Subschema
) -> Iterator[tuple[tuple[Subschema, Subschema], str | int]]:
    """The pairs of parts for what a value of both holds, with the step there."""
    properties = one.keywords.get("properties")
    names = properties if isinstance(properties, dict) else ()
    steps: list[tuple[tuple[str, ...], str | int]] = [(("properties", name), name) for name in names]
    for keywords, step in (*steps, (("items",), 0), (("additionalProperties",), _MAP_KEY)):
        below, beside = reader.below(one, *keywords), writer.below(other, *keywords)
        if below is not None and beside is not None:
            yield (below, beside), step


def _branches(
    reader: SchemaIndex, writer: SchemaIndex, one: Subschema, other: Subschema
) -> Iterator[tuple[Subschema, Subschema]]:
    """The writer's branches, each with the reader's that is told apart by the same texts or, without any, stands there.

    What has no counterpart is put beside the whole. Branches that say the same are left out.
    """
    for keyword in _CHOICES:
        ours = reader.members(one, keyword)
        told_apart = {frozenset(reader.texts_of(branch).items()): branch for branch in ours}
        for index, branch in enumerate(writer.members(other, keyword)):
            texts = frozenset(writer.texts_of(branch).items())
            at_its_place = ours[index] if index < len(ours) else one
            found = told_apart.get(texts, one) if texts else at_its_place
            if found.value != branch.value or reader.may_refer(found.value) or writer.may_refer(branch.value):
                yield found, branch


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


def _declared(part: Subschema, value: JSON) -> Mapping[str, JSON]:
    """The members of a value that a schema declares by itself, whichever branch is taken."""
    properties = part.keywords.get("properties")
    names = properties if isinstance(properties, dict) else {}
    return {name: member for name, member in value.items() if name in names} if isinstance(value, dict) else {}


def _joined(beside: Mapping[str, JSON] | None, value: JSON) -> JSON:
    return {**beside, **value} if beside and isinstance(value, dict) else value
