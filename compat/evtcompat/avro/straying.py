"""Where decoders may resolve a pair otherwise than the rules do; elsewhere `troubles` finds none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evtcompat.avro.defaults import empty_array_in_union
from evtcompat.avro.parts import reachable
from evtcompat.avro.types import Record, Union
from evtcompat.avro.verdict import faults

if TYPE_CHECKING:
    from evtcompat.avro.types import AvroSchema
    from evtcompat.avro.verdict import Decision


def straying(reader: AvroSchema, writer: AvroSchema, decision: Decision) -> bool:
    """Whether decoders may resolve a compatible pair otherwise: by a union, by aliases, by a wrong default."""
    if decision.strays or decision.wrapped or reader.absorbing:
        return True
    if reader.aliased and (
        # Aliases make Java rename parts of the writer, and copy its records, whose defaults it then checks.
        writer.suspects or decision.moved or (aliases_meet(reader, writer) and not _tame(reader, writer))
    ):
        return True
    return bool(reader.suspects) and _trips(reader)


def _tame(reader: AvroSchema, writer: AvroSchema) -> bool:
    """Whether aliases fill fields as the rules have it: none is for a type, and each means one field of either side."""
    for named in reader.names.values():
        if named.aliases:
            return False
        if isinstance(named, Record) and named.renames:
            names = [name for aliases in named.renames.values() for name in aliases]
            if len(set(names)) < len(names) or not named.types.keys().isdisjoint(names):
                return False
            theirs = writer.names.get(named.full)
            if isinstance(theirs, Record) and not _tame_record(named, theirs):
                return False
    return True


def _tame_record(reader: Record, writer: Record) -> bool:
    return all(
        sum([known in writer.types for known in (name, *aliases)]) <= 1 for name, aliases in reader.renames.items()
    )


def aliases_meet(reader: AvroSchema, writer: AvroSchema) -> bool:
    """Whether an alias of the reader is a name in the writer; if not, resolution goes as if there were no aliases."""
    aliases = reader.aliased
    if not aliases:
        return False
    for named in writer.names.values():
        if named.full in aliases or named.short in aliases:
            return True
        if isinstance(named, Record) and not aliases.isdisjoint(named.types):
            return True
    return False


def _trips(reader: AvroSchema) -> bool:
    """Whether Java may come across a default of the reader that it cannot build.

    A wrong one is met also while it looks for a branch; the empty array of a union where a field is filled with it.
    """
    if any([empty_array_in_union(field) for _, field in reader.defaulted]):  # noqa: C419 - no generator's frame
        return True
    faulty = {record for record, _, _ in faults(reader)}
    return bool(faulty) and any(
        isinstance(part, Union) and len(part.branches) > 1 and not faulty.isdisjoint(part.branches)
        for part in reachable(reader.root)
    )
