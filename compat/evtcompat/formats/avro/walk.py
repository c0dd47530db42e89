"""The walk that explains: every place where two schemas differ in a way that a rule judges.

It follows the resolution that decoders carry out. It runs only for pairs that `formats.avro.compatibility` refused or
found worth a look, and asks it which branch of a union reads a type; each pair of record types is explained at the
first place that uses it.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from evtcompat.formats.avro.canonical import identical
from evtcompat.formats.avro.compatibility import BudgetSpentError, Readability
from evtcompat.formats.avro.defaults import faults
from evtcompat.formats.avro.differences import (
    BranchesShareName,
    BranchMissing,
    EarlierBranch,
    FieldAbsent,
    FieldAmbiguous,
    FieldRenamed,
    NamesDiffer,
    SizesDiffer,
    SymbolsUnknown,
    TypesUnrelated,
)
from evtcompat.formats.avro.equality import Equality
from evtcompat.formats.avro.matching import AMBIGUOUS, RENAMED, UNRELATED, distance, matching_name, source_name
from evtcompat.formats.avro.paths import SchemaIndex
from evtcompat.formats.avro.promotions import PROMOTIONS
from evtcompat.formats.avro.rule import Occurrence
from evtcompat.formats.avro.rules import breaches, conversion_breaches
from evtcompat.formats.avro.types import (
    MISSING,
    NAMED,
    AvroSchema,
    Container,
    Enumeration,
    Field,
    Fixed,
    Primitive,
    Record,
    Type,
    Union,
)
from evtcompat.model.mismatches import Mismatch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evtcompat.formats.avro.paths import SchemaPath
    from evtcompat.formats.avro.rule import AvroRule, Breach
    from evtcompat.formats.avro.types import Named

#: Unions with fewer branches are searched as they are.
_FEW: Final = 8
#: Pairs of record types that are explained. Two circles of records, of 70 and 71, have nearly as many, each at a place
#: that is one level deeper than the one before; no schema that was written by hand has a hundredth of them.
PAIRS: Final = 5_000
#: Branches of large unions that are looked at since they have, or had, the name of one of the writer's; most have one.
NAMESAKES: Final = 150_000


class Walk:
    """One explanation of "reader reads writer"; what it finds is in the order of the reader's fields."""

    def __init__(self, reader: AvroSchema, writer: AvroSchema) -> None:
        self.reader = reader
        self.writer = writer
        self.reader_root = SchemaIndex(reader).root()
        self.writer_root = SchemaIndex(writer).root()
        #: What was found so far.
        self.found: list[Occurrence] = []
        self._readability = Readability(reader, writer)
        self._seen: set[tuple[Record, Record]] = set()
        self._pairs = 0
        self._namesakes = 0
        #: Why a branch of the reader's does not read a type of the writer's, once that was asked; ``None`` while it is
        #: being found out, and where all that is to blame are pairs of which it was being found out then.
        self._causes: dict[tuple[Type, Type], tuple[Occurrence, ...] | None] = {}
        #: Whether such a pair was met, and left to where it is explained.
        self._circular = False
        self._faults = {id(field): reason for _, field, reason in faults(reader)}
        self._indexes: dict[Union, dict[str, list[int]]] = {}

    def run(self) -> list[Occurrence]:
        """Every rule that the pair breaks by itself, whatever decoders do.

        Raises:
            BudgetSpentError: The schemas have more than `PAIRS` pairs of record types that meet, or `NAMESAKES`.
        """
        self._pair(self.reader.root, self.writer.root, self.reader_root, self.writer_root)
        return self.found

    def report(
        self,
        broken: Sequence[tuple[AvroRule, Breach]],
        here: SchemaPath,
        there: SchemaPath,
        *,
        field: Field | None = None,
        because: tuple[Occurrence, ...] = (),
        path: str | None = None,
    ) -> None:
        """Note the rules that a difference breaks.

        Args:
            broken: The rules, and how they are broken.
            here: Where the types meet in the reader.
            there: Where they do in the writer.
            field: The reader's field in question.
            because: The deeper occurrences that make these.
            path: How messages call the place in the reader, where not as `here`.
        """
        for rule, breach in broken:
            mismatch = Mismatch(
                rule.id,
                breach.reader or here.place(),
                breach.writer or there.place(),
                {"path": here.text if path is None else path, **breach.facts},
                tuple([cause.mismatch for cause in because]),
            )
            self.found.append(Occurrence(rule, mismatch, here, there, field, because[0] if because else None))

    def _pair(self, reader: Type, writer: Type, here: SchemaPath, there: SchemaPath) -> None:
        if isinstance(writer, Union):
            for index, branch in enumerate(writer.branches):
                path = there.into(branch, index)
                if isinstance(reader, Union):
                    self._reader_union(reader, branch, here, path)
                else:
                    self._pair(reader, branch, here, path)
        elif isinstance(reader, Union):
            self._reader_union(reader, writer, here, there)
        elif isinstance(reader, Record) and isinstance(writer, Record):
            self._record(reader, writer, here, there)
        elif isinstance(reader, Container) and isinstance(writer, Container) and reader.kind == writer.kind:
            self._pair(reader.of, writer.of, here.into(reader.of), there.into(writer.of))
        elif isinstance(reader, Enumeration) and isinstance(writer, Enumeration):
            self._names(reader, writer, here, there)
            if not writer.symbol_set <= reader.symbol_set:
                self.report(breaches(SymbolsUnknown(reader, writer, here, there)), here, there)
        elif isinstance(reader, Fixed) and isinstance(writer, Fixed):
            self._fixed(reader, writer, here, there)
        else:
            self._leaf(reader, writer, here, there)

    def _leaf(self, reader: Type, writer: Type, here: SchemaPath, there: SchemaPath) -> None:
        if isinstance(reader, Primitive) and isinstance(writer, Primitive) and PROMOTIONS[writer.kind][reader.kind]:
            if reader is not writer:
                self.report(conversion_breaches(reader, writer), here, there)
        else:
            self.report(breaches(TypesUnrelated(reader, writer, there.in_union)), here, there)

    def _fixed(self, reader: Fixed, writer: Fixed, here: SchemaPath, there: SchemaPath) -> None:
        self._names(reader, writer, here, there)
        if reader.size == writer.size:
            self.report(conversion_breaches(reader, writer), here, there)
        else:
            self.report(breaches(SizesDiffer(reader, writer, here, there)), here, there)

    def _names(self, reader: Named, writer: Named, here: SchemaPath, there: SchemaPath) -> None:
        if reader.short != writer.short:
            self.report(breaches(NamesDiffer(reader, writer, here, there)), here, there)

    def _record(self, reader: Record, writer: Record, here: SchemaPath, there: SchemaPath) -> None:
        if (reader, writer) in self._seen:
            return
        self._seen.add((reader, writer))
        self._pairs += 1
        if self._pairs > PAIRS:
            raise BudgetSpentError
        self._names(reader, writer, here, there)
        known = writer.types
        for name, type_ in reader.types.items():
            # Shared nodes are plain: primitives, and unions of two of them. Most fields of most records have one.
            if known.get(name) is not type_ or name in reader.renames:
                self._field(reader.row(name), reader, writer, here, there)

    def _field(self, ours: Field, reader: Record, writer: Record, here: SchemaPath, there: SchemaPath) -> None:
        name = ours.name if ours.name in writer.types else None
        if ours.aliases:  # few fields have any, and the rest are filled by their names
            name = matching_name(ours.name, reader, writer)
            if name is AMBIGUOUS:
                self.report(self.ambiguity(ours, reader, writer, here, there), here, there, field=ours)
                # Whoever accepts the ambiguity has not accepted what else is wrong with the field that it meant.
                name = source_name(ours.name, reader, writer) or next(
                    name for name in (ours.name, *ours.aliases) if name in writer.types
                )
        theirs = None if name is None else writer.row(name)
        if theirs is None:
            fault = self._faults.get(id(ours))
            if ours.default is MISSING or fault is not None:
                self.report(breaches(FieldAbsent(ours, reader, writer, fault, here, there)), here, there, field=ours)
            return
        if theirs.name != ours.name:
            self.report(breaches(FieldRenamed(ours, theirs, reader, writer, here, there)), here, there, field=ours)
        if ours.type is not theirs.type:
            self._pair(ours.type, theirs.type, here.into(ours.type, ours), there.into(theirs.type, theirs))

    def ambiguity(
        self, field: Field, reader: Record, writer: Record, here: SchemaPath, there: SchemaPath
    ) -> Sequence[tuple[AvroRule, Breach]]:
        """The rule that is broken where a field matches several of the writer's, or one twice."""
        source = source_name(field.name, reader, writer) or None
        return breaches(FieldAmbiguous(field, reader, writer, here, there, source, self.applies_no_alias))

    def _reader_union(self, reader: Union, writer: Type, here: SchemaPath, there: SchemaPath) -> None:
        index = self._chosen(reader, writer)
        if index is None:
            self._unread(reader, writer, here, there)
            return
        chosen = reader.branches[index]
        if reader.ambiguous and isinstance(chosen, NAMED):
            alike = [one for one in reader.branches if isinstance(one, NAMED) and one.short == chosen.short]
            if len(alike) > 1:
                self.report(breaches(BranchesShareName(tuple(alike), chosen.short)), here, there)
        self._pair(chosen, writer, here.into(chosen, index), there)
        if isinstance(writer, Primitive):
            self._earlier_branch(reader, index, writer, here, there)

    def _unread(self, reader: Union, writer: Type, here: SchemaPath, there: SchemaPath) -> None:
        """No branch reads the writer's type."""
        nearest = self._nearest(reader, writer)
        because: tuple[Occurrence, ...] = ()
        if nearest is not None:
            branch = reader.branches[nearest]
            if (branch, writer) in self._seen:
                # A recursive type that fails somewhere else; what makes it fail is reported there.
                return
            causes = self._cause(branch, writer, here.into(branch, nearest), there)
            if causes is None:
                self._circular = True
                return
            because = causes
        self.report(breaches(BranchMissing(reader, writer, nearest if because else None)), here, there, because=because)

    def _earlier_branch(
        self, reader: Union, index: int, writer: Primitive, here: SchemaPath, there: SchemaPath
    ) -> None:
        """The branch that fastavro takes before that of the writer's own kind, since it promotes to it."""
        for first, branch in enumerate(reader.branches[:index]):
            if isinstance(branch, Primitive) and PROMOTIONS[writer.kind][branch.kind]:
                if not self._equal:
                    self.report(breaches(EarlierBranch(branch, writer, first, index)), here.into(branch, first), there)
                return

    @cached_property
    def applies_no_alias(self) -> bool:
        """Whether Avro Java holds both schemas equal, so that it resolves them without aliases."""
        ours, theirs = self.reader, self.writer
        return Equality().holds(ours.root, theirs.root, ours.document.value, theirs.document.value)

    @cached_property
    def _equal(self) -> bool:
        """Whether both schemas are the same, so that fastavro does not resolve them."""
        return identical(self.reader, self.writer)

    def _chosen(self, reader: Union, writer: Type) -> int | None:
        """The branch that reads the writer's type: of those that fit the nearest, as decoders choose."""
        best, least = None, UNRELATED
        for index in self._candidates(reader, writer):
            branch = reader.branches[index]
            if branch is writer:
                return index
            away = distance(branch, writer)
            if away < least and self._readability.reads(branch, writer):
                best, least = index, away
        return best

    def _nearest(self, reader: Union, writer: Type) -> int | None:
        """The branch that was meant for the writer's type, where none reads it."""
        candidates = self._candidates(reader, writer)
        if not candidates:
            # All of its kind have other names. Of several none was meant more than the rest.
            alike = self._of_kind(reader, writer.kind)
            return alike[0] if len(alike) == 1 else None
        away, nearest = min((distance(reader.branches[index], writer), index) for index in candidates)
        return nearest if away < UNRELATED else None

    def _of_kind(self, reader: Union, kind: int) -> Sequence[int]:
        """The branches of a kind."""
        if len(reader.branches) < _FEW:
            return [index for index, branch in enumerate(reader.branches) if branch.kind == kind]
        return self._index(reader).get(f"#{kind}", ())

    def _candidates(self, reader: Union, writer: Type) -> Sequence[int]:
        """The branches that may read the writer's type: of its name, if it has one, or of another kind than named."""
        if not isinstance(writer, NAMED):
            return range(len(reader.branches)) if len(reader.branches) < _FEW else self._index(reader)[""]
        if len(reader.branches) < _FEW:
            return [index for index, branch in enumerate(reader.branches) if _may_read(branch, writer)]
        index = self._index(reader)
        found = {*index.get(writer.short, ()), *index.get(f"={writer.full}", ())}
        self._namesakes += len(found)
        if self._namesakes > NAMESAKES:
            raise BudgetSpentError
        return [index for index in sorted(found) if _may_read(reader.branches[index], writer)]

    def _index(self, reader: Union) -> dict[str, list[int]]:
        """The branches of a union by short names, aliases (behind an equals sign), kinds (behind a hash sign).

        Those without a name are there by an empty one.
        """
        found = self._indexes.get(reader)
        if found is None:
            found = self._indexes[reader] = {"": []}
            for index, branch in enumerate(reader.branches):
                names = (branch.short, *[f"={name}" for name in branch.aliases]) if isinstance(branch, NAMED) else ("",)
                for key in (*names, f"#{branch.kind}"):
                    found.setdefault(key, []).append(index)
        return found

    def _cause(self, reader: Type, writer: Type, here: SchemaPath, there: SchemaPath) -> tuple[Occurrence, ...] | None:
        """Why a branch that was meant for the writer's type does not read it; ``None`` where that is told elsewhere."""
        key = (reader, writer)
        if key not in self._causes:
            self._causes[key] = None  # while it is open, for recursive types
            outer = self.found, self._seen, self._circular
            self.found, self._seen, self._circular = [], set(), False
            try:
                self._pair(reader, writer, here, there)
            finally:
                inner, circular = self.found, self._circular
                self.found, self._seen, self._circular = outer
            causes = tuple([one for one in inner if one.rule.refused_by_registry])
            self._causes[key] = causes if causes or not circular else None
        return self._causes[key]


def _may_read(branch: Type, writer: Named) -> bool:
    return branch.kind == writer.kind and distance(branch, writer) < RENAMED
