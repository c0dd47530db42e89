"""The algebra that every dialect compiles into: interned nodes, closed under negation.

A node is a set of JSON values. Two nodes built alike are the same object, so that identity is (a sound, incomplete
test of) equality and equal parts of two schemas cancel without being looked at. The table holds nodes weakly: it
never outgrows the schemas in use.

Kinds, with their arguments; ``sign`` false means the complement:

========  ==========================  ===============================================================================
kind      args                        the values
========  ==========================  ===============================================================================
and / or  children                    all / any of the children
xone      children                    exactly one of the children
types     names                       values of these JSON types
enum      keys                        the listed values (`exact.key`)
ge, le    bound, exclusive            numbers on one side of the bound, and all values that are no numbers
multiple  divisor                     multiples, and no numbers
length    n                           strings of at least n code points, and no strings
string    Pattern                     strings in the language, and no strings
items     low, high, node             every item with low <= index < high is in node, and no arrays
count     node, n                     at least n items are in node, and no arrays
unique    -                           no two items are equal, and no arrays
members   Names, node                 every member whose name is in Names has a value in node, and no objects
names     node                        every member's name is in node, and no objects
size      n                           at least n members, and no objects
declared  contributions               only declared members (`evaluated`), and no objects; occurs positively only
ref       key                         what the node it refers to holds
opaque    label, type                 not modelled; for values of the type, or of all types
========  ==========================  ===============================================================================
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from typing import TYPE_CHECKING, Any, Final
from weakref import ref

from evtcompat.formats.json_schema.exact import TYPES, Value, dump

if TYPE_CHECKING:
    from evtcompat.formats.json_schema.property_names import Names

#: The type of which a kind speaks, where it speaks of one.
OF_TYPE: Final = {
    "ge": "number",
    "le": "number",
    "multiple": "number",
    "length": "string",
    "string": "string",
    "items": "array",
    "count": "array",
    "unique": "array",
    "members": "object",
    "size": "object",
    "declared": "object",
    "names": "object",
}


class Node:
    """A set of JSON values, interned. Make it with the functions of this module."""

    __slots__ = (
        *("__weakref__", "_negated", "_projected", "args", "extra", "kind", "sign"),
        *("closing", "holds", "instance", "joined", "lists", "touching", "within"),
    )

    def __init__(self, kind: str, args: tuple[Any, ...], *, sign: bool, extra: Value = None) -> None:
        self.kind = kind
        self.args = args
        self.sign = sign
        #: Not part of the identity: the values of an enum, the target of a reference.
        self.extra = extra
        #: What others found out about it: whether a closure stands in it (`closures`), and a value with the steps that
        #: it took (`solver`).
        self.closing: bool | None = None
        self.instance: Value = None
        #: Whether every circle of references in it is made one with those that are built alike (`circles`).
        self.joined = False
        #: For a clause: the nodes that settle some of it where they are demanded (`solver`).
        self.touching: frozenset[Node] | None = None
        #: For a clause: the members of which it lists values, with the lists (`discriminating`).
        self.lists: tuple[tuple[str, Node], ...] | None = None
        #: Another node that it lies in, and one that lies in it: the same schema as it is written, where a policy reads
        #: it otherwise (`compile`). Each is true wherever the node comes from, and whatever closures stand beside it.
        self.within: Node | None = None
        self.holds: Node | None = None
        self._negated: Node | None = None
        self._projected: dict[str, Node] | None = None

    def __repr__(self) -> str:
        """Kind and arguments, children abbreviated."""
        inner = ", ".join(child.kind if isinstance(child, Node) else repr(child)[:40] for child in self.args[:4])
        return f"{'' if self.sign else '~'}{self.kind}({inner})"


class _Kept(ref[Node]):
    """A node in the table, with what it is found by."""

    __slots__ = ("entry",)

    entry: tuple[Any, ...]


#: As a `WeakValueDictionary` does it; the way through its methods takes longer than all else here.
_TABLE: dict[tuple[Any, ...], _Kept] = {}


def _dropped(kept: Any, table: dict[tuple[Any, ...], _Kept] = _TABLE) -> None:  # noqa: ANN401 - as `ref` calls it
    # An equal node may have been made since. The table is bound here for when the interpreter takes its modules down.
    entry = kept.entry
    if table.get(entry) is kept:
        del table[entry]


def _make(kind: str, args: tuple[Any, ...], *, sign: bool = True, extra: Value = None) -> Node:
    entry = (kind, sign, args[0].key, args[1]) if kind == "members" else (kind, sign, args)
    kept = _TABLE.get(entry)
    node = None if kept is None else kept()
    if node is None:
        node = Node(kind, args, sign=sign, extra=extra)
        made = _TABLE[entry] = _Kept(node, _dropped)
        made.entry = entry
    return node


TRUE: Final[Node] = _make("and", ())
FALSE: Final[Node] = _make("or", ())


def _flattened(kind: str, children: Iterable[Node], neutral: Node, absorbing: Node) -> Node:
    found: dict[Node, None] = {}
    for child in children:
        if child.kind == kind:
            # The neutral one is of this kind and has no children.
            for one in child.args:
                found[one] = None
        elif child is absorbing:
            return absorbing
        else:
            found[child] = None
    for child in found:
        opposite = child._negated  # noqa: SLF001 - same module
        if opposite is not None and opposite in found:
            return absorbing
    if not found:
        return neutral
    if len(found) == 1:
        return next(iter(found))
    return _make(kind, tuple(found))


def conjunction(children: Iterable[Node]) -> Node:
    """The values of all children."""
    return _flattened("and", children, TRUE, FALSE)


def disjunction(children: Iterable[Node]) -> Node:
    """The values of any child."""
    return _flattened("or", children, FALSE, TRUE)


def exactly_one(children: Iterable[Node]) -> Node:
    """The values of exactly one child."""
    counts = Counter(child for child in children if child is not FALSE)
    repeated = [child for child, count in counts.items() if count > 1]
    if repeated:
        # Where a repeated child holds, two do.
        once = (child for child, count in counts.items() if count == 1)
        return conjunction((*(negation(child) for child in repeated), exactly_one(once)))
    listed = tuple(counts)
    if not listed:
        return FALSE
    if len(listed) == 1:
        return listed[0]
    if TRUE in listed:
        return conjunction(negation(child) for child in listed if child is not TRUE)
    return _make("xone", listed)


#: The nodes of `types`, of which there are few.
_TYPES: dict[frozenset[str], Node] = {}


def types(names: Iterable[str]) -> Node:
    """The values of these JSON types (``integer`` is none of them)."""
    wanted = frozenset(names)
    known = _TYPES.get(wanted)
    if known is not None:
        return known
    ordered = tuple(name for name in TYPES if name in wanted)
    if len(ordered) == len(TYPES):
        return TRUE
    found = _make("types", ordered) if ordered else FALSE
    if len(ordered) == len(wanted):
        _TYPES[wanted] = found
    return found


def enumeration(values: dict[Any, Any]) -> Node:
    """The listed values, given by their `exact.key`; kept with the least to read first, in whatever order they come."""
    if not values:
        return FALSE
    found = _make("enum", (frozenset(values),), extra=values)
    if found.extra is values and len(values) > 1:
        # Whoever lists the same values later finds this node: its order must not tell who was first.
        found.extra = dict(sorted(values.items(), key=_length_and_text))
    return found


def _length_and_text(listed: tuple[Any, Value]) -> tuple[int, str]:
    value = listed[1]
    text = f'"{value}"' if type(value) is str else dump(value)
    return len(text), text


def members(names: Names, node: Node) -> Node:
    """Every member whose name is in ``names`` has a value in ``node``."""
    if node is TRUE or (names.only is not None and not names.only):
        return TRUE
    return _make("members", (names, node))


def atom(kind: str, *args: Value) -> Node:
    """A node of one of the kinds that speak of one type."""
    if kind == "members":
        return members(*args)
    if kind == "items" and (args[2] is TRUE or (args[1] is not None and args[0] >= args[1])):
        return TRUE
    if kind in {"length", "size"} and args[0] <= 0:
        return TRUE
    if kind == "names" and args == (TRUE,):
        return TRUE
    if kind == "count":
        if args[1] <= 0:
            return TRUE
        if args[0] is FALSE:
            return types(set(TYPES) - {"array"})
    return _make(kind, args)


def opaque(label: Hashable, of_type: str | None, check: Callable[[object], bool | None] | None = None) -> Node:
    """A set that is not modelled. Equal labels are equal sets; ``check`` may know members."""
    return _make("opaque", (label, of_type), extra=check)


def reference(identity: object) -> Node:
    """A node to be tied to its target with `tie`."""
    return _make("ref", (identity,))


def tie(node: Node, target: Node) -> None:
    """``node``, made by `reference`, holds what ``target`` holds."""
    node.extra = target


def negation(node: Node) -> Node:
    """The values that are not in ``node``."""
    known = node._negated  # noqa: SLF001 - same module
    if known is not None:
        return known
    if node.kind == "and":
        found = disjunction(negation(child) for child in node.args)
    elif node.kind == "or":
        found = conjunction(negation(child) for child in node.args)
    elif node.kind == "types":
        found = types(set(TYPES) - set(node.args))
    elif node.kind == "declared":
        message = "the closure of a writer's schema stands in positive positions only"
        raise AssertionError(message)
    else:
        found = _make(node.kind, node.args, sign=not node.sign, extra=node.extra)
        if node.kind == "ref":
            found.extra = node
    if found._negated is None:  # noqa: SLF001 - same module
        found._negated = node  # noqa: SLF001 - same module
    node._negated = found  # noqa: SLF001 - same module
    return found


class UntiedReferenceError(Exception):
    """A reference is looked through while what it refers to is still being compiled."""


def target_of(node: Node) -> Node:
    """What a reference holds.

    Raises:
        UntiedReferenceError: That is not known yet.
    """
    if not node.sign:
        return negation(target_of(node.extra))
    if not isinstance(node.extra, Node):
        raise UntiedReferenceError
    return node.extra
