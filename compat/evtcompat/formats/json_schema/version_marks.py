"""Marks of a version in its schema: ``"version": {"const": "1.2.0"}`` in the schema that is version 1.2.0."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from evtcompat.formats.stated_versions import Mark, names_version
from evtcompat.model.json_types import JSON
from evtcompat.model.places import child, tokens

#: Keywords below which the names of members stand, or of definitions.
_NAMED: Final = frozenset({"properties", "$defs", "definitions"})


def aligned(old: JSON, old_label: str, new: JSON, new_label: str) -> JSON:
    """The old schema with the marks that the new one has at the same places; the same object where there are none.

    A mark is a string that stands alone under ``const``, ``enum`` or ``default``, and names the version of its schema.
    """
    pairs = [(old, new)]
    while pairs:
        before, after = pairs.pop()
        if isinstance(before, dict) and isinstance(after, dict):
            if _marks(before, old_label, after, new_label):
                return _aligned(old, old_label, new, new_label)
            pairs += [(value, after[key]) for key, value in before.items() if key in after]
        elif isinstance(before, list) and isinstance(after, list):
            pairs += zip(before, after, strict=False)
    return old


def marks(old: JSON, old_label: str, new: JSON, new_label: str, pointer: str = "") -> Iterator[Mark]:
    """The marks that `aligned` replaces and that constrain, each once."""
    if isinstance(old, dict) and isinstance(new, dict):
        found = _marks(old, old_label, new, new_label)
        demanding = next((key for key in found if key != "default"), None)
        if demanding is not None:
            words = str(_alone(old[demanding])), str(_alone(new[demanding]))
            yield Mark(child(pointer, demanding), _name(pointer), *words)
        for key, value in old.items():
            if key in new and key not in found:
                yield from marks(value, old_label, new[key], new_label, child(pointer, key))
    elif isinstance(old, list) and isinstance(new, list):
        for index, (one, other) in enumerate(zip(old, new, strict=False)):
            yield from marks(one, old_label, other, new_label, child(pointer, index))


def _name(pointer: str) -> str:
    steps = tokens(pointer)
    names = [name for word, name in pairwise(steps) if word in _NAMED]
    return f"`{names[-1]}`" if names else "the schema"


def _aligned(old: JSON, old_label: str, new: JSON, new_label: str) -> JSON:
    if isinstance(old, dict) and isinstance(new, dict):
        marks = _marks(old, old_label, new, new_label)
        return {
            key: new[key] if key in marks else _aligned(value, old_label, new[key], new_label) if key in new else value
            for key, value in old.items()
        }
    if isinstance(old, list) and isinstance(new, list):
        head = [_aligned(one, old_label, other, new_label) for one, other in zip(old, new, strict=False)]
        return [*head, *old[len(head) :]]
    return old


def _marks(old: dict[str, JSON], old_label: str, new: dict[str, JSON], new_label: str) -> list[str]:
    """The keywords under which both schemas name their own version."""
    return [
        key
        for key in ("const", "enum", "default")
        if names_version(_alone(old.get(key)), old_label) and names_version(_alone(new.get(key)), new_label)
    ]


def _alone(value: JSON) -> JSON:
    return value[0] if isinstance(value, list) and len(value) == 1 else value
