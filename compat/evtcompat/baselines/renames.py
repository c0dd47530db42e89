"""Which file that is gone became which file that is new. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from evtcompat.baselines.names import names_of
from evtcompat.baselines.naming import name_of
from evtcompat.model.canonical import content_hash
from evtcompat.model.documents import Document
from evtcompat.model.verdicts import Format

#: As much as git asks for (`git diff --find-renames`).
_ALIKE = 0.5
#: More pairs than this are not compared line by line.
_MAXIMUM_PAIRS = 2_500


@dataclass(frozen=True, slots=True)
class Side:
    """A file on one side of a change."""

    path: str
    document: Document
    format: Format


def renames(gone: Sequence[Side], new: Sequence[Side]) -> Mapping[str, str]:
    """The old path by the new one.

    Files belong together when their content is the same, else when they alone define the same name (Avro full name,
    ``$id``), else when half of the lines are the same. Each file has one partner at most. A new
    version beside a deleted one is no rename, but a new version.
    """
    pairs: dict[str, str] = {}
    left = {side.path: side for side in gone}
    right = {side.path: side for side in new}

    def match(old: Side, fresh: Side) -> None:
        pairs[fresh.path] = old.path
        del left[old.path], right[fresh.path]

    def fits(old: Side, fresh: Side) -> bool:
        return old.format is fresh.format and not _next_version(old.path, fresh.path)

    by_content = _unique((content_hash(side.document.value), side) for side in left.values())
    for fresh in list(right.values()):
        old = by_content.get(content_hash(fresh.document.value))
        if old is not None and old.path in left and fits(old, fresh):
            match(old, fresh)
    old_names = _unique((_name(side), side) for side in left.values())
    new_names = _unique((_name(side), side) for side in right.values())
    for name, fresh_side in new_names.items():
        old = old_names.get(name)
        if name and old is not None and fits(old, fresh_side):
            match(old, fresh_side)
    if len(left) * len(right) <= _MAXIMUM_PAIRS:
        scored = [
            (score, old.path, fresh.path)
            for old in left.values()
            for fresh in right.values()
            if fits(old, fresh) and (score := _alike(old, fresh)) >= _ALIKE
        ]
        for _, old_path, fresh_path in sorted(scored, reverse=True):
            if old_path in left and fresh_path in right:
                match(left[old_path], right[fresh_path])
    return pairs


def _next_version(old: str, fresh: str) -> bool:
    one, other = name_of(old), name_of(fresh)
    return one.key == other.key and one.order != other.order


def _unique(items: Iterable[tuple[str, Side]]) -> dict[str, Side]:
    """Sides by a word that only one of them has."""
    found: dict[str, Side] = {}
    twice: set[str] = set()
    for word, side in items:
        if word in found:
            twice.add(word)
        found[word] = side
    return {word: side for word, side in found.items() if word not in twice}


def _name(side: Side) -> str:
    return names_of(side.document, side.format).own or ""


def _alike(old: Side, fresh: Side) -> float:
    one, other = (old.document.text or "").splitlines(), (fresh.document.text or "").splitlines()
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= _ALIKE else 0.0
