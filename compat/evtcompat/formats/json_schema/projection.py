"""What a node says of the values of one type."""

from __future__ import annotations

from evtcompat.formats.json_schema.exact import type_of
from evtcompat.formats.json_schema.languages import UnmodelledError, language_of_strings, ordering_text
from evtcompat.formats.json_schema.nodes import (
    FALSE,
    OF_TYPE,
    TRUE,
    Node,
    atom,
    conjunction,
    disjunction,
    enumeration,
    exactly_one,
    negation,
    opaque,
    target_of,
)
from evtcompat.formats.json_schema.property_names import Names, Pattern


def project(node: Node, of_type: str) -> Node:
    """A node that holds the same values of one type as ``node``, and says nothing of the other types.

    The result has no `types`, no reference and no constraint on other types; `or` and `xone` remain only where they
    matter.
    """
    if OF_TYPE.get(node.kind) == of_type and node.kind != "names":
        # Nor need it be remembered, by a node that would then hold itself.
        return node
    projected = node._projected  # noqa: SLF001 - same module
    if projected is None:
        projected = node._projected = {}  # noqa: SLF001 - same module
    known = projected.get(of_type)
    if known is None:
        known = projected[of_type] = _project(node, of_type)
    return known


def _members_by_name(node: Node) -> Node:
    """A constraint on names as one on the members that must not be, where the names are modelled."""
    outside = names_outside(node.args[0])
    unmodelled = ("propertyNames", node.args[0])
    found = opaque(unmodelled, "object") if outside is None else atom("members", outside, FALSE)
    return found if node.sign else negation(found)


def _project(node: Node, of_type: str) -> Node:
    kind = node.kind
    owner = OF_TYPE.get(kind)
    if owner is not None:
        if owner == of_type:
            return _members_by_name(node)
        return TRUE if node.sign else FALSE
    if kind == "and":
        # Most children of most conjunctions are constraints on members, which stay as they are.
        own = "members" if of_type == "object" else None
        return conjunction([child if child.kind == own else project(child, of_type) for child in node.args])
    if kind == "or":
        return disjunction(project(child, of_type) for child in node.args)
    if kind == "xone":
        inner = exactly_one(project(child, of_type) for child in node.args)
        return inner if node.sign else negation(inner)
    if kind == "types":
        return TRUE if of_type in node.args else FALSE
    if kind == "ref":
        return project(target_of(node), of_type)
    if kind == "enum":
        inner = enumeration({k: value for k, value in node.extra.items() if type_of(value) == of_type})
        return inner if node.sign else negation(inner)
    if node.args[1] is None or node.args[1] == of_type:
        return node
    return TRUE if node.sign else FALSE


def names_outside(node: Node) -> Names | None:
    """The names that a node does not hold; ``None`` where they are not modelled."""
    strings = project(node, "string")
    if strings.kind == "enum" and strings.sign:
        return Names(but=frozenset(value for value in strings.extra.values() if isinstance(value, str)))
    try:
        found = language_of_strings(strings)
    except UnmodelledError:
        return None
    if found.is_everything:
        return Names(only=frozenset())
    if found.is_nothing:
        return Names()
    return Names(outside=frozenset((Pattern(found, f"propertyNames {ordering_text(strings)}"),)))
