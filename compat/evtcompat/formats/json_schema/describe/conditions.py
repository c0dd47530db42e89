"""Under which condition a part of a schema counts, as far as its pointer tells."""

from __future__ import annotations

from evtcompat.formats.json_schema.describe.branches import constant, title
from evtcompat.formats.json_schema.describe.wording import quoted
from evtcompat.model.json_types import JSON
from evtcompat.model.places import tokens
from evtcompat.model.pointers import found_at

#: Keywords that a name or an index follows in a pointer.
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
        value = found_at(value, (step,))
        name = steps.pop(0) if steps and (step in _BY_NAME or step in _BY_TRIGGER or step in _BY_BRANCH) else None
        if name is not None:
            value = found_at(value, (name,))
        if step in _CONDITIONAL:
            found = f" ({_CONDITIONAL[step]})"
        elif name is not None and step in _BY_TRIGGER:
            found = f" (where {quoted(name)} is present)"
        elif name is not None and step in _BY_BRANCH:
            found = f" (in {_branch(value, name, step)})"
    return found


def _branch(branch: JSON, index: str, keyword: str) -> str:
    """A branch without its number where something else tells it apart, so that others may come before it."""
    fixed, called = constant(branch), title(branch)
    if fixed:
        return f"the {quoted(keyword)} branch with {fixed[0]}"
    return f"the {quoted(keyword)} branch {called[0]}" if called else f"branch {index} of {quoted(keyword)}"
