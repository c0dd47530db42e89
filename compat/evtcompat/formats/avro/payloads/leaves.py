"""What becomes of one primitive or fixed value in a reader's type, as the specification and logical types have it."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple
from uuid import UUID

from evtcompat.formats.avro.logical import TIME
from evtcompat.formats.avro.types import BYTES, DOUBLE, FLOAT, INT, LONG, STRING
from evtcompat.model.readings import Outcome

if TYPE_CHECKING:
    from evtcompat.formats.avro.types import Fixed, Logical, Primitive, Type


class LeafRule(NamedTuple):
    """What values of one type become in another."""

    #: Everything that may become of a value; the best is what becomes of every one of them at least.
    possible: frozenset[Outcome]
    #: What becomes of a carrier: numbers, booleans, and bytes (those of a string, too).
    outcome: Callable[[object], Outcome]

    @property
    def best(self) -> Outcome:
        """The best that may become of a value."""
        return min(self.possible, key=_weight)


def leaf_rule(ours: Primitive | Fixed, theirs: Primitive | Fixed) -> LeafRule | None:
    """The rule for values that Avro reads as `ours`; ``None`` when every value is the same to the reader."""
    found = [rule for rule in (_converted(ours, theirs), _meant(ours.logical, theirs.logical)) if rule]
    if len(found) < 2:  # noqa: PLR2004 - a pair
        return found[0] if found else None
    first, second = found

    def worse(value: object) -> Outcome:
        return max(first.outcome(value), second.outcome(value), key=_weight)

    least = max(first.best, second.best, key=_weight).weight
    possible = frozenset(outcome for outcome in first.possible | second.possible if outcome.weight >= least)
    return LeafRule(possible, worse)


def _weight(outcome: Outcome) -> int:
    return outcome.weight


_float: Final = struct.Struct("<f")


def _as_float(value: object) -> Outcome:
    """A whole number in 24 bits of precision; one that is too large becomes infinite."""
    if not isinstance(value, int):
        return Outcome.OK
    return Outcome.OK if _float.unpack(_float.pack(value))[0] == value else Outcome.LOSSY


def _as_double(value: object) -> Outcome:
    return Outcome.OK if isinstance(value, int) and int(float(value)) == value else Outcome.LOSSY


def _as_text(value: object) -> Outcome:
    try:
        _bytes(value).decode()
    except UnicodeDecodeError:
        return Outcome.REFUSED
    return Outcome.OK


def _bytes(value: object) -> bytes:
    return value.encode() if isinstance(value, str) else bytes(value) if isinstance(value, bytes) else b""


_OR_LOSSY: Final = frozenset({Outcome.OK, Outcome.LOSSY})
_OR_MISREAD: Final = frozenset({Outcome.OK, Outcome.MISREAD})
_OR_REFUSED: Final = frozenset({Outcome.OK, Outcome.REFUSED})
#: By the kind of the writer's type and of the reader's; conversions that keep every value are left out.
_CONVERSIONS: Final = {
    (INT, FLOAT): LeafRule(_OR_LOSSY, _as_float),
    (LONG, FLOAT): LeafRule(_OR_LOSSY, _as_float),
    (LONG, DOUBLE): LeafRule(_OR_LOSSY, _as_double),
    (BYTES, STRING): LeafRule(_OR_REFUSED, _as_text),
}


#: fastavro goes by the writer's decimal, and takes no bytes for text; other decoders do, whatever comes of it.
_DECIMAL_AS_TEXT: Final = LeafRule(
    _OR_MISREAD, lambda value: Outcome.OK if _as_text(value) is Outcome.OK else Outcome.MISREAD
)


def _converted(ours: Primitive | Fixed, theirs: Primitive | Fixed) -> LeafRule | None:
    rule = _CONVERSIONS.get((theirs.kind, ours.kind))
    return _DECIMAL_AS_TEXT if rule is not None and ours.kind == STRING and is_decimal(theirs) else rule


def is_decimal(type_: Type) -> bool:
    """Whether a type is a decimal on bytes, the one logical type by which fastavro reads what it otherwise refuses."""
    return type_.kind == BYTES and type_.logical is not None and type_.logical.name == "decimal"


def _meant(ours: Logical | None, theirs: Logical | None) -> LeafRule | None:
    """What a decoder that trusts the reader's logical type takes a carrier for."""
    if ours is None or ours == theirs:
        return None
    if theirs is not None and ours.name == theirs.name == "decimal":
        if ours.scale != theirs.scale:
            return LeafRule(_OR_MISREAD, _unless_zero)
        return None if ours.precision >= theirs.precision else _narrower(ours.precision)
    if theirs is not None and {ours.name, theirs.name} <= TIME.keys() and TIME[ours.name][0] == TIME[theirs.name][0]:
        return LeafRule(_OR_MISREAD, _unless_zero)
    if ours.name == "uuid" and theirs is None:
        return LeafRule(_OR_MISREAD, _as_uuid)
    return _ANOTHER


def _unless_zero(value: object) -> Outcome:
    """Zero is zero in every unit and at every scale."""
    zero = not value.strip(b"\0") if isinstance(value, bytes) else value == 0
    return Outcome.OK if zero else Outcome.MISREAD


def _narrower(precision: int) -> LeafRule:
    """A decoder rounds to the digits that its own type has."""

    def outcome(value: object) -> Outcome:
        digits = str(abs(int.from_bytes(_bytes(value), "big", signed=True))).rstrip("0")
        return Outcome.LOSSY if len(digits) > precision else Outcome.OK

    return LeafRule(_OR_LOSSY, outcome)


def _as_uuid(value: object) -> Outcome:
    raw = _bytes(value)
    if len(raw) == 16:  # noqa: PLR2004 - a fixed: any 16 bytes are a UUID
        return Outcome.OK
    try:
        UUID(raw.decode())
    except ValueError:
        return Outcome.MISREAD
    return Outcome.OK


#: A date taken for a time, a plain number for an instant: no value is what it was.
_ANOTHER: Final = LeafRule(frozenset({Outcome.MISREAD}), lambda _: Outcome.MISREAD)


def same_leaf(read: object, written: object) -> bool:
    """Whether a decoder's value is the one that was written, text and its UTF-8 bytes being one."""
    if isinstance(read, str) != isinstance(written, str):
        return _bytes(read) == _bytes(written) if isinstance(read, str | bytes) else False
    if isinstance(read, float) and isinstance(written, float) and math.isnan(written):
        return math.isnan(read)
    return read == written
