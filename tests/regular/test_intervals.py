"""Intervals of natural numbers."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from evtcompat.regular.intervals import EMPTY, FULL, Interval, union

INTERVALS = st.builds(Interval, st.integers(-2, 9), st.none() | st.integers(-2, 9))
RANGE = range(14)


def inside(*intervals: Interval) -> set[int]:
    """The members up to a number beyond which none of the intervals changes any more."""
    return {number for number in RANGE if any(number in interval for interval in intervals)}


@given(INTERVALS, INTERVALS)
def test_equal_sets_are_equal_values(left: Interval, right: Interval) -> None:
    assert (left == right) == (inside(left) == inside(right))


@given(INTERVALS, INTERVALS)
def test_operations_are_those_of_sets(left: Interval, right: Interval) -> None:
    assert inside(left & right) == inside(left) & inside(right)
    assert inside(*left.complement()) == set(RANGE) - inside(left)
    assert inside(*left.minus(right)) == inside(left) - inside(right)
    assert (left <= right) == (inside(left) <= inside(right))


@given(INTERVALS, INTERVALS)
def test_a_difference_and_the_intersection_make_up_the_whole_without_overlap(left: Interval, right: Interval) -> None:
    pieces = (*left.minus(right), left & right)
    assert union(pieces) == union((left,))
    assert sum(len(inside(piece)) for piece in pieces) == len(inside(left))


@given(st.lists(INTERVALS, max_size=5))
def test_a_union_is_ascending_with_gaps_and_keeps_all_members(intervals: list[Interval]) -> None:
    merged = union(intervals)
    assert inside(*merged) == inside(*intervals)
    for left, right in pairwise(merged):
        assert left.high is not None
        assert left.high + 1 < right.low


@given(INTERVALS, st.integers(-5, 5))
def test_shifting_moves_every_member_that_stays_natural(interval: Interval, distance: int) -> None:
    expected = {number + distance for number in range(30) if number in interval} & set(RANGE)
    assert inside(interval.shifted(distance)) == expected


def test_the_size_counts_members() -> None:
    assert (EMPTY.size, FULL.size, Interval(2, 4).size) == (0, None, 3)
    assert EMPTY.empty
    assert FULL.full
    assert (str(EMPTY), str(FULL), str(Interval(2, 4))) == ("{}", "[0, ∞)", "[2, 4]")
