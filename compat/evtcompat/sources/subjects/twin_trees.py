"""Folders that hold the same versions of the same events twice: sources, and what is made of them. Pure.

Such files are subjects of their own, as nothing tells which of the two is what consumers rely on. A person is told how
the configuration leaves one of them out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import NamedTuple

from evtcompat.sources.names.subject_histories import SubjectHistory

#: As many events are in both, at least.
_LEAST = 3
#: Share of the events of the smaller of the two that are in the other as well, at least.
_MOST = 0.5
#: In more folders than this a name says nothing.
_FOLDERS = 4


class TwinTrees(NamedTuple):
    """Two folders."""

    one: str
    other: str
    #: How many events are in both, in the same versions.
    events: int

    @property
    def line(self) -> str:
        """The line of the configuration that leaves the first of them out."""
        return f'exclude = ["{self.one}"]'


def twin_trees(histories: Iterable[SubjectHistory]) -> list[TwinTrees]:
    """The folders that hold the same events in the same versions, at the same places in them, most events first."""
    alike: dict[object, list[str]] = defaultdict(list)
    held: Counter[str] = Counter()
    for history in histories:
        versions = tuple(one.order for one in history.versions if one.order is not None)
        if versions:
            alike[history.subject, versions].append(history.identity)
            held.update(_above(history.identity))
    shared = Counter(
        pair
        for identities in alike.values()
        if len(identities) <= _FOLDERS
        for one, other in combinations(sorted(identities), 2)
        for pair in _heads(one, other)
    )
    return [
        TwinTrees(one, other, count)
        for (one, other), count in shared.most_common()
        if count >= _LEAST and count >= _MOST * min(held[one], held[other])
    ]


def _heads(one: str, other: str) -> Iterator[tuple[str, str]]:
    """What stands before the longest part that two identities have in common at their end."""
    left, right = one.split("/"), other.split("/")
    while left and right and left[-1] == right[-1]:
        left.pop()
        right.pop()
    if left and right:
        yield "/".join(left), "/".join(right)


def _above(identity: str) -> Iterator[str]:
    parts = identity.split("/")
    return ("/".join(parts[:depth]) for depth in range(1, len(parts)))
