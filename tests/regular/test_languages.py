"""Languages: laws of sets, agreement with an independent engine, shortest words, bounds on the work."""

from __future__ import annotations

import gc
import json
import os
import re
import subprocess
import sys
from itertools import permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amounts import examples
from evtcompat.regular import ecma, operations
from evtcompat.regular.ecma import parse
from evtcompat.regular.languages import Language, everything, nothing, of_length, words
from evtcompat.regular.steps import BudgetExceededError, Steps

ALPHABET = "abc"
#: Every string of up to four letters, shortest first.
STRINGS = ["".join(letters) for length in range(5) for letters in product(ALPHABET, repeat=length)]

ATOMS = st.sampled_from(
    [
        "a",
        "b",
        "c",
        "[ab]",
        "[^a]",
        ".",
        "(?:)",
        "^",
        "$",
        r"\b",
        r"\B",
        "[^]",
        "ab",
        "(?=a)",
        "(?!b)",
        "(?<!a)",
        "(?<=b)",
    ]
)


def _group(pattern: str) -> str:
    return f"(?:{pattern})"


PATTERNS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=3).map("|".join).map(_group),
        st.tuples(inner.map(_group), st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "{2,}", "*?", "{0,2}?"])).map(
            "".join
        ),
        inner.map(lambda body: f"(?={body})"),
        inner.map(lambda body: f"(?!{body})"),
    ),
    max_leaves=7,
)
ANCHORED = st.tuples(st.sampled_from(["", "^"]), PATTERNS.map(_group), st.sampled_from(["", "$"])).map("".join)
LANGUAGES = st.recursive(
    st.one_of(
        ANCHORED.map(parse),
        st.sets(st.text(ALPHABET, max_size=4), max_size=4).map(words),
        st.tuples(st.integers(0, 3), st.none() | st.integers(0, 4)).map(lambda bounds: of_length(*bounds)),
        st.just(everything()),
        st.just(nothing()),
    ),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda pair: pair[0] & pair[1]),
        st.tuples(inner, inner).map(lambda pair: pair[0] | pair[1]),
        st.tuples(inner, inner).map(lambda pair: pair[0] - pair[1]),
        inner.map(lambda one: ~one),
    ),
    max_leaves=4,
)


def steps() -> Steps:
    return Steps(200_000)


def equivalent(one: Language, other: Language) -> bool:
    return one.subset(other, steps()) and other.subset(one, steps())


def members(language: Language) -> set[str]:
    return {string for string in STRINGS if language.accepts(string)}


def in_python(pattern: str) -> str:
    r"""The same pattern in Python's dialect, for letters; its ``\B`` fails in the empty string before 3.14."""
    return pattern.replace("$", r"\Z").replace("[^]", r"[\s\S]").replace(r"\B", r"(?!\b)")


@pytest.mark.slow
@settings(max_examples=examples(400))
@given(ANCHORED)
def test_a_pattern_accepts_what_pythons_engine_finds(pattern: str) -> None:
    compiled = re.compile(in_python(pattern))
    language = parse(pattern)
    assert members(language) == {string for string in STRINGS if compiled.search(string)}


@pytest.mark.slow
@given(LANGUAGES, LANGUAGES)
def test_operations_are_those_of_sets(left: Language, right: Language) -> None:
    assert members(left & right) == members(left) & members(right)
    assert members(left | right) == members(left) | members(right)
    assert members(left - right) == members(left) - members(right)
    assert members(~left) == set(STRINGS) - members(left)


@pytest.mark.slow
@settings(max_examples=examples(60))
@given(LANGUAGES, LANGUAGES, LANGUAGES)
def test_laws_hold_as_proofs(one: Language, two: Language, three: Language) -> None:
    """Not on samples: each side is proved to be included in the other."""
    assert equivalent(((one & two) & three), one & (two & three))
    assert equivalent(((one | two) | three), one | (two | three))
    assert equivalent((one & two), two & one)
    assert equivalent((one & (two | three)), (one & two) | (one & three))
    assert equivalent((~(one & two)), ~one | ~two)
    assert equivalent((~(one | two)), ~one & ~two)
    assert equivalent((~~one), one)
    assert equivalent(((one - two) | (one & two)), one)
    assert ((one - two) & two).is_empty(steps())
    assert (one & two).subset(one, steps())
    assert one.subset(one | two, steps())


@pytest.mark.slow
@given(LANGUAGES)
def test_the_shortest_word_is_a_member_and_nothing_shorter_is(language: Language) -> None:
    word = language.shortest(steps())
    if word is None:
        assert language.is_empty(steps())
        assert members(language) == set()
    else:
        assert language.accepts(word)
        assert all(len(word) <= len(string) for string in members(language))
        assert not language.is_empty(steps())


