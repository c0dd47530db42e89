"""An instance that the reasoning found, checked by others: the validator, and the policy's reading of the value.

The validator has some keywords replaced whose reading there is not JSON Schema's (`validate.keywords`). Whoever checks
a witness may have the library as it is; so where both differ over an instance, another one is looked for over which
they do not. And where a part is not modelled, so that the reasoning is not sure of its instance, others are tried in
turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import chain, islice
from typing import Any, NamedTuple

from evtcompat.formats.json_schema.algebra.kinds import Node
from evtcompat.formats.json_schema.algebra.membership import Membership
from evtcompat.formats.json_schema.algebra.nodes import at_least, at_most, conjunction, enumeration, negation, types
from evtcompat.formats.json_schema.algebra.readable import is_readable
from evtcompat.formats.json_schema.exact import TYPES, Value, fraction, key, type_of
from evtcompat.formats.json_schema.library.violations import Violation
from evtcompat.formats.json_schema.options import Options
from evtcompat.formats.json_schema.parse.parsing import Schema
from evtcompat.formats.json_schema.solve.outcomes import Sat
from evtcompat.formats.json_schema.solve.solver import Solver
from evtcompat.formats.json_schema.validate.library_values import library_value
from evtcompat.formats.json_schema.validate.validator import ValidatorFailedError, validator_of
from evtcompat.regular.steps import Steps

#: Whole numbers up to here are floats.
_EXACT_FLOATS = 2**53
#: Digits that every float keeps.
_DIGITS = 15
#: Instances that are tried where the reasoning is not sure of any.
_MOST_TRIED = 64
#: Numbers up to here need few digits.
_ROUND = 1_000_000
#: Values that a validator looks at for one step.
_VALUES_PER_STEP = 4
#: Instances that are tried with another text in them.
_MOST_SPELT = 24
#: Instances over which the validator may run out of steps, before no other is tried.
_MOST_TOO_LONG = 1
#: Steps for one instance more, beyond what the first one took.
_STEPS = 2_000


class WitnessCheck(NamedTuple):
    """The outcome of checking an instance by other means than the reasoning that found it."""

    value: Value
    #: The first violation of the reader's schema, by the validator.
    violation: Violation | None = None
    #: The validator accepts it for the writer, and the policy's reading of both sides agrees.
    agreed: bool = False
    #: The library, as it is, may say otherwise.
    disputed: bool = False
    #: Why the validator gives up on it, if it does.
    failure: str | None = None
    #: It gives up for want of steps.
    too_long: bool = False

    @property
    def confirmed(self) -> bool:
        """It is a witness."""
        return self.violation is not None and self.agreed


class Question(NamedTuple):
    """Whether the writer may produce what the reader refuses, in both forms in which it is asked."""

    reader: Schema
    writer: Schema
    options: Options
    #: What the writer may produce and what the reader accepts, as the policy reads them.
    source: Node
    target: Node
    #: What is left for the question.
    steps: Steps


def checked(question: Question, outcome: Sat) -> tuple[Sat, WitnessCheck]:
    """The instance that was found with its check; another one in its place if that is confirmed beyond dispute.

    Raises:
        BudgetExceededError: The steps ran out.
    """
    first = _check(question, outcome)
    if not outcome.exact and not first.confirmed:
        for other, found in _tried(question, first, _unsure(question, first.value)):
            if found.confirmed:
                return other, found
    elif first.disputed and (first.confirmed or first.failure is not None):
        for other, found in _tried(question, first, _others(question, first.value)):
            if found.confirmed and not found.disputed:
                return other, found
    return outcome, first


def _tried(question: Question, first: WitnessCheck, others: Iterator[Sat]) -> Iterator[tuple[Sat, WitnessCheck]]:
    """Further instances with their checks, until the validator has run out of steps over too many."""
    too_long = int(first.too_long)
    for other in others:
        if too_long == _MOST_TOO_LONG:
            return
        found = _check(question, other)
        too_long += found.too_long
        yield other, found


def _check(question: Question, outcome: Sat) -> WitnessCheck:
    reader, writer, options = question.reader, question.writer, question.options
    question.steps.spend(outcome.size // _VALUES_PER_STEP)
    value = library_value(outcome.value)
    numbers = _numbers(value)
    value = _spelled(value, _large(numbers), reader, writer)
    try:
        read = validator_of(reader, assert_formats=options.assert_formats).examine(value)
        written = validator_of(writer, assert_formats=options.assert_formats).examine(value)
    except ValidatorFailedError as failure:
        return WitnessCheck(value, disputed=True, failure=str(failure), too_long=failure.too_long)
    agreed = written.violation is None and policy_agrees(
        question.source, question.target, value, question.steps, exact=outcome.exact
    )
    disputed = read.disputed or written.disputed or any(map(_is_beyond_floats, numbers))
    return WitnessCheck(value, read.violation, agreed, disputed)


def policy_agrees(source: Node, target: Node, value: Value, steps: Steps, *, exact: bool) -> bool:
    """Whether the value is a witness as a policy reads both sides, found by looking at it instead of reasoning.

    Where the reasoning is not `sure`, it suffices that nothing speaks against it.

    Raises:
        BudgetExceededError: The steps ran out.
    """
    membership = Membership(steps)
    inside, outside = membership.holds_together([source], value), membership.holds(target, value)
    if exact:
        return inside is True and outside is False
    return inside is not False and outside is not True


def _spelled(value: Value, large: set[int | Decimal], *schemas: Schema) -> Value:
    """The value with large whole numbers that floats round as the schemas write them, for those who read floats."""
    if not large:
        return value
    written: dict[int | Decimal, Decimal] = {
        number: number
        for schema in schemas
        for number in _large(_numbers(schema.value))
        if isinstance(number, Decimal) and float(number) != number
    }
    return _respelled(value, {number: written[number] for number in large if number in written}) if written else value


def _numbers(value: Value) -> list[int | Decimal]:
    """The numbers in a value, but for those that are floats."""
    found: list[int | Decimal] = []
    pending: list[Any] = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, (dict, list)):
            pending.extend(one.values() if isinstance(one, dict) else one)
        elif isinstance(one, (int, Decimal)) and not isinstance(one, bool):
            found.append(one)
    return found


def _large(numbers: Iterable[int | Decimal]) -> set[int | Decimal]:
    """Whole numbers beyond those that floats count."""
    return {one for one in numbers if not -_EXACT_FLOATS <= one <= _EXACT_FLOATS and int(one) == one}


def _respelled(value: Value, spelling: Mapping[int | Decimal, int | Decimal]) -> Value:
    if isinstance(value, dict):
        return {name: _respelled(member, spelling) for name, member in value.items()}
    if isinstance(value, list):
        return [_respelled(item, spelling) for item in value]
    return spelling.get(value, value) if isinstance(value, int) and not isinstance(value, bool) else value


def _is_beyond_floats(number: int | Decimal) -> bool:
    """Whether a number has more digits than a float keeps."""
    return len(str(number)) > _DIGITS and len(Decimal(number).normalize().as_tuple().digits) > _DIGITS


def _unsure(question: Question, value: Value) -> Iterator[Sat]:
    """One instance after the other, where the reasoning cannot tell which of them are witnesses."""
    steps = Steps(_STEPS)
    tried: dict[Any, Value] = {key(value): value}
    while len(tried) < _MOST_TRIED:
        new = negation(enumeration(dict(tried)))
        found = Solver(steps).instance((question.source, negation(question.target), new))
        if not isinstance(found, Sat):
            return
        tried[key(found.value)] = found.value
        yield found


def _others(question: Question, value: Value) -> Iterator[Sat]:
    """Further instances, less and less unlike the value."""
    yield from map(Sat, otherwise_spelt(value))
    of_type = type_of(value)
    differing = [types(set(TYPES) - {of_type}), negation(enumeration({key(value): value}))]
    if of_type == "number":
        differing[1:1] = [_near_zero(), _far_from(fraction(value))]
    for demand in differing:
        found = Solver(Steps(_STEPS)).instance((question.source, negation(question.target), demand))
        if isinstance(found, Sat) and found.exact:
            yield found


def otherwise_spelt(value: Value) -> Iterator[Value]:
    """The value with a text in it lengthened, or another, so many times at most; those that are hard to read first.

    Engines disagree about ends of lines, and rare letters.
    """
    return islice(chain(_spelt(value, readable=False), _spelt(value, readable=True)), _MOST_SPELT)


def _spelt(value: Value, *, readable: bool) -> Iterator[Value]:
    if isinstance(value, str):
        if is_readable(value) is readable:
            yield from (f"{value}b", f"a{value}b", "b")
    elif isinstance(value, dict):
        for name, member in value.items():
            yield from ({**value, name: other} for other in _spelt(member, readable=readable))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from ([*value[:index], other, *value[index + 1 :]] for other in _spelt(item, readable=readable))


def _near_zero() -> Node:
    return conjunction((types(("number",)), at_least(-_ROUND), at_most(_ROUND)))


def _far_from(number: Fraction) -> Node:
    """Numbers of another magnitude, to which round bounds lead."""
    beyond = 10 ** len(str(abs(number).__ceil__()))
    return negation(conjunction((at_least(-beyond, exclusive=True), at_most(beyond, exclusive=True))))
