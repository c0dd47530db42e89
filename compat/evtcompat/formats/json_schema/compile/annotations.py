"""The annotations that a schema leaves on a value, collected from every schema that it applies to the same value.

`unevaluatedProperties` and `unevaluatedItems` read them, and so does the lenient policy, which calls members declared
where a schema evaluates or demands them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Generic, Protocol, TypeVar

from evtcompat.errors import SchemaError
from evtcompat.formats.json_schema.algebra.kinds import And, Contribution, Node
from evtcompat.formats.json_schema.algebra.nodes import FALSE, TRUE, conjunction
from evtcompat.formats.json_schema.algebra.unevaluated import EvaluatedItems
from evtcompat.formats.json_schema.keywords.context import Context
from evtcompat.formats.json_schema.keywords.scope import Contents, Scope, Value
from evtcompat.formats.json_schema.keywords.table import EVALUATE, REFERRING
from evtcompat.regular.steps import Steps

_MEMBERS: Final = tuple((name, one.members) for name, one in EVALUATE.items() if one.members is not None)
_DECLARED: Final = tuple((name, one.declared) for name, one in EVALUATE.items() if one.declared is not None)
_ITEMS: Final = tuple((name, one.items) for name, one in EVALUATE.items() if one.items is not None)
_IN_PLACE: Final = tuple((name, one.in_place) for name, one in EVALUATE.items() if one.in_place is not None)
_REFERRED: Final = tuple(one for one in _IN_PLACE if one[0] in REFERRING)
#: Annotations that are collected for one part of a document, in one reading. Those that depend on much count more.
MOST: Final = 150_000
#: So many parts of a condition take as long as an annotation by itself.
_PARTS_A_STEP: Final = 4

_T = TypeVar("_T")


class Collecting(Context, Protocol):
    """A compilation in which annotations are collected.

    Attributes:
        depth: How many steps into members and items lie between the root and the schema that is being compiled.
        collecting: The schemas whose annotations are being collected, to notice infinite recursion.
        collected: What the annotations of the part that is being compiled have cost so far.
    """

    depth: int
    collecting: set[object]
    collected: Steps

    def infinite_recursion(self, contents: object) -> SchemaError:
        """The error for a schema that validation would never leave."""


def items_evaluated(context: Collecting, contents: Value, scope: Scope, but: frozenset[str]) -> list[EvaluatedItems]:
    """The items that a schema evaluates, ``but`` by some of its own keywords; each once.

    Raises:
        BudgetExceededError: They are too many.
    """
    return _ItemsEvaluated(context).of(contents, scope, but)


def members_evaluated(
    context: Collecting, contents: Value, scope: Scope, *, declaring: bool = False, but: frozenset[str] = frozenset()
) -> list[Contribution]:
    """The members that a schema evaluates, or declares, ``but`` by some of its own keywords; each once.

    Raises:
        UnmodelledPatternError: Those that it evaluates are not known.
        BudgetExceededError: They are too many.
    """
    return _MembersEvaluated(context, declaring=declaring).of(contents, scope, but)


class _Collection(ABC, Generic[_T]):
    """One collection, in which a schema that is applied on many ways is looked at once."""

    def __init__(self, context: Collecting) -> None:
        self.context = context
        self._known: dict[object, list[_T]] = {}

    def of(self, contents: Value, scope: Scope, but: frozenset[str] = frozenset()) -> list[_T]:
        """What a schema evaluates, ``but`` by some of its own keywords."""
        if not isinstance(contents, dict):
            return []
        identity = (id(contents), scope.key, scope.dialect.name, but)
        known = self._known.get(identity)
        if known is None:
            found = dict.fromkeys(self.own(contents, scope, but))
            for condition, part, inner in in_place(self.context, contents, scope):
                for one in self.of(part, inner):
                    under = self.under(condition, one)
                    self.context.collected.spend(1 + len(_parts(self.condition(under))) // _PARTS_A_STEP)
                    found[under] = None
            self.context.collected.spend()
            known = self._known[identity] = list(found)
        return known

    @abstractmethod
    def own(self, contents: Contents, scope: Scope, but: frozenset[str]) -> Iterable[_T]:
        """What its own keywords evaluate."""

    @abstractmethod
    def under(self, condition: Node, one: _T) -> _T:
        """What is evaluated where a condition holds as well."""

    @abstractmethod
    def condition(self, one: _T) -> Node:
        """Where it is evaluated."""


class _ItemsEvaluated(_Collection[EvaluatedItems]):
    def own(self, contents: Contents, scope: Scope, but: frozenset[str]) -> list[EvaluatedItems]:
        active = scope.dialect.active
        found = [
            one
            for name, evaluate in _ITEMS
            if name in contents and name in active and name not in but
            for one in evaluate(self.context, contents, scope)
        ]
        if any(one.before is None for one in found):
            # All are evaluated; which positions are evaluated as well makes no difference.
            return [EvaluatedItems(TRUE, None), *(one for one in found if one.matching is not FALSE)]
        return found

    def under(self, condition: Node, one: EvaluatedItems) -> EvaluatedItems:
        return EvaluatedItems(conjunction((condition, one.condition)), one.before, one.matching)

    def condition(self, one: EvaluatedItems) -> Node:
        return one.condition


class _MembersEvaluated(_Collection[Contribution]):
    def __init__(self, context: Collecting, *, declaring: bool) -> None:
        super().__init__(context)
        self._keywords = _DECLARED if declaring else _MEMBERS

    def own(self, contents: Contents, scope: Scope, but: frozenset[str]) -> Iterator[Contribution]:
        if scope.dialect.ref_hides_siblings and isinstance(contents.get("$ref"), str):
            return
        active = scope.dialect.active
        for name, evaluate in self._keywords:
            if name in contents and name in active and name not in but:
                for names in evaluate(self.context, contents, scope):
                    yield TRUE, names

    def under(self, condition: Node, one: Contribution) -> Contribution:
        return conjunction((condition, one[0])), one[1]

    def condition(self, one: Contribution) -> Node:
        return one[0]


def _parts(condition: Node) -> Sequence[Node]:
    return condition.children if isinstance(condition, And) else ()


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
