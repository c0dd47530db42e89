"""Which subschemas of a writer apply to one place of an instance that it accepts.

An instance settles what the schema alone leaves open: which branches of `anyOf` and `oneOf` were taken, which way
`if` went, which properties a pattern caught. What is left is a list of subschemas that all apply to the place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from evtcompat.formats.json_schema.describe import paths
from evtcompat.formats.json_schema.describe.value_types import Types
from evtcompat.formats.json_schema.explain.subschemas import SchemaIndex, Subschema
from evtcompat.formats.json_schema.keywords.keyword import AppliesTo
from evtcompat.formats.json_schema.keywords.table import applied_to
from evtcompat.formats.json_schema.name_patterns import matches
from evtcompat.model.json_types import JSON
from evtcompat.model.pointers import found_at

#: Keywords of which an instance takes some branches and not others.
BRANCHING = ("anyOf", "oneOf")
_IN_PLACE: Final = frozenset(applied_to(AppliesTo.SAME_VALUE))
#: Keywords that may speak of members that they do not name.
_OF_ANY: Final = frozenset(("patternProperties", "additionalProperties", "unevaluatedProperties"))
#: Subschemas for one place that are looked through one by one.
_FEW: Final = 8


class Applied(NamedTuple):
    """One subschema that applies to a place, and the place's name on its way."""

    part: Subschema
    names: str
    #: The keyword by which the place was reached: ``properties``, ``patternProperties``, ``additionalProperties``,
    #: ``items``, ...; ``""`` for the root.
    by: str = ""
    #: The branch of `anyOf` or `oneOf` that led here, as it is written; ``None`` where none did.
    branch: Subschema | None = None
    #: Whether the subschema stands at the place itself, and not behind a reference or a combination.
    direct: bool = True


class AppliedByPath:
    """What applies to places, by their paths, for one schema and one instance."""

    __slots__ = ("asked_for", "by_name", "members", "places", "types")

    def __init__(self) -> None:
        #: The types that the schema admits at the places that were asked about.
        self.types: dict[tuple[str | int, ...], Types] = {}
        self.places: dict[tuple[str | int, ...], tuple[Applied, ...]] = {}
        self.members: dict[tuple[str | int, ...], _Members] = {}
        #: The names that the schema requires at a place, in some branch or under some condition.
        self.asked_for: dict[tuple[str | int, ...], frozenset[str]] = {}
        #: The messages of failures about names, by the identity of all messages of one: failures outlive this.
        self.by_name: dict[int, dict[str, str]] = {}

    def speaking_of(self, path: tuple[str | int, ...], step: str | int) -> Sequence[Applied]:
        """Those at a path that may say something of a member or an item there."""
        found = self.places[path]
        if isinstance(step, int) or len(found) <= _FEW:
            return found
        members = self.members.get(path)
        if members is None:
            members = self.members[path] = _Members(found)
        return members.speaking_of(step)


class _Members:
    """Many subschemas for one object, by the members that they speak of."""

    def __init__(self, applied: Sequence[Applied]) -> None:
        self._applied = applied
        self._of_any: list[int] = []
        self._of: dict[str, list[int]] = {}
        for index, one in enumerate(applied):
            if not _OF_ANY.isdisjoint(one.part.keywords):
                self._of_any.append(index)
            declared = one.part.keywords.get("properties")
            for name in declared if isinstance(declared, dict) else ():
                self._of.setdefault(name, []).append(index)

    def speaking_of(self, name: str) -> list[Applied]:
        """Those that may say something of a member, in their order."""
        return [self._applied[index] for index in sorted({*self._of_any, *self._of.get(name, ())})]


def applied_at(
    schema: SchemaIndex, instance: JSON, path: tuple[str | int, ...], known: AppliedByPath | None = None
) -> tuple[Applied, ...]:
    """The subschemas that apply to `path` in an instance that the schema accepts; none where it leaves the place open.

    `known` is what was found of the same instance before; what is found now is added.
    """
    known = AppliedByPath() if known is None else known
    places = known.places
    length = len(path)
    while length and path[:length] not in places:
        length -= 1
    if not length and () not in places:
        places[()] = tuple(_in_place(schema, [Applied(schema.root, "")], instance))
    instance = found_at(instance, path[:length])
    for end in range(length, len(path)):
        step = path[end]
        around = known.speaking_of(path[:end], step)
        below = [inner for one in around for inner in _step(schema, one, step)]
        if not below:
            below = [inner for one in around for inner in _unevaluated(schema, one, step)]
        instance = found_at(instance, (step,))
        places[path[: end + 1]] = tuple(_in_place(schema, below, instance))
    return places[path]


