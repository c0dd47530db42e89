"""What several rules share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evtcompat.formats.avro.differences import DecoderDiverges
from evtcompat.formats.avro.logical import TIME
from evtcompat.formats.avro.rule import Breach, Judge
from evtcompat.formats.avro.types import BYTES, INT, KIND_NAMES, LONG, MISSING, STRING, Fixed, Missing, Record, Type

if TYPE_CHECKING:
    from evtcompat.formats.avro.decoders.divergence import Kind
    from evtcompat.formats.avro.differences import DefaultWrong, EarlierBranch, SymbolsUnknown, ValueConverted
    from evtcompat.formats.avro.types import Logical, Named

#: What cannot be seen of a logical type that differs.
TRUSTING_DECODERS: Final = (
    "Decoders that trust the reader's schema (Avro Java) give the wrong value; "
    "fastavro applies the writer's logical type."
)
#: 0.01 as a big-decimal: one byte of unscaled number, and the scale.
_BIG_HUNDREDTH: Final = b"\x02\x01\x04"
#: Symbols that a message lists before it says how many more there are.
_LISTED: Final = 10


def kinds(difference: ValueConverted | EarlierBranch) -> dict[str, object]:
    """The facts about the kinds of both types."""
    return {"writer_type": KIND_NAMES[difference.writer.kind], "reader_type": KIND_NAMES[difference.reader.kind]}


def logical_types(difference: ValueConverted) -> dict[str, object]:
    """The facts about the logical types, and about what carries them."""
    labels = {"writer_logical": str(difference.writer.logical), "reader_logical": str(difference.reader.logical)}
    return labels | kinds(difference)


def is_string_as_uuid(difference: ValueConverted) -> bool:
    """Whether any string is written and a UUID is expected."""
    reader, writer = difference
    return writer.kind == STRING and writer.logical is None and _name(reader.logical) == "uuid"


def both_decimal(difference: ValueConverted) -> tuple[Logical, Logical] | None:
    """The decimals of the writer and the reader; ``None`` unless both are, and differ."""
    theirs, ours = difference.relabelled or (None, None)
    if theirs is None or ours is None:
        return None
    return (theirs, ours) if theirs.name == ours.name == "decimal" else None


def time_units(difference: ValueConverted) -> tuple[str, str] | None:
    """The units of the writer and the reader; ``None`` unless they count the same kind of time in two units."""
    labels = difference.relabelled
    if labels is None:
        return None
    theirs, ours = (TIME.get(_name(logical)) for logical in labels)
    return (theirs[1], ours[1]) if theirs is not None and ours is not None and theirs[0] == ours[0] else None


def _name(logical: Logical | None) -> str:
    return "" if logical is None else logical.name


def one_unit(_: Type, writer: Type) -> int | bytes | Missing:
    """One, as a number or as an unscaled decimal: what it stands for shows the unit."""
    if writer.kind in (INT, LONG):
        return 1
    if writer.logical is not None and writer.logical.name == "big-decimal":
        return _BIG_HUNDREDTH
    return unscaled(1, writer) if isinstance(writer, Fixed) or writer.kind == BYTES else MISSING


def unscaled(number: int, type_: Type) -> bytes:
    """The bytes of the unscaled number of a decimal that bytes or a fixed carry."""
    length = type_.size if isinstance(type_, Fixed) else number.bit_length() // 8 + 1
    return number.to_bytes(length, "big", signed=True)


def earlier_branch(difference: EarlierBranch, exact_to: int = 0) -> dict[str, object]:
    """The facts about a branch that is taken before the one of the writer's own kind."""
    indexes = {"case": "first", "first": difference.first, "own": difference.own}
    return indexes | kinds(difference) | {"exact_to": exact_to}


def renamed_type(reader: Named, writer: Named) -> dict[str, object]:
    """The facts about two named types of other names."""
    names: dict[str, object] = {"reader_name": reader.full, "writer_name": writer.full}
    return names | {"kind": KIND_NAMES[reader.kind], "what": "type"}


def unknown_symbols(difference: SymbolsUnknown, **more: object) -> Breach:
    """The symbols that the reader's enum has not, at the symbols of both."""
    reader, writer, here, there = difference
    unknown = [symbol for symbol in writer.symbols if symbol not in reader.symbol_set]
    rest = f" and {len(unknown) - _LISTED} more" if len(unknown) > _LISTED else ""
    word = "symbol" if len(unknown) == 1 else "symbols"
    facts = {"enum": reader.full, "symbols": ", ".join(unknown[:_LISTED]) + rest, "word": word} | more
    return Breach(facts, here.inside(reader, "symbols"), there.inside(writer, "symbols"))


def wrong_default(difference: DefaultWrong) -> Breach:
    """The facts about a wrong default; of a pair also the side that has it."""
    facts: dict[str, object] = {"field": difference.field.name, "reason": difference.fault}
    side = difference.side
    return Breach(facts if side is None else facts | {"side": side, "case": side}, difference.place, difference.place)


def divergence(*among: Kind) -> Judge[DecoderDiverges]:
    """The judge of what decoders do otherwise in one of these ways."""

    def breach(difference: DecoderDiverges) -> Breach | None:
        found, reader, here = difference
        if found.kind not in among:
            return None
        facts: dict[str, object] = {
            "decoder": found.decoder,
            "observed": f"{found.decoder}: {found.what}",
            "trouble": found.what,
            "silent": found.silent,
        }
        if found.field is None or not isinstance(reader, Record):
            return Breach(facts)
        return Breach(facts | {"field": found.field.name}, here.field_place(reader, found.field))

    return Judge(DecoderDiverges, breach)
