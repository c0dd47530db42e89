"""Which file that is gone became which file that is new. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from evtcompat.formats.base import SchemaFormat
from evtcompat.model.canonical import content_hash
from evtcompat.model.documents import Document
from evtcompat.sources.names.naming import name_of
from evtcompat.syntax.excerpts import EXCERPT

#: As much as git asks for (`git diff --find-renames`).
_ALIKE = 0.5
#: More pairs than this are not compared line by line.
_MAXIMUM_PAIRS = 2_500


class SchemaFile(NamedTuple):
    """A file on one side of a change."""

    path: str
    document: Document
    format: SchemaFormat
    #: What it is whatever it is called, where something tells that: the document that it counts in, and its sign there.
    sign: tuple[str, str] = ("", "")
    #: Whether its name says that it is a version of a subject that was there: what it follows is known.
    follows: bool = False


def renames(gone: Sequence[SchemaFile], new: Sequence[SchemaFile], *, by_lines: bool = True) -> Mapping[str, str]:
    """The old path by the new one.

    Files belong together when they have the same sign in one document, else when they alone have it, else when their
    content is the same, else when they alone are the same version of the same subject in another folder, else when they
    alone define the same name (Avro full name, ``$id``), else when half of the lines are the same (of schemas in
    containers, which often have much in common, none, and of what follows other versions neither). Each file has one
    partner at most.
    A new version beside a deleted one is no rename, but a new version; the deleted one has become that, and nothing
    else that does not have its very content.

    Args:
        gone: The files that are not there any more.
        new: The files that were not there.
        by_lines: Whether lines are compared; to no avail where the layout of one side is not its author's.
    """
    matching = _Matching(gone, new)
    for word in (_sign, _sign_elsewhere, _content):
        matching.by_word(word)
    matching.leave_out_succeeded()
    for word in (_subject, _name):
        matching.by_word(word)
    if by_lines:
        matching.by_likeness()
    return matching.pairs


class _Matching:
    """Files that have no partner yet, and the pairs."""

    def __init__(self, gone: Sequence[SchemaFile], new: Sequence[SchemaFile]) -> None:
        self.pairs: dict[str, str] = {}
        self._gone = {file.path: file for file in gone}
        self._new = {file.path: file for file in new}

    def by_word(self, word: Callable[[SchemaFile], str]) -> None:
        """Pair the files of which one on each side has the same word."""
        gone, new = _unique(word, self._gone.values()), _unique(word, self._new.values())
        for said, fresh in new.items():
            old = gone.get(said)
            if said and old is not None and _fits(old, fresh):
                self._pair(old.path, fresh.path)

    def leave_out_succeeded(self) -> None:
        """Take out the gone files of which there is a new version."""
        new = {(one.key, one.order) for one in map(name_of, self._new)}
        keys = {key for key, _ in new}
        for path in [*self._gone]:
            one = name_of(path)
            if one.key in keys and (one.key, one.order) not in new:
                del self._gone[path]

    def by_likeness(self) -> None:
        """Pair the files that share half of their lines, the most alike first."""
        if len(self._gone) * len(self._new) > _MAXIMUM_PAIRS:
            return
        scored = [
            (score, old.path, fresh.path)
            for old in self._gone.values()
            for fresh in self._new.values()
            if not fresh.follows
            and EXCERPT not in (old.document.syntax, fresh.document.syntax)
            and _fits(old, fresh)
            and (score := _alike(old, fresh))
        ]
        for _, old_path, fresh_path in sorted(scored, reverse=True):
            if old_path in self._gone and fresh_path in self._new:
                self._pair(old_path, fresh_path)

    def _pair(self, old: str, fresh: str) -> None:
        self.pairs[fresh] = old
        del self._gone[old], self._new[fresh]


def _fits(old: SchemaFile, fresh: SchemaFile) -> bool:
    return old.format is fresh.format and not _next_version(old.path, fresh.path)


def _next_version(old: str, fresh: str) -> bool:
    one, other = name_of(old), name_of(fresh)
    return one.key == other.key and one.order != other.order


def _unique(word: Callable[[SchemaFile], str], files: Iterable[SchemaFile]) -> dict[str, SchemaFile]:
    """Files by a word that only one of them has."""
    found: dict[str, list[SchemaFile]] = {}
    for file in files:
        found.setdefault(word(file), []).append(file)
    return {said: same[0] for said, same in found.items() if len(same) == 1}


def _sign(file: SchemaFile) -> str:
    return "\n".join(file.sign) if all(file.sign) else ""


def _sign_elsewhere(file: SchemaFile) -> str:
    return file.sign[1]


def _content(file: SchemaFile) -> str:
    return content_hash(file.document.value)


def _subject(file: SchemaFile) -> str:
    named = name_of(file.path)
    return f"{named.subject} {named.order}"


def _name(file: SchemaFile) -> str:
    return file.format.names(file.document).own or ""


def _alike(old: SchemaFile, fresh: SchemaFile) -> float:
    return likeness(old.document.text or "", fresh.document.text or "")


def likeness(old: str, fresh: str) -> float:
    """The part of the lines of two texts that they share; 0 where that is less than half: they are not alike."""
    matcher = SequenceMatcher(None, old.splitlines(), fresh.splitlines(), autojunk=False)
    return found if matcher.quick_ratio() >= _ALIKE and (found := matcher.ratio()) >= _ALIKE else 0.0
