"""What was changed, in the words of the person who did it."""

from __future__ import annotations

from evtcompat.checking.edits import Edit, Kind
from evtcompat.checking.wording import change_of


def changed(old: str, new: str) -> str:
    return change_of([Edit(Kind.CHANGED, ("dataschema", "const"), "/const", "/const", old, new)], "dataschema")


def test_long_values_that_begin_alike_are_shown_from_where_they_differ() -> None:
    told = changed("https://shop.example/schemas/orders/2026/1.0.0", "https://shop.example/schemas/orders/2026/1.1.0")
    assert told == '`dataschema`: const .../2026/1.0.0" -> .../2026/1.1.0"'


def test_long_values_that_begin_otherwise_are_cut_at_the_end() -> None:
    assert changed("a" * 60, "b" * 60) == f'`dataschema`: const "{"a" * 36}... -> "{"b" * 36}...'
