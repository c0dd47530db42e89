"""Where a schema stands while it is compiled: what the meaning of its keywords depends on."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, TypeAlias

from evtcompat.formats.json_schema.dialect import Dialect

if TYPE_CHECKING:
    from referencing._core import Resolver

    from evtcompat.formats.json_schema.algebra.kinds import Node
    from evtcompat.formats.json_schema.parse.content_keys import ContentKey

#: A schema object, and any value in a schema document.
Contents: TypeAlias = dict[str, Any]
Value: TypeAlias = Any


class Reading(Enum):
    """How a schema is read: as written, or as the lenient policy reads the writer's or the reader's side."""

    WRITTEN = "as written"
    #: Objects hold declared members only.
    CLOSED = "declared members only"
    #: ``false`` for unknown members is lifted.
    LIFTED = "unknown members ignored"

    #: By identity: an enumeration's own way takes longer than what is looked up by it.
    __hash__ = object.__hash__


class Scope:
    """Resolver, dialect and reading; `key` is equal where the same schema means the same."""

    __slots__ = ("_others", "dialect", "key", "members", "nodes", "reading", "resolver")

    def __init__(self, resolver: Resolver[Any] | None, dialect: Dialect, reading: Reading, key: object) -> None:
        self.resolver = resolver
        self.dialect = dialect
        self.reading = reading
        self.key = key
        #: Nodes of parts by content key, where they mean the same wherever they stand; the compiler fills it in.
        self.nodes: dict[ContentKey, Node] | None = None
        #: The constraints on one member that come of them, by name and content key.
        self.members: dict[ContentKey, Node] | None = None
        self._others: dict[Reading, Scope] = {}

    def read(self, reading: Reading) -> Scope:
        """The same place in another reading."""
        if reading is self.reading:
            return self
        found = self._others.get(reading)
        if found is None:
            found = self._others[reading] = Scope(self.resolver, self.dialect, reading, self.key)
        return found
