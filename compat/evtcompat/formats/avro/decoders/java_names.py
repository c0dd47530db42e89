"""How the reader's aliases rename the writer's schema in Avro Java (1.12: `Schema.applyAliases`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evtcompat.formats.avro.decoders.divergence import Divergence, Kind
from evtcompat.formats.avro.decoders.java_defaults import refused_default
from evtcompat.formats.avro.decoders.screening import JAVA
from evtcompat.formats.avro.equality import Equality
from evtcompat.formats.avro.names import alike
from evtcompat.formats.avro.parts import reachable
from evtcompat.formats.avro.types import (
    NAMED,
    AvroSchema,
    Container,
    Record,
    Type,
    Union,
    branch_name,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evtcompat.formats.avro.types import Named


class JavaNames:
    """The names that the writer's types and fields have while Java resolves a pair."""

    def __init__(self, reader: AvroSchema, writer: AvroSchema) -> None:
        self._reader = reader
        self._writer = writer
        #: The reader's name for a type of the writer.
        self._types: dict[str, str] = {}
        #: The reader's names for the fields of a type of the writer, by the reader's name of the type.
        self._fields: dict[str, dict[str, str]] = {}
        #: The reader's records whose fields were walked.
        self._walked: set[Record] = set()
        #: How often the writer's names are exchanged: Java applies aliases when it opens the data, and to resolve it.
        self._passes = 0
        self._names: dict[int, dict[str, str]] = {}

    def apply(self) -> None:
        """Apply the reader's aliases, as the decoders do: once, and again where that changes something.

        Raises:
            Trouble: Java raises while it does.
        """
        self._collect(self._reader.root)
        if not self._types and not self._fields:
            return
        parts = reachable(self._writer.root)
        if not self._writer.unchecked_defaults and not self._touches(parts):
            # The copy is as the writer wrote it, and has no default to be refused.
            return
        if _alike(self._reader, self._writer) or self._same():
            # Equal schemas are resolved without aliases.
            return
        self._pass(parts)
        if self._chained(parts) and not self._same():
            # The reader of data applies aliases, and the resolver once more.
            self._pass(parts)

    def _pass(self, parts: list[Type]) -> None:
        self._passes += 1
        self._names.clear()
        self._check(parts)
        self._copy()

    def _same(self) -> bool:
        """Whether Java holds the reader equal to the writer with the names that it has by now."""
        reader, writer = self._reader, self._writer
        same = Equality(self.full, self.renamed)
        return same.holds(reader.root, writer.root, reader.document.value, writer.document.value)

    def _touches(self, parts: list[Type]) -> bool:
        """Whether aliases rename any of the writer's types or fields."""
        for part in parts:
            if isinstance(part, NAMED) and part.full in self._types:
                return True
            if isinstance(part, Record) and not self._fields.get(part.full, {}).keys().isdisjoint(part.types):
                return True
        return False

    def _chained(self, parts: list[Type]) -> bool:
        """Whether aliases rename a part of the writer that they have renamed already."""
        for part in parts:
            if isinstance(part, NAMED) and self.full(part) in self._types:
                return True
            if isinstance(part, Record):
                table = self._fields.get(self.full(part), {})
                if not table.keys().isdisjoint(self.renamed(part).values()):
                    return True
        return False

    def _collect(self, type_: Type) -> None:
        """Gather the renaming that the reader's aliases ask for, as `Schema.getAliases` walks its schema.

        A type claims its aliases wherever it is used, so that of several with the same one the last use has it. The
        fields of a record are walked at its first use, and its own aliases share the table of its fields from then on.
        """
        if isinstance(type_, NAMED):
            for alias in type_.aliases:
                self._types[alias] = type_.full
        if isinstance(type_, Record):
            if type_ not in self._walked:
                self._walked.add(type_)
                self._collect_fields(type_)
        elif isinstance(type_, Union):
            for branch in type_.branches:
                self._collect(branch)
        elif isinstance(type_, Container):
            self._collect(type_.of)

    def _collect_fields(self, record: Record) -> None:
        for name, type_ in record.types.items():
            for alias in record.renames.get(name, ()) if record.renames else ():
                self._fields.setdefault(record.full, {})[alias] = name
            self._collect(type_)
        if record.full in self._fields:
            for alias in record.aliases:
                self._fields[alias] = self._fields[record.full]

    def full(self, writer: Named) -> str:
        """The full name that the reader's aliases give to a type of the writer."""
        full = writer.full
        for _ in range(self._passes):
            full = self._types.get(full, full)
        return full

    def short(self, writer: Named) -> str:
        """The last part of that name."""
        return self.full(writer).rpartition(".")[2] if self._passes else writer.short

    def renamed(self, writer: Record) -> dict[str, str]:
        """The names that the reader's aliases give to fields of the writer's record; those that stay are left out."""
        if not self._passes or not self._fields:
            return {}
        names = self._names.get(id(writer))
        if names is None:
            names = self._names[id(writer)] = {}
            full = writer.full
            for _ in range(self._passes):
                full = self._types.get(full, full)
                table = self._fields.get(full, {})
                for name in writer.types if table else ():
                    known = names.get(name, name)
                    if known in table:
                        names[name] = table[known]
        return names

    def types(self, writer: Record) -> Mapping[str, Type]:
        """The types of the writer's fields by the names that the reader's aliases give them."""
        names = self.renamed(writer)
        return {names.get(name, name): type_ for name, type_ in writer.types.items()} if names else writer.types

    def own(self, writer: Record, name: str) -> str:
        """The writer's own name of a field that is called `name` now."""
        names = self.renamed(writer)
        return next((own for own, now in names.items() if now == name), name)

    def _check(self, parts: list[Type]) -> None:
        """Renaming must not make two fields of a record, or two branches of a union, the same."""
        for part in parts:
            if isinstance(part, Record):
                renamed = self.renamed(part)
                names = [renamed.get(name, name) for name in part.types] if renamed else []
                if len(set(names)) < len(names):
                    twice = next(name for name in names if names.count(name) > 1)
                    what = f"aliases give two fields of {part.full} the name {twice}"
                    raise Divergence(JAVA, Kind.AMBIGUOUS, what)
            elif isinstance(part, Union):
                names = [
                    self.full(branch) if isinstance(branch, NAMED) else branch_name(branch) for branch in part.branches
                ]
                if len(set(names)) < len(names):
                    twice = next(name for name in names if names.count(name) > 1)
                    what = f"aliases give two branches of a union of the writer the name {twice}"
                    raise Divergence(JAVA, Kind.RENAMED_AWAY, what)

    def _copy(self) -> None:
        """Renaming copies the writer's records, and the copy checks their defaults against the names that it gives."""
        refused = refused_default(self._writer, self.renamed)
        if refused is None:
            return
        what = (
            f"applying aliases it copies {refused.record.full}, and refuses the default of {refused.field.name} there"
        )
        if not refused.invalid:
            what += ", a value of a record that is being copied"
        raise Divergence(JAVA, Kind.REFUSED_DEFAULT, what)


def _alike(reader: AvroSchema, writer: AvroSchema) -> bool:
    """Whether Avro Java holds two schemas equal: the same but for docs and aliases."""
    if reader.sources or writer.sources:
        # Whether the documents are the same is not all; types are compared then, wherever they are defined.
        return False
    return alike(reader.document.value, writer.document.value)
