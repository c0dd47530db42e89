"""Whether two nodes have a value in common."""

from __future__ import annotations

from evtcompat.formats.json_schema.algebra.kinds import Node, UntiedReferenceError
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
