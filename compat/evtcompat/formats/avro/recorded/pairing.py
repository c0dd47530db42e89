"""What a reader may make of a writer's events, worked out from the two schemas, and the step that tells it of an event.

A *site* is a place where the reader's value is not the one that was written: a default, a rounded number, an unknown
symbol. The sites of a pair bound the outcome of every event. Where the bounds meet, no event needs to be opened; where
they do not, a step scans an event and tells the sites that it meets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from evtcompat.dataclasses import dataclass, field
from evtcompat.formats.avro.matching import AMBIGUOUS, matching_name
from evtcompat.formats.avro.paths import SchemaIndex
from evtcompat.formats.avro.payloads.leaves import leaf_rule
from evtcompat.formats.avro.payloads.numbers import long_at
from evtcompat.formats.avro.promotions import PROMOTIONS
from evtcompat.formats.avro.recorded.scanner import (
    Skipper,
    branching,
    entry_of,
    joined,
    repeated,
    taken_later,
    value_at,
)
from evtcompat.formats.avro.types import (
    NAMED,
    Container,
    Enumeration,
    Fixed,
    Primitive,
    Record,
    Union,
    branch_name,
)
from evtcompat.formats.recorded import DamagedError
from evtcompat.model.readings import Outcome

if TYPE_CHECKING:
    from evtcompat.formats.avro.paths import SchemaPath
    from evtcompat.formats.avro.recorded.scanner import Step
    from evtcompat.formats.avro.types import AvroSchema, Named, Type
    from evtcompat.model.places import Place

_NOTHING: Final[frozenset[int]] = frozenset()


class Site(NamedTuple):
    """A place where something becomes of a value."""

    outcome: Outcome
    reader: Place
    writer: Place


class Part(NamedTuple):
    """A writer's type as a reader's type reads it."""

    #: Tells the wanted sites that a value meets; ``None`` when there are none, and the value is skipped.
    step: Step | None
    #: The best that may become of a value.
    best: Outcome = Outcome.OK
    #: The sites that every value meets.
    always: frozenset[int] = _NOTHING


@dataclass
class Pairing:
    """One walk over a reader and a writer.

    `sites` are all that a value can meet, told or not; `unsure` says that decoders may choose otherwise than this walk
    supposes, so that its bounds prove nothing.
    """

    reader: AvroSchema
    writer: AvroSchema
    #: The sites that steps tell; ``None``: all of them.
    wanted: frozenset[int] | None = None
    sites: list[Site] = field(default_factory=list)
    unsure: bool = False
    _numbers: dict[tuple[object, ...], int] = field(default_factory=dict)
    _records: dict[tuple[int, int], Part] = field(default_factory=dict)
    _skipper: Skipper = field(default_factory=Skipper)

    def root(self) -> Part:
        """The whole of the two schemas."""
        return self._part(SchemaIndex(self.reader).root(), SchemaIndex(self.writer).root())

    def step_of(self, part: Part) -> Step:
        """The step over a value of the writer's whole type."""
        return part.step or self._skipper.of(self.writer.root)

    def _site(self, outcome: Outcome, ours: Place, theirs: Place) -> int:
        """The number of a site; the same place of the definitions is one site, however often it is reached."""
        key = (outcome, ours.origin, ours.pointer, theirs.origin, theirs.pointer)
        number = self._numbers.setdefault(key, len(self.sites))
        if number == len(self.sites):
            self.sites.append(Site(outcome, ours, theirs))
        return number

    def _told(self, number: int) -> bool:
        return self.wanted is None or number in self.wanted

    def _at_once(self, outcome: Outcome, ours: Place, theirs: Place, over: Type) -> Part:
        """What becomes of every value of a writer's type."""
        number = self._site(outcome, ours, theirs)
        step = telling(number, self._skipper.of(over)) if self._told(number) else None
        return Part(step, outcome, frozenset({number}))

    def _part(self, ours: SchemaPath, theirs: SchemaPath) -> Part:
        mine, other = ours.type, theirs.type
        if isinstance(other, Union):
            return self._union(ours, theirs, other)
        if isinstance(mine, Union):
            return self._into_union(ours, theirs, mine)
        if isinstance(mine, NAMED) and isinstance(other, NAMED) and not fits(mine, other):
            self.unsure = True  # decoders differ in what they make of other names, and of a name for another kind
        self.unsure |= _by_name_alone(mine, other)
        if not fits(mine, other):
            return self._at_once(Outcome.REFUSED, ours.place(), theirs.place(), other)
        if isinstance(mine, Record) and isinstance(other, Record):
            return self._record(ours, theirs, mine, other)
        if isinstance(mine, Container) and isinstance(other, Container):
            item = self._part(ours.into(mine.of), theirs.into(other.of))
            return Part(None if item.step is None else repeated(entry_of(other, item.step), quiet=False))
        if isinstance(mine, Enumeration) and isinstance(other, Enumeration):
            return self._enumeration(ours, theirs, mine, other)
        if isinstance(mine, Primitive | Fixed) and isinstance(other, Primitive | Fixed):
            return self._leaf(ours, theirs, mine, other)
        message = f"no pair of types: {mine!r}, {other!r}"
        raise TypeError(message)

    def _union(self, ours: SchemaPath, theirs: SchemaPath, union: Union) -> Part:
        parts = [self._part(ours, theirs.into(branch, index)) for index, branch in enumerate(union.branches)]
        if not parts:
            return Part(None)
        best = min((part.best for part in parts), key=lambda one: one.weight)
        always = frozenset.intersection(*(part.always for part in parts))
        if all(part.step is None for part in parts):
            return Part(None, best, always)
        pairs = zip(parts, union.branches, strict=True)
        steps = [part.step or self._skipper.of(branch) for part, branch in pairs]
        return Part(branching(steps), best, always)

    def _into_union(self, ours: SchemaPath, theirs: SchemaPath, union: Union) -> Part:
        fitting = [(index, branch) for index, branch in enumerate(union.branches) if fits(branch, theirs.type)]
        self.unsure |= not union.branches  # fastavro takes no branches for no reader
        self.unsure |= any(_by_name_alone(branch, theirs.type) for branch in union.branches)
        if not fitting:
            return self._at_once(Outcome.REFUSED, ours.place(), theirs.place(), theirs.type)
        index, taken = fitting[0]
        if len(fitting) > 1 and branch_name(taken) != branch_name(theirs.type):
            self.unsure = True
        return self._part(ours.into(taken, index), theirs)

    def _leaf(self, ours: SchemaPath, theirs: SchemaPath, mine: Primitive | Fixed, other: Primitive | Fixed) -> Part:
        rule = leaf_rule(mine, other)
        if rule is None:
            return Part(None)
        if len(rule.possible) == 1:
            return self._at_once(rule.best, ours.place(), theirs.place(), other)
        numbers = {
            outcome: self._site(outcome, ours.place(), theirs.place())
            for outcome in Outcome
            if outcome in rule.possible and outcome is not rule.best
        }
        told = {outcome: number for outcome, number in numbers.items() if self._told(number)}
        if not told:
            return Part(None, rule.best)
        outcome_of = rule.outcome

        def step(data: bytes, at: int, met: list[int]) -> int:
            value, at = value_at(other, data, at)
            number = told.get(outcome_of(value))
            if number is not None:
                met.append(number)
            return at

        return Part(step, rule.best)

    def _enumeration(self, ours: SchemaPath, theirs: SchemaPath, mine: Enumeration, other: Enumeration) -> Part:
        unknown = tuple(symbol not in mine.symbol_set for symbol in other.symbols)
        if not any(unknown):
            return Part(None)
        outcome = Outcome.REFUSED if mine.default is None else Outcome.LOSSY
        number = self._site(outcome, ours.place(), theirs.place())
        every = all(unknown)
        best, always = (outcome, frozenset({number})) if every else (Outcome.OK, _NOTHING)
        if not self._told(number):
            return Part(None, best, always)

        def step(data: bytes, at: int, met: list[int]) -> int:
            index, at = long_at(data, at)
            if not 0 <= index < len(unknown):
                message = f"the enum has no symbol {index}"
                raise DamagedError(message)
            if unknown[index]:
                met.append(number)
            return at

        return Part(step, best, always)

    def _record(self, ours: SchemaPath, theirs: SchemaPath, mine: Record, other: Record) -> Part:
        key = (id(mine), id(other))
        known = self._records.get(key)
        if known is not None:
            return known
        later: list[Step] = []
        self._records[key] = Part(taken_later(later))
        made = self._fields(ours, theirs, mine, other)
        later.append(made.step or self._skipper.of(other))
        self._records[key] = made
        return made

    def _fields(self, ours: SchemaPath, theirs: SchemaPath, mine: Record, other: Record) -> Part:
        parts: dict[str, Part] = {}
        absent: list[tuple[Outcome, int]] = []
        for row in mine.fields:
            name = matching_name(row.name, mine, other)
            if name is AMBIGUOUS:
                self.unsure = True
                continue
            source = None if name is None else other.row(name)
            if source is None:
                outcome = Outcome.DEFAULTED if row.name in mine.defaults else Outcome.REFUSED
                absent.append((outcome, self._site(outcome, ours.field_place(mine, row), theirs.place())))
                continue
            if source.name in parts:
                self.unsure = True  # two fields of the reader are filled from one; fastavro fills one of them
            parts[source.name] = self._part(ours.into(row.type, row), theirs.into(source.type, source))
        best = max((outcome for outcome, _ in absent), key=lambda one: one.weight, default=Outcome.OK)
        best = max((best, *(part.best for part in parts.values())), key=lambda one: one.weight)
        always = frozenset(number for _, number in absent).union(*(part.always for part in parts.values()))
        told = [number for _, number in absent if self._told(number)]
        if not told and all(part.step is None for part in parts.values()):
            return Part(None, best, always)
        steps: list[tuple[int | None, Step]] = []
        for row in other.fields:
            step = parts[row.name].step if row.name in parts else None
            steps.append((self._skipper.size(row.type), self._skipper.of(row.type)) if step is None else (None, step))
        inner = joined(steps)
        for number in told:
            inner = telling(number, inner)
        return Part(inner, best, always)


