"""The language of a pattern."""

from __future__ import annotations

import re
from collections.abc import Iterable

from evtcompat.errors import SchemaError
from evtcompat.formats.json_schema.algebra.property_names import Pattern
from evtcompat.formats.json_schema.parse.references import Library
from evtcompat.regular.ecma import InvalidPatternError, UnsupportedPatternError
from evtcompat.regular.ecma import parse as parse_pattern


def pattern_of(library: Library, source: str, contents: object, path: Iterable[str]) -> Pattern | None:
    """The language of a pattern; ``None`` where it is not modelled.

    Raises:
        SchemaError: No engine accepts it; ``path`` leads from ``contents`` to it.
    """
    try:
        return Pattern(parse_pattern(source), source)
    except UnsupportedPatternError:
        return None
    except InvalidPatternError as error:
        try:
            re.compile(source)
        except (re.error, OverflowError, RecursionError):
            message = f"the pattern {source!r} is no regular expression: {error}"
            raise SchemaError(message, place=library.located(contents).in_text(path)) from error
        return None
