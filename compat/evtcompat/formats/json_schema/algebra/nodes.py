"""The algebra that every dialect compiles into: interned nodes, closed under negation.

A node is a set of JSON values. Two nodes built alike are the same object, so that identity is (a sound, incomplete
test of) equality and equal parts of two schemas cancel without being looked at. The table holds nodes weakly: it
never outgrows the schemas in use.

What a node is made of never changes. Beside that it keeps what was found out of it alone (`negated`, `projections`,
`closes`, `facts`); none of that is part of its identity, and each is the same whenever it is found.

A node with `sign` false holds the complement. An assertion on values of one type holds all values of other types.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, TypeAlias, TypeVar, final
from weakref import ref

from evtcompat.formats.json_schema.exact import TYPES, Value, dump

if TYPE_CHECKING:
    from evtcompat.formats.json_schema.algebra.property_names import Names, Pattern

#: A bound or a divisor.
Number: TypeAlias = int | Fraction
#: A condition, and the names of members that are declared where it holds (see `unevaluated`).
Contribution: TypeAlias = "tuple[Node, Names]"
#: The node that stands for another one in what is built anew.
Rebuild: TypeAlias = "Callable[[Node], Node]"

_T = TypeVar("_T")


class Node:
    """A set of JSON values, interned. Make it with the functions of this module.

    Attributes:
        sign: False for the complement of what the other attributes say.
        negated: The complement, once somebody asked for it.
        projections: What `projection.project` found, by type.
        closes: What `closures.closes` found.
        facts: What else was found out (`Fact`).
    """

    __slots__ = ("__weakref__", "closes", "facts", "negated", "projections", "sign")

    #: The name in texts.
    kind: ClassVar[str]
    #: The JSON type of whose values it speaks; ``None`` where it may speak of several.
    speaks_of: ClassVar[str | None] = None

    def __init__(self, *, sign: bool) -> None:
        self.sign: Final = sign
        self.negated: Node | None = None
        self.projections: dict[str, Node] | None = None
        self.closes: bool | None = None
        self.facts: dict[Fact[Any], Any] | None = None

    @property
    def parts(self) -> tuple[Node, ...]:
        """The nodes that it consists of."""
        return ()

    @property
    def data(self) -> Hashable:
        """All that it consists of beside its parts."""
        return None

    def complement(self) -> Node:
        """The values that are not in it, made anew; `negation` makes them once."""
        raise NotImplementedError

    def rebuilt(self, rebuild: Rebuild) -> Node:
        """The node with other parts."""
        made = self._positive(rebuild)
        return made if self.sign else negation(made)

    def _positive(self, rebuild: Rebuild) -> Node:  # noqa: ARG002 - for those with parts
        return self if self.sign else negation(self)

    def __repr__(self) -> str:
        """Kind and parts, abbreviated."""
        inner = [repr(self.data)[:40]] if self.data is not None else []
        inner += [part.kind for part in self.parts[:4]]
        return f"{'' if self.sign else '~'}{self.kind}({', '.join(inner)})"


class _Combination(Node):
    """Some nodes for the same value."""

    __slots__ = ("children",)

    def __init__(self, children: tuple[Node, ...], *, sign: bool) -> None:
        super().__init__(sign=sign)
        self.children: Final = children

    @property
    def parts(self) -> tuple[Node, ...]:
        """The children."""
        return self.children


@final
class And(_Combination):
    """All children; its sign is true."""

    __slots__ = ()
    kind = "and"

    def _positive(self, rebuild: Rebuild) -> Node:
        return conjunction(rebuild(child) for child in self.children)

    def complement(self) -> Node:
        """The opposite."""
        return disjunction(negation(child) for child in self.children)


@final
class Or(_Combination):
    """Any child; its sign is true."""

    __slots__ = ()
    kind = "or"

    def _positive(self, rebuild: Rebuild) -> Node:
        return disjunction(rebuild(child) for child in self.children)

    def complement(self) -> Node:
        """The opposite."""
        return conjunction(negation(child) for child in self.children)


@final
class ExactlyOne(_Combination):
    """Exactly one child."""

    __slots__ = ()
    kind = "xone"

    def _positive(self, rebuild: Rebuild) -> Node:
        return exactly_one(rebuild(child) for child in self.children)

    def complement(self) -> Node:
        """The opposite."""
        return _interned(ExactlyOne, self.children, sign=not self.sign)


@final
class Types(Node):
    """Values of these JSON types; its sign is true."""

    __slots__ = ("names",)
    kind = "types"

    def __init__(self, names: tuple[str, ...], *, sign: bool) -> None:
        super().__init__(sign=sign)
        self.names: Final = names

    @property
    def data(self) -> Hashable:
        """The types."""
        return self.names

    def complement(self) -> Node:
        """The opposite."""
        return types(set(TYPES) - set(self.names))


@final
class Enumeration(Node):
    """The listed values, the least to read first, by their `exact.key`."""

    __slots__ = ("keys", "values")
    kind = "enum"

    def __init__(self, keys: frozenset[Hashable], values: dict[Any, Any], *, sign: bool) -> None:
        super().__init__(sign=sign)
        self.keys: Final = keys
        self.values: Final = values

    @property
    def data(self) -> Hashable:
        """The keys."""
        return self.keys

    def complement(self) -> Node:
        """The opposite."""
        return _enumeration(self.keys, self.values, sign=not self.sign)


class _Bound(Node):
    __slots__ = ("bound", "exclusive")
    speaks_of = "number"

    def __init__(self, bound: Number, exclusive: bool, *, sign: bool) -> None:  # noqa: FBT001 - of `_interned`
        super().__init__(sign=sign)
        self.bound: Final = bound
        self.exclusive: Final = exclusive

    @property
    def data(self) -> Hashable:
        """The bound, and whether it is no value itself."""
        return self.bound, self.exclusive


@final
class AtLeast(_Bound):
    """Numbers from the bound upwards."""

    __slots__ = ()
    kind = "ge"

    def complement(self) -> Node:
        """The opposite."""
        return _interned(AtLeast, self.bound, self.exclusive, sign=not self.sign)


@final
class AtMost(_Bound):
    """Numbers up to the bound."""

    __slots__ = ()
    kind = "le"

    def complement(self) -> Node:
        """The opposite."""
        return _interned(AtMost, self.bound, self.exclusive, sign=not self.sign)


@final
class MultipleOf(Node):
    """Numbers that are whole multiples."""

    __slots__ = ("divisor",)
    kind = "multiple"
    speaks_of = "number"

    def __init__(self, divisor: Number, *, sign: bool) -> None:
        super().__init__(sign=sign)
        self.divisor: Final = divisor

    @property
    def data(self) -> Hashable:
        """The divisor."""
        return self.divisor

    def complement(self) -> Node:
        """The opposite."""
        return _interned(MultipleOf, self.divisor, sign=not self.sign)


@final
class MinLength(Node):
    """Strings of at least so many code points."""

    __slots__ = ("length",)
    kind = "length"
    speaks_of = "string"

    def __init__(self, length: int, *, sign: bool) -> None:
        super().__init__(sign=sign)
        self.length: Final = length

    @property
    def data(self) -> Hashable:
        """The length."""
        return self.length

    def complement(self) -> Node:
        """The opposite."""
        return _interned(MinLength, self.length, sign=not self.sign)


@final
class Matches(Node):
    """Strings in a language."""

    __slots__ = ("pattern",)
    kind = "string"
    speaks_of = "string"

    def __init__(self, pattern: Pattern, *, sign: bool) -> None:
        super().__init__(sign=sign)
        self.pattern: Final = pattern

    @property
    def data(self) -> Hashable:
        """The pattern."""
        return self.pattern

    def complement(self) -> Node:
        """The opposite."""
        return _interned(Matches, self.pattern, sign=not self.sign)


@final
class Items(Node):
    """Arrays of which every item at an index from ``low`` to before ``high`` is in the node."""

    __slots__ = ("high", "low", "node")
    kind = "items"
    speaks_of = "array"

    def __init__(self, low: int, high: int | None, node: Node, *, sign: bool) -> None:
        super().__init__(sign=sign)
        self.low: Final = low
        self.high: Final = high
        self.node: Final = node

    @property
    def parts(self) -> tuple[Node, ...]:
        """What is said of the items."""
        return (self.node,)

    @property
    def data(self) -> Hashable:
        """The range."""
        return self.low, self.high

    def _positive(self, rebuild: Rebuild) -> Node:
        return items(self.low, self.high, rebuild(self.node))

    def complement(self) -> Node:
        """The opposite."""
        return _interned(Items, self.low, self.high, self.node, sign=not self.sign)


@final
class Contains(Node):
    """Arrays with at least so many items in the node."""

    __slots__ = ("least", "node")
    kind = "count"
    speaks_of = "array"

    def __init__(self, node: Node, least: int, *, sign: bool) -> None:
        super().__init__(sign=sign)
        self.node: Final = node
        self.least: Final = least

    @property
    def parts(self) -> tuple[Node, ...]:
        """What is said of the items."""
        return (self.node,)

    @property
    def data(self) -> Hashable:
        """The number."""
        return self.least

    def _positive(self, rebuild: Rebuild) -> Node:
        return contains(rebuild(self.node), self.least)

    def complement(self) -> Node:
        """The opposite."""
        return _interned(Contains, self.node, self.least, sign=not self.sign)


@final
class Unique(Node):
    """Arrays of which no two items are equal."""

    __slots__ = ()
    kind = "unique"
    speaks_of = "array"

    def complement(self) -> Node:
        """The opposite."""
        return _interned(Unique, sign=not self.sign)


@final
class Members(Node):
    """Objects of which every member whose name is among the names has a value in the node."""

    __slots__ = ("names", "node")
    kind = "members"
    speaks_of = "object"

    def __init__(self, names: Names, node: Node, *, sign: bool) -> None:
        super().__init__(sign=sign)
        self.names: Final = names
        self.node: Final = node

    @property
    def parts(self) -> tuple[Node, ...]:
        """What is said of the members."""
        return (self.node,)

    @property
    def data(self) -> Hashable:
        """The names."""
        return self.names

    def _positive(self, rebuild: Rebuild) -> Node:
        return members(self.names, rebuild(self.node))

    def complement(self) -> Node:
        """The opposite."""
        return _members(self.names, self.node, sign=not self.sign)


@final
class PropertyNames(Node):
    """Objects of which every member's name is in the node."""

    __slots__ = ("node",)
    kind = "names"
    speaks_of = "object"

    def __init__(self, node: Node, *, sign: bool) -> None:
        super().__init__(sign=sign)
        self.node: Final = node

    @property
    def parts(self) -> tuple[Node, ...]:
        """What is said of the names."""
        return (self.node,)

    def _positive(self, rebuild: Rebuild) -> Node:
        return property_names(rebuild(self.node))

    def complement(self) -> Node:
        """The opposite."""
        return _interned(PropertyNames, self.node, sign=not self.sign)


