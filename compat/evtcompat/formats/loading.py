"""The choice between the schema languages."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from evtcompat.model.verdicts import Format

if TYPE_CHECKING:
    from evtcompat.formats.base import Engine


@cache
def engine(schema_format: Format, *, default_dialect: str | None = None) -> Engine:
    """The engine of a format, imported when first asked for; engines have no state.

    Args:
        schema_format: The format.
        default_dialect: The ``$schema`` of JSON Schemas that name none; the engine's own default when absent.
    """
    if schema_format is Format.AVRO:
        from evtcompat.formats.avro.engine import AvroEngine

        return AvroEngine()
    from evtcompat.formats.json_schema.engine import JsonSchemaEngine

    return JsonSchemaEngine(default_dialect)
