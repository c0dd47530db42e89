"""A schema with patches: to its own document, and to the documents that its references reach."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from evtcompat.formats.json_schema.explain.subschemas import SchemaIndex
from evtcompat.formats.json_schema.parse.parsing import Schema, variant
from evtcompat.model.json_types import JSON
from evtcompat.model.patches import Operation, apply_patch


class PatchedSchema:
    """The reader or the writer, with some of its documents patched."""

    __slots__ = ("_made", "_values", "index")

    def __init__(self, index: SchemaIndex, values: Mapping[str | None, JSON] | None = None) -> None:
        """The schema of an index, with the changed values by origin; ``None`` is the document that is compared."""
        self.index: Final = index
        self._values: Final = values or {}
        #: The schema that they make, once it was asked for.
        self._made: Schema | None = None

    def value(self, origin: str | None = None) -> JSON:
        """A document as it is now."""
        return self._values[origin] if origin in self._values else self.index.document(origin)

    def patched(self, operations: Iterable[Operation], origin: str | None) -> PatchedSchema:
        """The same with more operations on one of its documents.

        Raises:
            LookupError: An operation names what does not exist.
        """
        value = apply_patch(self.value(origin), operations)
        return PatchedSchema(self.index, {**self._values, origin: value})

    def schema(self) -> Schema:
        """The schema of the documents as they are now; the original where nothing is patched."""
        if self._made is None:
            others = {origin: value for origin, value in self._values.items() if origin is not None}
            self._made = variant(self.index.schema, self.value(), others) if self._values else self.index.schema
        return self._made