@final
class MinProperties(Node):
    """Objects with at least so many members."""

    __slots__ = ("least",)
    kind = "size"
    speaks_of = "object"

    def __init__(self, least: int, *, sign: bool) -> None:
        super().__init__(sign=sign)
        self.least: Final = least

    @property
    def data(self) -> Hashable:
        """The number."""
        return self.least

    def complement(self) -> Node:
        """The opposite."""
        return _interned(MinProperties, self.least, sign=not self.sign)


@final
class Declared(Node):
    """Objects with declared members only (`unevaluated.only_declared`); it stands in positive positions only."""

    __slots__ = ("contributions",)
    kind = "declared"
    speaks_of = "object"

    def __init__(self, contributions: tuple[Contribution, ...], *, sign: bool) -> None:
        super().__init__(sign=sign)
        self.contributions: Final = contributions

    @property
    def parts(self) -> tuple[Node, ...]:
        """The conditions under which members are declared."""
        return tuple(condition for condition, _ in self.contributions)

    @property
    def data(self) -> Hashable:
        """The names that are declared, by condition."""
        return tuple(names for _, names in self.contributions)

    def _positive(self, rebuild: Rebuild) -> Node:
        return declared(tuple((rebuild(condition), names) for condition, names in self.contributions))

    def complement(self) -> Node:
        """There is none.

        Raises:
            AssertionError: Always.
        """
        message = "a declared node stands in positive positions only"
        raise AssertionError(message)


