"""Whether a value is in a node, by evaluating the node on the value.

This is the semantics of the algebra, stated a second time without reasoning.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from evtcompat.formats.json_schema.algebra.declared import closes, opened
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


def holds(node: Node, value: Value) -> bool | None:
    """Whether ``value`` is in ``node``; ``None`` when that rests on a part that is not modelled."""
    return _holds(project(node, type_of(value)), value)


def _holds(node: Node, value: Value) -> bool | None:
    """The same for a node that is projected on the value's type already."""
    if type(node) is And:
        return _in_all(declared_merged(node).parts, value)
    if type(node) is Or:
        return _any(_holds(child, value) for child in node.children)
    found = _HOLDS[type(node)](node, value)
    return found if found is None or node.sign else not found


def _in_all(nodes: Sequence[Node], value: Value) -> bool | None:
    known: bool | None = True
    for node in nodes:
        if type(node) is Members:
            single = node.names.single
            if single is not None and single not in value:
                # Most members that a schema speaks of are not in a value.
                if node.sign:
                    continue
                return False
        answer = _holds(node, value)
        if answer is False:
            return False
        if answer is None:
            known = None
    return known


def declared_merged(node: And) -> Node:
    """The conjunction with its `Declared` nodes made one: what each declares is declared for all."""
    if node.closes is False:
        return node
    closures = [child for child in node.children if type(child) is Declared]
    if len(closures) < 2:  # noqa: PLR2004 - several
        return node
    merged = tuple(dict.fromkeys(one for closure in closures for one in closure.contributions))
    return conjunction((*(child for child in node.children if type(child) is not Declared), declared(merged)))


def _declared(node: Declared, value: Value) -> bool | None:
    try:
        return _holds(project(only_declared(node.contributions), "object"), value)
    except PartitionError:
        return None


def holds_together(nodes: Sequence[Node], value: Value) -> bool | None:
    """Whether ``value`` is in all of ``nodes``; what a `Declared` node of one declares is declared for all of them.

    `holds` evaluates each node alone; that is the same unless schemas are closed (`scope.Reading.CLOSED`).
    """
    answer = _all(holds(node, value) for node in nodes)
    if answer or not isinstance(value, (dict, list)):
        return answer
    if not any(closes(node) for node in nodes):
        return answer
    return _together([project(node, type_of(value)) for node in nodes], value)


def _together(nodes: Sequence[Node], value: Value) -> bool | None:
    """Try every choice of cases that the value allows at all; ``nodes`` are projected."""
    literals: dict[Node, None] = {}
    clauses: list[list[Node]] = []
    stack = list(nodes)
    while stack:
        node = stack.pop()
        if type(node) is And:
            stack.extend(node.children)
        elif type(node) is Or and closes(node):
            # Whatever else is declared, it only takes back what the `Declared` nodes of a case refuse.
            cases = [case for case in node.children if _holds(opened(case), value) is not False]
            if not cases:
                return False
            if len(cases) == 1:
                stack.append(cases[0])
            else:
                clauses.append(cases)
        else:
            literals[node] = None
    if not clauses:
        return _literals_together(list(literals), value)
    clauses.sort(key=len)
    others = [disjunction(cases) for cases in clauses[1:]]
    return _any(_together([*literals, *others, case], value) for case in clauses[0])


def _literals_together(literals: list[Node], value: Value) -> bool | None:
    closures = [node for node in literals if type(node) is Declared]
    if closures:
        merged = tuple(dict.fromkeys(one for node in closures for one in node.contributions))
        answer = _holds(declared(merged), value)
        if not answer:
            return answer
    inner: dict[Any, list[Node]] = {}
    answers: list[bool | None] = []
    for node in literals:
        if type(node) is Members and node.sign and isinstance(value, dict):
            for name in value:
                if name in node.names:
                    inner.setdefault(name, []).append(node.node)
        elif type(node) is Items and node.sign and isinstance(value, list):
            for index in range(len(value))[node.low : node.high]:
                inner.setdefault(index, []).append(node.node)
        elif type(node) is not Declared:
            answers.append(_holds(node, value))
    answers.extend(holds_together(nodes, value[at]) for at, nodes in inner.items())
    return _all(answers)


def _all(answers: Value) -> bool | None:
    known: bool | None = True
    for answer in answers:
        if answer is False:
            return False
        if answer is None:
            known = None
    return known


def _any(answers: Value) -> bool | None:
    known: bool | None = False
    for answer in answers:
        if answer is True:
            return True
        if answer is None:
            known = None
    return known


def _one(answers: Value) -> bool | None:
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


def _opaque(node: Opaque, value: Value) -> bool | None:
    return None if node.check is None else node.check(value)


def _contains(node: Contains, value: list[Any]) -> bool | None:
    sure = possible = 0
    for item in value:
        answer = holds(node.node, item)
        sure += answer is True
        possible += answer is not False
    if sure >= node.least:
        return True
    return False if possible < node.least else None


def _members(node: Members, value: dict[str, Any]) -> bool | None:
    single = node.names.single
    if single is not None:
        return holds(node.node, value[single]) if single in value else True
    return _all(holds(node.node, member) for name, member in value.items() if name in node.names)


def _at_least(node: AtLeast, value: Value) -> bool:
    return _exact(value) > node.bound if node.exclusive else _exact(value) >= node.bound


def _at_most(node: AtMost, value: Value) -> bool:
    return _exact(value) < node.bound if node.exclusive else _exact(value) <= node.bound


#: Whether a value is in a node, its sign aside, for nodes of each class that remain in a projection.
_HOLDS: dict[type[Node], Callable[[Any, Any], bool | None]] = {
    ExactlyOne: lambda node, value: _one(_holds(child, value) for child in node.children),
    Enumeration: lambda node, value: key(value) in node.keys,
    AtLeast: _at_least,
    AtMost: _at_most,
    MultipleOf: lambda node, value: multiple(value, node.divisor),
    MinLength: lambda node, value: len(value) >= node.length,
    Matches: lambda node, value: node.pattern.accepts(value),
    Items: lambda node, value: _all(holds(node.node, item) for item in value[node.low : node.high]),
    Contains: _contains,
    Unique: lambda node, value: len({key(item) for item in value}) == len(value),  # noqa: ARG005
    Members: _members,
    PropertyNames: lambda node, value: _all(holds(node.node, name) for name in value),
    MinProperties: lambda node, value: len(value) >= node.least,
    Declared: _declared,
    Opaque: _opaque,
}
