"""Pairs of schemas of some size from a seed: a schema, and what a few edits make of it, or another one."""

from __future__ import annotations

import copy
import random
from typing import Any

from formats.json_schema.schemas import SEVEN

_NAMES = "abcdefgh"
_PATTERNS = ("^a", "b$", "^[a-c]+$", "^(a|b)*a(a|b){3}$")
_LEAVES: tuple[Any, ...] = (
    True,
    {"type": "string"},
    {"type": "integer", "minimum": 1, "maximum": 5},
    {"type": ["string", "null"]},
    {"enum": ["x", "y", 1, None]},
    {"const": 1},
    {"type": "string", "minLength": 2},
    {"multipleOf": 3},
    *({"pattern": pattern} for pattern in _PATTERNS),
)
_DEEPEST = 6


def grown_pair(seed: int, room: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two schemas of about ``room`` keywords each; the same for the same arguments."""
    rng = random.Random(seed)  # noqa: S311 - no secret
    old = _document(rng, room)
    return old, _edited(rng, old) if rng.random() < 0.8 else _document(rng, room)


def _document(rng: random.Random, room: int) -> dict[str, Any]:
    names = [f"d{number}" for number in range(rng.choice((0, 2, 4)))]
    parts = [_schema(rng, room // (len(names) + 1), names, 0) for _ in (*names, "root")]
    root = parts.pop()
    return {
        "$schema": SEVEN,
        **(root if isinstance(root, dict) else {}),
        "definitions": dict(zip(names, parts, strict=True)),
    }


def _schema(rng: random.Random, room: int, names: list[str], depth: int) -> Any:  # noqa: ANN401 - a schema
    def inner(share: int) -> Any:  # noqa: ANN401 - a schema
        return _schema(rng, share, names, depth + 1)

    if room <= 3 or depth > _DEEPEST:
        return copy.deepcopy(rng.choice(_LEAVES))
    kind = rng.choice(
        ("object", "object", "object", "items", "anyOf", "oneOf", "allOf", "not", "if", "$ref", "contains")
    )
    if kind == "object":
        members = rng.sample(_NAMES, rng.randint(1, min(6, max(1, room // 3))))
        found: dict[str, Any] = {
            "type": "object",
            "properties": {name: inner((room - 2) // len(members)) for name in members},
        }
        found["required"] = members[: rng.randrange(3)]
        if rng.random() < 0.4:
            found["additionalProperties"] = rng.choice((False, {"type": "string"}))
        if rng.random() < 0.2:
            found["patternProperties"] = {rng.choice(_PATTERNS): {"type": "string"}}
        return found
    if kind in {"anyOf", "oneOf", "allOf"}:
        count = rng.randint(2, min(5, max(2, room // 4)))
        return {kind: [inner((room - 1) // count) for _ in range(count)]}
    if kind == "if":
        return {"if": inner(room // 3), "then": inner(room // 3), "else": inner(room // 3)}
    if kind == "$ref":
        return {"$ref": f"#/definitions/{rng.choice(names)}"} if names else inner(room)
    if kind == "not":
        return {"not": inner(room - 1)}
    return {"type": "array", kind: inner(room - 2), "minItems": rng.randrange(2), "uniqueItems": rng.random() < 0.2}


def _edited(rng: random.Random, schema: dict[str, Any]) -> dict[str, Any]:
    edited = copy.deepcopy(schema)
    places: list[tuple[dict[str, Any], str]] = []
    pending: list[Any] = [edited]
    while pending:
        one = pending.pop()
        if isinstance(one, dict):
            places += [(one, name) for name in one if name in {*_NAMES, "required", "minimum", "enum", "minLength"}]
        if isinstance(one, (dict, list)):
            pending.extend(one.values() if isinstance(one, dict) else one)
    for holder, name in rng.sample(places, min(len(places), rng.randint(1, 3))):
        value = holder[name]
        if isinstance(value, int) and not isinstance(value, bool):
            holder[name] = value + 1
        elif isinstance(value, list):
            holder[name] = value[:-1] or value
        else:
            holder[name] = {"type": "string"}
    return edited
