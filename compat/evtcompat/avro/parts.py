"""The parts of a type."""

from __future__ import annotations

from typing import Final, TypeAlias

from evtcompat.avro.types import FIXED, STRING, UNION, Container, Record, Type, Union

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
