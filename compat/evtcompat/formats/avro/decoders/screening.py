"""Which decoders may resolve a pair otherwise than the rules do; the models of the others find no divergence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evtcompat.formats.avro.defaults import empty_array_in_union, faults
from evtcompat.formats.avro.types import Record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evtcompat.formats.avro.compatibility import Compatibility
    from evtcompat.formats.avro.types import AvroSchema, Named


#: The decoders that are modelled, by the names that a person reads.
JAVA: Final = "Avro Java"
FASTAVRO: Final = "fastavro"
EVERY: Final = frozenset({JAVA, FASTAVRO})
_NONE: Final[frozenset[str]] = frozenset()
_JAVA_ALONE: Final = frozenset({JAVA})
_FASTAVRO_ALONE: Final = frozenset({FASTAVRO})


def may_diverge(reader: AvroSchema, writer: AvroSchema, compatibility: Compatibility) -> frozenset[str]:
    """The decoders that may resolve a compatible pair otherwise: by a union, by aliases, by a wrong default."""
    if compatibility.branches_may_diverge or compatibility.refusal is not None:
        return EVERY
    asked = _NONE
    if reader.aliased:
        meet = aliases_meet(reader, writer)
        if meet and (compatibility.moved or not _aliases_are_unambiguous(reader, writer)):
            return EVERY
        if _may_refuse_copied_default(reader, writer, meet=meet):
            asked = _JAVA_ALONE
    if reader.unchecked_defaults and _may_build_wrong_default(reader, compatibility):
        asked = _JAVA_ALONE
    if compatibility.absorbs or reader.absorbing or (compatibility.wrapped and (reader.refers or writer.refers)):
        # Java takes a branch of the writer's own kind first, and distinguishes types by name wherever they are defined.
        return asked | _FASTAVRO_ALONE
    return asked


def _may_refuse_copied_default(reader: AvroSchema, writer: AvroSchema, *, meet: bool) -> bool:
    """Whether Java may refuse a default of the writer as it copies the records, which it does to apply aliases.

    What a default of several parts is worth depends on the names that aliases give to fields, where they `meet` any.
    """
    if not writer.unchecked_defaults:
        return False
    if meet and any([isinstance(named, Record) and named.renames for named in reader.names.values()]):  # noqa: C419 - no generator's frame
        for record, name in writer.unchecked_defaults:
            default = record.defaults[name]
            if default and type(default) in (dict, list):
                return True
    # In a recursive schema a default may be a value of a record that is being copied.
    if not writer.recursive and not faults(writer):
        return False
    from evtcompat.formats.avro.decoders.java_defaults import refused_default

    return refused_default(writer, _as_written) is not None


def _as_written(record: Record) -> dict[str, str]:  # noqa: ARG001 - as a renaming is asked
    """The names of a record's fields that no alias renames."""
    return {}


def _aliases_are_unambiguous(reader: AvroSchema, writer: AvroSchema) -> bool:
    """Whether aliases lead decoders where the rules go.

    Every alias stands for one name of the writer, and nothing else is called so on either side. Pairs that meet under
    the same short name in different namespaces are not covered, nor are unions (`Compatibility.branches_may_diverge`).
    """
    known = writer.names
    if any([named.short in reader.aliased and named.short != named.full for named in known.values()]):  # noqa: C419 - no generator's frame
        return False
    types: list[str] = []
    for named in reader.names.values():
        renames = named.renames if isinstance(named, Record) else None
        if named.aliases:
            if renames or sum([name in known for name in (named.full, *named.aliases)]) > 1:
                return False
            if any([_is_short_name_of_another(alias, known.values()) for alias in named.aliases]):  # noqa: C419 - no generator's frame
                return False
            types += named.aliases
        elif renames and isinstance(named, Record) and not _field_aliases_are_unambiguous(named, known.get(named.full)):
            return False
    return len(set(types)) == len(types) and reader.names.keys().isdisjoint(types)


def _is_short_name_of_another(alias: str, known: Iterable[Named]) -> bool:
    """Whether an alias that is written without its namespace is the short name of another type."""
    short = alias.rpartition(".")[2]
    return any([named.short == short and named.full != alias for named in known])  # noqa: C419 - no generator's frame


def _field_aliases_are_unambiguous(reader: Record, writer: Named | None) -> bool:
    names = [name for aliases in reader.renames.values() for name in aliases]
    if len(set(names)) < len(names) or not reader.types.keys().isdisjoint(names):
        return False
    if not isinstance(writer, Record):
        return True
    return all(
        [sum([known in writer.types for known in (name, *aliases)]) <= 1 for name, aliases in reader.renames.items()]  # noqa: C419 - no generator's frame
    )


def aliases_meet(reader: AvroSchema, writer: AvroSchema) -> bool:
    """Whether an alias of the reader is a name in the writer; if not, resolution goes as if there were no aliases."""
    aliases = reader.aliased
    if not aliases:
        return False
    # fastavro compares aliases as they are written, without a namespace then
    shorts = {alias.rpartition(".")[2] for alias in aliases}
    for named in writer.names.values():
        if named.full in aliases or named.short in shorts:
            return True
        if isinstance(named, Record) and not aliases.isdisjoint(named.types):
            return True
    return False


def _may_build_wrong_default(reader: AvroSchema, compatibility: Compatibility) -> bool:
    """Whether Java may meet a default of the reader that it cannot build.

    A wrong one is met also while it looks for a branch, among records or where their names differ; the empty array of a
    union where a field is filled with it.
    """
    for record, name in empty_array_defaults(reader):
        if any([ours is record and name not in theirs.types for ours, theirs in compatibility.memo]):  # noqa: C419 - no generator's frame
            return True
    tries = reader.choosing or compatibility.moved or bool(reader.aliased)
    return tries and bool(faults(reader))


def empty_array_defaults(reader: AvroSchema) -> list[tuple[Record, str]]:
    """The fields of a reader whose default is an empty array of a union, as record and name."""
    return [
        (record, name)
        for record, name in reader.unchecked_defaults
        if record.defaults[name] == [] and empty_array_in_union(record.types[name], [])
    ]
