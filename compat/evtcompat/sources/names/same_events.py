"""Which schemas in the versions of a document are versions of one event. Pure.

What a schema is called may rest on what else is in its document, so that a name alone does not tell: its sign does
(`Contained.sign`), and its name where nothing with its sign is in another version.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain, count
from typing import NamedTuple


class Event(NamedTuple):
    """A schema in a document."""

    path: str
    #: What it is called there.
    name: str
    #: What it is, whatever it is called; ``""``: its name tells.
    sign: str = ""


def subjects_of(documents: Sequence[Sequence[Event]]) -> list[Mapping[str, str]]:
    """For each document, the name of its subject by the path of a schema: what its newest version is called.

    Args:
        documents: The versions of one document, the oldest first.

    Returns:
        One name for all versions of an event, and for no other event. An event has the same sign everywhere; one that
        no older version has the sign of goes on with what had its name last, unless some version has both.
    """
    threads = _by_sign(documents)
    _join_by_name(documents, threads)
    return _named(threads)


def counterparts(events: Sequence[Event], others: Sequence[Event]) -> Mapping[str, str]:
    """The paths that the schemas of a document have in an older state of it; ``""`` for those that are not there."""
    there, here = subjects_of([others, events])
    paths = {subject: path for path, subject in there.items()}
    return {path: paths.get(subject, "") for path, subject in here.items()}


class _Thread:
    """What is known to be one event, with what it is called by the number of the document."""

    def __init__(self) -> None:
        self.names: dict[int, str] = {}
        self._joined: _Thread | None = None

    @property
    def whole(self) -> _Thread:
        """The thread that it has been joined to, or itself."""
        found = self
        while found._joined is not None:
            found = found._joined
        return found

    def join(self, other: _Thread) -> None:
        other.names.update(self.names)
        self._joined = other


#: The threads by path, for each document.
_Threads = list[dict[str, _Thread]]


def _by_sign(documents: Sequence[Sequence[Event]]) -> _Threads:
    """The threads; schemas of a document that have one sign are told apart by their order."""
    known: dict[tuple[str, int], _Thread] = defaultdict(_Thread)
    found: _Threads = []
    for index, events in enumerate(documents):
        seen: Counter[str] = Counter()
        found.append({})
        for event in events:
            sign = event.sign or f"\n{event.name}"
            seen[sign] += 1
            thread = found[index][event.path] = known[sign, seen[sign]]
            thread.names[index] = event.name
    return found


def _join_by_name(documents: Sequence[Sequence[Event]], threads: _Threads) -> None:
    """Joins each thread that begins after others to the one that had its name last, where no document has both."""
    called: dict[str, list[_Thread]] = defaultdict(list)
    for index, events in enumerate(documents):
        for event in events:
            own = threads[index][event.path].whole
            if min(own.names) < index:
                continue
            older = (one.whole for one in reversed(called[event.name]))
            fitting = next((one for one in older if one.names.keys().isdisjoint(own.names)), None)
            if fitting is not None:
                own.join(fitting)
        for event in events:
            called[event.name].append(threads[index][event.path])


def _named(threads: _Threads) -> list[Mapping[str, str]]:
    """The names by path; a name that two threads had is that of the one that had it last."""
    chosen: dict[_Thread, str] = {}
    taken: set[str] = set()
    for thread in dict.fromkeys(one.whole for known in reversed(threads) for one in known.values()):
        newest_first = [thread.names[index] for index in sorted(thread.names, reverse=True)]
        chosen[thread] = _free(newest_first, taken)
        taken.add(chosen[thread])
    return [{path: chosen[thread.whole] for path, thread in known.items()} for known in threads]


def _free(wanted: Sequence[str], taken: set[str]) -> str:
    numbered = (f"{wanted[0]}.{number}" for number in count(2))
    return next(name for name in chain(wanted, numbered) if name not in taken)
