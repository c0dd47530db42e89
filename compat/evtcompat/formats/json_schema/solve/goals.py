"""What the nodes of a goal tell without a search, and what they leave open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from evtcompat.formats.json_schema.algebra.declared import closes
from evtcompat.formats.json_schema.algebra.inclusions import AROUND, INSIDE
from evtcompat.formats.json_schema.algebra.kinds import And, Declared, Node, Opaque, Reference, Types
from evtcompat.formats.json_schema.exact import TYPES
from evtcompat.formats.json_schema.solve.outcomes import UnknownReason


def exclude_as_written(nodes: Sequence[Node]) -> bool:
    """Whether one of the nodes lies in another that must not hold, by what is known of both as they are written."""
    inside = {*nodes, *[AROUND.of(node) for node in nodes if node.facts]}
    for node in nodes:
        outside = node.negated
        if outside is None:
            continue
        held = INSIDE.of(outside) if outside.facts else None
        if outside in inside or (held is not None and held in inside):
            # What is closed alone may hold more beside what declares more.
            return not closes(outside)
    return False


def of_objects(node: Node) -> bool:
    """Whether a search among the values of ``node`` would have to build objects."""
    parts = node.children if type(node) is And else (node,)
    return any(type(part) is Types and "object" in part.names for part in parts)


def types_left(nodes: Iterable[Node]) -> tuple[str, ...]:
    """The types of which a value may be in all of ``nodes``, as far as they say so outright."""
    left: tuple[str, ...] = TYPES
    for node in nodes:
        if type(node) is Types:
            left = tuple([name for name in left if name in node.names])
    return left


def unmodelled_reason(node: Node) -> UnknownReason:
    """Name the unmodelled part of a node."""
    stack = [node]
    seen: set[Node] = set()
    while stack:
        one = stack.pop()
        if one in seen:
            continue
        seen.add(one)
        if type(one) is Opaque:
            return UnknownReason("a part is not modelled", one)
        if type(one) is not Declared:
            stack.extend(one.parts)
        if type(one) is Reference and one.binding.tied:
            stack.append(one.binding.target)
    return UnknownReason("a part is not modelled")
