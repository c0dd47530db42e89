"""Events that show one cause and no other.

An event that the reader refuses may break several of its rules at once. Where the writer may produce one that breaks a
single rule, that is the better evidence: the reader refuses it, and accepts it with the cause taken out of the way.
"""

from __future__ import annotations

from collections.abc import Callable

from evtcompat.errors import SchemaError
from evtcompat.formats.json_schema import policy
from evtcompat.formats.json_schema.compile import is_recursive
from evtcompat.formats.json_schema.membership import holds
from evtcompat.formats.json_schema.nodes import conjunction
from evtcompat.formats.json_schema.options import Options
from evtcompat.formats.json_schema.outcomes import Found
from evtcompat.formats.json_schema.parse import Schema
from evtcompat.formats.json_schema.solver import Solver
from evtcompat.formats.json_schema.walk.changed import Changed
from evtcompat.formats.json_schema.witness.check import Question, checked, policy_agrees
from evtcompat.formats.json_schema.witness.shrink import shrunk
from evtcompat.model.json_types import JSON
from evtcompat.regular.steps import Steps

#: Steps for all causes of a pair together.
_STEPS = 2_000


def asking_apart(reader: Schema, writer: Schema, options: Options) -> Callable[[Changed], tuple[bool, JSON]]:
    """A function that finds an event which the reader refuses as it is written, and accepts as changed.

    It tells whether it found one. The writer may produce the event, and the validator has confirmed it.
    """
    solver = Solver(Steps(_STEPS))
    asserted = options.assert_formats
    recursive = is_recursive(reader) or is_recursive(writer)

    def ask(relieved: Changed) -> tuple[bool, JSON]:
        source = policy.produced(writer, options.policy, asserted=asserted)
        target = policy.accepted(reader, options.policy, asserted=asserted)
        try:
            accepted = policy.accepted(relieved.schema(), options.policy, asserted=asserted)
        except SchemaError:
            # The change took away what a reference leads to.
            return False, None

        def serves(event: JSON) -> bool:
            return policy_agrees(source, target, event, sure=True) and holds(accepted, event) is True

        found = solver.difference(conjunction((source, accepted)), target)
        if not (isinstance(found, Found) and found.sure):
            return False, None
        if recursive:
            found = Found(shrunk(found.value, serves))
        _, witness = checked(Question(reader, writer, options, source, target), found)
        return witness.confirmed and not witness.disputed, witness.value

    return ask
