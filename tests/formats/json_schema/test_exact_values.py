"""When two JSON values are one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amounts import examples
from evtcompat.formats.json_schema import exact

_SCALARS = st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from([0.0, 1.0, -0.0, 1.5, "", "1", "true"])
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2)
)


@pytest.mark.slow
@settings(max_examples=examples(300))
@given(one=_VALUES, other=_VALUES)
def test_two_values_are_the_same_exactly_if_their_keys_are(one: Any, other: Any) -> None:  # noqa: ANN401 - any value
    assert exact.same(one, other) == (exact.key(one) == exact.key(other))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [([1], [1.0], True), ([1], [True], False), ({"a": 0}, {"a": False}, False), ([], {}, False), ([1], [1, 2], False)],
)
def test_a_number_is_no_boolean_however_python_compares_them(one: object, other: object, *, expected: bool) -> None:
    assert exact.same(one, other) is expected


def test_values_are_compared_however_deep_they_are() -> None:
    def nested(leaf: object) -> object:
        for _ in range(5_000):
            leaf = {"a": [leaf]}
        return leaf

    assert exact.same(nested(1), nested(1.0))
    assert not exact.same(nested(1), nested(2))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1.0", 1),
        ("-0.0", 0),
        ("1E+3", 1000),
        ("0.50", "0.5"),
        ("12e-4", "0.0012"),
        (f"0.{'1' * 60}0", f"0.{'1' * 60}"),
    ],
)
def test_a_decimal_is_written_with_the_fewest_digits_and_none_is_lost(written: str, expected: int | str) -> None:
    number = Decimal(written)
    found = exact.shortest(number)
    assert found == number
    assert (found if isinstance(found, int) else str(found)) == expected
    assert exact.key(number) == exact.key(found)
    assert hash(exact.key(number)) == hash(exact.key(found))
