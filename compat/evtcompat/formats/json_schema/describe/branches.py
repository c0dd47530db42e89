"""What tells a branch of a combination from the others, in words."""

from __future__ import annotations

from evtcompat.formats.json_schema.describe.wording import quoted, shown
from evtcompat.model.json_types import JSON


def label(branch: JSON, index: str) -> str:
    """The number of a branch of a combination, with what tells it apart: a constant, its title or its reference."""
    return " ".join((index, *(f"({word})" for word in constant(branch) or title(branch))))


def constant(branch: JSON) -> tuple[str, ...]:
    """The first member of a branch that has one value only; empty where there is none."""
    properties = branch.get("properties") if isinstance(branch, dict) else None
    for name, member in properties.items() if isinstance(properties, dict) else ():
        values = _constants(member)
        if len(values) == 1:
            return (f"{quoted(name)} {shown(values[0])}",)
    return ()


def title(branch: JSON) -> tuple[str, ...]:
    """The title of a branch, or the last step of its reference; empty where it has neither."""
    for word in ("title", "$ref"):
        named = branch.get(word) if isinstance(branch, dict) else None
        if isinstance(named, str):
            return (quoted(named.rpartition("/")[2]),)
    return ()


def _constants(schema: JSON) -> list[JSON]:
    if not isinstance(schema, dict):
        return []
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    return values if isinstance(values, list) else []
