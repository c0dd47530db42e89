"""fastavro's resolution (1.13: `match_types`, `read_data`, `read_union`, `read_record`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evtcompat.formats.avro.canonical import identical, identical_apart
from evtcompat.formats.avro.decoders.divergence import Divergence, Kind, lost
from evtcompat.formats.avro.decoders.screening import FASTAVRO
from evtcompat.formats.avro.matching import source_name
from evtcompat.formats.avro.parts import ROOT_SLOT, Slot, first_uses
from evtcompat.formats.avro.promotions import PROMOTIONS
from evtcompat.formats.avro.types import (
    BYTES,
    ENUM,
    FIXED,
    RECORD,
    STRING,
    UNION,
    AvroSchema,
    Container,
    Enumeration,
    Primitive,
    Record,
    Type,
    Union,
    branch_name,
    type_name,
)

if TYPE_CHECKING:
    from evtcompat.formats.avro.types import Named

#: Divergences that are reported of one pair; the first ends the resolution, unless they do not depend on each other.
MOST: Final = 100
#: Stands for the slot of a branch that the writer's data names.
_IN_UNION: Final[Slot] = (-1, None)


class FastavroResolver:
    """fastavro: named types match by short name or alias, and a union takes the first branch that matches."""

    def __init__(
        self,
        reader: AvroSchema,
        writer: AvroSchema,
        *,
        absolute: bool = True,
        apart: tuple[frozenset[Slot], frozenset[Slot]] | None = None,
    ) -> None:
        """Resolve with the reader's aliases made absolute, or as its document writes them, which is what users give.

        Referenced documents are written out where their types are first used, as `fastavro.schema.load_schema` does, or
        given `apart`, as named schemas, which is how Confluent's Python client hands them to fastavro: the slots in
        which either side defines its types are given then.
        """
        self._absolute = absolute
        self._identical = identical if apart is None else identical_apart
        self._reader = reader
        self._writer = writer
        self._seen: set[tuple[Record, Record]] = set()
        #: Where either side defines its named types, once that is asked.
        self._defining = apart
        #: The uses that are reported to be referred to on one side only.
        self._reported: set[tuple[Slot, Slot]] = set()

    def found(self) -> list[Divergence]:
        """The types that are defined on one side of a use only, and the first divergence of any other kind."""
        found: list[Divergence] = []
        if self._identical(self._reader, self._writer):
            # fastavro does not resolve equal schemas at all.
            return found
        while len(found) < MOST:
            self._seen.clear()
            before = len(self._reported)
            try:
                self._read(self._reader.root, self._writer.root, ROOT_SLOT)
            except Divergence as divergence:
                found.append(divergence)
                if len(self._reported) > before:
                    continue
            break
        return found

    def _read(self, reader: Type, writer: Type, slot: Slot) -> None:  # noqa: C901 - `read_data` is one table of kinds
        """Read what the writer wrote; `slot` is where its type is used, when that is not in a union."""
        if reader is writer:
            # Shared nodes are plain: primitives, and what consists of one or two of them.
            return
        kind = writer.kind
        if kind == UNION:
            for index, branch in enumerate(writer.branches):  # type: ignore[union-attr]  # by its kind
                try:
                    self._read(reader, branch, _IN_UNION)
                except Divergence as divergence:
                    divergence.theirs.append(index)
                    raise
        elif reader.kind == UNION:
            self._union(reader, writer, slot)  # type: ignore[arg-type]  # by its kind
        elif not self.matches(reader, writer) or (reader.kind != kind and reader.kind >= FIXED != kind):
            # The bytes of a fixed are read as whatever bears its name.
            what = f"it finds {type_name(writer)} and expects {type_name(reader)}"
            raise Divergence(FASTAVRO, Kind.WRONG_BRANCH, what)
        elif kind == RECORD:
            self._record(reader, writer)  # type: ignore[arg-type]  # by their kinds
        elif isinstance(writer, Container):
            try:
                self._read(reader.of, writer.of, (id(writer), None))  # type: ignore[union-attr]  # of the writer's kind
            except Divergence as divergence:
                divergence.inside(None, None)
                raise
        elif kind == ENUM:
            _enum(reader, writer)  # type: ignore[arg-type]  # by their kinds

    def _union(self, reader: Union, writer: Type, slot: Slot) -> None:
        picked, branch = self._first_match(reader, writer)
        if branch is None:
            what = f"no branch of the union is taken for {type_name(writer)}"
            raise Divergence(FASTAVRO, Kind.WRONG_BRANCH, what)
        if writer.kind == BYTES and branch.kind == STRING and not _decimal(writer):
            what = f"branch {picked} (string) is taken for bytes, and bytes that are not UTF-8 are refused"
            divergence = Divergence(FASTAVRO, Kind.WRONG_BRANCH, what)
            divergence.ours.append(picked)
            raise divergence
        if writer.kind >= FIXED and slot is not _IN_UNION:
            self._referred(branch, writer, (id(reader), picked), slot)
        try:
            self._read(branch, writer, _IN_UNION)
        except Divergence as inner:
            if inner.kind == Kind.NAME_FOR_DEFINITION:
                inner.ours.append(picked)
                raise
            name = branch_name(branch)
            what = f"branch {picked} ({name}), the first that matches by short name, is taken: {inner.what}"
            divergence = Divergence(FASTAVRO, Kind.WRONG_BRANCH, what)
            divergence.ours, divergence.theirs = [picked], inner.theirs
            raise divergence from None
        loss = lost(reader, branch, writer)
        if loss is not None:
            divergence = Divergence(
                FASTAVRO, Kind.WRONG_BRANCH, f"branch {picked} ({branch_name(branch)}) {loss}", silent=True
            )
            divergence.ours.append(picked)
            raise divergence

    def _referred(self, branch: Type, writer: Type, ours: Slot, theirs: Slot) -> None:
        """A branch is found for a named type: a name is taken for a definition, or the other way about."""
        if self._defining is None:
            self._defining = first_uses(self._reader.root), first_uses(self._writer.root)
        here, there = ours in self._defining[0], theirs in self._defining[1]
        if here == there or (there and writer.kind == FIXED) or (ours, theirs) in self._reported:
            return
        self._reported.add((ours, theirs))
        elsewhere = "before" if self._identical is identical else "before or in another document"
        sides = ("here", elsewhere) if here else (elsewhere, "here")
        what = (
            f"it confuses a name and a definition, because the reader defines {branch_name(branch)} {sides[0]} "
            f"and the writer {sides[1]}"
        )
        raise Divergence(FASTAVRO, Kind.NAME_FOR_DEFINITION, what)

    def _record(self, reader: Record, writer: Record) -> None:  # noqa: C901 - `read_record` is one loop over fields
        if (reader, writer) in self._seen:
            return
        self._seen.add((reader, writer))
        filled: set[str] = set()
        ours = reader.types
        for name, theirs in writer.types.items():
            # A field that is filled is none of that name any more.
            mine = name if name in ours and name not in filled else reader.claims.get(name)
            if mine is None:
                continue
            if mine in filled:
                what = f"two fields of {writer.full} fill the field {mine}"
                raise Divergence(FASTAVRO, Kind.AMBIGUOUS, what, reader.row(mine))
            filled.add(mine)
            if mine in reader.renames and (meant := source_name(mine, reader, writer)) != name:
                what = f"it fills {mine} from {name}, and not from {meant}"
                raise Divergence(FASTAVRO, Kind.CONTESTED, what, reader.row(mine), silent=True)
            if ours[mine] is not theirs:
                try:
                    self._read(ours[mine], theirs, (id(writer), name))
                except Divergence as divergence:
                    divergence.inside(mine, name)
                    raise
        if len(filled) < len(ours):
            for mine in ours:
                if mine not in reader.defaults and mine not in filled:
                    what = f"it misses the required field {mine}"
                    raise Divergence(FASTAVRO, Kind.WRONG_BRANCH, what, reader.row(mine))

    def matches(self, reader: Type, writer: Type) -> bool:
        """`match_types`: whether a branch is taken for a writer's type; the kinds of named types are not compared."""
        reader_kind, writer_kind = reader.kind, writer.kind
        if UNION in (reader_kind, writer_kind):
            return True
        if writer_kind >= FIXED:
            return reader_kind >= FIXED and self._named_match(reader, writer)  # type: ignore[arg-type]  # by their kinds
        if isinstance(writer, Primitive):
            return isinstance(reader, Primitive) and bool(PROMOTIONS[writer_kind][reader_kind])
        return reader_kind == writer_kind and self.matches(reader.of, writer.of)  # type: ignore[union-attr]  # by its kind

    def _named_match(self, reader: Named, writer: Named) -> bool:
        if reader.kind == FIXED and writer.kind == FIXED and reader.size != writer.size:  # type: ignore[union-attr]  # by its kind
            return False
        aliases = reader.aliases if self._absolute else reader.raw.get("aliases", ())
        return reader.short == writer.short or (
            isinstance(aliases, list | tuple) and (writer.full in aliases or writer.short in aliases)
        )

    def _first_match(self, reader: Union, writer: Type) -> tuple[int, Type | None]:
        for index, branch in enumerate(reader.branches):
            if self.matches(branch, writer):
                return index, branch
        return -1, None


def _enum(reader: Enumeration, writer: Enumeration) -> None:
    if not reader.default and not writer.symbol_set <= reader.symbol_set:
        unknown = next(symbol for symbol in writer.symbols if symbol not in reader.symbol_set)
        raise Divergence(FASTAVRO, Kind.WRONG_BRANCH, f"the symbol {unknown} is unknown")


def _decimal(type_: Type) -> bool:
    """Whether fastavro makes a number of the bytes before it would decode them as text."""
    return type_.logical is not None and type_.logical.name == "decimal"
