"""Pairs per second, parsing included: evtcompat's Avro engine beside PyPI `avro`'s checker.

    python benchmarks/avro_compatibility.py [--rounds 5]

Both run over the same pairs in the same process, alternating, in CPU time; each figure is the median of the rounds.
`avro` is given the pairs that it can parse, and evtcompat the same ones. Witnesses are off. The rows differ in how much
is asked of evtcompat:

- ``verdict``: the engine's answer. Defaults, logical types and what decoders do are judged in it; a pair that the
  registry's rules refuse is not explained.
- ``explained``: the engine's answer with all mismatches.
- ``compare``: the public function, and the verdict of what it returns.
- ``findings``: the public function, and the findings of what it returns.
- ``text``: as ``compare``, from the texts of both schemas, for `avro` as well. The others begin with JSON values. The
  data have both directions of most pairs, one after the other: evtcompat reads a text that it was given just before
  once.

Beside them stands Avro Java, from the texts on both sides, on a JVM that has warmed up: `AvroJavaRate.java` is run with
the jars that PyPI's pyspark brings (the extra `replay-spark`) where both are there. It is given the pairs that it can
parse too, and its time is that of the thread that decides.

The generated pairs are those of ``tests/data``; the real ones, out of public repositories, are looked for in
``EVTCOMPAT_REFERENCE``, else ``../shared/reference`` next to the checkout, and left out where they are absent.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
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

from evtcompat import compare  # noqa: E402 - the checkout beside this file is what is measured
from evtcompat.errors import SchemaError  # noqa: E402 - idem
from evtcompat.formats.avro.format import AVRO  # noqa: E402 - idem
from evtcompat.formats.base import Options  # noqa: E402 - idem
from evtcompat.model.documents import Document, NoReferences  # noqa: E402 - idem
from evtcompat.model.json_types import JSON  # noqa: E402 - idem

Pair: TypeAlias = tuple[JSON, JSON]
_OPTIONS = Options(witnesses=False)
_NONE = NoReferences()


def verdict(reader: JSON, writer: JSON) -> None:
    """Parse both, ask whether one reads the other."""
    AVRO.compare(AVRO.parse(Document(reader), _NONE), AVRO.parse(Document(writer), _NONE), _OPTIONS)


def explained(reader: JSON, writer: JSON) -> None:
    """Parse both, ask for every mismatch."""
    AVRO.compare(AVRO.parse(Document(reader), _NONE), AVRO.parse(Document(writer), _NONE), _OPTIONS).explanation()


def compared(reader: JSON, writer: JSON) -> None:
    """The public function's verdict."""
    _ = compare(reader=reader, writer=writer, format="avro", witnesses=False).verdict


def found(reader: JSON, writer: JSON) -> None:
    """The public function's verdict and findings."""
    _ = compare(reader=reader, writer=writer, format="avro", witnesses=False).findings


ROWS = {"verdict": verdict, "explained": explained, "compare": compared, "findings": found}
#: The row of ``compare`` that takes texts.
TEXT = "text"
#: Rounds after which a JVM has compiled what it runs.
_WARM_UP = 30


def theirs(reader: JSON, writer: JSON) -> None:
    """Parse both, ask the checker."""
    checked(avro.schema.make_avsc_object(reader), avro.schema.make_avsc_object(writer))


def theirs_from_text(reader: JSON, writer: JSON) -> None:
    """As `theirs`, of texts."""
    checked(avro.schema.parse(str(reader)), avro.schema.parse(str(writer)))


def checked(reader: avro.schema.Schema, writer: avro.schema.Schema) -> None:
    """Ask the checker; a fresh one for each pair, as its cache is keyed by identity."""
    checker = avro.compatibility.ReaderWriterCompatibilityChecker()  # type: ignore[no-untyped-call]  # its own lack
    checker.get_compatibility(reader, writer)


def runnable(pairs: list[Pair]) -> list[Pair]:
    """The pairs that both sides parse."""
    kept = []
    for pair in pairs:
        try:
            theirs(*pair)
            explained(*pair)
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


def beside_java(name: str, texts: list[Pair], rounds: int) -> str:
    """A line of the table on Avro Java, or why there is none."""
    spark = importlib.util.find_spec("pyspark")
    java = shutil.which("java")
    if java is None or spark is None or spark.origin is None:
        return f"{name:<12}Avro Java left out: it takes a JDK, and the jars of pyspark"
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.writelines(f"{reader}\n{writer}\n" for reader, writer in texts)
        file.flush()
        jars = Path(spark.origin).parent / "jars" / "*"
        program = Path(__file__).with_name("AvroJavaRate.java")
        command = [java, "-cp", str(jars), str(program), file.name, str(_WARM_UP), str(rounds)]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    both = [texts[int(number)] for number in said[0].split()]
    java_rate = statistics.median(len(both) * 1e9 / int(nanoseconds) for nanoseconds in said[1:])
    own_rate = statistics.median(rate(compared, both) for _ in range(rounds))
    rates = f"{own_rate:>12,.0f}{java_rate:>9,.0f}{own_rate / java_rate:>7.2f}"
    return f"{name:<12}{len(both):>6}  {'beside Java':<12}{rates}"


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
    print(f"{'pairs':<12}{'n':>6}  {'asked for':<12}{'evtcompat/s':>12}{'avro/s':>9}{'ratio':>7}")
    for name, place in (("generated", ROOT / "tests" / "data"), ("real", folder)):
        file = place / f"avro_{name}.jsonl.gz"
        if not file.is_file():
            print(f"{name:<12}left out: {file} is absent; set EVTCOMPAT_REFERENCE")
            continue
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            loaded = [json.loads(line) for line in lines]
        pairs = runnable([(pair["reader"], pair["writer"]) for pair in loaded])
        texts: list[Pair] = [(json.dumps(reader), json.dumps(writer)) for reader, writer in pairs]
        mine: dict[str, list[float]] = {row: [] for row in (*ROWS, TEXT)}
        other: dict[str, list[float]] = {row: [] for row in mine}
        for _ in range(rounds):
            known = rate(theirs, pairs)
            for row, function in ROWS.items():
                other[row].append(known)
                mine[row].append(rate(function, pairs))
            other[TEXT].append(rate(theirs_from_text, texts))
            mine[TEXT].append(rate(compared, texts))
        for row, rates in mine.items():
            ratio = statistics.median(one / two for one, two in zip(rates, other[row], strict=True))
            medians = f"{statistics.median(rates):>12,.0f}{statistics.median(other[row]):>9,.0f}"
            print(f"{name:<12}{len(pairs):>6}  {row:<12}{medians}{ratio:>7.1f}")
        print(beside_java(name, texts, rounds))
    pair = wide()
    millis = statistics.median(1000 / rate(explained, [pair]) for _ in range(rounds))
    print(f"500 fields and a union of 60 branches: {millis:.2f} ms")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
