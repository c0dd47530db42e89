"""Where the parts of a schema are: pointers into its documents, and the same places by names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evtcompat.avro.types import Container, Enumeration, Field, Fixed, Record, Type, Union, branch_name
from evtcompat.model.places import Place, child

if TYPE_CHECKING:
    from evtcompat.avro.types import AvroSchema, Named
    from evtcompat.model.json_types import JSON


class Atlas:
    """The places of the named types of one schema; built when the first finding asks."""

    def __init__(self, schema: AvroSchema) -> None:
        self._schema = schema
        self._pointers: dict[int, tuple[str, str | None]] = {}
        self._chart(schema.document.value, None)
        for origin, document in schema.documents.items():
            self._chart(document.value, origin)

    def _chart(self, value: JSON, origin: str | None) -> None:
        pending: list[tuple[JSON, str]] = [(value, "")]
        while pending:
            part, pointer = pending.pop()
            if isinstance(part, dict):
                self._pointers.setdefault(id(part), (pointer, origin))
                for key in ("type", "items", "values"):
                    inner = part.get(key)
                    if isinstance(inner, dict | list):
                        pending.append((inner, f"{pointer}/{key}"))
                fields = part.get("fields")
                if isinstance(fields, list):
                    pending += ((field, f"{pointer}/fields/{index}") for index, field in enumerate(fields))
            elif isinstance(part, list):
                pending += ((inner, f"{pointer}/{index}") for index, inner in enumerate(part))

    def definition(self, named: Named) -> tuple[str, str | None]:
        """The pointer to a named type's definition, and the origin of the referenced document that holds it."""
        return self._pointers.get(id(named.raw), ("", None))

    def root(self) -> Spot:
        """The whole schema."""
        root = self._schema.root
        return Spot(self, "", root.short if isinstance(root, Record | Enumeration | Fixed) else "", None)


@dataclass(frozen=True, slots=True)
class Spot:
    """A type where it is used; the walks step from spot to spot."""

    atlas: Atlas
    pointer: str
    names: str
    origin: str | None

    def place(self) -> Place:
        """The place of the type where it is used."""
        return Place(self.pointer, self.names, self.origin)

    def inside(self, named: Named, *tokens: str | int) -> Place:
        """A part of a named type's definition; the names stay those of its use."""
        pointer, origin = self.atlas.definition(named)
        for token in tokens:
            pointer = child(pointer, token)
        return Place(pointer, self.names, origin)

    def field_place(self, record: Record, field: Field, *tokens: str | int) -> Place:
        """A field of a record's definition, or a part of it."""
        place = self.inside(record, "fields", field.index, *tokens)
        return Place(place.pointer, f"{self.names}.{field.name}" if self.names else field.name, place.origin)

    def field(self, record: Record, field: Field) -> Spot:
        """The type of a field."""
        place = self.field_place(record, field, "type")
        return Spot(self.atlas, place.pointer, place.names, place.origin)

    def branch(self, union: Union, index: int) -> Spot:
        """A branch of a union; its names tell it only where there is a choice besides null."""
        branch = union.branches[index]
        names = self.names
        if sum(1 for other in union.branches if other.kind) > 1:
            names += f"({_short(branch)})"
        return Spot(self.atlas, child(self.pointer, index), names, self.origin)

    def element(self, container: Container) -> Spot:
        """The items of an array or the values of a map."""
        from evtcompat.avro.types import ARRAY

        is_array = container.kind == ARRAY
        pointer = child(self.pointer, "items" if is_array else "values")
        return Spot(self.atlas, pointer, self.names + ("[]" if is_array else "{}"), self.origin)


def _short(type_: Type) -> str:
    return type_.short if isinstance(type_, Record | Enumeration | Fixed) else branch_name(type_)
