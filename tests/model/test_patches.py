"""RFC 6902: an operation changes its place and nothing else."""

from __future__ import annotations

import pytest

from evtcompat.model.json_types import JSON
from evtcompat.model.patches import add, apply_patch, move, remove, replace

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
