"""What the keywords may ask of the compiler that calls them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Protocol

from evtcompat.formats.json_schema.algebra.kinds import Contribution, Node
from evtcompat.formats.json_schema.algebra.property_names import Pattern
from evtcompat.formats.json_schema.algebra.unevaluated import EvaluatedItems
from evtcompat.formats.json_schema.keywords.scope import Contents, Scope, Value


class UnmodelledPatternError(Exception):
    """A pattern that is not modelled stands where every pattern must be."""


class Context(Protocol):
    """The compilation of one schema and of what its references reach.

    Attributes:
        asserted: Formats are assertions.
    """

    asserted: bool

    def node(self, contents: Value, scope: Scope, *, enter: bool = True) -> Node:
        """What a schema allows for the value that it is applied to, beside others."""

    def child(self, contents: Value, scope: Scope) -> Node:
        """What a schema allows for a member or an item."""

    def members(self, declared: Contents, scope: Scope) -> list[Node]:
        """What schemas by name allow of an object, each for the member of its name; in the order of the names."""

    def entered(self, contents: Contents, scope: Scope, *, enter: bool) -> Scope:
        """The scope inside a schema, which may be a resource of its own or of another dialect."""

    def referred(self, contents: Contents, scope: Scope, keyword: str) -> Node:
        """What the target of a reference allows."""

    def target(self, contents: Contents, scope: Scope, keyword: str) -> tuple[Value, Scope]:
        """Where a reference leads, and the scope there."""

    def items_evaluated(self, contents: Contents, scope: Scope) -> list[EvaluatedItems]:
        """The items that a schema evaluates, its own ``unevaluatedItems`` left aside."""

    def members_evaluated(self, contents: Contents, scope: Scope) -> list[Contribution]:
        """The members that a schema evaluates, its own ``unevaluatedProperties`` left aside.

        Raises:
            UnmodelledPatternError: They are not known.
        """

    def may_overlap(self, left: Node, right: Node) -> bool:
        """Whether a value may be in both nodes; ``False`` is a proof that none is."""

    def demanded(self, names: list[str]) -> list[Node]:
        """Objects with all these members, and all that are no objects; a list is looked at once."""

    def opaque(
        self,
        label: Hashable,
        of_type: str | None,
        contents: object,
        keyword: str,
        check: Callable[[object], bool | None] | None = None,
    ) -> Node:
        """A node for what is not modelled; it remembers where it comes from."""

    def own_label(self, keyword: str, contents: Contents, scope: Scope) -> Hashable:
        """A label for what depends on more than its own schema object: equal within this compilation only."""

    def pattern(self, source: str, contents: object, *path: str) -> Pattern | None:
        """The language of a pattern; ``None`` where it is not modelled.

        Raises:
            SchemaError: No engine accepts it; ``path`` leads from ``contents`` to it.
        """
