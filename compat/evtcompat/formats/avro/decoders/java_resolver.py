"""Avro Java's resolution (1.12: `Resolver`)."""

from __future__ import annotations

from typing import Final

from evtcompat.formats.avro.decoders.divergence import Divergence, Kind, lost
from evtcompat.formats.avro.decoders.java_defaults import Builder
from evtcompat.formats.avro.decoders.java_names import JavaNames
from evtcompat.formats.avro.decoders.screening import JAVA, empty_array_defaults
from evtcompat.formats.avro.defaults import faults
from evtcompat.formats.avro.matching import source_name
from evtcompat.formats.avro.promotions import PROMOTIONS
from evtcompat.formats.avro.types import (
    ENUM,
    FIXED,
    MISSING,
    RECORD,
    UNION,
    AvroSchema,
    Container,
    Enumeration,
    Field,
    Fixed,
    Record,
    Type,
    Union,
    branch_name,
    type_name,
)

#: The release whose reader fails where `evtcompat.formats.avro.defaults.empty_array_in_union`.
_FAST_READER: Final = "Avro Java 1.12.1"
#: Divergences that are reported of one pair; the first ends the resolution, unless they do not depend on each other.
MOST: Final = 100
_PRIMITIVES: Final = len(PROMOTIONS)
#: What `RecordAdjust.resolve` may make of two records: no error, one in a field, an error.
_FITS: Final = 0
_HAS_ERROR: Final = 1
_IS_ERROR: Final = 2