@pytest.mark.slow
@settings(max_examples=examples(60))
@given(LANGUAGES, LANGUAGES)
def test_a_language_without_a_longer_word_than_the_strings_tried_is_known_whole(
    left: Language, right: Language
) -> None:
    difference = (left - right) & of_length(0, 3) & parse("^[abc]*$")
    listed = difference.examples(100, steps())
    assert set(listed) == {string for string in members(left) - members(right) if len(string) <= 3}
    assert [len(word) for word in listed] == sorted(len(word) for word in listed)


@settings(max_examples=examples(60))
@given(LANGUAGES, st.integers(0, 3))
def test_examples_are_distinct_members_and_only_a_small_language_has_fewer(language: Language, least: int) -> None:
    found = language.examples(4, steps(), min_length=least)
    assert len(set(found)) == len(found)
    assert all(language.accepts(word) and len(word) >= least for word in found)
    if len(found) < 4:
        assert (language & of_length(least) - words(found)).is_empty(steps())


@pytest.mark.slow
@settings(max_examples=examples(100))
@given(LANGUAGES)
def test_no_member_is_longer_than_the_longest_and_one_is_as_long(language: Language) -> None:
    longest = language.longest_length(steps())
    if longest is not None:
        assert not (language & of_length(longest, longest)).is_empty(steps())
        assert (language & of_length(longest + 1)).is_empty(steps())
    elif not language.is_empty(steps()):
        assert not (language & of_length(1_000)).is_empty(steps())


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        (r"^[0-9a-z]{20}$", r"^[0-9a-zA-Z]{1,20}$"),
        (r"^[a-fA-F0-9]{8}(-[a-fA-F0-9]{4}){3}-[a-fA-F0-9]{12}$", r"^[0-9a-fA-F-]{36}$"),
        (r"^\d{4}-\d{2}-\d{2}$", r"^[0-9-]{10}$"),
        (r"^a{2}$", r"^aa?$"),
        (r"^(?:ab)+$", r"^[ab]+$"),
        (r"^[a-z]{1,255}$", r"^[a-z]{1,256}$"),
        (r"^[a-z]{1,8192}$", r"^[a-z]{1,8193}$"),
        (r"^x-[a-z]+$", r"^x-"),
        (r"^foobar$", r"o+b"),
        (r"^(?!foo)[a-z]{3}$", r"^[a-z]*$"),
        (r"^(a|b|c)$", r"^[a-d]$"),
        (r"^\d+$", r"^\w+$"),
        (r"^(a{2,3}){2}$", r"^a{4,7}$"),
        (r"^(a{3,4}){1,2}$", r"^a{3,8}$"),
        (r"^((?!--).)*$", r"^(?!.*--)"),
        (r"^[a-z]{1,63}(\.[a-z]{1,63})*$", r"^[a-z.]+$"),
    ],
)
def test_a_near_miss_is_told_from_an_inclusion(narrow: str, wide: str) -> None:
    """The inclusion is proved; its converse is refuted by a word."""
    one, other = parse(narrow), parse(wide)
    assert one.subset(other, steps())
    word = (other - one).shortest(steps())
    assert word is not None
    assert other.accepts(word)
    assert not one.accepts(word)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (r"^[^]*$", r""),
        (r"^(a|aa)+$", r"^a+$"),
        (r"^(?:a*)*$", r"^a*$"),
        (r"^a{1,3}a{2,4}$", r"^a{3,7}$"),
        (r"^(?:(?!b)[a-c])+$", r"^[ac]+$"),
        (r"^(?=.*a)(?=.*b)[ab]{2}$", r"^(?:ab|ba)$"),
        (r"\bfoo\b", r"(?:^|\W)foo(?:$|\W)"),
        (r"(?<!^)a", r"[^]a"),
        (r"^(?:ab|ac|ad)$", r"^a[b-d]$"),
        (r"[0-9]", r"\d"),
    ],
)
def test_different_patterns_of_one_language_are_equivalent(left: str, right: str) -> None:
    assert equivalent(parse(left), parse(right))


@pytest.mark.parametrize(
    ("language", "word"),
    [
        (everything(), ""),
        (of_length(3), "aaa"),
        (~words(["", "a"]), "b"),
        (parse(r"^\W$"), "-"),
        (parse(r"^[^\x00-\x7f]$"), "€"),
        (parse(r"^\d{4}-\d\d-\d\d$"), "0000-00-00"),
        (parse(r"^[A-Z]") & of_length(2), "Aa"),
        (words(["green", "red", "blue"]) - words(["red"]), "blue"),
        (parse("^a+$") & of_length(8000, 8192), "a" * 8000),
        (parse("^(?:ab)+$") & of_length(1_001), "ab" * 501),
        (parse("^(?:abc|de)+$") & of_length(100_000, 100_000), None),
        (parse("^(?:ab)+$") & of_length(100_001, 100_001), ""),
    ],
)
def test_the_shortest_word_reads_well_however_long_it_must_be(language: Language, word: str | None) -> None:
    found = language.shortest(steps())
    if word is None:
        assert found is not None
        assert language.accepts(found)
    else:
        assert found == (word or None) or word == found == ""


