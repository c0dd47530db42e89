"""Every answer of a checkout, to the letter, so that two checkouts can be compared.

    python benchmarks/answers.py dump CHECKOUT --reference DIR --out FILE.jsonl [--jobs 2] [--part avro|json|cli ...]
    python benchmarks/answers.py compare BEFORE.jsonl AFTER.jsonl

`dump` asks the package under ``CHECKOUT/compat``, in processes of their own, only through its public functions and its
command line, and writes one answer a line: ``{"kind": ..., "id": ..., "answer": ...}``, sorted. The parts are

- `avro` and `json`: `compare` on every pair of the reference data, in both directions, with and without witnesses, for
  JSON Schema under both policies and with asserted formats; `check` on every pair as text, and on the histories.
- `cli`: exit code, standard output, standard error and written files of every command: on the sample schemas (in a git
  repository and beside a registry), on the inputs under ``reports`` and ``asyncapi``, and on the pairs of the reference
  data as files.

Both dumps must be made of the same reference data and sample schemas: ``--samples`` and ``--cases`` name folders of one
checkout where the two differ. Which answers are asked for in one process, and in which order, does not depend on
``--jobs``. Paths, addresses in memory, ports, evtcompat's own version and the body of a traceback are replaced by
words; all else counts. The seed of hashes is 0; with ``PYTHONHASHSEED=1``, or another, a second dump of one checkout
shows which answers depend on it.

`compare` exits with 1 if any answer differs, and shows the first of each kind. With ``--common`` it leaves out answers
that only one of the files has, as after ``--sample N``, which asks for every N-th pair or folder only.
"""

from __future__ import annotations

import argparse
import difflib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from answers_bench import JSON, Bench, Inputs
from answers_questions import PARTS, shards


def work(inputs: Inputs, shard: int, seconds: float, out: Path) -> None:
    """Write the answers of one shard; what its own process does."""
    bench = Bench(inputs, seconds)
    with out.open("w", encoding="ascii") as lines:
        for unit in shards(inputs)[shard]:
            for answer in unit(bench):
                lines.write(json.dumps(answer._asdict(), allow_nan=False) + "\n")


def dump(inputs: Inputs, jobs: int, out: Path, given: Sequence[str]) -> int:
    """Write every answer, and say how many of which kind there are."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="answers-") as name:
        folder = Path(name)
        environment = _environment(inputs.checkout, folder)

        def run(shard: int) -> Path:
            file = folder / f"{shard}.jsonl"
            program = [sys.executable, __file__, *given, "--out", str(file), "--shard", str(shard)]
            subprocess.run(program, check=True, cwd=folder, env=environment, stdin=subprocess.DEVNULL)
            return file

        with ThreadPoolExecutor(jobs) as pool:
            files = list(pool.map(run, range(len(shards(inputs)))))
        lines = [line for file in files for line in file.read_text(encoding="ascii").splitlines()]
    answers = {(row["kind"], row["id"]): line for line in lines for row in [json.loads(line)]}
    if len(answers) < len(lines):
        twice = Counter((row["kind"], row["id"]) for row in map(json.loads, lines)).most_common(1)
        print(f"{len(lines) - len(answers)} answers have the name of another, such as {twice[0][0]}", file=sys.stderr)
        return 2
    out.write_text("".join(f"{answers[key]}\n" for key in sorted(answers)), encoding="ascii")
    for kind, count in sorted(Counter(kind for kind, _ in answers).items()):
        print(f"{count:7}  {kind}")
    late = [key for key, line in answers.items() if json.loads(line)["answer"] == {"timeout": True}]
    print(f"{len(answers):7}  answers in {time.monotonic() - start:.0f} s, {len(late)} of them took too long")
    for kind, one in late:
        print(f"         {kind}: {one}")
    return 0


def _environment(checkout: Path, folder: Path) -> dict[str, str]:
    """Variables that make the answers independent of the machine and its user."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONHASHSEED", "TMPDIR") if name in os.environ}
    people = {
        f"GIT_{role}_{word}": value
        for role in ("AUTHOR", "COMMITTER")
        for word, value in (("NAME", "A Person"), ("EMAIL", "person@example.com"), ("DATE", "2026-01-01T12:00:00Z"))
    }
    (folder / "home").mkdir()
    return {
        "PYTHONHASHSEED": "0",
        **kept,
        **people,
        "PYTHONPATH": str(checkout / "compat"),
        "PYTHONPYCACHEPREFIX": str(folder / "bytecode"),
        "PYTHONUTF8": "1",
        "HOME": str(folder / "home"),
        "EVTCOMPAT_CONFIG_DIR": str(folder / "home"),
        "EVTCOMPAT_CACHE_DIR": str(folder / "home" / "cache"),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "NO_COLOR": "1",
        "COLUMNS": "100",
        "TZ": "UTC",
    }


