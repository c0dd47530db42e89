"""Patterns of a schema and property names, where an answer is good enough for words and suggestions."""

from __future__ import annotations

import re


def matches(pattern: str, name: str) -> bool:
    """Whether a pattern finds something in a name, as Python's engine reads it; not where it cannot read it."""
    try:
        return re.search(pattern, name) is not None
    except re.error:
        return False
