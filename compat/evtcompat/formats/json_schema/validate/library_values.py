"""Values as the library takes them: whole numbers as `int`, others as `Decimal`, what is equal in one as one object."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import compress
from operator import is_not
from typing import Final, NamedTuple, TypeAlias

from evtcompat.formats.json_schema.exact import Value

#: By the identity of a value, the value and what was made of it.
Seen: TypeAlias = dict[int, tuple[Value, Value]]
#: By the content of a value, what was made of it.
_Made: TypeAlias = dict[object, Value]

#: Values that are kept from one to the next.
_MOST_KEPT: Final = 20_000
#: Types whose values a JSON document and the library spell alike.
_AS_THEY_ARE: Final = frozenset((str, int, bool, type(None)))


def library_value(value: Value) -> Value:
    """The value with whole numbers as `int`: what the library takes for integers in every draft.

    What is equal in it, member for member, is one object afterwards: a run looks at one object once.
    """
    return _library_value(value, {}, {})


class _Last(NamedTuple):
    """The object that was made last, the names of its members, and what was made of them."""

    value: dict[str, Value] = {}  # noqa: RUF012 - never changed
    names: tuple[str, ...] | None = None
    members: list[Value] = []  # noqa: RUF012 - never changed


class LibraryValues:
    """Makes values that differ in few places, as payloads of one schema do: it looks where they differ."""

    __slots__ = ("_last", "_made")

    def __init__(self) -> None:
        self._made: _Made = {}
        #: Of a caller none of whose values changes.
        self._last = _Last()

    def exact(self, value: Value, seen: Seen | None = None) -> Value:
        """The value as `library_value` makes it, of which a part that another one had is the same object.

        Args:
            value: Any JSON value.
            seen: Kept by a caller none of whose values changes: a part of several is made once, and what is equal
                stays one object.
        """
        if seen is None:
            if len(self._made) > _MOST_KEPT:
                self._made, self._last = {}, _Last()
            return _library_value(value, {}, self._made)
        if type(value) is not dict:
            return _library_value(value, seen, self._made)
        last, names = self._last, tuple(value)
        others: Iterable[int]
        if names == last.names:
            members = last.members.copy()
            others = compress(range(len(members)), map(is_not, value.values(), last.value.values()))
        else:
            members, others = [None] * len(names), range(len(names))
        for at in others:
            members[at] = _library_value(value[names[at]], seen, self._made)
        self._last = _Last(value, names, members)
        key = names, tuple(map(id, members))
        found = self._made.get(key)
        return self._made.setdefault(key, dict(zip(names, members, strict=True))) if found is None else found

    def member(self, value: Value, seen: Seen) -> Value:
        """What `exact` makes of a member of a value; of a caller none of whose values changes."""
        return _library_value(value, seen, self._made)


def _library_value(value: Value, seen: Seen, made: _Made) -> Value:
    """The same, by the objects that were seen, which are kept beside it, and by what was made of them."""
    kind = type(value)
    if kind in _AS_THEY_ARE:
        return made.setdefault((kind, value), value)
    if isinstance(value, (dict, list, tuple)):
        found = seen.get(id(value))
        if found is None:
            names = tuple(value) if isinstance(value, dict) else None
            inner = value.values() if isinstance(value, dict) else value
            members = [
                made.setdefault((type(one), one), one)
                if type(one) in _AS_THEY_ARE  # asked here too, as most are
                else _library_value(one, seen, made)
                for one in inner
            ]
            copied = members if names is None else dict(zip(names, members, strict=True))
            found = seen[id(value)] = value, made.setdefault((names, tuple(map(id, members))), copied)
        return found[1]
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Decimal) and value == value.to_integral_value():
        value = int(value)
    digits = value.as_tuple() if isinstance(value, Decimal) else value  # 0.50 is told as it was written
    return made.setdefault((type(value), digits), value)
