"""Nodes that are known to lie in others: the same schema as it is written, where a policy reads it otherwise.

What is noted here is true of the two nodes wherever they come from, and whatever declarations stand beside them.
"""

from __future__ import annotations

from typing import Final

from evtcompat.formats.json_schema.algebra.facts import Fact
from evtcompat.formats.json_schema.algebra.kinds import Node
from evtcompat.formats.json_schema.algebra.nodes import Rebuild

#: Another node that a node lies in.
AROUND: Final[Fact[Node]] = Fact()
#: Another node that lies in a node.
INSIDE: Final[Fact[Node]] = Fact()


def carry_over(node: Node, made: Node, rebuild: Rebuild) -> None:
    """What is known of ``node`` is true of ``made``, with the nodes that ``rebuild`` puts in the others' place."""
    for fact in (AROUND, INSIDE):
        beside = fact.of(node)
        if beside is not None and fact.of(made) is None:
            fact.note(made, rebuild(beside))
