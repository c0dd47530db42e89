"""Keywords whose schemas apply to the same value: `allOf`, `anyOf`, `oneOf`, `not`, `if`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import combinations
from typing import Final

from evtcompat.formats.json_schema.algebra.kinds import Node
from evtcompat.formats.json_schema.algebra.nodes import TRUE, conjunction, disjunction, exactly_one, negation
from evtcompat.formats.json_schema.keywords.context import Context
from evtcompat.formats.json_schema.keywords.keyword import (
    FROM_7,
    AppliesTo,
    Evaluate,
    Holding,
    Holds,
    InPlace,
    Keyword,
    Vocabulary,
    decided,
)
from evtcompat.formats.json_schema.keywords.scope import Contents, Reading, Scope
from evtcompat.formats.json_schema.rules.branches import diagnose_combination
from evtcompat.formats.json_schema.rules.negation import diagnose_not
from evtcompat.formats.json_schema.solve.overlap import apart, objects_apart


def _all_of(context: Context, contents: Contents, scope: Scope) -> Node:
    """``allOf``."""
    return conjunction([context.node(one, scope) for one in contents["allOf"]])


def _any_of(context: Context, contents: Contents, scope: Scope) -> Node:
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


def _one_of(context: Context, contents: Contents, scope: Scope) -> Node:
    """``oneOf``."""
    branches = [context.node(one, scope) for one in contents["oneOf"]]
    if scope.reading is Reading.WRITTEN:
        return exactly_one(branches)
    plain = [context.node(one, scope.read(Reading.WRITTEN)) for one in contents["oneOf"]]
    if all(branch is other for branch, other in zip(branches, plain, strict=True)):
        return exactly_one(plain)
    if scope.reading is Reading.CLOSED:
        # A closed branch holds nothing that it does not hold as written.
        if objects_apart(plain):
            return disjunction(branches) if apart(plain) else conjunction((disjunction(branches), exactly_one(plain)))
        return disjunction(
            conjunction((branch, *(negation(other) for position, other in enumerate(plain) if position != index)))
            for index, branch in enumerate(branches)
        )
    return exactly_one(branches if apart(branches) or _stay_apart(context, branches, plain) else plain)


def _stay_apart(context: Context, branches: list[Node], plain: list[Node]) -> bool:
    """Whether lifting makes no two branches of a `oneOf` overlap."""
    return not any(
        context.may_overlap(branches[left], branches[right])
        for left, right in combinations(range(len(branches)), 2)
        if branches[left] is not plain[left] or branches[right] is not plain[right]
    )


def _not(context: Context, contents: Contents, scope: Scope) -> Node:
    """``not``, whose schema is always read as written."""
    return negation(context.node(contents["not"], scope.read(Reading.WRITTEN)))


def _if(context: Context, contents: Contents, scope: Scope) -> Node:
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


# ---- whose annotations are those of the schema as well ----


def _conditions_scope(scope: Scope) -> Scope:
    """The scope in which a branch is compiled to see whether it was taken."""
    return scope if scope.reading is Reading.LIFTED else scope.read(Reading.WRITTEN)


def _all_in_place(context: Context, contents: Contents, scope: Scope) -> Iterator[InPlace]:  # noqa: ARG001 - of all
    yield from ((TRUE, part, None) for part in contents["allOf"])


def _branches_in_place(keyword: str, context: Context, contents: Contents, scope: Scope) -> Iterator[InPlace]:
    for part in contents[keyword]:
        yield context.node(part, _conditions_scope(scope)), part, None


def _conditional_in_place(context: Context, contents: Contents, scope: Scope) -> Iterator[InPlace]:
    condition = context.node(contents["if"], scope.read(Reading.WRITTEN))
    for keyword, when in (("if", condition), ("then", condition), ("else", negation(condition))):
        yield when, contents.get(keyword), None


_APPLICATOR: Final = Vocabulary.APPLICATOR
_SAME: Final = AppliesTo.SAME_VALUE

KEYWORDS: Final = (
    Keyword(
        "allOf",
        (decided(Holding.LIST),),
        _APPLICATOR,
        Holds.SCHEMAS,
        applies_to=_SAME,
        compile=_all_of,
        settled_by="case distinction",
        evaluate=Evaluate(in_place=_all_in_place),
    ),
    Keyword(
        "anyOf",
        (decided(Holding.LIST),),
        _APPLICATOR,
        Holds.SCHEMAS,
        applies_to=_SAME,
        compile=_any_of,
        settled_by="case distinction",
        evaluate=Evaluate(in_place=partial(_branches_in_place, "anyOf")),
        diagnose=diagnose_combination,
    ),
    Keyword(
        "oneOf",
        (decided(Holding.LIST),),
        _APPLICATOR,
        Holds.SCHEMAS,
        applies_to=_SAME,
        compile=_one_of,
        settled_by="case distinction",
        evaluate=Evaluate(in_place=partial(_branches_in_place, "oneOf")),
        diagnose=diagnose_combination,
    ),
    Keyword(
        "not",
        (decided(Holding.ONE),),
        _APPLICATOR,
        Holds.SCHEMA,
        applies_to=_SAME,
        compile=_not,
        settled_by="case distinction",
        diagnose=diagnose_not,
    ),
    Keyword(
        "if",
        (decided(Holding.ONE, FROM_7),),
        _APPLICATOR,
        Holds.SCHEMA,
        applies_to=_SAME,
        compile=_if,
        settled_by="case distinction",
        evaluate=Evaluate(in_place=_conditional_in_place),
    ),
    Keyword("then", (decided(Holding.ONE, FROM_7),), _APPLICATOR, Holds.SCHEMA, needs="if", applies_to=_SAME),
    Keyword("else", (decided(Holding.ONE, FROM_7),), _APPLICATOR, Holds.SCHEMA, needs="if", applies_to=_SAME),
)
