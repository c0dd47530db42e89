"""Symbols that the reader's enum has not, and no default for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evtcompat.formats.avro.differences import SymbolsUnknown
from evtcompat.formats.avro.isolation import symbols_alone
from evtcompat.formats.avro.rule import AvroRule, Breach, Judge, Patch
from evtcompat.formats.avro.rules._shared import unknown_symbols
from evtcompat.formats.avro.types import Enumeration
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity

if TYPE_CHECKING:
    from evtcompat.formats.avro.rule import Occurrence


#: What enums call the symbol that stands for those they do not know.
_UNKNOWN: Final = ("unknown", "unspecified", "undefined", "other", "none")


def _breach(difference: SymbolsUnknown) -> Breach | None:
    return unknown_symbols(difference) if difference.reader.default is None else None


def _fix(occurrence: Occurrence) -> Patch | None:
    """Give the reader's enum a default symbol."""
    reader = occurrence.reader
    if not isinstance(reader, Enumeration) or not reader.symbols:
        return None
    named = (symbol for word in _UNKNOWN for symbol in reader.symbols if symbol.lower() == word)
    symbol = next(named, reader.symbols[0])
    pointer = occurrence.mismatch.reader.pointer.removesuffix("/symbols")
    text = f'Give the enum {reader.full} a default that stands for unknown symbols, such as "default": "{symbol}"'
    return Patch(text, [{"op": "add", "path": f"{pointer}/default", "value": symbol}])


RULE = AvroRule(
    text=Rule(
        id="missing-enum-symbols",
        severity=Severity.ERROR,
        format="avro",
        sentence="`{path}` in {reader} does not know the {word} {symbols} of {enum}, and the enum has no default "
        "to fall back on.",
        what="The writer's enum has symbols that the reader's has not, and the reader's enum declares no default.",
        why="The decoder raises on an event with one of these symbols.",
        example='v1 "symbols": ["NEW", "PAID"]\nv2 "symbols": ["NEW", "PAID", "LOST"]: v1 consumers fail on the '
        "first LOST.",
        remedy="Give the enum a default symbol before the first new symbol is published, and deploy consumers first.",
        limits="A default of the field does not help: it stands in for an absent field, not for an unknown symbol.",
        registry_name="MISSING_ENUM_SYMBOLS",
    ),
    judges=(Judge(SymbolsUnknown, _breach),),
    fix=_fix,
    isolate=symbols_alone,
    refused_by_registry=True,
)
