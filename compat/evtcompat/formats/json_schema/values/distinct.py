"""Values of one schema as they are made: each of them once, and whether it is valid."""

from __future__ import annotations

from collections.abc import Hashable
from itertools import compress
from operator import is_not
from typing import Any

from evtcompat.formats.json_schema.exact import dump
from evtcompat.formats.json_schema.explain.subschemas import SchemaIndex
from evtcompat.formats.json_schema.validate.validator import ValidatorFailedError
from evtcompat.model.json_types import JSON


class Distinct:
    """Tells of values whether they are valid, and which of them were there before.

    Most values of an object schema differ from the plainest one in one member: of such only that member is looked at.
    The values that it was asked about are kept, and must not be changed.
    """

    def __init__(self, side: SchemaIndex) -> None:
        """Nothing was there before."""
        self._side = side
        self._seen: dict[int, tuple[JSON, JSON]] = {}
        #: By what is equal where numbers are exact; with the exact value, so that nothing else takes its place.
        self._written: dict[Hashable, tuple[JSON, list[JSON]]] = {}
        #: An object that is valid, the names of its members, and the object as the validator takes it.
        self._plain: tuple[dict[str, JSON], tuple[str, ...], dict[str, Any]] | None = None

    def validity(self, value: JSON) -> bool | None:
        """Whether the `jsonschema` library accepts a value.

        ``None`` where that is not known, and for a value that was there already; 1.0 and 1 are two values, as they are
        written differently.
        """
        try:
            found = self._of_one_member(value)
            return self._of_whole(value) if found is None else found[0]
        except ValidatorFailedError:
            return None

    def _of_one_member(self, value: JSON) -> tuple[bool | None] | None:
        """The same for what differs from the plain object in one member; ``None`` for what does not."""
        if self._plain is None or type(value) is not dict:
            return None
        plain, names, exact = self._plain
        if tuple(value) != names:
            return None
        others = list(compress(names, map(is_not, value.values(), plain.values())))
        if len(others) != 1:
            return None
        (name,) = others
        member = self._side.validator.exact_member(value[name], self._seen)
        if member is exact[name]:
            return None
        written = self._known(((name, id(member)),), member)
        if _is_among(value, written):
            return (None,)
        valid = self._side.validator.accepts_member(exact, name, member)
        written.append(value)
        return (valid,)

    def _of_whole(self, value: JSON) -> bool | None:
        exact = self._side.exact(value, self._seen)
        written = self._known(self._key(exact), exact)
        if _is_among(value, written):
            return None
        valid = self._side.accepts(self._side.root, exact)
        written.append(value)
        first = valid and self._plain is None and self._side.validator.is_apart
        if first and isinstance(value, dict) and isinstance(exact, dict):
            self._plain = value, tuple(value), exact
            self._written = {self._key(one[0]): one for one in self._written.values()}
        return valid

    def _known(self, key: Hashable, exact: JSON) -> list[JSON]:
        return self._written.setdefault(key, (exact, []))[1]

    def _key(self, exact: JSON) -> Hashable:
        """What is equal for values that are: where an object has the plain one's names, what it has otherwise."""
        if self._plain is None or type(exact) is not dict or tuple(exact) != self._plain[1]:
            return id(exact)
        plain = self._plain[2]
        return tuple((name, id(member)) for name, member in exact.items() if member is not plain[name])


def _is_among(value: JSON, written: list[JSON]) -> bool:
    if not written:
        return False
    text = dump(value)
    return any(text == dump(one) for one in written)
