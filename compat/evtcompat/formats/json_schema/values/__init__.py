"""Values of a schema, valid and nearly valid: at its limits and in every branch, always the same for a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from evtcompat.formats.json_schema.decide import satisfiable
from evtcompat.formats.json_schema.exact import dump
from evtcompat.formats.json_schema.explain.subschemas import index_of
from evtcompat.formats.json_schema.parse.parsing import Schema
from evtcompat.formats.json_schema.solve.outcomes import Sat
from evtcompat.formats.json_schema.validate.validator import ValidatorFailedError, library_value
from evtcompat.formats.json_schema.values.generating import Maker, Trail
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
    side = index_of(schema)
    rng = random.Random(seed)  # noqa: S311 - reproducible on purpose
    found: list[LabelledValue] = []
    labels: dict[str, int] = {}
    seen: dict[int, tuple[JSON, JSON]] = {}
    alike: dict[int, tuple[JSON, list[JSON]]] = {}
    made = islice(Maker(side, rng).variants([side.root], "", Trail()), most)
    for label, value in chain(made, _searched(schema, found)):
        exact = side.exact(value, seen)
        _, written = alike.setdefault(id(exact), (exact, []))
        if any(dump(value) == dump(one) for one in written):  # 1.0 and 1 are alike, and written differently
            continue
        try:
            valid = side.accepts(side.root, exact)
        except ValidatorFailedError:
            # Whether it is valid is not known.
            continue
        labels[label] = labels.get(label, 0) + 1
        unique = label if labels[label] == 1 else f"{label} ({labels[label]})"
        written.append(value)
        found.append(LabelledValue(unique, value, valid))
    return tuple(found)


def _searched(schema: Schema, found: Sequence[LabelledValue]) -> Iterator[tuple[str, JSON]]:
    """An instance that the engine finds, where none of the values made so far is valid."""
    if not any(one.valid for one in found):
        outcome = satisfiable(schema)
        if isinstance(outcome, Sat):
            yield "event found by search", library_value(outcome.value)
