"""Directions decided, wrong, and what each costs, beside the peers.

    python benchmarks/json_schema_peers.py [--rounds 3] [--seconds 5]

The pairs are the reference data (``../shared/reference`` next to the checkout, or ``EVTCOMPAT_REFERENCE``), whose
truth is proved or refuted by a verified counterexample; inclusion as written (policy strict). A cost is that of one
direction from two JSON values, parsing and (for evtcompat) the confirmed witness included: the median of the rounds
for each direction, then the median, the 95th percentile and the maximum over the directions. `evtcompat, explained`
adds what a report needs: the causes by rule and place with a witness and a fix for each, the registry's verdict, and
what the other policy would say. A peer that is not installed is named; one that raises, or takes longer than
``--seconds``, leaves the direction open.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import signal
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "compat"))

from evtcompat.contract import Options  # noqa: E402 - the checkout beside this file is what is measured
from evtcompat.json_schema.decide import decide  # noqa: E402 - idem
from evtcompat.json_schema.engine import JsonSchemaEngine  # noqa: E402 - idem
from evtcompat.json_schema.exact import Value  # noqa: E402 - idem
from evtcompat.json_schema.parse import parse  # noqa: E402 - idem
from evtcompat.model.documents import Document, NoReferences  # noqa: E402 - idem
from evtcompat.model.verdicts import Policy, Verdict  # noqa: E402 - idem

#: Whether the reader accepts all that the writer may produce; ``None`` for an open question.
Answer: TypeAlias = "bool | None"
Peer: TypeAlias = Callable[[Value, Value], Answer]

_NEWEST = "https://json-schema.org/draft/2020-12/schema"
_STRICT = Options(policy=Policy.STRICT)
_KNOWN = {Verdict.COMPATIBLE: True, Verdict.INCOMPATIBLE: False}


def ours(reader: Value, writer: Value) -> Answer:
    """The verdict with its witness."""
    return _KNOWN.get(decide(parse(Document(reader)), parse(Document(writer)), _STRICT).verdict)


def ours_explained(reader: Value, writer: Value) -> Answer:
    """Everything that a report shows."""
    engine = JsonSchemaEngine()
    ours, theirs = (engine.parse(Document(one), NoReferences()) for one in (reader, writer))
    relation = engine.relation(ours, theirs, _STRICT)
    return None if relation.undecided else not any(one.witness for one in relation.mismatches)


def _jsoncompat() -> Peer:
    import jsoncompat  # type: ignore[import-not-found]  # a peer, perhaps not installed

    def check(reader: Value, writer: Value) -> Answer:
        # It knows 2020-12 only, where what the reference pairs use means the same, and no identifiers.
        sides = [
            json.dumps({name: value for name, value in {**one, "$schema": _NEWEST}.items() if name != "$id"})
            for one in (writer, reader)
        ]
        return bool(jsoncompat.check_compat(*sides, "deserializer"))

    return check


def _jsonsubschema() -> Peer:
    import jsonsubschema  # type: ignore[import-not-found]  # a peer, perhaps not installed

    return lambda reader, writer: jsonsubschema.isSubschema(writer, reader)


def _jsonschema_rs() -> Peer:
    import jsonschema_rs

    answers = {jsonschema_rs.canonical.Containment.YES: True, jsonschema_rs.canonical.Containment.NO: False}

    def covers(reader: Value, writer: Value) -> Answer:
        sides = [jsonschema_rs.canonicalize(one, validate_formats=False) for one in (reader, writer)]
        return answers.get(sides[0].covers(sides[1]))

    return covers


PEERS: dict[str, Callable[[], Peer]] = {
    "evtcompat": lambda: ours,
    "evtcompat, explained": lambda: ours_explained,
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


def timed(peer: Peer, reader: Value, writer: Value, seconds: int) -> tuple[Answer | str, float]:
    """The answer (or the name of what was raised) and its cost."""
    signal.alarm(seconds)
    start = time.perf_counter()
    try:
        answer: Answer | str = peer(reader, writer)
    except Exception as error:  # noqa: BLE001 - whatever a peer raises leaves the question open
        answer = type(error).__name__
    finally:
        signal.alarm(0)
    return answer, time.perf_counter() - start


def _too_long(*_: object) -> None:
    message = "deadline"
    raise TimeoutError(message)


def main() -> None:
    """Print one row for each peer."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--seconds", type=int, default=5)
    given = arguments.parse_args()
    signal.signal(signal.SIGALRM, _too_long)
    pairs = list(directions())
    print(f"{len(pairs)} directions, {given.rounds} rounds")
    print(f"{'':22}{'decided':>9}{'wrong':>7}{'median ms':>11}{'p95 ms':>9}{'max ms':>9}  open because")
    for name, load in PEERS.items():
        try:
            peer = load()
        except ImportError:
            print(f"{name:22} not installed")
            continue
        _row(name, peer, pairs, given)


def _row(name: str, peer: Peer, pairs: list[tuple[Any, Any, bool]], given: argparse.Namespace) -> None:
    costs, wrong, causes = [], 0, Counter[str]()
    for reader, writer, truth in pairs:
        runs = [timed(peer, reader, writer, given.seconds) for _ in range(given.rounds)]
        costs.append(statistics.median(cost for _, cost in runs))
        answer = runs[0][0]
        if isinstance(answer, bool):
            wrong += answer is not truth
        else:
            causes["no answer" if answer is None else str(answer)] += 1
    costs.sort()
    decided = len(pairs) - causes.total()
    figures = f"{statistics.median(costs) * 1e3:11.2f}{costs[int(len(costs) * 0.95)] * 1e3:9.2f}{costs[-1] * 1e3:9.2f}"
    reasons = ", ".join(f"{count} {cause}" for cause, count in causes.most_common(4))
    print(f"{name:22}{decided:9}{wrong:7}{figures}  {reasons}", flush=True)


if __name__ == "__main__":
    main()
