# ruff: noqa: ARG001 - one signature for all handlers
"""The keywords of objects."""

from __future__ import annotations

from evtcompat.formats.json_schema import nodes
from evtcompat.formats.json_schema.compiling.context import Context
from evtcompat.formats.json_schema.compiling.scope import Contents, Reading, Scope, Value
from evtcompat.formats.json_schema.compiling.seen import UnmodelledError, members_seen
from evtcompat.formats.json_schema.compiling.shorthand import at_most, has, present
from evtcompat.formats.json_schema.evaluated import unseen_members
from evtcompat.formats.json_schema.nodes import FALSE, TRUE, Node, conjunction, disjunction, members
from evtcompat.formats.json_schema.property_names import Names, PartitionError, Pattern, named


def _members_of(context: Context, contents: Contents, scope: Scope) -> list[Node]:
    """The three keywords as one partition of the names."""
    own = contents.get("properties", {})
    parts = [members(named(name), context.child(own[name], scope)) for name in sorted(own)]
    patterns: list[Pattern] = []
    unmodelled: list[str] = []
    for source, inner in contents.get("patternProperties", {}).items():
        node = context.child(inner, scope)
        pattern = context.pattern(source, contents, "patternProperties", source)
        if pattern is None:
            unmodelled.append(source)
            if node is not TRUE:
                parts.append(
                    context.opaque(("patternProperties", source, node), "object", contents, "patternProperties")
                )
        else:
            patterns.append(pattern)
            parts.append(members(Names(inside=frozenset((pattern,))), node))
    if "additionalProperties" in contents:
        rest = context.child(contents["additionalProperties"], scope)
        if scope.reading is Reading.LIFTED and _forbids(contents["additionalProperties"]):
            rest = TRUE
        names = Names(outside=frozenset(patterns), but=frozenset(own))
        if not unmodelled:
            parts.append(members(names, rest))
        elif rest is not TRUE:
            label = ("additionalProperties", names, tuple(sorted(unmodelled)), rest)
            parts.append(context.opaque(label, "object", contents, "additionalProperties"))
    return parts


def _forbids(schema: Value) -> bool:
    """Whether a schema is ``false``, or the same in the words of a draft that knows no boolean schemas."""
    return schema is False or schema == {"not": {}}


def _only_first(context: Context, contents: Contents, scope: Scope, keyword: str) -> list[Node]:
    """Each of the three keywords is dispatched; the first one present compiles all of them."""
    for one in ("additionalProperties", "patternProperties", "properties"):
        if one in contents:
            return _members_of(context, contents, scope) if one == keyword else []
    return []


def additional_first(context: Context, contents: Contents, scope: Scope) -> list[Node]:
    """``additionalProperties``."""
    return _only_first(context, contents, scope, "additionalProperties")


def pattern_first(context: Context, contents: Contents, scope: Scope) -> list[Node]:
    """``patternProperties``."""
    return _only_first(context, contents, scope, "patternProperties")


def properties_first(context: Context, contents: Contents, scope: Scope) -> list[Node]:
    """``properties``."""
    return _only_first(context, contents, scope, "properties")


def property_names(context: Context, contents: Contents, scope: Scope) -> Node:
    """``propertyNames``."""
    return nodes.property_names(context.child(contents["propertyNames"], scope.read(Reading.WRITTEN)))


def required(context: Context, contents: Contents, scope: Scope) -> list[Node]:
    """``required``."""
    return [has(name) for name in sorted(contents["required"])]


def min_properties(context: Context, contents: Contents, scope: Scope) -> Node:
    """``minProperties``."""
    return nodes.min_properties(int(contents["minProperties"]))


def max_properties(context: Context, contents: Contents, scope: Scope) -> Node:
    """``maxProperties``."""
    return at_most("object", nodes.min_properties(int(contents["maxProperties"]) + 1))


def dependencies(context: Context, contents: Contents, scope: Scope) -> Node:
    """``dependencies``: names or a schema."""
    return _dependent(context, contents["dependencies"], scope)


def dependent_required(context: Context, contents: Contents, scope: Scope) -> Node:
    """``dependentRequired``."""
    return _dependent(context, contents["dependentRequired"], scope)


def dependent_schemas(context: Context, contents: Contents, scope: Scope) -> Node:
    """``dependentSchemas``."""
    return _dependent(context, contents["dependentSchemas"], scope)


def _dependent(context: Context, listed: Contents, scope: Scope) -> Node:
    parts = []
    for name in sorted(listed):
        one = listed[name]
        then = conjunction(has(other) for other in sorted(one)) if isinstance(one, list) else context.node(one, scope)
        if scope.reading is Reading.CLOSED and not isinstance(one, list):
            # Where it does not apply, it declares nothing.
            then = conjunction((present(name), then))
        parts.append(disjunction((members(named(name), FALSE), then)))
    return conjunction(parts)


def unevaluated_properties(context: Context, contents: Contents, scope: Scope) -> Node:
    """``unevaluatedProperties``."""
    rest = context.child(contents["unevaluatedProperties"], scope)
    if scope.reading is Reading.LIFTED and _forbids(contents["unevaluatedProperties"]):
        return TRUE
    try:
        return unseen_members(list(members_seen(context, contents, scope, own=True)), rest)
    except (PartitionError, UnmodelledError):
        label = context.own_label("unevaluatedProperties", contents, scope)
        return context.opaque(label, "object", contents, "unevaluatedProperties")
