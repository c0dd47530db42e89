"""Names in Avro documents: how they are made absolute, and which definitions a document holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evtcompat.formats.avro.violations import ViolationError, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evtcompat.model.json_types import JSON

#: What Avro Java leaves out when it compares schemas.
_LEFT_OUT: Final = frozenset({"doc", "aliases"})


def absolute(name: str, space: str) -> tuple[str, str]:
    """The full name and the namespace of a name used inside `space`."""
    own, dot, short = name.rpartition(".")
    if not dot:
        own = space
    if not short:
        message = f"a name is empty: {shown(name)}"
        raise ViolationError(message, "name", hint="A full name ends in a name of its own, such as shop.Order")
    return (f"{own}.{short}" if own else short), own


def first_repeated(names: Sequence[str]) -> int:
    """The index of the first name that stands before it already; there is one."""
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name in seen:
            return index
        seen.add(name)
    return -1


def bare(value: JSON) -> JSON:
    """A schema without what Avro Java leaves out when it compares schemas: docs and aliases."""
    if isinstance(value, dict):
        return {key: inner if key == "default" else bare(inner) for key, inner in value.items() if key not in _LEFT_OUT}
    if isinstance(value, list):
        return [bare(inner) for inner in value]
    return value


def alike(one: JSON, other: JSON) -> bool:
    """Whether two schemas are equal when they are `bare`."""
    if isinstance(one, dict):
        return isinstance(other, dict) and _alike_objects(one, other)
    if isinstance(one, list):
        if not isinstance(other, list) or len(one) != len(other):
            return False
        for mine, theirs in zip(one, other, strict=True):  # noqa: SIM110 - no generator's frame
            if not alike(mine, theirs):
                return False
        return True
    return one == other


def _alike_objects(one: dict[str, JSON], other: dict[str, JSON]) -> bool:
    kept = 0
    for key, inner in one.items():
        if key in _LEFT_OUT:
            continue
        kept += 1
        if key not in other:
            return False
        if not (inner == other[key] if key == "default" else alike(inner, other[key])):
            return False
    return kept == len(other) - ("doc" in other) - ("aliases" in other)


def definitions(value: JSON, space: str) -> Iterator[tuple[str, tuple[dict[str, JSON], str]]]:
    """Every named definition in a document: its full name, the definition, the namespace that surrounds it."""
    pending: list[tuple[JSON, str]] = [(value, space)]
    while pending:
        part, around = pending.pop()
        if isinstance(part, list):
            pending += ((inner, around) for inner in reversed(part))
            continue
        if not isinstance(part, dict):
            continue
        word = part.get("type")
        if word in ("array", "map"):
            pending.append((part.get("items" if word == "array" else "values"), around))
        elif word in ("record", "error", "enum", "fixed"):
            name, own = part.get("name"), part.get("namespace")
            if not isinstance(name, str) or not name or name.endswith("."):
                continue
            full, inside = absolute(name, own if isinstance(own, str) else around)
            yield full, (part, around)
            fields = part.get("fields")
            if word in ("record", "error") and isinstance(fields, list):
                pending += ((field.get("type"), inside) for field in reversed(fields) if isinstance(field, dict))
