"""An instance that the reasoning found, looked at by others: the validator, and the policy's reading of the value.

The validator has some keywords replaced whose reading there is not JSON Schema's (`exact_validators`). Whoever checks a
witness may have the library as it is; so where both differ over an instance, another one is looked for over which they
do not. And where a part is not modelled, so that the reasoning is not sure of its instance, others are tried in turn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from evtcompat.formats.base import Options
from evtcompat.formats.json_schema.confirm import Refusal, ValidatorFailedError, ordinary, refusal
from evtcompat.formats.json_schema.exact import TYPES, Value, fraction, key, type_of
from evtcompat.formats.json_schema.exact_validators import disputes
from evtcompat.formats.json_schema.membership import holds, holds_together
from evtcompat.formats.json_schema.nodes import Node, atom, conjunction, enumeration, negation, types
from evtcompat.formats.json_schema.outcomes import Found
from evtcompat.formats.json_schema.parse import Schema
from evtcompat.formats.json_schema.solver import Solver
from evtcompat.regular.steps import Steps

#: Whole numbers up to here are floats.
_EXACT_FLOATS = 2**53
#: Digits that every float keeps.
_DIGITS = 15
#: Instances that are tried where the reasoning is not sure of any.
_MOST_TRIED = 64
#: Numbers up to here need few digits.
_ROUND = 1_000_000
#: Steps for one instance more, beyond what the first one took.
_STEPS = 2_000


@dataclass(frozen=True, slots=True)
class Look:
    """What others say of an instance."""

    value: Value
    #: The reader's refusal by the validator.
    refusal: Refusal | None = None
    #: The validator accepts it for the writer, and the policy's reading of both sides agrees.
    agreed: bool = False
    #: The library, as it is, may say otherwise.
    disputed: bool = False
    #: The validator gives up on it, for this reason.
    failure: str | None = None

    @property
    def confirmed(self) -> bool:
        """It is a witness."""
        return self.refusal is not None and self.agreed


def witnessed(
    reader: Schema, writer: Schema, options: Options, sides: tuple[Node, Node], outcome: Found
) -> tuple[Found, Look]:
    """The instance with what is said of it; another one in its place if that is confirmed beyond dispute."""
    first = _look(reader, writer, options, sides, outcome)
    if not outcome.sure and not first.confirmed:
        for other in _unsure(sides, first.value):
            found = _look(reader, writer, options, sides, other)
            if found.confirmed:
                return other, found
    elif first.disputed and (first.confirmed or first.failure is not None):
        for other in _others(sides, first.value):
            found = _look(reader, writer, options, sides, other)
            if found.confirmed and not found.disputed:
                return other, found
    return outcome, first


def _look(reader: Schema, writer: Schema, options: Options, sides: tuple[Node, Node], outcome: Found) -> Look:
    value = _spelled(ordinary(outcome.value), reader, writer)
    with disputes() as found:
        try:
            said = refusal(reader, value, assert_formats=options.assert_formats)
            produced = refusal(writer, value, assert_formats=options.assert_formats) is None
        except ValidatorFailedError as failure:
            return Look(value, disputed=True, failure=str(failure))
    agreed = produced and policy_agrees(*sides, value, sure=outcome.sure)
    return Look(value, said, agreed, disputed=bool(found) or _is_beyond_floats(value))


def _spelled(value: Value, *schemas: Schema) -> Value:
    """The value with large whole numbers as the schemas write them, so that who reads floats reads the same number."""
    large = set(_large(value))
    written = {number: number for schema in schemas if large for number in _large(schema.value)}
    return _respelled(value, {number: written[number] for number in large if number in written}) if written else value


def _large(value: Value) -> Iterator[int | Decimal]:
    """Whole numbers beyond those that floats count."""
    pending: list[Any] = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, dict):
            pending.extend(one.values())
        elif isinstance(one, list):
            pending.extend(one)
        elif isinstance(one, (int, Decimal)) and not -_EXACT_FLOATS <= one <= _EXACT_FLOATS and int(one) == one:
            yield one


def _respelled(value: Value, spelling: Mapping[int | Decimal, int | Decimal]) -> Value:
    if isinstance(value, dict):
        return {name: _respelled(member, spelling) for name, member in value.items()}
    if isinstance(value, list):
        return [_respelled(item, spelling) for item in value]
    return spelling.get(value, value) if isinstance(value, int) and not isinstance(value, bool) else value


def policy_agrees(source: Node, target: Node, value: Value, *, sure: bool) -> bool:
    """The witness once more under the policy's reading, by looking at the value instead of reasoning."""
    inside, outside = holds_together([source], value), holds(target, value)
    if sure:
        return inside is True and outside is False
    return inside is not False and outside is not True


def _is_beyond_floats(value: Value) -> bool:
    """Whether a number in the value has more digits than a float keeps."""
    if isinstance(value, (list, tuple)):
        return any(_is_beyond_floats(item) for item in value)
    if isinstance(value, dict):
        return any(_is_beyond_floats(member) for member in value.values())
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        return False
    return len(str(value)) > _DIGITS and len(Decimal(value).normalize().as_tuple().digits) > _DIGITS


def _unsure(sides: tuple[Node, Node], value: Value) -> Iterator[Found]:
    """One instance after the other, where the reasoning cannot tell which of them are witnesses."""
    source, target = sides
    steps = Steps(_STEPS)
    tried: dict[Any, Value] = {key(value): value}
    while len(tried) < _MOST_TRIED:
        found = Solver(steps).instance((source, negation(target), negation(enumeration(dict(tried)))))
        if not isinstance(found, Found):
            return
        tried[key(found.value)] = found.value
        yield found


def _others(sides: tuple[Node, Node], value: Value) -> Iterator[Found]:
    """Further instances, less and less unlike the value."""
    source, target = sides
    of_type = type_of(value)
    differing = [types(set(TYPES) - {of_type}), negation(enumeration({key(value): value}))]
    if of_type == "number":
        differing[1:1] = [_near_zero(), _far_from(fraction(value))]
    for demand in differing:
        found = Solver(Steps(_STEPS)).instance((source, negation(target), demand))
        if isinstance(found, Found) and found.sure:
            yield found


def _near_zero() -> Node:
    return conjunction((types(("number",)), atom("ge", -_ROUND, False), atom("le", _ROUND, False)))  # noqa: FBT003 - not strict


def _far_from(number: Fraction) -> Node:
    """Numbers of another magnitude, to which round bounds lead."""
    beyond = 10 ** len(str(abs(number).__ceil__()))
    return negation(conjunction((atom("ge", -beyond, True), atom("le", beyond, True))))  # noqa: FBT003 - strict bounds
