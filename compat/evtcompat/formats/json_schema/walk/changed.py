"""A side with changes: its own document, and the documents that its references reach."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from evtcompat.formats.json_schema.parse import Schema, variant
from evtcompat.formats.json_schema.walk.parts import Side
from evtcompat.formats.json_schema.walk.patching import Operation, patched
from evtcompat.model.json_types import JSON


@dataclass(frozen=True, slots=True)
class Changed:
    """The documents of a side that are no longer as they were written."""

    side: Side
    #: The changed values by origin; ``None`` is the document that is compared.
    values: Mapping[str | None, JSON]
    #: The schema that they make, once it was asked for.
    _made: list[Schema] = field(default_factory=list, init=False, compare=False, repr=False)

    def value(self, origin: str | None = None) -> JSON:
        """A document as it is now."""
        return self.values[origin] if origin in self.values else self.side.document(origin)

    def patched(self, operations: Iterable[Operation], origin: str | None) -> Changed:
        """The side after operations on one of its documents.

        Raises:
            LookupError: An operation names what does not exist.
        """
        value = patched(self.value(origin), operations)
        return replace(self, values={**self.values, origin: value})

    @property
    def elsewhere(self) -> bool:
        """Whether a document is changed that references reach."""
        return any(origin is not None for origin in self.values)

    def schema(self) -> Schema:
        """The schema that the changed documents make; the side's own where nothing is changed."""
        if not self.values:
            return self.side.schema
        if not self._made:
            others = {origin: value for origin, value in self.values.items() if origin is not None}
            self._made.append(variant(self.side.schema, self.value(), others))
        return self._made[0]
