"""A pattern goes to an engine that backtracks only where that surely ends soon."""

from __future__ import annotations

import re
import time
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evtcompat.regular.ecma.backtracking import most_steps

#: More than an engine takes in a second.
FAR_TOO_MANY = 1e8

EXPLODING = (
    "^(a|aa)+b$",
    "^(a|a)*b$",
    "(x+x+)+y",
    "^(a+)+$",
    "^(a?a?a?)*b$",
    "^(a|b|ab)*c$",
    r"^\s*(\S+\s*)+$",
    "(a?){30}a{30}",
    r"^(a|aa)+\1b$",
    "^(([a-z])+.)+[A-Z]([a-z])+$",
    "^(a{1,3}){20}b$",
    "^(?:(?:a|aa)+)c|(?=(a|a)*d)$",
)
HARMLESS = (
    "^.*$",
    r"^\d{4}-\d{2}-\d{2}$",
    r"^([a-z0-9]+(-[a-z0-9]+)*\.)+[a-z]{2,}$",
    "^(https?|ftp)://[^/]+/.*$",
    r"^(\d+)(,\d+)*$",
    "^[a-z]+--[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
    "^(?!x)[a-z_]+$",
)


@pytest.mark.parametrize("pattern", EXPLODING)
def test_what_may_explode_is_never_called_harmless(pattern: str) -> None:
    assert most_steps(pattern, 60) > FAR_TOO_MANY


@pytest.mark.parametrize("pattern", HARMLESS)
def test_what_people_write_is_called_harmless(pattern: str) -> None:
    assert most_steps(pattern, 100) < FAR_TOO_MANY


atoms = st.sampled_from(("a", "b", "[ab]", ".", "^", "$", "(?=a)", "(?!b)"))
quantifiers = st.sampled_from(("", "", "?", "*", "+", "{2}", "{1,3}", "{2,}"))


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda two: f"(?:{two[0]}|{two[1]})"),
        st.tuples(inner, quantifiers).map(lambda one: f"(?:{one[0]}){one[1]}"),
    )


@given(st.recursive(atoms, _grown, max_leaves=7))
def test_a_bound_that_is_given_holds(pattern: str) -> None:
    length = 22
    if most_steps(pattern, length) > 1e6:
        return
    compiled = re.compile(pattern)
    for unit in map("".join, product("ab", repeat=2)):
        text = (unit * length)[:length] + "c"
        start = time.thread_time()
        compiled.search(text)
        # A step takes well under a tenth of a microsecond.
        assert time.thread_time() - start < 0.5
