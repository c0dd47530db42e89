"""The question and its answer: may the writer produce what the reader refuses?"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final, TypeVar

from evtcompat.dataclasses import dataclass, field
from evtcompat.formats.json_schema import exact, policy
from evtcompat.formats.json_schema.algebra.facts import Fact
from evtcompat.formats.json_schema.algebra.kinds import Node
from evtcompat.formats.json_schema.compile.compiled import is_recursive
from evtcompat.formats.json_schema.exact import Value
from evtcompat.formats.json_schema.library.violations import Violation
from evtcompat.formats.json_schema.options import Options
from evtcompat.formats.json_schema.parse.parsing import Schema
from evtcompat.formats.json_schema.solve.outcomes import Sat, Unknown, UnknownReason, Unsat
from evtcompat.formats.json_schema.solve.solver import Solver
from evtcompat.formats.json_schema.undecided import open_parts
from evtcompat.formats.json_schema.validate.library_values import library_value
from evtcompat.formats.json_schema.witness.check import Question, checked, policy_agrees
from evtcompat.formats.json_schema.witness.shrink import shrunk
from evtcompat.model.mismatches import Undecided
from evtcompat.model.verdicts import Policy, Verdict
from evtcompat.regular.steps import BudgetExceededError, Steps
from evtcompat.syntax import deep

_T = TypeVar("_T")

#: Steps of a question for which the options grant none. A step is in the order of ten microseconds.
DEFAULT_BUDGET = 40_000

#: Steps for making the instance smaller.
_STEPS_TO_SHRINK = 4_000

_WHOLE = ("", "")


class UnconfirmedWitnessError(AssertionError):
    """The engine found a witness that the second validator does not confirm: a bug of evtcompat or of the validator."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known about "everything that the writer may produce is accepted by the reader"."""

    verdict: Verdict
    #: With `Verdict.INCOMPATIBLE`: an instance that the writer may produce and the reader refuses (any JSON value,
    #: so also ``None``).
    instance: Value = None
    #: The first violation of the reader's schema by the instance; ``None`` for a question about parts, which the
    #: validator is not asked.
    violation: Violation | None = None
    #: With `Verdict.UNDECIDED`: what is open, at least one.
    undecided: tuple[Undecided, ...] = ()
    #: Steps of reasoning spent.
    steps: int = 0
    #: With `Verdict.COMPATIBLE`: computes `vacuous`.
    emptiness: Callable[[], bool] | None = field(default=None, repr=False, compare=False)

    @property
    def vacuous(self) -> bool:
        """With `Verdict.COMPATIBLE`: the writer can produce nothing at all, so that any reader would do.

        It is computed when it is read, as only an explanation needs it.
        """
        return self.emptiness is not None and self.emptiness()


def decide(
    reader: Schema,
    writer: Schema,
    options: Options | None = None,
    *,
    reader_pointer: str = "",
    writer_pointer: str = "",
    solver: Solver | None = None,
    instance_shown: bool = True,
) -> Answer:
    """Whether everything that the writer may produce is accepted by the reader.

    Args:
        reader: The schema of the consumer. To ask about the reader with a change, pass the parsed schema of the
            changed document (`parse.variant`).
        writer: The schema of the producer.
        options: The policy, the budget, whether formats are asserted.
        reader_pointer: Ask about this part of the reader's document only.
        writer_pointer: Ask about this part of the writer's document only. Questions about parts are not confirmed by
            the validator.
        solver: One that was asked other questions, to share its budget and what it found; by default one of its own.
        instance_shown: The instance is for somebody to see. Where the verdict alone counts, the validator is not asked
            for an instance that the reasoning is sure of; the policy's reading of the value has to agree.

    Raises:
        SchemaError: A pointer leads to nothing, or to what is no schema.
        UnconfirmedWitnessError: With `Options.strict` only.
    """
    options = options or Options()
    asked = solver or Solver(Steps(options.budget or DEFAULT_BUDGET))
    nesting, pointers = max(reader.nesting, writer.nesting), (reader_pointer, writer_pointer)
    start = asked.steps.used
    try:
        return _asked(asked, nesting, lambda: _decide(reader, writer, options, pointers, asked, instance_shown))
    except BudgetExceededError as error:
        return _undecided(reader, writer, pointers, (UnknownReason(error.message),), asked.steps.used - start)


def _asked(solver: Solver, nesting: int, question: Callable[[], _T]) -> _T:
    """What a question to a solver answers, on a stack that is large enough."""
    try:
        return deep.run(nesting, question)
    except RecursionError:
        # Shallow schemas may say so much beside one another that the search goes deep.
        solver.forget()
        return deep.run(deep.SHALLOW + 1, question)


#: What was found of a node with so many steps left: whether it has no value, ``None`` where that stayed open, and the
#: steps that this took.
_EMPTY: Final[Fact[tuple[bool | None, int]]] = Fact()


def _empty(solver: Solver, source: Node, nesting: int) -> bool:
    """Whether nothing is in a node, as far as the steps that are left show; what was found of it is kept."""
    known, left = _EMPTY.of(source), solver.steps.left
    if known is not None and left is not None:
        empty, spent = known
        if (spent <= left) if empty is not None else (left <= spent):
            # It costs the same again, so that no answer rests on what was asked before.
            solver.steps.spend(min(spent, left))
            return bool(empty)
        if empty is not None:
            solver.steps.spend(left)
            return False
    before = solver.steps.used
    outcome = _asked(solver, nesting, lambda: solver.instance((source,)))
    open_ = isinstance(outcome, Unknown)
    _EMPTY.note(source, (None if open_ else isinstance(outcome, Unsat), solver.steps.used - before))
    return isinstance(outcome, Unsat)


