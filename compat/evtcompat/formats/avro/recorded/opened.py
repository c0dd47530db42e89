"""What the events of one writer hold: their bytes one by one, their times, and what occurs in them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from evtcompat.dataclasses import dataclass, field
from evtcompat.formats.avro.limits import recursing
from evtcompat.formats.avro.payloads import binary, codec
from evtcompat.formats.avro.payloads.carriers import carriers_of
from evtcompat.formats.avro.payloads.decoder_errors import CodecError
from evtcompat.formats.avro.payloads.numbers import long_at
from evtcompat.formats.avro.recorded.default_values import default_datum
from evtcompat.formats.avro.recorded.scanner import (
    Skipper,
    branching,
    check_end,
    damage_of,
    entry_of,
    followed,
    in_order,
    joined,
    over_all,
    repeated,
    taken_later,
    value_at,
)
from evtcompat.formats.avro.types import (
    ARRAY,
    INT,
    LONG,
    STRING,
    Container,
    Enumeration,
    Missing,
    Primitive,
    Record,
    Union,
    branch_name,
)
from evtcompat.formats.recorded import Batch, DamagedError
from evtcompat.model.json_values import view

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evtcompat.formats.avro.recorded.scanner import Step
    from evtcompat.formats.avro.types import AvroSchema, Field, Type

#: A schema that uses its records in more places than this is profiled by record rather than by place.
_MOST_LABELS: Final = 2000
#: How many make a millisecond, by the end of a logical type's name; negative: milliseconds in one.
_PER_MILLISECOND: Final = {"millis": 1, "micros": 1000, "nanos": 1_000_000}
_DAY: Final = 86_400_000


@dataclass(frozen=True)
class AvroOpened:
    """See `evtcompat.formats.recorded.Opened`."""

    schema: AvroSchema

    @cached_property
    def _skip(self) -> Step:
        return Skipper().of(self.schema.root)

    @cached_property
    def _profiler(self) -> Profiler:
        return Profiler(self.schema)

    def messages(self, batch: Batch, most: int | None = None) -> list[bytes]:
        """See `Opened`."""
        if batch.joined is None:
            return list(batch.parts[:most])
        data = batch.parts[0]
        whole = most is None or most >= batch.joined
        offsets = over_all(self._skip, data, batch.joined if whole else most, whole=whole)
        return [data[start:end] for start, end in pairwise(offsets)]

    def times(self, batch: Batch, path: tuple[str, ...]) -> list[int | DamagedError | None]:
        """See `Opened`: a timestamp, a date, a number of milliseconds, or text as ISO 8601 has it."""
        step = _time_step(self.schema.root, path, Skipper()) or self._skip
        return [met if isinstance(met, DamagedError) else met[0] if met else None for met in _met(step, batch)]

    def profile(self, batch: Batch) -> list[Sequence[str]]:
        """See `Opened`."""
        labels = self._profiler.labels
        every = _met(self._profiler.step, batch)
        return [() if isinstance(met, DamagedError) else [labels[one] for one in sorted(set(met))] for met in every]

    def could_occur(self) -> tuple[str, ...]:
        """See `Opened`."""
        return tuple(self._profiler.labels)

    def value(self, payload: bytes) -> object:
        """See `Opened`: with logical types where Python has a value for it."""
        try:
            return view(codec.decode(self.schema, payload))
        except CodecError:
            pass
        try:
            return view(codec.decode(recursing(carriers_of, self.schema), payload))
        except CodecError as error:
            raise DamagedError(error.message) from error


def _met(step: Step, batch: Batch) -> Iterator[list[int] | DamagedError]:
    """What a step tells of each event; of a message that is damaged, how.

    Raises:
        DamagedError: A block is damaged.
    """
    at = 0
    for index in range(batch.count):
        data = batch.parts[0 if batch.joined is not None else index]
        met: list[int] = []
        start = 0 if batch.joined is None else at
        try:
            try:
                at = step(data, start, met)
            except RecursionError:
                at = followed(step, data, start, met)
        except (IndexError, RecursionError, DamagedError) as error:
            damage = error if isinstance(error, DamagedError) else DamagedError(damage_of(error))
            if batch.joined is not None:
                raise damage from error
            yield damage
        else:
            yield met
    if batch.joined is not None:
        check_end(at, batch.parts[0])


def _time_step(type_: Type, path: tuple[str, ...], skipper: Skipper) -> Step | None:
    """The step that tells the time in a field; ``None`` where the type has no such field."""
    if isinstance(type_, Union):
        found = [_time_step(branch, path, skipper) for branch in type_.branches]
        if not any(found):
            return None
        return branching([step or skipper.of(branch) for step, branch in zip(found, type_.branches, strict=True)])
    if isinstance(type_, Record) and path:
        steps: list[tuple[int | None, Step]] = []
        there = False
        for row in type_.fields:
            inner = _time_step(row.type, path[1:], skipper) if row.name == path[0] else None
            there |= inner is not None
            steps.append((skipper.size(row.type), skipper.of(row.type)) if inner is None else (None, inner))
        return joined(steps) if there else None
    if not path and isinstance(type_, Primitive) and type_.kind in (INT, LONG, STRING):
        return _time_of(type_)
    return None


def _time_of(type_: Primitive) -> Step:
    if type_.kind == STRING:
        milliseconds: Callable[[object], int | None] = _parsed
    else:
        name = "" if type_.logical is None else type_.logical.name
        per = _PER_MILLISECOND.get(name.rpartition("-")[2], 1)
        days = name == "date"

        def milliseconds(value: object) -> int | None:
            return (value * _DAY if days else value // per) if isinstance(value, int) else None

    def step(data: bytes, at: int, met: list[int]) -> int:
        value, at = value_at(type_, data, at)
        time = milliseconds(value)
        if time is not None:
            met.append(time)
        return at

    return step


def _parsed(value: object) -> int | None:
    try:
        found = datetime.fromisoformat(value.decode() if isinstance(value, bytes) else "")
    except ValueError:
        return None
    return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1000)


@dataclass
class Profiler:
    """Tells the branches, symbols and defaults that occur in an event."""

    schema: AvroSchema
    #: What a number that the step tells stands for.
    labels: list[str] = field(default_factory=list)
    _numbers: dict[str, int] = field(default_factory=dict)
    _records: dict[int, Step] = field(default_factory=dict)
    _open: set[int] = field(default_factory=set)
    _skipper: Skipper = field(default_factory=Skipper)

    @cached_property
    def step(self) -> Step:
        """The step over an event."""
        return self._step(self.schema.root, "")

    def __post_init__(self) -> None:
        """Know every label."""
        _ = self.step

    def _number(self, label: str) -> int:
        number = self._numbers.setdefault(label, len(self.labels))
        if number == len(self.labels):
            self.labels.append(label)
        return number

    def _step(self, type_: Type, path: str) -> Step:
        if isinstance(type_, Union):
            return self._union(type_, path)
        if isinstance(type_, Enumeration):
            return _indexed([self._number(f"{path or type_.short} = {symbol}") for symbol in type_.symbols])
        if isinstance(type_, Container):
            item = self._step(type_.of, f"{path}[]" if type_.kind == ARRAY else f"{path}{{}}")
            return repeated(entry_of(type_, item), quiet=False)
        if isinstance(type_, Record):
            return self._record(type_, path)
        return self._skipper.of(type_)

    def _union(self, union: Union, path: str) -> Step:
        several = sum(branch.kind != 0 for branch in union.branches) > 1
        steps = []
        for branch in union.branches:
            name = branch_name(branch).rpartition(".")[2]
            number = self._number(f"{path or 'the event'}: {name}")
            steps.append(_telling(number, self._step(branch, f"{path}({name})" if several else path)))
        return branching(steps)

    def _record(self, record: Record, path: str) -> Step:
        known = self._records.get(id(record))
        if known is not None and (id(record) in self._open or len(self.labels) > _MOST_LABELS):
            return known
        later: list[Step] = []
        self._records[id(record)] = taken_later(later)
        self._open.add(id(record))
        steps = [self._field(row, f"{path}.{row.name}" if path else row.name) for row in record.fields]
        self._open.discard(id(record))
        made = in_order(steps) if steps else self._skipper.of(record)
        later.append(made)
        self._records[id(record)] = made
        return made

    def _field(self, row: Field, path: str) -> Step:
        inner = self._step(row.type, path)
        if isinstance(row.default, Missing):
            return inner
        try:
            default = binary.encode(row.type, default_datum(row.type, row.default))
        except (TypeError, ValueError, KeyError):
            return inner  # a default that is no value of its type never occurs
        number = self._number(f"{path} is its default, {json.dumps(row.default, default=str)}")

        def step(data: bytes, at: int, met: list[int]) -> int:
            end = inner(data, at, met)
            if data[at:end] == default:
                met.append(number)
            return end

        return step


def _telling(number: int, inner: Step) -> Step:
    def step(data: bytes, at: int, met: list[int]) -> int:
        met.append(number)
        return inner(data, at, met)

    return step


def _indexed(numbers: list[int]) -> Step:
    """The step over an enum's index, which tells the number of its symbol."""

    def step(data: bytes, at: int, met: list[int]) -> int:
        index, at = long_at(data, at)
        if not 0 <= index < len(numbers):
            message = f"the enum has no symbol {index}"
            raise DamagedError(message)
        met.append(numbers[index])
        return at

    return step
