"""What several schema parts that speak of one place demand together, as far as it helps to make values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

from evtcompat.dataclasses import dataclass, field
from evtcompat.formats.json_schema.describe.value_types import admits
from evtcompat.formats.json_schema.exact import fraction, key
from evtcompat.formats.json_schema.explain.subschemas import SchemaIndex, Subschema
from evtcompat.formats.json_schema.name_patterns import matches
from evtcompat.model.json_types import JSON

#: How many references and conjunctions are followed for one place.
_MOST_PARTS = 64


@dataclass(frozen=True, slots=True)
class Choice:
    """Alternatives of which a value takes one."""

    #: ``anyOf``, ``oneOf`` or ``if``.
    keyword: str
    branches: tuple[tuple[Subschema, ...], ...]


@dataclass(slots=True)
class Merged:
    """The demands of a place. Choices are open; everything else holds for each of their branches."""

    #: ``None`` for any.
    types: tuple[str, ...] | None = None
    #: ``None`` where none are listed.
    values: list[JSON] | None = None
    lowest: Fraction | None = None
    highest: Fraction | None = None
    above: Fraction | None = None
    below: Fraction | None = None
    multiples: list[Fraction] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    patterns: list[str] = field(default_factory=list)
    format: str | None = None
    unique: bool = False
    required: list[str] = field(default_factory=list)
    properties: dict[str, list[Subschema]] = field(default_factory=dict)
    #: Pattern and part.
    by_pattern: list[tuple[str, Subschema]] = field(default_factory=list)
    #: Parts for properties that are not declared; empty where anything goes.
    others: list[Subschema] = field(default_factory=list)
    #: Whether undeclared properties are refused.
    closed: bool = False
    positions: list[list[Subschema]] = field(default_factory=list)
    items: list[Subschema] = field(default_factory=list)
    contained: list[Subschema] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    #: Whether a part is the schema ``false``.
    impossible: bool = False
    #: What its author shows, the examples before the defaults; valid or not.
    examples: list[JSON] = field(default_factory=list)
    defaults: list[JSON] = field(default_factory=list)
    title: str | None = None
    #: How many parts were looked at for it.
    parts: int = 0

    def of_name(self, name: str) -> list[Subschema]:
        """The parts that speak of a property."""
        found = list(self.properties.get(name, ()))
        found += [part for pattern, part in self.by_pattern if matches(pattern, name)]
        return found or list(self.others)


_LEAST = ("minLength", "minItems", "minProperties", "minContains")
_MOST = ("maxLength", "maxItems", "maxProperties", "maxContains")


def merged(side: SchemaIndex, parts: Iterable[Subschema]) -> Merged:
    """The demands of parts that speak of one place, with what they refer to and what they join."""
    result = Merged()
    pending = list(parts)
    while pending and result.parts < _MOST_PARTS:
        part = pending.pop(0)
        result.parts += 1
        if part.value is False:
            result.impossible = True
        target = side.follow(part)
        if target is not None:
            pending.insert(0, target)
            if not side.siblings:
                continue
        joined = part.keywords.get("allOf")
        for index in range(len(joined)) if isinstance(joined, list) else ():
            member = side.below(part, "allOf", index)
            if member is not None:
                pending.append(member)
        _choices(side, part, result)
        _shown(part, result)
        _values(part, result)
        _numbers(part, result)
        _texts(part, result)
        _arrays(side, part, result)
        _objects(side, part, result)
    return result


def _choices(side: SchemaIndex, part: Subschema, result: Merged) -> None:
    for keyword in ("anyOf", "oneOf"):
        members = part.keywords.get(keyword)
        branches = [
            (branch,)
            for index in range(len(members) if isinstance(members, list) else 0)
            if (branch := side.below(part, keyword, index)) is not None
        ]
        if branches:
            result.choices.append(Choice(keyword, tuple(branches)))
    condition = side.below(part, "if")
    if condition is not None:
        then, otherwise = side.below(part, "then"), side.below(part, "else")
        # The way round the condition cannot be built towards; it is tried as the plain schema.
        taken = (condition, then) if then else (condition,)
        result.choices.append(Choice("if", (taken, (otherwise,) if otherwise else ())))


def _shown(part: Subschema, result: Merged) -> None:
    keywords = part.keywords
    listed = keywords.get("examples")
    result.examples += listed if isinstance(listed, list) else []
    result.examples += [keywords[word] for word in ("example",) if word in keywords]
    result.defaults += [keywords[word] for word in ("default",) if word in keywords]
    if isinstance(keywords.get("title"), str) and result.title is None:
        result.title = str(keywords["title"])


def _values(part: Subschema, result: Merged) -> None:
    declared = part.keywords.get("type")
    names = (declared,) if isinstance(declared, str) else declared
    if isinstance(names, list | tuple):
        wanted = tuple(name for name in names if isinstance(name, str))
        if result.types is None:
            result.types = wanted
        else:
            known = result.types
            both = [name for name in known if admits(wanted, name)] + [name for name in wanted if admits(known, name)]
            result.types = tuple(dict.fromkeys(both))
    listed = part.keywords.get("enum")
    if "const" in part.keywords:
        listed = [part.keywords["const"]]
    if isinstance(listed, list):
        keys = {key(value) for value in listed}
        known_values = listed if result.values is None else result.values
        result.values = [value for value in known_values if key(value) in keys]


def _number(value: JSON) -> Fraction | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    return fraction(value)


def _numbers(part: Subschema, result: Merged) -> None:
    keywords = part.keywords
    low, high = _number(keywords.get("minimum")), _number(keywords.get("maximum"))
    above, below = _number(keywords.get("exclusiveMinimum")), _number(keywords.get("exclusiveMaximum"))
    if keywords.get("exclusiveMinimum") is True:
        low, above = None, low
    if keywords.get("exclusiveMaximum") is True:
        high, below = None, high
    result.lowest = max((one for one in (result.lowest, low) if one is not None), default=None)
    result.above = max((one for one in (result.above, above) if one is not None), default=None)
    result.highest = min((one for one in (result.highest, high) if one is not None), default=None)
    result.below = min((one for one in (result.below, below) if one is not None), default=None)
    multiple = _number(keywords.get("multipleOf"))
    if multiple:
        result.multiples.append(multiple)


def _texts(part: Subschema, result: Merged) -> None:
    keywords = part.keywords
    for name in (*_LEAST, *_MOST):
        value = _number(keywords.get(name))
        if value is None:
            continue
        known = result.counts.get(name, int(value))
        result.counts[name] = max(known, int(value)) if name in _LEAST else min(known, int(value))
    if isinstance(keywords.get("pattern"), str):
        result.patterns.append(str(keywords["pattern"]))
    if isinstance(keywords.get("format"), str):
        result.format = str(keywords["format"])


def _arrays(side: SchemaIndex, part: Subschema, result: Merged) -> None:
    keywords = part.keywords
    result.unique = result.unique or keywords.get("uniqueItems") is True
    word = "prefixItems" if isinstance(keywords.get("prefixItems"), list) else "items"
    listed = keywords.get(word)
    for index in range(len(listed)) if isinstance(listed, list) else ():
        position = side.below(part, word, index)
        if position is not None:
            while len(result.positions) <= index:
                result.positions.append([])
            result.positions[index].append(position)
    rest = side.below(part, "additionalItems" if isinstance(keywords.get("items"), list) else "items")
    if rest is not None:
        result.items.append(rest)
    contained = side.below(part, "contains")
    if contained is not None:
        result.contained.append(contained)


def _objects(side: SchemaIndex, part: Subschema, result: Merged) -> None:
    keywords = part.keywords
    result.required += [name for name in _names(keywords.get("required")) if name not in result.required]
    for word, store in (("properties", None), ("patternProperties", result.by_pattern)):
        members = keywords.get(word)
        for name in members if isinstance(members, dict) else ():
            below = side.below(part, word, name)
            if below is None:
                continue
            if store is None:
                result.properties.setdefault(name, []).append(below)
            else:
                store.append((name, below))
    for word in ("additionalProperties", "unevaluatedProperties"):
        rest = side.below(part, word)
        if rest is not None and rest.value is False:
            result.closed = True
        elif rest is not None:
            result.others.append(rest)


def _names(value: JSON) -> Sequence[str]:
    return [name for name in value if isinstance(name, str)] if isinstance(value, list) else []
