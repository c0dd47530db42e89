"""The kinds of nodes, of which `nodes` makes one object each.

A node is a set of JSON values. What it is made of never changes. Beside that it keeps what was found out of it alone
(`negated`, `projections`, `closes`, `facts`); none of that is part of its identity, and each is the same whenever it is
found.

A node with `sign` false holds the complement. An assertion on values of one type holds all values of other types.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeAlias, final

if TYPE_CHECKING:
    from evtcompat.formats.json_schema.algebra.facts import Fact
    from evtcompat.formats.json_schema.algebra.property_names import Names, Pattern

#: A bound or a divisor.
Number: TypeAlias = int | Fraction
#: A condition, and the names of members that are evaluated or declared where it holds (see `unevaluated`).
Contribution: TypeAlias = "tuple[Node, Names]"


class Node:
    """A set of JSON values. Make it with the functions of `nodes`.

    Attributes:
        sign: False for the complement of what the other attributes say.
        negated: The complement, once somebody asked for it.
        projections: What `projection.project` found, by type.
        closes: What `declared.closes` found.
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


@final
class Or(_Combination):
    """Any child; its sign is true."""

    __slots__ = ()
    kind = "or"


@final
class ExactlyOne(_Combination):
    """Exactly one child."""

    __slots__ = ()
    kind = "xone"


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


@final
class AtMost(_Bound):
    """Numbers up to the bound."""

    __slots__ = ()
    kind = "le"


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


@final
class Unique(Node):
    """Arrays of which no two items are equal."""

    __slots__ = ()
    kind = "unique"
    speaks_of = "array"


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