def _in_place(schema: SchemaIndex, start: Sequence[Applied], instance: JSON) -> list[Applied]:
    """What applies, and all that it applies to the same place: by references, conjunctions and the branches taken."""
    found: list[Applied] = []
    visited: set[tuple[str | None, str]] = set()
    pending = [*reversed(start)]
    while pending:
        one = pending.pop()
        key = (one.part.origin, one.part.pointer)
        if key in visited:
            continue
        visited.add(key)
        targets = schema.targets(one.part)
        beside: list[Applied] = []
        if not targets or schema.siblings:
            found.append(one)
            beside = [
                Applied(member, one.names, one.by, member if keyword in BRANCHING else one.branch, direct=False)
                for keyword, member in _applicators(schema, one.part, instance)
            ]
        # Where `$ref` hides what stands beside it, what it leads to stands in its stead.
        direct = one.direct and not schema.siblings
        behind = [Applied(target, one.names, one.by, one.branch, direct=direct) for target in targets]
        pending += reversed(behind + beside)
    return found


def _applicators(schema: SchemaIndex, part: Subschema, instance: JSON) -> Iterator[tuple[str, Subschema]]:
    """The subschemas that one applies to the same place, given the instance there, with their keyword."""
    if part.keywords.keys().isdisjoint(_IN_PLACE):
        return
    yield from (("allOf", member) for member in schema.members(part, "allOf"))
    for keyword in BRANCHING:
        members = (one for one in schema.branches(part, keyword, instance) if schema.accepts(one, instance))
        yield from ((keyword, member) for member in members)
    condition = schema.below(part, "if")
    if condition is not None:
        taken = schema.below(part, "then" if schema.accepts(condition, instance) else "else")
        if taken is not None:
            yield "if", taken
    for keyword in ("dependentSchemas", "dependencies"):
        triggers = part.keywords.get(keyword)
        present = instance if isinstance(instance, dict) else {}
        for name in triggers if isinstance(triggers, dict) else ():
            dependent = schema.below(part, keyword, name)
            if name in present and dependent is not None:
                yield keyword, dependent


def _step(schema: SchemaIndex, one: Applied, step: str | int) -> Iterator[Applied]:
    """What applies to a member or an item of the place that `one` applies to."""
    return _to_member(schema, one, step) if isinstance(step, str) else _to_item(schema, one, step)


def _to_member(schema: SchemaIndex, one: Applied, name: str) -> Iterator[Applied]:
    declared = [(("properties", name), paths.member(one.names, name))]
    patterns = one.part.keywords.get("patternProperties")
    declared += [
        (("patternProperties", pattern), paths.matching_member(one.names, pattern))
        for pattern in (patterns if isinstance(patterns, dict) else ())
        if matches(pattern, name)
    ]
    found = False
    for steps, names in declared:
        below = schema.below(one.part, *steps)
        if below is not None:
            found = True
            yield Applied(below, names, steps[0])
    rest = None if found else schema.below(one.part, "additionalProperties")
    if rest is not None:
        yield Applied(rest, paths.any_member(one.names), "additionalProperties")


def _to_item(schema: SchemaIndex, one: Applied, position: int) -> Iterator[Applied]:
    for keyword in ("prefixItems", "items"):
        below = schema.below(one.part, keyword, position)
        if below is not None:
            yield Applied(below, paths.item(one.names, position), keyword)
            return
    keyword = "additionalItems" if isinstance(one.part.keywords.get("items"), list) else "items"
    rest = schema.below(one.part, keyword)
    if rest is not None:
        yield Applied(rest, paths.item(one.names), keyword)


def _unevaluated(schema: SchemaIndex, one: Applied, step: str | int) -> Iterator[Applied]:
    """What applies to what no keyword beside has evaluated."""
    keyword = "unevaluatedProperties" if isinstance(step, str) else "unevaluatedItems"
    below = schema.below(one.part, keyword)
    if below is not None:
        yield Applied(below, paths.any_member(one.names) if isinstance(step, str) else paths.item(one.names), keyword)