class UntiedReferenceError(Exception):
    """A reference is looked through while what it refers to is still being compiled."""


class Binding:
    """Where a reference leads: unknown until what it refers to is compiled, and then always the same.

    Args:
        owner: What the binding keeps alive.
        final: It belongs to an interned component (`components`).
    """

    __slots__ = ("__weakref__", "_target", "final", "owner")

    def __init__(self, owner: object = None, *, final: bool = False) -> None:
        self._target: Node | None = None
        self.owner: Final = owner
        self.final: Final = final

    @property
    def tied(self) -> bool:
        """The target is known."""
        return self._target is not None

    @property
    def target(self) -> Node:
        """What a reference with this binding holds.

        Raises:
            UntiedReferenceError: That is not known yet.
        """
        if self._target is None:
            raise UntiedReferenceError
        return self._target

    def tie(self, target: Node) -> None:
        """From now on, references with this binding hold what ``target`` holds."""
        self._target = target


@final
class Reference(Node):
    """What the target of its binding holds."""

    __slots__ = ("binding",)
    kind = "ref"

    def __init__(self, binding: Binding, *, sign: bool) -> None:
        super().__init__(sign=sign)
        self.binding: Final = binding

    @property
    def data(self) -> Hashable:
        """The binding."""
        return self.binding

    @property
    def target(self) -> Node:
        """What it holds.

        Raises:
            UntiedReferenceError: That is not known yet.
        """
        target = self.binding.target
        return target if self.sign else negation(target)

    def complement(self) -> Node:
        """The opposite."""
        return _interned(Reference, self.binding, sign=not self.sign)


