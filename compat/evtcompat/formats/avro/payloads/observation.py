"""What fastavro makes of a value under the writer's schema and under the reader's, and how that differs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evtcompat.formats.avro.defaults import shown
from evtcompat.formats.avro.payloads import binary, codec
from evtcompat.formats.avro.payloads.datum import plain
from evtcompat.formats.avro.payloads.decoder_errors import CodecError
from evtcompat.formats.avro.types import BYTES, INT, KIND_NAMES, LONG, STRING, AvroSchema, Fixed, Primitive
from evtcompat.model.documents import Document

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from evtcompat.formats.avro.paths import Steps
    from evtcompat.formats.avro.payloads.datum import Datum
    from evtcompat.formats.avro.types import Type


def relabelled(ours: Type, theirs: Type, leaf: Datum) -> tuple[str, str | None]:
    """What fastavro reads: a value of the writer's type `theirs`, and its bytes under the logical type of `ours`.

    The latter is ``None`` where they are no value of that.
    """
    payload = binary.encode(theirs, leaf)
    try:
        before = _reading(theirs, payload)
    except CodecError as error:
        before = f"(unreadable: {error.message})"
    try:
        return before, _reading(_carried(theirs, ours), payload)
    except CodecError:
        return before, None


def called(type_: Type) -> str:
    """How a sentence calls a type by what it means."""
    return str(type_.logical) if type_.logical is not None else f"a plain {KIND_NAMES[type_.kind]}"


def altered(written: object, read: object) -> str | None:
    """What was written and what was read, where that is another value; ``None`` where it is not."""
    if isinstance(written, str) and isinstance(read, bytes):
        return f"written as {shown(written)}, read as the bytes {read!r}"
    return None if _same(written, read) else f"written as {shown(plain(written))}, read as {shown(plain(read))}"


def lost_fields(written: object, read: object, steps: Steps, kept: AbstractSet[str] | None = None) -> str | None:
    """What was written and what was read at the end of steps, where fields are missing from the latter.

    Only those of `kept` count, where that is given.
    """
    for step in steps:
        if isinstance(step, int):
            continue  # values as fastavro reads them do not show the branch of a union
        if isinstance(written, dict) and isinstance(read, dict):
            key = "" if step is None else step
            if key not in written or key not in read:
                return None
            written, read = written[key], read[key]
        elif isinstance(written, list) and isinstance(read, list) and written and read:
            written, read = written[0], read[0]
        else:
            return None
    if not isinstance(written, dict) or not isinstance(read, dict):
        return None
    expected = written.keys() if kept is None else written.keys() & kept
    if not expected <= read.keys():
        return f"written as {shown(plain(written))}, read as {shown(plain(read))}"
    return None


def _carried(theirs: Type, ours: Type) -> Type:
    """The writer's carrier with the reader's logical type: what a decoder that trusts the reader takes it for."""
    if isinstance(theirs, Fixed) and isinstance(ours, Fixed):
        carrier = Fixed(theirs.full, theirs.short, theirs.raw, theirs.size)
        carrier.logical = ours.logical
        return carrier
    if theirs.kind == INT and ours.kind == LONG:
        return Primitive(LONG, ours.logical)
    if (theirs.kind, ours.kind) == (BYTES, STRING):
        return Primitive(STRING, ours.logical)
    return ours


def _reading(type_: Type, payload: bytes) -> str:
    value = codec.decode(AvroSchema(Document(None), type_, {}), payload)
    unit = type_.logical.name.rpartition("-")[2] if type_.logical is not None else ""
    if isinstance(value, int) and unit == "nanos":
        return f"{value} nanoseconds"
    return repr(value) if isinstance(value, bytes) else shown(plain(value))


def _same(left: object, right: object) -> bool:
    if isinstance(left, dict) and isinstance(right, dict):
        return all(_same(value, right[key]) for key, value in left.items() if key in right)
    if isinstance(left, list) and isinstance(right, list):
        return all(_same(one, other) for one, other in zip(left, right, strict=False))
    return left == right