def satisfiable(schema: Schema, budget: int = DEFAULT_BUDGET) -> Sat | Unsat | tuple[UnknownReason, ...]:
    """An instance that the schema, taken at its word, is valid for; the proof that there is none; or what is open."""
    solver = Solver(Steps(budget))
    outcome = deep.run(schema.nesting, lambda: solver.instance((policy.produced(schema, Policy.STRICT),)))
    return outcome if isinstance(outcome, (Sat, Unsat)) else outcome.reasons


def _decide(
    reader: Schema,
    writer: Schema,
    options: Options,
    pointers: tuple[str, str],
    solver: Solver,
    instance_shown: bool,  # noqa: FBT001 - as `decide` was asked
) -> Answer:
    steps = solver.steps
    start = steps.used
    if pointers == _WHOLE and _identical(reader, writer):
        return Answer(Verdict.COMPATIBLE)
    source = policy.produced(writer, options.policy, pointers[1], asserted=options.assert_formats)
    target = policy.read_by(reader, options, pointers[0])
    written = _written(reader, writer, options, pointers)
    same = written or (source, target)
    if same[0] is same[1]:
        # Under any policy: what the writer may produce is valid as written, and what is valid as written is accepted.
        return Answer(Verdict.COMPATIBLE)
    outcome = solver.difference(source, target)
    if isinstance(outcome, Unknown) and written is not None:
        as_written = solver.difference(*written)
        outcome = as_written if isinstance(as_written, Unsat) else outcome
    spent = steps.used - start
    if isinstance(outcome, Unsat):
        return Answer(Verdict.COMPATIBLE, steps=spent, emptiness=partial(_empty, solver, source, writer.nesting))
    if isinstance(outcome, Unknown):
        return _undecided(reader, writer, pointers, outcome.reasons, spent)
    if pointers == _WHOLE:
        if outcome.exact and not instance_shown and policy_agrees(source, target, outcome.value, steps, exact=True):
            return Answer(Verdict.INCOMPATIBLE, steps=spent)
        return _confirmed(Question(reader, writer, options, source, target, steps), outcome, spent)
    if outcome.exact:
        return Answer(Verdict.INCOMPATIBLE, instance=library_value(outcome.value), steps=spent)
    return _undecided(reader, writer, pointers, outcome.reasons, spent)


def _confirmed(question: Question, outcome: Sat, spent: int) -> Answer:
    """The answer for an instance that was found, after the validator and the policy have looked at it."""
    reader, writer = question.reader, question.writer
    try:
        if outcome.exact and question.options.witnesses and (is_recursive(reader) or is_recursive(writer)):
            outcome = _shrunk(question, outcome)
        outcome, witness = checked(question, outcome)
    except BudgetExceededError as error:
        reason = f"a counterexample was found, but to confirm it was {error.message}"
        return _undecided(reader, writer, _WHOLE, (UnknownReason(reason),), spent)
    if witness.failure is not None:
        reason = f"a counterexample was found, but the validator gives up on it ({witness.failure})"
        return _undecided(reader, writer, _WHOLE, (UnknownReason(reason),), spent)
    if witness.confirmed:
        return Answer(Verdict.INCOMPATIBLE, instance=witness.value, violation=witness.violation, steps=spent)
    if outcome.exact and question.options.strict:
        message = f"not confirmed: {exact.dump(witness.value)} (reader refuses: {witness.violation is not None})"
        raise UnconfirmedWitnessError(message)
    reasons = outcome.reasons or (UnknownReason("a counterexample was found that the validator does not confirm"),)
    return _undecided(reader, writer, _WHOLE, reasons, spent)


def _shrunk(question: Question, outcome: Sat) -> Sat:
    """An instance that serves as well with less in it, as far as a part of the steps that are left reaches."""
    left = question.steps.left
    steps = Steps(_STEPS_TO_SHRINK if left is None else min(_STEPS_TO_SHRINK, left // 2))

    def serves(value: Value) -> bool:
        try:
            return policy_agrees(question.source, question.target, value, steps, exact=True)
        except BudgetExceededError:
            return False

    return outcome._replace(value=shrunk(outcome.value, serves))


def _undecided(
    reader: Schema, writer: Schema, pointers: tuple[str, str], reasons: tuple[UnknownReason, ...], spent: int
) -> Answer:
    return Answer(Verdict.UNDECIDED, undecided=open_parts(reader, writer, pointers, reasons), steps=spent)


def _written(reader: Schema, writer: Schema, options: Options, pointers: tuple[str, str]) -> tuple[Node, Node] | None:
    """Writer and reader as written, where the policy reads them otherwise."""
    if options.policy is Policy.STRICT:
        return None
    asserted = options.assert_formats
    return (
        policy.produced(writer, Policy.STRICT, pointers[1], asserted=asserted),
        policy.accepted(reader, Policy.STRICT, pointers[0], asserted=asserted),
    )


def _identical(reader: Schema, writer: Schema) -> bool:
    """The same document, with no reference out of it."""
    if reader is writer:
        return True
    if reader.dialect is not writer.dialect or reader.draws_on_others or writer.draws_on_others:
        return False
    if max(reader.nesting, writer.nesting) <= deep.SHALLOW and reader.value != writer.value:
        return False  # Python is quick to tell, and calls equal whatever JSON Schema does
    return exact.same(reader.value, writer.value)
