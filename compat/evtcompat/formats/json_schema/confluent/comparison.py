"""The comparison: which differences stand between an original and an update, part by part."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from evtcompat.dataclasses import dataclass
from evtcompat.formats.json_schema.confluent import facets
from evtcompat.formats.json_schema.confluent.changes import passes
from evtcompat.formats.json_schema.confluent.fixed_members import comparable
from evtcompat.formats.json_schema.confluent.leaves import LEAVES, PlacedKind, Way, limit
from evtcompat.formats.json_schema.confluent.matching import matching
from evtcompat.formats.json_schema.confluent.shapes import Follow, Shape, canonical
from evtcompat.model.verdicts import Policy
from evtcompat.regular.steps import Steps


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference, named and placed as the registry prints it."""

    #: A key of `ALLOWED_BY`.
    kind: str
    #: The registry's path, ``#/properties/price/maximum``: schema keywords and names joined by slashes, unescaped.
    path: str


_Pair = tuple[int, int]


class RegistryComparison:
    """One pass over a pair of documents under one policy."""

    def __init__(
        self,
        policy: Policy,
        original: Follow,
        update: Follow,
        known_bad: Mapping[_Pair, list[PlacedKind]] | None = None,
        steps: Steps | None = None,
    ) -> None:
        self._policy = policy
        self._steps = steps or Steps(None)
        #: How references are followed on each side; exchanged while a negation is compared.
        self._follow = (original, update)
        self._known_bad = known_bad or {}
        self._memo: dict[_Pair, list[PlacedKind]] = {}
        self._open: set[_Pair] = set()
        #: By the identity of a combination: its parts, each once.
        self._once: dict[int, tuple[Shape, ...]] = {}
        #: Parts are remembered by identity, so they must stay alive.
        self._kept: list[Shape] = []
        #: The recursive pairs that were taken for compatible while they were still being compared.
        self._assumed: set[_Pair] = set()

    def passes(self, found: list[PlacedKind]) -> bool:
        """Whether the policy lets all of them pass."""
        return passes((kind for kind, _ in found), self._policy)

    def wrongly_assumed(self) -> bool:
        """Whether a recursive pair was taken for compatible that does not pass, so that another pass is needed."""
        return any(not self.passes(self._memo[pair]) for pair in self._assumed)

    def incompatible_pairs(self) -> dict[_Pair, list[PlacedKind]]:
        """The pairs that were found not to pass, for the next pass over recursive schemas."""
        return {pair: found for pair, found in self._memo.items() if not self.passes(found)}

    def compare(self, original: Shape | None, update: Shape | None) -> list[PlacedKind]:
        """The differences of a pair; a missing part stands for a keyword that is not written.

        Raises:
            BudgetExceededError: There are more pairs and differences than steps.
        """
        if original is None or update is None:
            if original is update:
                return []
            return [("SCHEMA_ADDED" if original is None else "SCHEMA_REMOVED", ())]
        if original is update and original.alike:
            return []
        original = self._follow[0](original) if original.kind == "reference" else original
        update = self._follow[1](update) if update.kind == "reference" else update
        pair = (id(original), id(update))
        if pair in self._memo:
            return self._memo[pair]
        if pair in self._open:
            if pair in self._known_bad:
                return self._known_bad[pair]
            self._assumed.add(pair)
            return []
        self._open.add(pair)
        try:
            return self._noted(original, update, [*self._parts(original, update)])
        finally:
            self._open.discard(pair)

    def _noted(self, original: Shape, update: Shape, found: list[PlacedKind]) -> list[PlacedKind]:
        """The differences of a pair, remembered."""
        self._steps.spend(_FACETS.get(original.kind, 1) + len(found))
        self._kept += (original, update)
        self._memo[id(original), id(update)] = found
        return found

    def _parts(self, original: Shape, update: Shape) -> Iterator[PlacedKind]:
        rescued = self._against_combination(original, update)
        if rescued is not None:
            yield from rescued
            return
        if original.kind != update.kind:
            if original.kind == "false" or update.open:
                return
            if original.rest.get("connect.type") == update.rest.get("connect.type") == "bytes":
                return  # the registry lets Connect's two spellings of bytes stand for each other
            yield "TYPE_CHANGED", ()
            return
        for note, kind in _NOTES if original.notes or update.notes else ():
            before, after = original.notes.get(note), update.notes.get(note)
            same = before is after or (isinstance(before, str) and before == after)
            if not same and canonical(before) != canonical(after):
                yield kind, ()
        nested = {"combined": self._combined, "not": self._not, "object": self._object, "array": self._array}
        compare = LEAVES.get(original.kind) or nested.get(original.kind)
        if compare is not None:
            yield from compare(original, update)

    def _against_combination(self, original: Shape, update: Shape) -> list[PlacedKind] | None:
        """The differences when one side alone is a combination and one of its members answers for it."""
        if (original.kind == "combined") == (update.kind == "combined"):
            return None
        whole, widening = (update, "SUM_TYPE_EXTENDED") if update.kind == "combined" else (
            original, "PRODUCT_TYPE_NARROWED"
        )  # fmt: skip
        single = len(whole.parts) == 1
        criteria = ("anyOf", "oneOf") if whole is update else ("allOf",)
        if not single and whole.facets["criterion"] not in criteria:
            return None
        for member in whole.parts:
            found = self.compare(original, member) if whole is update else self.compare(member, update)
            if self.passes(found):
                return found if single else [*found, (widening, ())]
        return None

    def _not(self, original: Shape, update: Shape) -> Iterator[PlacedKind]:
        self._follow = (self._follow[1], self._follow[0])
        try:
            found = self.compare(facets.part(update, "inner"), facets.part(original, "inner"))
        finally:
            self._follow = (self._follow[1], self._follow[0])
        yield "NOT_TYPE_NARROWED" if self.passes(found) else "NOT_TYPE_EXTENDED", ("not",)

    def _combined(self, original: Shape, update: Shape) -> Iterator[PlacedKind]:
        before, after = str(original.facets["criterion"]), str(update.facets["criterion"])
        if before != after:
            alone = len(original.parts) == 1, len(update.parts) == 1
            extended = (
                after == "anyOf" or all(alone) or (alone[0] and after == "oneOf") or (alone[1] and before == "allOf")
            )
            yield "COMBINED_TYPE_EXTENDED" if extended else "COMBINED_TYPE_CHANGED", ()
            if not extended:
                return
        befores, afters = self._distinct(original), self._distinct(update)
        if len(befores) < len(afters):
            yield "PRODUCT_TYPE_EXTENDED" if after == "allOf" else "SUM_TYPE_EXTENDED", ()
        elif len(befores) > len(afters):
            yield "PRODUCT_TYPE_NARROWED" if before == "allOf" else "SUM_TYPE_NARROWED", ()
        edges = self._edges(befores, afters)
        # All pairs of those that changed are followed, or none: each takes a step at least.
        self._steps.demand(edges.most)
        chosen = matching(len(befores), edges.candidates, edges.passes)
        for i, j in sorted(chosen):
            yield from _under(f"{before}/{i}", edges.found[i, j] or ())
        if len(chosen) < min(len(befores), len(afters)):
            yield "COMBINED_TYPE_SUBSCHEMAS_CHANGED", ()

    def _distinct(self, whole: Shape) -> tuple[Shape, ...]:
        """The parts of a combination, of equal ones the first; it may be held against many others."""
        found = self._once.get(id(whole))
        if found is None:
            found = tuple({part.text(): part for part in reversed(whole.parts)}.values())[::-1]
            self._once[id(whole)] = found
            self._kept.append(whole)
        return found

    def _edges(self, befores: tuple[Shape, ...], afters: tuple[Shape, ...]) -> _Edges:
        """Which parts of a combination may stand for which."""
        ours, theirs = (
            [follow(part) if part.kind == "reference" else part for part in parts]
            for follow, parts in zip(self._follow, (befores, afters), strict=True)
        )
        return _Edges(befores, afters, comparable(ours, theirs), self._passing)

    def _passing(self, original: Shape, update: Shape) -> list[PlacedKind] | None:
        """The differences of a pair that passes; ``None`` where it does not, which the first of them may tell."""
        closed = original.closed and update.closed and original is not update
        if closed and (id(original), id(update)) not in self._memo:
            found = []
            for one in self._parts(original, update):
                if not self.passes([one]):
                    self._steps.spend(_REFUSED)
                    return None
                found.append(one)
            return self._noted(original, update, found)
        found = self.compare(original, update)
        return found if self.passes(found) else None

    def _object(self, original: Shape, update: Shape) -> Iterator[PlacedKind]:
        yield from _required(original, update)
        yield from _under("properties", self._properties(original, update))
        yield from _under("dependencies", self._dependencies(original, update))
        yield from _under("additionalProperties", self._additional(original, update, "ADDITIONAL_PROPERTIES"))
        yield from _under("unevaluatedProperties", self._unevaluated(original, update, "UNEVALUATED_PROPERTIES"))
        yield from limit(original, update, "maxProperties", "MAX_PROPERTIES")
        yield from limit(original, update, "minProperties", "MIN_PROPERTIES")

    def _properties(self, original: Shape, update: Shape) -> Iterator[PlacedKind]:
        befores, afters = facets.members(original, "properties"), facets.members(update, "properties")
        for name in dict.fromkeys((*befores, *afters)):
            if name in befores and name in afters:
                found = self.compare(befores[name], afters[name])
            elif name in befores:
                found = self._removed(name, befores[name], update)
            else:
                found = self._added(name, afters[name], original, update)
            yield from _under(name, found)

    def _removed(self, name: str, removed: Shape, update: Shape) -> list[PlacedKind]:
        if facets.open_object(update):
            return [("PROPERTY_REMOVED_FROM_OPEN_CONTENT_MODEL", ())]
        cover = facets.cover(update, name)
        if cover is not None:
            found = self.compare(removed, cover)
            covered = "IS" if self.passes(found) else "NOT"
            return [*found, (f"PROPERTY_REMOVED_{covered}_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", ())]
        if removed.kind == "false":
            return [("PROPERTY_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL", ())]
        return [("PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL", ())]

    def _added(self, name: str, added: Shape, original: Shape, update: Shape) -> list[PlacedKind]:
        required = name in facets.names(update)
        presence = "OPTIONAL_PROPERTY"
        if required:
            presence = "REQUIRED_PROPERTY_WITH_DEFAULT" if "default" in added.notes else "REQUIRED_PROPERTY"
        if facets.open_object(original):
            if added.open:
                return [("PROPERTY_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL", ())]
            return [(f"{presence}_ADDED_TO_OPEN_CONTENT_MODEL", ())]
        found: list[PlacedKind] = []
        cover = facets.cover(original, name)
        if cover is not None:
            found = self.compare(cover, added)
            covered = "IS" if self.passes(found) else "NOT"
            found = [*found, (f"PROPERTY_ADDED_{covered}_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", ())]
        return [*found, (f"{presence}_ADDED_TO_UNOPEN_CONTENT_MODEL", ())]

    def _dependencies(self, original: Shape, update: Shape) -> Iterator[PlacedKind]:
        befores, afters = facets.lists(original), facets.lists(update)
        for name in dict.fromkeys((*befores, *afters)):
            change = None
            if name not in afters:
                change = "REMOVED"
            elif name not in befores:
                change = "ADDED"
            elif befores[name] != afters[name]:
                wider, narrower = afters[name] >= befores[name], befores[name] >= afters[name]
                change = "EXTENDED" if wider else "NARROWED" if narrower else "CHANGED"
            if change is not None:
                yield f"DEPENDENCY_ARRAY_{change}", (name,)
        schemas, others = facets.members(original, "schema_with"), facets.members(update, "schema_with")
        for name in dict.fromkeys((*schemas, *others)):
            if name not in others:
                yield "DEPENDENCY_SCHEMA_REMOVED", (name,)
            elif name not in schemas:
                yield "DEPENDENCY_SCHEMA_ADDED", (name,)
            else:
                yield from _under(name, self.compare(schemas[name], others[name]))

    def _additional(self, original: Shape, update: Shape, keyword: str) -> Iterator[PlacedKind]:
        before, after = facets.permits(original), facets.permits(update)
        if before != after:
            yield f"{keyword}_ADDED" if after else f"{keyword}_REMOVED", ()
            return
        one, other = facets.part(original, "additional"), facets.part(update, "additional")
        if one is None and other is not None:
            yield f"{keyword}_NARROWED", ()
        elif other is None and one is not None:
            yield f"{keyword}_EXTENDED", ()
        else:
            yield from self.compare(one, other)

    def _unevaluated(self, original: Shape, update: Shape, keyword: str) -> Iterator[PlacedKind]:
        before, after = facets.part(original, "unevaluated"), facets.part(update, "unevaluated")
        if before is None and after is None:
            return
        kinds = [("absent" if part is None else "open" if part.open else part.kind) for part in (before, after)]
        closed = [kind == "false" for kind in kinds]
        if closed[0] != closed[1]:
            yield f"{keyword}_ADDED" if closed[0] else f"{keyword}_REMOVED", ()
        elif "absent" in kinds:
            yield f"{keyword}_NARROWED" if before is None else f"{keyword}_EXTENDED", ()
        elif (kinds[0] == "open") != (kinds[1] == "open"):
            yield f"{keyword}_NARROWED" if kinds[0] == "open" else f"{keyword}_EXTENDED", ()
        else:
            yield from self.compare(before, after)

    def _array(self, original: Shape, update: Shape) -> Iterator[PlacedKind]:
        yield from _under("items", self.compare(facets.part(original, "every"), facets.part(update, "every")))
        yield from self._tuple(original, update)
        yield from _under("additionalItems", self._additional(original, update, "ADDITIONAL_ITEMS"))
        yield from _under("unevaluatedItems", self._unevaluated(original, update, "UNEVALUATED_ITEMS"))
        yield from limit(original, update, "maxItems", "MAX_ITEMS")
        yield from limit(original, update, "minItems", "MIN_ITEMS")
        before, after = bool(original.facets.get("uniqueItems")), bool(update.facets.get("uniqueItems"))
        if before != after:
            yield "UNIQUE_ITEMS_REMOVED" if before else "UNIQUE_ITEMS_ADDED", ("uniqueItems",)
        yield from limit(original, update, "maxContains", "MAX_CONTAINS")
        yield from limit(original, update, "minContains", "MIN_CONTAINS")

    def _tuple(self, original: Shape, update: Shape) -> Iterator[PlacedKind]:
        befores, afters = facets.sequence(original), facets.sequence(update)
        for i in range(max(len(befores), len(afters))):
            if i < len(befores) and i < len(afters):
                found = self.compare(befores[i], afters[i])
            elif i < len(befores):
                found = self._item_removed(befores[i], update)
            else:
                found = self._item_added(afters[i], original)
            yield from _under(f"items/{i}", found)

    def _item_removed(self, removed: Shape, update: Shape) -> list[PlacedKind]:
        if facets.open_array(update):
            return [("ITEM_REMOVED_FROM_OPEN_CONTENT_MODEL", ())]
        cover = facets.beyond(update)
        if cover is not None:
            found = self.compare(removed, cover)
            covered = "IS" if self.passes(found) else "NOT"
            return [*found, (f"ITEM_REMOVED_{covered}_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", ())]
        if removed.kind == "false":
            return [("ITEM_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL", ())]
        return [("ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL", ())]

    def _item_added(self, added: Shape, original: Shape) -> list[PlacedKind]:
        if facets.open_array(original):
            empty = "ITEM_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL"
            return [(empty if added.open else "ITEM_ADDED_TO_OPEN_CONTENT_MODEL", ())]
        cover = facets.beyond(original)
        if cover is not None:
            found = self.compare(cover, added)
            covered = "IS" if self.passes(found) else "NOT"
            return [*found, (f"ITEM_ADDED_{covered}_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", ())]
        return [("ITEM_ADDED_TO_CLOSED_CONTENT_MODEL", ())]


