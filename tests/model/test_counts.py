"""Counts in words: one of something is told as one."""

from __future__ import annotations

import pytest

from evtcompat.model.counts import counted


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 events"), (1, "1 event"), (2, "2 events"), (12_345, "12,345 events")]
)
def test_one_is_told_as_one(count: int, words: str) -> None:
    assert counted(count, "event") == words


def test_what_is_said_of_several_may_differ_by_more_than_a_letter() -> None:
    assert counted(1, "byte is", "bytes are") == "1 byte is"
    assert counted(2, "byte is", "bytes are") == "2 bytes are"
