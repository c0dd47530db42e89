"""The parts of a type."""

from __future__ import annotations

from evtcompat.avro.types import STRING, Container, Record, Type, Union


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
            pending += [theirs.type for theirs in reversed(part.fields)]
        elif isinstance(part, Union):
            pending += reversed(part.branches)
    return found
