"""Which item of a list became which: as a person reads it, by name or by itself, else by content, then by position."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evtcompat.model.canonical import canonical_text
from evtcompat.model.json_types import JSON

#: By the key of an item, where it is in the old list and in the new one.
Pairs = dict[str, tuple["int | None", "int | None"]]


def paired_items(old: Sequence[JSON], new: Sequence[JSON]) -> Pairs:
    """The items of two lists, paired: by name or word, the others by content, and what is left by position."""
    before, after = [*map(name_of, old)], [*map(name_of, new)]
    pairs = _paired(_first_of(before), _first_of(after))
    ours = [index for index, name in enumerate(before) if name is None]
    theirs = [index for index, name in enumerate(after) if name is None]
    if len(ours) + len(theirs) > 2 and ours and theirs:  # noqa: PLR2004 - one on each side are a pair
        contents: dict[str, list[int]] = {}
        for index in ours:
            contents.setdefault(canonical_text(old[index]), []).append(index)
        for alike in contents.values():
            alike.reverse()
        left, met = [], set()
        for index in theirs:
            same = contents.get(canonical_text(new[index]))
            if same:
                met.add(same.pop())
            else:
                left.append(index)
        theirs = left
        ours = [index for index in ours if index not in met]
    for position, index in enumerate(theirs):
        pairs[f"[{index}]"] = (ours[position] if position < len(ours) else None, index)
    pairs |= {f"[-{index}]": (index, None) for index in ours[len(theirs) :]}
    return pairs


def name_of(item: JSON) -> str | None:
    """What a person calls an item: its name, or itself when it is a word or a number."""
    if isinstance(item, dict):
        name = item.get("name", item.get("$ref"))
        return name if isinstance(name, str) else None
    if isinstance(item, list):
        return None
    return item if isinstance(item, str) else canonical_text(item)


def _paired(old: Mapping[str, int], new: Mapping[str, int]) -> Pairs:
    """The items by their key: where each is on both sides."""
    found: Pairs = {key: (old.get(key), at) for key, at in new.items()}
    found |= {key: (at, None) for key, at in old.items() if key not in new}
    return found


def _first_of(names: Sequence[str | None]) -> dict[str, int]:
    """Where each name stands first."""
    found: dict[str, int] = {}
    for index, name in enumerate(names):
        if name is not None:
            found.setdefault(name, index)
    return found