@pytest.mark.parametrize(
    "pattern",
    [
        r"^(a{1,1000}){1,1000}$",
        r"^((a{1,100}){1,100}){1,100}$",
        r"^(([a-z])+.)+[A-Z]([a-z])+$",
        r"^(a+)+$",
        r"^(.*a){20}$",
        r"(x+x+)+y",
        r"^(?:(?:a{1,50}b?){1,50}c?){1,50}$",
        r"[ab]*a[ab]{12}",
        r"^(?=.*a.{9}$)(?=.*b.{8}$)(?=.*c.{7}$)",
        r"^((a?){100}){100}$",
        r"^(?:a(?=b)|b(?!c)|c)*$",
    ],
)
def test_catastrophic_patterns_end_in_an_answer_or_at_the_budget(pattern: str) -> None:
    """Each is asked for members, non-members and inclusion in a neighbour; none may do much more than was granted."""
    language = parse(pattern)
    for question in (language, ~language, language - parse(r"^[abc]*a[abc]{10}$")):
        budget = Steps(2_000)
        try:
            word = question.shortest(budget)
        except BudgetExceededError:
            assert budget.left == 0
        else:
            assert word is None or question.accepts(word)


HISTORY = """
import json, sys
from evtcompat.regular import ecma, operations
from evtcompat.regular.ecma import parse
from evtcompat.regular.steps import Steps
pairs = json.load(sys.stdin)
junk = [object() for _ in range(int(sys.argv[1]))]
found = []
for left, right in pairs if sys.argv[2] == "forwards" else pairs[::-1]:
    steps = Steps(50_000)
    word = (parse(left) - parse(right)).shortest(steps)
    found.append([left, right, word, steps.used])
print(json.dumps(sorted(found)))
"""


@pytest.mark.slow
def test_answers_and_their_cost_do_not_depend_on_what_was_asked_before() -> None:
    """Two processes with another layout of memory ask the same questions in opposite order."""
    some = [
        r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$",
        r"^P(?!$)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?$",
        r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$",
        r"^(GET|POST|PUT|DELETE)$",
        r"^(.*a){3}$",
        r"^(?=.*a.{4}$)(?=.*b.{3}$)[^]{20,}$",
        r"^[a-z]{1,20}(\.[a-z]{1,20})*$",
        r"^\p{Lu}",
    ]
    question = json.dumps(list(permutations(some, 2)))
    answers = {
        subprocess.run(
            [sys.executable, "-c", HISTORY, junk, order],
            input=question,
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        ).stdout
        for junk, order in [("0", "forwards"), ("12345", "backwards")]
    }
    assert len(answers) == 1


def test_a_word_with_half_a_surrogate_pair_is_in_no_list() -> None:
    assert words(["\ud800", "a"]) == words(["a"])
    assert not everything().is_empty(steps())
    listed = (parse("^.$") & parse("^[\ud7ff\ue000]$")).examples(5, steps())
    assert listed == ("\ud7ff", "\ue000")


@pytest.mark.slow
def test_many_words_against_a_pattern() -> None:
    listed = words([f"k{number}" for number in range(10_000)])
    assert listed.subset(parse(r"^k\d{1,4}$"), steps())
    assert (listed - parse(r"^k\d{1,3}$")).shortest(steps()) == "k1000"
    assert (parse(r"^k\d$") - listed).is_empty(steps())
    assert (parse(r"^k\d\d?$") - listed).shortest(steps()) == "k00"


@pytest.mark.slow
def test_a_long_pattern_is_read_without_deep_recursion() -> None:
    pattern = "^" + "ab" * 5_000 + "$"
    language = parse(pattern)
    assert language.shortest(steps()) == "ab" * 5_000
    assert not language.accepts("ab" * 4_999)
    assert parse("^" + r"a\b-" * 300 + "$").shortest(steps()) == "a-" * 300
    assert parse("^(?:" + "|".join("(?=.)a" for _ in range(300)) + ")$").shortest(steps()) == "a"


@pytest.mark.slow
def test_what_no_language_uses_is_forgotten() -> None:
    """Otherwise a long-running process would grow with every schema it ever saw."""
    ecma._parse.cache_clear()
    gc.collect()
    before = len(operations._KNOWN)
    language = parse("^" + "ab" * 200 + "$") - parse(r"^(?:(?!aa)[ab]){3,90}$")
    assert language.shortest(steps()) is not None
    assert len(operations._KNOWN) > before + 100
    del language
    ecma._parse.cache_clear()
    gc.collect()
    assert len(operations._KNOWN) <= before


def test_equal_shapes_are_equal_values() -> None:
    assert parse("^a$") & parse("b") == parse("b") & parse("^a$")
    assert len({parse("x"), parse("x"), ~~parse("x"), parse("y")}) == 2
    assert (parse("x") - parse("x")).is_nothing
    assert (parse("x") | ~parse("x")).is_everything
