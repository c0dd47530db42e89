"""Which JSON values are defaults of which types: the specification's "Complex Types, Records", and what decoders do.

A default for a union must fit the branch that a decoder takes it for. Avro Java takes the first branch whose kind
*could* hold the value, and records, enums, arrays and maps count as "could" whatever the value is; a default that a
later branch was meant for is then refused or read as something else, so it is held to be wrong here.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final, TypeAlias

from evtcompat.formats.avro.types import (
    ARRAY,
    BOOLEAN,
    BYTES,
    DOUBLE,
    ENUM,
    FIXED,
    FLOAT,
    INT,
    KIND_NAMES,
    LONG,
    MAP,
    NULL,
    RECORD,
    STRING,
    UNION,
    Container,
    Enumeration,
    Fixed,
    Missing,
    Record,
    Type,
    Union,
    branch_name,
)
from evtcompat.formats.avro.violations import shown as sketched

if TYPE_CHECKING:
    from evtcompat.formats.avro.types import AvroSchema, Field
    from evtcompat.model.json_types import JSON

#: The faults that are known of the own defaults of fields, by the identity of the record and the name.
_Faults: TypeAlias = dict[tuple[int, str], str | None]

INT_RANGE: Final = (-(2**31), 2**31 - 1)
LONG_RANGE: Final = (-(2**63), 2**63 - 1)
#: What Java's `Double.parseDouble` takes: decimal, hexadecimal and not-a-number forms, with blanks around.
_JAVA_DOUBLE: Final = re.compile(
    r"""[\x00-\x20]*+[+-]?+(?:
        NaN|Infinity
        |(?:(?:[0-9]++\.?+[0-9]*+|\.[0-9]++)(?:[eE][+-]?+[0-9]++)?+
        |0[xX](?:[0-9a-fA-F]++\.?+[0-9a-fA-F]*+|\.[0-9a-fA-F]++)[pP][+-]?+[0-9]++)[fFdD]?+
        )[\x00-\x20]*+""",
    re.VERBOSE,
)
_LAST_BYTE: Final = "\xff"


#: The Python types that the defaults of each kind usually have, by kind; a record's default takes more than that.
_USUAL: Final = (type(None), bool, int, int, float, float, str, str, list, dict, str, str, None, None)
#: The kinds of which every value of that type is a right default.
_TOLD_BY_TYPE: Final = frozenset({NULL, BOOLEAN, FLOAT, DOUBLE, STRING})


def usual(type_: Type, value: JSON) -> bool:
    """Whether a default is right, for `fault` as for Avro Java, by its type and range alone; others may be right."""
    kind = type_.kind
    if kind == UNION:
        branches = type_.branches  # type: ignore[union-attr]  # by its kind
        if not branches or (branches[0].kind == ARRAY and value == []):
            return False
        type_ = branches[0]
        kind = type_.kind
    if type(value) is not _USUAL[kind]:
        return False
    if kind in _TOLD_BY_TYPE:
        return True
    if kind in (INT, LONG):
        low, high = INT_RANGE if kind == INT else LONG_RANGE
        return low <= value <= high  # type: ignore[operator]  # an integer, as seen
    if kind in (ARRAY, MAP):
        return not value
    if kind == ENUM:
        return value in type_.symbol_set  # type: ignore[union-attr]  # by its kind
    sized = kind == BYTES or len(value) == type_.size  # type: ignore[union-attr,arg-type]  # bytes or fixed; a string
    return sized and value.isascii()  # type: ignore[union-attr]  # a string, as seen


def empty_array_in_union(type_: Type, default: JSON) -> bool:
    """Whether a default is an empty array and its type a union, so that the default is none of a plain array.

    Avro Java's fast reader, on by default in 1.12.1, hands the union to a constructor of arrays (AVRO-4238).
    """
    if not isinstance(type_, Union) or default != []:
        return False
    index = union_branch(type_, [])
    return index is not None and type_.branches[index].kind == ARRAY


def fault(type_: Type, value: JSON) -> str | None:
    """Why `value` is no default for a field of `type_`, as a clause; ``None`` when it is one.

    Nested records are filled with their own defaults, as decoders do.
    """
    if value is None and (
        type_.kind == NULL or (isinstance(type_, Union) and type_.branches and type_.branches[0].kind == NULL)
    ):
        return None
    if is_written_number(type_, value):
        return None
    return _fault(type_, value, {})


def is_written_number(type_: Type, value: JSON | Missing) -> bool:
    """Whether a float or double field has a string for a default that Avro Java reads as a number while it parses.

    It does so for the field's own type only, not inside unions, arrays, maps and records.
    """
    return type_.kind in (FLOAT, DOUBLE) and isinstance(value, str) and _JAVA_DOUBLE.fullmatch(value) is not None


def union_branch(union: Union, value: JSON) -> int | None:
    """The branch that Avro Java takes a default for: the first whose kind could hold it; ``None`` if there is none."""
    for index, branch in enumerate(union.branches):
        if could_hold(branch.kind, value):
            return index
    return None


def could_hold(kind: int, value: JSON) -> bool:
    """Whether Avro Java takes a value for one of a kind when it looks for the branch of a default."""
    if kind in (FIXED, STRING, BYTES):
        return isinstance(value, str)
    if kind == NULL:
        return value is None
    if kind == BOOLEAN:
        return isinstance(value, bool)
    if INT <= kind <= DOUBLE:
        return isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    return True


def _fault(type_: Type, value: JSON, filling: _Faults) -> str | None:
    if isinstance(type_, Union):
        index = union_branch(type_, value)
        if index is None:
            return f"{shown(value)} fits no branch of the union"
        found = _fault(type_.branches[index], value, filling)
        return found and f"it is taken for branch {index} ({branch_name(type_.branches[index])}), where {found}"
    if isinstance(type_, Record):
        return _record_fault(type_, value, filling)
    if isinstance(type_, Container):
        return _container_fault(type_, value, filling)
    if isinstance(type_, Enumeration):
        if isinstance(value, str) and value in type_.symbol_set:
            return None
        return f"{shown(value)} is not a symbol of {type_.full}"
    if isinstance(type_, Fixed):
        return _bytes_fault(value) or (
            None
            if isinstance(value, str) and len(value) == type_.size
            else f"it has {len(str(value))} bytes, not {type_.size}"
        )
    return _primitive_fault(type_.kind, value)


def _primitive_fault(kind: int, value: JSON) -> str | None:
    if kind == BYTES:
        return _bytes_fault(value)
    if kind in (INT, LONG):
        if not isinstance(value, int) or isinstance(value, bool):
            return f"{shown(value)} is not an integer"
        low, high = INT_RANGE if kind == INT else LONG_RANGE
        return None if low <= value <= high else f"{shown(value)} is outside the range of {KIND_NAMES[kind]}"
    if could_hold(kind, value):
        fits = kind not in (FLOAT, DOUBLE) or _is_converted(value)
        return None if fits else f"{shown(value)} is outside the range of {KIND_NAMES[kind]}"
    return f"{shown(value)} is not a {KIND_NAMES[kind] if kind != DOUBLE else 'number'}"


def _bytes_fault(value: JSON) -> str | None:
    if not isinstance(value, str):
        return f"{shown(value)} is not a string of bytes"
    wide = next((character for character in value if character > _LAST_BYTE), None)
    return None if wide is None else f"the character {wide!r} is no byte (bytes are written as U+0000 to U+00FF)"


def _container_fault(type_: Container, value: JSON, filling: _Faults) -> str | None:
    if type_.kind == ARRAY:
        if not isinstance(value, list):
            return f"{shown(value)} is not an array"
        parts = list(enumerate(value))
    else:
        if not isinstance(value, dict):
            return f"{shown(value)} is not a map"
        parts = list(value.items())  # type: ignore[arg-type]  # keys of one kind or of the other
    for key, part in parts:
        found = _fault(type_.of, part, filling)
        if found is not None:
            return f"at {key}: {found}"
    return None


def _record_fault(type_: Record, value: JSON, filling: _Faults) -> str | None:
    if not isinstance(value, dict):
        return f"{shown(value)} is not a record"
    for name, inner in type_.types.items():
        if name in value:
            found = _fault(inner, value[name], filling)
        elif name not in type_.defaults:
            return f"it lacks {name} of {type_.full}, which has no default"
        else:
            found = _filled_fault(type_, name, filling)
        if found is not None:
            return f"at {name}: {found}"
    return None


def _filled_fault(record: Record, name: str, filling: _Faults) -> str | None:
    """The fault of a field's own default; looked for once, however often the field is filled."""
    key = id(record), name
    if key not in filling:
        filling[key] = f"the default of {name} of {record.full} contains itself without end"
        type_, default = record.types[name], record.defaults[name]
        filling[key] = None if is_written_number(type_, default) else _fault(type_, default, filling)
    return filling[key]


