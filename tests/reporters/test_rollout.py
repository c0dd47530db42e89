"""Who deploys first: the sentence never promises more than the settled directions allow."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evtcompat.checking.rollout import RolloutOrder, directions_of, order, rollout, rollout_of_run, rollout_of_subject
from evtcompat.model.findings import Finding, WaivedBy
from evtcompat.model.levels import Direction, Level
from evtcompat.model.owners import Owners
from evtcompat.model.places import Place
from evtcompat.model.reports import Comparison, DirectedComparison, Problem, SchemaName, SubjectReport
from evtcompat.model.verdicts import Severity, Verdict

B, F = Direction.BACKWARD, Direction.FORWARD
GOOD, BAD, OPEN = Verdict.COMPATIBLE, Verdict.INCOMPATIBLE, Verdict.UNDECIDED
OWNERS = Owners(producers=("checkout",), consumers=("shipping", "billing"))


def subject(name: str, backward: Verdict | None, forward: Verdict | None, level: Level = Level.FULL) -> SubjectReport:
    comparisons = tuple(
        DirectedComparison(direction, SchemaName(f"{name}-v2.avsc", "2"), Comparison(verdict))
        for direction, verdict in ((B, backward), (F, forward))
        if verdict is not None
    )
    return SubjectReport(name, "avro", level, SchemaName(f"{name}-v3.avsc", "3"), GOOD, comparisons)


@pytest.mark.parametrize(
    ("backward", "forward", "expected"),
    [
        (GOOD, GOOD, RolloutOrder.ANY),
        (GOOD, BAD, RolloutOrder.CONSUMERS_FIRST),
        (GOOD, OPEN, RolloutOrder.CONSUMERS_FIRST),
        (GOOD, None, RolloutOrder.CONSUMERS_FIRST),
        (BAD, GOOD, RolloutOrder.PRODUCERS_FIRST),
        (OPEN, GOOD, RolloutOrder.PRODUCERS_FIRST),
        (None, GOOD, RolloutOrder.PRODUCERS_FIRST),
        (BAD, BAD, RolloutOrder.NONE),
        (BAD, None, RolloutOrder.UNKNOWN),
        (BAD, OPEN, RolloutOrder.UNKNOWN),
        (None, BAD, RolloutOrder.UNKNOWN),
        (None, None, RolloutOrder.UNKNOWN),
        (Verdict.UNCHECKED, GOOD, RolloutOrder.PRODUCERS_FIRST),
        (Verdict.UNCHECKED, BAD, RolloutOrder.UNKNOWN),
    ],
)
def test_an_order_is_promised_only_by_a_direction_that_holds(
    backward: Verdict | None, forward: Verdict | None, expected: RolloutOrder
) -> None:
    directions = {d: v for d, v in ((B, backward), (F, forward)) if v is not None}
    assert order(directions) is expected


def test_the_sentences() -> None:
    def say(backward: Verdict | None, forward: Verdict | None, level: Level = Level.FULL, **named: Owners) -> str:
        directions = {d: v for d, v in ((B, backward), (F, forward)) if v is not None}
        return rollout("order", directions, level, named.get("owners"), old="v2", new="v3")

    assert say(GOOD, GOOD) == (
        "any order (consumers on v3 read events written with v2, and consumers on v2 read events written with v3)."
    )
    assert say(GOOD, BAD) == "consumers first (consumers on v3 read events written with v2); then the producers."
    assert say(GOOD, BAD, owners=OWNERS) == (
        "consumers first: shipping, billing (consumers on v3 read events written with v2); then the producer: checkout."
    )
    assert say(BAD, GOOD) == (
        "producers first (consumers on v2 read events written with v3); "
        "move a consumer to v3 only when no event written with v2 is left, replays included."
    )
    assert say(GOOD, None, Level.BACKWARD) == (
        "consumers first (consumers on v3 read events written with v2); then the producers. "
        "Whether producers may go first is not known: level BACKWARD does not check forward."
    )
    assert say(BAD, None, Level.BACKWARD) == (
        "not consumers first (it does not hold that consumers on v3 read events written with v2). "
        "Whether producers may go first is not known: level BACKWARD does not check forward."
    )
    assert say(OPEN, OPEN) == "the order is not known: backward is undecided and forward is undecided."
    assert say(None, None, Level.NONE) == "the order is not known: level NONE checks neither direction."
    assert say(BAD, BAD).startswith("no order is safe for order: expand and contract. (1) Publish")
    assert "Move all consumers: shipping, billing to it" in say(BAD, BAD, owners=OWNERS)


def test_a_service_on_both_sides_is_told_to_release_twice() -> None:
    owners = Owners(producers=("ledger",), consumers=("ledger", "audit"))
    said = rollout("order", {B: GOOD, F: BAD}, Level.FULL, owners, old="v2", new="v3")
    assert said == (
        "consumers first: audit (consumers on v3 read events written with v2); then the producers. "
        "ledger writes and reads it: let it read v3 first, and write it in a later release."
    )


def test_a_waived_break_still_decides_the_order() -> None:
    """A waiver makes the verdict compatible; it does not make a consumer able to read."""
    from datetime import date

    finding = Finding("r", Severity.ERROR, "m", Place(), Place(), waived=WaivedBy("why", "who", date(2030, 1, 1)))
    waived = DirectedComparison(B, SchemaName("a", "1"), Comparison(GOOD, (finding,)))
    fine = DirectedComparison(F, SchemaName("a", "1"), Comparison(GOOD))
    assert directions_of((waived, fine)) == {B: BAD, F: GOOD}


def test_over_several_baselines_a_direction_is_as_good_as_its_worst() -> None:
    comparisons = tuple(
        DirectedComparison(B, SchemaName("a", str(index)), Comparison(verdict))
        for index, verdict in enumerate((GOOD, OPEN, BAD, GOOD))
    )
    assert directions_of(comparisons) == {B: BAD}
    assert directions_of(comparisons[:2]) == {B: OPEN}


def test_a_baseline_that_could_not_be_compared_leaves_no_direction_settled() -> None:
    """The comparisons that did work say nothing about the version that did not parse."""
    report = replace(subject("order", GOOD, BAD), problems=(Problem("v1 does not parse"),))
    assert rollout_of_subject(report) == (
        "not producers first (it does not hold that consumers on v2 read events written with v3). "
        "Whether consumers may go first is not known: backward was not checked."
    )


def test_a_run_with_one_compared_subject_says_what_that_subject_says() -> None:
    only = subject("order", GOOD, BAD)
    assert rollout_of_run([only]) == rollout_of_subject(only)
    assert rollout_of_run([]) == ""
    assert rollout_of_run([subject("order", None, None)]) == ""


@pytest.mark.parametrize(
    ("versions", "said"),
    [
        (["2"], "written with v2)"),
        (["1", "2"], "written with v1 or v2)"),
        (["0.9", "1", "2"], "written with v0.9, v1 or v2)"),
        (["0", "1", "2", "2.1"], "written with any earlier version)"),
        (["2", "3"], "written with v2 or v3 as published)"),
        ([None], "written with what is deployed)"),
    ],
)
def test_the_older_versions_are_called_by_their_names(versions: list[str | None], said: str) -> None:
    comparisons = tuple(
        DirectedComparison(direction, SchemaName("x", version), Comparison(GOOD if direction is B else BAD))
        for version in versions
        for direction in Direction
    )
    assert f"(consumers on v3 read events {said}" in rollout_of_subject(
        replace(subject("a", None, None), comparisons=comparisons)
    )


def test_what_did_not_change_is_not_deployed() -> None:
    """Unless a schema that it refers to changed: then its own file is the same, and its meaning is not."""
    unchanged = replace(subject("a", GOOD, GOOD), state="unchanged")
    assert rollout_of_subject(unchanged) == ""
    assert rollout_of_run([unchanged, subject("b", GOOD, BAD)]) == rollout_of_subject(subject("b", GOOD, BAD))
    by_reference = replace(subject("a", GOOD, BAD), state="unchanged")
    assert rollout_of_subject(by_reference).startswith("consumers first")


def test_a_run_groups_subjects_that_need_different_orders() -> None:
    said = rollout_of_run([subject("a", GOOD, BAD), subject("b", BAD, GOOD), subject("c", BAD, BAD)], unchecked=["d"])
    assert said == (
        "consumers first: a; producers first, consumers when no older event is left: b; "
        "no order is safe, expand and contract: c. Nothing is known about d: not checked."
    )


def test_two_files_of_one_subject_are_both_said() -> None:
    said = rollout_of_run([subject("a", GOOD, BAD), subject("a", BAD, GOOD)])
    assert said == "consumers first: a; producers first, consumers when no older event is left: a."


def test_services_are_put_in_waves_that_respect_every_subject() -> None:
    """`a` flows checkout -> billing, `b` billing -> mail: readers before writers is mail, billing, checkout."""
    owners = {"a": Owners(("checkout",), ("billing",)), "b": Owners(("billing",), ("mail",))}
    said = rollout_of_run([subject("a", GOOD, BAD), subject("b", GOOD, BAD)], owners)
    assert said == (
        "consumers first, then the producers, for every subject. Services: mail; then billing; then checkout."
    )


def test_orders_that_contradict_each_other_are_told() -> None:
    owners = {"a": Owners(("x",), ("y",)), "b": Owners(("y",), ("x",))}
    said = rollout_of_run([subject("a", GOOD, BAD), subject("b", GOOD, BAD)], owners)
    assert "No single order of the services fits all subjects (x, y wait for each other)" in said