class JavaResolver:
    """Avro Java: the writer's types and fields are renamed by the reader's aliases, then resolved."""

    def __init__(self, reader: AvroSchema, writer: AvroSchema) -> None:
        self._reader = reader
        self._writer = writer
        self._names = JavaNames(reader, writer)
        wrong = faults(reader)
        #: The reader's fields whose default Java cannot build, as record and name.
        self._unbuildable = frozenset(
            [(record, mine.name) for record, mine, _ in wrong if not Builder().builds(mine)] if wrong else ()
        )
        #: The reader's fields that are filled with an empty array of a union, as record and name; not those reported.
        self._empty_arrays = set(empty_array_defaults(reader))
        self._seen: set[tuple[Record, Record]] = set()
        self._equal: dict[tuple[Record, Record], bool] = {}
        #: How many branches are being tried.
        self._trying = 0
        #: What Java has made of pairs of records.
        self._adjusts: dict[tuple[Record, Record], int] = {}

    def found(self) -> list[Divergence]:
        """The empty arrays that one release fails to build, and the first divergence of any other kind."""
        found: list[Divergence] = []
        try:
            if self._reader.aliased:
                self._names.apply()
        except Divergence as divergence:
            return [divergence]
        while len(found) < MOST:
            self._seen.clear()
            try:
                if self._unbuildable and not self._adjusts:
                    # Every pair of types that Java meets may make it build a wrong default.
                    self._is_error(self._reader.root, self._writer.root)
                self._resolve(self._reader.root, self._writer.root)
            except Divergence as divergence:
                found.append(divergence)
                if divergence.kind == Kind.EMPTY_ARRAY:
                    self._empty_arrays = {
                        one for one in self._empty_arrays if one[0].row(one[1]) is not divergence.field
                    }
                    continue
            break
        return found

    def _resolve(self, reader: Type, writer: Type) -> None:
        if reader is writer:
            # Shared nodes are plain: primitives, and what consists of one or two of them.
            return
        kind = writer.kind
        if kind == UNION:
            self._each(reader, writer)  # type: ignore[arg-type]  # by its kind
        elif reader.kind == UNION:
            self._union(reader, writer)  # type: ignore[arg-type]  # by its kind
        elif kind < _PRIMITIVES and reader.kind < _PRIMITIVES:
            if not PROMOTIONS[kind][reader.kind]:
                raise _unexpected(reader, writer)
        elif reader.kind != kind:
            raise _unexpected(reader, writer)
        elif kind == RECORD:
            self._record(reader, writer)  # type: ignore[arg-type]  # by their kinds
        elif isinstance(writer, Container):
            try:
                self._resolve(reader.of, writer.of)  # type: ignore[union-attr]  # of the writer's kind
            except Divergence as divergence:
                divergence.inside(None, None)
                raise
        else:
            self._leaf(reader, writer)  # type: ignore[arg-type]  # an enum or a fixed, as the other

    def _each(self, reader: Type, writer: Union) -> None:
        """The branches of a writer's union: by their position where both unions are alike."""
        aligned = isinstance(reader, Union) and self._equivalent(reader, writer)
        for index, branch in enumerate(writer.branches):
            try:
                self._resolve(reader.branches[index] if aligned else reader, branch)  # type: ignore[union-attr]  # alike
            except Divergence as divergence:
                divergence.theirs.append(index)
                if aligned:
                    divergence.ours.append(index)
                raise

    def _union(self, reader: Union, writer: Type) -> None:
        picked = self._branch(reader, writer)
        if picked is None:
            moved = writer.kind in (ENUM, FIXED) and any([branch.kind == writer.kind for branch in reader.branches])  # noqa: C419 - no generator's frame
            what = f"no branch of the union is taken for {type_name(writer)}"
            raise Divergence(JAVA, Kind.MOVED_IN_UNION if moved else Kind.WRONG_BRANCH, what)
        try:
            self._resolve(reader.branches[picked], writer)
        except Divergence as divergence:
            if divergence.kind == Kind.MISMATCH:
                what = f"branch {picked} ({branch_name(reader.branches[picked])}) is taken: {divergence.what}"
                outer = Divergence(JAVA, Kind.WRONG_BRANCH, what)
                outer.ours.append(picked)
                raise outer from None
            divergence.ours.append(picked)
            raise
        branch = reader.branches[picked]
        loss = lost(reader, branch, writer)
        if loss is not None:
            outer = Divergence(JAVA, Kind.WRONG_BRANCH, f"branch {picked} ({branch_name(branch)}) {loss}", silent=True)
            outer.ours.append(picked)
            raise outer

    def _leaf(self, reader: Enumeration | Fixed, writer: Enumeration | Fixed) -> None:
        if self._names.short(writer) != reader.short:
            full = self._names.full(writer)
            what = f"an alias of another type renames {writer.full} to {full}, which is not {reader.full}"
            raise Divergence(JAVA, Kind.RENAMED_AWAY if full != writer.full else Kind.MISMATCH, what)
        if isinstance(reader, Fixed) and isinstance(writer, Fixed) and reader.size != writer.size:
            raise Divergence(JAVA, Kind.MISMATCH, f"the size is {writer.size}, not {reader.size}")
        if isinstance(reader, Enumeration) and isinstance(writer, Enumeration) and reader.default is None:
            unknown = next((symbol for symbol in writer.symbols if symbol not in reader.symbol_set), None)
            if unknown is not None:
                raise Divergence(JAVA, Kind.MISMATCH, f"the symbol {unknown} is unknown")

    def _record(self, reader: Record, writer: Record) -> None:
        if (reader, writer) in self._seen:
            return
        self._seen.add((reader, writer))
        theirs = self._names.types(writer)
        renamed = self._names.renamed(writer)
        owns = {now: own for own, now in renamed.items()}
        for name, mine in reader.types.items():
            if name not in theirs:
                if name in reader.renames or name not in reader.defaults or name in renamed:
                    self._unfilled(reader.row(name), reader, writer)
                if self._empty_arrays and (reader, name) in self._empty_arrays:
                    what = f"it takes the union of {name} for an array when it builds the default"
                    raise Divergence(_FAST_READER, Kind.EMPTY_ARRAY, what, reader.row(name))
                continue
            if renamed or name in reader.renames:
                meant = source_name(name, reader, writer)
                if meant and meant != owns.get(name, name):
                    what = f"it fills {name} from {owns.get(name, name)}, and not from {meant}"
                    raise Divergence(JAVA, Kind.CONTESTED, what, reader.row(name), silent=True)
            if mine is not theirs[name]:
                try:
                    self._resolve(mine, theirs[name])
                except Divergence as divergence:
                    divergence.inside(name, self._names.own(writer, name))
                    raise

    def _unfilled(self, mine: Field, reader: Record, writer: Record) -> None:
        """Nothing of the writer fills a field of the reader."""
        expected = source_name(mine.name, reader, writer)
        if expected:
            now = self._names.renamed(writer).get(expected)
            if now is None:
                kind = Kind.DEAD_ALIAS
                applied = f"because {writer.full} counts as {self._names.full(writer)}, not {reader.full}"
                what = f"the alias {expected} of {mine.name} is not applied, {applied}"
            else:
                kind = Kind.CONTESTED
                what = f"aliases give the field {expected} of {writer.full} to {now}, and nothing fills {mine.name}"
            raise Divergence(JAVA, kind, what, mine, silent=mine.default is not MISSING)
        if mine.default is MISSING:
            raise Divergence(JAVA, Kind.MISMATCH, f"it misses the required field {mine.name}")

    def _branch(self, reader: Union, writer: Type) -> int | None:
        """The branch that `Resolver.ReaderUnion` takes, or ``None``."""
        kind = writer.kind
        structural: int | None = None
        for index, branch in enumerate(reader.branches):
            if branch.kind != kind:
                continue
            if kind < FIXED or branch.full == self._names.full(writer):  # type: ignore[union-attr,arg-type]  # by their kinds
                return index
            if (
                isinstance(branch, Record)
                and isinstance(writer, Record)
                and (self._unbuildable or structural is None or branch.short == self._names.short(writer))
                and self._fits(branch, writer)
                and (structural is None or branch.short == self._names.short(writer))
            ):
                structural = index
        if structural is not None:
            return structural
        if kind < _PRIMITIVES:
            for index, branch in enumerate(reader.branches):
                if branch.kind < _PRIMITIVES and PROMOTIONS[kind][branch.kind]:
                    return index
        return None

    def _fits(self, reader: Record, writer: Record) -> bool:
        """Whether two records resolve, as `hasMatchError` looks at them: an error in a field counts one level deep."""
        self._trying += 1
        fits = self._adjusted(reader, writer) == _FITS
        self._trying -= 1
        return fits

    def _adjusted(self, reader: Record, writer: Record) -> int:
        """`RecordAdjust.resolve`: all common fields, then defaults for the rest, whatever the common ones say.

        Java resolves each pair once; while a pair is open it counts as what is known of it so far.
        """
        pair = reader, writer
        if pair in self._adjusts:
            return self._adjusts[pair]
        self._adjusts[pair] = _FITS
        theirs = self._names.types(writer)
        ours = reader.types
        for name, other in theirs.items():
            mine = ours.get(name)
            if mine is not None and mine is not other and self._is_error(mine, other):
                self._adjusts[pair] = _HAS_ERROR
        for name in ours:
            if name in theirs:
                continue
            if name not in reader.defaults:
                self._adjusts[pair] = _IS_ERROR
                break
            if self._trying and (reader, name) in self._unbuildable:
                # Outside of tries the field is filled with it, which has a rule of its own.
                what = f"looking for a branch it builds the wrong default of {name} of {reader.full}"
                raise Divergence(JAVA, Kind.WRONG_BRANCH, what, default=reader.row(name))
        return self._adjusts[pair]

    def _is_error(self, reader: Type, writer: Type) -> bool:
        """Whether `Resolver.resolve` makes an error of a pair; what lies inside unions and containers is none of it."""
        kind = writer.kind
        if kind == UNION:
            aligned = isinstance(reader, Union) and self._equivalent(reader, writer)
            for index, branch in enumerate(writer.branches):  # type: ignore[union-attr]  # by its kind
                self._is_error(reader.branches[index] if aligned else reader, branch)  # type: ignore[union-attr]  # alike
            return False
        if kind == reader.kind:
            if kind == RECORD:
                return self._adjusted(reader, writer) == _IS_ERROR  # type: ignore[arg-type]  # by their kinds
            if isinstance(writer, Container):
                self._is_error(reader.of, writer.of)  # type: ignore[union-attr]  # of the writer's kind
                return False
            if kind < _PRIMITIVES:
                return False
            sizes = getattr(reader, "size", 0), getattr(writer, "size", 0)
            return self._names.short(writer) != reader.short or sizes[0] != sizes[1]  # type: ignore[union-attr,arg-type]  # named
        if isinstance(reader, Union):
            picked = self._branch(reader, writer)
            if picked is None:
                return True
            self._is_error(reader.branches[picked], writer)
            return False
        return not (kind < _PRIMITIVES and reader.kind < _PRIMITIVES and PROMOTIONS[kind][reader.kind])

    def _equivalent(self, reader: Type, writer: Type) -> bool:
        """`Resolver.unionEquiv`: the same shape and short names, so that branches are taken by position."""
        kind = reader.kind
        if kind != writer.kind:
            return False
        if reader is writer or kind < _PRIMITIVES:
            return True
        if isinstance(reader, Container):
            return self._equivalent(reader.of, writer.of)  # type: ignore[union-attr]  # of the reader's kind
        if isinstance(reader, Union):
            theirs = writer.branches  # type: ignore[union-attr]  # by its kind
            return len(reader.branches) == len(theirs) and all(
                [  # noqa: C419 - a generator would recurse through C frames
                    self._equivalent(mine, other) for mine, other in zip(reader.branches, theirs, strict=True)
                ]
            )
        if reader.short != self._names.short(writer):  # type: ignore[arg-type,union-attr]  # by its kind
            return False
        if isinstance(reader, Fixed):
            return reader.size == writer.size  # type: ignore[union-attr]  # by its kind
        if isinstance(reader, Enumeration):
            return reader.symbols == writer.symbols  # type: ignore[union-attr]  # by its kind
        return self._equivalent_records(reader, writer)  # type: ignore[arg-type]  # by its kind

    def _equivalent_records(self, reader: Record, writer: Record) -> bool:
        pair = reader, writer
        if pair not in self._equal:
            self._equal[pair] = True
            self._equal[pair] = self._equivalent_fields(reader, writer)
        return self._equal[pair]

    def _equivalent_fields(self, reader: Record, writer: Record) -> bool:
        if len(reader.types) != len(writer.types):
            return False
        names = self._names.renamed(writer)
        for (mine, type_), (theirs, other) in zip(reader.types.items(), writer.types.items(), strict=True):
            if mine != names.get(theirs, theirs) or not self._equivalent(type_, other):
                return False
        return True


def _unexpected(reader: Type, writer: Type) -> Divergence:
    return Divergence(JAVA, Kind.MISMATCH, f"it finds {type_name(writer)} and expects {type_name(reader)}")
