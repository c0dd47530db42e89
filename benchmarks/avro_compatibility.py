"""Pairs per second, parsing from JSON values included: evtcompat's Avro engine beside PyPI `avro`'s checker.

    python benchmarks/avro_compatibility.py [--rounds 5]

Both run over the same pairs in the same process, alternating, in CPU time; each figure is the median of the rounds.
`avro` is given the pairs that it can parse, and evtcompat the same ones. Witnesses are off: the verdict and all
explained mismatches are in.
The pairs are the reference data (``../shared/reference`` next to the checkout, or ``EVTCOMPAT_REFERENCE``).
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import avro.compatibility
import avro.errors
import avro.schema

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "compat"))

from evtcompat.avro.engine import AvroEngine  # noqa: E402 - the checkout beside this file is what is measured
from evtcompat.contract import Options  # noqa: E402 - idem
from evtcompat.errors import SchemaError  # noqa: E402 - idem
from evtcompat.model.documents import Document, NoReferences  # noqa: E402 - idem
from evtcompat.model.json_types import JSON  # noqa: E402 - idem

Pair: TypeAlias = tuple[JSON, JSON]
_ENGINE = AvroEngine()
_OPTIONS = Options(witnesses=False)
_NONE = NoReferences()


def ours(reader: JSON, writer: JSON) -> None:
    """Parse both, relate them."""
    parsed = _ENGINE.parse(Document(reader), _NONE), _ENGINE.parse(Document(writer), _NONE)
    _ENGINE.relation(*parsed, _OPTIONS)


def theirs(reader: JSON, writer: JSON) -> None:
    """Parse both, ask the checker; a fresh checker for each pair, as its cache is keyed by identity."""
    parsed = avro.schema.make_avsc_object(reader), avro.schema.make_avsc_object(writer)
    checker = avro.compatibility.ReaderWriterCompatibilityChecker()  # type: ignore[no-untyped-call]  # its own lack
    checker.get_compatibility(*parsed)


def runnable(pairs: list[Pair]) -> list[Pair]:
    """The pairs that both sides parse."""
    kept = []
    for pair in pairs:
        try:
            theirs(*pair)
            ours(*pair)
        except (avro.errors.AvroException, SchemaError, AttributeError, TypeError, ValueError):
            continue
        kept.append(pair)
    return kept


def rate(function: Callable[[JSON, JSON], None], pairs: list[Pair]) -> float:
    """Pairs per second of one pass."""
    start = time.process_time()
    for reader, writer in pairs:
        function(reader, writer)
    return len(pairs) / (time.process_time() - start)


def wide() -> Pair:
    """A record with 500 fields, and a union of 60 records in the last of them."""

    def side(extra: str) -> JSON:
        branches: list[JSON] = [
            {"type": "record", "name": f"Branch{index}", "fields": [{"name": f"f{index}", "type": "string"}]}
            for index in range(60)
        ]
        fields: list[JSON] = [
            {"name": f"field{index}", "type": ["null", "string"], "default": None} for index in range(500)
        ]
        return {
            "type": "record",
            "name": "Wide",
            "fields": [*fields, {"name": "choice", "type": branches}],
            "doc": extra,
        }

    return side("reader"), side("writer")


def main() -> int:
    """Print the table."""
    warnings.simplefilter("ignore")  # `avro` warns about logical types that it does not know
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds: int = parser.parse_args().rounds
    folder = Path(os.environ.get("EVTCOMPAT_REFERENCE", ROOT.parent / "shared" / "reference"))
    if not folder.is_dir():
        print(f"no reference data in {folder}; set EVTCOMPAT_REFERENCE", file=sys.stderr)
        return 3
    print(f"{'pairs':<12}{'n':>6}{'evtcompat/s':>14}{'avro/s':>10}{'ratio':>8}")
    for name in ("generated", "real"):
        with gzip.open(folder / f"avro_{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            loaded = [json.loads(line) for line in lines]
        pairs = runnable([(pair["reader"], pair["writer"]) for pair in loaded])
        ratios, mine, other = [], [], []
        for _ in range(rounds):
            mine.append(rate(ours, pairs))
            other.append(rate(theirs, pairs))
            ratios.append(mine[-1] / other[-1])
        medians = statistics.median(mine), statistics.median(other), statistics.median(ratios)
        print(f"{name:<12}{len(pairs):>6}{medians[0]:>14,.0f}{medians[1]:>10,.0f}{medians[2]:>8.1f}")
    pair = wide()
    millis = statistics.median(1000 / rate(ours, [pair]) for _ in range(rounds))
    print(f"500 fields and a union of 60 branches: {millis:.2f} ms")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
