"""Which names of versions declare that they break what came before."""

from __future__ import annotations

import pytest

from evtcompat.checking.majors import in_the_making, major

LABELS = {
    "2-0-0": 2, "1.4.0-rc.1": 1, "3_0_1": 3, "2026.4.0": 2026,
    "3": None, "1.4": None, "2026-04": None, "2026-04-01": None, "2026-04-01-draft": None, "2026.04.01": None,
}  # fmt: skip


@pytest.mark.parametrize("label", LABELS)
def test_three_numbers_declare_and_a_date_does_not(label: str) -> None:
    """A year is no major version: what breaks from one day to the next fails the run, also across a year."""
    assert major(label) == LABELS[label]


@pytest.mark.parametrize(
    ("label", "draft"),
    [("2026-04-draft", True), ("1.0-SNAPSHOT", True), ("3.0.0-dev", True), ("2.0.0-rc.1", False), ("2", False)],
)
def test_a_draft_may_be_edited_and_a_release_candidate_is_published(label: str, *, draft: bool) -> None:
    assert in_the_making(label) is draft
