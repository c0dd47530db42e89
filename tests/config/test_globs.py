"""Patterns match whole paths, with ``/`` as the only separator."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amounts import examples
from evtcompat.config.globs import matches, names


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("a/*.avsc", "a/x.avsc", True),
        ("a/*.avsc", "a/b/x.avsc", False),
        ("a/**/*.avsc", "a/x.avsc", True),
        ("a/**/*.avsc", "a/b/c/x.avsc", True),
        ("**/x.avsc", "x.avsc", True),
        ("a/**", "a/b/c", True),
        ("a/**", "a", False),
        ("a", "a/b/c.avsc", True),
        ("a/", "a/b/c.avsc", True),
        ("./a", "a/b", True),
        ("a", "ab/c", False),
        (".", "any/thing", True),
        ("a?c", "abc", True),
        ("a?c", "a/c", False),
        ("v[12].avsc", "v2.avsc", True),
        ("v[!12].avsc", "v2.avsc", False),
        ("v[^].avsc", "v^.avsc", True),
        ("v[.avsc", "v[.avsc", True),
        ("a.avsc", "aXavsc", False),
        ("schémas/*", "schémas/o r.avsc", True),
        ("A/*", "a/b", False),
        ("*.avsc", "new\nline.avsc", True),
        ("**/*.avsc", "a/b/c.avsc", True),
        ("**/a/**/b", "a/b", True),
        ("**/a/**/b", "x/a/y/b/z", True),
        ("**/a/**/b", "x/b/a", False),
        ("**/**/a", "x/y/a", True),
        ("a/**/**", "a/x", True),
        ("a**b", "axxb", True),
        ("a**b", "a/b", False),
        ("*a*b*", "xaybz", True),
        ("*a*b", "xaxbxb", True),
        ("*a*b", "xbxa", False),
        ("a[!b]c", "a/c", False),
        ("a.b|c", "a.b|c", True),
    ],
)
def test_paths(pattern: str, path: str, expected: bool) -> None:  # noqa: FBT001 - a column of the table
    assert matches((pattern,), path) is expected


def test_subjects() -> None:
    assert names(("billing-*",), "billing-a/b")
    assert not names(("billing-*",), "my-billing-a")
    assert not names((), "x")
    assert names(("x", "y"), "y")


SEGMENT = st.text(alphabet="ab*?", min_size=1, max_size=5)


def slowly(pattern: tuple[str, ...], path: tuple[str, ...]) -> bool:
    """The meaning, by trying everything: whole folders for ``**``, then letters."""
    if not pattern:
        return True  # what lies below a path that matches matches as well
    if pattern[0] == "**":
        if len(pattern) == 1:
            return bool(path)
        return any(slowly(pattern[1:], path[start:]) for start in range(len(path) + 1))
    return bool(path) and fnmatchcase(path[0], pattern[0]) and slowly(pattern[1:], path[1:])


@pytest.mark.slow
@settings(max_examples=examples(400))
@given(
    st.lists(st.one_of(st.just("**"), SEGMENT), min_size=1, max_size=6),
    st.lists(st.text(alphabet="ab", min_size=1, max_size=5), min_size=1, max_size=6),
)
def test_taking_the_first_place_that_fits_loses_nothing(pattern: list[str], path: list[str]) -> None:
    assert matches(["/".join(pattern)], "/".join(path)) == slowly(tuple(pattern), tuple(path))


def test_no_pattern_searches_for_ever() -> None:
    """Each of these would take longer than the universe has, were every way tried."""
    assert not matches(["*a" * 60 + "*b"], "a" * 3000)
    assert not matches(["**/a/" * 60 + "b"], "a/" * 1500 + "a")
    assert not names(["*a" * 60 + "*b"], "a" * 3000)
