"""The reference data: pairs of versions, and the histories that they are steps of."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from answers_bench import JSON, SchemaFormat

POLICIES = ("lenient", "strict")


@dataclass(frozen=True)
class Pair:
    """Two versions of a schema."""

    data: str
    id: str
    format: SchemaFormat
    old: JSON
    new: JSON
    #: What the pair is a step of, or ``""``.
    subject: str = ""

    @property
    def name(self) -> str:
        """How the answers call it."""
        return f"{self.data.partition('.')[0]} {self.id}"

    @property
    def policies(self) -> tuple[str | None, ...]:
        """The policies that matter."""
        return (None,) if self.format == "avro" else POLICIES

    @property
    def suffix(self) -> str:
        """Of a file that holds one of the two."""
        return ".avsc" if self.format == "avro" else ".json"


def text_of(value: JSON) -> str:
    """A schema as a person would lay it out, so that there are lines to name."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def pairs(reference: Path, *names: str) -> Iterator[Pair]:
    """The pairs of these data sets; of two that differ in their order only the first."""
    for name in names:
        seen: set[frozenset[str]] = set()
        opened = gzip.open if name.endswith(".gz") else open
        with opened(reference / name, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                if "writer" in row:
                    subject = f"{row['source']} {row['path']}" if "path" in row else ""
                    pair = Pair(name, row["id"], "avro", row["writer"], row["reader"], subject)
                else:
                    subject = row["id"].rpartition("/")[0]
                    pair = Pair(name, row["id"], "json-schema", row["old"], row["new"], subject)
                key = frozenset((json.dumps(pair.old), json.dumps(pair.new)))
                if key not in seen:
                    seen.add(key)
                    yield pair


def histories(found: Iterable[Pair]) -> dict[str, list[Pair]]:
    """The pairs of each subject with more than one, in their order."""
    subjects: dict[str, list[Pair]] = {}
    for pair in found:
        if pair.subject:
            subjects.setdefault(f"{pair.data.partition('.')[0]} {pair.subject}", []).append(pair)
    return {name: steps for name, steps in subjects.items() if len(steps) > 1}
