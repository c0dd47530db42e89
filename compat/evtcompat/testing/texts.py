"""How registries write the schemas that they store."""

from __future__ import annotations

import json
from collections.abc import Mapping

from evtcompat.model.json_types import JSON

_NAMED = frozenset({"record", "error", "enum", "fixed"})


def stored_text(value: object, *, sorts_keys: bool) -> str:
    """A schema as it is stored: without white space."""
    return json.dumps(value, sort_keys=sorts_keys, separators=(",", ":"), ensure_ascii=False)


def normalized(value: JSON) -> JSON:
    """A schema in the one spelling that ``normalize=true`` gives to equivalent ones.

    Covers what spellings differ in: key order, a type wrapped in an object of its own, dotted names.
    """
    if isinstance(value, list):
        return [normalized(item) for item in value]
    if not isinstance(value, dict):
        return value
    inner = {key: normalized(value[key]) for key in sorted(value)}
    if set(inner) == {"type"} and isinstance(inner["type"], str):
        return inner["type"]
    return _dotted(inner)


def _dotted(value: Mapping[str, JSON]) -> JSON:
    name = value.get("name")
    if value.get("type") in _NAMED and isinstance(name, str) and "." in name:
        space, _, last = name.rpartition(".")
        return dict(sorted({**value, "name": last, "namespace": space}.items()))
    return dict(value)
