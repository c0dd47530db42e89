"""What the handlers of keywords may ask of the compiler that calls them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Protocol

from evtcompat.errors import SchemaError
from evtcompat.formats.json_schema.compiling.scope import Contents, Scope, Value
from evtcompat.formats.json_schema.nodes import Node
from evtcompat.formats.json_schema.property_names import Pattern


class Context(Protocol):
    """The compilation of one schema and of what its references reach.

    Attributes:
        asserted: Formats are assertions.
        depth: How many steps into members and items lie between the root and the schema that is being compiled.
        placing: The schemas whose annotations are being collected, to notice circles.
    """

    asserted: bool
    depth: int
    placing: set[object]

    def node(self, contents: Value, scope: Scope, *, enter: bool = True) -> Node:
        """What a schema allows for the value that it is applied to, beside others."""

    def child(self, contents: Value, scope: Scope) -> Node:
        """What a schema allows for a member or an item."""

    def entered(self, contents: Contents, scope: Scope, *, enter: bool) -> Scope:
        """The scope inside a schema, which may be a resource of its own or of another dialect."""

    def referred(self, contents: Contents, scope: Scope, keyword: str) -> Node:
        """What the target of a reference allows."""

    def target(self, contents: Contents, scope: Scope, keyword: str) -> tuple[Value, Scope]:
        """Where a reference leads, and the scope there."""

    def circle(self, contents: object) -> SchemaError:
        """The error for a schema that validation would never leave."""

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
