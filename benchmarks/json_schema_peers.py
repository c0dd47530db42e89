"""Directions decided, wrong, and what each costs, beside the peers.

    python benchmarks/json_schema_peers.py [--rounds 5] [--cold] [--parts]

The pairs are the reference data (``../shared/reference`` next to the checkout, or ``EVTCOMPAT_REFERENCE``), whose
truth is proved or refuted by a verified counterexample; inclusion as written (policy strict). What is measured of
each direction, starting from two JSON values of which nothing is known yet:

- `evtcompat`: the verdict. Both schemas are checked against their metaschemas and compiled, the question is decided,
  and for an incompatible pair the witness is confirmed by the validator.
- `evtcompat, compare`: the public function, with the verdict and the findings read: the causes by rule and place, with
  a witness and a fix for each.
- `evtcompat, explained`: everything that a report shows. Also the registry's verdict, and what the other policy would
  say.
- a peer: its whole call. It takes texts where it insists on them; writing them is not counted.

A round is one look at each direction, in the order of the histories, as a check of them would take it: it begins with
nothing known of any schema, and what versions have in common is known from the first of them on. With ``--cold``
nothing is known before any look. The peers take turns, round by round. A cost is the median of the rounds; shown are
the median, the 95th percentile and the maximum over the directions. The last table compares only directions on which
both gave an answer. A peer that is not installed is named; one that raises, or takes longer than ``--seconds``, leaves
the direction open.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import json
import os
import signal
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "compat"))

from evtcompat.api import compare  # noqa: E402 - the checkout beside this file is what is measured
from evtcompat.formats.json_schema.compile.loading import load_schema  # noqa: E402 - idem
from evtcompat.formats.json_schema.decide import decide  # noqa: E402 - idem
from evtcompat.formats.json_schema.decided import DecidedPair  # noqa: E402 - idem
from evtcompat.formats.json_schema.decision import compare as decided  # noqa: E402 - idem
from evtcompat.formats.json_schema.exact import Value  # noqa: E402 - idem
from evtcompat.formats.json_schema.explain.explanation import explain  # noqa: E402 - idem
from evtcompat.formats.json_schema.options import Options  # noqa: E402 - idem
from evtcompat.formats.json_schema.parse.content_keys import forget  # noqa: E402 - idem
from evtcompat.model.documents import Document  # noqa: E402 - idem
from evtcompat.model.verdicts import Policy, Verdict  # noqa: E402 - idem

#: Whether the reader accepts all that the writer may produce; ``None`` for an open question.
Answer: TypeAlias = "bool | None"
#: What a peer does with a pair before the clock runs, and what it does then.
Prepare: TypeAlias = Callable[[Value, Value], Any]
Ask: TypeAlias = Callable[[Any], Answer]
Peer: TypeAlias = "tuple[Prepare, Ask]"

_NEWEST = "https://json-schema.org/draft/2020-12/schema"
_STRICT = Options(policy=Policy.STRICT)
_KNOWN = {Verdict.COMPATIBLE: True, Verdict.INCOMPATIBLE: False}


def _values(reader: Value, writer: Value) -> tuple[Value, Value]:
    return reader, writer


def ours(pair: tuple[Value, Value]) -> Answer:
    """The verdict with its witness."""
    reader, writer = (load_schema(Document(one)) for one in pair)
    return _KNOWN.get(decide(reader, writer, _STRICT).verdict)


def ours_compared(pair: tuple[Value, Value]) -> Answer:
    """What the public function answers, with the findings."""
    found = compare(reader=pair[0], writer=pair[1], format="json-schema", policy="strict")
    witnessed = any(one.witness for one in found.findings)
    return _KNOWN.get(found.verdict) if witnessed == (found.verdict is Verdict.INCOMPATIBLE) else None


def ours_explained(pair: tuple[Value, Value]) -> Answer:
    """Everything that a report shows."""
    reader, writer = (load_schema(Document(one)) for one in pair)
    found = decided(reader, writer, _STRICT).explanation()
    return None if found.undecided else not any(one.witness for one in found.mismatches)


def _jsoncompat() -> Peer:
    import jsoncompat  # type: ignore[import-not-found]  # a peer, perhaps not installed

    def texts(reader: Value, writer: Value) -> tuple[str, ...]:
        # It knows 2020-12 only, where what the reference pairs use means the same, and no identifiers.
        return tuple(
            json.dumps({name: value for name, value in {**one, "$schema": _NEWEST}.items() if name != "$id"})
            for one in (writer, reader)
        )

    return texts, lambda pair: bool(jsoncompat.check_compat(*pair, "deserializer"))


def _jsonsubschema() -> Peer:
    import jsonsubschema  # type: ignore[import-not-found]  # a peer, perhaps not installed

    return _values, lambda pair: jsonsubschema.isSubschema(pair[1], pair[0])


def _jsonschema_rs() -> Peer:
    import jsonschema_rs

    answers = {jsonschema_rs.canonical.Containment.YES: True, jsonschema_rs.canonical.Containment.NO: False}

    def covers(pair: tuple[Value, Value]) -> Answer:
        sides = [jsonschema_rs.canonicalize(one, validate_formats=False) for one in pair]
        return answers.get(sides[0].covers(sides[1]))

    return _values, covers


PEERS: dict[str, Callable[[], Peer]] = {
    "evtcompat": lambda: (_values, ours),
    "evtcompat, compare": lambda: (_values, ours_compared),
    "evtcompat, explained": lambda: (_values, ours_explained),
    "jsoncompat": _jsoncompat,
    "jsonsubschema": _jsonsubschema,
    "jsonschema-rs": _jsonschema_rs,
}


def directions() -> Iterator[tuple[Any, Any, bool]]:
    """Reader, writer and the truth of every direction where it is known."""
    folder = Path(os.environ.get("EVTCOMPAT_REFERENCE", ROOT.parent / "shared" / "reference"))
    with gzip.open(folder / "json_real.jsonl.gz", "rt") as lines:
        for line in lines:
            row = json.loads(line)
            for key, reader, writer in (("old_in_new", "new", "old"), ("new_in_old", "old", "new")):
                known = row.get(key, {}).get("inclusion")
                if known in {"holds", "refuted"}:
                    yield row[reader], row[writer], known == "holds"


def timed(ask: Ask, pair: object, seconds: int) -> tuple[Answer | str, float]:
    """The answer (or the name of what was raised) and its cost."""
    signal.alarm(seconds)
    start = time.perf_counter()
    try:
        answer: Answer | str = ask(pair)
    except Exception as error:  # noqa: BLE001 - whatever a peer raises leaves the question open
        answer = type(error).__name__
    finally:
        signal.alarm(0)
    return answer, time.perf_counter() - start


def _too_long(*_: object) -> None:
    message = "deadline"
    raise TimeoutError(message)


@dataclass
class Row:
    """What became of one direction after the other."""

    answers: list[Answer | str]
    #: Medians of the rounds, in seconds.
    costs: list[float]


def main() -> None:
    """Print one row for each peer."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--seconds", type=int, default=5)
    arguments.add_argument("--only", nargs="*", default=list(PEERS), help="peers by name")
    arguments.add_argument("--cold", action="store_true", help="nothing is known before any look")
    arguments.add_argument("--parts", action="store_true", help="what each part of our own answer costs")
    given = arguments.parse_args()
    signal.signal(signal.SIGALRM, _too_long)
    pairs = list(directions())
    print(f"{len(pairs)} directions, {given.rounds} rounds")
    if given.parts:
        _parts(pairs, given)
        return
    peers: dict[str, Peer] = {}
    for name in given.only:
        try:
            peers[name] = PEERS[name]()
        except ImportError:
            print(f"{name} is not installed")
    rows = _measured(peers, pairs, given)
    truths = [truth for _, _, truth in pairs]
    print(f"{'':22}{'decided':>9}{'wrong':>7}{'median ms':>11}{'p95 ms':>9}{'max ms':>9}  open because")
    for name, row in rows.items():
        _show(name, row, truths)
    _compare(rows)


