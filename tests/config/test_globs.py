"""Patterns match whole paths, with ``/`` as the only separator."""

from __future__ import annotations

import pytest

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
    ],
)
def test_paths(pattern: str, path: str, expected: bool) -> None:  # noqa: FBT001 - a column of the table
    assert matches((pattern,), path) is expected


def test_subjects() -> None:
    assert names(("billing-*",), "billing-a/b")
    assert not names(("billing-*",), "my-billing-a")
    assert not names((), "x")
    assert names(("x", "y"), "y")
