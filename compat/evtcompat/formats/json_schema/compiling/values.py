# ruff: noqa: ARG001 - one signature for all handlers
"""`type`, `enum`, `const`, and the keywords of numbers and strings."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Final

from evtcompat.formats.json_schema import exact, nodes
from evtcompat.formats.json_schema.compiling.context import Context
from evtcompat.formats.json_schema.compiling.formats import checker_of_format, language_of_format
from evtcompat.formats.json_schema.compiling.scope import Contents, Scope, Value
from evtcompat.formats.json_schema.nodes import TRUE, Node, conjunction, enumeration, negation, types

#: Larger numbers, and those nearer to zero, are left as they are written: with all their digits they are hard to read.
_DIGITS: Final = 18


def exact_number(value: float | Decimal) -> int | Fraction:
    """A number of a schema as exact arithmetic takes it."""
    return value if isinstance(value, int) else exact.fraction(value)


def type_(context: Context, contents: Contents, scope: Scope) -> Node:
    """``type``; an integer is a number that is a multiple of 1."""
    value = contents["type"]
    wanted = {value} if isinstance(value, str) else set(value)
    if "integer" in wanted and "number" not in wanted:
        return conjunction((types(wanted | {"number"}), nodes.multiple_of(1)))
    return types(wanted)


def enum(context: Context, contents: Contents, scope: Scope) -> Node:
    """``enum``."""
    return enumeration({exact.key(value): _own(value) for value in contents["enum"]})


def const(context: Context, contents: Contents, scope: Scope) -> Node:
    """``const``."""
    return enumeration({exact.key(contents["const"]): _own(contents["const"])})


def _own(value: Value) -> Value:
    """The value apart from the document, which others may change while the node is in use, and written in one way.

    Values that JSON Schema calls equal make one node, whoever wrote them first.
    """
    if isinstance(value, dict):
        return {name: _own(value[name]) for name in sorted(value)}
    if isinstance(value, list):
        return [_own(item) for item in value]
    if isinstance(value, Decimal) and abs(value.adjusted()) <= _DIGITS:
        return exact.number_value(exact.fraction(value))
    return value


def _is_exclusive(contents: Contents, scope: Scope, flag: str) -> bool:
    return scope.dialect.boolean_exclusive and contents.get(flag) is True


def minimum(context: Context, contents: Contents, scope: Scope) -> Node:
    """``minimum``, with the boolean ``exclusiveMinimum`` of draft 4."""
    exclusive = _is_exclusive(contents, scope, "exclusiveMinimum")
    return nodes.at_least(exact_number(contents["minimum"]), exclusive=exclusive)


def maximum(context: Context, contents: Contents, scope: Scope) -> Node:
    """``maximum``, with the boolean ``exclusiveMaximum`` of draft 4."""
    exclusive = _is_exclusive(contents, scope, "exclusiveMaximum")
    return nodes.at_most(exact_number(contents["maximum"]), exclusive=exclusive)


def exclusive_minimum(context: Context, contents: Contents, scope: Scope) -> Node:
    """``exclusiveMinimum`` as a number."""
    if scope.dialect.boolean_exclusive:
        return TRUE
    return nodes.at_least(exact_number(contents["exclusiveMinimum"]), exclusive=True)


def exclusive_maximum(context: Context, contents: Contents, scope: Scope) -> Node:
    """``exclusiveMaximum`` as a number."""
    if scope.dialect.boolean_exclusive:
        return TRUE
    return nodes.at_most(exact_number(contents["exclusiveMaximum"]), exclusive=True)


def multiple_of(context: Context, contents: Contents, scope: Scope) -> Node:
    """``multipleOf``."""
    return nodes.multiple_of(exact_number(contents["multipleOf"]))


def min_length(context: Context, contents: Contents, scope: Scope) -> Node:
    """``minLength``."""
    return nodes.min_length(int(contents["minLength"]))


def max_length(context: Context, contents: Contents, scope: Scope) -> Node:
    """``maxLength``."""
    longer = nodes.min_length(int(contents["maxLength"]) + 1)
    return negation(conjunction((types(("string",)), longer)))


def pattern(context: Context, contents: Contents, scope: Scope) -> Node:
    """``pattern``, a search without anchors."""
    found = context.pattern(contents["pattern"], contents, "pattern")
    if found is None:
        return context.opaque(f"pattern {contents['pattern']!r}", "string", contents, "pattern")
    return TRUE if found.language.is_everything else nodes.matches(found)


def format_(context: Context, contents: Contents, scope: Scope) -> Node:
    """``format``, where the options assert it and the dialect knows it."""
    name = contents["format"]
    if not context.asserted:
        return TRUE
    modelled = language_of_format(name, scope.dialect)
    if modelled is not None:
        return nodes.matches(modelled)
    check = checker_of_format(name, scope.dialect)
    return TRUE if check is None else context.opaque(f"format {name!r}", "string", contents, "format", check)
