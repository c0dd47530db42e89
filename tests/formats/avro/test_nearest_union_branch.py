"""The branch of a reader's union that a type is judged by is the nearest that reads it, not the first.

Each pair is decided without an explanation, and its explanation comes to the same verdict.
"""

from __future__ import annotations

from typing import Any

import pytest

from evtcompat.formats.avro.matching import distance
from evtcompat.formats.base import Options
from evtcompat.model.verdicts import Verdict
from formats.avro.comparing import ENGINE, errors, parsed

MILLIS = {"type": "long", "logicalType": "timestamp-millis"}
MICROS = {"type": "long", "logicalType": "timestamp-micros"}


def fixed(name: str, scale: int, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON values
    decimal = {"logicalType": "decimal", "precision": 4, "scale": scale}
    return {"type": "fixed", "name": name, "size": 4, **decimal, **more}


def enum(name: str, *symbols: str) -> dict[str, Any]:
    return {"type": "enum", "name": name, "symbols": list(symbols)}


def record(name: str, inner: Any, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - idem
    return {"type": "record", "name": name, "fields": [{"name": "at", "type": inner}], **more}


CASES: dict[str, tuple[Any, Any, bool]] = {
    "a promotion stands first, the own kind counts in another unit": (["double", MICROS], MILLIS, False),
    "a promotion stands first, the own kind reads it as it is": (["double", MILLIS], MILLIS, True),
    "the own kind stands first": ([MILLIS, "double"], MILLIS, True),
    "only promotions, the first is judged": (["double", "float"], "long", True),
    "a fixed of the same short name stands first with another scale": (
        [fixed("a.F", 1), fixed("b.F", 2)],
        fixed("b.F", 2),
        True,
    ),
    "a fixed of the same full name has another scale": ([fixed("a.F", 2), fixed("b.F", 1)], fixed("b.F", 2), False),
    "the fixed of the full name does not read it": ([fixed("a.F", 1), fixed("b.F", 2, size=8)], fixed("b.F", 2), False),
    "an alias is as near as the name": ([fixed("a.F", 1), fixed("G", 2, aliases=["b.F"])], fixed("b.F", 2), True),
    "an enum changes no meaning": ([enum("a.E", "X", "Y"), enum("b.E", "X")], enum("b.E", "X"), True),
    "a record without aliases is the one of its short name": ([record("a.R", MICROS)], record("b.R", MILLIS), False),
}


@pytest.mark.parametrize("name", CASES)
def test_a_type_is_judged_by_the_nearest_branch(name: str) -> None:
    reader, writer, harmless = CASES[name]
    ours, theirs = parsed(reader), parsed(writer)
    answer = ENGINE.compare(ours, theirs, Options(witnesses=False))
    assert answer.verdict is not None
    told = errors(answer.explanation())
    # What a decoder makes of the union has rules of its own; here it counts what the types mean.
    meaning = [one for one in told if "changed" in one.rule]
    assert (not meaning) is harmless
    assert (answer.verdict is Verdict.COMPATIBLE) is (not told)


def test_nearer_is_the_own_kind_and_the_own_name() -> None:
    reader = parsed(
        [fixed("a.F", 1), fixed("b.F", 1), fixed("G", 1, aliases=["b.F"]), fixed("H", 1), "double", "string"]
    )
    branches = reader.root.branches  # type: ignore[union-attr]  # a union, as written
    writer = parsed(fixed("b.F", 1)).root
    assert [distance(branch, writer) for branch in branches] == [1, 0, 0, 2, 4, 4]
    assert [distance(branch, parsed("int").root) for branch in branches[-2:]] == [3, 4]
