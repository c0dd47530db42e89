"""The algebra that every dialect compiles into: interned nodes, closed under negation.

Two nodes built alike are the same object, so that identity is (a sound, incomplete test of) equality and equal parts of
two schemas cancel without being looked at. The table holds nodes weakly: it never outgrows the schemas in use.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar
from weakref import ref

from evtcompat.formats.json_schema.algebra.kinds import (
    And,
    AtLeast,
    AtMost,
    Binding,
    Contains,
    Contribution,
    Declared,
    Enumeration,
    ExactlyOne,
    Items,
    Matches,
    Members,
    MinLength,
    MinProperties,
    MultipleOf,
    Node,
    Number,
    Opaque,
    Or,
    PropertyNames,
    Reference,
    Types,
    Unique,
)
from evtcompat.formats.json_schema.exact import TYPES, Value, dump

if TYPE_CHECKING:
    from evtcompat.formats.json_schema.algebra.property_names import Names, Pattern


# ---- one object for each ----


class _Interned(ref[Any]):
    """A node in the table, with what it is found by."""

    __slots__ = ("entry",)

    entry: tuple[Any, ...]


#: As a `WeakValueDictionary` does it; the way through its methods takes longer than all else here.
_TABLE: dict[tuple[Any, ...], _Interned] = {}

_N = TypeVar("_N", bound=Node)


def _dropped(kept: Any, table: dict[tuple[Any, ...], _Interned] = _TABLE) -> None:  # noqa: ANN401 - as `ref` calls it
    # An equal node may have been made since. The table is bound here for when the interpreter takes its modules down.
    entry = kept.entry
    if table.get(entry) is kept:
        del table[entry]


def _interned(cls: type[_N], *fields: Any, sign: bool = True) -> _N:  # noqa: ANN401 - of whichever class
    """The node of a class whose fields are its identity."""
    entry = (cls, sign, fields)
    kept = _TABLE.get(entry)
    node: _N | None = None if kept is None else kept()
    return _added(entry, cls(*fields, sign=sign)) if node is None else node


def _met(entry: tuple[Any, ...]) -> Any:  # noqa: ANN401 - a node of whichever class
    """The node of an entry, ``None`` where there is none."""
    kept = _TABLE.get(entry)
    return None if kept is None else kept()


def _added(entry: tuple[Any, ...], node: _N) -> _N:
    made = _TABLE[entry] = _Interned(node, _dropped)
    made.entry = entry
    return node


# ---- combinations ----


TRUE: Final[And] = _interned(And, ())
FALSE: Final[Or] = _interned(Or, ())


def _flattened(kind: type[And | Or], children: Iterable[Node], neutral: Node, absorbing: Node) -> Node:
    found: dict[Node, None] = {}
    for child in children:
        if type(child) is kind:
            # The neutral one is of this kind and has no children.
            for one in child.children:
                found[one] = None
        elif child is absorbing:
            return absorbing
        else:
            found[child] = None
    for child in found:
        opposite = child.negated
        if opposite is not None and opposite in found:
            return absorbing
    if not found:
        return neutral
    if len(found) == 1:
        return next(iter(found))
    return _interned(kind, tuple(found))


def conjunction(children: Iterable[Node]) -> Node:
    """The values of all children."""
    return _flattened(And, children, TRUE, FALSE)


def disjunction(children: Iterable[Node]) -> Node:
    """The values of any child."""
    return _flattened(Or, children, FALSE, TRUE)


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
    return _interned(ExactlyOne, listed)


def negation(node: Node) -> Node:
    """The values that are not in ``node``.

    Raises:
        AssertionError: It is `Declared`, which stands in positive positions only.
    """
    known = node.negated
    if known is not None:
        return known
    found = _COMPLEMENT[type(node)](node)
    if found.negated is None:
        found.negated = node
    node.negated = found
    return found


def target_of(node: Reference) -> Node:
    """What a reference holds.

    Raises:
        UntiedReferenceError: That is not known yet.
    """
    target = node.binding.target
    return target if node.sign else negation(target)


# ---- the other kinds ----


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
    found: Node = _interned(Types, ordered) if ordered else FALSE
    if len(ordered) == len(wanted):
        _TYPES[wanted] = found
    return found


def enumeration(values: dict[Any, Any]) -> Node:
    """The listed values, given by their `exact.key`, in whatever order."""
    return _enumeration(frozenset(values), values) if values else FALSE


def _enumeration(keys: frozenset[Hashable], values: dict[Any, Any], *, sign: bool = True) -> Node:
    entry = (Enumeration, sign, keys)
    known: Node | None = _met(entry)
    if known is None:
        # Whoever lists the same values later finds this node: its order must not tell who was first.
        listed = dict(sorted(values.items(), key=_length_and_text)) if len(values) > 1 else values
        known = _added(entry, Enumeration(keys, listed, sign=sign))
    return known


def _length_and_text(listed: tuple[Any, Value]) -> tuple[int, str]:
    value = listed[1]
    text = f'"{value}"' if type(value) is str else dump(value)
    return len(text), text


def at_least(bound: Number, *, exclusive: bool = False) -> Node:
    """Numbers from the bound upwards, and no numbers."""
    return _interned(AtLeast, bound, exclusive)


def at_most(bound: Number, *, exclusive: bool = False) -> Node:
    """Numbers up to the bound, and no numbers."""
    return _interned(AtMost, bound, exclusive)


def multiple_of(divisor: Number) -> Node:
    """Multiples, and no numbers."""
    return _interned(MultipleOf, divisor)


def min_length(length: int) -> Node:
    """Strings of at least so many code points, and no strings."""
    return TRUE if length <= 0 else _interned(MinLength, length)


def matches(pattern: Pattern) -> Node:
    """Strings in the language, and no strings."""
    return _interned(Matches, pattern)


def items(low: int, high: int | None, node: Node) -> Node:
    """Every item with low <= index < high is in ``node``; and no arrays."""
    if node is TRUE or (high is not None and low >= high):
        return TRUE
    return _interned(Items, low, high, node)


def contains(node: Node, least: int) -> Node:
    """At least so many items are in ``node``; and no arrays."""
    if least <= 0:
        return TRUE
    if node is FALSE:
        return types(set(TYPES) - {"array"})
    return _interned(Contains, node, least)


def min_items(least: int) -> Node:
    """At least so many items, and no arrays."""
    return contains(TRUE, least)


def unique() -> Node:
    """No two items are equal, and no arrays."""
    return _interned(Unique)


def members(names: Names, node: Node) -> Node:
    """Every member whose name is in ``names`` has a value in ``node``; and no objects."""
    if node is TRUE or (names.only is not None and not names.only):
        return TRUE
    # As `_members` does; most calls are for a node that is there.
    kept = _TABLE.get((Members, True, names.key, node))
    known: Members | None = None if kept is None else kept()
    return _members(names, node, sign=True) if known is None else known


def _members(names: Names, node: Node, *, sign: bool) -> Members:
    entry = (Members, sign, names.key, node)
    known: Members | None = _met(entry)
    return _added(entry, Members(names, node, sign=sign)) if known is None else known


def property_names(node: Node) -> Node:
    """Every member's name is in ``node``; and no objects."""
    return TRUE if node is TRUE else _interned(PropertyNames, node)


