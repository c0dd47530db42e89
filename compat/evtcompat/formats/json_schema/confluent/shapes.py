"""What Confluent's checker sees of a schema: a tree of typed parts, not keywords.

Its loaders (everit for drafts 4 to 7, json-sKema with a translator for 2019-09 and 2020-12) turn one schema object
into one part per JSON type that its keywords speak of, joined by a conjunction that nobody wrote. The comparison
works on those parts; what is no part (`format`, `contains`, `if`, `propertyNames` beyond its presence) it cannot see.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final, TypeAlias

from evtcompat.dataclasses import dataclass, field, replace
from evtcompat.formats.json_schema.parse.content_keys import CacheKind, content_key, current, fragment_of, value_of
from evtcompat.model.json_types import JSON


class UnreadableError(Exception):
    """The schema uses something that cannot be followed here; the prediction stays open."""


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """One part. Compared by identity: the comparison remembers pairs of parts."""

    #: ``string``, ``number``, ``object``, ``array``, ``boolean``, ``null``, ``const``, ``enum``, ``not``,
    #: ``combined``, ``conditional``, ``reference``, ``empty`` (accepts all), ``true`` or ``false``.
    kind: str
    #: What the kind holds, by keyword or by the part's own words (``criterion``, ``parts``, ``target``).
    facets: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    #: Title, description, default and id, as far as written.
    notes: Mapping[str, JSON] = field(default_factory=lambda: MappingProxyType({}))
    #: Keywords that the loader did not know.
    rest: Mapping[str, JSON] = field(default_factory=lambda: MappingProxyType({}))
    #: The schema object it was read from, or an equal one.
    source: JSON = None
    #: Comparing it with itself certainly finds no difference.
    alike: bool = False
    #: Nothing in it refers elsewhere.
    closed: bool = False

    @property
    def open(self) -> bool:
        """Whether the part is the schema that accepts everything."""
        return self.kind in ("empty", "true")

    @property
    def parts(self) -> tuple[Shape, ...]:
        """The members of a combination."""
        parts = self.facets["parts"]
        assert isinstance(parts, tuple)  # noqa: S101 - narrows the type; only `combined` builds the facet
        return parts

    def text(self) -> str:
        """A text that is equal for two parts exactly when Confluent would print the same schema for both."""
        own = {key: value for key, value in self.facets.items() if isinstance(value, str | int | bool)}
        return f"{self.kind} {sorted(own.items())} {canonical(self.source)}"


#: Looks up the part that a reference names.
Follow = Callable[[Shape], Shape]

TYPES = ("string", "integer", "number", "boolean", "null", "array", "object")

_NUMBER_LIMITS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_STRING_LIMITS = ("minLength", "maxLength", "pattern")


def canonical(value: JSON) -> str:
    """One text per JSON value; ``1``, ``1.0`` and ``true`` have three."""
    return f'"{value}"' if type(value) is Decimal else _ENCODE(value)  # the encoder would ask for each by itself


_ENCODE: Final = json.JSONEncoder(sort_keys=True, default=str).encode


def typed(name: str) -> Shape:
    """The part that a bare `type` makes."""
    if name == "integer":
        return Shape("number", MappingProxyType({"integer": True}), source={"type": name})
    return Shape(name, source={"type": name})


def number_facets(schema: Mapping[str, JSON]) -> dict[str, object]:
    """The limits of a number; the boolean `exclusiveMinimum` of draft 4 is not compared."""
    return {key: schema[key] for key in _NUMBER_LIMITS if key in schema and not isinstance(schema[key], bool)}


def string_facets(schema: Mapping[str, JSON]) -> dict[str, object]:
    """The limits of a string."""
    return {key: schema[key] for key in _STRING_LIMITS if key in schema}


def merged(first: Shape, second: Shape) -> Shape:
    """Two parts of one kind as one: what the second says wins, members are united."""
    facets = dict(first.facets)
    for key, value in second.facets.items():
        known = facets.get(key)
        if isinstance(known, dict) and isinstance(value, dict):
            facets[key] = {**known, **value}
        elif isinstance(known, tuple) and isinstance(value, tuple):
            facets[key] = (*known, *value)
        else:
            facets[key] = value
    rest = {**first.rest, **second.rest}
    return replace(
        first,
        facets=MappingProxyType(facets),
        notes={**first.notes, **second.notes},
        rest=rest,
        alike=False,
        closed=False,
    )


_Scope: TypeAlias = tuple[Hashable, ...]
#: Parts that refer elsewhere mean something else in another document.
_REFERENCES = (fragment_of("$ref"), fragment_of("$dynamicRef"), fragment_of("$recursiveRef"))
#: Of these, comparing one with itself may name differences that pass.
_PECULIAR = frozenset(("not", "conditional", "reference"))
#: Between two of these, the registry always sees another type.
APART = frozenset(("string", "number", "object", "array", "boolean", "null", "enum", "const"))


#: Parts of schemas as the registry reads them.
_PARTS: Final[CacheKind[Shape]] = CacheKind()


def met_before(
    scope: _Scope, schema: dict[str, JSON], read: Callable[[dict[str, JSON], bool], Shape], *, copied: bool = False
) -> Shape:
    """What ``read`` makes of a schema; the same part for the same words in the same scope.

    Args:
        scope: What the part depends on beside its words.
        schema: What is read.
        read: Reads a schema; told whether that is a copy, as here.
        copied: The schema stands in a copy, which nobody changes, and in which nothing refers elsewhere.

    Raises:
        UnreadableError: `read` does.
    """
    key = content_key(schema)
    if key is None or (not copied and any(map(key.__contains__, _REFERENCES))):
        return read(schema, copied)
    known = current()
    table = known.table(_PARTS, scope)
    found = table.get(key)
    if found is None:
        # From a copy: others may change the document while the part is in use.
        found = read(schema if copied else value_of(key), True)  # noqa: FBT003 - it is one now
        found = replace(found, alike=_alike(found), closed=True)
        known.keep(table, key, found)
    return found


def _alike(shape: Shape) -> bool:
    if shape.kind in _PECULIAR:
        return False
    if shape.kind == "combined":
        return _apart(shape.parts)
    for facet in shape.facets.values():
        inner = facet.values() if isinstance(facet, dict) else facet if isinstance(facet, tuple) else (facet,)
        if not all(one.alike for one in inner if isinstance(one, Shape)):
            return False
    return True


def _apart(parts: tuple[Shape, ...]) -> bool:
    """Whether each part of a combination can stand for itself only."""
    kinds = {part.kind for part in parts if not part.rest}
    return len(kinds) == len(parts) and kinds <= APART and all(_alike(part) for part in parts)


def combined(criterion: str, parts: tuple[Shape, ...], *, generated: bool = False, source: JSON = None) -> Shape:
    """A combination; `generated` ones stand for keywords side by side and are never written by a person."""
    facets = {"criterion": criterion, "parts": parts, "generated": generated}
    return Shape("combined", MappingProxyType(facets), source=source)
