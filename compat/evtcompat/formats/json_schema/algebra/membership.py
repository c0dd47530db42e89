"""Whether a value is in a node, by evaluating the node on the value.

This is the semantics of the algebra, stated a second time without reasoning. Nodes share their parts, and many nodes
are asked about one value: so each question of a node about a part of a value is answered once, and counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, NamedTuple, TypeAlias

from evtcompat.formats.json_schema.algebra.apart import cases_of
from evtcompat.formats.json_schema.algebra.declared import closes, opened
from evtcompat.formats.json_schema.algebra.facts import once_per_node
from evtcompat.formats.json_schema.algebra.kinds import (
    And,
    AtLeast,
    AtMost,
    Contains,
    Declared,
    Enumeration,
    ExactlyOne,
    Items,
    Matches,
    Members,
    MinLength,
    MinProperties,
    MultipleOf,
    Node,
    Opaque,
    Or,
    PropertyNames,
    Unique,
)
from evtcompat.formats.json_schema.algebra.nodes import conjunction, declared, disjunction
from evtcompat.formats.json_schema.algebra.partitions import PartitionError
from evtcompat.formats.json_schema.algebra.projection import project
from evtcompat.formats.json_schema.algebra.unevaluated import only_declared
from evtcompat.formats.json_schema.exact import Value, fraction, key, type_of
from evtcompat.regular.steps import Steps

#: Nodes that are evaluated for one step.
_NODES_PER_STEP: Final = 24
#: Of so many children of a combination those alone are asked that a member does not tell apart from the value.
_MANY: Final = 16
#: Yes, no, or ``None`` where that rests on a part that is not modelled.
Answer: TypeAlias = "bool | None"


class Membership:
    """Tells of values whether they are in nodes, over one budget, and remembers what it told.

    The values that it was asked about are kept, and must not be changed.
    """

    __slots__ = ("_identities", "_kept", "_known", "_known_together", "_left", "steps")

    def __init__(self, steps: Steps) -> None:
        self.steps = steps
        self._left = _NODES_PER_STEP
        self._known: dict[tuple[Node, int], Answer] = {}
        self._known_together: dict[tuple[frozenset[Node], int], Answer] = {}
        self._identities: dict[int, Any] = {}
        #: By whose identity the rest is known.
        self._kept: dict[int, Value] = {}

    def holds(self, node: Node, value: Value) -> Answer:
        """Whether ``value`` is in ``node``; ``None`` when that rests on a part that is not modelled.

        Raises:
            BudgetExceededError: The steps ran out.
        """
        self._kept[id(value)] = value
        return self.within(node, value)

    def within(self, node: Node, value: Value) -> Answer:
        """The same for a part of a value that is kept."""
        return self.projected(project(node, type_of(value)), value)

    def projected(self, node: Node, value: Value) -> Answer:
        """The same for a node that is projected on the value's type already."""
        kind = type(node)
        if kind in _SIMPLE:
            found = _HOLDS[kind](self, node, value)
            return found if found is None or node.sign else not found
        question = (node, id(value))
        known = self._known.get(question, _START)
        if known is _START:
            # As `spend`, without a call: nearly all that is asked comes by here, or by `_of_member`.
            self._left -= 1
            if self._left <= 0:
                self._renew()
            if isinstance(node, And):
                known = self._in_all(node, value)
            elif isinstance(node, Or):
                known = _any(self.projected(child, value) for child in self.possible(node, value))
            else:
                known = _HOLDS[kind](self, node, value)
                if known is not None and not node.sign:
                    known = not known
            self._known[question] = known
        return known  # type: ignore[return-value]  # or it was found above

    def spend(self, nodes: int) -> None:
        """So many nodes are evaluated, beside the simple ones in them.

        Raises:
            BudgetExceededError: The steps ran out.
        """
        self._left -= nodes
        if self._left <= 0:
            self._renew()

    def _renew(self) -> None:
        self.steps.spend(1 - self._left // _NODES_PER_STEP)
        self._left = _NODES_PER_STEP

    def identity(self, value: Value) -> Any:  # noqa: ANN401 - whatever `exact.key` makes of a value
        """`exact.key` of a part of a value that is kept."""
        if not isinstance(value, (dict, list)):
            return key(value)
        known = self._identities.get(id(value))
        if known is None:
            self.spend(1 + len(value))
            known = self._identities[id(value)] = key(value)
        return known

    def possible(self, node: Or | ExactlyOne, value: Value) -> Sequence[Node]:
        """The children of a combination but for those that a member of the value tells apart from it."""
        children = node.children
        if len(children) < _MANY or not isinstance(value, dict):
            return children
        cases = cases_of(node)
        if cases.name is None:
            return children
        if cases.name not in value:
            return cases.others
        return (*cases.by_key.get(self.identity(value[cases.name]), ()), *cases.others)

    def _in_all(self, conjoined: And, value: Value) -> Answer:
        asked = _sorted(conjoined)
        known = self._of_members(asked, value) if asked.named else True
        if known is False:
            return False
        self.spend(len(asked.others) // 4)
        for other in asked.others:
            answer = self.projected(other, value)
            if answer is False:
                return False
            if answer is None:
                known = None
        return known

    def _of_members(self, asked: _Sorted, value: Value) -> Answer:
        for name in asked.needed:
            if name not in value:
                return False
        known: Answer = True
        self.spend(len(value) // 4)
        for name, member in value.items():
            for node in asked.named.get(name, ()):
                answer = self._of_member(node, member)
                if answer is False:
                    return False
                if answer is None:
                    known = None
        return known

    def _of_member(self, node: Members, member: Value) -> Answer:
        """What is asked of one member is remembered of what stands there, and not once more of the object."""
        self._left -= 1
        if self._left <= 0:
            self._renew()
        answer = self.projected(project(node.node, type_of(member)), member)
        return answer if answer is None or node.sign else not answer

    def holds_together(self, nodes: Iterable[Node], value: Value) -> Answer:
        """Whether ``value`` is in all of ``nodes``; what a `Declared` node of one declares is declared for all of them.

        `holds` evaluates each node alone; that is the same unless schemas are closed (`scope.Reading.CLOSED`).

        Raises:
            BudgetExceededError: The steps ran out.
        """
        self._kept[id(value)] = value
        return self._all_together(tuple(nodes), value)

    def _all_together(self, nodes: tuple[Node, ...], value: Value) -> Answer:
        answer = _all(self.within(node, value) for node in nodes)
        if answer or not isinstance(value, (dict, list)):
            return answer
        if not any(closes(node) for node in nodes):
            return answer
        question = (frozenset(nodes), id(value))
        known = self._known_together.get(question, _START)
        if known is _START:
            known = self._together([project(node, type_of(value)) for node in nodes], value)
            self._known_together[question] = known
        return known  # type: ignore[return-value]  # or it was found above

    def _together(self, nodes: Sequence[Node], value: Value) -> Answer:
        """Try every choice of cases that the value allows at all; ``nodes`` are projected."""
        self.steps.spend()
        literals: dict[Node, None] = {}
        clauses: list[list[Node]] = []
        stack = list(nodes)
        while stack:
            node = stack.pop()
            if type(node) is And:
                stack.extend(node.children)
            elif type(node) is Or and closes(node):
                # Whatever else is declared, it only takes back what the `Declared` nodes of a case refuse.
                cases = [one for one in self.possible(node, value) if self.projected(opened(one), value) is not False]
                if not cases:
                    return False
                if len(cases) == 1:
                    stack.append(cases[0])
                else:
                    clauses.append(cases)
            else:
                literals[node] = None
        if not clauses:
            return self._literals_together(list(literals), value)
        clauses.sort(key=len)
        others = [disjunction(cases) for cases in clauses[1:]]
        return _any(self._together([*literals, *others, case], value) for case in clauses[0])

    def _literals_together(self, literals: list[Node], value: Value) -> Answer:
        declarations = [node for node in literals if type(node) is Declared]
        if declarations:
            merged = tuple(dict.fromkeys(one for node in declarations for one in node.contributions))
            answer = self.projected(declared(merged), value)
            if not answer:
                return answer
        inner: dict[Any, list[Node]] = {}
        answers: list[Answer] = []
        for node in literals:
            if type(node) is Members and node.sign and isinstance(value, dict):
                for name in value:
                    if name in node.names:
                        inner.setdefault(name, []).append(node.node)
            elif type(node) is Items and node.sign and isinstance(value, list):
                for index in range(len(value))[node.low : node.high]:
                    inner.setdefault(index, []).append(node.node)
            elif type(node) is not Declared:
                answers.append(self.projected(node, value))
        answers.extend(self._all_together(tuple(nodes), value[at]) for at, nodes in inner.items())
        return _all(answers)


#: No answer (``None`` is one).
_START: Final = object()


def holds(node: Node, value: Value) -> Answer:
    """Whether ``value`` is in ``node``; ``None`` when that rests on a part that is not modelled."""
    return Membership(Steps(None)).holds(node, value)


class _Sorted(NamedTuple):
    """The children of a conjunction: most members that a schema speaks of are not in a value, and need not be asked."""

    #: What is asked of a member where there is one.
    named: Mapping[str, Sequence[Members]]
    #: The members that there must be.
    needed: Sequence[str]
    #: What is asked of the whole.
    others: Sequence[Node]


@once_per_node
def _sorted(node: And) -> _Sorted:
    merged = _declared_merged(node)
    named: dict[str, list[Members]] = {}
    needed: list[str] = []
    others: list[Node] = []
    for child in merged.children if isinstance(merged, And) else (merged,):
        if type(child) is Members and (single := child.names.single) is not None:
            named.setdefault(single, []).append(child)
            if not child.sign:
                needed.append(single)
        else:
            others.append(child)
    return _Sorted(named, needed, others)


def _declared_merged(node: And) -> Node:
    """The conjunction with its `Declared` nodes made one: what each declares is declared for all."""
    declarations = [] if node.closes is False else [child for child in node.children if type(child) is Declared]
    if len(declarations) < 2:  # noqa: PLR2004 - several
        return node
    merged = tuple(dict.fromkeys(one for declaration in declarations for one in declaration.contributions))
    return conjunction((*(child for child in node.children if type(child) is not Declared), declared(merged)))


def _declared(asked: Membership, node: Declared, value: Value) -> Answer:
    demanded = _demanded(node)
    return asked.projected(demanded[0], value) if demanded else None


@once_per_node
def _demanded(node: Declared) -> tuple[Node, ...]:
    """What is demanded of objects whose members are all to be declared; nothing where that cannot be told."""
    try:
        return (project(only_declared(node.contributions), "object"),)
    except PartitionError:
        return ()


def _all(answers: Iterable[Answer]) -> Answer:
    known: Answer = True
    for answer in answers:
        if answer is False:
            return False
        if answer is None:
            known = None
    return known


def _any(answers: Iterable[Answer]) -> Answer:
    known: Answer = False
    for answer in answers:
        if answer is True:
            return True
        if answer is None:
            known = None
    return known


def _one(answers: Iterable[Answer]) -> Answer:
    count, unknown = 0, False
    for answer in answers:
        if answer is None:
            unknown = True
        elif answer:
            count += 1
            if count > 1:
                return False
    return None if unknown else count == 1


def _exact(value: Value) -> int | Fraction:
    return value if isinstance(value, int) else fraction(value)


def multiple(value: Fraction | Decimal | float, divisor: int | Fraction) -> bool:
    """Whether ``value`` is a whole multiple of ``divisor``."""
    number = _exact(value)
    if isinstance(number, int) and isinstance(divisor, int):
        return number % divisor == 0
    return (Fraction(number) / Fraction(divisor)).denominator == 1


def _opaque(_: Membership, node: Opaque, value: Value) -> Answer:
    return None if node.check is None else node.check(value)


def _contains(asked: Membership, node: Contains, value: list[Any]) -> Answer:
    sure = possible = 0
    for item in value:
        answer = asked.within(node.node, item)
        sure += answer is True
        possible += answer is not False
    if sure >= node.least:
        return True
    return False if possible < node.least else None


def _members(asked: Membership, node: Members, value: dict[str, Any]) -> Answer:
    single = node.names.single
    if single is not None:
        return asked.within(node.node, value[single]) if single in value else True
    asked.spend(len(value) // 2)
    return _all(asked.within(node.node, member) for name, member in value.items() if name in node.names)


def _property_names(asked: Membership, node: PropertyNames, value: dict[str, Any]) -> Answer:
    return _all(asked.within(node.node, name) for name in value)


def _unique(asked: Membership, _: Unique, value: list[Any]) -> bool:
    return len({asked.identity(item) for item in value}) == len(value)


def _matches(asked: Membership, node: Matches, value: str) -> bool:
    asked.spend(1 + len(value) // 4)
    # What is known of short texts is kept beyond the question.
    return node.pattern.accepts(value) if len(value) <= _SHORT else node.pattern.language.accepts(value, asked.steps)


def _at_least(_: Membership, node: AtLeast, value: Value) -> bool:
    return _exact(value) > node.bound if node.exclusive else _exact(value) >= node.bound


def _at_most(_: Membership, node: AtMost, value: Value) -> bool:
    return _exact(value) < node.bound if node.exclusive else _exact(value) <= node.bound


#: Texts up to this many characters are matched in no time worth counting.
_SHORT: Final = 64
#: Nodes that take no time worth remembering their answers.
_SIMPLE: Final = frozenset((Enumeration, AtLeast, AtMost, MultipleOf, MinLength, MinProperties, Opaque))
#: Whether a value is in a node, its sign aside, for nodes of each class that remain in a projection.
_HOLDS: Final[dict[type[Node], Callable[[Membership, Any, Any], Answer]]] = {
    ExactlyOne: lambda asked, node, value: _one(asked.projected(one, value) for one in asked.possible(node, value)),
    Enumeration: lambda asked, node, value: asked.identity(value) in node.keys,
    AtLeast: _at_least,
    AtMost: _at_most,
    MultipleOf: lambda _, node, value: multiple(value, node.divisor),
    MinLength: lambda _, node, value: len(value) >= node.length,
    Matches: _matches,
    Items: lambda asked, node, value: _all(asked.within(node.node, item) for item in value[node.low : node.high]),
    Contains: _contains,
    Unique: _unique,
    Members: _members,
    PropertyNames: _property_names,
    MinProperties: lambda _, node, value: len(value) >= node.least,
    Declared: _declared,
    Opaque: _opaque,
}
