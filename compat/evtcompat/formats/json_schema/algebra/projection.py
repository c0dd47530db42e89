"""What a node says of the values of one type."""

from __future__ import annotations

from typing import Any

from evtcompat.formats.json_schema.algebra.apart import told_apart
from evtcompat.formats.json_schema.algebra.facts import once_per_node
from evtcompat.formats.json_schema.algebra.kinds import (
    And,
    Enumeration,
    ExactlyOne,
    Members,
    Node,
    Opaque,
    Or,
    PropertyNames,
    Reference,
    Types,
)
from evtcompat.formats.json_schema.algebra.languages import UnmodelledError, language_of_strings, ordering_text
from evtcompat.formats.json_schema.algebra.nodes import (
    FALSE,
    TRUE,
    conjunction,
    disjunction,
    enumeration,
    exactly_one,
    members,
    negation,
    opaque,
    target_of,
)
from evtcompat.formats.json_schema.algebra.property_names import Names, Pattern
from evtcompat.formats.json_schema.exact import type_of


def project(node: Node, of_type: str) -> Node:
    """A node that holds the same values of one type as ``node``, and says nothing of the other types.

    The result has no `Types`, no reference and no constraint on other types; combinations remain only where they
    matter.
    """
    if node.speaks_of == of_type and type(node) is not PropertyNames:
        # Nor need it be remembered, by a node that would then hold itself.
        return node
    projections = node.projections
    if projections is None:
        projections = node.projections = {}
    known = projections.get(of_type)
    if known is None:
        known = projections[of_type] = _project(node, of_type)
    return known


def _project(node: Node, of_type: str) -> Node:  # noqa: C901 - one case for each kind
    if node.speaks_of is not None:
        if type(node) is PropertyNames and of_type == "object":
            return _members_by_name(node)
        return TRUE if node.sign else FALSE
    if type(node) is And:
        if of_type != "object":
            return conjunction([project(child, of_type) for child in node.children])
        # Most children of most conjunctions are constraints on members, which stay as they are.
        return conjunction([child if type(child) is Members else project(child, of_type) for child in node.children])
    if type(node) is Or:
        return disjunction(project(child, of_type) for child in node.children)
    if type(node) is Types:
        return TRUE if of_type in node.names else FALSE
    if type(node) is Reference:
        return project(target_of(node), of_type)
    if type(node) is ExactlyOne:
        children = [project(child, of_type) for child in node.children]
        # Where no value is in two, exactly one holds it if any does.
        inner = disjunction(children) if told_apart(children) else exactly_one(children)
    elif type(node) is Enumeration:
        inner = enumeration(_by_type(node).get(of_type, {}))
    elif type(node) is Opaque and (node.of_type is None or node.of_type == of_type):
        return node
    else:
        inner = TRUE
    return inner if node.sign else negation(inner)


@once_per_node
def _by_type(node: Enumeration) -> dict[str, dict[Any, Any]]:
    """The listed values of each type."""
    found: dict[str, dict[Any, Any]] = {}
    for key, value in node.values.items():
        found.setdefault(type_of(value), {})[key] = value
    return found


def _members_by_name(node: PropertyNames) -> Node:
    """A constraint on names as one on the members that must not be, where the names are modelled."""
    outside = names_outside(node.node)
    found = opaque(("propertyNames", node.node), "object") if outside is None else members(outside, FALSE)
    return found if node.sign else negation(found)


def names_outside(node: Node) -> Names | None:
    """The names that a node does not hold; ``None`` where they are not modelled."""
    strings = project(node, "string")
    if type(strings) is Enumeration and strings.sign:
        return Names(but=frozenset(value for value in strings.values.values() if isinstance(value, str)))
    try:
        found = language_of_strings(strings)
    except UnmodelledError:
        return None
    if found.is_everything:
        return Names(only=frozenset())
    if found.is_nothing:
        return Names()
    return Names(outside=frozenset((Pattern(found, f"propertyNames {ordering_text(strings)}"),)))
