"""Whether nodes have a value in common."""

from __future__ import annotations

from collections.abc import Sequence

from evtcompat.formats.json_schema.algebra.apart import told_apart
from evtcompat.formats.json_schema.algebra.kinds import Node, UntiedReferenceError
from evtcompat.formats.json_schema.algebra.nodes import FALSE
from evtcompat.formats.json_schema.algebra.projection import project
from evtcompat.formats.json_schema.exact import TYPES
from evtcompat.formats.json_schema.solve.outcomes import Unsat
from evtcompat.formats.json_schema.solve.solver import Solver
from evtcompat.regular.steps import Steps

#: Steps to find it out.
_STEPS = 2_000


def may_overlap(left: Node, right: Node) -> bool:
    """Whether a value may be in both; ``False`` is a proof that none is, and an open question counts as an overlap."""
    try:
        return not isinstance(Solver(Steps(_STEPS)).instance((left, right)), Unsat)
    except UntiedReferenceError:
        # They contain a schema that is still being compiled.
        return True


def objects_apart(nodes: Sequence[Node]) -> bool:
    """Whether one look at each node shows that no object is in two; ``False`` proves nothing."""
    return _apart_in("object", nodes)


def apart(nodes: Sequence[Node]) -> bool:
    """The same for values of every type."""
    return all(_apart_in(of_type, nodes) for of_type in TYPES)


def _apart_in(of_type: str, nodes: Sequence[Node]) -> bool:
    try:
        holding = [one for one in (project(node, of_type) for node in nodes) if one is not FALSE]
    except UntiedReferenceError:
        # They contain a schema that is still being compiled.
        return False
    return len(holding) <= 1 or told_apart(holding)
