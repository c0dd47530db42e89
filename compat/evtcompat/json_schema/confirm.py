# ruff: noqa: ARG001 - replaced keywords take what the library hands them
r"""The second opinion: `jsonschema`, an independent validator, on schemas and on witnesses.

Three keywords are replaced, because the library's own reading is not JSON Schema's: ``multipleOf`` divides floats
(``0.3`` is no multiple of ``0.1`` there), and patterns go through Python's `re`, whose ``$``, ``\d`` and ``\w``
differ from ECMA-262. Numbers with a fraction are handed over as `Decimal`, so that the library compares them
exactly. ``format`` is left alone unless it is asserted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from evtcompat.algebra.ecma import PatternError
from evtcompat.algebra.ecma import parse as parse_pattern
from evtcompat.json_schema.dialects import DRAFT2019, Dialect
from evtcompat.json_schema.exact import Value, fraction
from evtcompat.json_schema.membership import multiple
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
    try:
        error = next(_validator(schema, assert_formats=assert_formats).iter_errors(value), None)
    except (re.error, RecursionError, ArithmeticError, TypeError, AttributeError, LookupError, ValueError) as failure:
        # Seen: ECMA-262 patterns that `re` rejects, and ``items: true`` beside ``unevaluatedItems`` in 2019-09.
        raise ValidatorFailedError(failure) from failure
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


def _validator(schema: Schema, *, assert_formats: bool) -> Value:
    known = schema.cache.get(("validator", assert_formats))
    if known is not None:
        return known
    from referencing import Registry

    cls = _exact_class(schema.dialect)
    checker = cls.FORMAT_CHECKER if assert_formats else None
    registry: Any = Registry(retrieve=schema.library._retrieve)  # type: ignore[call-arg]  # noqa: SLF001
    value = schema.value
    if isinstance(value, dict) and "$schema" in value:
        # The library would go back to its own class wherever it meets the keyword.
        value = {name: member for name, member in value.items() if name != "$schema"}
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
    schema.cache[("validator", assert_formats)] = made
    return made


@cache
def _exact_class(dialect: Dialect) -> Value:
    import jsonschema
    from jsonschema.validators import extend

    base = getattr(jsonschema, dialect.validator)
    replaced = {
        "multipleOf": _multiple_of,
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties,
    }
    if dialect is DRAFT2019:
        replaced["unevaluatedProperties"] = _unevaluated_properties
        replaced["unevaluatedItems"] = _unevaluated_items
    return extend(base, {name: function for name, function in replaced.items() if name in base.VALIDATORS})


def _multiple_of(validator: Value, divisor: Value, instance: Value, schema: Value) -> Iterator[Any]:
    from jsonschema.exceptions import ValidationError

    if validator.is_type(instance, "number") and not multiple(instance, fraction(divisor)):
        yield ValidationError(f"{instance!r} is not a multiple of {divisor}")


def _matches(pattern: str, text: str) -> bool:
    try:
        return parse_pattern(pattern).accepts(text)
    except PatternError:
        return re.search(pattern, text) is not None


def _pattern(validator: Value, pattern: str, instance: Value, schema: Value) -> Iterator[Any]:
    from jsonschema.exceptions import ValidationError

    if validator.is_type(instance, "string") and not _matches(pattern, instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _pattern_properties(validator: Value, patterns: Value, instance: Value, schema: Value) -> Iterator[Any]:
    if not validator.is_type(instance, "object"):
        return
    for pattern, inner in patterns.items():
        for name, member in instance.items():
            if _matches(pattern, name):
                yield from validator.descend(member, inner, path=name, schema_path=pattern)


def _additional_properties(validator: Value, rest: Value, instance: Value, schema: Value) -> Iterator[Any]:
    from jsonschema.exceptions import ValidationError

    if not validator.is_type(instance, "object"):
        return
    patterns = schema.get("patternProperties", ())
    own = schema.get("properties", ())
    for name, member in instance.items():
        if name in own or any(_matches(pattern, name) for pattern in patterns):
            continue
        if rest is False:
            yield ValidationError(f"Additional properties are not allowed ({name!r} was unexpected)")
        elif rest is not True:
            yield from validator.descend(member, rest, path=name)


def _unevaluated_properties(validator: Value, rest: Value, instance: Value, schema: Value) -> Iterator[Any]:
    """In 2019-09 the library takes the keywords of an ``additionalProperties`` schema for names that it evaluated.

    Its function for 2020-12 does not, but it does not follow ``$recursiveRef``.
    """
    import jsonschema

    functions = [
        cls.VALIDATORS["unevaluatedProperties"]
        for cls in (jsonschema.Draft201909Validator, jsonschema.Draft202012Validator)
    ]
    legacy, current = (list(function(validator, rest, instance, schema)) for function in functions)
    if current and (legacy or "$recursiveRef" not in str(schema)):
        yield from current


def _unevaluated_items(validator: Value, rest: Value, instance: Value, schema: Value) -> Iterator[Any]:
    """In 2019-09 the library takes the length of ``items``, which may be a boolean."""
    import jsonschema

    if isinstance(schema.get("items"), bool):
        # All items are evaluated.
        return
    yield from jsonschema.Draft201909Validator.VALIDATORS["unevaluatedItems"](validator, rest, instance, schema)


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
