"""Values of a schema, valid and nearly valid: at its limits and in every branch, always the same for a seed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from itertools import islice
from typing import Final

from evtcompat.dataclasses import dataclass, replace
from evtcompat.formats.json_schema.decide import satisfiable
from evtcompat.formats.json_schema.explain.subschemas import SchemaIndex
from evtcompat.formats.json_schema.parse.parsing import Schema
from evtcompat.formats.json_schema.solve.outcomes import Sat, Unsat
from evtcompat.formats.json_schema.validate.library_values import library_value
from evtcompat.formats.json_schema.validate.validator import Validator
from evtcompat.formats.json_schema.values.distinct import Distinct
from evtcompat.formats.json_schema.values.effort import Effort
from evtcompat.formats.json_schema.values.generating import Maker, Trail
from evtcompat.formats.json_schema.values.made_before import Draws, Made, MadeBefore
from evtcompat.model.json_types import JSON
from evtcompat.regular.steps import BudgetExceededError, Steps
from evtcompat.syntax import deep

#: Steps for making the values of one schema.
_STEPS_TO_MAKE: Final = 20_000
#: Steps for looking at them, which are smaller: a choice of a hundred branches is asked about each of them.
STEPS_TO_LOOK: Final = 400_000
#: Steps for each part of a schema that the validator asks.
_EACH_ASKED: Final = 4
#: Members and items that it passes in one step, and where it looks at those alone that differ; for each pattern more.
_MEMBERS: Final = 8
_MEMBERS_APART: Final = 64
_STEPS_A_PATTERN: Final = 2
#: What the plainest values of the root's branches are called.
_OF_ROOT: Final = re.compile(r"branch \d+ of (anyOf|oneOf) of event")


@dataclass(frozen=True, slots=True)
class LabelledValue:
    """A value and what is particular about it."""

    #: ``symbol SHIPPED of status``, ``discount absent``, ``lines empty``; unique among the values of a schema.
    label: str
    value: JSON
    #: Whether the `jsonschema` library accepts it.
    valid: bool


@dataclass(frozen=True, slots=True)
class Covered:
    """Values of a schema, and whether there would be more."""

    values: tuple[LabelledValue, ...]
    #: Values that were made and not looked at, and places for which none of those made was valid.
    uncovered: int
    #: The steps were spent before all values were made, or before one was found that is valid.
    stopped: bool


def cover(schema: Schema, seed: int = 0, *, most: int = 500) -> tuple[LabelledValue, ...]:
    """Values that cover a schema: each listed value, each branch, presence and absence, and both sides of each limit.

    Args:
        schema: The parsed schema.
        seed: Chooses what the schema leaves free (letters, numbers within limits).
        most: How many values are made at most, the plainest first.

    Returns:
        Distinct values; the first is the plainest. Recursive schemas are followed a few levels deep.
    """
    return covered(schema, seed, most=most).values


def covered(schema: Schema, seed: int = 0, *, most: int = 500) -> Covered:
    """The same, with what there would be beside, as values are made and looked at within steps.

    What was asked of the schema before makes no difference to what the steps suffice for.
    """
    return deep.run(schema.nesting, lambda: _Covering(schema, seed, most).covered())


class _Covering:
    """How values are found that cover one schema."""

    def __init__(self, schema: Schema, seed: int, most: int) -> None:
        self._schema = schema
        self._seed = seed
        self._most = most
        validator = Validator(schema, False)  # noqa: FBT003 - formats are not asserted
        self._side = SchemaIndex(schema, validator=validator)
        self._looking = Looking(schema, validator, Steps(STEPS_TO_LOOK))
        #: Whether a pass that took all steps at once was cut short.
        self._shared = False

    def covered(self) -> Covered:
        """The values: with plainest values that are valid, where that makes more of them valid."""
        found = self._looked_at(*self._made(careful=False))
        plain = [one.valid for one in found.values if _OF_ROOT.fullmatch(one.label)]
        if not (found.values and found.values[0].valid and all(plain)):
            careful = self._looked_at(*self._made(careful=True))
            if _valid(careful) > _valid(found):
                found = careful
        return found if _valid(found) else self._searched(found)

    def _made(self, *, careful: bool) -> tuple[list[Made], int]:
        """What is made within the steps, and how many places are left out of it."""
        if not self._shared:
            with suppress(BudgetExceededError):
                made: list[Made] = []
                return made, self._make(made, careful=careful)
            self._shared = True
        made = []
        try:
            return made, self._make(made, careful=careful)
        except BudgetExceededError:
            return made, 0

    def _make(self, made: list[Made], *, careful: bool) -> int:
        """Values are added to those that are made; returns how many places are left out.

        Raises:
            BudgetExceededError: The steps are used.
        """
        draws, effort = Draws(self._seed), Effort(_STEPS_TO_MAKE, shared=self._shared)
        maker = Maker(self._side, draws, MadeBefore(self._schema, draws, effort), effort, careful)
        made.extend(islice(maker.variants([self._side.root], "", Trail()), self._most))
        return len(maker.left_out)

    def _looked_at(self, made: Sequence[Made], left_out: int) -> Covered:
        """Those that are new, each under a label of its own."""
        found: list[LabelledValue] = []
        labels: dict[str, int] = {}
        looked_at = Distinct(self._side)
        for index, (label, value) in enumerate(made):
            valid = looked_at.validity(value)
            try:
                self._looking.spend(value)
            except BudgetExceededError:
                return Covered(tuple(found), left_out + len(made) - index, stopped=True)
            if valid is None:
                continue
            labels[label] = labels.get(label, 0) + 1
            unique = label if labels[label] == 1 else f"{label} ({labels[label]})"
            found.append(LabelledValue(unique, value, valid))
        return Covered(tuple(found), left_out, self._shared)

    def _searched(self, found: Covered) -> Covered:
        """The values with an instance that the engine finds, as none of them is valid."""
        outcome = satisfiable(self._schema, _STEPS_TO_MAKE)
        if not isinstance(outcome, Sat):
            return replace(found, stopped=found.stopped or not isinstance(outcome, Unsat))
        value = library_value(outcome.value)
        valid = Distinct(self._side).validity(value)
        more = () if valid is None else (LabelledValue("event found by search", value, valid),)
        return replace(found, values=(*found.values, *more))


class Looking:
    """Counts the steps of looking at values of a schema."""

    def __init__(self, schema: Schema, validator: Validator, steps: Steps) -> None:
        """Nothing is asked yet.

        Args:
            schema: The schema.
            validator: What is asked, by nobody else.
            steps: What it takes.
        """
        self._validator = validator
        self._steps = steps
        self._asked = 0
        #: Members and items that are looked at in one step. Every name is held against every pattern.
        self._each = 1 + _STEPS_A_PATTERN * _most_patterns(schema.value)
        self._at_once = _MEMBERS_APART if validator.is_apart else _MEMBERS

    def spend(self, value: JSON, more: int = 0) -> None:
        """The validator was asked about a value, and what that took is spent.

        Args:
            value: The value.
            more: Other steps that it took.

        Raises:
            BudgetExceededError: The steps are used.
        """
        asked, self._asked = self._validator.asked - self._asked, self._validator.asked
        size = len(value) if isinstance(value, (dict, list)) else 0
        self._steps.spend(1 + _EACH_ASKED * asked + self._each * size // self._at_once + more)


def _most_patterns(schema: JSON) -> int:
    """The most patterns that stand in one ``patternProperties``."""
    most, pending = 0, [schema]
    while pending:
        one = pending.pop()
        if isinstance(one, dict):
            named = one.get("patternProperties")
            most = max(most, len(named) if isinstance(named, dict) else 0)
        inner = one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
        pending += [part for part in inner if isinstance(part, (dict, list))]
    return most


def _valid(found: Covered) -> int:
    return sum(one.valid for one in found.values)
