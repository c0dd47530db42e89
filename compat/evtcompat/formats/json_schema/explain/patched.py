"""A schema with patches: to its own document, and to the documents that its references reach."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from evtcompat.formats.json_schema.explain.subschemas import SchemaIndex
from evtcompat.formats.json_schema.parse.parsing import Schema, variant
from evtcompat.model.json_types import JSON
from evtcompat.model.patches import Operation, apply_patch


@dataclass(frozen=True, slots=True)
class PatchedSchema:
    """The reader or the writer, with some of its documents patched."""

    index: SchemaIndex
    #: The changed values by origin; ``None`` is the document that is compared.
    values: Mapping[str | None, JSON] = field(default_factory=dict)
    #: The schema that they make, once it was asked for.
    _made: list[Schema] = field(default_factory=list, init=False, compare=False, repr=False)

    def value(self, origin: str | None = None) -> JSON:
        """A document as it is now."""
        return self.values[origin] if origin in self.values else self.index.document(origin)

    def patched(self, operations: Iterable[Operation], origin: str | None) -> PatchedSchema:
        """The same with more operations on one of its documents.

        Raises:
            LookupError: An operation names what does not exist.
        """
        value = apply_patch(self.value(origin), operations)
        return PatchedSchema(self.index, {**self.values, origin: value})

    def schema(self) -> Schema:
        """The schema of the documents as they are now; the original where nothing is patched."""
        if not self.values:
            return self.index.schema
        if not self._made:
            others = {origin: value for origin, value in self.values.items() if origin is not None}
            self._made.append(variant(self.index.schema, self.value(), others))
        return self._made[0]
