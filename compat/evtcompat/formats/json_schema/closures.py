"""Closures of the lenient writer, under which more constraints may allow more values.

A value that is in two closed schemas may hold what either declares. So a conjunction of closed nodes is more than the
intersection, and "no value is in these literals" is no proof while a clause that closes the same members is open: the
case that is taken may declare what the literals lack.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from weakref import WeakKeyDictionary

from evtcompat.formats.json_schema.nodes import (
    TRUE,
    Node,
    atom,
    conjunction,
    disjunction,
    exactly_one,
    reference,
    target_of,
    tie,
)
from evtcompat.formats.json_schema.property_names import Names


def closing(node: Node) -> bool:
    """Whether a closure stands anywhere in ``node``."""
    known = node.closing
    if known is None:
        seen: set[Node] = set()
        known = _closing(node, seen)
        # Without a closure in it, there is none in any of its parts.
        for one in (node,) if known else seen:
            one.closing = known
    return known


def _closing(start: Node, seen: set[Node]) -> bool:
    pending = [start]
    while pending:
        node = pending.pop()
        if node in seen:
            continue
        seen.add(node)
        if node.kind == "declared" or node.closing:
            return True
        if node.closing is False:
            continue
        if node.kind == "ref" and isinstance(node.extra, Node):
            pending.append(node.extra)
        pending.extend(child for child in node.args if isinstance(child, Node))
    return False


def declares(clause: Node) -> bool:
    """Whether a case of a clause may close the object itself, beside its members and items."""
    if not closing(clause):
        return False
    return clause.kind == "declared" or (clause.kind in {"and", "or"} and any(declares(one) for one in clause.args))


_OPENED: WeakKeyDictionary[Node, Node] = WeakKeyDictionary()


def opened(node: Node) -> Node:
    """The node without its closures: what it may allow at most, whatever else declares."""
    if not closing(node):
        return node
    known = _OPENED.get(node)
    if known is None:
        if node.kind == "ref":
            # Known before its target is looked at, which may lead back to it.
            known = _OPENED[node] = reference(("opened", node))
            tie(known, opened(target_of(node)))
        else:
            known = _OPENED[node] = _without(node)
    return known


def _without(node: Node) -> Node:
    if node.kind == "declared":
        return TRUE
    inner = [opened(one) if isinstance(one, Node) else one for one in node.args]
    made = _JOINED.get(node.kind)
    return atom(node.kind, *inner) if made is None else made(inner)


_JOINED: Mapping[str, Callable[[Iterable[Node]], Node]] = {
    "and": conjunction,
    "or": disjunction,
    "xone": exactly_one,
}


def split(clause: Node) -> tuple[Node, ...]:
    """The cases of a clause that close something, one by one, and all others as one."""
    closed = [case for case in clause.args if closing(case)]
    return (*closed, disjunction(case for case in clause.args if not closing(case)))


def declaring(clauses: Iterable[Node], literals: Iterable[Node]) -> Node | None:
    """A clause of which a case may declare more for members or items that the literals close."""
    declaring_more = [clause for clause in clauses if closing(clause)]
    if not declaring_more:
        return None
    closed = [one for literal in literals if closing(literal) for one in _closed(literal)]
    for clause in declaring_more:
        if any(_meet(one, other) for one in _closed(clause) for other in closed):
            return clause
    return None


def _closed(node: Node) -> Iterator[Names | None]:
    """The names of members whose values a node closes; ``None`` for anything else that it closes."""
    if node.kind in {"and", "or", "xone"}:
        for child in node.args:
            if closing(child):
                yield from _closed(child)
    elif node.kind == "members":
        yield node.args[0]
    else:
        yield None


def _meet(one: Names | None, other: Names | None) -> bool:
    if one is None or other is None:
        return True
    for names, others in ((one, other), (other, one)):
        if names.only is not None:
            return any(name in others for name in names.only)
    return True
