"""What Confluent's checker sees of a schema: a tree of typed parts, not keywords.

Its loaders (everit for drafts 4 to 7, json-sKema with a translator for 2019-09 and 2020-12) turn one schema object
into one part per JSON type that its keywords speak of, joined by a conjunction that nobody wrote. The comparison
works on those parts; what is no part (`format`, `contains`, `if`, `propertyNames` beyond its presence) it cannot see.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

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
    #: The schema object it was read from.
    source: JSON = None

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
    return json.dumps(value, sort_keys=True, default=str)


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
    return replace(first, facets=MappingProxyType(facets), notes={**first.notes, **second.notes}, rest=rest)


def combined(criterion: str, parts: tuple[Shape, ...], *, generated: bool = False, source: JSON = None) -> Shape:
    """A combination; `generated` ones stand for keywords side by side and are never written by a person."""
    facets = {"criterion": criterion, "parts": parts, "generated": generated}
    return Shape("combined", MappingProxyType(facets), source=source)
