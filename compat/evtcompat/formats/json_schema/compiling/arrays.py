# ruff: noqa: ARG001 - one signature for all handlers
"""The keywords of arrays."""

from __future__ import annotations

from evtcompat.formats.json_schema import nodes
from evtcompat.formats.json_schema.compiling.context import Context
from evtcompat.formats.json_schema.compiling.scope import Contents, Reading, Scope
from evtcompat.formats.json_schema.compiling.seen import items_seen, prefix_and_rest
from evtcompat.formats.json_schema.compiling.shorthand import at_most
from evtcompat.formats.json_schema.evaluated import unseen_items
from evtcompat.formats.json_schema.nodes import TRUE, Node, conjunction, disjunction, negation, unique


def items(context: Context, contents: Contents, scope: Scope) -> Node:
    """``items`` with the tuple and the rest of the dialect."""
    prefix, rest, _ = prefix_and_rest(contents, scope.dialect)
    parts = [nodes.items(index, index + 1, context.child(one, scope)) for index, one in enumerate(prefix)]
    return conjunction((*parts, nodes.items(len(prefix), None, context.child(rest, scope))))


def prefix_items(context: Context, contents: Contents, scope: Scope) -> Node:
    """``prefixItems``, where no ``items`` compiles it."""
    return TRUE if "items" in contents else items(context, contents, scope)


def min_items(context: Context, contents: Contents, scope: Scope) -> Node:
    """``minItems``."""
    return nodes.min_items(int(contents["minItems"]))


def max_items(context: Context, contents: Contents, scope: Scope) -> Node:
    """``maxItems``."""
    return at_most("array", nodes.min_items(int(contents["maxItems"]) + 1))


def unique_items(context: Context, contents: Contents, scope: Scope) -> Node:
    """``uniqueItems``."""
    return unique() if contents["uniqueItems"] is True else TRUE


def contains(context: Context, contents: Contents, scope: Scope) -> Node:
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


def unevaluated_items(context: Context, contents: Contents, scope: Scope) -> Node:
    """``unevaluatedItems``."""
    rest = context.child(contents["unevaluatedItems"], scope)
    found = unseen_items(list(items_seen(context, contents, scope, own=True)), rest)
    return (
        context.opaque(context.own_label("unevaluatedItems", contents, scope), "array", contents, "unevaluatedItems")
        if found is None
        else found
    )
