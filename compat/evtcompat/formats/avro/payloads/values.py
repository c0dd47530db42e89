"""Payloads for an Avro schema: the smallest one, and a small set that covers its boundaries.

Both are deterministic: the same schema and seed give the same values, in the same order, on every machine.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any, Final

from evtcompat.dataclasses import dataclass, field
from evtcompat.formats.avro.payloads.boundaries import boundaries
from evtcompat.formats.avro.payloads.datum import Branch, json_view
from evtcompat.formats.avro.payloads.smallest import MOST_BYTES, MOST_RECORDS, Heights, smallest
from evtcompat.formats.avro.payloads.typical import typical
from evtcompat.formats.avro.types import (
    ARRAY,
    FIXED,
    MAP,
    MISSING,
    RECORD,
    UNION,
    AvroSchema,
    Container,
    Fixed,
    Record,
    Type,
    Union,
    branch_name,
)
from evtcompat.regular.steps import BudgetExceededError, Steps

if TYPE_CHECKING:
    from evtcompat.formats.avro.payloads.datum import Datum

#: Places that are covered one by one; beyond them a record is covered where it is met first, as records that hold one
#: another in several fields stand at twice as many places with each level.
_MANY: Final = 2_000
#: Steps for the payloads of one schema: a step for each place of a payload, and for so many bytes of a fixed value.
_STEPS: Final = 200_000
_BYTES: Final = 64
#: The kinds of types that have parts, or of which a value costs what its size is.
_BUILT: Final = frozenset({ARRAY, MAP, RECORD, UNION, FIXED})


@dataclass(frozen=True, slots=True)
class LabelledValue:
    """A payload and what it is there for."""

    #: ``Order.lines[].price: max``; unique within one set.
    label: str
    #: The value with union branches said; what `evtcompat.formats.avro.payloads.codec.encode` takes.
    datum: Datum
    #: The type that it is a value of.
    type: Type = field(repr=False, compare=False)
    #: Every boundary that it is the first of its set to serve; empty for the smallest payload.
    covers: tuple[str, ...] = ()

    @property
    def value(self) -> object:
        """The value as JSON shows it."""
        return json_view(self.type, self.datum)


@dataclass(frozen=True, slots=True)
class Covered:
    """Payloads of a schema, and whether there would be more."""

    #: The smallest payload first; empty for a schema without a value that `Heights.writable` allows.
    values: tuple[LabelledValue, ...]
    #: Boundaries that are known, and that none of them covers.
    uncovered: int = 0
    #: The steps were spent, or the most payloads made, before all boundaries were known, or some are too large.
    stopped: bool = False


def cover(schema: AvroSchema, seed: int = 0, *, limit: int = 1000) -> tuple[LabelledValue, ...]:
    """A small set of payloads that covers the boundaries of a schema.

    Together they take every reachable union branch, every enum symbol, empty and non-empty arrays and maps, and every
    boundary of each primitive and logical type; a recursive type is entered once more than needed. Each payload serves
    as many boundaries as fit into it, so the set stays about as large as the longest list of boundaries of one place.
    Of schemas with thousands of places every record is covered at one of them at least.

    Args:
        schema: The writer's schema.
        seed: Changes how boundaries are combined and the one random payload at the end.
        limit: The most payloads; boundaries beyond it are left out from the end.

    Returns:
        The smallest payload first; empty for a schema without a value that `Heights.writable` allows.
    """
    return covered(schema, seed, limit=limit).values


def covered(schema: AvroSchema, seed: int = 0, *, limit: int = 1000) -> Covered:
    """The same, with what there would be beside, as payloads are made within steps."""
    heights = Heights(schema.root)
    if not heights.writable(schema.root):
        return Covered(())
    plan = _Plan(heights, seed)
    root = _Place(schema.root, "", (), None)
    values: list[LabelledValue] = []
    texts: set[str] = set()
    first = smallest(schema.root, heights)
    values.append(LabelledValue("smallest", first, schema.root))
    texts.add(repr(first))
    stopped = True
    while len(values) < limit:
        try:
            datum = plan.build(root)
        except BudgetExceededError:
            break
        labels = plan.take_labels()
        if not labels:
            stopped = False
            break
        text = repr(datum)
        if text not in texts:
            texts.add(text)
            label = labels[0] if len(labels) == 1 else f"{labels[0]} and {len(labels) - 1} more"
            values.append(LabelledValue(f"{len(values)}: {label}", datum, schema.root, tuple(labels)))
    left = len(plan.take_labels()) + root.left()
    return Covered(tuple(values), left, stopped or left > 0)


class _Place:
    """A place of the payloads, with what is still to be covered there; it is made when a build first comes by."""

    __slots__ = (
        "below",
        "choices",
        "default",
        "inside",
        "name",
        "open",
        "parent",
        "pending",
        "settled",
        "type",
        "usual",
    )

    def __init__(
        self, type_: Type, name: str, inside: tuple[Record, ...], parent: _Place | None, default: object = MISSING
    ) -> None:
        self.type = type_
        #: As labels have it: ``Order.lines[].price``.
        self.name = name
        #: The records around it.
        self.inside = inside
        self.parent = parent
        self.default = default
        #: What may stand there, labelled, once that was asked.
        self.choices: list[tuple[str, Any]] | None = None
        #: The choices that no payload has yet, the next one last; ``None`` before the first was taken.
        self.pending: list[tuple[str, Any]] | None = None
        #: Whether all choices were taken.
        self.settled = False
        #: How many places, this one and those below it, have choices that no payload has yet.
        self.open = 0
        #: The places directly below it, by the name of a field or the index of a branch; ``""`` for items.
        self.below: dict[str | int, _Place] = {}
        #: What stands there once it is settled, of a type without parts.
        self.usual: Datum = None

    def count(self, places: int) -> None:
        """So many more places have open choices."""
        at: _Place | None = self
        while at is not None:
            at.open += places
            at = at.parent

    def left(self) -> int:
        """The choices here and below that no payload has."""
        found, waiting = 0, [self]
        while waiting:
            place = waiting.pop()
            found += len(place.choices or () if place.pending is None else place.pending)
            waiting += place.below.values()
        return found


class _Plan:
    """What is still to be covered, by place; every build serves the next item at each place that it passes."""

    def __init__(self, heights: Heights, seed: int) -> None:
        self._heights = heights
        self._random = random.Random(seed)  # noqa: S311 - reproducible test data, not a secret
        self._labels: list[str] = []
        self._steps = Steps(_STEPS)
        #: Bytes of fixed values of the payload that is being built.
        self._bytes = 0
        #: Records of the payload that is being built.
        self._records = 0
        #: How many places there are, and the records at them.
        self._places = 0
        self._met: set[Record] = set()

    def take_labels(self) -> list[str]:
        """What the last build covered for the first time."""
        labels, self._labels = self._labels, []
        self._records = self._bytes = 0
        return labels

    def _smallest(self, type_: Type) -> Datum:
        """Instead of one that covers something."""
        self._bytes += self._heights.weight(type_)
        self._steps.spend(self._heights.size(type_) + self._heights.weight(type_) // _BYTES)
        return smallest(type_, self._heights)

    def _too_much(self, *types: Type) -> bool:
        """Whether values of some types make the fixed values of the payload too many. Then no choice is taken."""
        return self._bytes + sum(map(self._heights.weight, types)) > MOST_BYTES

    def _next(self, place: _Place, choices: list[tuple[str, Any]]) -> Any:  # noqa: ANN401 - what the choices hold
        """The next open choice of a place; once all were taken any of them."""
        return self._random.choice(choices)[1] if place.settled else self._open_choice(place, choices)

    def _open_choice(self, place: _Place, choices: list[tuple[str, Any]]) -> Any:  # noqa: ANN401 - what the choices hold
        """The next open choice of a place that has one, or was never asked."""
        pending = place.pending
        if pending is None:
            pending = list(choices)
            if self._random.random() < 0.5 and len(pending) > 1:  # noqa: PLR2004 - a coin
                # Neighbouring places do not always meet the same boundary in the same payload.
                turn = self._random.randrange(len(pending))
                pending = pending[turn:] + pending[:turn]
            pending.reverse()
            place.pending = pending
            place.count(1)
        label, choice = pending.pop()
        if not pending:
            place.settled = True
            place.count(-1)
        self._labels.append(f"{place.name or 'value'}: {label}")
        return choice

    def build(self, place: _Place) -> Datum:
        """A datum that covers the next open item at its place, and at each of those below.

        Raises:
            BudgetExceededError: The steps are spent.
        """
        type_ = place.type
        if type(type_) is Record:
            return self._record(place, type_)
        if type(type_) is Union:
            return self._union(place, type_)
        if type(type_) is Container:
            return self._container(place, type_)
        if type(type_) is Fixed:
            self._bytes += type_.size
            self._steps.spend(type_.size // _BYTES)
        if place.settled:
            return place.usual
        if place.choices is None:
            place.choices = list(boundaries(type_))  # type: ignore[arg-type]  # it has no parts
        choice: Datum = self._open_choice(place, place.choices)
        if place.settled:
            place.usual = typical(type_, place.name, place.default)
        return choice

    def _record(self, place: _Place, record: Record) -> Datum:
        self._records += 1
        self._steps.spend(1 + len(record.types))
        if self._records > MOST_RECORDS or place.inside.count(record) > 1:
            return self._smallest(record)
        if not place.below:
            if self._places > _MANY and record in self._met:
                return self._smallest(record)
            self._places += len(record.types)
            self._met.add(record)
            inside, name = (*place.inside, record), place.name or record.short
            for part in record.fields:
                place.below[part.name] = _Place(part.type, f"{name}.{part.name}", inside, place, part.default)
        build = self.build
        return {
            str(name): part.usual if part.settled and part.type.kind not in _BUILT else build(part)
            for name, part in place.below.items()
        }

    def _union(self, place: _Place, union: Union) -> Datum:
        choices = place.choices
        if choices is None:
            choices = place.choices = [
                (branch_name(branch), index)
                for index, branch in enumerate(union.branches)
                if self._heights.writable(branch)
                and not (isinstance(branch, Record) and place.inside.count(branch) > 1)
            ]
        if not choices or any(self._too_much(union.branches[index]) for _, index in choices):
            return self._smallest(union)
        self._steps.spend(1)
        index: int | None = None
        if place.settled:
            below = place.below
            index = next((index for _, index in choices if index in below and below[index].open), None)
        if index is None:
            index = int(self._next(place, choices))
        branch = union.branches[index]
        part = place.below.get(index)
        if part is None:
            name = f"{place.name}({branch_name(branch)})"
            part = place.below[index] = _Place(branch, name, place.inside, place, place.default)
        return Branch(index, self.build(part))

    def _container(self, place: _Place, container: Container) -> Datum:
        if place.choices is None:
            # In a recursive type an array leads back in; three deep is enough.
            inside = place.inside
            deep = any(inside.count(record) > 1 for record in inside) or not self._heights.writable(container.of)
            place.choices = [("empty", 0)] if deep else [("one", 1), ("empty", 0), ("two", 2)]
        self._steps.spend(1)
        if self._too_much(container.of, container.of):
            return self._smallest(container)
        size: int = self._next(place, place.choices)
        items = place.below.get("")
        if size == 0 and items is not None and items.open and len(place.choices) > 1:
            size = 1 if place.settled else 0
        if size and items is None:
            marks = "[]" if container.kind == ARRAY else "{}"
            items = place.below[""] = _Place(container.of, f"{place.name}{marks}", place.inside, place)
        found = [self.build(items) for _ in range(size)] if items is not None else []
        if container.kind == MAP:
            keys = ["", "cl\u00e9"] if size == 2 else ["k"]  # noqa: PLR2004 - the sizes above
            return dict(zip(keys, found, strict=False))
        return found
