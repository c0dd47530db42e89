"""The value that a field's default writes, as a datum."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evtcompat.formats.avro.defaults import union_branch
from evtcompat.formats.avro.payloads.datum import Branch
from evtcompat.formats.avro.types import BYTES, DOUBLE, FIXED, FLOAT, Container, Record, Union

if TYPE_CHECKING:
    from evtcompat.formats.avro.payloads.datum import Datum
    from evtcompat.formats.avro.types import Type
    from evtcompat.model.json_types import JSON


def default_datum(type_: Type, value: JSON) -> Datum:
    """The datum that a default of a type stands for ("Complex Types", "Records").

    Raises:
        ValueError: It is no value of the type.
    """
    if isinstance(type_, Union):
        index = union_branch(type_, value)
        if index is None:
            message = f"no branch has the value {value!r}"
            raise ValueError(message)
        return Branch(index, default_datum(type_.branches[index], value))
    if isinstance(type_, Record) and isinstance(value, dict):
        return {
            row.name: default_datum(row.type, value[row.name] if row.name in value else type_.defaults[row.name])
            for row in type_.fields
        }
    if isinstance(type_, Container):
        if isinstance(value, list):
            return [default_datum(type_.of, item) for item in value]
        if isinstance(value, dict):
            return {key: default_datum(type_.of, item) for key, item in value.items()}
    if type_.kind in (BYTES, FIXED) and isinstance(value, str):
        return value.encode("iso-8859-1")
    if type_.kind in (FLOAT, DOUBLE) and not isinstance(value, str | bool | list | dict) and value is not None:
        return float(value)
    if isinstance(value, str | bool | int) or value is None:
        return value
    message = f"no default: {value!r}"
    raise ValueError(message)
