"""The library as it is installed, with no keyword replaced, over payloads as its users read them: numbers as floats.

Only what it was seen to refuse may be told as refused by it. It is asked where it may answer otherwise than the
validator does, and with a bound on its steps; what its regular expressions may take forever on is kept from it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property
from typing import Final, NamedTuple

from evtcompat.formats.json_schema import exact
from evtcompat.formats.json_schema.exact import Value
from evtcompat.formats.json_schema.library.validators import format_checker
from evtcompat.formats.json_schema.parse.derived import derived
from evtcompat.formats.json_schema.parse.parsing import Schema
from evtcompat.formats.json_schema.validate.classes import installed_but_patterns, installed_class
from evtcompat.formats.json_schema.validate.patterns import Patterns, PatternTooCostlyError, beyond_the_library
from evtcompat.formats.json_schema.validate.run import Run
from evtcompat.formats.json_schema.validate.validator import FAILURES
from evtcompat.model.json_types import JSON
from evtcompat.regular.steps import BudgetExceededError, Steps

#: Parts of the schema that are asked about an instance.
_STEPS: Final = 12_000
#: Keywords that the validator has replaced and no pattern belongs to.
_REPLACED: Final = frozenset(("additionalItems", "multipleOf", "unevaluatedItems", "unevaluatedProperties"))
#: Whole numbers up to here are floats, one by one.
_EXACT_FLOATS: Final = 2**53


class Reply(NamedTuple):
    """What became of a question about an instance."""

    #: ``None`` where there is no answer.
    refuses: bool | None
    #: What is true of the library, as the rest of a sentence about it.
    said: str


class Installed:
    """Asks the library about payloads of one schema."""

    def __init__(self, schema: Schema, assert_formats: bool) -> None:  # noqa: FBT001 - handed on by `derived`
        self._dialect = schema.dialect
        self._library = schema.library
        self._assert_formats = assert_formats
        self._patterns = derived(schema, Patterns)

    def may_depart(self, instance: JSON) -> bool:
        """Whether it may answer otherwise than the validator does, for another reason than a pattern."""
        return self._schema_may_depart or _has_number_that_changes(instance)

    @cached_property
    def _schema_may_depart(self) -> bool:
        loaded = [self._library.value, *(one.value for one in self._library.retrieved.documents.values())]
        words = _REPLACED | {"format"} if self._assert_formats else _REPLACED
        return any(_changes(one) or (isinstance(one, dict) and not words.isdisjoint(one)) for one in _within(*loaded))

    def asked(self, payload: str, instance: JSON) -> Reply:
        """What it says of the text of an instance.

        Where a pattern may take its regular expressions forever on a text of the instance, every pattern is matched
        here, as for the validator; see `confirmed_for`.
        """
        costly = beyond_the_library(self._patterns.all, instance)
        made = installed_but_patterns(self._dialect) if costly else installed_class(self._dialect)
        run = _Run(self._dialect, Steps(_STEPS), self._patterns, self._assert_formats)
        try:
            schema, resolver = self._as_read
            is_valid = made(schema, format_checker=run, _resolver=resolver).is_valid(json.loads(payload))
        except PatternTooCostlyError as error:
            return Reply(None, f"was not asked: {error}")
        except BudgetExceededError:
            return Reply(None, f"was stopped, having looked at {_STEPS:,} parts of the schema")
        except FAILURES:
            return Reply(None, "fails on it")
        return Reply(refuses=not is_valid, said="accepts it" if is_valid else "refuses it")

    @cached_property
    def _as_read(self) -> tuple[JSON, Value]:
        """The schema as `json` reads it, and where its references lead, in documents that were read likewise.

        Raises:
            ValueError: A number has more digits than `json` reads.
        """
        return self._library.copied(lambda value: json.loads(exact.dump(value)))


class _Run(Run):
    """One in which formats, where they are asserted, are for the library to check."""

    def check(self, instance: object, name: str) -> None:
        """See `Run.check`.

        Raises:
            FormatError: Formats are asserted, and the instance is a text that does not conform.
        """
        if self.assert_formats:
            format_checker(self.dialect).check(instance, name)


def _has_number_that_changes(value: JSON) -> bool:
    return any(map(_changes, _within(value)))


def _changes(value: JSON) -> bool:
    """Whether a number is, or lies among others as, another one once it is a float."""
    if not isinstance(value, Decimal):
        return False
    near = float(value)
    return not -_EXACT_FLOATS < near < _EXACT_FLOATS or Decimal(repr(near)) != value


def _within(*values: JSON) -> Iterator[JSON]:
    """The values, and all that is in them."""
    pending = [*values]
    while pending:
        one = pending.pop()
        yield one
        pending.extend(one.values() if isinstance(one, dict) else one if isinstance(one, list) else ())
