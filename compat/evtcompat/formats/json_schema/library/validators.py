"""The one owner of `jsonschema`: what the engine takes from it, under the names that it has here.

The library is imported with this module, which is therefore imported where the first instance is validated.
"""

from __future__ import annotations

from collections.abc import Mapping

import jsonschema
from jsonschema.exceptions import FormatError, ValidationError, best_match
from jsonschema.validators import extend

from evtcompat.formats.json_schema.dialect import Dialect
from evtcompat.formats.json_schema.exact import Value
from evtcompat.model.json_types import JSON

__all__ = ["FormatError", "ValidationError"]


def name_and_version() -> str:
    """What reports call the validator: ``jsonschema 4.26.0``."""
    from importlib.metadata import version

    return f"jsonschema {version('jsonschema')}"


def class_of(dialect: Dialect) -> Value:
    """The library's own validator class of a dialect."""
    return getattr(jsonschema, dialect.validator)


def extended(base: Value, keywords: Mapping[str, Value], *, is_integer: Value = None) -> Value:
    """A new class like `base`, with keywords replaced that `base` has, and another meaning of ``integer`` if any."""
    known = {name: function for name, function in keywords.items() if name in base.VALIDATORS}
    checker = base.TYPE_CHECKER if is_integer is None else base.TYPE_CHECKER.redefine("integer", is_integer)
    return extend(base, known, type_checker=checker)


def format_checker(dialect: Dialect) -> Value:
    """The library's checks of the formats of a dialect."""
    return class_of(dialect).FORMAT_CHECKER


def best_error(schema: JSON, dialect: Dialect) -> ValidationError | None:
    """What the library finds most worth saying against a schema under its dialect's metaschema.

    That a list says something twice is no reason to refuse a schema, though the metaschemas want it otherwise.
    """
    base = class_of(dialect)
    return best_match(error for error in base(base.META_SCHEMA).iter_errors(schema) if not _repeats(error))


def _repeats(error: ValidationError) -> bool:
    """Whether all that an error is about is something said twice."""
    return error.validator == "uniqueItems" or any(_repeats(one) for one in error.context or ())


def keyword_of(dialect: Dialect, name: str) -> Value:
    """The library's function for a keyword that a dialect has."""
    return class_of(dialect).VALIDATORS[name]
