"""The constraining keyword that a word was probably meant to be."""

from __future__ import annotations

from collections.abc import Mapping

from evtcompat.formats.json_schema.edit_distance import distance
from evtcompat.formats.json_schema.keywords.keyword import Keyword
from evtcompat.formats.json_schema.keywords.table import CONSTRAINING, fits
from evtcompat.model.json_types import JSON

#: Words that people write for a keyword and that no edit distance finds.
_ALIASES: Mapping[str, str] = {
    "min": "minimum",
    "max": "maximum",
    "regex": "pattern",
    "regexp": "pattern",
    "minsize": "minLength",
    "maxsize": "maxLength",
    "additionalproperty": "additionalProperties",
}

#: Words of neighbouring vocabularies that resemble a keyword and are none.
_NO_TYPOS = frozenset({"note", "notes", "elsewhere", "types", "container", "example", "nullable", "iff", "constant"})

#: Spellings are compared without these.
_SEPARATORS = str.maketrans("", "", "_- $.")


def meant(name: str, value: JSON) -> Keyword | None:
    """The constraining keyword that `name` was probably meant to be."""
    if name.startswith("x-") or name in _NO_TYPOS:
        return None
    plain = name.translate(_SEPARATORS).lower()
    if plain in _ALIASES:
        keyword = CONSTRAINING[_ALIASES[plain]]
        return keyword if fits(keyword, value) else None
    nearest: tuple[int, Keyword] | None = None
    for keyword in CONSTRAINING.values():
        target = keyword.name.translate(_SEPARATORS).lower()
        allowed = _allowed(target)
        if abs(len(plain) - len(target)) > allowed or not fits(keyword, value):
            continue
        slips = distance(plain, target, allowed)
        if slips <= allowed and (nearest is None or slips < nearest[0]):
            nearest = slips, keyword
    return nearest[1] if nearest else None


#: Shorter keywords (`not`, `if`, `$ref`) are too near to ordinary words: only their letters' case may differ.
_SHORT = 3
_MEDIUM = 8
_LONG = 13


def _allowed(target: str) -> int:
    """How many slips a keyword of this length may have and still be recognised."""
    if len(target) <= _SHORT:
        return 0
    return 1 if len(target) <= _MEDIUM else 2 if len(target) <= _LONG else 3
