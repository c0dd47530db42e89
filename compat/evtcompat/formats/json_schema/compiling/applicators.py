"""Schemas applied to the same value: `allOf`, `anyOf`, `oneOf`, `not`, `if`."""

from __future__ import annotations

from itertools import combinations

from evtcompat.formats.json_schema.compiling.context import Context
from evtcompat.formats.json_schema.compiling.scope import Contents, Reading, Scope
from evtcompat.formats.json_schema.nodes import Node, conjunction, disjunction, exactly_one, negation
from evtcompat.formats.json_schema.overlap import may_overlap


def all_of(context: Context, contents: Contents, scope: Scope) -> Node:
    """``allOf``."""
    return conjunction([context.node(one, scope) for one in contents["allOf"]])


def any_of(context: Context, contents: Contents, scope: Scope) -> Node:
    """``anyOf``."""
    branches = [context.node(one, scope) for one in contents["anyOf"]]
    if scope.reading is not Reading.CLOSED:
        return disjunction(branches)
    plain = [context.node(one, scope.read(Reading.WRITTEN)) for one in contents["anyOf"]]
    # What an instance holds at depth may be declared by any of the branches that it is valid for as written, and all
    # of these close it.
    pairs = zip(branches, plain, strict=True)
    closed = [disjunction((negation(other), branch)) for branch, other in pairs if branch is not other]
    return conjunction((disjunction(plain), *closed))


def one_of(context: Context, contents: Contents, scope: Scope) -> Node:
    """``oneOf``."""
    branches = [context.node(one, scope) for one in contents["oneOf"]]
    if scope.reading is Reading.WRITTEN:
        return exactly_one(branches)
    plain = [context.node(one, scope.read(Reading.WRITTEN)) for one in contents["oneOf"]]
    if all(branch is other for branch, other in zip(branches, plain, strict=True)):
        return exactly_one(plain)
    if scope.reading is Reading.CLOSED:
        return disjunction(
            conjunction((branch, *(negation(other) for position, other in enumerate(plain) if position != index)))
            for index, branch in enumerate(branches)
        )
    return exactly_one(branches if _stay_apart(branches, plain) else plain)


def _stay_apart(branches: list[Node], plain: list[Node]) -> bool:
    """Whether lifting makes no two branches of a `oneOf` overlap."""
    return not any(
        may_overlap(branches[left], branches[right])
        for left, right in combinations(range(len(branches)), 2)
        if branches[left] is not plain[left] or branches[right] is not plain[right]
    )


def not_(context: Context, contents: Contents, scope: Scope) -> Node:
    """``not``, whose schema is always read as written."""
    return negation(context.node(contents["not"], scope.read(Reading.WRITTEN)))


def if_(context: Context, contents: Contents, scope: Scope) -> Node:
    """``if`` with ``then`` and ``else``; the condition alone constrains nothing but must end."""
    plain = context.node(contents["if"], scope.read(Reading.WRITTEN))
    then = context.node(contents.get("then", True), scope)
    other = context.node(contents.get("else", True), scope)
    if scope.reading is Reading.CLOSED:
        held = context.node(contents["if"], scope)
        written = scope.read(Reading.WRITTEN)
        parts = ((then, contents.get("then", True)), (other, contents.get("else", True)))
        if held is not plain or any(node is not context.node(part, written) for node, part in parts):
            # What does not apply declares nothing.
            return disjunction((conjunction((held, then)), conjunction((negation(plain), other))))
    return conjunction((disjunction((negation(plain), then)), disjunction((plain, other))))
