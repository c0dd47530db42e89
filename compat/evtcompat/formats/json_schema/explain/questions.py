"""The engine, asked about one pair and about the same pair with patches."""

from __future__ import annotations

from functools import cached_property

from evtcompat.errors import SchemaError
from evtcompat.formats.json_schema import policy
from evtcompat.formats.json_schema.algebra.kinds import Node
from evtcompat.formats.json_schema.algebra.membership import Membership
from evtcompat.formats.json_schema.decide import Answer, decide
from evtcompat.formats.json_schema.exact import values_in
from evtcompat.formats.json_schema.explain.patched import PatchedSchema
from evtcompat.formats.json_schema.options import Options
from evtcompat.formats.json_schema.parse.parsing import Schema
from evtcompat.formats.json_schema.solve.outcomes import Sat
from evtcompat.formats.json_schema.solve.solver import Solver
from evtcompat.formats.json_schema.validate.library_values import library_value
from evtcompat.formats.json_schema.witness.check import policy_agrees
from evtcompat.model.json_types import JSON
from evtcompat.model.verdicts import Verdict
from evtcompat.regular.steps import BudgetExceededError, Steps

#: Steps that all questions of one explanation share: what the answer took, so many times, and some for short answers.
_STEPS_PER_STEP = 6
_STEPS = 6_000
#: Steps and values more for each place that is asked about by itself: what is found takes time as it is more.
_STEPS_PER_PLACE = 80
_VALUES_PER_PLACE = 60
#: Steps to find an event that breaks nothing.
_STEPS_FOR_ONE = 2_000
#: Values in the documents that are read and compiled anew, for all questions together.
_VALUES = 60_000
#: Bytes of a content key that any other value takes, at least.
_BYTES_OF_A_VALUE = 5


class PairQuestions:
    """Questions about one pair, of which little changes from one to the next, over one budget."""

    def __init__(self, reader: Schema, writer: Schema, options: Options, steps: int) -> None:
        """Prepare the questions.

        Args:
            reader: The reader as it is written.
            writer: The writer as it is written.
            options: As the pair was decided.
            steps: What deciding it took.
        """
        self._reader = reader
        self._writer = writer
        self._options = options
        self._solver = Solver(Steps(_STEPS + _STEPS_PER_STEP * steps))
        self._source = policy.produced(writer, options.policy, asserted=options.assert_formats)
        self._target = policy.read_by(reader, options)
        self._readings = 0
        self._values = _VALUES

    @cached_property
    def _size(self) -> int:
        """Values in both documents."""
        return values_in(self._reader.value) + values_in(self._writer.value)

    @cached_property
    def _most(self) -> int:
        """No less than that, but for documents of booleans and nulls; found at once where there are content keys."""
        keys = self._reader.content_key, self._writer.content_key
        return self._size if None in keys else sum(len(key) for key in keys if key is not None) // _BYTES_OF_A_VALUE

    def _reads_again(self) -> bool:
        """Whether both documents may be read once more, which is counted."""
        self._readings += 1
        return self._readings * self._most <= self._values or self._readings * self._size <= self._values

    def answer(self, reader: PatchedSchema, writer: PatchedSchema) -> Answer:
        """The answer for a patched pair; undecided where a patch left no schema, or after too much was read."""
        if not self._reads_again():
            return Answer(Verdict.UNDECIDED)
        try:
            return decide(reader.schema(), writer.schema(), self._options, solver=self._solver)
        except BudgetExceededError:
            return Answer(Verdict.UNDECIDED)
        except SchemaError:
            # The patch took away what a reference leads to, or left no schema in a document that is read anew.
            return Answer(Verdict.UNDECIDED)

    def answer_part(self, reader_pointer: str, writer_pointer: str) -> Answer:
        """The answer for two parts of the pair as it is written; for each such place there are some steps more."""
        self._solver.steps.allow(_STEPS_PER_PLACE)
        self._values += _VALUES_PER_PLACE
        return decide(
            self._reader,
            self._writer,
            self._options,
            reader_pointer=reader_pointer,
            writer_pointer=writer_pointer,
            solver=self._solver,
        )

    def unbroken(self, otherwise: JSON) -> JSON:
        """An event that the writer may produce and the reader accepts; ``otherwise`` where none was found."""
        return _in_both(self._source, self._target, otherwise)

    def unbroken_part(self, reader_pointer: str, writer_pointer: str, otherwise: JSON) -> JSON:
        """As `unbroken`, for two parts of the pair as it is written."""
        options = self._options
        source = policy.produced(self._writer, options.policy, writer_pointer, asserted=options.assert_formats)
        return _in_both(source, policy.read_by(self._reader, options, reader_pointer), otherwise)

    def breaks(self, event: JSON) -> bool:
        """Whether the writer may produce an event that the reader refuses, as the policy reads both.

        False where the steps ran out before that was known.
        """
        try:
            return policy_agrees(self._source, self._target, event, self._solver.steps, exact=True)
        except BudgetExceededError:
            return False

    def produces(self, event: JSON) -> bool:
        """Whether the writer may produce an event, as the policy reads it; false where the steps ran out before."""
        try:
            return Membership(self._solver.steps).holds_together([self._source], event) is True
        except BudgetExceededError:
            return False


def _in_both(source: Node, target: Node, otherwise: JSON) -> JSON:
    found = Solver(Steps(_STEPS_FOR_ONE)).instance((source, target))
    return library_value(found.value) if isinstance(found, Sat) and found.exact else otherwise
