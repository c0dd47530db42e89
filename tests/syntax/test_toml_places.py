"""Keys are where an editor shows them, and whatever stands in a value is never taken for a key."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evtcompat.syntax.toml_places import key_places

TEXT = '''\
# a = 1
top = """
[not.a.table]
nor = "a key" """
"quoted \\u0041.key" = [ # ] [
  "x = 1",
  { inner = 2 }, # comment = 3
]
a.b = 'it''s' # not TOML, but harmless
[table]
  'single' = 1
[[many]]
x = 1
[many.sub]
y = "\\"[z]\\""
[[many]]
\tx = 2
'''.replace("'it''s'", "'it'")


def test_places() -> None:
    assert key_places(TEXT) == {
        ("top",): (2, 1),
        ("quoted A.key",): (5, 1),
        ("a",): (9, 1),
        ("a", "b"): (9, 1),
        ("table",): (10, 1),
        ("table", "single"): (11, 3),
        ("many",): (12, 1),
        ("many", 0): (12, 1),
        ("many", 0, "x"): (13, 1),
        ("many", 0, "sub"): (14, 1),
        ("many", 0, "sub", "y"): (15, 1),
        ("many", 1): (16, 1),
        ("many", 1, "x"): (17, 2),
    }


def test_line_ends_of_windows() -> None:
    assert key_places(TEXT.replace("\n", "\r\n")) == key_places(TEXT)


@pytest.mark.slow
@given(st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=5))
def test_every_key_has_its_line_whatever_the_values_hold(table: dict[str, str]) -> None:
    """One key a line, basic strings with every special character escaped."""

    def quoted(text: str) -> str:
        plain = {character for character in text if character.isascii() and character.isalnum()} | set("[]{}#=' ")
        return '"' + "".join(c if c in plain else f"\\U{ord(c):08x}" for c in text) + '"'

    text = "".join(f"{quoted(key)} = {quoted(value)}\n" for key, value in table.items())
    assert tomllib.loads(text) == table
    assert key_places(text) == {(key,): (index, 1) for index, key in enumerate(table, start=1)}


@given(st.text(alphabet="[]{}\"'#=\n\\ab. ", max_size=40))
def test_text_that_is_no_toml_ends_without_an_error(text: str) -> None:
    key_places(text)
