"""What a checkout is asked: every pair and history of the reference data, and every command on what lies about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeAlias

from answers_bench import Answer, Bench, Inputs
from answers_data import histories, pairs
from answers_of_commands import (
    cased,
    edited,
    exercised,
    paired,
    registered,
    reported,
    sample_versions,
    sampled,
    size_of,
    worded,
)
from answers_of_library import checked, compared

PARTS = ("cli", "avro", "json")
#: How many units of a part one process works on.
SHARD = {"cli": 12, "avro": 600, "json": 60}
#: Of every how many-th pair of the larger data sets fixtures are made: that takes longer than all else.
FIXTURES = 5
AVRO_DATA = ("avro_cases.jsonl", "avro_generated.jsonl.gz", "avro_real.jsonl.gz")
JSON_DATA = ("json_cases.jsonl", "json_real.jsonl.gz")


#: Answers that are worked out one after the other in one process.
Unit: TypeAlias = Callable[[Bench], Iterator[Answer]]


def units(inputs: Inputs) -> dict[str, list[Unit]]:
    """The units of each part, in the order in which they are worked on; the long ones first."""
    found: dict[str, list[Unit]] = {part: [] for part in PARTS}

    def add(part: str, function: Callable[..., Iterator[Answer]], *given: object) -> None:
        found[part].append(partial(function, *given))

    for function, given in _commands(inputs):
        add("cli", function, *given)
    for part, names in (("avro", AVRO_DATA), ("json", JSON_DATA)):
        listed = list(pairs(inputs.reference, *names))
        for number, pair in enumerate(listed):
            add(part, compared, pair)
            if "generated" not in pair.data:
                add("cli", paired, pair, "cases" in pair.data or number % FIXTURES == 0)
        for name, steps in histories(listed).items():
            add(part, checked, name, steps)
    return {part: listed[:: inputs.sample] for part, listed in found.items() if part in inputs.parts}


def _commands(inputs: Inputs) -> Iterator[tuple[Callable[..., Iterator[Answer]], tuple[object, ...]]]:
    """What runs commands in folders, with its arguments."""
    folders = [path for name in ("reports", "asyncapi") for path in (inputs.reference / name).glob("*/")]
    for folder in sorted(folders, key=lambda path: (-size_of(path), path.name)):
        yield reported, (folder,)
    yield worded, ()
    for subject in sample_versions(inputs.samples):
        yield sampled, (inputs.samples, subject)
        yield exercised, (inputs.samples, subject)
    yield edited, (inputs.samples,)
    for profile in ("confluent", "karapace"):
        yield registered, (inputs.samples, profile)
    for old in sorted(inputs.cases.glob("*/*/old.*")) if inputs.cases is not None else ():
        yield cased, (old.parent,)


def shards(inputs: Inputs) -> list[list[Unit]]:
    """The units of one process after the other."""
    return [
        listed[start : start + SHARD[part]]
        for part, listed in units(inputs).items()
        for start in range(0, len(listed), SHARD[part])
    ]