def min_properties(least: int) -> Node:
    """At least so many members, and no objects."""
    return TRUE if least <= 0 else _interned(MinProperties, least)


def declared(contributions: tuple[Contribution, ...]) -> Node:
    """Only declared members, and no objects."""
    return _interned(Declared, contributions)


def reference(binding: Binding) -> Reference:
    """What the binding will be tied to."""
    return _interned(Reference, binding)


def opaque(label: Hashable, of_type: str | None, check: Callable[[object], bool | None] | None = None) -> Node:
    """A set that is not modelled. Equal labels are equal sets; ``check`` may know members."""
    return _opaque(label, of_type, check)


def _opaque(
    label: Hashable, of_type: str | None, check: Callable[[object], bool | None] | None, *, sign: bool = True
) -> Opaque:
    entry = (Opaque, sign, label, of_type)
    known: Opaque | None = _met(entry)
    return _added(entry, Opaque(label, of_type, check, sign=sign)) if known is None else known


# ---- nodes out of nodes ----


def _no_complement(_node: Declared) -> Node:
    message = "a declared node stands in positive positions only"
    raise AssertionError(message)


_COMPLEMENT: Final[dict[type[Node], Callable[[Any], Node]]] = {
    And: lambda node: disjunction(negation(child) for child in node.children),
    Or: lambda node: conjunction(negation(child) for child in node.children),
    ExactlyOne: lambda node: _interned(ExactlyOne, node.children, sign=not node.sign),
    Types: lambda node: types(set(TYPES) - set(node.names)),
    Enumeration: lambda node: _enumeration(node.keys, node.values, sign=not node.sign),
    AtLeast: lambda node: _interned(AtLeast, node.bound, node.exclusive, sign=not node.sign),
    AtMost: lambda node: _interned(AtMost, node.bound, node.exclusive, sign=not node.sign),
    MultipleOf: lambda node: _interned(MultipleOf, node.divisor, sign=not node.sign),
    MinLength: lambda node: _interned(MinLength, node.length, sign=not node.sign),
    Matches: lambda node: _interned(Matches, node.pattern, sign=not node.sign),
    Items: lambda node: _interned(Items, node.low, node.high, node.node, sign=not node.sign),
    Contains: lambda node: _interned(Contains, node.node, node.least, sign=not node.sign),
    Unique: lambda node: _interned(Unique, sign=not node.sign),
    Members: lambda node: _members(node.names, node.node, sign=not node.sign),
    PropertyNames: lambda node: _interned(PropertyNames, node.node, sign=not node.sign),
    MinProperties: lambda node: _interned(MinProperties, node.least, sign=not node.sign),
    Declared: _no_complement,
    Reference: lambda node: _interned(Reference, node.binding, sign=not node.sign),
    Opaque: lambda node: _opaque(node.label, node.of_type, node.check, sign=not node.sign),
}

#: The node that stands for a part in what is built anew.
Rebuild: TypeAlias = Callable[[Node], Node]

_REBUILT: Final[dict[type[Node], Callable[[Any, Rebuild], Node]]] = {
    And: lambda node, rebuild: conjunction(map(rebuild, node.children)),
    Or: lambda node, rebuild: disjunction(map(rebuild, node.children)),
    ExactlyOne: lambda node, rebuild: exactly_one(map(rebuild, node.children)),
    Items: lambda node, rebuild: items(node.low, node.high, rebuild(node.node)),
    Contains: lambda node, rebuild: contains(rebuild(node.node), node.least),
    Members: lambda node, rebuild: members(node.names, rebuild(node.node)),
    PropertyNames: lambda node, rebuild: property_names(rebuild(node.node)),
    Declared: lambda node, rebuild: declared(tuple((rebuild(when), names) for when, names in node.contributions)),
}


def rebuilt(node: Node, rebuild: Rebuild) -> Node:
    """The node with other parts; itself where it has none."""
    build = _REBUILT.get(type(node))
    if build is None:
        return node
    made = build(node, rebuild)
    return made if node.sign else negation(made)
