"""Events that show one cause and no other.

An event that the reader refuses may break several of its rules at once. Where the writer may produce one that breaks a
single rule, that is the better evidence: the reader refuses it, and accepts it with the cause patched away.
"""

from __future__ import annotations

from functools import cached_property

from evtcompat.errors import SchemaError
from evtcompat.formats.json_schema import policy
from evtcompat.formats.json_schema.algebra.kinds import Node
from evtcompat.formats.json_schema.algebra.membership import Membership
from evtcompat.formats.json_schema.algebra.nodes import conjunction
from evtcompat.formats.json_schema.compile.compiled import is_recursive
from evtcompat.formats.json_schema.exact import values_in
from evtcompat.formats.json_schema.explain.patched import PatchedSchema
from evtcompat.formats.json_schema.options import Options
from evtcompat.formats.json_schema.parse.parsing import Schema
from evtcompat.formats.json_schema.solve.outcomes import Sat, Unsat
from evtcompat.formats.json_schema.solve.solver import Solver
from evtcompat.formats.json_schema.witness.check import Question, WitnessCheck, checked, policy_agrees
from evtcompat.formats.json_schema.witness.shrink import shrunk
from evtcompat.model.json_types import JSON
from evtcompat.regular.steps import BudgetExceededError, Steps

#: Steps for all causes of a pair together.
_STEPS = 2_000
#: Values in the documents that are compiled anew, for all causes together.
_VALUES = 100_000


class Isolation:
    """Looks for events of one pair that break one rule alone."""

    def __init__(self, reader: Schema, writer: Schema, options: Options) -> None:
        self._reader = reader
        self._writer = writer
        self._options = options
        self._solver = Solver(Steps(_STEPS))
        self._left = Steps(_VALUES)

    @cached_property
    def _size(self) -> int:
        """Values in both documents."""
        return values_in(self._reader.value) + values_in(self._writer.value)

    @cached_property
    def _recursive(self) -> bool:
        return is_recursive(self._reader) or is_recursive(self._writer)

    def excluded(self, patched: PatchedSchema) -> bool:
        """Whether no event is refused by the reader as it is written, and accepted as patched; false if not known."""
        question = self._question(patched)
        if question is None:
            return False
        source, accepted, target = question
        return isinstance(self._solver.difference(conjunction((source, accepted)), target), Unsat)

    def _question(self, patched: PatchedSchema) -> tuple[Node, Node, Node] | None:
        """What the writer may produce, what the patched reader accepts and what the reader does, where known."""
        try:
            self._left.spend(self._size)
            chosen, asserted = self._options.policy, self._options.assert_formats
            source = policy.produced(self._writer, chosen, asserted=asserted)
            target = policy.read_by(self._reader, self._options)
            accepted = policy.read_by(patched.schema(), self._options)
        except (SchemaError, BudgetExceededError):
            # The patch took away what a reference leads to.
            return None
        return source, accepted, target

    def witness(self, patched: PatchedSchema) -> WitnessCheck | None:
        """An event that the reader refuses as it is written, and accepts as patched; ``None`` where none was found.

        The writer may produce the event, and the validator has confirmed it beyond dispute.
        """
        question = self._question(patched)
        if question is None:
            return None
        source, accepted, target = question
        found = self._solver.difference(conjunction((source, accepted)), target)
        if not (isinstance(found, Sat) and found.exact):
            return None

        steps = self._solver.steps

        def serves(event: JSON) -> bool:
            agreed = policy_agrees(source, target, event, steps, exact=True)
            return agreed and Membership(steps).holds(accepted, event) is True

        try:
            if self._recursive:
                found = found._replace(value=shrunk(found.value, serves))
            _, witness = checked(Question(self._reader, self._writer, self._options, source, target, steps), found)
        except BudgetExceededError:
            return None
        return witness if witness.confirmed and not witness.disputed else None
