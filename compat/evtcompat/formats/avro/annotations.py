"""What a document says of logical types that the specification ignores, and others do not.

An invalid logical type, or one in a place where none belongs, is ignored ("Logical Types"): the carrier is read as it
is. But Python's fastavro refuses some such schemas, and people, generators and consumers of their own go by what is
written. So what is ignored is told, and told again when it changes.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, NamedTuple

from evtcompat.dataclasses import replace
from evtcompat.formats.avro.logical import CARRIERS, MOST_DIGITS, SIZES, digits_of
from evtcompat.formats.avro.paths import SchemaIndex
from evtcompat.formats.avro.types import BYTES, FIXED, KIND_NAMES, NAMED, Record
from evtcompat.formats.avro.violations import shown
from evtcompat.model.places import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from evtcompat.formats.avro.types import AvroSchema
    from evtcompat.model.json_types import JSON

#: What Kafka Connect's Avro converter writes about a type (`io.confluent.connect.avro.AvroData`).
CONNECT: Final = frozenset({"connect.name", "connect.version", "connect.parameters", "connect.type"})
#: What an object for a type may say besides; of types that carry no logical type, all of it is ignored.
ANNOTATIONS: Final = CONNECT | {"logicalType"}

_KINDS: Final = {word: kind for kind, word in enumerate(KIND_NAMES[:-1])} | {"error": KIND_NAMES.index("record")}
_SEPARATORS: Final = re.compile(r"[\s_.-]+")
#: What is written for a logical type that Avro calls otherwise.
_CALLED: Final = {
    "timestamp": "timestamp-millis",
    "timestampms": "timestamp-millis",
    "timestampus": "timestamp-micros",
    "timestampns": "timestamp-nanos",
    "localtimestamp": "local-timestamp-millis",
    "time": "time-millis",
    "timems": "time-millis",
    "timeus": "time-micros",
    "guid": "uuid",
}
_SPELT: Final = {name.replace("-", ""): name for name in CARRIERS}
#: How alike two names have to be, from 0 to 1, so that one may be a slip for the other.
_ALIKE: Final = 0.87
#: Characters of the longest name that is told whole.
_LONGEST: Final = 60


class Annotated(NamedTuple):
    """An object that says something of a type."""

    raw: Mapping[str, JSON]
    #: Where it is.
    place: Place
    #: Whether it is a field, rather than a type.
    in_field: bool


def annotated(schema: AvroSchema) -> Iterator[Annotated]:
    """The objects in the documents of a schema that say more of a type than Avro heeds, or less well; each once."""
    index = SchemaIndex(schema)
    root = schema.root.short if isinstance(schema.root, NAMED) else ""
    yield from _inside(schema.document.value, Place("", root))
    for origin, document in schema.documents.items():
        yield from _inside(document.value, Place("", "", origin))
    for record in schema.names.values():
        fields = record.raw.get("fields")
        if not isinstance(record, Record) or not isinstance(fields, list):
            continue
        for name, raw in zip(record.fields, fields, strict=True):
            place = index.field(record, name)
            if isinstance(raw, dict):
                if "logicalType" in raw:
                    yield Annotated(raw, place, in_field=True)
                yield from _inside(raw["type"], index.field(record, name, "type"))


def _inside(value: JSON, place: Place) -> Iterator[Annotated]:
    """The objects in a type, down to the definitions in it; their fields are looked at with their records."""
    pending: list[tuple[JSON, str]] = [(value, place.pointer)]
    while pending:
        part, pointer = pending.pop()
        if isinstance(part, list):
            pending += reversed([(inner, f"{pointer}/{at}") for at, inner in enumerate(part)])
        elif isinstance(part, dict):
            if not ANNOTATIONS.isdisjoint(part):
                yield Annotated(part, replace(place, pointer=pointer), in_field=False)
            pending += [(part[key], f"{pointer}/{key}") for key in ("items", "values") if key in part]


class Ignored(NamedTuple):
    """A logical type that is written and has no effect."""

    #: What is written, as a type whose logical type counts is called: ``decimal(9, 4)``.
    label: str
    #: Why it has no effect, as a clause; ``None`` for one that Avro does not know, which may be somebody's own.
    reason: str | None


def label_of(raw: Mapping[str, JSON]) -> str:
    """How a logical type that an object writes is called, in Avro's spelling where only that is wrong."""
    name = raw.get("logicalType")
    if not isinstance(name, str):
        return shown(name)
    name = spelling(name) or name
    if name != "decimal":
        return name if len(name) <= _LONGEST else f"{name[:_LONGEST]}..."
    return f"decimal({_number(raw.get('precision'))}, {_number(raw.get('scale', 0))})"


def _named(value: JSON) -> str:
    """A name in a sentence."""
    return value if isinstance(value, str) and len(value) <= _LONGEST else shown(value)


def _number(value: JSON) -> str:
    return "?" if value is None else shown(value)


