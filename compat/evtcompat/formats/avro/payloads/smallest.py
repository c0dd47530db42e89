"""The smallest value of a type, and whether it has one that can be written."""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING, Final

from evtcompat.formats.avro.parts import reachable
from evtcompat.formats.avro.payloads.boundaries import boundaries
from evtcompat.formats.avro.payloads.datum import Branch
from evtcompat.formats.avro.types import ARRAY, Container, Enumeration, Fixed, Record, Type, Union, branch_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evtcompat.formats.avro.payloads.datum import Datum

#: The most records that a payload is built of.
MOST_RECORDS: Final = 20_000
#: The most bytes that the fixed values of a payload may have together.
MOST_BYTES: Final = 2**20


class _Need:
    """A field of a record that has no finite value as long as none of some records has one."""

    __slots__ = ("met", "record")

    def __init__(self, record: Record) -> None:
        self.record = record
        self.met = False


class Heights:
    """How deep the smallest value of each type is; infinite for a type that has no finite value.

    Attributes:
        made: The smallest values that were built, by the identity of their types. Nobody changes them.
    """

    def __init__(self, root: Type) -> None:
        self.made: dict[int, Datum] = {}
        self._records: dict[int, float] = {}
        records = [part for part in reachable(root) if isinstance(part, Record)]
        self._settle(records)
        self._sizes: dict[int, int] = {}
        self._weights: dict[int, int] = {}
        for record in sorted(records, key=lambda record: self._records.get(id(record), math.inf)):
            if id(record) in self._records:
                self._sizes[id(record)] = 1 + sum(self.size(part.type) for part in record.fields)
                self._weights[id(record)] = sum(self.weight(part.type) for part in record.fields)

    def _settle(self, records: Sequence[Record]) -> None:
        """Find the heights of records, each once: the lowest first, as those of the records that hold them follow."""
        #: Fields that wait for a record, by its identity; of a union the first branch that is settled counts.
        waiting: dict[int, list[_Need]] = {}
        left = {id(record): 0 for record in records}
        for record in records:
            for type_ in record.types.values():
                if self.of(type_) < math.inf:
                    continue
                left[id(record)] += 1
                need = _Need(record)
                for branch in type_.branches if isinstance(type_, Union) else (type_,):
                    waiting.setdefault(id(branch), []).append(need)
        settled = deque(record for record in records if not left[id(record)])
        self._records = {id(record): 1 for record in settled}
        while settled:
            inner = settled.popleft()
            for need in waiting.pop(id(inner), ()):
                if need.met:
                    continue
                need.met = True
                outer = id(need.record)
                left[outer] -= 1
                if not left[outer]:
                    self._records[outer] = 1 + self._records[id(inner)]
                    settled.append(need.record)

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
    """The smallest value of a type: zero, empty, the first symbol, the shallowest branch; the same one each time.

    Raises:
        ValueError: The type has no finite value (a record that contains itself without a way out, an empty union), or
            none of at most `MOST_RECORDS` records and `MOST_BYTES` of fixed values.
    """
    if id(type_) in heights.made:
        return heights.made[id(type_)]
    if heights.of(type_) == math.inf:
        message = f"{branch_name(type_)} has no finite value, so no payload that holds one can be written"
        raise ValueError(message)
    if heights.size(type_) > MOST_RECORDS:
        message = f"the smallest value of {branch_name(type_)} has {heights.size(type_):,} records, too many to write"
        raise ValueError(message)
    if heights.weight(type_) > MOST_BYTES:
        message = f"the smallest value of {branch_name(type_)} has {heights.weight(type_):,} bytes, too many to write"
        raise ValueError(message)
    made = heights.made[id(type_)] = _smallest(type_, heights)
    return made


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
