"""Symbols that the default of the reader's enum absorbs."""

from __future__ import annotations

from evtcompat.formats.avro.differences import SymbolsUnknown
from evtcompat.formats.avro.isolation import symbols_alone
from evtcompat.formats.avro.rule import AvroRule, Breach, Evidence, Judge
from evtcompat.formats.avro.rules._shared import unknown_symbols
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity


def _breach(difference: SymbolsUnknown) -> Breach | None:
    default = difference.reader.default
    return None if default is None else unknown_symbols(difference, default=default)


RULE = AvroRule(
    text=Rule(
        id="enum-symbol-defaulted",
        severity=Severity.WARNING,
        format="avro",
        sentence="`{path}`: {reader} does not know the {word} {symbols} of {enum} and reads {default} instead.",
        what="Symbols that the reader does not know are absorbed by the default of its enum.",
        why="The events pass, and consumers cannot tell the new symbols from the default.",
        example='v1 "symbols": ["NEW", "OTHER"], "default": "OTHER"\nv2 adds LOST: v1 reads OTHER',
        remedy="Make sure that consumers treat the default as unknown.",
    ),
    judges=(Judge(SymbolsUnknown, _breach),),
    evidence=Evidence.ALTERED,
    isolate=symbols_alone,
    acceptable_after_fix=True,
)
