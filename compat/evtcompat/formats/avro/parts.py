"""The parts of a type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from evtcompat.formats.avro.types import ARRAY, FIXED, NAMED, STRING, UNION, AvroSchema, Container, Record, Type, Union

if TYPE_CHECKING:
    from evtcompat.model.json_types import JSON

#: Where a type is used: the identity of the record, union, array or map around it, and the field's name or the branch's
#: index.
Slot: TypeAlias = tuple[int, str | int | None]
ROOT_SLOT: Final[Slot] = (0, None)


def first_uses(root: Type) -> frozenset[Slot]:
    """The slots that use a named type for the first time in the order of a document, and so define it."""
    found: set[Slot] = set()
    seen: set[int] = set()
    pending: list[tuple[Slot, Type]] = [(ROOT_SLOT, root)]
    while pending:
        slot, part = pending.pop()
        if part.kind <= STRING or id(part) in seen:
            continue
        if FIXED <= part.kind < UNION:
            seen.add(id(part))
            found.add(slot)
        if isinstance(part, Record):
            pending += [((id(part), name), type_) for name, type_ in reversed(part.types.items())]
        elif isinstance(part, Union):
            pending += [((id(part), index), branch) for index, branch in reversed(list(enumerate(part.branches)))]
        elif isinstance(part, Container):
            pending.append(((id(part), None), part.of))
    return frozenset(found)


def definitions_apart(schema: AvroSchema) -> frozenset[Slot] | None:
    """The slots in which the schema's documents define a named type, each document by itself.

    ``None`` where they cannot be given to a decoder one after the other: a referenced document uses a type of the
    document that refers to it, or that one is no JSON object, which fastavro keeps no other names for.
    """
    if schema.sources and not isinstance(schema.document.value, dict):
        return None
    found: set[Slot] = set()
    seen: set[int] = set()
    pending: list[tuple[Slot, Type, JSON, bool]] = [(ROOT_SLOT, schema.root, schema.document.value, False)]
    while pending:
        slot, type_, raw, referenced = pending.pop()
        if type_.kind <= STRING:
            continue
        if isinstance(type_, NAMED):
            own = type_.full not in schema.sources
            if own and referenced:
                return None
            if raw is type_.raw:
                found.add(slot)
            if isinstance(type_, Record) and id(type_) not in seen:
                seen.add(id(type_))
                raws = listed(type_.raw["fields"])
                pending += [
                    ((id(type_), name), inside, part(inner, "type"), not own)
                    for (name, inside), inner in zip(type_.types.items(), raws, strict=True)
                ]
        elif isinstance(type_, Union):
            branches = zip(type_.branches, listed(raw), strict=True)
            pending += [
                ((id(type_), index), branch, inner, referenced) for index, (branch, inner) in enumerate(branches)
            ]
        else:
            inner = part(raw, "items" if type_.kind == ARRAY else "values")
            pending.append(((id(type_), None), type_.of, inner, referenced))  # type: ignore[union-attr]  # a container
    return frozenset(found)


def listed(raw: JSON) -> list[JSON]:
    """What a document lists; nothing where it has no list."""
    return raw if isinstance(raw, list) else []


def part(raw: JSON, key: str) -> JSON:
    """What a document says under a key; ``None`` where it has no object."""
    return raw[key] if isinstance(raw, dict) else None


def reachable(root: Type) -> list[Type]:
    """Every record, enum, fixed and union that a type consists of, each once, in the order of a walk."""
    found: list[Type] = []
    seen: set[int] = set()
    pending: list[Type] = [root]
    while pending:
        part = pending.pop()
        if part.kind <= STRING or id(part) in seen:
            continue
        if isinstance(part, Container):
            pending.append(part.of)
            continue
        seen.add(id(part))
        found.append(part)
        if isinstance(part, Record):
            pending += reversed(part.types.values())
        elif isinstance(part, Union):
            pending += reversed(part.branches)
    return found
