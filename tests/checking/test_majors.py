"""Which names of versions declare that they break what came before."""

from __future__ import annotations

import pytest

from evtcompat.checking.majors import major

LABELS = {
    "2-0-0": 2, "1.4.0-rc.1": 1, "3_0_1": 3, "2026.4.0": 2026,
    "3": None, "1.4": None, "2026-04": None, "2026-04-01": None, "2026-04-01-draft": None, "2026.04.01": None,
}  # fmt: skip


@pytest.mark.parametrize("label", LABELS)
def test_three_numbers_declare_and_a_date_does_not(label: str) -> None:
    """A year is no major version: what breaks from one day to the next fails the run, also across a year."""
    assert major(label) == LABELS[label]
