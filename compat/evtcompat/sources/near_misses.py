"""Files whose names look like versions of one thing and that nothing takes for such: ``order-1``, ``order-2``.

A number without a ``v`` is part of a name (``sha-256``), so that such files are subjects of their own. Where their
numbers follow one another and their contents are much alike, they are probably versions all the same: then a person is
told how the configuration says so.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from evtcompat.errors import UncheckedError
from evtcompat.model.mismatches import Mismatch
from evtcompat.model.places import Place
from evtcompat.sources.schema_tree import Current, SchemaTree
from evtcompat.sources.subject_line import subject_line
from evtcompat.sources.tree import folder_of

_NUMBER = re.compile(r"\d+")
#: A longer number is a year, a day or an identifier.
_DIGITS = 3
#: Share of the words of two schemas that they have in common, at least, where one may be a version of the other.
_ALIKE = 0.5
#: The number that such files may begin with.
_FIRST = 2
#: What parts a name from its number.
_PARTED = re.compile(r"[-_.+ ]?[vV]?$")
#: As many files are named one by one.
_SHOWN = 4


class NearMiss(NamedTuple):
    """Files that look like versions of one subject, and are subjects of their own."""

    #: In the order of their numbers, from the root of the tree.
    paths: tuple[str, ...]
    #: The newest.
    place: Place
    #: The line of the configuration that makes them versions, below ``[subjects]``.
    line: str

    @property
    def files(self) -> str:
        """The files, as sentences name them."""
        shown = [f"`{path}`" for path in self.paths[:_SHOWN]]
        rest = len(self.paths) - len(shown)
        return ", ".join(shown) + f" and {rest} more" if rest else f"{', '.join(shown[:-1])} and {shown[-1]}"

    @property
    def mismatch(self) -> Mismatch:
        """The fact, for the rule that judges it."""
        return Mismatch("version-not-recognised", self.place, self.place, {"files": self.files, "line": self.line})


def near_misses(tree: SchemaTree, found: Iterable[Current]) -> Iterator[NearMiss]:
    """The groups that schemas under check belong to, each once.

    Args:
        tree: Where they lie; what else lies in their folders is looked at, too.
        found: The schemas.
    """
    asked = {one.path for one in found}
    folders = {folder_of(path) for path in asked}
    told: set[tuple[str, ...]] = set()
    groups = _groups(path for folder in folders for path in tree.tree.siblings(folder))
    for paths, subject in sorted((tuple(group[number] for number in sorted(group)), name) for name, group in groups):
        if paths in told or asked.isdisjoint(paths) or not _are_alike(tree, paths):
            continue
        told.add(paths)
        yield NearMiss(paths, Place(origin=tree.tree.origin(paths[-1])), subject_line(tree.layout, subject, paths))


def _groups(paths: Iterable[str]) -> Iterator[tuple[str, Mapping[int, str]]]:
    """What is left of names without one of their numbers, with the paths by number, where these follow one another."""
    known = frozenset(paths)
    found: dict[tuple[str, str, str], dict[int, str]] = defaultdict(dict)
    for path in sorted(known):
        folder, slash, name = path.rpartition("/")
        stem, dot, suffix = name.rpartition(".")
        for number in _NUMBER.finditer(stem):
            if len(number[0]) <= _DIGITS:
                before, after = stem[: number.start()], stem[number.end() :] + dot + suffix
                found[folder + slash, before, after].setdefault(int(number[0]), path)
    for (folder, before, after), members in found.items():
        rest, dot, suffix = after.rpartition(".")
        name = _PARTED.sub("", before) + rest
        bare = f"{folder}{name}{dot}{suffix}"
        if bare in known:
            members.setdefault(1, bare)
        if len(members) > 1 and min(members) <= _FIRST and max(members) - min(members) == len(members) - 1:
            yield name.strip("-_.+ ") or "schema", members


def _are_alike(tree: SchemaTree, paths: Sequence[str]) -> bool:
    """Whether the files are schemas of one language and subjects of their own, much alike from one to the next."""
    try:
        found = [tree.current(path) if tree.is_schema(path) else None for path in paths]
    except UncheckedError:  # one cannot be read: the check says so where it is looked at
        return False
    schemas = [one for one in found if one is not None]
    if len(schemas) < len(paths) or len({one.history.identity for one in schemas}) < len(paths):
        return False
    if len({one.candidate.format.name for one in schemas}) > 1:
        return False
    if any(path in tree.mapped().by_path for path in paths):
        return False
    words = [frozenset(_words(one.candidate.document.value)) for one in schemas]
    return all(len(one & two) >= _ALIKE * len(one | two) for one, two in pairwise(words))


def _words(value: object) -> Iterator[str]:
    pending = [value]
    while pending:
        part = pending.pop()
        if isinstance(part, Mapping):
            yield from part
            pending += part.values()
        elif isinstance(part, list):
            pending += part
        elif isinstance(part, str):
            yield part
