"""Rules of the Avro specification that a document breaks: how the parser says so, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NoReturn

from evtcompat.errors import ReferenceMissingError, SchemaError, UnsupportedError
from evtcompat.formats.avro.limits import MAX_NESTING
from evtcompat.formats.avro.types import KIND_NAMES, STRING
from evtcompat.model.places import Place, child

if TYPE_CHECKING:
    from collections.abc import Collection

    from evtcompat.model.documents import Document
    from evtcompat.model.json_types import JSON

#: A place deeper than this many steps helps nobody; the whole document is named instead.
_LONGEST_POINTER: Final = 200
#: Bits of the largest integers that are written out; Python refuses 4,300 digits by default.
_LONGEST_INTEGER: Final = 10_000


class ViolationError(Exception):
    """A rule of the specification is broken; `steps` leads to the place, innermost first."""

    def __init__(
        self, message: str, *steps: str | int, hint: str | None = None, kind: type[SchemaError] = SchemaError
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.kind = kind
        self.steps: list[str | int] = list(reversed(steps))
        self.names: list[str] = []

    def error(self, origin: str | None) -> SchemaError:
        """The error for a caller, about the document that is called `origin`."""
        pointer = names = ""
        if len(self.steps) < _LONGEST_POINTER:
            for step in reversed(self.steps):
                pointer = child(pointer, step)
            names = ".".join(reversed(self.names))
        return self.kind(self.message, place=Place(pointer, names, origin), hint=self.hint)


def foreign(document: Document) -> SchemaError | None:
    """What to say of a document that is no Avro schema but something else; ``None`` where that cannot be told."""
    if not isinstance(document.value, dict):
        return None
    from evtcompat.formats.avro.suggestions import kind_of_document

    found = kind_of_document(document.value)
    if found is None:
        return None
    message = f"this is {found[0]}, not an Avro schema"
    return UnsupportedError(message, place=Place(origin=document.origin), hint=found[1])


def too_deep() -> NoReturn:
    """Say that a schema nests too deeply."""
    message = f"the schema nests deeper than {MAX_NESTING} arrays and objects"
    raise ViolationError(
        message, hint="Flatten the schema, or name the inner types and refer to them", kind=UnsupportedError
    )


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


def undefined(name: str, full: str, defined: Collection[str]) -> ViolationError:
    """What to say of a name that is not defined, and of what it may stand for.

    Args:
        name: The name as the document writes it.
        full: The same with its namespace.
        defined: The full names that are defined.
    """
    # Most names are defined, and a short run is mostly start-up.
    from evtcompat.formats.avro.suggestions import question, types_meant

    meant = types_meant(name, defined)
    kind: type[SchemaError] = ReferenceMissingError
    if not meant:
        message = f"the name {full} is not defined"
        hint = "Define it, or tell where it is defined: a file in the same folder, a configured root, a reference"
    elif meant[0] in defined:
        message = f"the name {full} is not defined{question(meant)}"
        hint = "Write the full name of the type, or define the one that is meant"
    else:
        kind = SchemaError  # a word of another language: no document that is not here would define it
        message = f"the name {name} is not defined, and Avro has no such type{question(meant)}"
        primitives = f"{', '.join(KIND_NAMES[:STRING])} and {KIND_NAMES[STRING]}"
        hint = f"Write Avro's own word (its primitive types are {primitives}), or define {full}"
    return ViolationError(message, hint=hint, kind=kind)


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
    if isinstance(value, int) and value.bit_length() > _LONGEST_INTEGER:
        return f"a number of about {value.bit_length() * 3 // 10:,} digits"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004 - a line's worth
