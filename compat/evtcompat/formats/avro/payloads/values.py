"""Payloads for an Avro schema: the smallest one, and a small set that covers its boundaries.

Both are deterministic: the same schema and seed give the same values, in the same order, on every machine.
"""

from __future__ import annotations

import math
import random
import struct
from bisect import bisect_left, insort
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from evtcompat.formats.avro.parts import reachable
from evtcompat.formats.avro.payloads.datum import Branch, json_view
from evtcompat.formats.avro.types import (
    ARRAY,
    BOOLEAN,
    BYTES,
    DOUBLE,
    FLOAT,
    INT,
    LONG,
    MAP,
    NULL,
    STRING,
    AvroSchema,
    Container,
    Enumeration,
    Fixed,
    Primitive,
    Record,
    Type,
    Union,
    branch_name,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evtcompat.formats.avro.payloads.datum import Datum

_FLOAT_MAX: Final = struct.unpack("<f", b"\xff\xff\x7f\x7f")[0]
_FLOAT_TINY: Final = struct.unpack("<f", b"\x01\x00\x00\x00")[0]
_DAY_MILLIS: Final = 86_400_000

#: What a primitive must be able to carry, labelled.
_BOUNDARIES: Final[dict[int, tuple[tuple[str, Datum], ...]]] = {
    NULL: (("null", None),),
    BOOLEAN: (("false", False), ("true", True)),
    INT: (("zero", 0), ("min", -(2**31)), ("max", 2**31 - 1), ("minus one", -1)),
    LONG: (("zero", 0), ("min", -(2**63)), ("max", 2**63 - 1), ("inexact as double", 2**53 + 1)),
    FLOAT: (
        ("zero", 0.0),
        ("NaN", math.nan),
        ("infinity", math.inf),
        ("minus infinity", -math.inf),
        ("max", _FLOAT_MAX),
        ("smallest", _FLOAT_TINY),
        ("minus zero", -0.0),
    ),
    DOUBLE: (
        ("zero", 0.0),
        ("NaN", math.nan),
        ("infinity", math.inf),
        ("minus infinity", -math.inf),
        ("max", 1.7976931348623157e308),
        ("smallest", 5e-324),
        ("minus zero", -0.0),
    ),
    BYTES: (("empty", b""), ("not UTF-8", b"\xff\x00\xfe"), ("ASCII", b"a")),
    STRING: (("empty", ""), ("non-ASCII", "h\u00e9\u4e16\U0001f600"), ("control", '\x00"\\\n'), ("ASCII", "a")),
}

#: The carriers' values at the edges of what a logical type can mean, for decoders that turn them into dates and such.
_LOGICAL: Final[dict[str, tuple[tuple[str, Datum], ...]]] = {
    "date": (("epoch", 0), ("year 1", -719_162), ("year 9999", 2_932_896), ("before epoch", -1)),
    "time-millis": (("midnight", 0), ("last", _DAY_MILLIS - 1)),
    "time-micros": (("midnight", 0), ("last", _DAY_MILLIS * 1000 - 1)),
    "timestamp-millis": (
        ("epoch", 0),
        ("year 1", -62_135_596_800_000),
        ("year 9999", 253_402_300_799_999),
        ("before epoch", -1),
    ),
    "timestamp-micros": (
        ("epoch", 0),
        ("year 1", -62_135_596_800_000_000),
        ("year 9999", 253_402_300_799_999_999),
        ("before epoch", -1),
    ),
    "timestamp-nanos": (("epoch", 0), ("min", -(2**63)), ("max", 2**63 - 1)),
    "uuid": (("nil", "00000000-0000-0000-0000-000000000000"), ("max", "ffffffff-ffff-ffff-ffff-ffffffffffff")),
}
#: The most records that a payload is built of.
MOST_RECORDS: Final = 20_000
#: The most bytes that the fixed values of a payload may have together.
MOST_BYTES: Final = 2**20
#: The most digits of a decimal that are written out.
MOST_DIGITS: Final = 10_000
_LOCAL: Final = "local-"
_Choice = TypeVar("_Choice")


@dataclass(frozen=True, slots=True)
class LabelledValue:
    """A payload and what it is there for."""

    #: ``Order.lines[].price: max``; unique within one set.
    label: str
    #: The value as JSON shows it.
    value: object
    #: The same value with union branches said; what `evtcompat.formats.avro.payloads.codec.encode` takes.
    datum: Datum
    #: Every boundary that it is the first of its set to serve; empty for the smallest payload.
    covers: tuple[str, ...] = ()


class Heights:
    """How deep the smallest value of each type is; infinite for a type that has no finite value."""

    def __init__(self, root: Type) -> None:
        self._records: dict[int, float] = {}
        records = [part for part in reachable(root) if isinstance(part, Record)]
        changed = True
        while changed:
            changed = False
            for record in records:
                height = 1 + max((self.of(part.type) for part in record.fields), default=0)
                if height < self._records.get(id(record), math.inf):
                    self._records[id(record)] = height
                    changed = True
        self._sizes: dict[int, int] = {}
        self._weights: dict[int, int] = {}
        for record in sorted(records, key=lambda record: self._records.get(id(record), math.inf)):
            if id(record) in self._records:
                self._sizes[id(record)] = 1 + sum(self.size(part.type) for part in record.fields)
                self._weights[id(record)] = sum(self.weight(part.type) for part in record.fields)

    def of(self, type_: Type) -> float:
        """The nesting of the smallest value; ``inf`` where there is none."""
        if isinstance(type_, Record):
            return self._records.get(id(type_), math.inf)
        if isinstance(type_, Union):
            return min((self.of(branch) for branch in type_.branches), default=math.inf)
        if isinstance(type_, Enumeration):
            return 0 if type_.symbols else math.inf
        return 0

    def size(self, type_: Type) -> int:
        """How many records the smallest value consists of, for a type that has one; it can grow exponentially."""
        if isinstance(type_, Record):
            return self._sizes[id(type_)]
        if isinstance(type_, Union):
            return self.size(type_.branches[self.branch(type_)])
        return 0

    def weight(self, type_: Type) -> int:
        """How many bytes of fixed values the smallest value has; 0 for a record that has none."""
        if isinstance(type_, Record):
            return self._weights.get(id(type_), 0)
        if isinstance(type_, Union):
            return self.weight(type_.branches[self.branch(type_)]) if type_.branches else 0
        return type_.size if isinstance(type_, Fixed) else 0

    def writable(self, type_: Type) -> bool:
        """Whether the type has a finite value, of at most `MOST_RECORDS` records and `MOST_BYTES` of fixed values."""
        return self.of(type_) < math.inf and self.size(type_) <= MOST_RECORDS and self.weight(type_) <= MOST_BYTES

    def branch(self, union: Union) -> int:
        """The branch with the smallest value, the first of equals."""
        return min(range(len(union.branches)), key=lambda index: self.of(union.branches[index]))


def smallest(type_: Type, heights: Heights) -> Datum:
    """The smallest value of a type: zero, empty, the first symbol, the shallowest branch.

    Raises:
        ValueError: The type has no finite value (a record that contains itself without a way out, an empty union), or
            none of at most `MOST_RECORDS` records and `MOST_BYTES` of fixed values.
    """
    if heights.of(type_) == math.inf:
        message = f"{branch_name(type_)} has no finite value, so no payload can be written at all"
        raise ValueError(message)
    if heights.size(type_) > MOST_RECORDS:
        message = f"the smallest value of {branch_name(type_)} has {heights.size(type_):,} records, too many to write"
        raise ValueError(message)
    if heights.weight(type_) > MOST_BYTES:
        message = f"the smallest value of {branch_name(type_)} has {heights.weight(type_):,} bytes, too many to write"
        raise ValueError(message)
    return _smallest(type_, heights)


def _smallest(type_: Type, heights: Heights) -> Datum:
    if isinstance(type_, Record):
        return {part.name: _smallest(part.type, heights) for part in type_.fields}
    if isinstance(type_, Union):
        index = heights.branch(type_)
        return Branch(index, _smallest(type_.branches[index], heights))
    if isinstance(type_, Container):
        return [] if type_.kind == ARRAY else {}
    if isinstance(type_, Enumeration):
        return type_.symbols[0]
    if isinstance(type_, Fixed):
        return bytes(type_.size)
    # the first boundary: of a decimal it is one zero byte, since decoders refuse a number of no bytes at all
    return next(boundaries(type_))[1]


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
    values.append(LabelledValue("smallest", json_view(schema.root, first), first))
    texts.add(repr(first))
    while len(values) < limit:
        datum = plan.build(schema.root, "", ())
        labels = plan.take_labels()
        if not labels:
            break
        if repr(datum) not in texts:
            texts.add(repr(datum))
            label = labels[0] if len(labels) == 1 else f"{labels[0]} and {len(labels) - 1} more"
            values.append(LabelledValue(f"{len(values)}: {label}", json_view(schema.root, datum), datum, tuple(labels)))
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
        #: Records of the payload that is being built.
        self._records = 0

    def take_labels(self) -> list[str]:
        """What the last build covered for the first time."""
        labels, self._labels = self._labels, []
        self._records = 0
        return labels

    def _next(self, place: str, choices: list[tuple[str, _Choice]]) -> _Choice:
        pending = self._pending.get(place)
        if pending is None:
            pending = list(choices)
            if self._random.random() < 0.5 and len(pending) > 1:  # noqa: PLR2004 - a coin
                # Neighbouring places do not always meet the same boundary in the same payload.
                turn = self._random.randrange(len(pending))
                pending = pending[turn:] + pending[:turn]
            self._pending[place] = pending
            if pending:
                insort(self._unfinished, place)
        if pending:
            label, choice = pending.pop(0)
            if not pending:
                del self._unfinished[bisect_left(self._unfinished, place)]
            self._labels.append(f"{place or 'value'}: {label}")
            return cast("_Choice", choice)
        return self._random.choice(choices)[1]

    def build(self, type_: Type, place: str, inside: tuple[Record, ...]) -> Datum:
        """A datum that covers the next open item at each of its places."""
        if isinstance(type_, Record):
            return self._record(type_, place or type_.short, inside)
        if isinstance(type_, Union):
            return self._union(type_, place, inside)
        if isinstance(type_, Container):
            return self._container(type_, place, inside)
        return self._next(place, list(boundaries(type_)))

    def _record(self, record: Record, place: str, inside: tuple[Record, ...]) -> Datum:
        self._records += 1
        if inside.count(record) > 1 or self._records > MOST_RECORDS:
            return smallest(record, self._heights)
        return {part.name: self.build(part.type, f"{place}.{part.name}", (*inside, record)) for part in record.fields}

    def _union(self, union: Union, place: str, inside: tuple[Record, ...]) -> Datum:
        choices: list[tuple[str, int]] = [
            (branch_name(branch), index)
            for index, branch in enumerate(union.branches)
            if self._heights.writable(branch) and not (isinstance(branch, Record) and inside.count(branch) > 1)
        ]
        if not choices:
            return smallest(union, self._heights)
        open_inside = [index for label, index in choices if self._open(f"{place}({label})")]
        if place in self._pending and not self._pending[place] and open_inside:
            index = open_inside[0]
        else:
            index = self._next(place, choices)
        branch = union.branches[index]
        return Branch(index, self.build(branch, f"{place}({branch_name(branch)})", inside))

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


def boundaries(type_: Primitive | Fixed | Enumeration) -> Iterator[tuple[str, Datum]]:
    """The labelled boundary values of a type without parts."""
    if isinstance(type_, Enumeration):
        yield from ((symbol, symbol) for symbol in type_.symbols)
        return
    logical = type_.logical
    if isinstance(type_, Fixed):
        if logical is not None and logical.name == "decimal":
            yield from _decimals(logical.precision, type_.size)
            return
        yield "zero bytes", bytes(type_.size)
        if type_.size and logical is None:
            yield "all ones", b"\xff" * type_.size
        return
    if logical is None:
        yield from _BOUNDARIES[type_.kind]
    elif logical.name == "decimal":
        yield from _decimals(logical.precision, None)
    else:
        yield from _LOGICAL[logical.name.removeprefix(_LOCAL)]


def _decimals(precision: int, size: int | None) -> Iterator[tuple[str, Datum]]:
    most = 10 ** min(precision, MOST_DIGITS) - 1
    for label, unscaled in (("zero", 0), ("max", most), ("min", -most), ("one unit", 1)):
        length = size if size is not None else unscaled.bit_length() // 8 + 1
        yield label, unscaled.to_bytes(length, "big", signed=True)
