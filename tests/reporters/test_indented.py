"""The indented JSON of reports."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evtcompat.reporters.indented import indented

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner),
)


@given(_VALUES)
def test_it_is_what_the_standard_library_writes(value: object) -> None:
    """To the letter."""
    assert indented(value) == json.dumps(value, indent=2)


def test_what_is_no_json_is_refused() -> None:
    """A report never holds what no reader of JSON reads."""
    with pytest.raises(ValueError, match="JSON"):
        indented({"value": [float("inf")]})
