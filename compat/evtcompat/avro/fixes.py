"""Changes that mend a mismatch; each is applied and checked before it is suggested."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evtcompat.avro.types import AvroSchema
    from evtcompat.avro.walk import Found
    from evtcompat.model.mismatches import Fix


def fix(reader: AvroSchema, writer: AvroSchema, found: Found) -> Fix | None:  # noqa: ARG001 - filled in next
    """A change that makes the mismatch go away, or ``None``."""
    return None
