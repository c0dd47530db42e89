"""What Avro Java makes of defaults: `Schema.isValidDefault`, which looks less closely than `defaults.fault`.

It is asked when a field is made, and the record around the field has no fields yet: a default that is a value of that
record ends in "Schema fields not set yet". Fields are made by the strict parser, and once more when aliases are applied
to a writer's schema.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from evtcompat.dataclasses import dataclass, field
from evtcompat.formats.avro.defaults import INT_RANGE, LONG_RANGE, could_hold, is_written_number, union_branch
from evtcompat.formats.avro.types import (
    ARRAY,
    INT,
    LONG,
    MAP,
    MISSING,
    NAMED,
    NAMED_LEAVES,
    STRING,
    Container,
    Enumeration,
    Field,
    Missing,
    Record,
    Type,
    Union,
)

if TYPE_CHECKING:
    from evtcompat.formats.avro.types import AvroSchema
    from evtcompat.model.json_types import JSON

#: The names of a record's fields after aliases are applied, by their names in the schema.
Renaming: TypeAlias = Callable[[Record], Mapping[str, str]]


class _UnfinishedError(Exception):
    """A default is a value of a record that has no fields yet, or that fills itself without end."""


@dataclass(frozen=True, slots=True)
class RefusedDefault:
    """A default over which Avro Java raises."""

    record: Record
    field: Field
    #: Whether the default is none of its type, or is a value of a record that is not finished.
    invalid: bool


def refused_default(schema: AvroSchema, renaming: Renaming | None = None) -> RefusedDefault | None:
    """The first default over which Avro Java raises: as its strict parser, or as it copies and renames the schema.

    Args:
        schema: The schema.
        renaming: How aliases rename fields. Without it the schema is parsed, and a name that is used ahead of its
            definition stands for a record without fields.
    """
    if not schema.unchecked_defaults and (renaming is not None or not schema.recursive):
        return None
    maker = _Maker(schema, renaming)
    maker.make(schema.root, schema.document.value if renaming is None else None)
    return maker.refused


@dataclass(slots=True)
class _Maker:
    """Makes the types of a schema in the order in which Avro Java does."""

    schema: AvroSchema
    renaming: Renaming | None
    refused: RefusedDefault | None = None
    _unchecked: frozenset[tuple[int, str]] = frozenset()
    _open: set[int] = field(default_factory=set)
    _made: set[int] = field(default_factory=set)
    #: Whether the defaults of fields, by identity, are values of their types.
    _filled: dict[int, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Know what to look at."""
        self._unchecked = frozenset([(id(record), name) for record, name in self.schema.unchecked_defaults])

    def make(self, type_: Type, raw: JSON) -> None:
        """Make a type and what it consists of; `raw` is how it is written, or ``None`` where that does not matter."""
        if type_.kind <= STRING or self.refused is not None:
            return
        if isinstance(type_, Container):
            self.make(type_.of, raw["items" if type_.kind == ARRAY else "values"] if isinstance(raw, dict) else None)
        elif isinstance(type_, Union):
            for index, branch in enumerate(type_.branches):
                self.make(branch, raw[index] if isinstance(raw, list) else None)
        elif id(type_) not in self._made and not self._ahead(type_, raw):
            self._made.add(id(type_))
            if isinstance(type_, Record):
                self._record(type_)

    def _ahead(self, type_: Type, raw: JSON) -> bool:
        """Whether a type is used before the document defines it."""
        if raw is None or not isinstance(type_, NAMED) or type_.full in self.schema.sources:
            return False
        return raw is not type_.raw and (isinstance(raw, str) or (isinstance(raw, dict) and "name" not in raw))

    def _record(self, record: Record) -> None:
        self._open.add(id(record))
        raws = record.raw["fields"] if self.renaming is None else None
        for index, (name, type_) in enumerate(record.types.items()):
            raw = raws[index] if isinstance(raws, list) else None
            self.make(type_, raw["type"] if isinstance(raw, dict) else None)
            if self.refused is not None:
                return
            # A default that `usual` accepts may be none of a type that is not known yet.
            ahead = self.renaming is None and self.schema.recursive and name in record.defaults
            if ahead or (id(record), name) in self._unchecked:
                self._default(record, record.row(name))
        self._open.discard(id(record))

    def _default(self, record: Record, part: Field) -> None:
        try:
            invalid = not self.accepts(part.type, part.default)
        except _UnfinishedError:
            self.refused = RefusedDefault(record, part, invalid=False)
        else:
            if invalid:
                self.refused = RefusedDefault(record, part, invalid=True)

    def accepts(self, type_: Type, value: JSON | Missing) -> bool:
        """`Schema.isValidDefault`, with its order of questions, since one of them may raise."""
        if isinstance(value, Missing):
            return False
        return is_written_number(type_, value) or self._accepts(type_, value)

    def _accepts(self, type_: Type, value: JSON) -> bool:
        if isinstance(type_, Union):
            for branch in type_.branches:  # noqa: SIM110 - no generator's frame
                if self._accepts(branch, value):
                    return True
            return False
        if isinstance(type_, NAMED) and id(type_) not in self._made:
            return isinstance(value, dict)
        if isinstance(type_, Record):
            return isinstance(value, dict) and self._accepts_record(type_, value)
        if isinstance(type_, Container):
            return self._accepts_parts(type_, value)
        return isinstance(value, str) if isinstance(type_, NAMED_LEAVES) else _accepts_primitive(type_.kind, value)

    def _accepts_parts(self, type_: Container, value: JSON) -> bool:
        if not isinstance(value, list if type_.kind == ARRAY else dict):
            return False
        for part in value.values() if isinstance(value, dict) else value:  # noqa: SIM110 - no generator's frame
            if not self._accepts(type_.of, part):
                return False
        return True

    def _accepts_record(self, record: Record, value: Mapping[str, JSON]) -> bool:
        if id(record) in self._open:
            raise _UnfinishedError
        names = self.renaming(record) if self.renaming is not None else {}
        for part in record.fields:
            name = names.get(part.name, part.name)
            if name in value:
                if not self._accepts(part.type, value[name]):
                    return False
            elif not self._fills(part):
                return False
        return True

    def _fills(self, part: Field) -> bool:
        """Whether a field's own default is valid; looked for once, however often the field is filled."""
        if part.default is MISSING:
            return False
        if id(part) not in self._filled:
            self._filled[id(part)] = False
            self._filled[id(part)] = self.accepts(part.type, part.default)
        return self._filled[id(part)]


