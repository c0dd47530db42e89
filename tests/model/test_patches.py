"""RFC 6902: an operation changes its place and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amounts import examples
from evtcompat.model.json_types import JSON
from evtcompat.model.patches import Operation, add, apply_patch, move, remove, replace

DOCUMENT: JSON = {"required": ["a", "b"], "properties": {"a": {"type": "string"}}, "a/b": 1}


@pytest.mark.parametrize(
    ("operation", "path", "expected"),
    [
        (remove("/required/0"), ("required",), ["b"]),
        (add("/required/-", "c"), ("required",), ["a", "b", "c"]),
        (add("/required/1", "c"), ("required",), ["a", "c", "b"]),
        (replace("/required/1", "c"), ("required",), ["a", "c"]),
        (add("/properties/b", {}), ("properties",), {"a": {"type": "string"}, "b": {}}),
        (move("/properties/a", "/properties/c"), ("properties",), {"c": {"type": "string"}}),
        (replace("/a~1b", 2), ("a/b",), 2),
    ],
)
def test_an_operation_changes_its_place_only(
    operation: dict[str, object], path: tuple[str, ...], expected: JSON
) -> None:
    """The rest is shared with the original, which stays as it was."""
    before = repr(DOCUMENT)
    after = apply_patch(DOCUMENT, (operation,))
    assert isinstance(after, dict)
    assert isinstance(DOCUMENT, dict)
    assert after[path[0]] == expected
    assert all(after[name] is DOCUMENT[name] for name in DOCUMENT if name != path[0])
    assert repr(DOCUMENT) == before


@pytest.mark.parametrize(
    "operation", [remove("/nothing"), remove("/required/7"), replace("/properties/x/y", 1), move("/x", "/y")]
)
def test_an_operation_on_nothing_is_an_error(operation: dict[str, object]) -> None:
    """It is never silently left out."""
    with pytest.raises(LookupError):
        apply_patch(DOCUMENT, (operation,))


_PLACES = st.sampled_from(["/a", "/b", "/a/a", "/a/b", "/a/0", "/b/0", "/b/-", "/a/b/0", "/b/0/a"])
_VALUES = st.sampled_from([1, {}, {"a": 1}, [1, 2], {"a": {"a": 1}, "b": [1]}])
_OPERATIONS = st.lists(
    st.builds(add, _PLACES, _VALUES)
    | st.builds(replace, _PLACES, _VALUES)
    | st.builds(remove, _PLACES)
    | st.builds(move, _PLACES, _PLACES),
    max_size=6,
)


@pytest.mark.slow
@settings(max_examples=examples(300))
@given(operations=_OPERATIONS)
def test_several_operations_do_what_they_do_one_after_the_other(operations: list[Operation]) -> None:
    """What is copied for the first of them is changed by the next, and nothing that they were given is."""
    document: JSON = {"a": {"a": {"a": 1}, "b": [1, {"a": 2}]}, "b": [{"a": 1}, 2]}
    before, given_before = repr(document), repr(operations)

    def one_by_one() -> JSON:
        found = document
        for operation in operations:
            found = apply_patch(found, (operation,))
        return found

    try:
        expected = one_by_one()
    except LookupError:
        with pytest.raises(LookupError):
            apply_patch(document, operations)
    else:
        assert apply_patch(document, operations) == expected
    assert repr(document) == before
    assert repr(operations) == given_before
