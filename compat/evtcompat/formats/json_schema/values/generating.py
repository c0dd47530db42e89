"""Values of a schema, one aspect varied at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice

from evtcompat.dataclasses import dataclass, field
from evtcompat.formats.json_schema.describe import paths
from evtcompat.formats.json_schema.describe.value_types import admits, type_of
from evtcompat.formats.json_schema.describe.wording import shown
from evtcompat.formats.json_schema.exact import key, values_in
from evtcompat.formats.json_schema.explain.subschemas import SchemaIndex, Subschema
from evtcompat.formats.json_schema.validate.validator import ValidatorFailedError
from evtcompat.formats.json_schema.values.effort import Effort
from evtcompat.formats.json_schema.values.made_before import Draws, Made, MadeBefore
from evtcompat.formats.json_schema.values.merged import Choice, Merged, merged
from evtcompat.formats.json_schema.values.scalars import numbers, texts
from evtcompat.model.json_types import JSON

#: Levels below which optional members are left out and lists stay empty.
_DEEPEST = 12
#: How often one schema may come up within itself before that.
_REPEATS = 2
#: And how often after that, before it is given up: then it demands itself.
_MORE_REPEATS = 6
#: Variants of one place that are carried upwards.
_MOST_VARIANTS = 400
#: Steps for a place, beside one for each part of a schema that speaks of it, and one for each value that is made.
_EACH_PLACE = 2
#: Steps without which a branch is as good as left out, so that rather some of very many are.
_LEAST_OF_BRANCH = 300
#: Members that are written anew in one step.
_NAMES_A_STEP = 100
#: Items and properties are made up to this many, where limits ask for more.
_MOST_MEMBERS = 64

#: As many of the author's values are tried at one place.
_MOST_SHOWN = 8
#: A longer title is a sentence.
_LONGEST_WORD = 40
_LAST_NAME = re.compile(r"[^\W\d][\w$ -]*(?=\W*\Z)")

#: What is put where another type is expected: null, and the first of the others that is not admitted.
_STRANGERS: tuple[JSON, ...] = ("text", 7, True, [], {})


@dataclass(frozen=True, slots=True)
class Trail:
    """The schemas that lead to a place."""

    pointers: tuple[str, ...] = ()
    #: The branch that was chosen at the last place, where it is chosen there.
    branch: str = ""

    @property
    def deep(self) -> bool:
        """Whether values here should be as small as can be."""
        last = self.pointers[-1] if self.pointers else ""
        return len(self.pointers) > _DEEPEST or self.pointers.count(last) > _REPEATS

    @property
    def endless(self) -> bool:
        """Whether what is demanded leads to itself, so that no value has an end."""
        last = self.pointers[-1] if self.pointers else ""
        return self.pointers.count(last) > _REPEATS + _MORE_REPEATS

    def through(self, parts: Sequence[Subschema]) -> Trail:
        """The trail one place further; a schema is identified by where it is written or referred to.

        Choices within choices of one place do not lead back to it: they are told apart by their branches.
        """
        step = _step(parts)
        chosen_again = self.branch and self.pointers.count(step) >= _REPEATS
        return Trail((*self.pointers, self.branch if chosen_again else step))

    def taking(self, branch: Sequence[Subschema]) -> Trail:
        """The trail with a branch chosen at its last place."""
        return Trail(self.pointers, _step(branch))


def _step(parts: Sequence[Subschema]) -> str:
    first = parts[0] if parts else None
    target = first.keywords.get("$ref") if first else None
    return str(target) if isinstance(target, str) else first.pointer if first else ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A value that the schema's author shows."""

    value: JSON


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes the values of one schema."""

    side: SchemaIndex
    #: Chooses what the schema leaves free.
    rng: Draws
    #: What was made of members that stand in other schemas, too.
    made_before: MadeBefore
    #: What all of it may cost.
    effort: Effort
    #: Whether the plainest value of a part is one that the part accepts; what none is found for is left out of others.
    careful: bool = False
    #: The places and branches that are left out.
    left_out: set[str] = field(default_factory=set)

    def variants(
        self, parts: Sequence[Subschema], names: str, trail: Trail, shown: Sequence[JSON] = ()
    ) -> Iterator[Made]:
        """Labelled values for a place, the plainest that is meant to be valid first; labels are whole phrases.

        Args:
            parts: The schemas of the place.
            names: What labels call it.
            trail: What led there.
            shown: What stands there in examples of what is around it.

        Raises:
            BudgetExceededError: The steps are used.
        """
        for made in islice(self._variants(list(parts), names, trail, shown), _MOST_VARIANTS):
            self.effort.spend()
            yield made
            if self.effort.spent:
                return

    def _variants(self, parts: list[Subschema], names: str, trail: Trail, shown: Sequence[JSON]) -> Iterator[Made]:
        trail = trail.through(parts)
        if trail.endless:
            return
        place = merged(self.side, parts)
        self.effort.spend(_EACH_PLACE + place.parts)
        place.examples += shown
        made = self._made(parts, place, names, trail)
        as_shown = None if trail.deep else self._as_shown(parts, place)
        if as_shown is None:
            yield from made
            return
        own = (f"{_subject(names)} as its author shows it", as_shown.value)
        if not isinstance(as_shown.value, (dict, list)):
            yield own
            yield from made
            return
        # of what has parts the first has all of them, which the author's need not
        yield from islice(made, 1)
        yield own
        yield from made

    def _as_shown(self, parts: Sequence[Subschema], place: Merged) -> Shown | None:
        """The first of the examples, then of the defaults, that the schema accepts; ``null`` says nothing."""
        for value in islice((one for one in (*place.examples, *place.defaults) if one is not None), _MOST_SHOWN):
            if self._fits(parts, value):
                return Shown(value)
        return None

    def _fits(self, parts: Sequence[Subschema], value: JSON) -> bool:
        """Whether all parts accept a value, as far as that is known."""
        self.effort.spend(_EACH_PLACE + len(parts) + values_in(value))
        exact = self.side.exact(value, {})
        try:
            return all(self.side.accepts(part, exact) for part in parts)
        except ValidatorFailedError:
            return False

    def _plain_first(self, parts: Sequence[Subschema], made: list[Made]) -> list[Made] | None:
        """What was made for a place, one first that it accepts, where that matters; ``None`` where it accepts none."""
        if not self.careful:
            return made
        plain = next((index for index, (_, value) in enumerate(made) if self._fits(parts, value)), None)
        return None if plain is None else [made[plain], *made[:plain], *made[plain + 1 :]]

    def _made(self, parts: list[Subschema], place: Merged, names: str, trail: Trail) -> Iterator[Made]:
        if place.choices and not trail.deep:
            yield from self._chosen(parts, place, names, trail)
            return
        if place.values is not None:
            yield from _listed(place, names)
            return
        types = [
            name for name in place.types or _guessed(place) if name != "integer" or "number" not in (place.types or ())
        ]
        for index, name in enumerate(sorted(types, key=lambda one: one == "null")):
            made = self._of_type(place, name, names, trail)
            for count, (label, value) in enumerate(made):
                first = count == 0 and (len(types) > 1 or index > 0)
                yield (f"{_subject(names)} {_a(name)}" if first and name != "object" else label), value
        if place.types is not None:
            yield from _wrong_types(place, names)

    def _chosen(self, parts: list[Subschema], place: Merged, names: str, trail: Trail) -> Iterator[Made]:
        """Each branch of each combination, with the other combinations at their first branch."""
        if self.effort.spent:
            plainest = [part for choice in place.choices for part in choice.branches[0]]
            yield from self.variants([*self._settled(parts), *plainest], names, trail.taking(plainest))
            return
        first, more = self.effort.part(2, partial(self._branches, parts, place, names, trail))
        yield from first
        yield from more

    def _branches(
        self, parts: list[Subschema], place: Merged, names: str, trail: Trail
    ) -> tuple[list[Made], list[Made]]:
        """The plainest value of each branch, and all the others."""
        first: list[Made] = []
        more: list[Made] = []
        settled = self._settled(parts)
        left = sum(len(choice.branches) for choice in place.choices)
        for index, choice in enumerate(place.choices):
            others = [part for other, one in enumerate(place.choices) if other != index for part in one.branches[0]]
            for number, branch in enumerate(choice.branches):
                left -= 1
                if index > 0 and number == 0:
                    continue  # made with the first combination already
                if first and self.effort.spent:
                    self.left_out.add(f"{_branch(choice, number, names)} {index}")
                    continue
                inner = [*settled, *branch, *others]
                way = trail.taking(branch)
                make = partial(self._listed, inner, names, way)
                made = self.effort.part(left + 1, make, _LEAST_OF_BRANCH)
                first += [(_branch(choice, number, names), value) for _, value in made[:1]]
                more += made[1:]
        return first, more

    def _listed(self, parts: Sequence[Subschema], names: str, trail: Trail) -> list[Made]:
        return list(self.variants(parts, names, trail))

    def _settled(self, parts: list[Subschema]) -> list[Subschema]:
        """The parts without their combinations."""
        plain: list[Subschema] = []
        pending = list(parts)
        while pending:
            part = pending.pop(0)
            target = self.side.follow(part)
            if target is not None:
                pending.insert(0, target)
                if not self.side.siblings:
                    continue
            joined = part.keywords.get("allOf")
            members = [
                self.side.below(part, "allOf", index) for index in range(len(joined) if isinstance(joined, list) else 0)
            ]
            pending += [member for member in members if member is not None]
            self.effort.spend()
            left = {word: value for word, value in part.keywords.items() if word not in _COMBINING}
            plain.append(
                Subschema(
                    left if isinstance(part.value, dict) else part.value, part.pointer, part.origin, part.resolver
                )
            )
        return plain

    def _of_type(self, place: Merged, name: str, names: str, trail: Trail) -> Iterator[Made]:
        if name == "object":
            yield from self._objects(place, names, trail)
        elif name == "array":
            yield from self._arrays(place, names, trail)
        elif name in ("number", "integer"):
            for label, value in numbers(place, whole=name == "integer", rng=self.rng):
                yield f"{_subject(names)} {label}".rstrip(), value
        elif name == "string":
            for label, value in texts(place, word=_word(place, names)):
                yield f"{_subject(names)} {label}".rstrip(), value
        elif name == "boolean":
            yield f"{_subject(names)} true", True
            yield f"{_subject(names)} false", False
        else:
            yield f"{_subject(names)} null", None

    def _objects(self, place: Merged, names: str, trail: Trail) -> Iterator[Made]:
        declared = [name for name, parts in place.properties.items() if all(part.value is not False for part in parts)]
        wanted = [*declared, *(name for name in place.required if name not in declared)]
        if self._small(trail):
            wanted = [name for name in wanted if name in place.required]
        made = self.effort.part(2, partial(self._members, place, wanted, names, trail))
        full: dict[str, JSON] = {name: values[0][1] for name, values in made.items()}
        _fill(place, full)
        yield f"{_subject(names)} with all properties" if names else "all properties", full
        least = {name: value for name, value in full.items() if name in place.required}
        if least != full:
            yield f"{_subject(names)} with required properties only" if names else "required properties only", least
        size = len(full) // _NAMES_A_STEP
        for name in made:
            here = paths.member(names, name)
            self.effort.spend(size)
            yield f"{here} absent", {other: value for other, value in full.items() if other != name}
            for label, value in made[name][1:]:
                self.effort.spend(size)
                yield label, {**full, name: value}
        yield from self._more_properties(place, names, full, trail)

    def _members(self, place: Merged, wanted: Sequence[str], names: str, trail: Trail) -> dict[str, list[Made]]:
        """The variants of each member that is wanted, and that a value is found for or that is required."""
        made: dict[str, list[Made]] = {}
        for index, name in enumerate(wanted):
            here = paths.member(names, name)
            if self.effort.spent and name not in place.required:
                self.left_out.add(here)
                continue
            budget = 1 if self._small(trail) else _MOST_VARIANTS
            inside = [one[name] for one in place.examples if isinstance(one, dict) and name in one]
            parts = place.of_name(name)
            make = partial(self._listed_variants, parts, here, trail, inside, budget)
            # a member of the root depends on nothing that led there
            if trail.pointers == ("",) and not inside:
                make = partial(self.made_before.made, parts, here, make)
            found = self.effort.part(len(wanted) - index, make)
            plain_first = self._plain_first(parts, found)
            if plain_first is None:
                self.left_out.add(here)
            if plain_first or name in place.required:
                made[name] = plain_first or found
        return made

    def _small(self, trail: Trail) -> bool:
        """Whether what is made is as small as can be."""
        return trail.deep or self.effort.spent

    def _listed_variants(
        self, parts: list[Subschema], here: str, trail: Trail, inside: Sequence[JSON], budget: int
    ) -> list[Made]:
        """The variants of a member, of which there is one at least."""
        return list(islice(self.variants(parts, here, trail, inside), budget)) or [(f"{here} text", "text")]

    def _more_properties(self, place: Merged, names: str, full: dict[str, JSON], trail: Trail) -> Iterator[Made]:
        """Properties that are not declared by name."""
        for pattern, part in place.by_pattern:
            name = next((value for label, value in texts(Merged(patterns=[pattern])) if not label), None)
            if not isinstance(name, str) or self._small(trail):
                continue
            here = paths.matching_member(names, pattern)
            for label, value in self.variants([part], here, trail):
                yield label, {**full, name: value}
        here = paths.any_member(names)
        if place.others and not self._small(trail):
            for label, value in self.variants(place.others, here, trail):
                yield label, {**full, "key": value}
            yield (
                f"{_subject(names)} with a non-ASCII name",
                {**full, "schlüssel": self._first(place.others, here, trail)},
            )
        else:
            yield f"{_subject(names)} with an undeclared property", {**full, "undeclared": "text"}

    def _first(self, parts: Sequence[Subschema], names: str, trail: Trail) -> JSON:
        return next((value for _, value in self.variants(parts, names, trail)), "text")

    def _arrays(self, place: Merged, names: str, trail: Trail) -> Iterator[Made]:
        if self._small(trail) and not place.counts.get("minItems", 0):
            # A tuple may lead to itself without end.
            yield f"{_subject(names)} empty", []
        else:
            yield from self._with_items(place, names, trail)

    def _with_items(self, place: Merged, names: str, trail: Trail) -> Iterator[Made]:
        subject, least = _subject(names), min(place.counts.get("minItems", 0), _MOST_MEMBERS)
        most = place.counts.get("maxItems")
        deep = self._small(trail)
        opened = not any(part.value is False for part in place.items)
        make = partial(self._heads_and_items, place, names, trail, opened=opened, deep=deep)
        heads, items = self.effort.part(2, make)
        start: list[JSON] = [made[0][1] if made else "text" for made in heads]
        plain: JSON = items[0][1] if items else "text"
        count = least if deep else max(least, 1)
        full = _lengthened(start, items, plain, max(0, count - len(start)) if opened else 0, unique=place.unique)
        yield f"{subject} with items", full
        if not deep:
            yield f"{subject} empty", []
        for index, made in enumerate(heads):
            for label, value in made[1:]:
                yield label, [*full[:index], value, *full[index + 1 :]]
        at = len(start)
        for label, value in items[1:]:
            yield label, [*full[:at], value, *full[at + 1 :]]
        if least > 1:
            yield f"{subject} with {least - 1} items (too few)", full[: least - 1]
        if most is not None and most < _MOST_MEMBERS:
            for number, word in ((most, "its most"), (most + 1, "too many")):
                grown = _lengthened(start, items, plain, max(0, number - len(start)), unique=place.unique)
                yield f"{subject} with {number} items ({word})", grown[:number]
        if full:
            yield f"{subject} with a repeated item", [*full, full[-1]]
        if not opened:
            yield f"{subject} with an item too many", [*full, "text"]

    def _heads_and_items(
        self, place: Merged, names: str, trail: Trail, *, opened: bool, deep: bool
    ) -> tuple[list[list[Made]], list[Made]]:
        """The variants of each item that has a schema of its own, and those of any other item."""
        heads: list[list[Made]] = []
        for index, parts in enumerate(place.positions):
            few: Callable[[], list[Made]] = partial(
                list, islice(self.variants(parts, paths.item(names, index), trail), 1 if deep else _MOST_VARIANTS)
            )
            head = self.effort.part(len(place.positions) + 1 - index, few)
            heads.append(self._plain_first(parts, head) or head)
        if not opened or deep:
            return heads, []
        inside = [item for one in place.examples if isinstance(one, list) for item in one]
        here, parts = paths.item(names), [*place.items, *place.contained]
        items = list(self.variants(parts, here, trail, inside))
        plain_first = self._plain_first(place.items, items)
        if plain_first is None and items:
            self.left_out.add(here)
        return heads, plain_first or items


def _word(place: Merged, names: str) -> str:
    """A word that tells a person what stands there: the title, else the name of the place."""
    title = (place.title or "").strip()
    if title and len(title) <= _LONGEST_WORD and title.isprintable():
        return title
    named = _LAST_NAME.search(names)
    return named[0] if named else "text"


def _a(name: str) -> str:
    return name if name == "null" else f"an {name}" if name[0] in "aio" else f"a {name}"


def _subject(names: str) -> str:
    return names or "event"


def _guessed(place: Merged) -> tuple[str, ...]:
    """The types worth a value where none is declared: those that the keywords speak of, else a text."""
    found = []
    if place.properties or place.required or place.by_pattern or place.closed:
        found.append("object")
    if place.positions or place.items or place.contained:
        found.append("array")
    if place.patterns or place.format or "minLength" in place.counts or "maxLength" in place.counts:
        found.append("string")
    limits = (place.lowest, place.highest, place.above, place.below)
    if place.multiples or any(limit is not None for limit in limits):
        found.append("number")
    return tuple(found) or ("string",)


def _listed(place: Merged, names: str) -> Iterator[Made]:
    for value in place.values or ():
        word = value if isinstance(value, str) else shown(value)
        yield f"symbol {word} of {_subject(names)}", value
    yield f"{_subject(names)} of no listed value", "~not listed~"


def _wrong_types(place: Merged, names: str) -> Iterator[Made]:
    admitted = place.types or ()
    if "null" not in admitted:
        yield f"{_subject(names)} of type null", None
    stranger = next(((one,) for one in _STRANGERS if not admits(admitted, type_of(one))), None)
    if stranger:
        yield f"{_subject(names)} of type {type_of(stranger[0])}", stranger[0]


def _branch(choice: Choice, number: int, names: str) -> str:
    if choice.keyword == "if":
        return f"{_subject(names)} {'meets' if number == 0 else 'does not meet'} its condition"
    return f"branch {number} of {choice.keyword} of {_subject(names)}"


_COMBINING = ("anyOf", "oneOf", "if", "then", "else", "allOf", "$ref")


def _fill(place: Merged, value: dict[str, JSON]) -> None:
    """Undeclared properties, as many as are demanded."""
    for index in range(min(place.counts.get("minProperties", 0), _MOST_MEMBERS)):
        if len(value) >= place.counts["minProperties"]:
            return
        value.setdefault(f"extra{index}", "text")


def _lengthened(start: list[JSON], items: Sequence[Made], plain: JSON, count: int, *, unique: bool) -> list[JSON]:
    """`start` and so many items more, different ones where each may stand once only."""
    if not unique:
        return [*start, *([plain] * count)]
    seen = {key(value) for value in start}
    found = list(start)
    for _, value in items or [("", plain)]:
        if len(found) == len(start) + count:
            break
        if key(value) not in seen:
            seen.add(key(value))
            found.append(value)
    return found
