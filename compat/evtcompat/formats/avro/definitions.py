"""The names that an Avro document defines and uses, read off its parsed JSON (Avro 1.12, "Names")."""

from __future__ import annotations

from typing import Final

from evtcompat.formats.avro.types import PRIMITIVES
from evtcompat.formats.base import Names

_NAMED: Final = frozenset({"record", "error", "enum", "fixed"})


def names_of(value: object) -> Names:
    """The full names in a document; of a short name that is used inside a namespace, both readings."""
    own: str | None = None
    defined: set[str] = set()
    used: set[str] = set()
    pending: list[tuple[object, str]] = [(value, "")]
    while pending:
        part, namespace = pending.pop()
        if isinstance(part, str):
            if part not in PRIMITIVES:
                used |= {part} if "." in part else {part, f"{namespace}.{part}" if namespace else part}
        elif isinstance(part, list):
            pending += [(branch, namespace) for branch in part]
        elif isinstance(part, dict):
            kind, name = part.get("type"), part.get("name")
            if isinstance(kind, str) and kind in _NAMED and isinstance(name, str):
                full, namespace = _full_name(name, part.get("namespace"), namespace)
                defined.add(full)
                own = full if part is value else own
                fields = part.get("fields")
                pending += [
                    (field["type"], namespace)
                    for field in (fields if isinstance(fields, list) else ())
                    if isinstance(field, dict) and "type" in field
                ]
            elif kind in ("array", "map"):
                pending.append((part.get("items" if kind == "array" else "values"), namespace))
            else:
                pending.append((kind, namespace))
    return Names(own, frozenset(defined), frozenset(used - defined))


def _full_name(name: str, declared: object, enclosing: str) -> tuple[str, str]:
    """Full name and namespace of a named type (Avro 1.12, "Names")."""
    if "." in name:
        return name, name.rpartition(".")[0]
    namespace = declared if isinstance(declared, str) else enclosing
    return (f"{namespace}.{name}" if namespace else name), namespace


def definition_of(value: object, name: str) -> object:
    """The definition of a name inside a document; the whole document for anything else."""
    short = name.rpartition(".")[2]
    pending = [value]
    while pending:
        part = pending.pop()
        if isinstance(part, dict):
            if part.get("name") in (short, name) and "type" in part and ({"fields", "symbols", "size"} & part.keys()):
                return part
            pending += part.values()
        elif isinstance(part, list):
            pending += part
    return value
