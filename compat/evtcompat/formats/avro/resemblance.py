"""Avro schemas in files whose name does not say that they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from evtcompat.formats.base import Resemblance

_HINT: Final = "Give it the suffix .avsc, or list it under `include`."
#: What goes with each named type.
_BODIES: Final[Mapping[str, str]] = {"record": "fields", "error": "fields", "enum": "symbols", "fixed": "size"}


def resemblance(value: object) -> Resemblance | None:
    """What makes a document look like an Avro schema: it is a named type, or a union of such, or says ``record``."""
    parts = value if isinstance(value, list) else [value]
    if parts and all(_is_named_type(part) for part in parts):
        return Resemblance("an Avro schema by its content, not by its name", _HINT, unmistakable=True)
    if isinstance(value, Mapping) and value.get("type") == "record":
        return Resemblance("a type called record, as Avro schemas have", _HINT)
    return None


def _is_named_type(part: object) -> bool:
    if not isinstance(part, Mapping) or not isinstance(part.get("name"), str) or not isinstance(part.get("type"), str):
        return False
    body = part.get(_BODIES.get(part["type"], ""))
    if isinstance(body, list):
        return all(
            "name" in one and "type" in one if isinstance(one, Mapping) else isinstance(one, str) for one in body
        )
    return part["type"] == "fixed" and isinstance(body, int) and not isinstance(body, bool)