class _Edges:
    """Which parts of one combination may stand for which of another; found out when it is asked for."""

    def __init__(
        self,
        befores: Sequence[Shape],
        afters: Sequence[Shape],
        comparable: Sequence[Sequence[int]],
        passing: Callable[[Shape, Shape], list[PlacedKind] | None],
    ) -> None:
        self._befores = befores
        self._afters = afters
        self._comparable = comparable
        self._passing = passing
        self._unchanged = {id(after): j for j, after in enumerate(afters)}
        #: The differences of each pair that was looked at; ``None`` for one that does not pass.
        self.found: dict[tuple[int, int], list[PlacedKind] | None] = {}

    @property
    def most(self) -> int:
        """How many pairs are looked at where all that is unchanged stays what it is, at most."""
        changed = (
            others
            for one, others in zip(self._befores, self._comparable, strict=True)
            if id(one) not in self._unchanged
        )
        return sum(map(len, changed))

    def candidates(self, i: int) -> Sequence[int]:
        """What one of the first may perhaps be replaced with, itself before the others."""
        same = self._unchanged.get(id(self._befores[i]))
        return self._comparable[i] if same is None else (same, *self._comparable[i])

    def passes(self, i: int, j: int) -> bool:
        """Whether one of the first may be replaced with one of the second."""
        if (i, j) not in self.found:
            self.found[i, j] = self._passing(self._befores[i], self._afters[j])
        return self.found[i, j] is not None


