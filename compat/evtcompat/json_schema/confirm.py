"""The second opinion: `jsonschema`, an independent validator, on schemas and on witnesses.

Some keywords are replaced (`exact_validators`). Numbers with a fraction are handed over as `Decimal`, so that the
library compares them exactly. ``format`` is left alone unless it is asserted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from evtcompat.json_schema.dialects import Dialect
from evtcompat.json_schema.exact import Value
from evtcompat.json_schema.exact_validators import exact_class
from evtcompat.json_schema.parse import Schema
from evtcompat.model.json_types import JSON
from evtcompat.model.places import Place, child


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the validator says of an instance that it refuses."""

    message: str
    #: Where in the schema's documents.
    place: Place
    #: Where in the instance.
    pointer: str


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
        error = next(_validator(schema, assert_formats=assert_formats).iter_errors(value), None)
    if error is None:
        return None
    located = schema.library.located(error.schema)
    pointer = located.pointer
    if isinstance(error.validator, str) and isinstance(error.schema, Mapping) and error.validator in error.schema:
        pointer = child(pointer, error.validator)
    at = ""
    for token in error.absolute_path:
        at = child(at, token)
    return Refusal(_short(error.message), Place(pointer=pointer, origin=located.document.origin), at)


def beyond_dispute(reader: Schema, writer: Schema, value: Value) -> bool:
    """Whether the library as it is, with none of its keywords replaced, refuses ``value`` for the reader only.

    It reads patterns as Python does, so that some instances with letters beyond ASCII or with line ends convince only
    those whose engine keeps to ECMA-262. Formats are left alone, and it is taken not to when it gives up.
    """
    try:
        with giving_up():
            return bool(
                _validator(writer, plain=True).is_valid(value) and not _validator(reader, plain=True).is_valid(value)
            )
    except ValidatorFailedError:
        return False


_LONGEST = 300


def _short(message: str) -> str:
    return message if len(message) <= _LONGEST else f"{message[: _LONGEST - 60]} ... {message[-50:]}"


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
    return pointer, _short(error.message)


def _validator(schema: Schema, *, assert_formats: bool = False, plain: bool = False) -> Value:
    entry = ("validator", assert_formats, plain)
    known = schema.cache.get(entry)
    if known is not None:
        return known
    import jsonschema
    from referencing import Registry

    cls: Any = getattr(jsonschema, schema.dialect.validator) if plain else exact_class(schema.dialect)
    checker = cls.FORMAT_CHECKER if assert_formats else None
    registry: Any = Registry(retrieve=schema.library._retrieve)  # type: ignore[call-arg]  # noqa: SLF001
    value = schema.value
    base = schema.document.base_uri
    if base:
        from evtcompat.json_schema.references import specification

        # From the document's own place first, then from its `$id`: so relative references resolve as they were read.
        resource = specification(schema.dialect).create_resource(value)
        registry = registry.with_resource(base, resource)
        resolver = registry.resolver(base).in_subresource(resource)
        made = cls(value, registry=registry, format_checker=checker, _resolver=resolver)
    else:
        made = cls(value, registry=registry, format_checker=checker)
    schema.cache[entry] = made
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
