"""The explanation: every place where two schemas differ in a way that a rule judges.

The walk follows the resolution that decoders carry out. It runs only for pairs that `formats.avro.verdict` refused or
found worth a look; each pair of record types is explained at the first place that uses it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from evtcompat.formats.avro.canonical import identical
from evtcompat.formats.avro.decision import RENAMED, UNRELATED, AmbiguousFieldError, distance, writer_field
from evtcompat.formats.avro.meaning import EXACT, meaning, promoted_away
from evtcompat.formats.avro.promotions import PROMOTIONS
from evtcompat.formats.avro.types import (
    KIND_NAMES,
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
    branch_name,
    type_name,
)
from evtcompat.formats.avro.verdict import Truth, faults
from evtcompat.model.mismatches import Mismatch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evtcompat.formats.avro.paths import SchemaIndex, SchemaPath
    from evtcompat.formats.avro.types import Named
    from evtcompat.model.places import Place

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
    #: Where the types meet, in the reader and in the writer.
    here: SchemaPath
    there: SchemaPath
    #: The reader's field in question, for rules about fields.
    field: Field | None = None
    #: The deeper mismatch that makes this one.
    cause: Found | None = None

    @property
    def reader(self) -> Type:
        """The reader's type in question."""
        return self.here.type

    @property
    def writer(self) -> Type:
        """The writer's type in question."""
        return self.there.type


