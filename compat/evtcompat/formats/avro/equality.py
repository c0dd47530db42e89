"""Equality of types, as Avro Java sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evtcompat.formats.avro.parts import listed, part
from evtcompat.formats.avro.types import ARRAY, NAMED, Container, Fixed, Record, Type, Union

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from evtcompat.formats.avro.types import Named
    from evtcompat.model.json_types import JSON


def _own_name(named: Named) -> str:
    return named.full


def _own_fields(record: Record) -> Mapping[str, str]:  # noqa: ARG001 - as a renaming is asked
    return {}


class Equality:
    """Whether Avro Java holds types of two schemas equal (`Schema.equals`).

    All counts but docs, aliases and the defaults of enums.
    """

    def __init__(
        self, full: Callable[[Named], str] = _own_name, renamed: Callable[[Record], Mapping[str, str]] = _own_fields
    ) -> None:
        """Compare a reader's types with a writer's, whose names and fields may have other names by now."""
        self._full = full
        self._renamed = renamed
        self._open: set[tuple[Record, Record]] = set()

    def holds(self, reader: Type, writer: Type, ours: JSON, theirs: JSON) -> bool:
        """Whether two types are equal, which the documents write as `ours` and `theirs`."""
        if isinstance(reader, NAMED):
            return reader is writer or self._named(reader, writer)
        if reader.kind != writer.kind or reader.logical != writer.logical or _properties(ours) != _properties(theirs):
            return False
        if isinstance(reader, Container):
            key = "items" if reader.kind == ARRAY else "values"
            return self.holds(reader.of, writer.of, part(ours, key), part(theirs, key))  # type: ignore[union-attr]  # of its kind
        if not isinstance(reader, Union):
            return True
        branches = writer.branches  # type: ignore[union-attr]  # by its kind
        if len(reader.branches) != len(branches):
            return False
        raws = zip(listed(ours), listed(theirs), strict=True)
        pairs = zip(reader.branches, branches, raws, strict=True)
        return all([self.holds(mine, other, *raw) for mine, other, raw in pairs])  # noqa: C419 - no generator's frame

    def _named(self, reader: Named, writer: Type) -> bool:
        if not isinstance(writer, NAMED) or reader.kind != writer.kind or reader.logical != writer.logical:
            return False
        if reader.full != self._full(writer) or _properties(reader.raw) != _properties(writer.raw):
            return False
        if isinstance(reader, Record):
            return self._records(reader, writer)  # type: ignore[arg-type]  # by its kind
        if isinstance(reader, Fixed):
            return reader.size == writer.size  # type: ignore[union-attr]  # by its kind
        # The default of an enum is no part of it.
        return reader.symbols == writer.symbols  # type: ignore[union-attr]  # by its kind

    def _records(self, reader: Record, writer: Record) -> bool:
        if (reader, writer) in self._open:
            return True
        self._open.add((reader, writer))
        if len(reader.types) != len(writer.types):
            return False
        names = self._renamed(writer)
        raws = zip(listed(reader.raw["fields"]), listed(writer.raw["fields"]), strict=True)
        for mine, other, (ours, theirs) in zip(reader.fields, writer.fields, raws, strict=True):
            if mine.name != names.get(other.name, other.name) or mine.default != other.default:
                return False
            if _properties(ours) != _properties(theirs):
                return False
            if not self.holds(mine.type, other.type, part(ours, "type"), part(theirs, "type")):
                return False
        return True


#: What is compared as a part of a type or field, or not at all; anything else counts as it stands.
_KNOWN: Final = frozenset(
    {"aliases", "default", "doc", "fields", "items", "name", "namespace", "size", "symbols", "type", "values"}
)


def _properties(raw: JSON) -> dict[str, JSON]:
    return {key: value for key, value in raw.items() if key not in _KNOWN} if isinstance(raw, dict) else {}
