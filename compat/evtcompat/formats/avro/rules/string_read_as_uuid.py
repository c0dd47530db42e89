"""A string that is expected to be a UUID."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evtcompat.formats.avro.differences import ValueConverted
from evtcompat.formats.avro.patches import keep_writer_type
from evtcompat.formats.avro.rule import AvroRule, Breach, Evidence, Judge
from evtcompat.formats.avro.rules._shared import TRUSTING_DECODERS, is_string_as_uuid, kinds
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity

if TYPE_CHECKING:
    from evtcompat.formats.avro.types import Type


def _breach(difference: ValueConverted) -> Breach | None:
    return Breach(kinds(difference)) if is_string_as_uuid(difference) else None


def _sample(_reader: Type, _writer: Type) -> str:
    """A string that is no UUID."""
    return "not-a-uuid"


RULE = AvroRule(
    text=Rule(
        id="string-read-as-uuid",
        severity=Severity.ERROR,
        format="avro",
        sentence="`{path}` is any string in {writer}, and {reader} expects a UUID.",
        what="The reader's string carries the logical type uuid, the writer's does not.",
        why="A string that is no UUID makes decoders that convert it raise.",
        example='v1 "type": "string"\nv2 {"type": "string", "logicalType": "uuid"}',
        remedy="Add a field of type uuid with a default; or accept the finding if only UUIDs were ever written.",
        limits=TRUSTING_DECODERS,
    ),
    judges=(Judge(ValueConverted, _breach),),
    fix=keep_writer_type,
    evidence=Evidence.MISREAD,
    sample=_sample,
)
