"""Mistakes planted into a right consumer are found where they show, and nothing is reported of right ones."""

from __future__ import annotations

import pytest

from evtcompat.exercise.oracle import Declared
from evtcompat.exercise.payloads import Sequence
from evtcompat.exercise.report import ExerciseReport
from evtcompat.exercise.run import exercise
from evtcompat.exercise.transports.base import Transport
from exercise.inline import _inline  # noqa: F401 - a fixture
from exercise.ledger_samples import MISTAKES, PAYLOADS
from exercise.samples import order, wrong


def ledger(
    new: str,
    *sequences: Sequence,
    old: str | None = "old",
    transport: Transport | None = None,
    declared: tuple[Declared, ...] = (),
) -> ExerciseReport:
    """An exercise of a consumer of `order-priced`."""
    named = None if old is None else f"ledger:{old}"
    chosen = sequences or tuple(Sequence)
    request = order(
        old=named, new=f"ledger:{new}", payloads=PAYLOADS, sequences=chosen, transport=transport, declared=declared
    )
    return exercise(request)


def said(report: ExerciseReport) -> str:
    """Everything that the failures say."""
    failures = [failure for cell in report.cells for failure in cell.failures]
    return "\n".join([line for one in failures for line in (one.message, *map(str, one.differences))])


@pytest.mark.usefixtures("_inline")
@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_planted_mistake_is_found(mistake: str) -> None:
    word, sequence = MISTAKES[mistake]
    found = wrong(ledger(mistake, sequence))
    assert word in found.values(), found
    assert all("/ new /" in name or ": new /" in name for name in found), "the old consumer is right"


@pytest.mark.slow
@pytest.mark.usefixtures("_inline")
@pytest.mark.parametrize(("old", "new"), [("old", "new"), ("old", "old"), (None, "new"), ("noisy_old", "noisy_new")])
def test_nothing_is_reported_of_right_consumers(old: str | None, new: str) -> None:
    """In any delivery, with an old one beside it or alone, and with words that differ from run to run."""
    report = ledger(new, old=old)
    assert wrong(report) == {}, said(report)


#: Mistakes that a consumer alone shows, for the schema says what it saw.
ALONE = (
    "wrong_default", "wrong_default_of_a_flag", "amount_off_by_ten", "amount_off_by_a_hundred", "amount_rounded",
    "sign_lost", "wrong_unit", "lost_null", "null_for_empty", "text_cut", "list_reordered", "list_cut",
    "symbol_taken_for_another", "flag_inverted", "timestamp_off_by_a_thousand", "timestamp_cut_to_the_day",
    "half_dropped",
)  # fmt: skip


@pytest.mark.usefixtures("_inline")
@pytest.mark.parametrize("mistake", ALONE)
def test_the_schema_alone_shows_a_mistake(mistake: str) -> None:
    found = set(wrong(ledger(mistake, Sequence.ONCE, old=None)).values())
    assert found
    assert found <= {"misread", "no effect"}


@pytest.mark.usefixtures("_inline")
def test_noise_is_found_by_running_the_old_consumer_twice_named_and_left_out() -> None:
    report = ledger("noisy_amount_off", Sequence.ONCE, old="noisy_old")
    assert set(wrong(report).values()) == {"differs"}
    assert "/o1/total: 12.75 in the old consumer, 127.5 in the new one" in said(report)
    assert "stamp" not in said(report)
    assert any("/o1/stamp" in note for note in report.notes)


@pytest.mark.usefixtures("_inline")
def test_a_declared_difference_is_no_failure_and_is_told_with_its_reason() -> None:
    reason = "amounts are in tenths since 2.0"
    declared = (Declared("/*/total", reason), Declared("/*/colour", "never"))
    report = ledger("amount_off_by_ten", Sequence.ONCE, Sequence.SHUFFLED, declared=declared)
    assert wrong(report) == {}
    assert [note for note in report.notes if note.startswith("intended")] == [
        f"intended difference at /*/total, as declared: {reason}",
        "intended difference at /*/colour, declared, but not seen: never",
    ]


@pytest.mark.usefixtures("_inline")
def test_a_number_that_is_off_by_a_factor_is_told_so() -> None:
    assert "too large by a factor of 10" in said(ledger("amount_off_by_ten", Sequence.ONCE, old=None))
    assert "too small by a factor of 1,000" in said(ledger("wrong_unit", Sequence.ONCE, old=None))


@pytest.mark.long
@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_planted_mistake_is_found_over_a_broker(mistake: str, queue: Transport) -> None:
    """In a process of its own, over each broker that is quick to hand out records."""
    word, sequence = MISTAKES[mistake]
    found = wrong(ledger(mistake, sequence, transport=queue))
    names = {name.partition(":")[0] for name, one in found.items() if one == word}
    assert names == {"in process", queue.name}
