"""One difference by itself: a pair of small schemas that differ as two large ones do in one place, and nowhere else.

A decoder stops at the first difference it meets. What it says of a pair with several proves one finding only; here it
can be asked about each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from evtcompat.formats.avro.canonical import written_out
from evtcompat.formats.avro.parts import reachable
from evtcompat.formats.avro.types import NAMED, AvroSchema, Container, Enumeration, Fixed, Record, Union
from evtcompat.model.documents import Document

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evtcompat.formats.avro.types import Field, Named, Type
    from evtcompat.formats.avro.walk import Found

#: The rules that compare two types and what little they say themselves.
_OF_TYPES: Final = frozenset(
    {
        "bytes-read-as-string",
        "decimal-precision-narrowed",
        "missing-union-branch",
        "number-precision-lost",
        "string-read-as-bytes",
        "type-mismatch",
    }
)
_OF_SYMBOLS: Final = frozenset({"enum-symbol-defaulted", "missing-enum-symbols"})


@dataclass(frozen=True, slots=True)
class MinimalPair:
    """A reader and a writer that differ in one thing, as the pair does that they are taken from."""

    reader: Type
    writer: Type

    def schemas(self) -> tuple[AvroSchema, AvroSchema]:
        """Both as schemas of their own, the reader first."""
        return _schema(self.reader), _schema(self.writer)


def isolate(found: Found) -> MinimalPair | None:
    """The difference that a mismatch tells, by itself; ``None`` where it depends on more than the types that meet.

    Records lose the fields that the difference is not about, and named types that meet have one name unless the
    names are the difference.
    """
    rule, reader, writer = found.mismatch.rule, found.reader, found.writer
    if rule in _OF_TYPES:
        return MinimalPair(_bare(reader), _bare(writer))
    if rule in _OF_SYMBOLS and isinstance(reader, Enumeration) and isinstance(writer, Enumeration):
        return MinimalPair(_enum(reader, writer, reader.symbols, reader.default), writer)
    if rule == "fixed-size-mismatch" and isinstance(reader, Fixed):
        return MinimalPair(_fixed(reader, writer, reader.size), writer)  # type: ignore[arg-type]  # a fixed as well
    if rule == "name-mismatch":
        return _names(reader, writer)
    field = found.field
    if field is None or not isinstance(reader, Record):
        return None
    if rule == "reader-field-missing-default-value":
        return MinimalPair(_record(reader, field, _bare(field.type)), _record(reader))
    if rule in ("invalid-reader-default", "reader-schema-refused"):
        return MinimalPair(_record(reader, field, field.type), _record(reader))
    if rule == "ambiguous-field-alias" and isinstance(writer, Record):
        theirs = _twin(writer, reader)
        theirs.types = {name: writer.types[name] for name in (field.name, *field.aliases) if name in writer.types}
        return MinimalPair(_record(reader, field, field.type), theirs)
    return None


def _schema(type_: Type) -> AvroSchema:
    names = {part.full: part for part in reachable(type_) if isinstance(part, NAMED)}
    return AvroSchema(Document(written_out(AvroSchema(Document(None), type_, names))), type_, names)


def _names(reader: Type, writer: Type) -> MinimalPair | None:
    if isinstance(reader, Record) and isinstance(writer, Record):
        return MinimalPair(_record(reader), _record(writer))
    if isinstance(reader, Enumeration) and isinstance(writer, Enumeration):
        return MinimalPair(_enum(reader, reader, writer.symbols, None), writer)
    if isinstance(reader, Fixed) and isinstance(writer, Fixed):
        return MinimalPair(_fixed(reader, reader, writer.size), writer)
    return None


def _record(record: Record, field: Field | None = None, type_: Type | None = None) -> Record:
    """The record with one of its fields, or with none."""
    bare = _twin(record, record)
    if field is not None and type_ is not None:
        bare.types = {field.name: type_}
        if field.name in record.defaults:
            bare.defaults = {field.name: record.defaults[field.name]}
        if field.aliases:
            bare.renames = {field.name: field.aliases}
    return bare


def _twin(record: Record, named: Record) -> Record:
    bare = Record(named.full, named.short, record.raw)
    bare.aliases = named.aliases
    bare.open = False
    return bare


def _enum(reader: Enumeration, named: Named, symbols: Sequence[str], default: str | None) -> Enumeration:
    bare = Enumeration(named.full, named.short, reader.raw, symbols, default)
    bare.aliases = named.aliases
    return bare


def _fixed(reader: Fixed, named: Named, size: int) -> Fixed:
    bare = Fixed(named.full, named.short, reader.raw, size)
    bare.aliases = named.aliases
    return bare


def _bare(type_: Type) -> Type:
    """The type with nothing in its records."""
    if isinstance(type_, Record):
        return _record(type_)
    if isinstance(type_, Container):
        return Container(type_.kind, _bare(type_.of))
    if isinstance(type_, Union):
        return Union(tuple(_bare(branch) for branch in type_.branches), ambiguous=type_.ambiguous)
    return type_
