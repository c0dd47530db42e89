"""What changes its meaning, or may lose some, although Avro's rules let it be read."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from evtcompat.formats.avro.logical import TIME
from evtcompat.formats.avro.types import BYTES, DOUBLE, FLOAT, INT, KIND_NAMES, LONG, STRING, Primitive

if TYPE_CHECKING:
    from evtcompat.formats.avro.types import Fixed, Logical

#: The largest integer up to which every integer is exact.
EXACT: Final = {FLOAT: 2**24, DOUBLE: 2**53}

#: ``(writer kind, reader kind)`` of the promotions that round.
_ROUNDING: Final = frozenset({(INT, FLOAT), (LONG, FLOAT), (LONG, DOUBLE)})

#: The rules of this module that are errors by default; `evtcompat.rules` has the severities, a test holds both equal.
HARMFUL: Final = frozenset(
    {
        "bytes-read-as-string",
        "decimal-scale-changed",
        "logical-type-added",
        "logical-type-changed",
        "string-read-as-uuid",
        "time-unit-changed",
    }
)

Judged = tuple[str, dict[str, object]]


def harmful(reader: Primitive | Fixed, writer: Primitive | Fixed) -> bool:
    """Whether a readable pair of primitives or fixed breaks a rule that is an error by default."""
    return _harmful(reader.kind, reader.logical, writer.kind, writer.logical)


@lru_cache(maxsize=4096)
def _harmful(reader_kind: int, ours: Logical | None, writer_kind: int, theirs: Logical | None) -> bool:
    found = meaning(Primitive(reader_kind, ours), Primitive(writer_kind, theirs))
    return any(rule in HARMFUL for rule, _ in found)


def promoted_away(reader: Primitive, writer: Primitive) -> str | None:
    """The rule that is broken where a branch is taken for a primitive although another is of the writer's own kind."""
    kinds = writer.kind, reader.kind
    if kinds in _ROUNDING:
        return "number-precision-lost"
    return "string-read-as-bytes" if kinds == (STRING, BYTES) else None


def meaning(  # noqa: C901 - one table of what differs
    reader: Primitive | Fixed, writer: Primitive | Fixed
) -> list[Judged]:
    """The rules that a readable pair of primitives or fixed breaks, with their facts; kinds and logical types tell."""
    found: list[Judged] = []
    facts: dict[str, object] = {"writer_type": KIND_NAMES[writer.kind], "reader_type": KIND_NAMES[reader.kind]}
    if (writer.kind, reader.kind) == (BYTES, STRING):
        return [("bytes-read-as-string", facts)]
    if (writer.kind, reader.kind) in _ROUNDING:
        found.append(("number-precision-lost", facts | {"exact_to": EXACT[reader.kind]}))
    theirs, ours = writer.logical, reader.logical
    if theirs == ours:
        return found
    logical: dict[str, object] = {"writer_logical": str(theirs), "reader_logical": str(ours)} | facts
    if theirs is None or ours is None:
        if theirs is not None:
            found.append(("logical-type-dropped", logical))
        elif ours is not None and ours.name == "uuid" and writer.kind == STRING:
            found.append(("string-read-as-uuid", facts))
        else:
            found.append(("logical-type-added", logical))
    elif theirs.name == ours.name == "decimal":
        if theirs.scale != ours.scale:
            found.append(
                ("decimal-scale-changed", logical | {"writer_scale": theirs.scale, "reader_scale": ours.scale})
            )
        if ours.precision < theirs.precision:
            digits = {"writer_precision": theirs.precision, "reader_precision": ours.precision}
            found.append(("decimal-precision-narrowed", logical | digits))
    elif theirs.name in TIME and ours.name in TIME and TIME[theirs.name][0] == TIME[ours.name][0]:
        units = {"writer_unit": TIME[theirs.name][1], "reader_unit": TIME[ours.name][1]}
        found.append(("time-unit-changed", logical | units))
    elif theirs.name != ours.name:
        found.append(("logical-type-changed", logical))
    return found
