"""The strings of a node as a regular language."""

from __future__ import annotations

from evtcompat.formats.json_schema.algebra.kinds import And, Enumeration, ExactlyOne, Matches, MinLength, Node, Or
from evtcompat.regular import languages
from evtcompat.regular.languages import Language


class UnmodelledError(Exception):
    """A part of the node is not modelled as a language."""


def language_of_strings(node: Node) -> Language:
    """The strings that a node holds which speaks of strings only (`projection.project`).

    Raises:
        UnmodelledError: They are not known as a language.
    """
    found = languages.everything()
    if isinstance(node, And):
        for child in node.children:
            found &= language_of_strings(child)
        return found
    if isinstance(node, Or):
        found = languages.nothing()
        for child in node.children:
            found |= language_of_strings(child)
        return found
    if isinstance(node, MinLength):
        found = languages.of_length(node.length)
    elif isinstance(node, Matches):
        found = node.pattern.language
    elif isinstance(node, Enumeration):
        found = languages.words(value for value in node.values.values() if isinstance(value, str))
    elif isinstance(node, ExactlyOne):
        found = _exactly_one([language_of_strings(child) for child in node.children])
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
    if isinstance(node, Matches):
        inner = str(node.pattern.source)
    elif isinstance(node, Enumeration):
        inner = repr(sorted(str(value) for value in node.values.values()))
    elif isinstance(node, MinLength):
        inner = str(node.length)
    else:
        inner = ",".join(map(ordering_text, node.parts))
    return f"{'' if node.sign else '~'}{node.kind}({inner})"
