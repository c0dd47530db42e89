"""The kinds of difference that a walk meets, in two schemas or in one; each rule judges one or two of them.

A difference carries paths where its rules point at a part of a definition; elsewhere it lies where the types meet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from evtcompat.formats.avro.types import BYTES, STRING

if TYPE_CHECKING:
    from evtcompat.formats.avro.annotations import Ignored
    from evtcompat.formats.avro.decoders.divergence import Divergence
    from evtcompat.formats.avro.paths import SchemaPath
    from evtcompat.formats.avro.refusals import DecimalRefused, Repeated
    from evtcompat.formats.avro.types import Enumeration, Field, Fixed, Logical, Named, Primitive, Record, Type, Union
    from evtcompat.model.json_types import JSON
    from evtcompat.model.places import Place


class TypesUnrelated(NamedTuple):
    """The writer's type is not the reader's, and Avro promotes it to nothing that is."""

    reader: Type
    writer: Type
    #: Whether the writer's type is one branch of several.
    in_union: bool


class ValueConverted(NamedTuple):
    """A primitive or fixed is read as another one, which the specification allows."""

    reader: Primitive | Fixed
    writer: Primitive | Fixed

    @property
    def kinds(self) -> tuple[int, int]:
        """The kind of the writer's type and that of the reader's."""
        return self.writer.kind, self.reader.kind

    @property
    def relabelled(self) -> tuple[Logical | None, Logical | None] | None:
        """The logical types of the writer and the reader, where the same bytes are carried from one to the other."""
        theirs, ours = self.writer.logical, self.reader.logical
        return None if theirs is ours or self.kinds == (BYTES, STRING) else (theirs, ours)


class EarlierBranch(NamedTuple):
    """fastavro promotes to a branch that stands before the one of the writer's own kind."""

    reader: Primitive
    writer: Primitive
    #: The indexes of the branch that is taken and of the one of the writer's kind.
    first: int
    own: int


class NamesDiffer(NamedTuple):
    """Two named types of one kind meet that differ in their short names."""

    reader: Named
    writer: Named
    here: SchemaPath
    there: SchemaPath


class SymbolsUnknown(NamedTuple):
    """The writer's enum has symbols that the reader's has not."""

    reader: Enumeration
    writer: Enumeration
    here: SchemaPath
    there: SchemaPath


class SizesDiffer(NamedTuple):
    """Two fixed types meet that differ in their sizes."""

    reader: Fixed
    writer: Fixed
    here: SchemaPath
    there: SchemaPath


class BranchesShareName(NamedTuple):
    """Branches of a union differ in their namespaces only."""

    branches: tuple[Named, ...]
    short: str


class BranchMissing(NamedTuple):
    """No branch of the reader's union reads the writer's type."""

    reader: Union
    writer: Type
    #: The index of the branch that was meant for it, where it is known why that one does not read it.
    meant: int | None


class FieldAmbiguous(NamedTuple):
    """A field of the reader matches several of the writer's, or one twice, by its name and its aliases."""

    field: Field
    reader: Record
    writer: Record
    here: SchemaPath
    there: SchemaPath
    #: The name of the writer's field that decoders fill it from; ``None`` where several come to its name.
    source: str | None
    #: Whether Avro Java holds the schemas equal, so that no decoder applies an alias.
    equal: bool

    @property
    def matching(self) -> list[str]:
        """The writer's fields that match, by name, each once."""
        names = dict.fromkeys((self.field.name, *self.field.aliases))
        return [name for name in names if name in self.writer.types]


class FieldAbsent(NamedTuple):
    """The writer has no field for one of the reader's, which has no default or a wrong one."""

    field: Field
    reader: Record
    writer: Record
    #: What is wrong with the default, as a clause.
    fault: str | None
    here: SchemaPath
    there: SchemaPath


class FieldRenamed(NamedTuple):
    """A field of the reader is filled, by an alias, from a field of another name."""

    field: Field
    source: Field
    reader: Record
    writer: Record
    here: SchemaPath
    there: SchemaPath


class DecoderDiverges(NamedTuple):
    """A decoder resolves a pair otherwise than the rules do, which allow it."""

    divergence: Divergence
    #: The reader's type in question.
    reader: Type
    here: SchemaPath


class DefaultWrong(NamedTuple):
    """A default is no value of its field's type, and no comparison falls back on it."""

    field: Field
    fault: str
    #: Where the default is written.
    place: Place
    #: ``reader`` or ``writer``; ``None`` where a schema is looked at by itself.
    side: str | None = None
    #: Whether fastavro refuses the reader's schema for it.
    stops_decoder: bool = False


class DefaultOfLaterBranch(NamedTuple):
    """A default of a union belongs to a branch that is not the first."""

    field: Field
    #: The index of the branch.
    branch: int


class DefaultIncomplete(NamedTuple):
    """A default is a record, or holds one, whose fields it leaves to their own defaults."""

    field: Field
    #: The names of those fields.
    left_out: tuple[str, ...]


class NameRepeated(NamedTuple):
    """A name is defined again, alike."""

    repeated: Repeated
    #: ``reader`` or ``writer``; ``None`` where a schema is looked at by itself.
    side: str | None = None


class LogicalTypeIgnored(NamedTuple):
    """A logical type is written and has no effect."""

    ignored: Ignored
    place: Place
    #: What fastavro refuses for it: ``schema``, ``events``, or nothing.
    refused: str | None = None


class DecimalUnreadable(NamedTuple):
    """fastavro refuses the schema of one side, or the writer's events, for the precision or scale of a decimal."""

    decimal: DecimalRefused
    #: ``reader`` or ``writer``.
    side: str


class LabelsDiffer(NamedTuple):
    """What the two sides write for a logical type differs, and has no effect on either."""

    reader: str | None
    writer: str | None


class ConnectDiffers(NamedTuple):
    """What Kafka Connect's converter has written about a type differs."""

    #: The key: ``connect.name``.
    key: str
    reader: JSON
    writer: JSON


class NameIllegal(NamedTuple):
    """A name is none in Avro's sense."""

    name: str
    #: What it names, and what is wrong with it, as clauses.
    owner: str
    fault: str
