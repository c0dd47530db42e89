"""How fast regular languages are compared, beside `interegular` when that is installed.

    python benchmarks/algebra_languages.py [--steps 20000] [--every 1]

Every ordered pair of the patterns in algebra_patterns.txt (shapes found in public event schemas) is asked for a
string that the first accepts and the second refuses. A pattern that the peer cannot read counts as undecided for it.
The peer gets no budget, so pairs of patterns whose automata it is known to take minutes for are left to `--peer-all`.
Known disagreement: interegular 0.3.3 finds differences for ``^(?!.*..)[a-z.]+$`` (its dots escaped) where none are:
``[a-z.]+`` alone is within the other patterns.
"""

from __future__ import annotations

import argparse
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from itertools import permutations
from pathlib import Path
from typing import Any

from evtcompat.regular.ecma import parse
from evtcompat.regular.steps import BudgetExceededError, Steps

#: Counts above this make the peer's automata large.
_LARGE_COUNT = re.compile(r"\{(?:\d+,)?(?:[6-9]\d|\d{3,})\}")


def ours(patterns: list[str], limit: int) -> tuple[dict[tuple[str, str], bool | None], list[float]]:
    """Whether each pair has a difference (``None``: undecided), and the seconds each took; patterns are read before."""
    languages = {pattern: parse(pattern) for pattern in patterns}
    answers: dict[tuple[str, str], bool | None] = {}
    seconds = []
    for left, right in permutations(patterns, 2):
        start = time.perf_counter()
        try:
            answers[left, right] = (languages[left] - languages[right]).shortest(Steps(limit)) is not None
        except BudgetExceededError:
            answers[left, right] = None
        seconds.append(time.perf_counter() - start)
    return answers, seconds


def peer(patterns: list[str]) -> tuple[dict[tuple[str, str], bool | None], list[float]]:
    """The same with interegular's automata, built before."""
    interegular: Any = import_module("interegular")
    automata: dict[str, Any] = {}
    everything = interegular.parse_pattern(r"[\s\S]*").to_fsm()
    alphabet = everything.alphabet
    for pattern in patterns:
        try:
            automata[pattern] = interegular.parse_pattern(_anchored(pattern)).to_fsm()
            alphabet = alphabet.union(automata[pattern].alphabet)[0]
        except Exception as problem:  # noqa: BLE001 - whatever a measured peer raises counts as its answer
            print(f"  interegular cannot read {pattern[:60]}: {type(problem).__name__} {str(problem)[:40]}")
    answers: dict[tuple[str, str], bool | None] = {}
    seconds = []
    for left, right in permutations(patterns, 2):
        if left not in automata or right not in automata:
            answers[left, right] = None
            continue
        start = time.perf_counter()
        answers[left, right] = not automata[left].difference(automata[right]).empty()
        seconds.append(time.perf_counter() - start)
    return answers, seconds


def _anchored(pattern: str) -> str:
    """The pattern for a library that matches whole strings and knows no anchors."""
    body = pattern.removeprefix("^") if pattern.startswith("^") else r"[\s\S]*" + f"(?:{pattern})"
    return body.removesuffix("$") if body.endswith("$") else f"(?:{body})" + r"[\s\S]*"


def report(name: str, answers: dict[tuple[str, str], bool | None], seconds: list[float]) -> None:
    """One line of figures."""
    decided = sum(answer is not None for answer in answers.values())
    milliseconds = sorted(1000 * second for second in seconds)
    print(
        f"{name:12} decided {decided}/{len(answers)}"
        f"  median {statistics.median(milliseconds):.3f} ms"
        f"  p95 {milliseconds[len(milliseconds) * 95 // 100]:.3f} ms"
        f"  max {milliseconds[-1]:.1f} ms  total {sum(seconds):.2f} s"
    )


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--steps", type=int, default=20_000, help="the budget of a pair")
    arguments.add_argument("--every", type=int, default=1, help="take only every n-th pattern")
    arguments.add_argument("--peer-all", action="store_true", help="give the peer patterns with large counts too")
    chosen = arguments.parse_args()
    lines = (Path(__file__).parent / "algebra_patterns.txt").read_text(encoding="utf-8").splitlines()
    patterns = lines[:: chosen.every]
    start = time.perf_counter()
    for pattern in patterns:
        parse(pattern)
    print(f"{len(patterns)} patterns read in {1000 * (time.perf_counter() - start):.1f} ms")
    runs: list[tuple[str, Callable[[list[str]], tuple[dict[tuple[str, str], bool | None], list[float]]]]] = [
        ("evtcompat", lambda some: ours(some, chosen.steps)),
        ("interegular", peer),
    ]
    common = patterns if chosen.peer_all else [one for one in patterns if not _LARGE_COUNT.search(one)]
    report("evtcompat", *ours(patterns, chosen.steps))
    print(f"beside the peer, {len(common)} patterns:")
    found = {}
    for name, run in runs:
        try:
            answers, seconds = run(common)
        except ModuleNotFoundError:
            print(f"{name:12} not installed")
            continue
        report(name, answers, seconds)
        found[name] = answers
    if len(found) == len(runs):
        mine, other = found.values()
        verdicts = Counter(
            "agree" if mine[pair] == answer else "differ" for pair, answer in other.items() if answer is not None
        )
        print(f"where both decide: {verdicts['agree']} agree, {verdicts['differ']} differ")
        for pair, answer in other.items():
            if answer is not None and mine[pair] != answer:
                print("  differ:", *pair, "| evtcompat finds a difference:", mine[pair])


if __name__ == "__main__":
    main()
