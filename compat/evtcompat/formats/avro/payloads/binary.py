"""Avro's binary encoding of a datum and back, exact about union branches (the specification's "Binary Encoding").

Payloads are written here and then read by fastavro: two implementations agree on the bytes. What is read here is only
used to know which branch of a union was written, which decoders do not say.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from evtcompat.dataclasses import dataclass
from evtcompat.formats.avro.payloads.datum import Branch
from evtcompat.formats.avro.types import (
    ARRAY,
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
from evtcompat.model.counts import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evtcompat.formats.avro.payloads.datum import Datum

_WHOLE: Final = frozenset({INT, LONG})


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
    if type(type_) is Primitive:
        _write_primitive(type_.kind, datum, out)
    elif type(type_) is Record and isinstance(datum, dict):
        for name, part in type_.types.items():
            _write(part, datum[name], out)
    elif type(type_) is Union and type(datum) is Branch:
        varint(datum.index, out)
        _write(type_.branches[datum.index], datum.value, out)
    elif type(type_) is Container and isinstance(datum, list | dict):
        _write_container(type_, datum, out)
    elif type(type_) is Enumeration and isinstance(datum, str):
        varint(type_.symbols.index(datum), out)
    elif type(type_) is Fixed and isinstance(datum, bytes):
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
    if kind in _WHOLE and isinstance(datum, int):
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


def decode(type_: Type, payload: bytes) -> Datum:
    """The datum that a valid payload of `type_` encodes.

    Raises:
        ValueError: The payload is none of the type, or has bytes left over.
    """
    source = _Payload(payload)
    datum = source.read(type_)
    if source.at != len(payload):
        message = f"{counted(len(payload) - source.at, 'byte is', 'bytes are')} left over"
        raise ValueError(message)
    return datum


def split(type_: Type, data: bytes, count: int) -> list[bytes]:
    """The payloads of `type_` that stand in some bytes, one after the other.

    Raises:
        ValueError: They are no such payloads, or fewer or more of them.
    """
    source, found = _Payload(data), []
    for _ in range(count):
        start = source.at
        source.read(type_)
        found.append(data[start : source.at])
    if source.at != len(data):
        message = f"{len(data) - source.at} bytes are left over"
        raise ValueError(message)
    return found


@dataclass(slots=True)
class _Payload:
    data: bytes
    at: int = 0

    def read(self, type_: Type) -> Datum:
        if type(type_) is Primitive:
            return self._primitive(type_.kind)
        if type(type_) is Record:
            return {name: self.read(part) for name, part in type_.types.items()}
        if type(type_) is Union:
            index = self._long()
            if not 0 <= index < len(type_.branches):
                message = f"the union has no branch {index}"
                raise ValueError(message)
            return Branch(index, self.read(type_.branches[index]))
        if type(type_) is Container:
            if type_.kind == ARRAY:
                return [self.read(type_.of) for _ in self._items()]
            return {self._text(): self.read(type_.of) for _ in self._items()}
        return self._leaf(type_)

    def _leaf(self, type_: Type) -> Datum:
        if isinstance(type_, Enumeration):
            index = self._long()
            if not 0 <= index < len(type_.symbols):
                message = f"the enum has no symbol {index}"
                raise ValueError(message)
            return type_.symbols[index]
        if isinstance(type_, Fixed):
            return self._take(type_.size)
        message = f"no type: {type_!r}"
        raise ValueError(message)

    def _primitive(self, kind: int) -> Datum:
        if kind == STRING:
            return self._text()
        if kind in _WHOLE:
            return self._long()
        if kind == BOOLEAN:
            return self._take(1) != b"\x00"
        if kind == FLOAT:
            return float(struct.unpack("<f", self._take(4))[0])
        if kind == DOUBLE:
            return float(struct.unpack("<d", self._take(8))[0])
        return self._take(self._long()) if kind == BYTES else None

    def _items(self) -> Iterator[None]:
        while count := self._long():
            if count < 0:
                self._long()  # the size of the block in bytes
            for _ in range(abs(count)):
                yield None

    def _text(self) -> str:
        return self._take(self._long()).decode()

    def _take(self, length: int) -> bytes:
        taken = self.data[self.at : self.at + length]
        if length < 0 or len(taken) < length:
            message = "the payload ends too early"
            raise ValueError(message)
        self.at += length
        return taken

    def _long(self) -> int:
        if self.at < len(self.data) and (byte := self.data[self.at]) < 0x80:  # noqa: PLR2004 - one group of seven bits
            self.at += 1
            return byte >> 1 if byte & 1 == 0 else -(byte >> 1) - 1
        number = shift = 0
        while True:
            byte = self._take(1)[0]
            number |= (byte & 0x7F) << shift
            if byte < 0x80:  # noqa: PLR2004 - the last of the groups of seven bits
                return number >> 1 if number & 1 == 0 else -(number >> 1) - 1
            shift += 7
