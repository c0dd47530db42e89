# ruff: noqa: ARG001 - one signature for all keywords
"""Keywords for values of every type: `type`, `enum`, `const`."""

from __future__ import annotations

from decimal import Decimal
from operator import itemgetter
from typing import Final

from evtcompat.formats.json_schema import exact
from evtcompat.formats.json_schema.algebra import nodes
from evtcompat.formats.json_schema.algebra.kinds import Node
from evtcompat.formats.json_schema.algebra.nodes import conjunction, enumeration, types
from evtcompat.formats.json_schema.keywords.context import Context
from evtcompat.formats.json_schema.keywords.keyword import FROM_6, ONLY_4, Holds, Keyword, Meaning, Vocabulary, decided
from evtcompat.formats.json_schema.keywords.predicates import anything, array, some
from evtcompat.formats.json_schema.keywords.predicates import types as type_names
from evtcompat.formats.json_schema.keywords.scope import Contents, Scope, Value
from evtcompat.formats.json_schema.rules.listed_values import diagnose_value
from evtcompat.formats.json_schema.rules.value_types import diagnose_type

#: Larger numbers, and those nearer to zero, are left as they are written: with all their digits they are hard to read.
_DIGITS: Final = 18


def _type(context: Context, contents: Contents, scope: Scope) -> Node:
    """``type``; an integer is a number that is a multiple of 1."""
    value = contents["type"]
    wanted = {value} if isinstance(value, str) else set(value)
    if "integer" in wanted and "number" not in wanted:
        return conjunction((types(wanted | {"number"}), nodes.multiple_of(1)))
    return types(wanted)


def _enum(context: Context, contents: Contents, scope: Scope) -> Node:
    """``enum``."""
    return enumeration({exact.key(value): _own(value) for value in contents["enum"]})


def _const(context: Context, contents: Contents, scope: Scope) -> Node:
    """``const``."""
    return enumeration({exact.key(contents["const"]): _own(contents["const"])})


def _own(value: Value) -> Value:
    """The value apart from the document, which others may change while the node is in use, and written in one way.

    Values that JSON Schema calls equal make one node, whoever wrote them first.
    """
    if isinstance(value, dict):
        # asked here too, as most members and items are
        return {name: one if type(one) in _ONE_WAY else _own(one) for name, one in sorted(value.items(), key=_NAME)}
    if isinstance(value, list):
        return [item if type(item) in _ONE_WAY else _own(item) for item in value]
    if isinstance(value, Decimal) and abs(value.adjusted()) <= _DIGITS:
        return exact.shortest(value)
    return value


_NAME: Final = itemgetter(0)
#: Types whose values nobody changes, and that are written in one way.
_ONE_WAY: Final = frozenset((str, int, bool, type(None)))

_VALIDATION: Final = Vocabulary.VALIDATION

KEYWORDS: Final = (
    Keyword(
        "type",
        (decided(type_names),),
        _VALIDATION,
        Holds.NAMES_OR_NAME,
        meaning=Meaning.SCALAR,
        compile=_type,
        settled_by="the JSON types",
        diagnose=diagnose_type,
    ),
    Keyword(
        "enum",
        (decided(some, ONLY_4), decided(array, FROM_6)),
        _VALIDATION,
        Holds.LIST,
        meaning=Meaning.VALUE,
        compile=_enum,
        settled_by="looking at each value",
        diagnose=diagnose_value,
    ),
    Keyword(
        "const",
        (decided(anything, FROM_6),),
        _VALIDATION,
        Holds.ANY,
        meaning=Meaning.VALUE,
        compile=_const,
        settled_by="looking at each value",
        diagnose=diagnose_value,
    ),
)
