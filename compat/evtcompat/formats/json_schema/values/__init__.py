"""Values of a schema, valid and nearly valid: at its limits and in every branch, always the same for a seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice

from evtcompat.dataclasses import dataclass
from evtcompat.formats.json_schema.decide import satisfiable
from evtcompat.formats.json_schema.explain.subschemas import SchemaIndex
from evtcompat.formats.json_schema.parse.parsing import Schema
from evtcompat.formats.json_schema.solve.outcomes import Sat
from evtcompat.formats.json_schema.validate.library_values import library_value
from evtcompat.formats.json_schema.values.distinct import Distinct
from evtcompat.formats.json_schema.values.generating import Maker, Trail
from evtcompat.formats.json_schema.values.made_before import Draws, MadeBefore
from evtcompat.model.json_types import JSON
from evtcompat.syntax import deep


@dataclass(frozen=True, slots=True)
class LabelledValue:
    """A value and what is particular about it."""

    #: ``symbol SHIPPED of status``, ``discount absent``, ``lines empty``; unique among the values of a schema.
    label: str
    value: JSON
    #: Whether the `jsonschema` library accepts it.
    valid: bool


def cover(schema: Schema, seed: int = 0, *, most: int = 500) -> tuple[LabelledValue, ...]:
    """Values that cover a schema: each listed value, each branch, presence and absence, and both sides of each limit.

    Args:
        schema: The parsed schema.
        seed: Chooses what the schema leaves free (letters, numbers within limits).
        most: How many values are made at most, the plainest first.

    Returns:
        Distinct values; the first is the plainest. Recursive schemas are followed a few levels deep.
    """
    return deep.run(schema.nesting, lambda: _cover(schema, seed, most))


def _cover(schema: Schema, seed: int, most: int) -> tuple[LabelledValue, ...]:
    side = SchemaIndex(schema)
    draws = Draws(seed)
    found: list[LabelledValue] = []
    labels: dict[str, int] = {}
    looked_at = Distinct(side)
    made = islice(Maker(side, draws, MadeBefore(schema, draws)).variants([side.root], "", Trail()), most)
    for label, value in chain(made, _searched(schema, found)):
        valid = looked_at.validity(value)
        if valid is None:
            continue
        labels[label] = labels.get(label, 0) + 1
        unique = label if labels[label] == 1 else f"{label} ({labels[label]})"
        found.append(LabelledValue(unique, value, valid))
    return tuple(found)


def _searched(schema: Schema, found: Sequence[LabelledValue]) -> Iterator[tuple[str, JSON]]:
    """An instance that the engine finds, where none of the values made so far is valid."""
    if not any(one.valid for one in found):
        outcome = satisfiable(schema)
        if isinstance(outcome, Sat):
            yield "event found by search", library_value(outcome.value)
