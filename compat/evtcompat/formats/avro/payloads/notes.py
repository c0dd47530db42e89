"""What differs between a payload as it was written and what fastavro made of it under another schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from evtcompat.dataclasses import dataclass, field
from evtcompat.formats.avro.logical import TIME
from evtcompat.formats.avro.payloads import binary
from evtcompat.formats.avro.payloads.carriers import LeafDecoder
from evtcompat.formats.avro.payloads.datum import Branch, Datum
from evtcompat.formats.avro.payloads.decoder_errors import CodecError
from evtcompat.formats.avro.payloads.pairing import Filled, Pairing
from evtcompat.formats.avro.promotions import PROMOTIONS
from evtcompat.formats.avro.types import (
    ARRAY,
    BOOLEAN,
    BYTES,
    DOUBLE,
    ENUM,
    FIXED,
    FLOAT,
    INT,
    LONG,
    MAP,
    NULL,
    RECORD,
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
from evtcompat.model.json_texts import one_line
from evtcompat.model.json_values import view
from evtcompat.model.readings import Note, NoteKind

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

#: What decodes leaves of the reader, and of the writer.
Leaves = tuple[LeafDecoder, LeafDecoder]

#: The types that `_Walk` takes for leaves.
_LEAVES: Final = (Primitive, Fixed)
_Leaf: TypeAlias = Primitive | Fixed
#: What a value that holds NaN is.
_MAY_HOLD_NAN: Final = frozenset({float, dict, list})
#: The kinds that fastavro reads as a Python type, where logical types are left out.
READ_AS: Final[dict[type, tuple[int, ...]]] = {
    type(None): (NULL,),
    bool: (BOOLEAN,),
    int: (INT, LONG),
    float: (FLOAT, DOUBLE),
    bytes: (BYTES, FIXED),
    str: (STRING, ENUM),
    list: (ARRAY,),
    dict: (MAP, RECORD),
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What fastavro makes of a payload."""

    #: Under the reader's schema, and under the writer's own; `MISSING` where it refuses the latter.
    reader: object
    writer: object
    #: Gives the first with logical types left out.
    carriers: Callable[[], object]
    #: Gives what was written, with the branches of unions said.
    datum: Callable[[], Datum]


def notes_of(reader: AvroSchema, writer: AvroSchema, leaves: Leaves, pairing: Pairing, seen: Seen) -> list[Note]:
    """Every place where the reader's value and the written one differ, in the order of the reader's fields.

    Where types are alike and both sides see the same, there is nothing to tell; only the rest is looked at closely.

    Args:
        reader: The reader's schema.
        writer: The writer's.
        leaves: What decodes their leaves.
        pairing: Knows what both have in common.
        seen: The payload.

    Raises:
        CodecError: fastavro refuses the payload where logical types are left out.
    """
    ours, theirs = reader.root, writer.root
    if pairing.alike(ours, theirs) and _equal(seen.reader, seen.writer):
        return []
    walk = _Walk(*leaves, pairing)
    if not (isinstance(ours, Record) and isinstance(theirs, Record)):
        walk.pair(ours, theirs, seen.carriers(), seen.datum(), "")
        return walk.notes
    sources = pairing.sources(ours, theirs)
    settled = _settled(sources, seen.reader, seen.writer)
    plain = all(one.mine.name in settled or (one.source is None and not one.logical) for one in sources)
    walk.record(ours, theirs, seen.reader if plain else seen.carriers(), seen.datum, "", settled)
    return walk.notes


def _settled(sources: Iterable[Filled], ours: object, theirs: object) -> frozenset[str]:
    """The fields of a record in which reader and writer see the same."""
    if not isinstance(ours, dict) or not isinstance(theirs, dict):
        return frozenset()
    return frozenset(
        [
            mine.name
            for mine, source, alike, _ in sources
            if alike and source is not None and _equal(ours.get(mine.name), theirs[source.name])
        ]
    )


def _equal(one: object, other: object) -> bool:
    """Whether two values are the same; NaN, which equals nothing, is the same as NaN."""
    return one == other or (type(one) in _MAY_HOLD_NAN and repr(one) == repr(other))


