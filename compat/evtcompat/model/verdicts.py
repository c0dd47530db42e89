"""The answers: verdicts over a comparison, severities of a finding."""

from __future__ import annotations

from enum import Enum


class Verdict(Enum):
    """What is known about a comparison. ``value`` is the word that reports print."""

    COMPATIBLE = "compatible"
    INCOMPATIBLE = "incompatible"
    UNDECIDED = "undecided"
    UNCHECKED = "unchecked"


class Severity(Enum):
    """How much a finding weighs; see `evtcompat.rules`."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Format(Enum):
    """The schema languages."""

    AVRO = "avro"
    JSON_SCHEMA = "json-schema"


class Policy(Enum):
    """Which instances a JSON Schema writer is taken to produce (Confluent's words)."""

    STRICT = "strict"
    LENIENT = "lenient"
