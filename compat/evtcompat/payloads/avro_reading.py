"""Avro: payloads of a version, and what fastavro makes of them under another version's schema."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Final

from evtcompat.formats.avro.canonical import content_hash, written_out
from evtcompat.formats.avro.limits import recursing
from evtcompat.formats.avro.logical import TIME
from evtcompat.formats.avro.matching import AmbiguousFieldError, writer_field
from evtcompat.formats.avro.parse import parse
from evtcompat.formats.avro.payloads import binary, codec
from evtcompat.formats.avro.payloads.datum import Branch, Datum
from evtcompat.formats.avro.payloads.decoder_errors import CodecError
from evtcompat.formats.avro.payloads.values import cover
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
    KIND_NAMES,
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
from evtcompat.model.documents import Document, NoReferences
from evtcompat.model.json_texts import one_line
from evtcompat.model.json_types import JSON
from evtcompat.model.json_values import view
from evtcompat.payloads.cases import Note, NoteKind, Outcome, Reading

_OF_NOTE: Final = {
    NoteKind.DEFAULT: Outcome.DEFAULTED,
    NoteKind.IGNORED: Outcome.OK,
    NoteKind.LOST: Outcome.LOSSY,
    NoteKind.MISREAD: Outcome.MISREAD,
}
#: The kinds that fastavro reads as a Python type, where logical types are left out.
_KINDS: Final[dict[type, tuple[int, ...]]] = {
    type(None): (NULL,),
    bool: (BOOLEAN,),
    int: (INT, LONG),
    float: (FLOAT, DOUBLE),
    bytes: (BYTES, FIXED),
    str: (STRING, ENUM),
    list: (ARRAY,),
    dict: (MAP, RECORD),
}
#: Notes of one reading; a long list tells the same thing often.
_MOST_NOTES: Final = 40


@dataclass(frozen=True)
class AvroSide:
    """A version's schema, ready to write and to read with."""

    schema: AvroSchema
    #: fastavro for a leaf alone, by logical type and carrier.
    _leaves: dict[int, AvroSchema] = field(default_factory=dict)

    @cached_property
    def bare(self) -> AvroSchema:
        """The same schema without logical types: what it decodes to are the carriers."""
        if not _has_logical(written_out(self.schema)):
            return self.schema
        return parse(Document(_without_logical(written_out(self.schema))), NoReferences())

    @property
    def content(self) -> str:
        """SHA-256 of what takes part in decoding."""
        return content_hash(self.schema)

    def payloads(self, seed: int) -> list[tuple[str, tuple[str, ...], bytes]]:
        """Label, everything covered, and bytes of a small set of payloads that covers the schema's boundaries."""
        found = []
        root = self.schema.root
        prefix = f"{root.short}." if isinstance(root, Record) else ""
        for labelled in recursing(lambda: cover(self.schema, seed)):
            body = recursing(partial(codec.encode, self.schema, labelled.datum))
            covers = tuple(one.removeprefix(prefix) for one in labelled.covers)
            found.append((labelled.label.replace(f": {prefix}", ": ", 1), covers, body))
        return found

    def written(self, body: bytes) -> object:
        """What fastavro reads with the writer's own schema, as JSON shows it.

        Raises:
            CodecError: The payload is not valid for its own writer.
        """
        return view(codec.decode(self.schema, body))

    def read(self, writer: AvroSide, body: bytes) -> Reading:
        """What this side makes of a payload that `writer` wrote.

        Raises:
            NotAskedError: The schemas nest deeper than fastavro can bear.
        """
        try:
            seen = codec.decode(writer.schema, body, self.schema)
            carriers = codec.decode(writer.bare, body, self.bare) if self._has_carriers(writer) else seen
        except CodecError as error:
            if not error.refused:
                raise
            return Reading(Outcome.REFUSED, None, error.message)
        notes = recursing(lambda: self._notes(writer, carriers, body))
        outcome = max((_OF_NOTE[note.kind] for note in notes), key=lambda one: one.weight, default=Outcome.OK)
        return Reading(outcome, view(seen), "", tuple(notes[:_MOST_NOTES]))

    def _notes(self, writer: AvroSide, carriers: object, body: bytes) -> list[Note]:
        walk = _Walk(self, writer)
        walk.pair(self.schema.root, writer.schema.root, carriers, binary.decode(writer.schema.root, body), "")
        return walk.notes

    def _has_carriers(self, writer: AvroSide) -> bool:
        return self.bare is not self.schema or writer.bare is not writer.schema

    def leaf(self, type_: Primitive | Fixed, payload: bytes) -> object:
        """What fastavro makes of a leaf's bytes under its logical type.

        Raises:
            CodecError: It refuses them.
        """
        alone = self._leaves.get(id(type_))
        if alone is None:
            alone = parse(Document(_leaf_document(type_)), NoReferences())
            self._leaves[id(type_)] = alone
        value: object = codec.decode(alone, payload)
        nanos = type_.logical is not None and type_.logical.name.endswith("nanos")
        return f"{value} ns" if nanos else value  # fastavro leaves these as numbers


def _leaf_document(type_: Primitive | Fixed) -> JSON:
    written: dict[str, JSON] = {"type": KIND_NAMES[type_.kind]}
    if isinstance(type_, Fixed):
        written |= {"name": "Leaf", "size": type_.size}
    if type_.logical is not None:
        written["logicalType"] = type_.logical.name
        if type_.logical.name == "decimal":
            written |= {"precision": type_.logical.precision, "scale": type_.logical.scale}
    return written


def _has_logical(written: JSON) -> bool:
    if isinstance(written, dict):
        return "logicalType" in written or any(_has_logical(written[key]) for key in _PARTS if key in written)
    return isinstance(written, list) and any(_has_logical(item) for item in written)


#: Where a type written out holds other types; defaults hold data.
_PARTS: Final = ("type", "items", "values", "fields")


def _without_logical(written: JSON) -> JSON:
    if isinstance(written, list):
        return [_without_logical(item) for item in written]
    if not isinstance(written, dict):
        return written
    return {
        key: _without_logical(value) if key in _PARTS else value
        for key, value in written.items()
        if key not in ("logicalType", "precision", "scale")
    }


@dataclass(slots=True)
class _Walk:
    """What differs between a payload's datum and what the reader's decoder made of it."""

    reader: AvroSide
    writer: AvroSide
    notes: list[Note] = field(default_factory=list)

    def pair(self, ours: Type, theirs: Type, read: object, datum: Datum, path: str) -> None:
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
        written = self.writer.leaf(theirs, binary.encode(theirs, datum))
        try:
            trusted = self.reader.leaf(ours, binary.encode(ours, read))  # type: ignore[arg-type]  # a carrier is a datum
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
    fitting = [branch for branch in union.branches if branch.kind in _KINDS.get(type(read), ())]
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