def _new_round() -> None:
    """What was known of schemas is out of memory."""
    forget()
    while gc.collect():  # what is dropped lets go of what it consists of, one level at a time
        pass


def _measured(peers: dict[str, Peer], pairs: list[tuple[Any, Any, bool]], given: argparse.Namespace) -> dict[str, Row]:
    runs: dict[str, list[list[tuple[Answer | str, float]]]] = {name: [] for name in peers}
    for _ in range(given.rounds):
        for name, (prepare, ask) in peers.items():
            ready = [prepare(reader, writer) for reader, writer, _ in pairs]
            _new_round()
            looks = []
            for pair in ready:
                if given.cold:
                    _new_round()
                looks.append(timed(ask, pair, given.seconds))
            runs[name].append(looks)
    return {
        name: Row(
            [answer for answer, _ in looks[0]],
            [statistics.median(cost for _, cost in costs) for costs in zip(*looks, strict=True)],
        )
        for name, looks in runs.items()
    }


def _show(name: str, row: Row, truths: list[bool]) -> None:
    known = [(answer, truth) for answer, truth in zip(row.answers, truths, strict=True) if isinstance(answer, bool)]
    causes = Counter("no answer" if one is None else str(one) for one in row.answers if not isinstance(one, bool))
    wrong = sum(answer is not truth for answer, truth in known)
    costs = sorted(row.costs)
    shown = (statistics.median(costs), costs[int(len(costs) * 0.95)], costs[-1])
    figures = "".join(f"{cost * 1e3:{width}.2f}" for cost, width in zip(shown, (11, 9, 9), strict=True))
    reasons = ", ".join(f"{count} {cause}" for cause, count in causes.most_common(4))
    print(f"{name:22}{len(known):9}{wrong:7}{figures}  {reasons}")


