"""The second opinion: `jsonschema`, an independent validator, on schemas and on witnesses.

Some keywords are replaced (`exact_validators`). Numbers with a fraction are handed over as `Decimal`, so that the
library compares them exactly. ``format`` is left alone unless it is asserted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, partial
from typing import TYPE_CHECKING, Final

from evtcompat.formats.json_schema.dialects import Dialect
from evtcompat.formats.json_schema.exact import Value
from evtcompat.formats.json_schema.exact_validators import exact_class, exact_formats, remembering
from evtcompat.formats.json_schema.parse import Schema
from evtcompat.model.json_types import JSON
from evtcompat.model.places import Place, child

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the validator says of an instance that it refuses."""

    message: str
    #: Where in the instance.
    pointer: str
    _locate: Callable[[], Place] = field(compare=False, repr=False)

    @property
    def place(self) -> Place:
        """Where in the schema's documents; looked up when it is asked for."""
        return self._locate()


class ValidatorFailedError(Exception):
    """The validator can neither accept nor refuse an instance."""

    def __init__(self, failure: Exception) -> None:
        super().__init__(f"{type(failure).__name__}: {failure}")


@contextmanager
def giving_up() -> Iterator[None]:
    """Around what the library does with an instance.

    Raises:
        ValidatorFailedError: The library fails. Seen: ECMA-262 patterns that `re` rejects, schemas that apply
            themselves more often than the stack allows.
    """
    try:
        with remembering():
            yield
    except (re.error, RecursionError, ArithmeticError, TypeError, AttributeError, LookupError, ValueError) as failure:
        raise ValidatorFailedError(failure) from failure


@cache
def confirmed_by() -> str:
    """The validator with its version."""
    from importlib.metadata import version

    return f"jsonschema {version('jsonschema')}"


def refusal(schema: Schema, value: Value, *, assert_formats: bool = False) -> Refusal | None:
    """Why ``jsonschema`` refuses ``value`` under ``schema`` as written; ``None`` if it accepts it.

    Raises:
        ValidatorFailedError: It gives up.
    """
    with giving_up():
        errors = _validator(schema, assert_formats=assert_formats).iter_errors(value)
        error = next(errors, None)
    if error is None:
        return None
    schema.cache[("refused", assert_formats)] = value, error, errors
    at = ""
    for token in error.absolute_path:
        at = child(at, token)
    return Refusal(_short(error.message), at, partial(_place, schema, error))


def refusals(schema: Schema, value: Value, *, assert_formats: bool = False) -> list[ValidationError]:
    """All that ``jsonschema`` says against ``value``; what `refusal` heard of it last is not asked for again.

    Raises:
        ValidatorFailedError: It gives up.
    """
    heard, first, rest = schema.cache.pop(("refused", assert_formats), (None, None, None))
    with giving_up():
        if first is not None and heard is value:
            return [first, *rest]
        return list(_validator(schema, assert_formats=assert_formats).iter_errors(value))


def accepts(schema: Schema, value: Value, *, assert_formats: bool = False) -> bool:
    """Whether ``jsonschema`` accepts ``value`` under ``schema`` as written.

    Raises:
        ValidatorFailedError: It gives up.
    """
    with giving_up():
        return bool(_validator(schema, assert_formats=assert_formats).is_valid(value))


def accepts_below(schema: Schema, part: JSON, resolver: Value, value: Value, *, assert_formats: bool = False) -> bool:
    """The same for a part of the schema, whose references start from a resolver where it needs one.

    Raises:
        ValidatorFailedError: It gives up.
    """
    changes = {} if resolver is None else {"_resolver": resolver}
    with giving_up():
        return bool(_validator(schema, assert_formats=assert_formats).evolve(schema=part, **changes).is_valid(value))


def _place(schema: Schema, error: Value) -> Place:
    located = schema.library.located(error.schema)
    pointer = located.pointer
    if isinstance(error.validator, str) and isinstance(error.schema, Mapping) and error.validator in error.schema:
        pointer = child(pointer, error.validator)
    return Place(pointer=pointer, origin=located.document.origin)


_LONGEST = 300


def _short(message: str) -> str:
    return message if len(message) <= _LONGEST else f"{message[: _LONGEST - 60]} ... {message[-50:]}"


_TYPES: Final = "array, boolean, integer, null, number, object and string"


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
        # the metaschema says it by alternatives, and the library names none of them
        return pointer, f"{error.instance!r} is no type; there are {_TYPES}"
    return pointer, _short(error.message)


class _Nowhere:
    """The resolver for a document without references, in which nothing is ever looked up."""

    def in_subresource(self, _: object) -> _Nowhere:
        """The same at every place of the document."""
        return self


_NOWHERE = _Nowhere()


def _validator(schema: Schema, *, assert_formats: bool) -> Value:
    known = schema.cache.get(("validator", assert_formats))
    if known is not None:
        return known
    cls = exact_class(schema.dialect)
    checker = exact_formats(schema.dialect) if assert_formats else None
    # References lead where the schema's own lead: from the document's place, then from its `$id`.
    resolver = schema.library.entered_root() if schema.library.may_refer() else _NOWHERE
    made = cls(schema.value, format_checker=checker, _resolver=resolver)
    schema.cache[("validator", assert_formats)] = made
    return made


def ordinary(value: Value) -> Value:
    """The value with whole numbers as `int`: what the library takes for integers in every draft."""
    if isinstance(value, dict):
        return {name: ordinary(member) for name, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [ordinary(item) for item in value]
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    return value
