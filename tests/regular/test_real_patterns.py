"""Patterns as they are found in event schemas: all are read, every pair is decided, every difference is confirmed."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path

import pytest

from evtcompat.regular.ecma import parse
from evtcompat.regular.languages import of_length
from evtcompat.regular.steps import Steps
from reference_data import reference_rows

ROOT = Path(__file__).parents[2]
PATTERNS = (ROOT / "benchmarks" / "algebra_patterns.txt").read_text(encoding="utf-8").splitlines()

CONFIRM = """
const compile = pattern => { try { return new RegExp(pattern, "u"); } catch { return new RegExp(pattern); } };
const questions = JSON.parse(require("fs").readFileSync(0, "utf8"));
const known = new Map();
const test = (pattern, string) => {
  if (!known.has(pattern)) known.set(pattern, compile(pattern));
  return known.get(pattern).test(string);
};
console.log(JSON.stringify(questions.filter(([left, right, word]) => !test(left, word) || test(right, word))));
"""


def patterns_in(value: object) -> Iterator[str]:
    """Every regular expression of a schema."""
    if isinstance(value, dict):
        if isinstance(value.get("pattern"), str):
            yield value["pattern"]
        if isinstance(value.get("patternProperties"), dict):
            yield from value["patternProperties"]
        for part in value.values():
            yield from patterns_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from patterns_in(part)


def differences(patterns: list[str], limit: int) -> list[tuple[str, str, str]]:
    """For each ordered pair that has one, a string that the first accepts and the second refuses."""
    found = []
    for left, right in permutations(patterns, 2):
        word = (parse(left) - parse(right)).shortest(Steps(limit))
        if word is not None:
            found.append((left, right, word))
    return found


@pytest.mark.slow
def test_every_pair_is_decided_and_a_javascript_engine_confirms_each_difference() -> None:
    node = shutil.which("node")
    found = differences(PATTERNS, 20_000)
    assert len(found) > len(PATTERNS)
    if node is None:
        pytest.skip("all pairs are decided, but no JavaScript engine can confirm it: `node` is not installed")
    answer = subprocess.run([node, "-e", CONFIRM], input=json.dumps(found), capture_output=True, text=True, check=True)
    assert json.loads(answer.stdout) == []


@pytest.mark.slow
def test_the_patterns_of_a_public_history_are_all_read_and_all_pairs_decided() -> None:
    found = sorted({pattern for row in reference_rows("json_real.jsonl.gz") for pattern in patterns_in(row)})
    assert found
    assert len(differences(found, 2_000)) <= len(found) * (len(found) - 1)
    for pattern in found:
        assert parse(pattern).shortest(Steps(2_000)) is not None


@pytest.mark.parametrize(
    ("pattern", "other", "limit"),
    [
        (r"^[ab]*a[ab]{30}$", r"^\w*$", 200),
        (r"^(.*a){20}$", r"^[abc]*a[abc]{10}$", 2_000),
        (r"^(a{1,1000}){1,1000}$", r"^a{1,1000000}$", 20),
        (r"^(?=.*[a-z])(?=.*[0-9])(?=.*[A-Z])(?=.*[!@#$%^&*])(?=.*_).{8,64}$", r"^\S*$", 10_000),
        (r"^(?:(?!a{1,100}b{1,100}c).)*$", r"^[^c]*$", 200),
        (r"^[a-z]{1,8192}$", r"^[a-z]{0,8191}$", 20_000),
        (r"^.{1,65535}$", r"^[^]{0,65535}$", 20),
    ],
)
def test_what_would_be_exponential_or_long_as_one_automaton_costs_few_steps(
    pattern: str, other: str, limit: int
) -> None:
    """Steps are counted, so this does not depend on the machine."""
    (parse(pattern) - parse(other)).shortest(Steps(limit))


def test_wide_bounds_on_the_length_cost_next_to_nothing() -> None:
    letters, name = parse(r"^[a-z]+$"), parse(r"^[a-z][a-z0-9_]*$")
    assert (letters & of_length(1, 1_000_000)).subset(name & of_length(0, 1_000_001), Steps(50))
    assert not (letters & of_length(0, 1_000_001)).subset(name & of_length(0, 1_000_000), Steps(50))
