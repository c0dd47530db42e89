"""A string for which a branch of bytes is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evtcompat.formats.avro.differences import EarlierBranch
from evtcompat.formats.avro.isolation import types_alone
from evtcompat.formats.avro.rule import AvroRule, Breach, Evidence, Judge
from evtcompat.formats.avro.rules._shared import earlier_branch
from evtcompat.formats.avro.types import BYTES, STRING
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity

if TYPE_CHECKING:
    from evtcompat.formats.avro.types import Type


def _breach(difference: EarlierBranch) -> Breach | None:
    reader, writer, _, _ = difference
    if (writer.kind, reader.kind) != (STRING, BYTES):
        return None
    return Breach(earlier_branch(difference))


def _sample(_reader: Type, _writer: Type) -> str:
    return "text"


RULE = AvroRule(
    text=Rule(
        id="string-read-as-bytes",
        severity=Severity.WARNING,
        format="avro",
        misreads=True,
        sentence="`{path}`: fastavro reads the string of {writer} as branch {first} (bytes) of {reader}, although "
        "branch {own} is a string.",
        what="A union of the reader lists bytes before string, and the writer writes a string.",
        why="fastavro takes the first branch that a string can be promoted to and hands over bytes: code that expects "
        "text fails on them, or takes them for another value.",
        example='v1 "type": ["null", "string"]\nv2 "type": ["null", "bytes", "string"]: "a" is read as b"a"',
        remedy="Put string before bytes only where no bytes are written; better, use two fields.",
        limits="Avro Java takes the branch of the writer's own kind. Equal schemas are not resolved, and so not "
        "affected.",
    ),
    judges=(Judge(EarlierBranch, _breach),),
    evidence=Evidence.ALTERED,
    sample=_sample,
    isolate=types_alone,
)
