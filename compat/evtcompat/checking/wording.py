"""Edits in the words of the person who made them: ```plan`: "team" added to `symbols```, ```total`: scale 2 -> 3``."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Final

from evtcompat.checking.edits import Edit, Kind
from evtcompat.model.json_types import JSON
from evtcompat.model.jsonable import jsonable

#: A longer value is cut.
_LONGEST: Final = 40
#: Of a longer way only the end is shown.
_LONGEST_PLACE: Final = 60
_CUT: Final = "..."
#: What is removed and what takes its place.
_A_PAIR: Final = 2
#: As much of what is common stands before what differs.
_BEFORE: Final = 8
_WORD = re.compile(r"[\w.$/-]+")
_POSITION = re.compile(r"\[-?\d+\]")


def change_of(edits: Sequence[Edit], place: str) -> str:
    """What was changed at a place, as a phrase.

    Args:
        edits: What was done there, at least one.
        place: What a person calls the place; ``""`` for the whole schema.
    """
    if len(place) > _LONGEST_PLACE:
        place = f"…{place[1 - _LONGEST_PLACE :]}"
    own = place.rpartition(".")[2].removesuffix("[]").removesuffix("{}")
    named = edits[0].keys[-1:] == (own,) if own else False
    word = edits[0].item and isinstance(edits[0].new or edits[0].old, str)
    if len(edits) == 1 and named and word:
        return _phrase(edits[0], own)
    if len(edits) == 1 and named and edits[0].kind is not Kind.CHANGED:
        return f"`{place}` {edits[0].kind.value}"
    before = f"`{place}`: " if place else ""
    if len(edits) == _A_PAIR and edits[0].replaces(edits[1]):
        old, new = sorted(edits, key=lambda edit: edit.kind is Kind.ADDED)
        return f"{before}{_member(old)} replaced by {_member(new)}"
    phrases = [_phrase(edit, own) for edit in sorted(edits, key=lambda edit: edit.kind is not Kind.CHANGED)]
    return f"{before}{'; '.join(dict.fromkeys(phrases))}"


def _phrase(edit: Edit, own: str) -> str:
    key = edit.keys[-1] if edit.keys else ""
    if edit.kind is Kind.CHANGED:
        beside = _annotated(edit.old, edit.new)
        if beside:
            return beside
        called = f"{key} " if key and key != own and not _POSITION.fullmatch(key) else ""
        return f"{called}{' -> '.join(_told_apart(edit.old, edit.new))}"
    value = edit.new if edit.kind is Kind.ADDED else edit.old
    if edit.item:
        within = edit.keys[-2] if len(edit.keys) > 1 else ""
        word = isinstance(value, str) and key != own
        part = f'"{key}"' if word else "a branch" if _POSITION.fullmatch(key) else f"`{key}`"
        preposition = "to" if edit.kind is Kind.ADDED else "from"
        beside = f" {preposition} `{within}`" if within and within != own else ""
        return f"{part} {edit.kind.value}{beside}"
    return f"{_member(edit)} {edit.kind.value}"


def _member(edit: Edit) -> str:
    """A member that was added or removed, with its value where that is short."""
    key, told = edit.keys[-1], _short(edit.new if edit.kind is Kind.ADDED else edit.old)
    return f"`{key}`" if told.endswith(_CUT) else f"{key} {told}"


def _annotated(old: JSON, new: JSON) -> str:
    """What a type got or lost that was, or is, written as its name alone: ``logicalType uuid added``."""
    for bare, full, done in ((old, new, Kind.ADDED), (new, old, Kind.REMOVED)):
        if isinstance(bare, str) and isinstance(full, dict) and full.get("type") == bare:
            parts = [f"{key} {_short(value)}" for key, value in full.items() if key != "type"]
            return f"{', '.join(parts)} {done.value}" if parts else ""
    return ""


def _told_apart(old: JSON, new: JSON) -> tuple[str, str]:
    """Two values on a few characters each; where they begin alike for longer than that, from where they differ."""
    if _short(old) != _short(new) or not _short(old).endswith(_CUT):
        return _short(old), _short(new)
    one, other = _text(old), _text(new)
    common = next((at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), len(one))
    first = max(common - _BEFORE, 0)
    return _from(one, first), _from(other, first)


def _from(text: str, first: int) -> str:
    kept = text[first : first + _LONGEST - 2 * len(_CUT)]
    return f"{_CUT}{kept}{_CUT if first + len(kept) < len(text) else ''}"


def _short(value: JSON) -> str:
    """A value on a few characters: words as they are, all else as JSON."""
    if isinstance(value, str) and _WORD.fullmatch(value) and len(value) <= _LONGEST:
        return value
    text = _text(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - len(_CUT)]}{_CUT}"


def _text(value: JSON) -> str:
    try:
        return json.dumps(jsonable(value), ensure_ascii=False)
    except ValueError:  # Python writes out no integer of more than 4,300 digits
        return _CUT
