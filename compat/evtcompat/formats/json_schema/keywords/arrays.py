# ruff: noqa: ARG001 - one signature for all keywords
"""Keywords for arrays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from evtcompat.formats.json_schema.algebra import nodes
from evtcompat.formats.json_schema.algebra.kinds import Node
from evtcompat.formats.json_schema.algebra.nodes import TRUE, conjunction, disjunction, negation, unique
from evtcompat.formats.json_schema.algebra.unevaluated import EvaluatedItems, unevaluated_items
from evtcompat.formats.json_schema.dialect import Dialect
from evtcompat.formats.json_schema.keywords.context import Context
from evtcompat.formats.json_schema.keywords.counting import counting
from evtcompat.formats.json_schema.keywords.keyword import (
    FROM_6,
    FROM_2019,
    ONLY_4,
    ONLY_2020,
    UNTIL_2019,
    AppliesTo,
    Evaluate,
    Holding,
    Holds,
    Keyword,
    Meaning,
    Vocabulary,
    decided,
)
from evtcompat.formats.json_schema.keywords.predicates import count, flag
from evtcompat.formats.json_schema.keywords.scope import Contents, Reading, Scope, Value
from evtcompat.formats.json_schema.keywords.shorthand import at_most
from evtcompat.formats.json_schema.rules.arrays import diagnose_contains, diagnose_unique
from evtcompat.formats.json_schema.rules.forbidden import diagnose_surplus_items
from evtcompat.formats.json_schema.rules.limits import diagnose_limit


def _prefix_and_rest(contents: Contents, dialect: Dialect) -> tuple[list[Value], Value]:
    """The schemas of the first positions, and that of all others."""
    prefix = contents.get(dialect.tuple_keyword, [])
    if dialect.tuple_keyword != "items":
        return prefix, contents.get("items", True)
    if isinstance(prefix, list):
        return prefix, contents.get("additionalItems", True)
    return [], prefix


def _items(context: Context, contents: Contents, scope: Scope) -> Node:
    """``items`` with the tuple and the rest of the dialect."""
    prefix, rest = _prefix_and_rest(contents, scope.dialect)
    parts = [nodes.items(index, index + 1, context.child(one, scope)) for index, one in enumerate(prefix)]
    return conjunction((*parts, nodes.items(len(prefix), None, context.child(rest, scope))))


def _prefix_items(context: Context, contents: Contents, scope: Scope) -> Node:
    """``prefixItems``, where no ``items`` compiles it."""
    return TRUE if "items" in contents else _items(context, contents, scope)


def _min_items(context: Context, contents: Contents, scope: Scope) -> Node:
    """``minItems``."""
    return nodes.min_items(int(contents["minItems"]))


def _max_items(context: Context, contents: Contents, scope: Scope) -> Node:
    """``maxItems``."""
    return at_most("array", nodes.min_items(int(contents["maxItems"]) + 1))


def _unique_items(context: Context, contents: Contents, scope: Scope) -> Node:
    """``uniqueItems``."""
    return unique() if contents["uniqueItems"] is True else TRUE


def _contains(context: Context, contents: Contents, scope: Scope) -> Node:
    """``contains`` with ``minContains`` and ``maxContains``."""
    bounded = "minContains" in scope.dialect.active
    least = int(contents.get("minContains", 1)) if bounded else 1
    plain = context.child(contents["contains"], scope.read(Reading.WRITTEN))
    parts = [nodes.contains(plain, least)]
    if scope.reading is not Reading.WRITTEN:
        read = context.child(contents["contains"], scope)
        if scope.reading is Reading.LIFTED:
            parts = [nodes.contains(read, least)]
        elif read is not plain:
            # Every item that is valid for `contains` as written, counted or not, is closed by it and by `items`.
            parts.append(nodes.items(0, None, disjunction((negation(plain), read))))
    if bounded and "maxContains" in contents:
        parts.append(at_most("array", nodes.contains(plain, int(contents["maxContains"]) + 1)))
    return conjunction(parts)


def _unevaluated_items(context: Context, contents: Contents, scope: Scope) -> Node:
    """``unevaluatedItems``."""
    rest = context.child(contents["unevaluatedItems"], scope)
    found = unevaluated_items(context.items_evaluated(contents, scope), rest)
    return (
        context.opaque(context.own_label("unevaluatedItems", contents, scope), "array", contents, "unevaluatedItems")
        if found is None
        else found
    )


# ---- what they evaluate ----


def _all_items(context: Context, contents: Contents, scope: Scope) -> Iterator[EvaluatedItems]:
    yield EvaluatedItems(TRUE, None)


def _items_or_tuple(context: Context, contents: Contents, scope: Scope) -> Iterator[EvaluatedItems]:
    items = contents["items"]
    if not isinstance(items, list) or "additionalItems" in contents:
        yield EvaluatedItems(TRUE, None)
    elif items:
        yield EvaluatedItems(TRUE, len(items))


def _first_items(context: Context, contents: Contents, scope: Scope) -> Iterator[EvaluatedItems]:
    yield EvaluatedItems(TRUE, len(contents["prefixItems"]))


def _contained_items(context: Context, contents: Contents, scope: Scope) -> Iterator[EvaluatedItems]:
    if scope.dialect.contains_evaluates:
        yield EvaluatedItems(TRUE, 0, context.child(contents["contains"], scope))


_APPLICATOR: Final = Vocabulary.APPLICATOR
_ITEMS: Final = AppliesTo.ITEMS


def _limit_of_contains(name: str) -> Keyword:
    return Keyword(
        name,
        (decided(count, FROM_2019),),
        Vocabulary.VALIDATION,
        Holds.NUMBER,
        "array",
        needs="contains",
        diagnose=diagnose_limit,
    )


_COUNTED: Final = "counting items"

KEYWORDS: Final = (
    Keyword(
        "items",
        (decided(Holding.ONE_OR_LIST, UNTIL_2019), decided(Holding.ONE, ONLY_2020)),
        _APPLICATOR,
        Holds.SCHEMA_OR_SCHEMAS,
        "array",
        applies_to=_ITEMS,
        compile=_items,
        settled_by="positions and counted items",
        evaluate=Evaluate(items=_items_or_tuple),
        diagnose=diagnose_surplus_items,
    ),
    Keyword(
        "prefixItems",
        (decided(Holding.LIST, ONLY_2020),),
        _APPLICATOR,
        Holds.SCHEMAS,
        "array",
        applies_to=_ITEMS,
        compile=_prefix_items,
        settled_by="positions and counted items",
        evaluate=Evaluate(items=_first_items),
    ),
    Keyword(
        "additionalItems",
        (decided(Holding.ONE_OR_FLAG, ONLY_4), decided(Holding.ONE, UNTIL_2019[1:])),
        _APPLICATOR,
        Holds.SCHEMA,
        "array",
        needs="items",
        applies_to=_ITEMS,
        diagnose=diagnose_surplus_items,
    ),
    Keyword(
        "unevaluatedItems",
        (decided(Holding.ONE, FROM_2019),),
        Vocabulary.UNEVALUATED,
        Holds.SCHEMA,
        "array",
        applies_to=_ITEMS,
        compile=_unevaluated_items,
        settled_by="positions and counted items",
        evaluate=Evaluate(items=_all_items),
        diagnose=diagnose_surplus_items,
    ),
    Keyword(
        "contains",
        (decided(Holding.ONE, FROM_6),),
        _APPLICATOR,
        Holds.SCHEMA,
        "array",
        applies_to=AppliesTo.SOME_ITEMS,
        compile=_contains,
        settled_by="positions and counted items",
        evaluate=Evaluate(items=_contained_items),
        diagnose=diagnose_contains,
    ),
    _limit_of_contains("minContains"),
    _limit_of_contains("maxContains"),
    counting("minItems", "array", _min_items, settled_by=_COUNTED),
    counting("maxItems", "array", _max_items, settled_by=_COUNTED),
    Keyword(
        "uniqueItems",
        (decided(flag),),
        Vocabulary.VALIDATION,
        Holds.FLAG,
        "array",
        meaning=Meaning.SCALAR,
        compile=_unique_items,
        settled_by="distinct items",
        diagnose=diagnose_unique,
    ),
)
