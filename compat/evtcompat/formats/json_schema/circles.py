"""Circles of references that are built alike, made one.

Every other node is known by what it consists of; a reference to what is still being compiled cannot be. Once its circle
is complete it can: by the way in which the nodes of the circle hang together. So circles that two documents have in
common are the same objects on both sides, as all else that they have in common is.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any
from weakref import WeakValueDictionary

from evtcompat.formats.json_schema.nodes import (
    Node,
    atom,
    conjunction,
    disjunction,
    exactly_one,
    negation,
    reference,
    target_of,
    tie,
)


class _Circle:
    """The identity of a circle."""

    __slots__ = ("__weakref__",)


_CIRCLES: WeakValueDictionary[Hashable, _Circle] = WeakValueDictionary()
_JOINED = {"and": conjunction, "or": disjunction, "xone": exactly_one}


def joined(nodes: Sequence[Node]) -> list[Node]:
    """Nodes with the same values, in which the circles of the last one are those of all nodes that are built alike.

    Args:
        nodes: The parts of one circle; all references in them are tied.
    """
    circle = _Shape(nodes[-1])
    return [circle.rebuilt(node) for node in nodes]


def _is_joined(node: Node) -> bool:
    """Whether a positive reference leads into a circle that was made one with others."""
    identity = node.args[0]
    return type(identity) is tuple and type(identity[0]) is _Circle


def _parts(node: Node) -> list[Node]:
    """The nodes that a node consists of."""
    if node.kind == "declared":
        return [condition for condition, _ in node.args[0]]
    return [] if node.kind == "opaque" else [one for one in node.args if isinstance(one, Node)]


class _Shape:
    """How the nodes of a circle hang together, as seen from one of them."""

    def __init__(self, root: Node) -> None:
        #: The references, the positive ones, in the order in which they are met; and their places in it.
        self._met: list[Node] = []
        self._numbers: dict[Node, int] = {}
        self._seen: dict[Node, int] = {}
        self._entries: list[Hashable] = []
        self._found: dict[Node, Node] = {}
        #: Nodes with references in them that are not joined yet.
        self._open: set[Node] = set()
        targets: list[Hashable] = [self._said(root)]
        while len(targets) <= len(self._met):
            targets.append(self._said(target_of(self._met[len(targets) - 1])))
        identity = (tuple(targets), tuple(self._entries))
        circle = _CIRCLES.setdefault(identity, _Circle())
        #: Held until all is rebuilt: one that nothing holds yet would be made once more, and that one not be tied.
        self._references = [reference((circle, number)) for number in range(len(self._met))]
        for node, made in zip(self._met, self._references, strict=True):
            if not isinstance(made.extra, Node):
                tie(made, self.rebuilt(target_of(node)))

    def _is_open(self, node: Node) -> bool:
        """Whether a reference in it leads into a circle that is not joined yet."""
        if node.joined:
            return False
        if node in self._open:
            return True
        found = not _is_joined(node) if node.kind == "ref" else any(map(self._is_open, _parts(node)))
        if found:
            self._open.add(node)
        else:
            node.joined = True
        return found

    def _said(self, node: Node) -> Hashable:
        """What is said of a node: itself where it leads into no circle, else its number."""
        if not self._is_open(node):
            return node
        number = self._seen.get(node)
        if number is None:
            entry: Hashable
            if node.kind == "ref":
                positive = node if node.sign else node.extra
                if positive not in self._numbers:
                    self._numbers[positive] = len(self._met)
                    self._met.append(positive)
                entry = ("ref", node.sign, self._numbers[positive])
            else:
                entry = (node.kind, node.sign, tuple(map(self._argument, node.args)))
            number = self._seen[node] = len(self._entries)
            self._entries.append(entry)
        return number

    def _argument(self, argument: Any) -> Hashable:  # noqa: ANN401 - the arguments of a node
        if isinstance(argument, Node):
            said = self._said(argument)
            # A number that stands for a node is none of the numbers that nodes have.
            return ("node", said) if isinstance(said, int) else said
        if isinstance(argument, tuple):
            return tuple(map(self._argument, argument))
        return argument  # type: ignore[no-any-return]  # all arguments are hashable

    def rebuilt(self, node: Node) -> Node:
        """The node with the references of the joined circle in place of its own."""
        if not self._is_open(node):
            return node
        found = self._found.get(node)
        if found is None:
            found = self._found[node] = self._made(node)
            for name in ("within", "holds"):
                beside = getattr(node, name)
                if beside is not None and getattr(found, name) is None:
                    setattr(found, name, self.rebuilt(beside))
        return found

    def _made(self, node: Node) -> Node:
        if node.kind == "ref":
            positive = node if node.sign else node.extra
            if positive not in self._numbers:
                # It leads into a part of the circle that nothing else in it needs.
                return node
            made = self._references[self._numbers[positive]]
        elif node.kind in _JOINED:
            made = _JOINED[node.kind](self.rebuilt(one) for one in node.args)
        else:
            made = atom(node.kind, *(self._carried(one) for one in node.args))
        return made if node.sign else negation(made)

    def _carried(self, argument: Any) -> Any:  # noqa: ANN401 - the arguments of a node
        if isinstance(argument, Node):
            return self.rebuilt(argument)
        return tuple(map(self._carried, argument)) if type(argument) is tuple else argument
