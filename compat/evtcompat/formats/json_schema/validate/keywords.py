# ruff: noqa: ARG001 - a keyword takes what the library hands it
r"""Keywords whose reading in the library is not JSON Schema's.

``multipleOf`` divides floats there (``0.3`` is no multiple of ``0.1``), and patterns go through Python's `re`, whose
``$``, ``\d`` and ``\w`` differ from ECMA-262. Before 2020-12, keywords of arrays fail on ``items: true``.

Each function takes the validator, the keyword's value, the instance and the schema, and yields the errors, as the
library calls it. The validator's format checker is the `Run`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import TypeAlias

from evtcompat.formats.json_schema.algebra.membership import multiple
from evtcompat.formats.json_schema.dialect import Dialect
from evtcompat.formats.json_schema.dialects import DRAFT7
from evtcompat.formats.json_schema.exact import Value, fraction
from evtcompat.formats.json_schema.library.validators import ValidationError, keyword_of
from evtcompat.formats.json_schema.validate import patterns
from evtcompat.formats.json_schema.validate.run import Run

#: A keyword of the library.
Keyword: TypeAlias = Callable[[Value, Value, Value, Value], Iterator[ValidationError]]


def is_integer(checker: Value, instance: object) -> bool:
    """Whether an instance is a whole number, however it is written."""
    if isinstance(instance, Decimal):
        return instance == instance.to_integral_value()
    if isinstance(instance, float):
        return instance.is_integer()
    return isinstance(instance, int) and not isinstance(instance, bool)


def multiple_of(validator: Value, divisor: Value, instance: Value, schema: Value) -> Iterator[ValidationError]:
    """``multipleOf`` by exact fractions."""
    if not validator.is_type(instance, "number"):
        return
    exact = multiple(instance, fraction(divisor))
    if exact is not _floating_multiple(instance, divisor):
        validator.format_checker.dispute("multipleOf")
    if not exact:
        yield ValidationError(f"{instance!r} is not a multiple of {divisor}")


def _floating_multiple(instance: float | Decimal, divisor: float | Decimal) -> bool | None:
    """What the library answers, which divides floats unless both are integers; ``None`` where it fails."""
    if isinstance(instance, int) and isinstance(divisor, int):
        return instance % divisor == 0
    try:
        if isinstance(divisor, int):
            return float(instance) % divisor == 0
        quotient = instance / float(divisor) if isinstance(instance, int) else float(instance) / float(divisor)
    except (ArithmeticError, ValueError):
        return None
    return quotient.is_integer()


def _matches(pattern: str, text: str, run: Run) -> bool:
    """Whether a pattern finds something in a text, as ECMA-262 reads it.

    Raises:
        PatternTooCostlyError: To tell takes more than it may.
    """
    is_found = patterns.found(pattern, text)
    if run.disputed is not None and not patterns.read_alike(pattern, text, is_found=is_found):
        run.dispute("pattern")
    return is_found


def pattern(validator: Value, expression: str, instance: Value, schema: Value) -> Iterator[ValidationError]:
    """``pattern`` as ECMA-262 reads it."""
    if validator.is_type(instance, "string") and not _matches(expression, instance, validator.format_checker):
        yield ValidationError(f"{instance!r} does not match {expression!r}")


def pattern_properties(validator: Value, schemas: Value, instance: Value, schema: Value) -> Iterator[ValidationError]:
    """``patternProperties`` as ECMA-262 reads the patterns."""
    if not validator.is_type(instance, "object"):
        return
    for expression, inner in schemas.items():
        for name, member in instance.items():
            if _matches(expression, name, validator.format_checker):
                yield from validator.descend(member, inner, path=name, schema_path=expression)


def additional_properties(validator: Value, rest: Value, instance: Value, schema: Value) -> Iterator[ValidationError]:
    """``additionalProperties`` beside patterns as ECMA-262 reads them."""
    if not validator.is_type(instance, "object"):
        return
    expressions = schema.get("patternProperties", ())
    own = schema.get("properties", ())
    for name, member in instance.items():
        if name in own or any(_matches(expression, name, validator.format_checker) for expression in expressions):
            continue
        if rest is False:
            yield ValidationError(f"Additional properties are not allowed ({name!r} was unexpected)")
        elif rest is not True:
            yield from validator.descend(member, rest, path=name)


def unevaluated_properties(dialect: Dialect) -> Keyword:
    """``unevaluatedProperties`` as the library has it in a dialect, but for names on which its engine may not end."""

    def function(validator: Value, rest: Value, instance: Value, schema: Value) -> Iterator[ValidationError]:
        if validator.is_type(instance, "object"):
            patterns.refuse_costly(validator.format_checker.patterns.all, instance)
        yield from keyword_of(dialect, "unevaluatedProperties")(validator, rest, instance, schema) or ()

    return function


def items_beyond_tuple(validator: Value, rest: Value, instance: Value, schema: Value) -> Iterator[ValidationError]:
    """``additionalItems``, which says nothing without a tuple beside it; the library fails on ``items: true``."""
    if isinstance(schema.get("items"), list):
        # One function for all dialects that know the keyword.
        yield from keyword_of(DRAFT7, "additionalItems")(validator, rest, instance, schema) or ()
    elif "items" in schema and validator.is_type(instance, "array"):
        validator.format_checker.dispute("additionalItems")
