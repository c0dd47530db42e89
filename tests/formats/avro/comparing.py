"""What the Avro tests share: parsing and relating JSON values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from evtcompat.formats.avro.format import AVRO
from evtcompat.formats.avro.types import AvroSchema
from evtcompat.formats.base import Options
from evtcompat.model.documents import Document, NoReferences
from evtcompat.model.mismatches import Explanation, Mismatch
from evtcompat.model.verdicts import Severity, Verdict
from evtcompat.rules.catalogue import catalogue

ENGINE = AVRO
ROOT = Path(__file__).resolve().parents[3]


def parsed(value: Any) -> AvroSchema:  # noqa: ANN401 - any JSON value
    """The schema that a JSON value writes."""
    return ENGINE.parse(Document(value), NoReferences())


def related(reader: Any, writer: Any, *, witnesses: bool = True) -> Explanation:  # noqa: ANN401 - any JSON value
    """Why two JSON values read each other or not."""
    return ENGINE.compare(parsed(reader), parsed(writer), Options(witnesses=witnesses)).explanation()


def registry_verdict(reader: Any, writer: Any) -> Verdict:  # noqa: ANN401 - any JSON value
    """What a registry answers for two JSON values."""
    return ENGINE.compare(parsed(reader), parsed(writer), Options(witnesses=False)).registry_answer()


def errors(explanation: Explanation) -> list[Mismatch]:
    """The mismatches that make a pair incompatible."""
    return [one for one in explanation.mismatches if catalogue()[one.rule].severity is Severity.ERROR]


def rules(explanation: Explanation) -> list[str]:
    """The ids of the rules that were broken, sorted, each once."""
    return sorted({one.rule for one in explanation.mismatches})
