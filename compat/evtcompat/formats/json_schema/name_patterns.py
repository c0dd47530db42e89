"""Patterns of a schema and property names, where an answer is good enough for words and suggestions."""

from __future__ import annotations

from evtcompat.regular.ecma import PatternError, parse


def matches(pattern: str, name: str) -> bool:
    """Whether a pattern finds something in a name; not where its language is not modelled."""
    try:
        return parse(pattern).accepts(name)
    except PatternError:
        return False
