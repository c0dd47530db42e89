"""Whether a value is in a node, by looking at the value.

This is the semantics of the algebra, written once more without reasoning.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from evtcompat.formats.json_schema.closures import closing, opened
from evtcompat.formats.json_schema.evaluated import only_declared
from evtcompat.formats.json_schema.exact import Value, fraction, key, type_of
from evtcompat.formats.json_schema.nodes import Node, atom, conjunction, disjunction
from evtcompat.formats.json_schema.projection import project
from evtcompat.formats.json_schema.property_names import PartitionError


def holds(node: Node, value: Value) -> bool | None:
    """Whether ``value`` is in ``node``; ``None`` when that rests on a part that is not modelled."""
    return _holds(project(node, type_of(value)), value)


def _holds(node: Node, value: Value) -> bool | None:
    """The same for a node that is projected on the value's type already."""
    kind = node.kind
    if kind == "and":
        return _in_all(closures_merged(node).args, value)
    if kind == "or":
        return _any(_holds(child, value) for child in node.args)
    if kind == "opaque":
        found = None if node.extra is None else node.extra(value)  # noqa: S610 - not Django's
    elif kind == "enum":
        found = key(value) in node.args[0]
    elif kind == "xone":
        found = _one(_holds(child, value) for child in node.args)
    elif kind == "declared":
        found = _declared(node, value)
    else:
        found = _ATOMS[kind](node.args, value)
    if found is None or node.sign:
        return found
    return not found


def _in_all(nodes: Sequence[Node], value: Value) -> bool | None:
    known: bool | None = True
    for node in nodes:
        if node.kind == "members":
            single = node.args[0].single
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


def closures_merged(node: Node) -> Node:
    """The conjunction with the closures of several schemas for one value made one: each declares for all."""
    if node.closing is False:
        return node
    closures = [child for child in node.args if child.kind == "declared"]
    if len(closures) < 2:  # noqa: PLR2004 - several
        return node
    merged = tuple(dict.fromkeys(one for closure in closures for one in closure.args[0]))
    return conjunction((*(child for child in node.args if child.kind != "declared"), atom("declared", merged)))


def _declared(node: Node, value: Value) -> bool | None:
    try:
        return _holds(project(only_declared(node.args[0]), "object"), value)
    except PartitionError:
        return None


def holds_together(nodes: Sequence[Node], value: Value) -> bool | None:
    """Whether ``value`` is in all of ``nodes``; closures of several schemas for one value declare for all of them.

    `holds` looks at each node alone; that is the same unless schemas are closed (`compile.Reading.CLOSED`).
    """
    answer = _all(holds(node, value) for node in nodes)
    if answer or not isinstance(value, (dict, list)):
        return answer
    if not any(closing(node) for node in nodes):
        return answer
    return _together([project(node, type_of(value)) for node in nodes], value)


def _together(nodes: Sequence[Node], value: Value) -> bool | None:
    """Try every choice of cases that the value allows at all; ``nodes`` are projected."""
    literals: dict[Node, None] = {}
    clauses: list[list[Node]] = []
    stack = list(nodes)
    while stack:
        node = stack.pop()
        if node.kind == "and":
            stack.extend(node.args)
        elif node.kind == "or" and closing(node):
            # Whatever else is declared, it only takes back what the closures of a case refuse.
            cases = [case for case in node.args if _holds(opened(case), value) is not False]
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
    closures = [node for node in literals if node.kind == "declared"]
    if closures:
        declared = tuple(dict.fromkeys(one for node in closures for one in node.args[0]))
        answer = _declared(atom("declared", declared), value)
        if not answer:
            return answer
    inner: dict[Any, list[Node]] = {}
    answers: list[bool | None] = []
    for node in literals:
        if node.kind == "members" and node.sign and isinstance(value, dict):
            for name in value:
                if name in node.args[0]:
                    inner.setdefault(name, []).append(node.args[1])
        elif node.kind == "items" and node.sign and isinstance(value, list):
            for index in range(len(value))[node.args[0] : node.args[1]]:
                inner.setdefault(index, []).append(node.args[2])
        elif node.kind != "declared":
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


def _count(args: tuple[Any, ...], value: list[Any]) -> bool | None:
    node, least = args
    sure = possible = 0
    for item in value:
        answer = holds(node, item)
        sure += answer is True
        possible += answer is not False
    if sure >= least:
        return True
    return False if possible < least else None


def _members(args: tuple[Any, ...], value: dict[str, Any]) -> bool | None:
    names, node = args
    single = names.single
    if single is not None:
        return holds(node, value[single]) if single in value else True
    return _all(holds(node, member) for name, member in value.items() if name in names)


_ATOMS: dict[str, Any] = {
    "ge": lambda args, value: _exact(value) > args[0] if args[1] else _exact(value) >= args[0],
    "le": lambda args, value: _exact(value) < args[0] if args[1] else _exact(value) <= args[0],
    "multiple": lambda args, value: multiple(value, args[0]),
    "length": lambda args, value: len(value) >= args[0],
    "string": lambda args, value: args[0].accepts(value),
    "items": lambda args, value: _all(holds(args[2], item) for item in value[args[0] : args[1]]),
    "count": _count,
    "unique": lambda args, value: len({key(item) for item in value}) == len(value),  # noqa: ARG005
    "members": _members,
    "names": lambda args, value: _all(holds(args[0], name) for name in value),
    "size": lambda args, value: len(value) >= args[0],
}
