"""Where ECMA-262 reads a pattern differently than Python or PCRE do, and where the grammar is easily misread."""

from __future__ import annotations

import pytest

from evtcompat.regular.ecma import parse
from evtcompat.regular.steps import Steps


@pytest.mark.parametrize(
    ("pattern", "accepted", "refused"),
    [
        ("^a$", ["a"], ["a\n", "\na", "aa"]),  # $ does not match before a trailing line feed
        (r"^\d$", ["0", "9"], ["٣", "३", "²"]),
        (r"^\w$", ["a", "_", "0"], ["é", "ß", "я"]),
        (r"^\s$", [" ", "\u00a0", "\ufeff", "\u2028", "\u3000"], ["\u200b", "\u0085", "\x1c"]),
        ("^.$", ["a", "\x85", "\x0b", "😀"], ["\n", "\r", "\u2028", "\u2029", ""]),
        ("^[^]$", ["a", "\n", "😀"], ["", "ab"]),
        ("a[]|b", ["b"], ["a", ""]),
        ("^a|b$", ["a", "b", "ax", "xb"], ["xa", "bx", ""]),
        ("^(?:a|)$", ["a", ""], ["b"]),
        ("a", ["a", "bab"], ["", "b"]),  # a search, not a match of the whole
        ("^a+?$", ["a", "aaa"], [""]),
        (r"^\cJ$", ["\n"], ["J", "cJ"]),
        (r"^\0$", ["\0"], ["0"]),
        (r"^[\b]$", ["\b"], ["b"]),
        (r"^\/\-\_\@$", ["/-_@"], ["\\/"]),
        ("^a{,2}$", ["a{,2}"], ["", "a", "aa"]),  # no quantifier, other than in Python
        ("^{a}$", ["{a}"], ["a"]),
        (r"^\u{61}$", ["a"], ["u" * 61]),
        (r"^\ud83d\ude00$", ["😀"], ["\ufffd"]),
        ("^[😀-😂]$", ["😀", "😁", "😂"], ["😃", "\ufffd"]),
        ("^😀{2}$", ["😀😀"], ["😀"]),
        (r"^\p{L}$", ["é", "ß", "文", "a"], ["1", "_"]),
        (r"^\p{Script=Greek}$", ["λ", "Ω"], ["a"]),
        (r"^[\w-.]$", ["-", ".", "a"], ["/"]),
        (r"^(?<year>\d{4})$", ["2024"], ["year"]),
        ("^(?!foo)", ["bar", "", "xfoo"], ["foo", "foobar"]),
        (r"\bfoo\b", ["foo", "a foo."], ["food", "éfoo_", "xfoo"]),
        ("$^", [""], ["a", "\n"]),
    ],
)
def test_a_trap(pattern: str, accepted: list[str], refused: list[str]) -> None:
    language = parse(pattern)
    assert [string for string in accepted if not language.accepts(string)] == []
    assert [string for string in refused if language.accepts(string)] == []
    word = language.shortest(Steps(1_000))
    assert word is not None
    assert len(word) == min(map(len, accepted))
    assert language.accepts(word)
