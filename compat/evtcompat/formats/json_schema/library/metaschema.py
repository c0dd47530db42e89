"""The validator's message about a document that is no schema."""

from __future__ import annotations

from typing import Final

from evtcompat.formats.json_schema.dialect import Dialect
from evtcompat.formats.json_schema.library.violations import pointer_of, shortened
from evtcompat.model.json_types import JSON

_TYPES: Final = "array, boolean, integer, null, number, object and string"


def metaschema_error(value: JSON, dialect: Dialect) -> tuple[str, str] | None:
    """Pointer and sentence of the first thing that the metaschema refuses; ``None`` if it refuses nothing."""
    from evtcompat.formats.json_schema.library.validators import best_error

    error = best_error(value, dialect)
    if error is None:
        return None
    pointer = pointer_of(error.absolute_path)
    if error.absolute_path and error.absolute_path[-1] == "type" and isinstance(error.instance, str):
        # The metaschema says it by alternatives, and the library names none of them.
        return pointer, f"{error.instance!r} is no type; there are {_TYPES}"
    return pointer, shortened(error.message)
