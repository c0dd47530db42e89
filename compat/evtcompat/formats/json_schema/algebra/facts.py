"""What is found out of a node and kept with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from evtcompat.formats.json_schema.algebra.kinds import Node

_N = TypeVar("_N", bound=Node)
_T = TypeVar("_T")


class Fact(Generic[_T]):
    """Something that may be found out of a node, and is then kept as long as the node."""

    __slots__ = ()

    def of(self, node: Node) -> _T | None:
        """What is known; ``None`` if nothing is."""
        facts = node.facts
        return None if facts is None else facts.get(self)

    def note(self, node: Node, value: _T) -> None:
        """From now on, ``value`` is known."""
        facts = node.facts
        if facts is None:
            facts = node.facts = {}
        facts[self] = value


def once_per_node(find: Callable[[_N], _T]) -> Callable[[_N], _T]:
    """A function of a node alone, which never returns ``None``, called once for each node."""
    known: Fact[_T] = Fact()

    def found(node: _N) -> _T:
        facts = node.facts
        result: _T | None = None if facts is None else facts.get(known)
        if result is None:
            result = find(node)
            known.note(node, result)
        return result

    return found
