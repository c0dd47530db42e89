"""The sentence about a document that is no schema: which keyword holds what it cannot, and what was probably meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from evtcompat.formats.json_schema import exact
from evtcompat.formats.json_schema.dialect import Dialect
from evtcompat.formats.json_schema.edit_distance import distance
from evtcompat.formats.json_schema.library.sentences import in_json_words
from evtcompat.formats.json_schema.library.violations import pointer_of, shortened
from evtcompat.model.json_types import JSON

if TYPE_CHECKING:
    from evtcompat.formats.json_schema.library.validators import ValidationError

_TYPES: Final = ("array", "boolean", "integer", "null", "number", "object", "string")
#: What other languages call the types.
_CALLED: Final[Mapping[str, tuple[str, ...]]] = {
    "array": ("list", "set", "tuple"),
    "boolean": ("bool",),
    "integer": ("int", "int32", "int64", "long", "short"),
    "null": ("nil", "none", "undefined"),
    "number": ("decimal", "double", "float", "numeric", "real"),
    "object": ("dict", "hash", "map", "record", "struct"),
    "string": ("bytes", "char", "date", "date-time", "datetime", "enum", "str", "text", "timestamp", "uuid", "varchar"),
}
_MEANT: Final[Mapping[str, str]] = {word: name for name, words in _CALLED.items() for word in words}
#: What stands for any value, and needs no keyword.
_ANYTHING: Final = frozenset({"*", "any", "mixed", "unknown"})
#: Keywords under which schemas stand by name.
_BY_NAME: Final = ("properties", "patternProperties", "definitions", "$defs", "dependencies", "dependentSchemas")
_ARTICLES: Final = {"array": "an array", "integer": "an integer", "object": "an object", "null": "null"}
_CORRECT: Final = "Correct the keyword, or declare the draft that is meant in $schema."
#: A value up to this length is quoted whole.
_LONGEST: Final = 80


class NotASchema(NamedTuple):
    """What a metaschema refuses in a document."""

    pointer: str
    #: A clause: ``required must be an array, and is true``.
    clause: str
    #: The next step.
    hint: str = _CORRECT


def metaschema_error(value: JSON, dialect: Dialect) -> NotASchema | None:
    """The first thing that the metaschema refuses; ``None`` if it refuses nothing."""
    from evtcompat.formats.json_schema.library.validators import best_error

    error = best_error(value, dialect)
    if error is None:
        return None
    path = list(error.absolute_path)
    pointer = pointer_of(path)
    keyword = next((str(step) for step in reversed(path) if isinstance(step, str)), None)
    if keyword is None:
        return NotASchema(pointer, f"the document {_must(error)}")
    if len(path) > 1 and path[-2] in _BY_NAME:
        return NotASchema(pointer, f"what `{path[-2]}` has for `{path[-1]}` {_must(error)}")
    if keyword == "type":
        return _type(pointer, error.instance)
    if keyword == "required" and isinstance(error.instance, bool):
        return _required(pointer, path, required=error.instance)
    item = f"an item of `{keyword}`" if isinstance(path[-1], int) else f"`{keyword}`"
    return NotASchema(pointer, f"{item} {_must(error)}")


#: What a keyword's value has to be and is, by the keyword of the metaschema that refuses it.
_SENTENCES: Final[Mapping[str, str]] = {
    "type": "must be {kinds}, and is {value}",
    "enum": "must be one of {demanded}, and is {value}",
    "const": "must be {demanded}, and is {value}",
    "minItems": "must not be empty, and is {value}",
    "minProperties": "must not be empty, and is {value}",
    "minLength": "must not be empty, and is {value}",
    "minimum": "must be at least {demanded}, and is {value}",
    "exclusiveMinimum": "must be above 0, and is {value}",
    "pattern": "must match {demanded}, and is {value}",
    "dependencies": "lacks the bound that it is about",
    "anyOf": "is {value}, which is of no form that it takes",
}


def _must(error: ValidationError) -> str:
    """The sentence about what the metaschema refuses, without its subject."""
    template = _SENTENCES.get(str(error.validator))
    if template is None:
        return f"is refused: {shortened(in_json_words(error.message))}"
    demanded = exact.dump(error.validator_value) if "{demanded}" in template else ""
    return template.format(kinds=_kinds(error.validator_value), demanded=demanded, value=_quoted(error.instance))


def _kinds(types: JSON) -> str:
    names = [types] if isinstance(types, str) else types if isinstance(types, list) else []
    return " or ".join(_ARTICLES.get(str(name), f"a {name}") for name in names)


def _quoted(value: JSON) -> str:
    text = exact.dump(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 20]} ... {text[-10:]}"


def _type(pointer: str, value: JSON) -> NotASchema:
    """What is said of a type that is none."""
    known = f"there are {', '.join(_TYPES[:-1])} and {_TYPES[-1]}"
    if value is None:
        return NotASchema(pointer, f"`type` has null, which is no name of a type; {known}", 'Write "null", in quotes.')
    if isinstance(value, str):
        clause = f"`type` has {_quoted(value)}, which is no type; {known}"
        meant = _meant(value)
        if value.lower() in _ANYTHING:
            return NotASchema(pointer, clause, "Leave `type` out: without it every value is allowed.")
        return NotASchema(pointer, clause, _CORRECT if meant is None else f'Write "{meant}".')
    if value == []:
        return NotASchema(pointer, "`type` must not be empty, and is []", "Leave `type` out, or name a type.")
    if isinstance(value, list):
        for one in (*(one for one in value if not isinstance(one, str)), *value):
            if not isinstance(one, str) or one not in _TYPES:
                return _type(pointer, one)
        return NotASchema(pointer, f"`type` has an array in its array, {_quoted(value)}; {known}")
    return NotASchema(pointer, f"`type` must name a type, or some in an array, and is {_quoted(value)}; {known}")


def _meant(word: str) -> str | None:
    """The type that was probably meant."""
    lower = word.strip().lower()
    if lower in _TYPES:
        return lower
    if lower in _MEANT:
        return _MEANT[lower]
    near = [name for name in _TYPES if distance(lower, name, 2) <= (1 if len(name) <= len("null") else 2)]
    return near[0] if len(near) == 1 else None


def _required(pointer: str, path: Sequence[str | int], *, required: bool) -> NotASchema:
    """What is said of ``required`` beside a property, as draft 3 had it."""
    clause = f"`required` must be an array of names, and is {_quoted(required)}"
    named = next((path[at + 1] for at in range(len(path) - 2, -1, -1) if path[at] == "properties"), None)
    if not required:
        return NotASchema(pointer, clause, "Leave it out: what no `required` lists is optional.")
    if named is None or len(path) < len(("properties", "a", "required")) or path[-2] != named:
        return NotASchema(pointer, clause)
    return NotASchema(pointer, clause, f'List it in the object that has the property: "required": ["{named}"].')
