"""Payloads for an Avro schema: the smallest one, and a small set that covers its boundaries.

Both are deterministic: the same schema and seed give the same values, in the same order, on every machine.
"""

from __future__ import annotations

import random
from bisect import bisect_left, insort
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar, cast

from evtcompat.formats.avro.payloads.boundaries import boundaries
from evtcompat.formats.avro.payloads.datum import Branch, json_view
from evtcompat.formats.avro.payloads.smallest import MOST_RECORDS, Heights, smallest
from evtcompat.formats.avro.payloads.typical import typical
from evtcompat.formats.avro.types import (
    ARRAY,
    MAP,
    MISSING,
    AvroSchema,
    Container,
    Record,
    Type,
    Union,
    branch_name,
)

if TYPE_CHECKING:
    from evtcompat.formats.avro.payloads.datum import Datum

_Choice = TypeVar("_Choice")


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


def cover(schema: AvroSchema, seed: int = 0, *, limit: int = 1000) -> tuple[LabelledValue, ...]:
    """A small set of payloads that covers the boundaries of a schema.

    Together they take every reachable union branch, every enum symbol, empty and non-empty arrays and maps, and every
    boundary of each primitive and logical type; a recursive type is entered once more than needed. Each payload serves
    as many boundaries as fit into it, so the set stays about as large as the longest list of boundaries of one place.

    Args:
        schema: The writer's schema.
        seed: Changes how boundaries are combined and the one random payload at the end.
        limit: The most payloads; boundaries beyond it are left out from the end.

    Returns:
        The smallest payload first; empty for a schema without a value that `Heights.writable` allows.
    """
    heights = Heights(schema.root)
    if not heights.writable(schema.root):
        return ()
    plan = _Plan(heights, seed)
    values: list[LabelledValue] = []
    texts: set[str] = set()
    first = smallest(schema.root, heights)
    values.append(LabelledValue("smallest", first, schema.root))
    texts.add(repr(first))
    while len(values) < limit:
        datum = plan.build(schema.root, "", ())
        labels = plan.take_labels()
        if not labels:
            break
        if repr(datum) not in texts:
            texts.add(repr(datum))
            label = labels[0] if len(labels) == 1 else f"{labels[0]} and {len(labels) - 1} more"
            values.append(LabelledValue(f"{len(values)}: {label}", datum, schema.root, tuple(labels)))
    return tuple(values)


class _Plan:
    """What is still to be covered, by place; every build serves the next item at each place that it passes."""

    def __init__(self, heights: Heights, seed: int) -> None:
        self._heights = heights
        self._random = random.Random(seed)  # noqa: S311 - reproducible test data, not a secret
        self._pending: dict[str, list[tuple[str, Any]]] = {}
        #: The places with something pending, sorted: wide schemas ask often what is open below a place.
        self._unfinished: list[str] = []
        self._labels: list[str] = []
        #: What stands at places where nothing is pending.
        self._typical: dict[str, Datum] = {}
        #: Records of the payload that is being built.
        self._records = 0

    def take_labels(self) -> list[str]:
        """What the last build covered for the first time."""
        labels, self._labels = self._labels, []
        self._records = 0
        return labels

    def _next(self, place: str, choices: list[tuple[str, _Choice]]) -> _Choice:
        """The next open choice of a place; once all were taken any of them."""
        if not self._settled(place):
            return self._open_choice(place, choices)
        return self._random.choice(choices)[1]

    def _settled(self, place: str) -> bool:
        """Whether all choices of a place were taken."""
        return self._pending.get(place) == []

    def _open_choice(self, place: str, choices: list[tuple[str, _Choice]]) -> _Choice:
        """The next open choice of a place that has one, or was never asked."""
        pending = self._pending.get(place)
        if pending is None:
            pending = list(choices)
            if self._random.random() < 0.5 and len(pending) > 1:  # noqa: PLR2004 - a coin
                # Neighbouring places do not always meet the same boundary in the same payload.
                turn = self._random.randrange(len(pending))
                pending = pending[turn:] + pending[:turn]
            self._pending[place] = pending
            insort(self._unfinished, place)
        label, choice = pending.pop(0)
        if not pending:
            del self._unfinished[bisect_left(self._unfinished, place)]
        self._labels.append(f"{place or 'value'}: {label}")
        return cast("_Choice", choice)

    def build(self, type_: Type, place: str, inside: tuple[Record, ...], default: object = MISSING) -> Datum:
        """A datum that covers the next open item at each of its places."""
        if isinstance(type_, Record):
            return self._record(type_, place or type_.short, inside)
        if isinstance(type_, Union):
            return self._union(type_, place, inside, default)
        if isinstance(type_, Container):
            return self._container(type_, place, inside)
        if self._settled(place):
            if place not in self._typical:
                self._typical[place] = typical(type_, place, default)
            return self._typical[place]
        return self._open_choice(place, list(boundaries(type_)))

    def _record(self, record: Record, place: str, inside: tuple[Record, ...]) -> Datum:
        self._records += 1
        if inside.count(record) > 1 or self._records > MOST_RECORDS:
            return smallest(record, self._heights)
        return {
            part.name: self.build(part.type, f"{place}.{part.name}", (*inside, record), part.default)
            for part in record.fields
        }

    def _union(self, union: Union, place: str, inside: tuple[Record, ...], default: object) -> Datum:
        choices: list[tuple[str, int]] = [
            (branch_name(branch), index)
            for index, branch in enumerate(union.branches)
            if self._heights.writable(branch) and not (isinstance(branch, Record) and inside.count(branch) > 1)
        ]
        if not choices:
            return smallest(union, self._heights)
        index: int | None = None
        if self._settled(place):
            index = next((index for label, index in choices if self._open(f"{place}({label})")), None)
        if index is None:
            index = self._next(place, choices)
        branch = union.branches[index]
        return Branch(index, self.build(branch, f"{place}({branch_name(branch)})", inside, default))

    def _open(self, prefix: str) -> bool:
        at = bisect_left(self._unfinished, prefix)
        return at < len(self._unfinished) and self._unfinished[at].startswith(prefix)

    def _container(self, container: Container, place: str, inside: tuple[Record, ...]) -> Datum:
        marks = "[]" if container.kind == ARRAY else "{}"
        # In a recursive type an array leads back in; three deep is enough.
        deep = any(inside.count(record) > 1 for record in inside) or not self._heights.writable(container.of)
        sizes: list[tuple[str, int]] = [("empty", 0)] if deep else [("one", 1), ("empty", 0), ("two", 2)]
        size = self._next(place, sizes)
        if size == 0 and not deep and self._open(f"{place}{marks}"):
            size = 1 if (place in self._pending and not self._pending[place]) else 0
        items = [self.build(container.of, f"{place}{marks}", inside) for _ in range(size)]
        if container.kind == MAP:
            keys = ["", "cl\u00e9"] if size == 2 else ["k"]  # noqa: PLR2004 - the sizes above
            return dict(zip(keys, items, strict=False))
        return items