def _accepts_primitive(kind: int, value: JSON) -> bool:
    if kind in (INT, LONG):
        low, high = INT_RANGE if kind == INT else LONG_RANGE
        return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
    return could_hold(kind, value)


class Builder:
    """Which defaults Avro Java builds: it writes them as Avro, more leniently than it checks them, and reads that."""

    def __init__(self) -> None:
        self._built: dict[int, bool] = {}

    def builds(self, part: Field) -> bool:
        """Whether the default of a field is built; looked for once, however often the field is filled."""
        if id(part) not in self._built:
            # One that contains itself overflows the stack.
            self._built[id(part)] = False
            self._built[id(part)] = not isinstance(part.default, Missing) and (
                is_written_number(part.type, part.default) or self._writes(part.type, part.default)
            )
        return self._built[id(part)]

    def _writes(self, type_: Type, value: JSON) -> bool:
        if isinstance(type_, Union):
            index = union_branch(type_, value)
            return index is not None and self._writes(type_.branches[index], value)
        if isinstance(type_, Record):
            given = value if isinstance(value, dict) else {}
            for part in type_.fields:
                if not (self._writes(part.type, given[part.name]) if part.name in given else self.builds(part)):
                    return False
            return True
        if isinstance(type_, Container):
            if type_.kind == MAP and isinstance(value, list) and value:
                return False
            parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
            for inner in parts:  # noqa: SIM110 - no generator's frame
                if not self._writes(type_.of, inner):
                    return False
            return True
        if isinstance(type_, Enumeration):
            return isinstance(value, str) and value in type_.symbol_set
        return could_hold(type_.kind, value)
