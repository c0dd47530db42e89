"""Avro's binary encoding of a datum, exact about union branches (the specification's "Binary Encoding").

Witness payloads are made here and then decoded by fastavro: two implementations agree on the bytes.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from evtcompat.formats.avro.payloads.datum import Branch
from evtcompat.formats.avro.types import (
    BOOLEAN,
    BYTES,
    DOUBLE,
    FLOAT,
    INT,
    LONG,
    STRING,
    Container,
    Enumeration,
    Fixed,
    Primitive,
    Record,
    Type,
    Union,
)

if TYPE_CHECKING:
    from evtcompat.formats.avro.payloads.datum import Datum


def encode(type_: Type, datum: Datum) -> bytes:
    """The bytes of `datum` under `type_`.

    Raises:
        TypeError: The datum is not of that type.
        ValueError: A number is out of range, a fixed has another length, a symbol is unknown.
    """
    out = bytearray()
    _write(type_, datum, out)
    return bytes(out)


def _write(type_: Type, datum: Datum, out: bytearray) -> None:
    if isinstance(type_, Primitive):
        _write_primitive(type_.kind, datum, out)
    elif isinstance(type_, Record) and isinstance(datum, dict):
        for part in type_.fields:
            _write(part.type, datum[part.name], out)
    elif isinstance(type_, Union) and isinstance(datum, Branch):
        varint(datum.index, out)
        _write(type_.branches[datum.index], datum.value, out)
    elif isinstance(type_, Container) and isinstance(datum, list | dict):
        _write_container(type_, datum, out)
    elif isinstance(type_, Enumeration) and isinstance(datum, str):
        varint(type_.symbols.index(datum), out)
    elif isinstance(type_, Fixed) and isinstance(datum, bytes):
        if len(datum) != type_.size:
            message = f"{type_.full} has {type_.size} bytes, not {len(datum)}"
            raise ValueError(message)
        out += datum
    else:
        message = f"{datum!r} is no datum of {type_!r}"
        raise TypeError(message)


def _write_container(type_: Container, datum: list[Datum] | dict[str, Datum], out: bytearray) -> None:
    if datum:
        varint(len(datum), out)
        if isinstance(datum, dict):
            for key, item in datum.items():
                _write_primitive(STRING, key, out)
                _write(type_.of, item, out)
        else:
            for item in datum:
                _write(type_.of, item, out)
    out.append(0)


def _write_primitive(kind: int, datum: Datum, out: bytearray) -> None:
    if kind in (INT, LONG) and isinstance(datum, int):
        bits = 32 if kind == INT else 64
        if not -(1 << (bits - 1)) <= datum < 1 << (bits - 1):
            message = f"{datum} does not fit {bits} bits"
            raise ValueError(message)
        varint(datum, out)
    elif kind == BOOLEAN and isinstance(datum, bool):
        out.append(datum)
    elif kind == STRING and isinstance(datum, str):
        raw = datum.encode()
        varint(len(raw), out)
        out += raw
    elif kind == BYTES and isinstance(datum, bytes):
        varint(len(datum), out)
        out += datum
    elif kind == FLOAT and isinstance(datum, float):
        out += struct.pack("<f", datum)
    elif kind == DOUBLE and isinstance(datum, float):
        out += struct.pack("<d", datum)
    elif not (kind == 0 and datum is None):
        message = f"{datum!r} is no datum of primitive kind {kind}"
        raise TypeError(message)


def varint(number: int, out: bytearray) -> None:
    """Append a zig-zag variable-length integer."""
    number = number << 1 if number >= 0 else (-number << 1) - 1
    while number > 0x7F:  # noqa: PLR2004 - seven bits a byte
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