@final
class Opaque(Node):
    """What is not modelled: equal labels are equal sets. It holds all values of other types, where it has a type."""

    __slots__ = ("check", "label", "of_type")
    kind = "opaque"

    def __init__(
        self,
        label: Hashable,
        of_type: str | None,
        check: Callable[[object], bool | None] | None,
        *,
        sign: bool,
    ) -> None:
        super().__init__(sign=sign)
        self.label: Final = label
        self.of_type: Final = of_type
        self.check: Final = check

    @property
    def data(self) -> Hashable:
        """The label and the type."""
        return self.label, self.of_type

    def complement(self) -> Node:
        """The opposite."""
        return _opaque(self.label, self.of_type, self.check, sign=not self.sign)


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


# ---- what is found out of nodes ----


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


def derived(find: Callable[[_N], _T]) -> Callable[[_N], _T]:
    """A function of a node alone, which never returns ``None``, called once for each node."""
    known: Fact[_T] = Fact()

    def found(node: _N) -> _T:
        result = known.of(node)
        if result is None:
            result = find(node)
            known.note(node, result)
        return result

    return found


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
    """The values that are not in ``node``."""
    known = node.negated
    if known is not None:
        return known
    found = node.complement()
    if found.negated is None:
        found.negated = node
    node.negated = found
    return found


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
