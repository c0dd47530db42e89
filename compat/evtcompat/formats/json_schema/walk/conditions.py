"""Under which condition a part of a schema counts, as far as its pointer tells."""

from __future__ import annotations

from evtcompat.formats.json_schema.walk.wording import quoted, shown
from evtcompat.model.json_types import JSON
from evtcompat.model.places import tokens

#: Keywords that a name follows in a pointer.
_BY_NAME = frozenset(("properties", "patternProperties", "$defs", "definitions"))
_BY_TRIGGER = frozenset(("dependentSchemas", "dependencies"))
_BY_BRANCH = frozenset(("anyOf", "oneOf"))
_CONDITIONAL = {"then": "where `if` holds", "else": "where `if` does not hold"}


def condition(document: JSON, pointer: str) -> str:
    """The condition under which the part at a pointer counts, in brackets; empty where it always does."""
    steps = list(tokens(pointer))
    found, value = "", document
    while steps:
        step = steps.pop(0)
        value = _below(value, step)
        name = steps.pop(0) if steps and (step in _BY_NAME or step in _BY_TRIGGER or step in _BY_BRANCH) else None
        if name is not None:
            value = _below(value, name)
        if step in _CONDITIONAL:
            found = f" ({_CONDITIONAL[step]})"
        elif name is not None and step in _BY_TRIGGER:
            found = f" (where {quoted(name)} is present)"
        elif name is not None and step in _BY_BRANCH:
            found = f" (in {_branch(value, name, step)})"
    return found


def _branch(branch: JSON, index: str, keyword: str) -> str:
    """A branch without its number where something else tells it apart, so that others may come before it."""
    told, called = constant(branch), title(branch)
    if told:
        return f"the {quoted(keyword)} branch with {told[0]}"
    return f"the {quoted(keyword)} branch {called[0]}" if called else f"branch {index} of {quoted(keyword)}"


def label(branch: JSON, index: str) -> str:
    """The number of a branch of a combination, with what tells it apart."""
    return " ".join((index, *(f"({word})" for word in telling(branch))))


def telling(branch: JSON) -> tuple[str, ...]:
    """What tells a branch of a combination apart, where something does: a constant, its title or its reference."""
    return constant(branch) or title(branch)


def constant(branch: JSON) -> tuple[str, ...]:
    """The first member of a branch that has one value only."""
    properties = branch.get("properties") if isinstance(branch, dict) else None
    for name, member in properties.items() if isinstance(properties, dict) else ():
        values = _constants(member)
        if len(values) == 1:
            return (f"{quoted(name)} {shown(values[0])}",)
    return ()


def title(branch: JSON) -> tuple[str, ...]:
    """The title of a branch, or the last step of its reference."""
    for word in ("title", "$ref"):
        said = branch.get(word) if isinstance(branch, dict) else None
        if isinstance(said, str):
            return (quoted(said.rpartition("/")[2]),)
    return ()


def _constants(schema: JSON) -> list[JSON]:
    if not isinstance(schema, dict):
        return []
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    return values if isinstance(values, list) else []


def _below(value: JSON, step: str) -> JSON:
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list) and step.isdigit() and int(step) < len(value):
        return value[int(step)]
    return None
