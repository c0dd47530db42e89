# ruff: noqa: ARG001 - one signature for all keywords
"""Keywords for objects."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from evtcompat.formats.json_schema.algebra import nodes
from evtcompat.formats.json_schema.algebra.kinds import Node
from evtcompat.formats.json_schema.algebra.nodes import FALSE, TRUE, conjunction, disjunction, members
from evtcompat.formats.json_schema.algebra.partitions import PartitionError
from evtcompat.formats.json_schema.algebra.property_names import ALL, Names, Pattern, named
from evtcompat.formats.json_schema.algebra.unevaluated import unevaluated_members
from evtcompat.formats.json_schema.keywords.context import Context, UnmodelledPatternError
from evtcompat.formats.json_schema.keywords.counting import counting
from evtcompat.formats.json_schema.keywords.keyword import (
    FROM_6,
    FROM_2019,
    ONLY_4,
    UNTIL_7,
    AppliesTo,
    Compile,
    Definition,
    Evaluate,
    Holding,
    Holds,
    InPlace,
    Keyword,
    Vocabulary,
    annotation,
    decided,
)
from evtcompat.formats.json_schema.keywords.predicates import names, names_by_name
from evtcompat.formats.json_schema.keywords.scope import Contents, Reading, Scope, Value
from evtcompat.formats.json_schema.keywords.shorthand import at_most, has, present
from evtcompat.formats.json_schema.rules.closed_objects import diagnose_closed
from evtcompat.formats.json_schema.rules.dependencies import diagnose_dependency
from evtcompat.formats.json_schema.rules.required import diagnose_required


def _members_of(context: Context, contents: Contents, scope: Scope) -> list[Node]:
    """The three keywords as one partition of the names."""
    own = contents.get("properties", {})
    parts = context.members(own, scope)
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
        others = Names(outside=frozenset(patterns), but=frozenset(own))
        if not unmodelled:
            parts.append(members(others, rest))
        elif rest is not TRUE:
            label = ("additionalProperties", others, tuple(sorted(unmodelled)), rest)
            parts.append(context.opaque(label, "object", contents, "additionalProperties"))
    return parts


def _forbids(schema: Value) -> bool:
    """Whether a schema is ``false``, or what stands for that in a draft without boolean schemas."""
    return schema is False or schema == {"not": {}}


def _only_first(context: Context, contents: Contents, scope: Scope, keyword: str) -> list[Node]:
    """Each of the three keywords is dispatched; the first one present compiles all of them."""
    for one in ("additionalProperties", "patternProperties", "properties"):
        if one in contents:
            return _members_of(context, contents, scope) if one == keyword else []
    return []


def _additional_properties(context: Context, contents: Contents, scope: Scope) -> list[Node]:
    """``additionalProperties``."""
    return _only_first(context, contents, scope, "additionalProperties")


def _pattern_properties(context: Context, contents: Contents, scope: Scope) -> list[Node]:
    """``patternProperties``."""
    return _only_first(context, contents, scope, "patternProperties")


def _properties(context: Context, contents: Contents, scope: Scope) -> list[Node]:
    """``properties``."""
    return _only_first(context, contents, scope, "properties")


def _property_names(context: Context, contents: Contents, scope: Scope) -> Node:
    """``propertyNames``."""
    return nodes.property_names(context.child(contents["propertyNames"], scope.read(Reading.WRITTEN)))


def _required(context: Context, contents: Contents, scope: Scope) -> list[Node]:
    """``required``."""
    return context.demanded(contents["required"])


def _min_properties(context: Context, contents: Contents, scope: Scope) -> Node:
    """``minProperties``."""
    return nodes.min_properties(int(contents["minProperties"]))


def _max_properties(context: Context, contents: Contents, scope: Scope) -> Node:
    """``maxProperties``."""
    return at_most("object", nodes.min_properties(int(contents["maxProperties"]) + 1))


def _dependencies(context: Context, contents: Contents, scope: Scope) -> Node:
    """``dependencies``: names or a schema."""
    return _dependent(context, contents["dependencies"], scope)


def _dependent_required(context: Context, contents: Contents, scope: Scope) -> Node:
    """``dependentRequired``."""
    return _dependent(context, contents["dependentRequired"], scope)


def _dependent_schemas(context: Context, contents: Contents, scope: Scope) -> Node:
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


def _unevaluated_properties(context: Context, contents: Contents, scope: Scope) -> Node:
    """``unevaluatedProperties``."""
    rest = context.child(contents["unevaluatedProperties"], scope)
    if scope.reading is Reading.LIFTED and _forbids(contents["unevaluatedProperties"]):
        return TRUE
    try:
        return unevaluated_members(context.members_evaluated(contents, scope), rest)
    except (PartitionError, UnmodelledPatternError):
        label = context.own_label("unevaluatedProperties", contents, scope)
        return context.opaque(label, "object", contents, "unevaluatedProperties")


# ---- what they evaluate, and what the lenient policy calls declared ----


def _own_members(context: Context, contents: Contents, scope: Scope) -> Iterator[Names]:
    if contents["properties"]:
        yield Names(only=frozenset(contents["properties"]))


def _matching_members(context: Context, contents: Contents, scope: Scope) -> Iterator[Names]:
    for source in contents["patternProperties"]:
        pattern = context.pattern(source, contents, "patternProperties", source)
        if pattern is None:
            raise UnmodelledPatternError
        yield Names(inside=frozenset((pattern,)))


def _matching_declared(context: Context, contents: Contents, scope: Scope) -> Iterator[Names]:
    for source in contents["patternProperties"]:
        pattern = context.pattern(source, contents, "patternProperties", source)
        # Where the language is not known, more counts as declared than is: the check of the witness sees the
        # difference.
        yield ALL if pattern is None else Names(inside=frozenset((pattern,)))


def _all_members(context: Context, contents: Contents, scope: Scope) -> Iterator[Names]:
    yield ALL


def _all_declared(keyword: str, context: Context, contents: Contents, scope: Scope) -> Iterator[Names]:
    """All, where the schema says anything as it is written: neither a boolean nor only annotations."""
    schema = contents[keyword]
    if isinstance(schema, dict) and schema != {"not": {}} and not scope.dialect.active.isdisjoint(schema):
        yield ALL


def _required_declared(context: Context, contents: Contents, scope: Scope) -> Iterator[Names]:
    if contents["required"]:
        yield Names(only=frozenset(contents["required"]))


def _dependent_declared(keyword: str, context: Context, contents: Contents, scope: Scope) -> Iterator[Names]:
    lists = {name: one for name, one in contents[keyword].items() if isinstance(one, list)}
    if lists:
        yield Names(only=frozenset((*lists, *(name for one in lists.values() for name in one))))


def _dependent_in_place(keyword: str, context: Context, contents: Contents, scope: Scope) -> Iterator[InPlace]:
    yield from ((present(name), part, None) for name, part in contents[keyword].items())


_APPLICATOR: Final = Vocabulary.APPLICATOR


def _rest(name: str, vocabulary: Vocabulary, *definitions: Definition, compiled: Compile) -> Keyword:
    """A keyword for the members that no other speaks of."""
    return Keyword(
        name,
        definitions,
        vocabulary,
        Holds.SCHEMA,
        "object",
        applies_to=AppliesTo.OTHER_MEMBERS,
        closes=True,
        compile=compiled,
        settled_by="a partition of the property names",
        evaluate=Evaluate(members=_all_members, declared=partial(_all_declared, name)),
        diagnose=diagnose_closed,
    )


_COUNTED: Final = "counting members"

KEYWORDS: Final = (
    Keyword(
        "properties",
        (decided(Holding.MAP),),
        _APPLICATOR,
        Holds.NAMED_SCHEMAS,
        "object",
        applies_to=AppliesTo.NAMED_MEMBER,
        compile=_properties,
        evaluate=Evaluate(members=_own_members, declared=_own_members),
    ),
    Keyword(
        "patternProperties",
        (decided(Holding.MAP),),
        _APPLICATOR,
        Holds.NAMED_SCHEMAS,
        "object",
        applies_to=AppliesTo.MATCHING_MEMBERS,
        compile=_pattern_properties,
        settled_by="a partition of the property names",
        evaluate=Evaluate(members=_matching_members, declared=_matching_declared),
    ),
    _rest(
        "additionalProperties",
        _APPLICATOR,
        decided(Holding.ONE_OR_FLAG, ONLY_4),
        decided(Holding.ONE, FROM_6),
        compiled=_additional_properties,
    ),
    _rest(
        "unevaluatedProperties",
        Vocabulary.UNEVALUATED,
        decided(Holding.ONE, FROM_2019),
        compiled=_unevaluated_properties,
    ),
    Keyword(
        "propertyNames",
        (decided(Holding.ONE, FROM_6),),
        _APPLICATOR,
        Holds.SCHEMA,
        "object",
        applies_to=AppliesTo.NAMES,
        compile=_property_names,
        settled_by="a partition of the property names",
    ),
    Keyword(
        "required",
        # draft 4 wants a name in it; a list without any demands nothing, and some are written so all the same
        (decided(names),),
        Vocabulary.VALIDATION,
        Holds.LIST,
        "object",
        compile=_required,
        settled_by="the members that must be",
        evaluate=Evaluate(declared=_required_declared),
        diagnose=diagnose_required,
    ),
    counting("minProperties", "object", _min_properties, settled_by=_COUNTED),
    counting("maxProperties", "object", _max_properties, settled_by=_COUNTED),
    Keyword(
        "dependentRequired",
        (decided(names_by_name, FROM_2019),),
        Vocabulary.VALIDATION,
        Holds.ANY,
        "object",
        compile=_dependent_required,
        settled_by="the members that must be",
        evaluate=Evaluate(declared=partial(_dependent_declared, "dependentRequired")),
        diagnose=diagnose_dependency,
    ),
    Keyword(
        "dependentSchemas",
        (decided(Holding.MAP, FROM_2019),),
        _APPLICATOR,
        Holds.NAMED_SCHEMAS,
        "object",
        applies_to=AppliesTo.SAME_VALUE,
        compile=_dependent_schemas,
        settled_by="the members that must be",
        evaluate=Evaluate(in_place=partial(_dependent_in_place, "dependentSchemas")),
    ),
    Keyword(
        "dependencies",
        # It went in two from 2019-09 on.
        (decided(Holding.DEPENDENCIES, UNTIL_7), annotation(Holding.DEPENDENCIES, FROM_2019)),
        _APPLICATOR,
        Holds.NAMED_SCHEMAS,
        "object",
        applies_to=AppliesTo.SAME_VALUE,
        compile=_dependencies,
        settled_by="the members that must be",
        evaluate=Evaluate(
            declared=partial(_dependent_declared, "dependencies"),
            in_place=partial(_dependent_in_place, "dependencies"),
        ),
        diagnose=diagnose_dependency,
    ),
)
