"""Bytes that are read as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evtcompat.formats.avro.differences import ValueConverted
from evtcompat.formats.avro.isolation import types_alone
from evtcompat.formats.avro.patches import keep_writer_type
from evtcompat.formats.avro.rule import AvroRule, Breach, Evidence, Judge
from evtcompat.formats.avro.rules._shared import kinds
from evtcompat.formats.avro.types import BYTES, STRING
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity

if TYPE_CHECKING:
    from evtcompat.formats.avro.types import Type


def _breach(difference: ValueConverted) -> Breach | None:
    return Breach(kinds(difference)) if difference.kinds == (BYTES, STRING) else None


def _sample(_reader: Type, _writer: Type) -> bytes:
    """Bytes that are no UTF-8."""
    return b"\xff"


RULE = AvroRule(
    text=Rule(
        id="bytes-read-as-string",
        severity=Severity.ERROR,
        format="avro",
        sentence="`{path}` is bytes in {writer} and a string in {reader}; bytes that are not UTF-8 do not survive.",
        what="Bytes are promoted to string.",
        why="fastavro raises on bytes that are not UTF-8; Avro Java replaces them, so the data is silently damaged.",
        example='v1 "type": "bytes"\nv2 "type": "string": b"\\xff" is refused or becomes U+FFFD',
        remedy="Keep bytes, or add a string field with a default.",
        limits="Harmless if only UTF-8 was ever written.",
    ),
    judges=(Judge(ValueConverted, _breach),),
    fix=keep_writer_type,
    evidence=Evidence.REFUSED_OR_MISREAD,
    sample=_sample,
    isolate=types_alone,
)
