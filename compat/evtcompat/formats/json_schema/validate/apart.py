"""An object schema that asks each declared member by itself: what it says of one, it says whatever the others are.

Payloads of a schema differ from one another in few members. Of those that were looked at already, the answer is known.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import compress
from operator import is_not
from typing import Final

from evtcompat.formats.json_schema.exact import Value

#: Keywords that speak of one member, or of the names alone, where they are written so that `apart` knows them.
_APART: Final = frozenset({"type", "properties", "required", "additionalProperties"})
#: Answers about members that are kept.
_MOST_KEPT: Final = 20_000


class ApartMembers:
    """Whether an object schema accepts an object, by its members."""

    def __init__(self, properties: Mapping[str, Value], required: tuple[str, ...], *, closed: bool) -> None:
        """A schema whose only keywords these are.

        Args:
            properties: The schemas of the declared members.
            required: The members that an object must have.
            closed: Whether it must have no others.
        """
        self._properties = properties
        self._required = required
        self._closed = closed
        #: By name and by the member's identity; with the member, so that nothing else takes its place.
        self._known: dict[tuple[str, int], tuple[bool, Value]] = {}
        #: The object that was accepted last, and the names of its members.
        self._last: tuple[dict[str, Value], list[str] | None] = {}, None

    def declares(self, name: str) -> bool:
        """Whether there is a schema for the member of a name."""
        return name in self._properties

    @property
    def declared_alone(self) -> Collection[str] | None:
        """The declared members, where an object must have no others."""
        return self._properties.keys() if self._closed else None

    def accepts(self, instance: dict[str, Value], asks: Callable[[str, Value, Value], bool]) -> bool:
        """Whether the schema accepts an object.

        Args:
            instance: The object. Its members are never changed.
            asks: Whether the member of a name is accepted by the schema that is declared for it, given the name, the
                schema and the member; called where that was not told yet.
        """
        last, names = self._last
        members: Iterable[tuple[str, Value]]
        if names == list(instance):
            # what the names have to be, they are; of the members those count that are others
            members = compress(instance.items(), map(is_not, instance.values(), last.values()))
        elif self._names(instance):
            names, members = list(instance), instance.items()
        else:
            return False
        if not all(self._accepted(name, member, asks) for name, member in members):
            return False
        self._last = instance, names
        return True

    def accepts_member(self, name: str, member: Value, asks: Callable[[str, Value, Value], bool]) -> bool:
        """Whether the schema says nothing against one member; see `accepts`."""
        return self._accepted(name, member, asks)

    def _names(self, instance: Mapping[str, Value]) -> bool:
        """Whether the schema says nothing against the names of the members."""
        if not all(name in instance for name in self._required):
            return False
        return not self._closed or all(name in self._properties for name in instance)

    def _accepted(self, name: str, member: Value, asks: Callable[[str, Value, Value], bool]) -> bool:
        if name not in self._properties:
            return True
        known = self._known
        found = known.get((name, id(member)))
        if found is None:
            if len(known) > _MOST_KEPT:
                known.clear()
            found = known[name, id(member)] = asks(name, self._properties[name], member), member
        return found[0]


def apart(schema: Value, speaking: Mapping[str, object]) -> ApartMembers | None:
    """The schema by its members; ``None`` where it says more of an object than what each member is by itself.

    Args:
        schema: As it is written.
        speaking: The keywords that mean anything in its dialect.
    """
    if not isinstance(schema, dict) or any(name in speaking and name not in _APART for name in schema):
        return None
    properties, required = schema.get("properties", {}), schema.get("required", [])
    rest = schema.get("additionalProperties", True)
    if (
        schema.get("type", "object") != "object"
        or not isinstance(properties, dict)
        or not isinstance(required, list)
        or not isinstance(rest, bool)
        or "$ref" in schema
    ):
        return None
    return ApartMembers(properties, tuple(required), closed=not rest)
