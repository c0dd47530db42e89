"""The strings of a node as a regular language."""

from __future__ import annotations

from evtcompat.formats.json_schema.nodes import Node
from evtcompat.regular import languages
from evtcompat.regular.languages import Language


class UnmodelledError(Exception):
    """A part of the node is not modelled as a language."""


def language_of_strings(node: Node) -> Language:
    """The strings that a node holds which speaks of strings only (`projection.project`).

    Raises:
        UnmodelledError: They are not known as a language.
    """
    kind = node.kind
    found = languages.everything()
    if kind == "and":
        for child in node.args:
            found &= language_of_strings(child)
        return found
    if kind == "or":
        found = languages.nothing()
        for child in node.args:
            found |= language_of_strings(child)
        return found
    if kind == "length":
        found = languages.of_length(node.args[0])
    elif kind == "string":
        found = node.args[0].language
    elif kind == "enum":
        found = languages.words(value for value in node.extra.values() if isinstance(value, str))
    elif kind == "xone":
        found = _exactly_one([language_of_strings(child) for child in node.args])
    else:
        raise UnmodelledError
    return found if node.sign else ~found


def _exactly_one(parts: list[Language]) -> Language:
    once, twice = languages.nothing(), languages.nothing()
    for part in parts:
        twice |= once & part
        once |= part
    return once - twice


def ordering_text(node: Node) -> str:
    """A text that orders languages the same way in every run."""
    if node.kind == "string":
        inner = str(node.args[0].source)
    elif node.kind == "enum":
        inner = repr(sorted(str(value) for value in node.extra.values()))
    else:
        inner = ",".join(ordering_text(one) if isinstance(one, Node) else str(one) for one in node.args)
    return f"{'' if node.sign else '~'}{node.kind}({inner})"
