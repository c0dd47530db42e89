"""Minimal pairs: two small schemas that differ as two large ones do in one place, and nowhere else.

A decoder stops at the first difference it meets. What it says of a pair with several proves one occurrence only; here
it can be asked about each. Records lose the fields that the difference is not about, and named types that meet have one
name unless the names are the difference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evtcompat.formats.avro.canonical import written_out
from evtcompat.formats.avro.parse import parse
from evtcompat.formats.avro.parts import reachable
from evtcompat.formats.avro.rule import MinimalPair
from evtcompat.formats.avro.types import NAMED, AvroSchema, Container, Enumeration, Fixed, Record, Union
from evtcompat.model.documents import Document, NoReferences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evtcompat.formats.avro.rule import Occurrence
    from evtcompat.formats.avro.types import Field, Named, Type


def schemas_of(pair: MinimalPair) -> tuple[AvroSchema, AvroSchema]:
    """Both types as schemas of their own, the reader's first.

    Raises:
        SchemaError: One nests too deep, written out with all that it refers to.
    """
    return _schema(pair.reader), _schema(pair.writer)


def types_alone(occurrence: Occurrence) -> MinimalPair:
    """The two types, with nothing in their records."""
    return MinimalPair(_bare(occurrence.reader), _bare(occurrence.writer))


def symbols_alone(occurrence: Occurrence) -> MinimalPair | None:
    """The two enums, under the writer's name."""
    reader, writer = occurrence.reader, occurrence.writer
    if isinstance(reader, Enumeration) and isinstance(writer, Enumeration):
        return MinimalPair(_enum(writer, reader.symbols, reader.default), writer)
    return None


def sizes_alone(occurrence: Occurrence) -> MinimalPair | None:
    """The two fixed types, under the writer's name."""
    reader, writer = occurrence.reader, occurrence.writer
    if isinstance(reader, Fixed) and isinstance(writer, Fixed):
        return MinimalPair(_fixed(writer, reader.size), writer)
    return None


def names_alone(occurrence: Occurrence) -> MinimalPair | None:
    """The two named types, alike but for their names."""
    reader, writer = occurrence.reader, occurrence.writer
    if isinstance(reader, Record) and isinstance(writer, Record):
        return MinimalPair(_record(reader), _record(writer))
    if isinstance(reader, Enumeration) and isinstance(writer, Enumeration):
        return MinimalPair(_enum(reader, writer.symbols, None), writer)
    if isinstance(reader, Fixed) and isinstance(writer, Fixed):
        return MinimalPair(_fixed(reader, writer.size), writer)
    return None


def absent_field_alone(occurrence: Occurrence) -> MinimalPair | None:
    """The reader's record with the field in question, whose records have no fields, and the record without it."""
    reader, field = occurrence.reader, occurrence.field
    if field is None or not isinstance(reader, Record):
        return None
    return MinimalPair(_record(reader, field, _bare(field.type)), _record(reader))


def default_alone(occurrence: Occurrence) -> MinimalPair | None:
    """The reader's record with the field in question as it is, and the record without it."""
    reader, field = occurrence.reader, occurrence.field
    if field is None or not isinstance(reader, Record):
        return None
    return MinimalPair(_record(reader, field, field.type), _record(reader))


def ambiguous_field_alone(occurrence: Occurrence) -> MinimalPair | None:
    """The fields of the reader's record that are in question, and a record with those that match, all of one type.

    Both records have one name, which none of their parts has: it would mean the record there.
    """
    reader, writer, field = occurrence.reader, occurrence.writer, occurrence.field
    if field is None or not isinstance(reader, Record) or not isinstance(writer, Record):
        return None
    ours, theirs = _record(reader, field, field.type), _without_fields(reader)
    theirs.types = {name: field.type for name in (field.name, *field.aliases) if name in writer.types}
    # What has a field of its own in the reader does not fill this one as well.
    ours.types = {name: field.type for name in reader.types if name == field.name or name in theirs.types}
    taken = {part.full for part in reachable(field.type) if isinstance(part, NAMED)}
    while ours.full in taken:
        for one in (ours, theirs):
            one.full, one.short = f"{one.full}_", f"{one.short}_"
    return MinimalPair(ours, theirs)


def _schema(type_: Type) -> AvroSchema:
    """The type as a schema of its own: what its document says, in which a name means one type.

    A type that lost its fields, or was given another name, may have the name of one of its parts.
    """
    return parse(Document(written_out(AvroSchema(Document(None), type_, {}), relative=True)), NoReferences())


def _record(record: Record, field: Field | None = None, type_: Type | None = None) -> Record:
    """The record with one of its fields, or with none."""
    bare = _without_fields(record)
    if field is not None and type_ is not None:
        bare.types = {field.name: type_}
        if field.name in record.defaults:
            bare.defaults = {field.name: record.defaults[field.name]}
        if field.aliases:
            bare.renames = {field.name: field.aliases}
    return bare


def _without_fields(named: Record) -> Record:
    bare = Record(named.full, named.short, named.raw)
    bare.aliases = named.aliases
    bare.open = False
    return bare


def _enum(named: Named, symbols: Sequence[str], default: str | None) -> Enumeration:
    bare = Enumeration(named.full, named.short, named.raw, symbols, default)
    bare.aliases = named.aliases
    return bare


def _fixed(named: Named, size: int) -> Fixed:
    bare = Fixed(named.full, named.short, named.raw, size)
    bare.aliases = named.aliases
    return bare


def _bare(type_: Type) -> Type:
    """The type with nothing in its records."""
    if isinstance(type_, Record):
        return _record(type_)
    if isinstance(type_, Container):
        return Container(type_.kind, _bare(type_.of))
    if isinstance(type_, Union):
        bare = Union(tuple(_bare(branch) for branch in type_.branches))
        bare.ambiguous = type_.ambiguous
        return bare
    return type_
