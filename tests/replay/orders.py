"""Recorded orders whose outcome is known before anybody looks: what they are made of says it.

Two versions wrote them, and two readers read them. What becomes of an order in a reader is worked out here from the
order itself, by the rules of the format and by nothing of evtcompat.
"""

from __future__ import annotations

import base64
import io
import json
import struct
import uuid
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import fastavro

#: More than a double has digits for.
ODD = 2**53 + 1
#: The registry's ids of the two versions.
IDS = {"1": 7, "2": 8}
UUIDS = {"1": uuid.UUID(int=1), "2": uuid.UUID(int=2)}
STATUS = ("NEW", "PAID", "LOST")
DAY = 86_400_000


def _record(fields: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "record", "name": "Order", "namespace": "shop", "fields": fields}


def _enum(symbols: Iterable[str]) -> dict[str, Any]:
    return {"name": "status", "type": {"type": "enum", "name": "Status", "symbols": list(symbols)}}


_FIRST: list[dict[str, Any]] = [
    {"name": "id", "type": "string"},
    _enum(STATUS),
    {"name": "amount", "type": "long"},
    {"name": "note", "type": ["null", "string"], "default": None},
    {"name": "placed", "type": {"type": "long", "logicalType": "timestamp-millis"}},
]
_CHANNEL = {"name": "channel", "type": "string", "default": "WEB"}
_AMOUNT = {"name": "amount", "type": "double"}

#: The versions that wrote, and what reads: all that they wrote, and not all of it.
AVRO = {
    "1": _record(_FIRST),
    "2": _record([*_FIRST, _CHANNEL]),
    "kind": _record([*_FIRST, _CHANNEL, {"name": "paid", "type": "boolean", "default": False}]),
    "strict": _record([_FIRST[0], _enum(STATUS[:2]), _AMOUNT, *_FIRST[3:], _CHANNEL]),
}


@dataclass(frozen=True)
class Order:
    """One event, and the version that wrote it."""

    number: int
    version: str

    @property
    def status(self) -> str:
        """Every seventh is lost."""
        return STATUS[2] if self.number % 7 == 3 else STATUS[self.number % 2]

    @property
    def amount(self) -> int:
        """Every eleventh is too long for a double."""
        return ODD if self.number % 11 == 5 else self.number

    @property
    def placed(self) -> int:
        """One an hour from a day on."""
        return (10_000 * 24 + self.number) * DAY // 24

    @property
    def value(self) -> dict[str, Any]:
        """As its version writes it."""
        note = "x" * (self.number % 100) if self.number % 3 else None
        value = {
            "id": f"o{self.number}",
            "status": self.status,
            "amount": self.amount,
            "note": note,
            "placed": self.placed,
        }
        return value if self.version == "1" else {**value, "channel": "APP" if self.number % 5 else "WEB"}

    def outcome(self, reader: str) -> str:
        """What becomes of it in a reader."""
        if reader == "strict":
            if self.status == "LOST":
                return "refused"
            if self.amount == ODD:
                return "lossy"
            return "defaulted" if self.version == "1" else "ok"
        return "defaulted"  # the kind reader fills in `paid`, whoever wrote


def orders(count: int, version: str, first: int = 0) -> list[Order]:
    """So many, one after the other."""
    return [Order(number, version) for number in range(first, first + count)]


def outcomes(made: Iterable[Order], reader: str) -> dict[str, int]:
    """How many orders have each outcome."""
    return dict(Counter(order.outcome(reader) for order in made))


def encoded(order: Order) -> bytes:
    """An order in Avro's binary encoding."""
    out = io.BytesIO()
    fastavro.schemaless_writer(out, _parsed(order.version), order.value)
    return out.getvalue()


def _parsed(version: str) -> dict[str, Any]:
    return dict(fastavro.parse_schema(AVRO[version]))  # type: ignore[arg-type]  # of a record, an object


def container(made: list[Order], codec: str = "null", interval: int = 2000) -> bytes:
    """An object container file of orders of one version."""
    out = io.BytesIO()
    fastavro.writer(out, _parsed(made[0].version), [one.value for one in made], codec=codec, sync_interval=interval)
    return out.getvalue()


def confluent(order: Order) -> bytes:
    """An order in Confluent's wire format."""
    return b"\0" + struct.pack(">I", IDS[order.version]) + encoded(order)


def glue(order: Order) -> bytes:
    """An order as AWS Glue frames it, every second one compressed."""
    body = encoded(order)
    packed = order.number % 2
    return (
        b"\x03" + bytes([5 if packed else 0]) + UUIDS[order.version].bytes + (zlib.compress(body) if packed else body)
    )


def single_object(order: Order) -> bytes:
    """An order in Avro's single-object encoding, with the fingerprint that fastavro works out."""
    canonical = fastavro.schema.to_parsing_canonical_form(AVRO[order.version])
    fingerprint = fastavro.schema.fingerprint(canonical, "CRC-64-AVRO")
    return b"\xc3\x01" + bytes.fromhex(fingerprint)[:8] + encoded(order)


def prefixed(messages: Iterable[bytes]) -> bytes:
    """Messages after their lengths."""
    return b"".join(struct.pack(">I", len(message)) + message for message in messages)


def base64_lines(messages: Iterable[bytes]) -> bytes:
    """Messages as lines of base64."""
    return b"".join(base64.b64encode(message) + b"\n" for message in messages)


def write_schemas(folder: Path) -> None:
    """The versions and readers as files: ``order-v1.avsc``, ``kind.avsc``."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in AVRO.items():
        path = folder / (f"order-v{name}.avsc" if name.isdigit() else f"{name}.avsc")
        path.write_text(json.dumps(schema))


#: What a file of orders is called, and how it is made.
Maker = Callable[[list[Order]], bytes]
FILES: dict[str, tuple[str, Maker]] = {
    **{
        f"blocks-{codec}": (f"orders-{codec}.avro", partial(container, codec=codec))
        for codec in ("null", "deflate", "bzip2", "xz", "snappy", "zstandard", "lz4")
    },
    "prefixed-confluent": ("orders.bin", lambda made: prefixed(map(confluent, made))),
    "prefixed-single-object": ("orders.single", lambda made: prefixed(map(single_object, made))),
    "prefixed-glue": ("orders.glue", lambda made: prefixed(map(glue, made))),
    "base64-confluent": ("orders.b64", lambda made: base64_lines(map(confluent, made))),
    "base64-glue": ("orders.txt", lambda made: base64_lines(map(glue, made))),
}


def each_version(count: int) -> Iterator[list[Order]]:
    """Orders of the one version, then of the other."""
    yield orders(count, "1")
    yield orders(count // 2, "2", first=count)