def _compare(rows: dict[str, Row]) -> None:
    """The costs of ours in those of each peer."""
    print(f"\n{'cost of ours / theirs':44}{'directions':>12}{'medians':>9}{'totals':>9}")
    for own in (name for name in rows if name.startswith("evtcompat")):
        for peer in (name for name in rows if not name.startswith("evtcompat")):
            both = [
                (ours_, theirs)
                for ours_, theirs, *answers in zip(
                    rows[own].costs, rows[peer].costs, rows[own].answers, rows[peer].answers, strict=True
                )
                if all(isinstance(one, bool) for one in answers)
            ]
            if not both:
                continue
            mine, other = zip(*both, strict=True)
            medians = statistics.median(mine) / statistics.median(other)
            print(f"{own + ' / ' + peer:44}{len(both):12}{medians:9.2f}{sum(mine) / sum(other):9.2f}")


def _parts(pairs: list[tuple[Any, Any, bool]], given: argparse.Namespace) -> None:
    """What each part of our own answer costs, in the order in which the engine asks for them."""
    rounds = []
    for _ in range(given.rounds):
        _new_round()
        looks = []
        for reader, writer, _ in pairs:
            if given.cold:
                _new_round()
            looks.append(_clocked(reader, writer))
        rounds.append(looks)
    costs: dict[str, list[float]] = {}
    for (_, _, truth), *runs in zip(pairs, *rounds, strict=True):
        for name in runs[0]:
            kind = f"{name}, {'compatible' if truth else 'incompatible'}"
            costs.setdefault(kind, []).append(statistics.median(run[name] for run in runs))
    print(f"{'':40}{'pairs':>6}{'median':>9}{'p95 ms':>9}")
    for name, found in sorted(costs.items()):
        found.sort()
        figures = f"{statistics.median(found) * 1e3:9.2f}{found[int(len(found) * 0.95)] * 1e3:9.2f}"
        print(f"{name:40}{len(found):6}{figures}")


def _clocked(reader: Value, writer: Value) -> dict[str, float]:
    marks = [time.perf_counter()]

    def step(value: Value) -> Value:
        marks.append(time.perf_counter())
        return value

    one, other = step(load_schema(Document(reader))), step(load_schema(Document(writer)))
    answer = step(decide(one, other, _STRICT))
    step(explain(one, other, answer, _STRICT))
    decided = DecidedPair(one, other, _STRICT, answer)
    step(decided.registry_verdict())
    step(decided.other_policy())
    names = ("1 parse reader", "2 parse writer", "3 decide", "4 explain", "5 registry", "6 other policy")
    return {name: after - before for name, before, after in zip(names, marks, marks[1:], strict=False)}


if __name__ == "__main__":
    main()