def telling(number: int, inner: Step) -> Step:
    """A step that tells a site whenever it is taken."""

    def step(data: bytes, at: int, met: list[int]) -> int:
        met.append(number)
        return inner(data, at, met)

    return step


def fits(ours: Type, theirs: Type) -> bool:
    """Whether fastavro takes a reader's type for a writer's, as the specification has it; of a union, it may."""
    if isinstance(ours, Union) or isinstance(theirs, Union):
        return True
    if isinstance(theirs, NAMED):
        return isinstance(ours, NAMED) and ours.kind == theirs.kind and _named_alike(ours, theirs)
    if isinstance(theirs, Primitive):
        return isinstance(ours, Primitive) and bool(PROMOTIONS[theirs.kind][ours.kind])
    return isinstance(ours, Container) and ours.kind == theirs.kind and fits(ours.of, theirs.of)


def _by_name_alone(ours: Type, theirs: Type) -> bool:
    """Whether fastavro takes a type for another kind of the same name, in a list or a map as well."""
    if isinstance(ours, Container) and isinstance(theirs, Container):
        return ours.kind == theirs.kind and _by_name_alone(ours.of, theirs.of)
    if not isinstance(ours, NAMED) or not isinstance(theirs, NAMED) or ours.kind == theirs.kind:
        return False
    return _named_alike(ours, theirs)


def _named_alike(ours: Named, theirs: Named) -> bool:
    if isinstance(ours, Fixed) and isinstance(theirs, Fixed) and ours.size != theirs.size:
        return False
    return ours.short == theirs.short or theirs.full in ours.aliases
