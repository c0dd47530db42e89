# ruff: noqa: ARG001 - one signature for all keywords
"""Keywords for numbers."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Final

from evtcompat.formats.json_schema import exact
from evtcompat.formats.json_schema.algebra import nodes
from evtcompat.formats.json_schema.algebra.kinds import Node
from evtcompat.formats.json_schema.algebra.nodes import TRUE
from evtcompat.formats.json_schema.keywords.context import Context
from evtcompat.formats.json_schema.keywords.keyword import (
    FROM_6,
    ONLY_4,
    Compile,
    Definition,
    Holds,
    Keyword,
    Meaning,
    Vocabulary,
    decided,
)
from evtcompat.formats.json_schema.keywords.predicates import flag, number, positive
from evtcompat.formats.json_schema.keywords.scope import Contents, Scope
from evtcompat.formats.json_schema.rules.limits import diagnose_limit


def _exact(value: float | Decimal) -> int | Fraction:
    """A number of a schema as exact arithmetic takes it."""
    return value if isinstance(value, int) else exact.fraction(value)


def _is_exclusive(contents: Contents, scope: Scope, flag: str) -> bool:
    return scope.dialect.boolean_exclusive and contents.get(flag) is True


def _minimum(context: Context, contents: Contents, scope: Scope) -> Node:
    """``minimum``, with the boolean ``exclusiveMinimum`` of draft 4."""
    exclusive = _is_exclusive(contents, scope, "exclusiveMinimum")
    return nodes.at_least(_exact(contents["minimum"]), exclusive=exclusive)


def _maximum(context: Context, contents: Contents, scope: Scope) -> Node:
    """``maximum``, with the boolean ``exclusiveMaximum`` of draft 4."""
    exclusive = _is_exclusive(contents, scope, "exclusiveMaximum")
    return nodes.at_most(_exact(contents["maximum"]), exclusive=exclusive)


def _exclusive_minimum(context: Context, contents: Contents, scope: Scope) -> Node:
    """``exclusiveMinimum`` as a number."""
    if scope.dialect.boolean_exclusive:
        return TRUE
    return nodes.at_least(_exact(contents["exclusiveMinimum"]), exclusive=True)


def _exclusive_maximum(context: Context, contents: Contents, scope: Scope) -> Node:
    """``exclusiveMaximum`` as a number."""
    if scope.dialect.boolean_exclusive:
        return TRUE
    return nodes.at_most(_exact(contents["exclusiveMaximum"]), exclusive=True)


def _multiple_of(context: Context, contents: Contents, scope: Scope) -> Node:
    """``multipleOf``."""
    return nodes.multiple_of(_exact(contents["multipleOf"]))


def _keyword(
    name: str,
    *definitions: Definition,
    compiled: Compile,
    holds: Holds = Holds.NUMBER,
    twin: str | None = None,
    settled_by: str = "exact intervals",
) -> Keyword:
    return Keyword(
        name,
        definitions,
        Vocabulary.VALIDATION,
        holds,
        "number",
        twin=twin,
        meaning=Meaning.SCALAR,
        compile=compiled,
        settled_by=settled_by,
        diagnose=diagnose_limit,
    )


_EXCLUSIVE: Final = (decided(flag, ONLY_4), decided(number, FROM_6))

KEYWORDS: Final = (
    _keyword("minimum", decided(number), compiled=_minimum, twin="exclusiveMinimum"),
    _keyword("maximum", decided(number), compiled=_maximum, twin="exclusiveMaximum"),
    _keyword("exclusiveMinimum", *_EXCLUSIVE, compiled=_exclusive_minimum, holds=Holds.ANY, twin="minimum"),
    _keyword("exclusiveMaximum", *_EXCLUSIVE, compiled=_exclusive_maximum, holds=Holds.ANY, twin="maximum"),
    _keyword("multipleOf", decided(positive), compiled=_multiple_of, settled_by="exact multiples"),
)