#: What a pair of a kind costs whose limits are many, where a pair of numbers or texts costs one step.
_FACETS = {"array": 4}
#: What a pair costs that is refused, whatever is found first.
_REFUSED = 3
_NOTES = (
    ("id", "ID_CHANGED"),
    ("title", "TITLE_CHANGED"),
    ("description", "DESCRIPTION_CHANGED"),
    ("default", "DEFAULT_CHANGED"),
)


def _under(step: str, found: Iterable[PlacedKind]) -> Iterator[PlacedKind]:
    """The differences, placed below a step."""
    return ((kind, (step, way)) for kind, way in found)


def pointer_of(way: Way) -> str:
    """A way as a pointer in a fragment."""
    steps: list[str] = []
    left: Way | None = way
    while left is not None:
        steps += [step for step in left if isinstance(step, str)]
        left = next((one for one in left if isinstance(one, tuple)), None)
    return "#/" + "/".join(steps)


def _required(original: Shape, update: Shape) -> Iterator[PlacedKind]:
    before, after = frozenset(facets.names(original)), frozenset(facets.names(update))
    if before == after:
        return
    afters = facets.members(update, "properties")
    for name in facets.members(original, "properties"):
        if name not in afters or (name in before) == (name in after):
            continue
        change = "REMOVED"
        if name in after:
            change = "WITH_DEFAULT_ADDED" if "default" in afters[name].notes else "ADDED"
        yield f"REQUIRED_ATTRIBUTE_{change}", ("required", name)
