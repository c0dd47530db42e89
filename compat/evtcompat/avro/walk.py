"""The explanation: every place where two schemas differ in a way that a rule judges.

The walk follows the resolution that decoders carry out. It runs only for pairs that `evtcompat.avro.verdict` refused or
found worth a look; each pair of record types is explained at the first place that uses it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from evtcompat.avro.meaning import meaning
from evtcompat.avro.types import (
    KIND_NAMES,
    MISSING,
    PLAIN,
    AvroSchema,
    Container,
    Enumeration,
    Field,
    Fixed,
    Primitive,
    Record,
    Type,
    Union,
    branch_name,
    type_name,
)
from evtcompat.avro.verdict import PROMOTIONS, AmbiguousFieldError, Truth, faults, name_matches, writer_field
from evtcompat.model.mismatches import Mismatch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evtcompat.avro.places import Atlas, Spot
    from evtcompat.model.places import Place

#: One step from a type into a part of it: a field's name, a branch's index, or ``None`` for an item or value.
Step: TypeAlias = str | int | None
Trail: TypeAlias = tuple[Step, ...]

#: The rules that judge names and shapes as Avro Java does; a pair that breaks one is refused.
REFUSALS = frozenset(
    {
        "ambiguous-field-alias",
        "fixed-size-mismatch",
        "missing-enum-symbols",
        "missing-union-branch",
        "name-mismatch",
        "reader-field-missing-default-value",
        "type-mismatch",
    }
)


@dataclass(frozen=True, slots=True)
class Found:
    """A mismatch with what a witness and a fix need."""

    mismatch: Mismatch
    #: How a writer's datum reaches it.
    trail: Trail
    #: The types that meet there.
    reader: Type
    writer: Type
    #: The reader's field in question, for rules about fields.
    field: Field | None = None
    #: The deeper mismatch that makes this one; its trail starts where this one's ends.
    cause: Found | None = None


@dataclass(slots=True)
class Walk:
    """One explanation of "reader reads writer"."""

    reader: AvroSchema
    writer: AvroSchema
    reader_atlas: Atlas
    writer_atlas: Atlas
    truth: Truth
    found: list[Found] = field(default_factory=list)
    _seen: set[tuple[Record, Record]] = field(default_factory=set)
    _causes: dict[tuple[Type, Type], tuple[Found, ...]] = field(default_factory=dict)
    _faults: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Prepare what every step asks."""
        self._faults = {id(bad): reason for _, bad, reason in faults(self.reader)}

    def run(self) -> list[Found]:
        """All mismatches, in the order of the reader's fields."""
        self._pair(self.reader.root, self.writer.root, self.reader_atlas.root(), self.writer_atlas.root(), ())
        return self.found

    def _add(
        self,
        rule: str,
        here: Place,
        there: Place,
        facts: Mapping[str, object],
        trail: Trail,
        pair: tuple[Type, Type],
        *,
        because: tuple[Found, ...] = (),
        at: Field | None = None,
    ) -> None:
        mismatch = Mismatch(rule, here, there, facts, tuple(cause.mismatch for cause in because))
        self.found.append(Found(mismatch, trail, pair[0], pair[1], at, because[0] if because else None))

    def _pair(self, reader: Type, writer: Type, here: Spot, there: Spot, trail: Trail) -> None:
        if isinstance(writer, Union):
            self._writer_union(reader, writer, here, there, trail)
        elif isinstance(reader, Union):
            self._reader_union(reader, writer, here, there, trail)
        elif isinstance(reader, Record) and isinstance(writer, Record):
            self._record(reader, writer, here, there, trail)
        elif isinstance(reader, Container) and isinstance(writer, Container) and reader.kind == writer.kind:
            self._pair(reader.of, writer.of, here.into(reader.of), there.into(writer.of), (*trail, None))
        elif isinstance(reader, Enumeration) and isinstance(writer, Enumeration):
            self._enum(reader, writer, here, there, trail)
        elif isinstance(reader, Fixed) and isinstance(writer, Fixed):
            self._fixed(reader, writer, here, there, trail)
        elif isinstance(reader, Primitive) and isinstance(writer, Primitive) and PROMOTIONS[writer.kind][reader.kind]:
            self._meaning(reader, writer, here, there, trail)
        else:
            facts = {"writer_type": type_name(writer), "reader_type": type_name(reader), "path": here.path}
            self._add("type-mismatch", here.place(), there.place(), facts, trail, (reader, writer))

    def _meaning(
        self, reader: Primitive | Fixed, writer: Primitive | Fixed, here: Spot, there: Spot, trail: Trail
    ) -> None:
        if reader is writer and reader in PLAIN:
            return
        for rule, facts in meaning(reader, writer):
            self._add(rule, here.place(), there.place(), {"path": here.path, **facts}, trail, (reader, writer))

    def _writer_union(self, reader: Type, writer: Union, here: Spot, there: Spot, trail: Trail) -> None:
        for index, branch in enumerate(writer.branches):
            spot = there.into(branch, index)
            if isinstance(reader, Union):
                self._reader_union(reader, branch, here, spot, (*trail, index))
            else:
                self._pair(reader, branch, here, spot, (*trail, index))

    def _reader_union(self, reader: Union, writer: Type, here: Spot, there: Spot, trail: Trail) -> None:
        fitting = [index for index, branch in enumerate(reader.branches) if self.truth.reads(branch, writer)]
        if fitting:
            index = min(fitting, key=lambda index: _distance(reader.branches[index], writer))
            chosen = reader.branches[index]
            self._twins(reader, chosen, writer, here, there, trail)
            self._pair(chosen, writer, here.into(chosen, index), there, trail)
            return
        facts: dict[str, object] = {
            "path": here.path,
            "writer_type": type_name(writer),
            "branches": ", ".join(branch_name(branch) for branch in reader.branches) or "no branch",
        }
        because: tuple[Found, ...] = ()
        nearest = min(
            range(len(reader.branches)), key=lambda index: _distance(reader.branches[index], writer), default=None
        )
        if nearest is not None and _distance(reader.branches[nearest], writer) < _UNRELATED:
            branch = reader.branches[nearest]
            if (branch, writer) in self._seen:
                # A recursive type that fails somewhere else; what makes it fail is reported there.
                return
            because = self._cause(branch, writer, here.into(branch, nearest), there)
        self._add("missing-union-branch", here.place(), there.place(), facts, trail, (reader, writer), because=because)

    def _cause(self, reader: Type, writer: Type, here: Spot, there: Spot) -> tuple[Found, ...]:
        """Why a branch that was meant for the writer's type does not read it."""
        key = (reader, writer)
        if key not in self._causes:
            self._causes[key] = ()  # while it is open, for recursive types
            inner = replace(self, found=[], _seen=set())
            inner._causes = self._causes  # noqa: SLF001 - its own class
            inner._pair(reader, writer, here, there, ())  # noqa: SLF001 - its own class
            self._causes[key] = tuple(found for found in inner.found if found.mismatch.rule in REFUSALS)
        return self._causes[key]

    def _twins(self, reader: Union, chosen: Type, writer: Type, here: Spot, there: Spot, trail: Trail) -> None:
        if not reader.twins or not isinstance(chosen, Record | Enumeration | Fixed):
            return
        names = [
            branch.full
            for branch in reader.branches
            if isinstance(branch, Record | Enumeration | Fixed) and branch.short == chosen.short
        ]
        if len(names) > 1:
            facts = {"path": here.path, "names": ", ".join(names), "short": chosen.short}
            self._add("union-branches-share-name", here.place(), there.place(), facts, trail, (reader, writer))

    def _name(
        self,
        reader: Record | Enumeration | Fixed,
        writer: Record | Enumeration | Fixed,
        here: Spot,
        there: Spot,
        trail: Trail,
    ) -> bool:
        """Whether the names match; what is to be said about them is said."""
        facts = {
            "path": here.path,
            "reader_name": reader.full,
            "writer_name": writer.full,
            "kind": KIND_NAMES[reader.kind],
        }
        if not name_matches(reader, writer):
            self._add(
                "name-mismatch",
                here.inside(reader, "name"),
                there.inside(writer, "name"),
                facts,
                trail,
                (reader, writer),
            )
            return False
        if reader.short != writer.short:
            here_place, there_place = here.inside(reader, "aliases"), there.inside(writer, "name")
            self._add(
                "alias-bridges-rename", here_place, there_place, facts | {"what": "type"}, trail, (reader, writer)
            )
        return True

    def _enum(self, reader: Enumeration, writer: Enumeration, here: Spot, there: Spot, trail: Trail) -> None:
        self._name(reader, writer, here, there, trail)
        unknown = [symbol for symbol in writer.symbols if symbol not in reader.symbol_set]
        if not unknown:
            return
        facts: dict[str, object] = {
            "path": here.path,
            "enum": reader.full,
            "symbols": ", ".join(unknown[:10]) + (f" and {len(unknown) - 10} more" if len(unknown) > 10 else ""),  # noqa: PLR2004
        }
        rule = "missing-enum-symbols"
        if reader.default is not None:
            rule = "enum-symbol-defaulted"
            facts["default"] = reader.default
        self._add(rule, here.inside(reader, "symbols"), there.inside(writer, "symbols"), facts, trail, (reader, writer))

    def _fixed(self, reader: Fixed, writer: Fixed, here: Spot, there: Spot, trail: Trail) -> None:
        self._name(reader, writer, here, there, trail)
        if reader.size != writer.size:
            facts = {
                "path": here.path,
                "fixed": reader.full,
                "writer_size": writer.size,
                "reader_size": reader.size,
            }
            here_place, there_place = here.inside(reader, "size"), there.inside(writer, "size")
            self._add("fixed-size-mismatch", here_place, there_place, facts, trail, (reader, writer))
        else:
            self._meaning(reader, writer, here, there, trail)

    def _record(self, reader: Record, writer: Record, here: Spot, there: Spot, trail: Trail) -> None:
        if (reader, writer) in self._seen:
            return
        self._seen.add((reader, writer))
        self._name(reader, writer, here, there, trail)
        for ours in reader.fields:
            try:
                theirs = writer_field(ours, writer) if ours.aliases else writer.by_name.get(ours.name)
            except AmbiguousFieldError:
                self._ambiguous(reader, writer, ours, here, there, trail)
                continue
            if theirs is None:
                if ours.default is MISSING or id(ours) in self._faults:
                    self._absent(reader, writer, ours, here, there, trail)
                continue
            if theirs.name != ours.name:
                facts = {
                    "path": here.path,
                    "reader_name": ours.name,
                    "writer_name": theirs.name,
                    "kind": "field",
                    "what": "field",
                }
                here_place = here.field_place(reader, ours, "aliases")
                there_place = there.field_place(writer, theirs, "name")
                self._add("alias-bridges-rename", here_place, there_place, facts, trail, (reader, writer), at=ours)
            if ours.type is theirs.type:
                # Shared nodes are plain: primitives, and unions of two of them.
                continue
            self._pair(
                ours.type,
                theirs.type,
                here.into(ours.type, ours),
                there.into(theirs.type, theirs),
                (*trail, theirs.name),
            )

    def _ambiguous(self, reader: Record, writer: Record, ours: Field, here: Spot, there: Spot, trail: Trail) -> None:
        names = [name for name in (ours.name, *ours.aliases) if name in writer.by_name]
        facts = {
            "path": here.path,
            "field": ours.name,
            "matches": " and ".join(names),
            "record": writer.full,
        }
        place = here.field_place(reader, ours)
        self._add("ambiguous-field-alias", place, there.inside(writer), facts, trail, (reader, writer), at=ours)

    def _absent(self, reader: Record, writer: Record, ours: Field, here: Spot, there: Spot, trail: Trail) -> None:
        facts: dict[str, object] = {
            "path": here.path,
            "field": ours.name,
            "record": reader.full,
            "type": type_name(ours.type),
        }
        if ours.default is MISSING:
            place = here.field_place(reader, ours)
            rule = "reader-field-missing-default-value"
            self._add(rule, place, there.inside(writer), facts, trail, (reader, writer), at=ours)
            return
        reason = self._faults.get(id(ours))
        if reason is not None:
            facts["reason"] = reason
            place = here.field_place(reader, ours, "default")
            self._add("invalid-reader-default", place, there.inside(writer), facts, trail, (reader, writer), at=ours)


#: Farther than any branch that was meant for the writer's type.
_UNRELATED = 4


def _distance(branch: Type, writer: Type) -> int:
    """How far a reader's branch is from the writer's type: what decoders try first is nearest."""
    if branch.kind != writer.kind:
        primitives = writer.kind < len(PROMOTIONS) and branch.kind < len(PROMOTIONS)
        return 3 if primitives and PROMOTIONS[writer.kind][branch.kind] else _UNRELATED
    if not isinstance(branch, Record | Enumeration | Fixed) or not isinstance(writer, Record | Enumeration | Fixed):
        return 0
    if branch.full == writer.full or writer.full in branch.aliases:
        return 0
    return 1 if branch.short == writer.short else 2
