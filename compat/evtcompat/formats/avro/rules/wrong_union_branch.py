"""A union branch that a decoder picks by its own rule, and that does not fit."""

from __future__ import annotations

from evtcompat.formats.avro.decoders.divergence import Kind
from evtcompat.formats.avro.rule import AvroRule, Evidence
from evtcompat.formats.avro.rules._shared import divergence
from evtcompat.formats.avro.types import BYTES, MISSING, Missing, Type
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity


def _sample(_: Type, writer: Type) -> bytes | Missing:
    """Bytes that are no UTF-8, where some may be taken for text."""
    return b"\xff" if writer.kind == BYTES else MISSING


RULE = AvroRule(
    text=Rule(
        id="wrong-union-branch",
        severity=Severity.ERROR,
        format="avro",
        sentence="`{path}`: {decoder} goes wrong at the union of {reader} when it reads events written with {writer}: "
        "{trouble}.",
        what="A decoder picks a union branch by its own rule and then fails or loses fields, although another branch "
        "would do.",
        why="Registries ask whether some branch fits; decoders take the first that looks right and do not come back. "
        "Where it happens to fit, the fields that it does not have are dropped without a word.",
        example='reader ["a.Item", "b.Item"], writer "b.Item": fastavro takes a.Item, by its short name',
        remedy="Give the branches different short names, and put the one that fits first.",
    ),
    judges=(divergence(Kind.WRONG_BRANCH, Kind.MISMATCH),),
    evidence=Evidence.REFUSED_OR_LOSSY,
    sample=_sample,
)
