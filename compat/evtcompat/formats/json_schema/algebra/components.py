"""Recursive schemas that are built alike become the same nodes: their strongly connected components are interned.

Every other node is interned by what it consists of. A reference to what is still being compiled cannot be; once its
component is complete it is interned by the shape of the component. So recursive definitions that two documents have
in common are the same objects on both sides, like all else that they have in common.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from weakref import WeakValueDictionary

from evtcompat.formats.json_schema.algebra import inclusions
from evtcompat.formats.json_schema.algebra.facts import once_per_node
from evtcompat.formats.json_schema.algebra.kinds import Binding, Node, Reference
from evtcompat.formats.json_schema.algebra.nodes import negation, rebuilt, reference


class _Component:
    """One component: its identity, and the bindings of its references."""

    __slots__ = ("__weakref__", "_bindings")

    def __init__(self) -> None:
        self._bindings: WeakValueDictionary[int, Binding] = WeakValueDictionary()

    def binding(self, number: int) -> Binding:
        """The binding of a reference of the component, which keeps the component alive."""
        found = self._bindings.get(number)
        if found is None:
            found = self._bindings[number] = Binding(self, final=True)
        return found


_COMPONENTS: WeakValueDictionary[Hashable, _Component] = WeakValueDictionary()


def shared(nodes: Sequence[Node]) -> list[Node]:
    """Nodes with the same values, in which the component of the last one is shared by all that are built alike.

    Args:
        nodes: The parts of one component; all references in them are tied.
    """
    shape = _Shape(nodes[-1])
    return [shape.rebuilt(node) for node in nodes]


@once_per_node
def _is_open(node: Node) -> bool:
    """Whether a reference in it leads into a component that is not interned."""
    return not node.binding.final if type(node) is Reference else any(map(_is_open, node.parts))


class _Shape:
    """The shape of a component as seen from one of its nodes."""

    def __init__(self, root: Node) -> None:
        #: The bindings of the references in the order in which they are met, and their places in it.
        self._met: list[Binding] = []
        self._numbers: dict[Binding, int] = {}
        self._seen: dict[Node, int] = {}
        self._entries: list[Hashable] = []
        self._found: dict[Node, Node] = {}
        targets: list[Hashable] = [self._shown(root)]
        while len(targets) <= len(self._met):
            targets.append(self._shown(self._met[len(targets) - 1].target))
        identity = (tuple(targets), tuple(self._entries))
        component = _COMPONENTS.setdefault(identity, _Component())
        #: Held until all is rebuilt: one that nothing holds yet would be made once more, and that one not be tied.
        self._references = [reference(component.binding(number)) for number in range(len(self._met))]
        for met, made in zip(self._met, self._references, strict=True):
            if not made.binding.tied:
                made.binding.tie(self.rebuilt(met.target))

    def _shown(self, node: Node) -> Hashable:
        """What stands for a node in the shape: the node itself where it is interned for good, else its number."""
        if not _is_open(node):
            return node
        number = self._seen.get(node)
        if number is None:
            entry: Hashable
            if type(node) is Reference:
                if node.binding not in self._numbers:
                    self._numbers[node.binding] = len(self._met)
                    self._met.append(node.binding)
                entry = (Reference, node.sign, self._numbers[node.binding])
            else:
                entry = (type(node), node.sign, node.data, tuple(map(self._part, node.parts)))
            number = self._seen[node] = len(self._entries)
            self._entries.append(entry)
        return number

    def _part(self, node: Node) -> Hashable:
        said = self._shown(node)
        # A number that stands for a node is none of the numbers that nodes have.
        return ("node", said) if isinstance(said, int) else said

    def rebuilt(self, node: Node) -> Node:
        """The node with the references of the interned component in place of its own."""
        if not _is_open(node):
            return node
        found = self._found.get(node)
        if found is None:
            found = self._found[node] = self._made(node)
            inclusions.carry_over(node, found, self.rebuilt)
        return found

    def _made(self, node: Node) -> Node:
        if type(node) is not Reference:
            return rebuilt(node, self.rebuilt)
        if node.binding not in self._numbers:
            # It leads into a part that the node from which the shape was taken does not reach.
            return node
        made = self._references[self._numbers[node.binding]]
        return made if node.sign else negation(made)
