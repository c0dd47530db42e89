"""Rules of the Avro specification that a document breaks: how the parser says so, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NoReturn

from evtcompat.errors import ReferenceMissingError, SchemaError
from evtcompat.formats.avro.limits import MAX_NESTING
from evtcompat.model.places import Place, child

if TYPE_CHECKING:
    from evtcompat.model.json_types import JSON

#: A place deeper than this many steps helps nobody; the whole document is named instead.
_LONGEST_POINTER: Final = 200


class ViolationError(Exception):
    """A rule of the specification is broken; `steps` leads to the place, innermost first."""

    def __init__(self, message: str, *steps: str | int, hint: str | None = None, missing: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.missing = missing
        self.steps: list[str | int] = list(reversed(steps))
        self.names: list[str] = []

    def error(self, origin: str | None) -> SchemaError:
        """The error for a caller, about the document that is called `origin`."""
        pointer = names = ""
        if len(self.steps) < _LONGEST_POINTER:
            for step in reversed(self.steps):
                pointer = child(pointer, step)
            names = ".".join(reversed(self.names))
        kind = ReferenceMissingError if self.missing else SchemaError
        return kind(self.message, place=Place(pointer, names, origin), hint=self.hint)


def too_deep() -> NoReturn:
    """Say that a schema nests too deeply."""
    message = f"the schema nests deeper than {MAX_NESTING} arrays and objects"
    raise ViolationError(message, hint="Flatten the schema, or name the inner types and refer to them")


def no_schema(value: JSON) -> NoReturn:
    """Say what a schema is, of a value that is none."""
    message = f"a schema is a name, an object or an array of schemas, not {shown(value)}"
    raise ViolationError(message, hint='Write the name of a type, such as "string"')


def no_type(value: dict[str, JSON]) -> NoReturn:
    """Say what keeps an object from being a schema."""
    if "type" not in value:
        message = 'a schema object has no "type"'
        raise ViolationError(message, hint="Every schema that is an object names its type")
    message = f'the "type" of a schema object is a name, not {shown(value["type"])}'
    raise ViolationError(message, "type", hint="Write the inner schema itself, without an object around it")


def no_symbol(symbols: list[JSON]) -> NoReturn:
    """Say which of the symbols of an enum is none."""
    index, symbol = next((index, symbol) for index, symbol in enumerate(symbols) if type(symbol) is not str)
    message = f"a symbol is a name, not {shown(symbol)}"
    raise ViolationError(message, "symbols", index, hint="Write the symbol as a string")


def no_field(raw: JSON) -> NoReturn:
    """Say what keeps a value from being a field."""
    if not isinstance(raw, dict):
        message = f"a field is an object, not {shown(raw)}"
    elif "name" not in raw:
        message = "the field has no name"
    else:
        message = f'the field {shown(raw["name"])} has no "type"'
    raise ViolationError(message, hint='A field is an object with a "name" and a "type"')


def no_name(name: JSON, record: str) -> NoReturn:
    """Say what is wrong with the name of a field."""
    if isinstance(name, str) and name:
        message = f"the record {record} has two fields called {name}"
        raise ViolationError(message, "name", hint="Rename or remove one of the two")
    message = "the field has no name" if not name else f"a field's name is a string, not {shown(name)}"
    raise ViolationError(message, hint='A field is an object with a "name" and a "type"')


def refuse(message: str, *steps: str | int, hint: str | None = None) -> NoReturn:
    """Raise `ViolationError` from an expression of one line."""
    raise ViolationError(message, *steps, hint=hint)


def shown(value: JSON) -> str:
    """A value in an error message: its JSON, shortened; the kind alone for what has parts."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "an array"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004 - a line's worth