# What differs


def compare_dumps(before: Path, after: Path, *, common: bool, examples: int, lines: int) -> int:
    """Print what differs between two dumps; 1 if anything does."""
    sides = [_loaded(before), _loaded(after)]
    keys = [set(side) for side in sides]
    differing: dict[str, list[tuple[str, str]]] = {}
    for key in sorted(keys[0] & keys[1] if common else keys[0] | keys[1]):
        if sides[0].get(key) != sides[1].get(key):
            differing.setdefault(key[0], []).append(key)
    total = Counter(kind for kind, _ in keys[0] | keys[1])
    for kind, found in differing.items():
        print(f"{len(found):7} of {total[kind]:6}  {kind}")
    for kind, found in differing.items():
        for key in found[:examples]:
            print(f"\n{kind}: {key[1]}")
            for line in _difference(*(side.get(key) for side in sides), lines=lines):
                print(f"  {line}")
    count = sum(map(len, differing.values()))
    print(f"{count} of {len(keys[0] | keys[1])} answers differ, {len(keys[0] & keys[1])} are in both files")
    return 1 if count else 0


def _loaded(file: Path) -> dict[tuple[str, str], str]:
    """The answers of a dump, as texts."""
    with file.open(encoding="ascii") as lines:
        return {(row["kind"], row["id"]): json.dumps(row["answer"]) for row in map(json.loads, lines)}


def _difference(before: str | None, after: str | None, *, lines: int) -> list[str]:
    """A short difference of two answers."""
    if before is None or after is None:
        return ["only in the second file" if before is None else "only in the first file"]
    first, second = (json.dumps(_in_lines(json.loads(one)), indent=1).splitlines() for one in (before, after))
    found = list(difflib.unified_diff(first, second, lineterm="", n=2))[2:]
    return found if len(found) <= lines else [*found[:lines], f"... and {len(found) - lines} lines more"]


def _in_lines(value: JSON) -> JSON:
    """The value with texts of many lines as lists of lines."""
    if isinstance(value, str) and "\n" in value:
        return [*value.split("\n")]
    if isinstance(value, list):
        return [_in_lines(item) for item in value]
    return {name: _in_lines(item) for name, item in value.items()} if isinstance(value, dict) else value


def main() -> int:
    """Dump or compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    dumping = commands.add_parser("dump", help="write every answer of a checkout")
    dumping.add_argument("checkout", type=Path)
    dumping.add_argument("--reference", type=Path, required=True, help="the reference data")
    dumping.add_argument("--samples", type=Path, help="the sample schemas (default: those of the checkout)")
    dumping.add_argument("--cases", type=Path, help="such as tests/cases (default: none)")
    dumping.add_argument("--out", type=Path, required=True)
    dumping.add_argument("--jobs", type=int, default=2, help="processes at a time")
    dumping.add_argument("--part", action="append", choices=PARTS, help="only these (default: all)")
    dumping.add_argument("--sample", type=int, default=1, help="every N-th pair or folder")
    dumping.add_argument("--seconds", type=float, default=300, help="CPU time for one answer")
    dumping.add_argument("--shard", type=int, help=argparse.SUPPRESS)
    comparing = commands.add_parser("compare", help="what differs between two dumps")
    comparing.add_argument("before", type=Path)
    comparing.add_argument("after", type=Path)
    comparing.add_argument("--common", action="store_true", help="only answers that both have")
    comparing.add_argument("--examples", type=int, default=2, help="how many of each kind are shown")
    comparing.add_argument("--lines", type=int, default=40, help="how many lines of each")
    given = parser.parse_args()
    if given.command == "compare":
        return compare_dumps(given.before, given.after, common=given.common, examples=given.examples, lines=given.lines)
    checkout = given.checkout.resolve()
    inputs = Inputs(
        checkout=checkout,
        reference=given.reference.resolve(),
        samples=(given.samples or checkout / "schemas").resolve(),
        cases=None if given.cases is None else given.cases.resolve(),
        parts=tuple(part for part in PARTS if part in (given.part or PARTS)),
        sample=given.sample,
    )
    if given.shard is not None:
        work(inputs, given.shard, given.seconds, given.out)
        return 0
    passed = ["dump", str(checkout), "--reference", str(inputs.reference), "--samples", str(inputs.samples)]
    passed += [] if inputs.cases is None else ["--cases", str(inputs.cases)]
    passed += [word for part in inputs.parts for word in ("--part", part)]
    passed += ["--sample", str(inputs.sample), "--seconds", str(given.seconds)]
    return dump(inputs, given.jobs, given.out.resolve(), passed)


if __name__ == "__main__":
    raise SystemExit(main())
