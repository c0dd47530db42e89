"""What a schema sees of a value, through every schema that it applies to the same value."""

from __future__ import annotations

from collections.abc import Iterator

from evtcompat.formats.json_schema.compiling.context import Context
from evtcompat.formats.json_schema.compiling.scope import Contents, Reading, Scope, Value
from evtcompat.formats.json_schema.compiling.shorthand import present
from evtcompat.formats.json_schema.dialects import Dialect
from evtcompat.formats.json_schema.evaluated import SeenItems
from evtcompat.formats.json_schema.nodes import TRUE, Contribution, Node, conjunction, negation
from evtcompat.formats.json_schema.property_names import ALL, Names

_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")


class UnmodelledError(Exception):
    """A pattern that is not modelled stands where every pattern must be."""


def prefix_and_rest(contents: Contents, dialect: Dialect) -> tuple[list[Value], Value, bool]:
    """The tuple, the schema of the rest, and whether there is one."""
    tuple_ = contents.get(dialect.tuple_keyword, [])
    if dialect.tuple_keyword == "items":
        if isinstance(tuple_, list):
            return (
                tuple_,
                contents.get("additionalItems", True),
                "items" in contents and "additionalItems" in contents,
            )
        return [], tuple_, True
    return tuple_, contents.get("items", True), "items" in contents


def items_seen(context: Context, contents: Value, scope: Scope, *, own: bool = False) -> Iterator[SeenItems]:
    """The items that a schema sees, as `unevaluatedItems` means it."""
    if not isinstance(contents, dict):
        return
    keywords = scope.dialect.active
    prefix, _, has_rest = prefix_and_rest(contents, scope.dialect)
    if has_rest or ("unevaluatedItems" in contents and not own and "unevaluatedItems" in keywords):
        yield SeenItems(TRUE, None)
    elif prefix:
        yield SeenItems(TRUE, len(prefix))
    if scope.dialect.contains_evaluates and "contains" in contents:
        yield SeenItems(TRUE, 0, context.child(contents["contains"], scope))
    for condition, part, inner in in_place(context, contents, scope):
        for seen in items_seen(context, part, inner):
            yield SeenItems(conjunction((condition, seen.condition)), seen.before, seen.matching)


def members_seen(
    context: Context, contents: Value, scope: Scope, *, declaring: bool = False, own: bool = False
) -> Iterator[Contribution]:
    """The members that a schema sees as `unevaluatedProperties` means it, or declares (the lenient policy)."""
    if not isinstance(contents, dict):
        return
    if scope.dialect.ref_hides_siblings and isinstance(contents.get("$ref"), str):
        yield from _members_elsewhere(context, contents, scope, declaring=declaring)
        return
    keywords = scope.dialect.active
    if contents.get("properties"):
        yield TRUE, Names(only=frozenset(contents["properties"]))
    yield from _pattern_members(context, contents, declaring=declaring)
    for keyword in ("additionalProperties", "unevaluatedProperties"):
        if keyword not in contents or keyword not in keywords or (own and keyword == "unevaluatedProperties"):
            continue
        # For the lenient policy only a real schema declares.
        if not declaring or _real(contents[keyword], keywords):
            yield TRUE, ALL
    if declaring:
        yield from _required_members(contents, keywords)
    yield from _members_elsewhere(context, contents, scope, declaring=declaring)


def _real(schema: Value, keywords: frozenset[str]) -> bool:
    """Whether a schema for unknown members says anything, as it is written: neither a boolean nor only annotations."""
    return isinstance(schema, dict) and schema != {"not": {}} and not keywords.isdisjoint(schema)


def _pattern_members(context: Context, contents: Contents, *, declaring: bool) -> Iterator[Contribution]:
    for source in contents.get("patternProperties", ()):
        pattern = context.pattern(source, contents, "patternProperties", source)
        if pattern is None and not declaring:
            raise UnmodelledError
        # Where the language is not known, more counts as declared than is: the check of the witness sees the
        # difference.
        yield TRUE, ALL if pattern is None else Names(inside=frozenset((pattern,)))


def _required_members(contents: Contents, keywords: frozenset[str]) -> Iterator[Contribution]:
    if contents.get("required"):
        yield TRUE, Names(only=frozenset(contents["required"]))
    for keyword in ("dependentRequired", "dependencies"):
        if keyword in contents and keyword in keywords:
            lists = {name: one for name, one in contents[keyword].items() if isinstance(one, list)}
            if lists:
                yield TRUE, Names(only=frozenset((*lists, *(name for one in lists.values() for name in one))))


def _members_elsewhere(
    context: Context, contents: Contents, scope: Scope, *, declaring: bool
) -> Iterator[Contribution]:
    for condition, part, inner in in_place(context, contents, scope):
        for other, names in members_seen(context, part, inner, declaring=declaring):
            yield conjunction((condition, other)), names


def in_place(context: Context, contents: Contents, scope: Scope) -> Iterator[tuple[Node, Value, Scope]]:
    """The schemas whose annotations reach this one, each with the condition under which it does."""
    identity = (id(contents), scope.key, context.depth)
    if identity in context.placing:
        raise context.circle(contents)
    context.placing.add(identity)
    try:
        yield from _applied_in_place(context, contents, scope)
    finally:
        context.placing.discard(identity)


def _applied_in_place(context: Context, contents: Contents, scope: Scope) -> Iterator[tuple[Node, Value, Scope]]:
    for condition, part, inner in _parts_in_place(context, contents, scope):
        if isinstance(part, dict):
            yield condition, part, inner if inner is not None else context.entered(part, scope, enter=True)


def _parts_in_place(context: Context, contents: Contents, scope: Scope) -> Iterator[tuple[Node, Value, Scope | None]]:
    """Condition, schema, and the scope of what a reference leads to."""
    keywords = scope.dialect.active
    for keyword in _REFERENCES:
        if keyword in keywords and isinstance(contents.get(keyword), str):
            target, inner = context.target(contents, scope, keyword)
            yield TRUE, target, context.entered(target, inner, enter=False) if isinstance(target, dict) else None
    if scope.dialect.ref_hides_siblings and isinstance(contents.get("$ref"), str):
        return
    plain = scope if scope.reading is Reading.LIFTED else scope.read(Reading.WRITTEN)
    yield from ((TRUE, part, None) for part in contents.get("allOf", ()))
    for keyword in ("anyOf", "oneOf"):
        for part in contents.get(keyword, ()):
            yield context.node(part, plain), part, None
    if "if" in contents and "if" in keywords:
        condition = context.node(contents["if"], scope.read(Reading.WRITTEN))
        for keyword, when in (("if", condition), ("then", condition), ("else", negation(condition))):
            yield when, contents.get(keyword), None
    for keyword in ("dependentSchemas", "dependencies"):
        if keyword in contents and keyword in keywords:
            yield from ((present(name), part, None) for name, part in contents[keyword].items())
