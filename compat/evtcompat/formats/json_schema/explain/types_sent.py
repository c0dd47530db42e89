"""The types that a writer may send at a place, whichever branches it takes."""

from __future__ import annotations

from collections.abc import Iterable

from evtcompat.formats.json_schema.describe.value_types import Types, common_types, type_names
from evtcompat.formats.json_schema.explain.applied import BRANCHING, Applied
from evtcompat.formats.json_schema.explain.subschemas import SchemaIndex, Subschema

#: References and combinations that are followed into one another.
_DEEPEST = 8


def sent_types(writer: SchemaIndex, applied: Iterable[Applied]) -> Types:
    """The types that the writer admits, given its subschemas for the place."""
    types: Types = None
    for one in applied:
        if one.direct:
            types = common_types(types, _admitted(writer, one.part))
    return types


def _admitted(index: SchemaIndex, part: Subschema, depth: int = 0) -> Types:
    """The types that a subschema admits, with what it refers to and combines."""
    types: Types = None
    target = index.follow(part) if depth < _DEEPEST else None
    if target is not None:
        types = _admitted(index, target, depth + 1)
        if not index.siblings:
            return types
    types = common_types(types, type_names(part.keywords))
    for keyword in ("allOf", *BRANCHING) if depth < _DEEPEST else ():
        found = [_admitted(index, member, depth + 1) for member in index.members(part, keyword)]
        if keyword == "allOf":
            for one in found:
                types = common_types(types, one)
        elif found and None not in found:
            types = common_types(types, tuple(dict.fromkeys(name for one in found for name in one or ())))
    return types
