"""Avro's binary encoding read back into a datum, with the branch of every union said.

Decoders do not tell which branch they took. This reading is only used to know it: the values that readers are held
to are fastavro's.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from evtcompat.formats.avro.payloads.datum import Branch, Datum
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


def datum_of(type_: Type, payload: bytes) -> Datum:
    """The datum that a valid payload of `type_` encodes.

    Raises:
        ValueError: The payload is none of the type, or has bytes left over.
    """
    source = _Source(payload)
    datum = source.read(type_)
    if source.at != len(payload):
        message = f"{len(payload) - source.at} bytes are left over"
        raise ValueError(message)
    return datum


@dataclass(slots=True)
class _Source:
    data: bytes
    at: int = 0

    def read(self, type_: Type) -> Datum:
        if isinstance(type_, Primitive):
            return self._primitive(type_.kind)
        if isinstance(type_, Record):
            return {part.name: self.read(part.type) for part in type_.fields}
        if isinstance(type_, Union):
            index = self._long()
            if not 0 <= index < len(type_.branches):
                message = f"the union has no branch {index}"
                raise ValueError(message)
            return Branch(index, self.read(type_.branches[index]))
        if isinstance(type_, Container):
            if type_.kind == ARRAY:
                return [self.read(type_.of) for _ in self._items()]
            return {self._text(): self.read(type_.of) for _ in self._items()}
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
        if kind in (INT, LONG):
            return self._long()
        if kind == BOOLEAN:
            return self._take(1) != b"\x00"
        if kind == FLOAT:
            return float(struct.unpack("<f", self._take(4))[0])
        if kind == DOUBLE:
            return float(struct.unpack("<d", self._take(8))[0])
        if kind == BYTES:
            return self._take(self._long())
        return self._text() if kind == STRING else None

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
        number = shift = 0
        while True:
            byte = self._take(1)[0]
            number |= (byte & 0x7F) << shift
            if byte < 0x80:  # noqa: PLR2004 - the last of the groups of seven bits
                return number >> 1 if number & 1 == 0 else -(number >> 1) - 1
            shift += 7