def spelling(name: str) -> str | None:
    """The logical type of Avro's that a name stands for which is none, only misspelt; ``None`` for any other name."""
    if name in CARRIERS or len(name) > _LONGEST:
        return None
    letters = _SEPARATORS.sub("", name).casefold()
    found = _SPELT.get(letters) or _CALLED.get(letters)
    if found is None:
        near = get_close_matches(letters, _SPELT, 1, _ALIKE)
        found = _SPELT[near[0]] if near else None
    return found


def ignored_in_field(raw: Mapping[str, JSON]) -> Ignored | None:
    """The logical type that a field writes beside its type, where none belongs."""
    if "logicalType" not in raw:
        return None
    return Ignored(label_of(raw), "it stands beside the type of the field, and belongs into it")


def ignored_in_type(raw: Mapping[str, JSON]) -> Ignored | None:
    """The logical type that an object for a type writes and that has no effect."""
    if "logicalType" not in raw:
        return None
    name, word = raw["logicalType"], raw.get("type")
    kind = _KINDS.get(word) if isinstance(word, str) else None
    reason = _fault(name, kind, raw)
    if reason is None and isinstance(name, str) and name in CARRIERS:
        return None
    return Ignored(label_of(raw), reason)


def _fault(name: JSON, kind: int | None, raw: Mapping[str, JSON]) -> str | None:
    """Why a logical type has no effect; ``None`` where it has, or where Avro knows none of that name."""
    if not isinstance(name, str):
        return f"a logical type is a name, not {shown(name)}"
    if name not in CARRIERS:
        meant = spelling(name)
        return None if meant is None else f"Avro has no {_named(name)}; did you mean {meant}?"
    if kind is None:
        return f"{_named(raw.get('type'))} is the name of a type, which has a logical type of its own or none"
    if kind not in CARRIERS[name]:
        carriers = " or ".join(KIND_NAMES[carrier] for carrier in sorted(CARRIERS[name]))
        return f"a {name} is carried by {carriers}, not by {KIND_NAMES[kind]}"
    if name == "decimal":
        return decimal_fault(raw, kind)
    if kind == FIXED and raw.get("size") != SIZES[name]:
        return f"a {name} has {SIZES[name]} bytes, not {shown(raw.get('size'))}"
    return None


def decimal_fault(raw: Mapping[str, JSON], kind: int) -> str | None:
    """What is wrong with the precision and the scale of a decimal, as a clause."""
    precision, scale = raw.get("precision"), raw.get("scale", 0)
    if precision is None:
        return "it has no precision"
    if type(precision) is not int or precision < 1:
        return f"its precision is no positive number, but {shown(precision)}"
    if type(scale) is not int or scale < 0:
        return f"its scale is neither zero nor a positive number, but {shown(scale)}"
    if scale > precision:
        return f"its scale, {shown(scale)}, is above its precision, {shown(precision)}"
    if precision > MOST_DIGITS:
        return f"no decoder has a number of {shown(precision)} digits"
    most = digits_of(raw["size"]) if kind == FIXED and type(raw.get("size")) is int else None  # type: ignore[arg-type]  # as seen
    if most is not None and precision > most:
        return f"a fixed of {shown(raw['size'])} bytes holds decimals of {most} digits, not of {shown(precision)}"
    return None


def refused_by_fastavro(raw: Mapping[str, JSON]) -> bool:
    """Whether fastavro refuses a schema for what a type in it says of decimals, whatever carries them.

    See `fastavro._schema_py` (1.13): what is false in Python's sense is not looked at, and truth counts as 1.
    """
    if raw.get("logicalType") != "decimal":
        return False
    precision, scale = raw.get("precision"), raw.get("scale")
    if scale and (not isinstance(scale, int) or scale < 0):
        return True
    if not precision:
        return False
    if not isinstance(precision, int) or precision <= 0:
        return True
    size = raw.get("size")
    if raw.get("type") == "fixed" and isinstance(size, int) and precision > digits_of(size):
        return True
    return isinstance(scale, int) and scale > precision


def unreadable_by_fastavro(raw: Mapping[str, JSON]) -> bool:
    """Whether fastavro takes a schema and then refuses every value of a type in it, for its decimal is incomplete.

    It looks for the precision of any decimal that bytes or a fixed carry (`fastavro._read_py`, 1.13).
    """
    if raw.get("logicalType") != "decimal" or raw.get("type") not in _DECIMAL_WORDS or refused_by_fastavro(raw):
        return False
    precision, scale = raw.get("precision"), raw.get("scale", 0)
    return not isinstance(precision, int) or not 0 < precision <= _MOST_PRECISION or not isinstance(scale, int)


_DECIMAL_WORDS: Final = (KIND_NAMES[BYTES], KIND_NAMES[FIXED])
#: Python's `decimal.MAX_PREC`, where a number has 64 bits.
_MOST_PRECISION: Final = 999_999_999_999_999_999