@dataclass(slots=True)
class _Walk:
    """What differs between a payload's datum and what the reader's decoder made of it."""

    reader: LeafDecoder
    writer: LeafDecoder
    pairing: Pairing
    notes: list[Note] = field(default_factory=list)

    def pair(self, ours: Type, theirs: Type, read: object, datum: Datum, path: str) -> None:
        if ours is theirs and read == datum:  # of one type there is nothing else to tell; a union's value is not equal
            return
        if isinstance(theirs, Union) and isinstance(datum, Branch):
            theirs, datum = theirs.branches[datum.index], datum.value
        if isinstance(ours, Union):
            union, ours = ours, _taken(ours, theirs, read)
            if isinstance(ours, Record) and _has(union, theirs) and branch_name(ours) != branch_name(theirs):
                what = f"a {branch_name(theirs)} is read as a {ours.full}: {_shown(read)}"
                self.notes.append(Note(NoteKind.MISREAD, path, what))
                return
        if isinstance(ours, Record) and isinstance(theirs, Record):
            if isinstance(datum, dict):
                self.record(ours, theirs, read, lambda: datum, path)
        elif isinstance(ours, Container) and isinstance(theirs, Container):
            self._container(ours, theirs, read, datum, path)
        elif isinstance(ours, _LEAVES) and isinstance(theirs, _LEAVES):
            self._leaf(ours, theirs, read, datum, path)
        elif read != datum:
            self._lost(path, datum, read)

    def record(
        self,
        ours: Record,
        theirs: Record,
        read: object,
        datum: Callable[[], Datum],
        path: str,
        settled: Collection[str] = (),
    ) -> None:
        """Look at two records.

        Args:
            ours: The reader's.
            theirs: The writer's.
            read: What was read.
            datum: Gives what was written.
            path: The way to the record.
            settled: The reader's fields that are known to be read as they were written.
        """
        if not isinstance(read, dict):
            return
        for mine, source, _, _ in self.pairing.sources(ours, theirs):
            if mine.name in settled:
                continue
            here = f"{path}.{mine.name}" if path else mine.name
            if source is None:
                self.notes.append(Note(NoteKind.DEFAULT, here, _shown(read.get(mine.name))))
                continue
            written = datum()
            if isinstance(written, dict):
                self.pair(mine.type, source.type, read.get(mine.name), written[source.name], here)
        self.left(ours, theirs, path)

    def left(self, ours: Record, theirs: Record, path: str) -> None:
        """Tell the writer's fields that the reader does not ask for."""
        for name in self.pairing.left(ours, theirs):
            self.notes.append(Note(NoteKind.IGNORED, f"{path}.{name}" if path else name))

    def _container(self, ours: Container, theirs: Container, read: object, datum: Datum, path: str) -> None:
        if ours.kind == ARRAY and isinstance(read, list) and isinstance(datum, list):
            for index, (mine, other) in enumerate(zip(read, datum, strict=True)):
                self.pair(ours.of, theirs.of, mine, other, f"{path}[{index}]")
        elif isinstance(read, dict) and isinstance(datum, dict):
            for key, other in datum.items():
                self.pair(ours.of, theirs.of, read.get(key), other, f"{path}{{{key}}}")

    def _leaf(self, ours: _Leaf, theirs: _Leaf, read: object, datum: Datum, path: str) -> None:
        if not _same_leaf(read, datum):
            self._lost(path, datum, read)
        elif ours.logical is not None and ours.logical != theirs.logical:
            self._meaning(ours, theirs, read, datum, path)

    def _meaning(self, ours: _Leaf, theirs: _Leaf, read: object, datum: Datum, path: str) -> None:
        """The same carrier under both logical types, each decoded by fastavro; once for all places and payloads."""
        known = self.pairing.told
        key = id(ours), id(theirs), type(read), read, type(datum), datum
        if key not in known:
            known[key] = self._told(ours, theirs, read, datum)
        told = known[key]
        if told is not None:
            self.notes.append(Note(told[0], path, told[1]))

    def _told(self, ours: _Leaf, theirs: _Leaf, read: object, datum: Datum) -> tuple[NoteKind, str] | None:
        """What becomes of a carrier that both sides take for something else; ``None`` where that is the same."""
        written = self.writer.decode(theirs, binary.encode(theirs, datum))
        try:
            trusted = self.reader.decode(ours, binary.encode(ours, read))  # type: ignore[arg-type]  # a carrier is a datum
        except CodecError as error:
            return NoteKind.MISREAD, f"{_shown(written)} is no {ours.logical}: {error.message}"
        units = [TIME.get(logical.name) for logical in (ours.logical, theirs.logical) if logical is not None]
        if datum == 0 and len({unit[0] for unit in units if unit is not None}) == 1 and len(units) == 2:  # noqa: PLR2004 - a pair
            return None  # zero is zero in every unit of one family
        if written == trusted:
            return None
        scales = [logical.scale for logical in (ours.logical, theirs.logical) if logical and logical.name == "decimal"]
        kind = NoteKind.LOST if len(scales) == 2 and scales[0] == scales[1] else NoteKind.MISREAD  # noqa: PLR2004 - a pair
        return kind, f"{_shown(written)} becomes {_shown(trusted)} for a decoder that trusts the reader"

    def _lost(self, path: str, datum: Datum, read: object) -> None:
        self.notes.append(Note(NoteKind.LOST, path, f"{_shown(datum)} is read as {_shown(read)}"))


def _same_leaf(read: object, datum: Datum) -> bool:
    if isinstance(read, str) and isinstance(datum, bytes):
        return read.encode() == datum
    if isinstance(read, bytes) and isinstance(datum, str):
        return read == datum.encode()
    if isinstance(datum, float) and isinstance(read, float):
        return read == datum or (read != read and datum != datum)  # noqa: PLR0124 - NaN differs from itself
    return bool(read == datum)


def _has(union: Union, theirs: Type) -> bool:
    """Whether a union has a branch of the very name of a type."""
    return any(branch_name(branch) == branch_name(theirs) for branch in union.branches)


def _taken(union: Union, theirs: Type, read: object) -> Type:
    """The branch of a reader's union that a value of a writer's type was read into."""
    fitting = [branch for branch in union.branches if branch.kind in READ_AS.get(type(read), ())]
    like = [branch for branch in fitting if branch.kind == theirs.kind]
    if isinstance(theirs, Record | Enumeration | Fixed):
        if isinstance(read, dict):
            like = [branch for branch in like if isinstance(branch, Record) and branch.types.keys() == read.keys()]
        for branch in like:
            if isinstance(branch, Record | Enumeration | Fixed) and branch.full == theirs.full:
                return branch
        for branch in like:
            if isinstance(branch, Record | Enumeration | Fixed) and (
                branch.short == theirs.short or theirs.full in branch.aliases
            ):
                return branch
    if like:
        return like[0]
    for branch in fitting:
        if theirs.kind < len(PROMOTIONS) and branch.kind < len(PROMOTIONS) and PROMOTIONS[theirs.kind][branch.kind]:
            return branch
    return fitting[0] if fitting else union


def _shown(value: object) -> str:
    if isinstance(value, Branch):
        value = value.value
    text = one_line(view(value))
    return text if len(text) <= 80 else f"{text[:77]}..."  # noqa: PLR2004 - a phrase
