"""Which part of the writer a part of the reader is filled from: fields by name and alias, branches by nearness."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evtcompat.formats.avro.promotions import PROMOTIONS
from evtcompat.formats.avro.types import NAMED

if TYPE_CHECKING:
    from evtcompat.formats.avro.types import Field, Record, Type

#: The first kind that is not primitive.
_COMPLEX: Final = len(PROMOTIONS)
#: What `source_name` answers when several fields match; no field has an empty name.
AMBIGUOUS: Final = ""
#: The distance of a branch of the writer's kind that has another name.
RENAMED: Final = 2
#: Farther than any branch that was meant for the writer's type.
UNRELATED: Final = 4


class AmbiguousFieldError(Exception):
    """A reader field matches several writer fields, by name and aliases; Avro Java raises here."""

    def __init__(self, field: Field, writer: Record) -> None:
        super().__init__(field.name)
        self.field = field
        self.writer = writer


def writer_field(reader_field: Field, writer: Record) -> Field | None:
    """The writer's field that a reader's field is filled from: by name, else by alias.

    Raises:
        AmbiguousFieldError: Several match.
    """
    name = source_name(reader_field.name, reader_field.aliases, writer)
    if name is AMBIGUOUS:
        raise AmbiguousFieldError(reader_field, writer)
    return None if name is None else writer.row(name)


def source_name(name: str, aliases: tuple[str, ...], writer: Record) -> str | None:
    """The name of the writer's field that the field `name` is filled from, or `AMBIGUOUS`."""
    types = writer.types
    found = name if name in types else None
    for alias in aliases:
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
