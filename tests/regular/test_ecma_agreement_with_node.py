"""Patterns accept the strings that a JavaScript engine accepts: Node's RegExp is asked about a table of both."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from evtcompat.regular.ecma import InvalidPatternError, UnsupportedPatternError, parse
from evtcompat.regular.languages import of_length

_TABLE: dict[str, list[str]] = json.loads((Path(__file__).parent / "ecma_table.json").read_text(encoding="utf-8"))
PATTERNS = _TABLE["patterns"]
LENIENT = _TABLE["lenient patterns"]
# Not a regular expression of ECMA-262, with or without the u flag.
INVALID = _TABLE["invalid patterns"]
STRINGS = _TABLE["strings"]

SCRIPT = """
const {patterns, flag, strings} = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(patterns.map(pattern => {
  try { const compiled = new RegExp(pattern, flag); return strings.map(string => compiled.test(string)); }
  catch (error) { return error.message; }
})));
"""


def ask_node(patterns: list[str], flag: str) -> list[list[bool] | str]:
    """What `new RegExp(pattern, flag).test(string)` says for each string, or the message of the refusal."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("no JavaScript engine: `node` is not installed")
    question = json.dumps({"patterns": patterns, "flag": flag, "strings": STRINGS})
    answer = subprocess.run([node, "-e", SCRIPT], input=question, capture_output=True, text=True, check=True)
    found: list[list[bool] | str] = json.loads(answer.stdout)
    return found


@pytest.mark.slow
@pytest.mark.parametrize(("patterns", "flag"), [(PATTERNS, "u"), (LENIENT, "")], ids=["unicode mode", "annex B"])
def test_a_pattern_accepts_what_a_javascript_engine_accepts(patterns: list[str], flag: str) -> None:
    different = []
    for pattern, answers in zip(patterns, ask_node(patterns, flag), strict=True):
        assert not isinstance(answers, str), f"{pattern}: {answers}"
        language = parse(pattern)
        ours = [language.accepts(string) for string in STRINGS]
        different += [
            f"{pattern} {string!r}: {theirs}"
            for string, mine, theirs in zip(STRINGS, ours, answers, strict=True)
            if mine != theirs
        ]
    assert different == []


@pytest.mark.slow
def test_the_complement_and_the_intersection_with_a_length_agree_too() -> None:
    """The same table, asked through combinations that take other paths through the algebra."""
    different = []
    for pattern, answers in zip(PATTERNS, ask_node(PATTERNS, "u"), strict=True):
        language = parse(pattern)
        combined = (~language & of_length(1, 3)) | (language - of_length(2))
        for string, theirs in zip(STRINGS, answers, strict=True):
            expected = len(string) < 2 if theirs else 1 <= len(string) <= 3
            if combined.accepts(string) != expected:
                different.append(f"{pattern} {string!r}")
    assert different == []


@pytest.mark.slow
@pytest.mark.parametrize("flag", ["", "u"])
def test_an_invalid_pattern_is_invalid_to_a_javascript_engine(flag: str) -> None:
    assert [
        pattern for pattern, answer in zip(INVALID, ask_node(INVALID, flag), strict=True) if isinstance(answer, list)
    ] == []


@pytest.mark.parametrize("pattern", INVALID)
def test_an_invalid_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(InvalidPatternError):
        parse(pattern)


@pytest.mark.parametrize(
    ("pattern", "named"),
    [
        (r"^(a)\1$", "back-reference"),
        (r"(?<n>a)\k<n>", "back-reference"),
        (r"\Aa\Z", "start of the text"),
        (r"a\Z", "end of the text"),
        (r"a\z", "end of the text"),
        (r"(?i:a)", "modifiers"),
        (r"(?<=ab)c", "look-behind"),
        (r"\pL", "\\p{Name}"),
        (r"\p{Nonsense}", "Nonsense"),
        (r"\07", "octal"),
        (r"\2(a)", "octal"),
        (r"[\uD800-\uDBFF]", "surrogate"),
        ("(" * 70 + ")" * 70, "nested"),
        (r"(?:a(?=b)){1000}", "more than 1000 parts"),
        ("^" + r"(a|\b)" * 300 + "b$", "so many assertions"),
        ("(?:(?:(?:a(?=b)){60}c){60}){60}", "more than 1000 parts"),
        ("^(?:" + r"(?:\b|a)" * 200 + ")*b$", "more than 64"),
    ],
)
def test_what_is_not_modelled_is_refused_by_name(pattern: str, named: str) -> None:
    with pytest.raises(UnsupportedPatternError, match=named.replace("\\", r"\\")):
        parse(pattern)


@pytest.mark.parametrize(
    ("pattern", "named"),
    [
        (r"a++", "possessive"),
        (r"(?i)a", "inline flag"),
        (r"(?P<n>a)", "Python"),
        (r"(?>a)", "atomic"),
        (r"(?R)", "recursion"),
    ],
)
def test_the_syntax_of_another_dialect_is_named(pattern: str, named: str) -> None:
    with pytest.raises(InvalidPatternError, match=named):
        parse(pattern)