@dataclass(slots=True)
class Walk:
    """One explanation of "reader reads writer"."""

    reader: AvroSchema
    writer: AvroSchema
    reader_index: SchemaIndex
    writer_index: SchemaIndex
    truth: Truth
    found: list[Found] = field(default_factory=list)
    _seen: set[tuple[Record, Record]] = field(default_factory=set)
    _causes: dict[tuple[Type, Type], tuple[Found, ...]] = field(default_factory=dict)
    _faults: dict[int, str] = field(default_factory=dict)
    _indexes: dict[Union, dict[str, list[int]]] = field(default_factory=dict)

    def run(self) -> list[Found]:
        """All mismatches, in the order of the reader's fields."""
        self._faults = {id(bad): reason for _, bad, reason in faults(self.reader)}
        self._pair(self.reader.root, self.writer.root, self.reader_index.root(), self.writer_index.root())
        return self.found

    def _add(
        self,
        rule: str,
        here: SchemaPath,
        there: SchemaPath,
        facts: Mapping[str, object],
        *,
        places: tuple[Place, Place] | None = None,
        because: tuple[Found, ...] = (),
        at: Field | None = None,
    ) -> None:
        ours, theirs = places or (here.place(), there.place())
        causes = tuple(cause.mismatch for cause in because)
        mismatch = Mismatch(rule, ours, theirs, {"path": here.text, **facts}, causes)
        self.found.append(Found(mismatch, here, there, at, because[0] if because else None))

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
            self._enum(reader, writer, here, there)
        elif isinstance(reader, Fixed) and isinstance(writer, Fixed):
            self._fixed(reader, writer, here, there)
        else:
            self._leaf(reader, writer, here, there)

    def _leaf(self, reader: Type, writer: Type, here: SchemaPath, there: SchemaPath) -> None:
        if isinstance(reader, Primitive) and isinstance(writer, Primitive) and PROMOTIONS[writer.kind][reader.kind]:
            if reader is not writer:
                self._meaning(reader, writer, here, there)
            return
        facts = {"writer_type": type_name(writer), "reader_type": type_name(reader)}
        if there.parent is not None and isinstance(there.parent.type, Union):
            facts["case"] = "branch"
        self._add("type-mismatch", here, there, facts)

    def _meaning(
        self, reader: Primitive | Fixed, writer: Primitive | Fixed, here: SchemaPath, there: SchemaPath
    ) -> None:
        for rule, facts in meaning(reader, writer):
            self._add(rule, here, there, facts)

    def _reader_union(self, reader: Union, writer: Type, here: SchemaPath, there: SchemaPath) -> None:
        index = self._chosen(reader, writer)
        if index is not None:
            chosen = reader.branches[index]
            if reader.ambiguous:
                self._ambiguous_branches(reader, chosen, here, there)
            self._pair(chosen, writer, here.into(chosen, index), there)
            if isinstance(writer, Primitive):
                self._promoted(reader, index, writer, here, there)
            return
        nearest = self._nearest(reader, writer)
        because: tuple[Found, ...] = ()
        if nearest is not None:
            branch = reader.branches[nearest]
            if (branch, writer) in self._seen:
                # A recursive type that fails somewhere else; what makes it fail is reported there.
                return
            because = self._cause(branch, writer, here.into(branch, nearest), there)
        more = f" and {len(reader.branches) - _BRANCHES} more" if len(reader.branches) > _BRANCHES else ""
        names = ", ".join([branch_name(branch) for branch in reader.branches[:_BRANCHES]])
        branches = f"{names}{more}" or "no branch"
        facts: dict[str, object] = {"writer_type": type_name(writer), "branches": branches}
        if because and nearest is not None:
            facts |= {"case": "cause", "branch": nearest, "branch_name": branch_name(reader.branches[nearest])}
        self._add("missing-union-branch", here, there, facts, because=because)

    def _promoted(self, reader: Union, index: int, writer: Primitive, here: SchemaPath, there: SchemaPath) -> None:
        """What is lost where fastavro takes a branch before that of the writer's own kind, since it can be promoted."""
        for first, branch in enumerate(reader.branches[:index]):
            if isinstance(branch, Primitive) and PROMOTIONS[writer.kind][branch.kind]:
                rule = promoted_away(branch, writer)
                if rule is not None and not identical(self.reader, self.writer):
                    facts = {"case": "first", "first": first, "own": index, "writer_type": KIND_NAMES[writer.kind]}
                    facts |= {"reader_type": KIND_NAMES[branch.kind], "exact_to": EXACT.get(branch.kind, 0)}
                    self._add(rule, here.into(branch, first), there, facts)
                return

    def _chosen(self, reader: Union, writer: Type) -> int | None:
        """The branch that reads the writer's type: of those that fit the nearest, as decoders choose."""
        best, least = None, UNRELATED
        for index in self._candidates(reader, writer):
            branch = reader.branches[index]
            if branch is writer:
                return index
            away = distance(branch, writer)
            if away < least and self.truth.reads(branch, writer):
                best, least = index, away
        return best

    def _nearest(self, reader: Union, writer: Type) -> int | None:
        """The branch that was meant for the writer's type, where none reads it."""
        candidates = self._candidates(reader, writer) or [
            index for index, branch in enumerate(reader.branches) if branch.kind == writer.kind
        ]
        related = [index for index in candidates if distance(reader.branches[index], writer) < UNRELATED]
        if len(related) > 1:
            # Of several types of other names none was meant more than the rest.
            related = [index for index in related if distance(reader.branches[index], writer) != RENAMED]
        return min(related, key=lambda index: distance(reader.branches[index], writer), default=None)

    def _candidates(self, reader: Union, writer: Type) -> Sequence[int]:
        """The branches that may read the writer's type: of its name, if it has one, or of another kind than named."""
        if not isinstance(writer, NAMED):
            return range(len(reader.branches)) if len(reader.branches) < _FEW else self._index(reader)[""]
        if len(reader.branches) < _FEW:
            return [index for index, branch in enumerate(reader.branches) if _may_read(branch, writer)]
        index = self._index(reader)
        found = {*index.get(writer.short, ()), *index.get(f"={writer.full}", ())}
        return [index for index in sorted(found) if _may_read(reader.branches[index], writer)]

    def _index(self, reader: Union) -> dict[str, list[int]]:
        """The branches of a union by short names, by aliases (behind an equals sign), and those without a name."""
        found = self._indexes.get(reader)
        if found is None:
            found = self._indexes[reader] = {"": []}
            for index, branch in enumerate(reader.branches):
                keys = (branch.short, *[f"={name}" for name in branch.aliases]) if isinstance(branch, NAMED) else ("",)
                for key in keys:
                    found.setdefault(key, []).append(index)
        return found

    def _cause(self, reader: Type, writer: Type, here: SchemaPath, there: SchemaPath) -> tuple[Found, ...]:
        """Why a branch that was meant for the writer's type does not read it."""
        key = (reader, writer)
        if key not in self._causes:
            self._causes[key] = ()  # while it is open, for recursive types
            inner = replace(self, found=[], _seen=set())
            inner._pair(reader, writer, here, there)  # noqa: SLF001 - its own class
            self._causes[key] = tuple(found for found in inner.found if found.mismatch.rule in REFUSALS)
        return self._causes[key]

    def _ambiguous_branches(self, reader: Union, chosen: Type, here: SchemaPath, there: SchemaPath) -> None:
        if not isinstance(chosen, NAMED):
            return
        names = [
            branch.full for branch in reader.branches if isinstance(branch, NAMED) and branch.short == chosen.short
        ]
        if len(names) > 1:
            self._add("union-branches-share-name", here, there, {"names": ", ".join(names), "short": chosen.short})

    def _name(self, reader: Named, writer: Named, here: SchemaPath, there: SchemaPath) -> None:
        """Say what is to be said about the names of two named types."""
        if reader.short == writer.short:
            return
        facts = {
            "reader_name": reader.full,
            "writer_name": writer.full,
            "kind": KIND_NAMES[reader.kind],
            "what": "type",
        }
        known = writer.full in reader.aliases
        places = here.inside(reader, "aliases" if known else "name"), there.inside(writer, "name")
        self._add("alias-bridges-rename" if known else "name-mismatch", here, there, facts, places=places)

    def _enum(self, reader: Enumeration, writer: Enumeration, here: SchemaPath, there: SchemaPath) -> None:
        self._name(reader, writer, here, there)
        if writer.symbol_set <= reader.symbol_set:
            return
        unknown = [symbol for symbol in writer.symbols if symbol not in reader.symbol_set]
        more = f" and {len(unknown) - _LISTED} more" if len(unknown) > _LISTED else ""
        word = "symbol" if len(unknown) == 1 else "symbols"
        facts = {"enum": reader.full, "symbols": ", ".join(unknown[:_LISTED]) + more, "word": word}
        rule = "missing-enum-symbols"
        if reader.default is not None:
            rule = "enum-symbol-defaulted"
            facts["default"] = reader.default
        self._add(rule, here, there, facts, places=(here.inside(reader, "symbols"), there.inside(writer, "symbols")))

    def _fixed(self, reader: Fixed, writer: Fixed, here: SchemaPath, there: SchemaPath) -> None:
        self._name(reader, writer, here, there)
        if reader.size == writer.size:
            self._meaning(reader, writer, here, there)
            return
        facts = {"fixed": reader.full, "writer_size": writer.size, "reader_size": reader.size}
        places = here.inside(reader, "size"), there.inside(writer, "size")
        self._add("fixed-size-mismatch", here, there, facts, places=places)

    def _record(self, reader: Record, writer: Record, here: SchemaPath, there: SchemaPath) -> None:
        if (reader, writer) in self._seen:
            return
        self._seen.add((reader, writer))
        self._name(reader, writer, here, there)
        for ours in reader.fields:
            try:
                theirs = writer_field(ours, writer) if ours.aliases else writer.by_name.get(ours.name)
            except AmbiguousFieldError:
                self._ambiguous_field(reader, writer, ours, here, there)
                continue
            if theirs is None:
                if ours.default is MISSING or id(ours) in self._faults:
                    self._absent(reader, writer, ours, here, there)
                continue
            if theirs.name != ours.name:
                self._renamed(reader, writer, ours, theirs, here, there)
            # Shared nodes are plain: primitives, and unions of two of them.
            if ours.type is not theirs.type:
                self._pair(ours.type, theirs.type, here.into(ours.type, ours), there.into(theirs.type, theirs))

    def _renamed(
        self, reader: Record, writer: Record, ours: Field, theirs: Field, here: SchemaPath, there: SchemaPath
    ) -> None:
        facts = {"reader_name": ours.name, "writer_name": theirs.name, "kind": "field", "what": "field"}
        places = here.field_place(reader, ours, "aliases"), there.field_place(writer, theirs, "name")
        self._add("alias-bridges-rename", here, there, facts, places=places, at=ours)

    def _ambiguous_field(
        self, reader: Record, writer: Record, ours: Field, here: SchemaPath, there: SchemaPath
    ) -> None:
        names = [name for name in (ours.name, *ours.aliases) if name in writer.by_name]
        facts = {"field": ours.name, "matches": " and ".join(names), "record": writer.full}
        places = here.field_place(reader, ours), there.inside(writer)
        self._add("ambiguous-field-alias", here, there, facts, places=places, at=ours)

    def _absent(self, reader: Record, writer: Record, ours: Field, here: SchemaPath, there: SchemaPath) -> None:
        facts = {"field": ours.name, "record": reader.full, "type": type_name(ours.type)}
        rule = "reader-field-missing-default-value"
        part: tuple[str, ...] = ()
        if ours.default is not MISSING:
            rule, part = "invalid-reader-default", ("default",)
            facts["reason"] = self._faults[id(ours)]
        places = here.field_place(reader, ours, *part), there.inside(writer)
        self._add(rule, here, there, facts, places=places, at=ours)


#: Symbols that a sentence lists before it says how many more there are.
_LISTED = 10
#: Branches that it lists.
_BRANCHES: Final = 20
#: Unions with fewer branches are searched as they are.
_FEW: Final = 8


def _may_read(branch: Type, writer: Named) -> bool:
    return branch.kind == writer.kind and distance(branch, writer) < RENAMED
