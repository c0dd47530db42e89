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
from typing import TYPE_CHECKING

from evtcompat.formats.json_schema.derived import derived
from evtcompat.formats.json_schema.exact import Value
from evtcompat.formats.json_schema.exact_validators import exact_class, exact_formats, remembering
from evtcompat.formats.json_schema.metaschema_errors import shortened
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


class _Heard:
    """The last instance that was refused, with the first error and those that were not asked for yet."""

    __slots__ = ("last",)

    def __init__(self, _schema: Schema, _assert_formats: bool) -> None:  # noqa: FBT001 - handed on by `derived`
        self.last: tuple[Value, ValidationError, Iterator[ValidationError]] | None = None

    def take(self) -> tuple[Value, ValidationError, Iterator[ValidationError]] | None:
        """The last one; it is not kept any longer."""
        last, self.last = self.last, None
        return last


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
    derived(schema, _Heard, assert_formats).last = value, error, errors
    at = ""
    for token in error.absolute_path:
        at = child(at, token)
    return Refusal(shortened(error.message), at, partial(_place, schema, error))


def refusals(schema: Schema, value: Value, *, assert_formats: bool = False) -> list[ValidationError]:
    """All that ``jsonschema`` says against ``value``; what `refusal` heard of it last is not asked for again.

    Raises:
        ValidatorFailedError: It gives up.
    """
    last = derived(schema, _Heard, assert_formats).take()
    with giving_up():
        if last is not None and last[0] is value:
            return [last[1], *last[2]]
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


class _Nowhere:
    """The resolver for a document without references, in which nothing is ever looked up."""

    def in_subresource(self, _: object) -> _Nowhere:
        """The same at every place of the document."""
        return self


_NOWHERE = _Nowhere()


def _validator(schema: Schema, *, assert_formats: bool) -> Value:
    return derived(schema, _made_validator, assert_formats)


def _made_validator(schema: Schema, assert_formats: bool) -> Value:  # noqa: FBT001 - handed on by `derived`
    cls = exact_class(schema.dialect)
    checker = exact_formats(schema.dialect) if assert_formats else None
    # References lead where the schema's own lead: from the document's place, then from its `$id`.
    resolver = schema.library.entered_root() if schema.library.may_refer() else _NOWHERE
    return cls(schema.value, format_checker=checker, _resolver=resolver)


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
