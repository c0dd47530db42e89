"""A decimal of fewer digits."""

from __future__ import annotations

from evtcompat.formats.avro.differences import ValueConverted
from evtcompat.formats.avro.isolation import types_alone
from evtcompat.formats.avro.payloads.boundaries import MOST_DIGITS
from evtcompat.formats.avro.rule import AvroRule, Breach, Evidence, Judge
from evtcompat.formats.avro.rules._shared import both_decimal, logical_types, unscaled
from evtcompat.formats.avro.types import MISSING, Missing, Type
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity


def _breach(difference: ValueConverted) -> Breach | None:
    decimals = both_decimal(difference)
    if decimals is None or decimals[1].precision >= decimals[0].precision:
        return None
    theirs, ours = decimals
    digits = {"writer_precision": theirs.precision, "reader_precision": ours.precision}
    return Breach(logical_types(difference) | digits)


def _sample(reader: Type, writer: Type) -> bytes | Missing:
    """The smallest number that has a digit too many for the reader.

    Raises:
        ValueError: It has too many to write.
    """
    if reader.logical is None:
        return MISSING
    precision = reader.logical.precision
    if precision > MOST_DIGITS:
        message = f"a number of more than {precision:,} digits has too many to write"
        raise ValueError(message)
    return unscaled(10**precision, writer)


RULE = AvroRule(
    text=Rule(
        id="decimal-precision-exceeded",
        formerly="decimal-precision-narrowed",
        severity=Severity.WARNING,
        format="avro",
        sentence="`{path}`: decimals have up to {writer_precision} digits in {writer} and {reader_precision} in "
        "{reader}.",
        what="The reader declares fewer digits for a decimal than the writer.",
        why="Decoders do not check the digits; databases and generated code further on may.",
        example='v1 "precision": 18\nv2 "precision": 9',
        remedy="Keep the larger precision.",
    ),
    judges=(Judge(ValueConverted, _breach),),
    evidence=Evidence.ALTERED,
    sample=_sample,
    isolate=types_alone,
)
