"""Sets of exact numbers."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import reduce
from itertools import product
from operator import and_

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evtcompat.regular.numbers import (
    EMPTY,
    EVERY_NUMBER,
    INTEGERS,
    Numbers,
    at_least,
    at_most,
    common_multiple,
    exact,
    multiples_of,
    no_multiples_of,
    only,
    without,
    written,
)
from evtcompat.regular.steps import BudgetExceededError, Steps

#: Every multiple of 1/4 between -13 and 13 decides all conditions that the strategies below can build on that range.
GRID = [Fraction(index, 4) for index in range(-52, 53)]
VALUES = st.sampled_from([Fraction(index, 2) for index in range(-12, 13)])
STEPS = st.sampled_from([Decimal("0.25"), Decimal("0.5"), 1, Decimal("1.5"), 2, 3, 4, 6])
CONDITIONS = st.one_of(
    st.builds(at_least, VALUES, exclusive=st.booleans()),
    st.builds(at_most, VALUES, exclusive=st.booleans()),
    st.builds(multiples_of, STEPS),
    st.builds(no_multiples_of, STEPS),
    st.builds(without, st.sets(VALUES, max_size=3)),
    st.builds(only, VALUES),
    st.just(INTEGERS),
)
NUMBERS = st.lists(CONDITIONS, max_size=5).map(lambda parts: reduce(and_, parts, EVERY_NUMBER))


def steps() -> Steps:
    return Steps(100_000)


def on_grid(numbers: Numbers) -> set[Fraction]:
    return {value for value in GRID if value in numbers}


@given(NUMBERS, NUMBERS)
def test_intersection_holds_what_is_in_both(left: Numbers, right: Numbers) -> None:
    assert on_grid(left & right) == on_grid(left) & on_grid(right)
    assert left & right == right & left


@given(NUMBERS, NUMBERS, NUMBERS)
def test_intersection_is_associative(one: Numbers, two: Numbers, three: Numbers) -> None:
    assert on_grid((one & two) & three) == on_grid(one & (two & three))


@given(NUMBERS)
def test_the_complement_holds_exactly_the_rest(numbers: Numbers) -> None:
    outside = [on_grid(part) for part in numbers.complement()]
    assert on_grid(numbers).isdisjoint(set().union(*outside))
    assert on_grid(numbers).union(*outside) == set(GRID)


@given(NUMBERS, st.integers(1, 12))
def test_members_are_members_and_emptiness_is_never_claimed_wrongly(numbers: Numbers, wanted: int) -> None:
    found = numbers.members(wanted, steps())
    assert len(set(found)) == len(found)
    assert all(value in numbers for value in found)
    assert (len(found) > 0) == (not numbers.is_empty(steps()))
    if len(found) < wanted:
        assert on_grid(numbers) <= set(found)


@given(NUMBERS, NUMBERS)
def test_a_subset_has_no_member_outside(left: Numbers, right: Numbers) -> None:
    if left.subset(right, steps()):
        assert on_grid(left) <= on_grid(right)
        assert all(value in right for value in left.members(20, steps()))
    else:
        assert any(not (left & part).is_empty(steps()) for part in right.complement())


@given(NUMBERS, NUMBERS)
def test_a_set_is_the_union_of_its_intersection_and_its_difference_with_another(left: Numbers, right: Numbers) -> None:
    rest: set[Fraction] = set().union(*(on_grid(left & part) for part in right.complement()))
    assert on_grid(left & right) | rest == on_grid(left)
    assert on_grid(left & right).isdisjoint(rest)


@pytest.mark.parametrize(
    ("numbers", "nicest"),
    [
        (EVERY_NUMBER, 0),
        (INTEGERS & at_least(0, exclusive=True) & at_most(1, exclusive=True), None),
        (at_least(0, exclusive=True) & at_most(1, exclusive=True), "0.1"),
        (INTEGERS & without([0]), 1),
        (INTEGERS & without([0, 1]), -1),
        (at_least(17), 17),
        (at_least(17, exclusive=True), 18),
        (at_most(-3), -3),
        (at_least(Decimal("1.25")) & at_most(Decimal("1.75")), "1.3"),
        (multiples_of(6) & no_multiples_of(3), None),
        (multiples_of(6) & no_multiples_of(4), 6),
        (multiples_of(4) & no_multiples_of(6), 4),
        (multiples_of(4) & no_multiples_of(6) & at_least(9), 16),
        (INTEGERS & no_multiples_of(2) & no_multiples_of(3) & at_least(8) & at_most(10), None),
        (INTEGERS & no_multiples_of(2) & no_multiples_of(3) & at_least(8) & at_most(11), 11),
        (multiples_of(0.1) & at_least(0.25) & at_most(0.3), "0.3"),
        (multiples_of(0.1) & at_least(0.25) & at_most(0.3, exclusive=True), None),
        (multiples_of(Decimal("0.01")) & no_multiples_of(Decimal("0.1")), "0.01"),
        (no_multiples_of(1), "0.1"),
        (no_multiples_of(1) & no_multiples_of(Decimal("0.001")), "0.0001"),
        (only(3) & INTEGERS, 3),
        (only(Decimal("3.5")) & INTEGERS, None),
        (only(3) & without([3]), None),
        (at_least(3) & at_most(3, exclusive=True), None),
        (at_least(2**53) & at_most(2**53 + 1) & without([2**53]) & INTEGERS, 2**53 + 1),
        (at_least(Decimal("1e400")), 10**400),
        (at_least(Decimal("1e-400")) & at_most(Decimal("1e-399"), exclusive=True), "1e-400"),
        (INTEGERS & at_least(Decimal("1e400")) & at_most(Decimal("1e400")) & no_multiples_of(7), 10**400),
        (EMPTY, None),
    ],
)
def test_the_nicest_member(numbers: Numbers, nicest: int | str | None) -> None:
    found = numbers.smallest(steps())
    assert found == (None if nicest is None else Fraction(nicest))


@pytest.mark.parametrize(
    ("number", "value"),
    [
        (0.1, Fraction(1, 10)),
        (1e308, Fraction(10**308)),
        (Decimal("1e400"), Fraction(10**400)),
        (2**53 + 1, Fraction(2**53 + 1)),
    ],
)
def test_a_number_counts_as_it_is_written(number: float | Decimal, value: Fraction) -> None:
    assert exact(number) == value


def test_exactness_where_floats_fail() -> None:
    assert 0.3 in multiples_of(0.1)
    assert 1e308 in multiples_of(0.1)
    assert 2**53 + 1 not in only(2**53)
    assert Decimal("19.99") in multiples_of(0.01)
    assert Decimal("0.1000000000000000055511151231257827") not in only(0.1)


@pytest.mark.parametrize(
    "number", [Decimal("1e100000"), Decimal("-1e100000"), Decimal("1e-100000"), pytest.param(10**100_000, id="int")]
)
def test_a_number_of_absurd_length_is_refused_before_it_costs_anything(number: int | Decimal) -> None:
    with pytest.raises(BudgetExceededError, match="digits"):
        exact(number)


@pytest.mark.parametrize(
    "number", [float("inf"), float("nan"), Decimal("Infinity"), Decimal("NaN"), Decimal("sNaN"), Fraction(1, 3)]
)
def test_what_is_no_decimal_number_is_refused(number: float | Decimal | Fraction) -> None:
    with pytest.raises(ValueError, match="no "):
        exact(number)


@pytest.mark.parametrize("step", [0, -1, Decimal("-0.5")])
def test_multiples_of_nothing_positive_are_refused(step: int | Decimal) -> None:
    for build in (multiples_of, no_multiples_of):
        with pytest.raises(ValueError, match="make no sense"):
            build(step)


def test_few_members_are_all_listed_and_many_are_not() -> None:
    digits = INTEGERS & at_least(1) & at_most(4) & no_multiples_of(3)
    assert digits.finite_members(3, steps()) == (Fraction(1), Fraction(2), Fraction(4))
    assert digits.finite_members(2, steps()) is None
    assert at_least(1).finite_members(100, steps()) is None
    assert (at_least(1) & at_most(2)).finite_members(100, steps()) is None
    assert EMPTY.finite_members(0, steps()) == ()


def test_a_search_without_end_in_sight_stops_at_the_budget() -> None:
    excluded = INTEGERS & without(range(-1000, 1000))
    assert excluded.smallest(steps()) == 1000
    with pytest.raises(BudgetExceededError):
        excluded.smallest(Steps(500))


@pytest.mark.parametrize(
    ("left", "right"), list(product([Fraction(3, 2), Fraction(4), Fraction(1, 10), Fraction(25, 100)], repeat=2))
)
def test_a_common_multiple_is_the_least(left: Fraction, right: Fraction) -> None:
    found = common_multiple(left, right)
    candidates = (left * factor for factor in range(1, 1000))
    assert found == next(value for value in candidates if (value / right).denominator == 1)


@given(st.fractions(max_denominator=1).flatmap(lambda top: st.integers(0, 8).map(lambda places: top / 10**places)))
def test_a_written_number_reads_as_itself(value: Fraction) -> None:
    shown = written(value)
    assert Fraction(str(shown)) == value
    assert isinstance(shown, int) == (value.denominator == 1)
