"""What the validator says of a document that is no schema: the words for an error whose place is known already."""

from __future__ import annotations

from typing import Final

from evtcompat.formats.json_schema.dialects import Dialect
from evtcompat.model.json_types import JSON
from evtcompat.model.places import child

_TYPES: Final = "array, boolean, integer, null, number, object and string"
#: Sentences up to this length are shown whole, of longer ones the beginning and the end.
_LONGEST: Final = 300


def metaschema_error(value: JSON, dialect: Dialect) -> tuple[str, str] | None:
    """Pointer and sentence of the first thing that the metaschema refuses; ``None`` if it refuses nothing."""
    import jsonschema
    from jsonschema.exceptions import best_match

    cls = getattr(jsonschema, dialect.validator)
    error = best_match(cls(cls.META_SCHEMA).iter_errors(value))
    if error is None:
        return None
    pointer = ""
    for token in error.absolute_path:
        pointer = child(pointer, token)
    if error.absolute_path and error.absolute_path[-1] == "type" and isinstance(error.instance, str):
        # The metaschema says it by alternatives, and the library names none of them.
        return pointer, f"{error.instance!r} is no type; there are {_TYPES}"
    return pointer, shortened(error.message)


def shortened(message: str) -> str:
    """A sentence of the validator, which may quote a whole instance, cut where it is long."""
    return message if len(message) <= _LONGEST else f"{message[: _LONGEST - 60]} ... {message[-50:]}"
