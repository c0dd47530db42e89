"""What differs between a payload as it was written and what fastavro made of it under another schema."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from evtcompat.formats.avro.logical import TIME
from evtcompat.formats.avro.matching import AmbiguousFieldError, writer_field
from evtcompat.formats.avro.payloads import binary
from evtcompat.formats.avro.payloads.carriers import LeafDecoder
from evtcompat.formats.avro.payloads.datum import Branch, Datum
from evtcompat.formats.avro.payloads.decoder_errors import CodecError
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
    Field,
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

#: What decodes leaves of the reader, and of the writer.
Leaves = tuple[LeafDecoder, LeafDecoder]

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


def notes_of(reader: AvroSchema, writer: AvroSchema, leaves: Leaves, carriers: object, datum: Datum) -> list[Note]:
    """Every place where the reader's value and the written one differ, in the order of the reader's fields.

    Args:
        reader: The reader's schema.
        writer: The writer's.
        leaves: What decodes their leaves.
        carriers: What fastavro read, logical types left out.
        datum: What was written.
    """
    walk = _Walk(*leaves)
    walk.pair(reader.root, writer.root, carriers, datum, "")
    return walk.notes


@dataclass(slots=True)
class _Walk:
    """What differs between a payload's datum and what the reader's decoder made of it."""

    reader: LeafDecoder
    writer: LeafDecoder
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
            if isinstance(read, dict) and isinstance(datum, dict):
                self._record(ours, theirs, read, datum, path)
        elif isinstance(ours, Container) and isinstance(theirs, Container):
            self._container(ours, theirs, read, datum, path)
        elif isinstance(ours, Primitive | Fixed) and isinstance(theirs, Primitive | Fixed):
            self._leaf(ours, theirs, read, datum, path)
        elif read != datum:
            self._lost(path, datum, read)

    def _record(
        self, ours: Record, theirs: Record, read: dict[str, object], datum: dict[str, Datum], path: str
    ) -> None:
        used = set()
        for mine in ours.fields:
            source = _source(mine, theirs)
            here = f"{path}.{mine.name}" if path else mine.name
            if source is None:
                self.notes.append(Note(NoteKind.DEFAULT, here, _shown(read.get(mine.name))))
            else:
                used.add(source.name)
                self.pair(mine.type, source.type, read.get(mine.name), datum[source.name], here)
        for left in theirs.fields:
            if left.name not in used:
                self.notes.append(Note(NoteKind.IGNORED, f"{path}.{left.name}" if path else left.name))

    def _container(self, ours: Container, theirs: Container, read: object, datum: Datum, path: str) -> None:
        if ours.kind == ARRAY and isinstance(read, list) and isinstance(datum, list):
            for index, (mine, other) in enumerate(zip(read, datum, strict=True)):
                self.pair(ours.of, theirs.of, mine, other, f"{path}[{index}]")
        elif isinstance(read, dict) and isinstance(datum, dict):
            for key, other in datum.items():
                self.pair(ours.of, theirs.of, read.get(key), other, f"{path}{{{key}}}")

    def _leaf(self, ours: Primitive | Fixed, theirs: Primitive | Fixed, read: object, datum: Datum, path: str) -> None:
        if not _same_leaf(read, datum):
            self._lost(path, datum, read)
        elif ours.logical is not None and ours.logical != theirs.logical:
            self._meaning(ours, theirs, read, datum, path)

    def _meaning(
        self, ours: Primitive | Fixed, theirs: Primitive | Fixed, read: object, datum: Datum, path: str
    ) -> None:
        """The same carrier under both logical types, each decoded by fastavro."""
        written = self.writer.decode(theirs, binary.encode(theirs, datum))
        try:
            trusted = self.reader.decode(ours, binary.encode(ours, read))  # type: ignore[arg-type]  # a carrier is a datum
        except CodecError as error:
            self.notes.append(Note(NoteKind.MISREAD, path, f"{_shown(written)} is no {ours.logical}: {error.message}"))
            return
        units = [TIME.get(logical.name) for logical in (ours.logical, theirs.logical) if logical is not None]
        if datum == 0 and len({unit[0] for unit in units if unit is not None}) == 1 and len(units) == 2:  # noqa: PLR2004 - a pair
            return  # zero is zero in every unit of one family
        if written == trusted:
            return
        scales = [logical.scale for logical in (ours.logical, theirs.logical) if logical and logical.name == "decimal"]
        kind = NoteKind.LOST if len(scales) == 2 and scales[0] == scales[1] else NoteKind.MISREAD  # noqa: PLR2004 - a pair
        self.notes.append(
            Note(kind, path, f"{_shown(written)} becomes {_shown(trusted)} for a decoder that trusts the reader")
        )

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


def _source(mine: Field, theirs: Record) -> Field | None:
    try:
        return writer_field(mine, theirs)
    except AmbiguousFieldError:
        return theirs.by_name.get(mine.name)


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
