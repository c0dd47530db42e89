"""Which part of the writer a part of the reader is filled from: fields by name and alias, branches by nearness."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evtcompat.formats.avro.promotions import PROMOTIONS
from evtcompat.formats.avro.types import NAMED

if TYPE_CHECKING:
    from evtcompat.formats.avro.types import Field, Record, Type

#: The first kind that is not primitive.
_COMPLEX: Final = len(PROMOTIONS)
#: What stands for a name when several fields match; no field has an empty name.
AMBIGUOUS: Final = ""
#: The distance of a branch of the writer's kind that has another name.
RENAMED: Final = 2
#: Farther than any branch that was meant for the writer's type.
UNRELATED: Final = 4


class AmbiguousFieldError(Exception):
    """A reader field matches several writer fields, by name and aliases."""

    def __init__(self, field: Field, writer: Record) -> None:
        super().__init__(field.name)
        self.field = field
        self.writer = writer


def writer_field(reader_field: Field, reader: Record, writer: Record) -> Field | None:
    """The writer's field that a field of the reader's record is filled from, as decoders do: see `source_name`.

    Raises:
        AmbiguousFieldError: Several do.
    """
    name = source_name(reader_field.name, reader, writer)
    if name is AMBIGUOUS:
        raise AmbiguousFieldError(reader_field, writer)
    return None if name is None else writer.row(name)


def source_name(name: str, reader: Record, writer: Record) -> str | None:
    """The name of the writer's field that fills the reader's field `name`, or `AMBIGUOUS`.

    Where several match, it is the one that is called so once the reader's aliases have renamed the writer's fields:
    each alias is the name of one field then, and several may come to one name. Where all that match are called
    otherwise then, it is the first, which decoders do not fill the field from.
    """
    found = matching_name(name, reader, writer)
    if found is not AMBIGUOUS:
        return found
    claims = reader.claims
    matching = dict.fromkeys([one for one in (name, *reader.renames[name]) if one in writer.types])
    called = [one for one in matching if claims.get(one, one) == name]
    return AMBIGUOUS if len(called) > 1 else (called or list(matching))[0]


def matching_name(name: str, reader: Record, writer: Record) -> str | None:
    """The name of the one field of the writer that matches the reader's field `name`, or `AMBIGUOUS`.

    Avro Java's `SchemaCompatibility` counts a field twice that matches by its name and as an alias.
    """
    types = writer.types
    found = name if name in types else None
    for alias in reader.renames.get(name, ()):
        if alias in types:
            if found is not None:
                return AMBIGUOUS
            found = alias
    return found


def distance(branch: Type, writer: Type) -> int:
    """How far a reader's branch is from the writer's type: what decoders try first is nearest."""
    if branch.kind != writer.kind:
        primitives = writer.kind < _COMPLEX and branch.kind < _COMPLEX
        return 3 if primitives and PROMOTIONS[writer.kind][branch.kind] else UNRELATED
    if not isinstance(branch, NAMED) or not isinstance(writer, NAMED):
        return 0
    if branch.full == writer.full or writer.full in branch.aliases:
        return 0
    return 1 if branch.short == writer.short else RENAMED
