"""A pointer leads to one place, and what leads nowhere is an error."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evtcompat.model.json_types import JSON
from evtcompat.model.places import child, tokens
from evtcompat.model.pointers import document_order, found_at, resolved, stepped

VALUES: st.SearchStrategy[JSON] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("~/0a "), inner, max_size=3),
    max_leaves=8,
)


def places(value: JSON, pointer: str = "") -> Iterator[tuple[str, JSON]]:
    """Every pointer into a value, with what it leads to."""
    yield pointer, value
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in members:
        yield from places(inner, child(pointer, step))


@given(VALUES)
def test_every_pointer_leads_to_its_own_place(value: JSON) -> None:
    for pointer, inner in places(value):
        assert resolved(value, tokens(pointer)) is inner
        assert found_at(value, tokens(pointer)) is inner


@pytest.mark.parametrize("path", [("b",), ("a", "2"), ("a", "-1"), ("a", "x"), ("a", "0", "c"), (0,), ("a", "\u0662")])
def test_what_leads_nowhere_is_an_error(path: tuple[str | int, ...]) -> None:
    value: JSON = {"a": ["x", {"0": 1}]}
    with pytest.raises(LookupError):
        resolved(value, path)
    assert found_at(value, path) is None


def test_an_index_is_a_number_or_its_digits_in_lists_only() -> None:
    assert stepped(["x"], 0) == stepped(["x"], "0") == "x"
    assert stepped({"0": "x"}, "0") == "x"
    with pytest.raises(LookupError):
        stepped({"0": "x"}, 0)


def test_items_are_in_the_order_of_their_positions() -> None:
    pointers = [f"/a/{index}/b" for index in range(12)]
    assert sorted(sorted(pointers), key=document_order) == pointers
