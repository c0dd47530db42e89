"""The small tools of the explanation: paths by names, matchings, lists in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evtcompat.formats.json_schema.confluent.matching import matching
from evtcompat.formats.json_schema.describe.wording import joined, listed
from evtcompat.formats.json_schema.lint import instance_paths as names


@pytest.mark.parametrize(
    ("pointer", "path"),
    [
        ("", ""),
        ("/properties/lines/items/properties/price/maximum", "lines[].price"),
        ("/properties/labels/additionalProperties/type", "labels.*"),
        ("/properties/point/items/0", "point[0]"),
        ("/properties/point/prefixItems/1/type", "point[1]"),
        ("/allOf/1/properties/a~1b", '["a/b"]'),
        ("/patternProperties/^x-/minLength", "/^x-/"),
        ("/definitions/money/properties/amount", "money.amount"),
        ("/properties/properties/properties/items/items", "properties.items[]"),
        ("/anyOf/0/then/properties/a", "a"),
    ],
)
def test_a_pointer_is_told_by_names(pointer: str, path: str) -> None:
    """Keywords of combination disappear, names that look like keywords stay."""
    assert names.of_pointer(pointer) == path


@pytest.mark.slow
@given(st.sets(st.tuples(st.integers(0, 4), st.integers(0, 4))))
def test_a_matching_is_as_large_as_can_be(edges: set[tuple[int, int]]) -> None:
    """No two edges share an end, and trying all choices finds none that is larger."""
    found = matching(5, lambda _: range(5), lambda left, right: (left, right) in edges)
    assert found <= edges
    assert len({left for left, _ in found}) == len({right for _, right in found}) == len(found)

    def largest(lefts: list[int], used: frozenset[int]) -> int:
        if not lefts:
            return 0
        rest = lefts[1:]
        taken = [1 + largest(rest, used | {right}) for left, right in edges if left == lefts[0] and right not in used]
        return max([largest(rest, used), *taken])

    assert len(found) == largest(sorted({left for left, _ in edges}), frozenset())


def test_ends_that_are_taken_are_not_asked_about_while_one_is_free() -> None:
    """Where each end may be joined to each, as many are looked at as there are ends, and not all pairs of them."""
    asked: list[tuple[int, int]] = []

    def joined(left: int, right: int) -> bool:
        asked.append((left, right))
        return True

    assert matching(20, lambda _: range(20), joined) == {(end, end) for end in range(20)}
    assert len(asked) == 20


def test_long_lists_are_cut_and_short_ones_joined() -> None:
    """A message stays readable whatever the schema lists."""
    assert listed(list(range(9))) == "0, 1, 2, 3, 4, 5 and 3 more"
    assert joined(("string",)) == "string"
    assert joined(("string", "number", "null")) == "string, number or null"