def faults(schema: AvroSchema) -> list[tuple[Record, Field, str]]:
    """The fields of a schema whose default is wrong, with the reason; found once for a schema."""
    found = schema.faults
    if found is None:
        found = []
        for record, name in schema.unchecked_defaults:
            reason = fault(record.types[name], record.defaults[name])
            if reason is not None:
                found.append((record, record.row(name), reason))
        schema.faults = found
    return found


def left_out(type_: Type, value: JSON) -> list[str]:
    """The fields that a right default leaves to their own defaults, in the records that it is made of.

    Avro Java fills them in; fastavro hands the default over as it is written.
    """
    if isinstance(type_, Union):
        index = union_branch(type_, value)
        return [] if index is None else left_out(type_.branches[index], value)
    if isinstance(type_, Container):
        parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        return list(dict.fromkeys([name for part in parts for name in left_out(type_.of, part)]))
    if not isinstance(type_, Record) or not isinstance(value, dict):
        return []
    found: list[str] = []
    for name, inner in type_.types.items():
        found += [f"{name}.{deeper}" for deeper in left_out(inner, value[name])] if name in value else [name]
    return found


def fastavro_refuses(record: Record, name: str) -> bool:
    """Whether fastavro refuses a schema because of a field's default; it looks at the outermost type only.

    A named type that is referred to by name is not looked at.
    """
    type_, value = record.types[name], record.defaults[name]
    if isinstance(type_, Union):
        plain = [branch for branch in type_.branches if branch.kind <= STRING and branch.logical is None]
        return len(plain) == len(type_.branches) and all(_fastavro_refuses(branch.kind, value) for branch in plain)
    if type_.kind >= FIXED:
        fields = record.raw["fields"]
        raw = fields[list(record.types).index(name)] if isinstance(fields, list) else None
        if isinstance(raw, dict) and isinstance(raw["type"], str):
            return False
    return _fastavro_refuses(type_.kind, value)


def _fastavro_refuses(kind: int, value: JSON) -> bool:
    if kind in (FLOAT, DOUBLE):
        return not _is_converted(value)
    wanted: dict[int, type] = {
        NULL: type(None),
        BOOLEAN: bool,
        INT: int,
        LONG: int,
        ARRAY: list,
        MAP: dict,
        RECORD: dict,
    }
    return not isinstance(value, wanted.get(kind, str))


def _is_converted(value: JSON) -> bool:
    """Whether Python, and so fastavro, makes a float of a value; an integer may be too large for any."""
    try:
        float(value)  # type: ignore[arg-type]  # what cannot be converted raises
    except (TypeError, ValueError, OverflowError):
        return False
    return True


def shown(value: object) -> str:
    """A value in a message: JSON-like, at most 60 characters."""
    import json

    try:
        text = json.dumps(value, ensure_ascii=False, default=str)
    except RecursionError:
        return f"a deeply nested {type(value).__name__}"
    except ValueError:  # an integer of more digits than Python writes
        return sketched(value)  # type: ignore[arg-type]  # a JSON value, as it was being written as one
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004 - a line's worth
