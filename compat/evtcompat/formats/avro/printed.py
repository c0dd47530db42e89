"""An Avro schema as Avro Java prints it (`Schema.toString`), which is how Confluent's registry keeps it.

Namespaces that follow from where a type stands are left out, a type that is wrapped in an object without need is
unwrapped, a dotted name is taken apart, and members have a fixed order. What has not the shape of a schema stays.
"""

from __future__ import annotations

from collections.abc import Mapping

from evtcompat.formats.avro.types import PRIMITIVES
from evtcompat.model.json_types import JSON

_NAMED = frozenset({"record", "error", "enum", "fixed"})
#: Members that have a place of their own; the others come after them in the order in which they were written.
_ORDER = ("type", "name", "namespace", "doc", "fields", "symbols", "items", "values", "size", "default")
_FIELD_ORDER = ("name", "type", "doc", "default", "order")


def printed(schema: JSON, space: str = "") -> JSON:
    """The schema as the registry keeps it; the same for schemas that differ in spelling only.

    Args:
        schema: Parsed.
        space: The namespace of what stands around it.
    """
    if isinstance(schema, str):
        return _reference(schema, space)
    if isinstance(schema, list):
        return [printed(branch, space) for branch in schema]
    if not isinstance(schema, dict):
        return schema
    kind = schema.get("type")
    if kind in _NAMED:
        return _named(schema, space)
    if kind == "array":
        schema = {**schema, "items": printed(schema.get("items"), space)}
    elif kind == "map":
        schema = {**schema, "values": printed(schema.get("values"), space)}
    elif isinstance(kind, str) and len(schema) == 1:
        return _reference(kind, space)
    return _ordered(schema, _ORDER)


def _named(schema: Mapping[str, JSON], space: str) -> JSON:
    name, given = schema.get("name"), schema.get("namespace")
    if not isinstance(name, str):
        return dict(schema)
    if "." in name:
        own, _, name = name.rpartition(".")
    else:
        own = given if isinstance(given, str) else space
    found = {**schema, "name": name}
    found.pop("namespace", None)
    if own != space:
        found["namespace"] = own
    if isinstance(fields := schema.get("fields"), list):
        found["fields"] = [_field(one, own) for one in fields]
    if isinstance(aliases := schema.get("aliases"), list):
        found["aliases"] = [
            one if not isinstance(one, str) or one.rpartition(".")[0] != own else one.rpartition(".")[2]
            for one in aliases
        ]
    return _ordered(found, _ORDER)


def _field(field: JSON, space: str) -> JSON:
    if not isinstance(field, dict):
        return field
    found = {**field, "type": printed(field.get("type"), space)}
    if found.get("order") == "ascending":
        del found["order"]
    return _ordered(found, _FIELD_ORDER)


def _reference(name: str, space: str) -> str:
    """A name as short as it can be where it stands."""
    own, _, last = name.rpartition(".")
    return last if own and own == space and last not in PRIMITIVES else name


def _ordered(schema: Mapping[str, JSON], order: tuple[str, ...]) -> JSON:
    """The members in order; aliases come last."""
    first = {key: schema[key] for key in order if key in schema}
    rest = {key: schema[key] for key in schema if key not in first and key != "aliases"}
    return {**first, **rest, **({"aliases": schema["aliases"]} if "aliases" in schema else {})}
