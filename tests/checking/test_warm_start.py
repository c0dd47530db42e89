"""A history is explained as its pairs are: what one explanation leaves for the next saves work, and decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from jsonschema import Draft202012Validator

from evtcompat import check
from evtcompat.model.findings import Finding
from evtcompat.model.json_types import JSON
from evtcompat.model.levels import Direction

_MODERN = "https://json-schema.org/draft/2020-12/schema"
_COUNT = 6


def _kind(index: int, required: list[str]) -> JSON:
    members: dict[str, JSON] = {"kind": {"const": f"k{index}"}}
    members.update((name, {"type": "string"}) for name in required)
    return {"type": "object", "properties": members, "required": ["kind", *required]}


def _union(version: int) -> JSON:
    """Of six kinds, of which one more requires something with each version."""
    kinds = [_kind(index, [f"r{v}" for v in range(version) if v % _COUNT == index]) for index in range(_COUNT)]
    return {"$schema": _MODERN, "oneOf": kinds}


def _nested(version: int) -> JSON:
    """Objects within objects, of which one more has a higher minimum with each version."""
    part: JSON = {"type": "integer"}
    for depth in range(_COUNT):
        least = sum(1 for v in range(version) if v % _COUNT == depth)
        part = {"type": "object", "properties": {"n": {"type": "integer", "minimum": least}, "inner": part}}
    return {"$schema": _MODERN, **part} if isinstance(part, dict) else part


def _narrowing(version: int) -> JSON:
    """A property whose values become fewer, and one that is taken away and comes again."""
    members: dict[str, JSON] = {"state": {"enum": [f"s{i}" for i in range(12 - version)]}}
    return {"$schema": _MODERN, "properties": members | ({"note": {"type": "string"}} if version % 2 else {})}


def _told(findings: Iterable[Finding]) -> list[tuple[object, ...]]:
    """What does not depend on what versions are called."""
    return sorted((one.rule, one.severity.value, one.reader.pointer, one.writer.pointer) for one in findings)


@pytest.mark.slow
@pytest.mark.parametrize("make", [_union, _nested, _narrowing])
def test_each_pair_of_a_history_has_the_findings_that_it_has_alone(make: Callable[[int], JSON]) -> None:
    """At the same places, each with a payload that the reader of this very pair was seen to refuse."""
    versions = [make(version) for version in range(9)]
    whole = check(candidate=versions[-1], history=versions[:-1], level="FULL_TRANSITIVE").subjects[0].comparisons
    for index, old in enumerate(versions[:-1]):
        alone = check(candidate=versions[-1], history=[old], level="FULL_TRANSITIVE").subjects[0].comparisons
        for one, other in zip(whole[2 * index : 2 * index + 2], alone, strict=True):
            assert one.direction is other.direction
            assert one.result.verdict is other.result.verdict
            assert one.result.undecided == other.result.undecided
            assert _told(one.result.findings) == _told(other.result.findings)
            for each in one.result.findings:
                assert each.witness is not None
                assert each.witness.confirmed_by
                reader, writer = (versions[-1], old) if one.direction is Direction.BACKWARD else (old, versions[-1])
                assert not Draft202012Validator(reader).is_valid(each.witness.value)
                assert Draft202012Validator(writer).is_valid(each.witness.value)
