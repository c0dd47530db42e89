"""A datum: a value of an Avro type, with the branch of every union said explicitly.

Python's own values leave the branch of a union to be guessed (is ``1`` an int or a long? which of two records is this
dict?). A datum does not: a value of a union is a `Branch`. Everything else is what fastavro reads without logical
types:
``None``, ``bool``, ``int``, ``float``, ``bytes``, ``str``, lists, dicts; an enum is its symbol.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias

from evtcompat.dataclasses import dataclass
from evtcompat.formats.avro.types import (
    ARRAY,
    Container,
    Record,
    Type,
    Union,
    branch_name,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Branch:
    """A value of a union: the index of the branch, and the datum of that branch."""

    index: int
    value: Datum

    def __repr__(self) -> str:
        """As a call of the class; written out, as the one of a dataclass looks for circles, which no datum has."""
        return f"Branch(index={self.index}, value={self.value!r})"


Datum: TypeAlias = "bool | int | float | bytes | str | Sequence[Datum] | Mapping[str, Datum] | Branch | None"


def json_view(type_: Type, datum: Datum, *, tagged: bool = False) -> object:
    """The datum as JSON shows it: bytes as Avro's JSON encoding writes them, NaN and infinities as strings.

    Args:
        type_: The type that the datum has.
        datum: The datum.
        tagged: Write a union's value as Avro's JSON encoding does, ``{"branch": value}``; otherwise the value alone.
    """
    if isinstance(type_, Union) and isinstance(datum, Branch):
        branch = type_.branches[datum.index]
        inner = json_view(branch, datum.value, tagged=tagged)
        return {branch_name(branch): inner} if tagged and datum.value is not None else inner
    if isinstance(type_, Record) and isinstance(datum, dict):
        return {part.name: json_view(part.type, datum[part.name], tagged=tagged) for part in type_.fields}
    if isinstance(type_, Container):
        if type_.kind == ARRAY and isinstance(datum, list):
            return [json_view(type_.of, item, tagged=tagged) for item in datum]
        if isinstance(datum, dict):
            return {key: json_view(type_.of, item, tagged=tagged) for key, item in datum.items()}
    return plain(datum)


def plain(value: object) -> object:
    """Any decoded value as JSON shows it: bytes as ISO-8859-1, NaN and infinities as strings, the rest of `str`."""
    if isinstance(value, bytes):
        return value.decode("iso-8859-1")
    if isinstance(value, float):
        if math.isfinite(value):
            return value
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return str(value)
