"""Folders that hold the same events twice are said, and no others."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from evtcompat.sources.names.subject_histories import subject_histories
from evtcompat.sources.subjects.twin_trees import TwinTrees, twin_trees

EVENTS = ("Placed", "Paid", "Shipped")


def found(paths: Iterable[str]) -> list[TwinTrees]:
    return twin_trees(subject_histories(paths).all)


def laid(folder: str, suffix: str, versions: Iterable[str] = ("1.0.0", "2.0.0")) -> list[str]:
    return [f"{folder}/{event}/{version}.{suffix}" for event in EVENTS for version in versions]


@pytest.mark.parametrize(
    ("one", "other"), [("definitions", "schemas"), ("a/schemas", "a/src/domains")], ids=["beside", "at other depths"]
)
def test_the_same_events_in_the_same_versions_are_said_with_the_line_that_leaves_one_out(one: str, other: str) -> None:
    (twin,) = found([*laid(one, "yml"), *laid(other, "json")])
    assert twin == TwinTrees(one, other, len(EVENTS))
    assert twin.line == f'exclude = ["{one}"]'


APART = {
    "other versions": [*laid("a", "json"), *laid("b", "json", ["1.0.0"])],
    "few in common": [*laid("a", "json"), *(f"{top}/Lost/1.0.0.json" for top in ("b", "c")), "b/Found/1.0.0.json"],
    "no versions": [f"{top}/{event}.json" for top in ("a", "b") for event in EVENTS],
    "one folder": laid("a", "json"),
    "a name everywhere": [f"{top}/{event}/1.json" for top in "abcde" for event in EVENTS],
}


@pytest.mark.parametrize("case", APART)
def test_events_that_merely_have_a_name_in_common_are_not(case: str) -> None:
    assert found(APART[case]) == []
