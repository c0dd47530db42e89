"""Declared properties: what `Declared` nodes, the lenient writer's closed objects, mean in a conjunction.

An object that is valid for two closed schemas may have the members that either of them declares. So a conjunction of
closed nodes holds more than their intersection, and "no value satisfies these literals" proves nothing while a clause
that closes the same objects is undecided: the case that is taken may declare what the literals lack.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from evtcompat.formats.json_schema.algebra.facts import Fact
from evtcompat.formats.json_schema.algebra.kinds import And, Binding, Declared, ExactlyOne, Members, Node, Or, Reference
from evtcompat.formats.json_schema.algebra.nodes import TRUE, disjunction, rebuilt, reference, target_of
from evtcompat.formats.json_schema.algebra.property_names import Names


def closes(node: Node) -> bool:
    """Whether there is a `Declared` node anywhere in ``node``, behind references too."""
    known = node.closes
    if known is None:
        seen: set[Node] = set()
        known = _closes(node, seen)
        # Where there is none in it, there is none in any of its parts.
        for one in (node,) if known else seen:
            one.closes = known
    return known


def _closes(start: Node, seen: set[Node]) -> bool:
    pending = [start]
    while pending:
        node = pending.pop()
        if node in seen:
            continue
        seen.add(node)
        if type(node) is Declared or node.closes:
            return True
        if node.closes is False:
            continue
        if type(node) is Reference:
            if node.binding.tied:
                pending.append(node.binding.target)
        else:
            pending.extend(node.parts)
    return False


def closes_directly(clause: Node) -> bool:
    """Whether a case of a clause may close the value itself, not only its members and items."""
    if not closes(clause):
        return False
    return type(clause) is Declared or (isinstance(clause, (And, Or)) and any(map(closes_directly, clause.children)))


_OPENED: Final[Fact[Node]] = Fact()


def opened(node: Node) -> Node:
    """The node without its `Declared` nodes: all that it may allow, whatever else is declared."""
    if not closes(node):
        return node
    known = _OPENED.of(node)
    if known is not None:
        return known
    if type(node) is Reference:
        # Known before its target is looked at, which may lead back to it.
        binding = Binding()
        known = reference(binding)
        _OPENED.note(node, known)
        binding.tie(opened(target_of(node)))
    else:
        known = TRUE if type(node) is Declared else rebuilt(node, opened)
        _OPENED.note(node, known)
    return known


def split(clause: Node) -> tuple[Node, ...]:
    """The cases of a clause: those that close something one by one, all others together as one."""
    closed = [case for case in clause.parts if closes(case)]
    return (*closed, disjunction(case for case in clause.parts if not closes(case)))


def clause_declaring_more(clauses: Iterable[Node], literals: Iterable[Node]) -> Node | None:
    """A clause of which a case may declare more for members or items that the literals close."""
    declaring_more = [clause for clause in clauses if closes(clause)]
    if not declaring_more:
        return None
    closed = [one for literal in literals if closes(literal) for one in _closed(literal)]
    for clause in declaring_more:
        if any(_meet(one, other) for one in _closed(clause) for other in closed):
            return clause
    return None


def _closed(node: Node) -> Iterator[Names | None]:
    """The names of members whose values a node closes; ``None`` for anything else that it closes."""
    if isinstance(node, (And, Or, ExactlyOne)):
        for child in node.children:
            if closes(child):
                yield from _closed(child)
    elif type(node) is Members:
        yield node.names
    else:
        yield None


def _meet(one: Names | None, other: Names | None) -> bool:
    if one is None or other is None:
        return True
    for names, others in ((one, other), (other, one)):
        if names.only is not None:
            return any(name in others for name in names.only)
    return True
