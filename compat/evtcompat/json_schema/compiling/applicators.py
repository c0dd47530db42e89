"""Schemas applied to the same value: `allOf`, `anyOf`, `oneOf`, `not`, `if`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, islice
from typing import TYPE_CHECKING

from evtcompat.json_schema.compiling.scope import Contents, Reading, Scope
from evtcompat.json_schema.nodes import Node, conjunction, disjunction, exactly_one, negation

if TYPE_CHECKING:
    from evtcompat.json_schema.compile import Compiler

#: Branches of an `anyOf` of which every combination is considered, without asking which can hold together.
_FEW_BRANCHES = 4
#: Combinations of branches that are considered at most.
_COMBINATIONS = 64


def all_of(compiler: Compiler, contents: Contents, scope: Scope) -> Node:
    """``allOf``."""
    return conjunction([compiler.node(one, scope) for one in contents["allOf"]])


def any_of(compiler: Compiler, contents: Contents, scope: Scope) -> Node:
    """``anyOf``."""
    branches = [compiler.node(one, scope) for one in contents["anyOf"]]
    if scope.reading is not Reading.CLOSED:
        return disjunction(branches)
    plain = [compiler.node(one, scope.read(Reading.WRITTEN)) for one in contents["anyOf"]]
    changed = [index for index, branch in enumerate(branches) if branch is not plain[index]]
    # An instance of several branches may hold what either declares, at every depth.
    chosen = islice(_together(compiler, changed, plain), _COMBINATIONS + 1)
    together = [conjunction(branches[index] for index in one) for one in chosen]
    if len(together) > _COMBINATIONS:
        compiler.leave_out(contents, "anyOf")
    return disjunction((*branches, *together))


def _together(compiler: Compiler, changed: list[int], plain: list[Node]) -> Iterator[tuple[int, ...]]:
    """The combinations of two branches and more, the smallest first, that may hold for one value."""
    overlap = compiler.overlap
    if len(changed) <= _FEW_BRANCHES or overlap is None:
        yield from (chosen for size in range(2, len(changed) + 1) for chosen in combinations(changed, size))
        return
    beside = {
        index: {other for other in changed[at + 1 :] if overlap(plain[index], plain[other])}
        for at, index in enumerate(changed)
    }
    grown: list[tuple[tuple[int, ...], set[int]]] = [((index,), beside[index]) for index in changed]
    while grown:
        grown = [((*chosen, one), left & beside[one]) for chosen, left in grown for one in sorted(left)]
        yield from (chosen for chosen, _ in grown)


def one_of(compiler: Compiler, contents: Contents, scope: Scope) -> Node:
    """``oneOf``."""
    branches = [compiler.node(one, scope) for one in contents["oneOf"]]
    if scope.reading is Reading.WRITTEN:
        return exactly_one(branches)
    plain = [compiler.node(one, scope.read(Reading.WRITTEN)) for one in contents["oneOf"]]
    if all(branch is other for branch, other in zip(branches, plain, strict=True)):
        return exactly_one(plain)
    if scope.reading is Reading.CLOSED:
        return disjunction(
            conjunction((branch, *(negation(other) for position, other in enumerate(plain) if position != index)))
            for index, branch in enumerate(branches)
        )
    return exactly_one(branches if _stay_apart(compiler, branches, plain) else plain)


def _stay_apart(compiler: Compiler, branches: list[Node], plain: list[Node]) -> bool:
    """Whether lifting makes no two branches of a `oneOf` overlap."""
    overlap = compiler.overlap
    return overlap is not None and not any(
        overlap(branches[left], branches[right])
        for left, right in combinations(range(len(branches)), 2)
        if branches[left] is not plain[left] or branches[right] is not plain[right]
    )


def not_(compiler: Compiler, contents: Contents, scope: Scope) -> Node:
    """``not``, whose schema is always read as written."""
    return negation(compiler.node(contents["not"], scope.read(Reading.WRITTEN)))


def if_(compiler: Compiler, contents: Contents, scope: Scope) -> Node:
    """``if`` with ``then`` and ``else``; the condition alone constrains nothing but must end."""
    plain = compiler.node(contents["if"], scope.read(Reading.WRITTEN))
    then = compiler.node(contents.get("then", True), scope)
    other = compiler.node(contents.get("else", True), scope)
    if scope.reading is Reading.CLOSED:
        held = compiler.node(contents["if"], scope)
        if held is not plain:
            return disjunction((conjunction((held, then)), conjunction((negation(plain), other))))
    return conjunction((disjunction((negation(plain), then)), disjunction((plain, other))))
