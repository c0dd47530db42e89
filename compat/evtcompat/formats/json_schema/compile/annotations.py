"""The annotations that a schema leaves on a value, collected from every schema that it applies to the same value.

`unevaluatedProperties` and `unevaluatedItems` read them, and so does the lenient policy, which calls members declared
where a schema evaluates or demands them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Protocol

from evtcompat.errors import SchemaError
from evtcompat.formats.json_schema.algebra.kinds import Contribution, Node
from evtcompat.formats.json_schema.algebra.nodes import FALSE, TRUE, conjunction
from evtcompat.formats.json_schema.algebra.unevaluated import EvaluatedItems
from evtcompat.formats.json_schema.keywords.context import Context
from evtcompat.formats.json_schema.keywords.scope import Contents, Scope, Value
from evtcompat.formats.json_schema.keywords.table import EVALUATE, REFERRING

_MEMBERS: Final = tuple((name, one.members) for name, one in EVALUATE.items() if one.members is not None)
_DECLARED: Final = tuple((name, one.declared) for name, one in EVALUATE.items() if one.declared is not None)
_ITEMS: Final = tuple((name, one.items) for name, one in EVALUATE.items() if one.items is not None)
_IN_PLACE: Final = tuple((name, one.in_place) for name, one in EVALUATE.items() if one.in_place is not None)
_REFERRED: Final = tuple(one for one in _IN_PLACE if one[0] in REFERRING)


class Collecting(Context, Protocol):
    """A compilation in which annotations are collected.

    Attributes:
        depth: How many steps into members and items lie between the root and the schema that is being compiled.
        collecting: The schemas whose annotations are being collected, to notice infinite recursion.
    """

    depth: int
    collecting: set[object]

    def infinite_recursion(self, contents: object) -> SchemaError:
        """The error for a schema that validation would never leave."""


def items_evaluated(
    context: Collecting, contents: Value, scope: Scope, *, but: frozenset[str] = frozenset()
) -> Iterator[EvaluatedItems]:
    """The items that a schema evaluates, ``but`` by some of its own keywords."""
    if not isinstance(contents, dict):
        return
    active = scope.dialect.active
    own = [
        one
        for name, evaluate in _ITEMS
        if name in contents and name in active and name not in but
        for one in evaluate(context, contents, scope)
    ]
    if any(one.before is None for one in own):
        # All are evaluated; which positions are evaluated as well makes no difference.
        own = [EvaluatedItems(TRUE, None), *(one for one in own if one.matching is not FALSE)]
    yield from own
    for condition, part, inner in in_place(context, contents, scope):
        for seen in items_evaluated(context, part, inner):
            yield EvaluatedItems(conjunction((condition, seen.condition)), seen.before, seen.matching)


def members_evaluated(
    context: Collecting, contents: Value, scope: Scope, *, declaring: bool = False, but: frozenset[str] = frozenset()
) -> Iterator[Contribution]:
    """The members that a schema evaluates, or declares, ``but`` by some of its own keywords.

    Raises:
        UnmodelledPatternError: Those that it evaluates are not known.
    """
    if not isinstance(contents, dict):
        return
    if not (scope.dialect.ref_hides_siblings and isinstance(contents.get("$ref"), str)):
        active = scope.dialect.active
        for name, evaluate in _DECLARED if declaring else _MEMBERS:
            if name in contents and name in active and name not in but:
                for names in evaluate(context, contents, scope):
                    yield TRUE, names
    for condition, part, inner in in_place(context, contents, scope):
        for other, names in members_evaluated(context, part, inner, declaring=declaring):
            yield conjunction((condition, other)), names


def in_place(context: Collecting, contents: Contents, scope: Scope) -> Iterator[tuple[Node, Contents, Scope]]:
    """The schemas whose annotations reach this one, each with the condition under which it does.

    Raises:
        SchemaError: It is one of them itself.
    """
    identity = (id(contents), scope.key, context.depth)
    if identity in context.collecting:
        raise context.infinite_recursion(contents)
    context.collecting.add(identity)
    try:
        alone = scope.dialect.ref_hides_siblings and isinstance(contents.get("$ref"), str)
        active = scope.dialect.active
        for name, apply in _REFERRED if alone else _IN_PLACE:
            if name in contents and name in active:
                for condition, part, inner in apply(context, contents, scope):
                    if isinstance(part, dict):
                        yield condition, part, inner or context.entered(part, scope, enter=True)
    finally:
        context.collecting.discard(identity)
