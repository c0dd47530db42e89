"""What looks like versions of one thing by its name and is not taken for such: ``order-1.avsc``, ``order-2.avsc``.

A number without a ``v`` is part of a name (``sha-256``), so that such files are subjects of their own. Where their
numbers follow one another and their contents are much alike, they are probably versions all the same: then a person is
told how the configuration says so.

An event of a document that loses both its name and what else tells it (in AsyncAPI two messages of one name whose
channels all get other addresses) is new in the next version of the document, and the older one has no successor there.
Of such the most alike are told likewise.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from evtcompat.errors import UncheckedError
from evtcompat.formats.containers import headers_of
from evtcompat.model.histories import Version
from evtcompat.model.mismatches import Mismatch
from evtcompat.model.places import Place
from evtcompat.sources.names.naming import container_of, member_of
from evtcompat.sources.subjects.schema_tree import Current, SchemaTree
from evtcompat.sources.subjects.subject_line import subject_line
from evtcompat.sources.tree import folder_of

_NUMBER = re.compile(r"\d+")
#: A longer number is a year, a day or an identifier.
_DIGITS = 3
#: Share of the words of two schemas that they have in common, at least, where one may be a version of the other.
_ALIKE = 0.5
#: The number that such files may begin with.
_FIRST = 2
#: What parts a name from its number; of one like ``0p1``, which is 0.1, what stands before the point too.
_PARTED = re.compile(r"[-_.+ ]?(?:[vV]?\d+p|[vV])?$")
#: What ends the name of the schema of an event's headers.
_HEADERS = headers_of("")
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
    found = tuple(found)
    asked = {one.path for one in found}
    folders = {folder_of(path) for path in asked}
    told: set[tuple[str, ...]] = set()
    groups = _groups(path for folder in folders for path in tree.tree.siblings(folder))
    for paths, subject in sorted((tuple(group[number] for number in sorted(group)), name) for name, group in groups):
        if paths in told or asked.isdisjoint(paths) or not _are_alike(tree, paths):
            continue
        told.add(paths)
        yield NearMiss(paths, Place(origin=tree.tree.origin(paths[-1])), subject_line(tree.layout, subject, paths))
    yield from _events_without_a_past(tree, found)


def _events_without_a_past(tree: SchemaTree, found: Sequence[Current]) -> Iterator[NearMiss]:
    """Events that are new in their document, with events alike that the version before it has and that end there."""
    new: dict[str, list[str]] = defaultdict(list)
    for one in found:
        container = container_of(one.path)
        if container is not None and one.history.paths == (one.path,) and one.path not in tree.mapped().by_path:
            new[container].append(one.path)
    for container, paths in sorted(new.items()):
        try:
            pairs = _alike_events(tree, container, paths)
        except UncheckedError:  # the check says so where it is looked at
            continue
        taken: set[str] = set()
        for _, old, path in pairs:
            if taken.isdisjoint((old, path)):
                taken |= {old, path}
                line = subject_line(tree.layout, member_of(path), (old, path))
                yield NearMiss((old, path), Place(origin=tree.tree.origin(container)), line)


def _alike_events(tree: SchemaTree, container: str, paths: Sequence[str]) -> list[tuple[float, str, str]]:
    """How alike an event is that ends right before a document and one that is new in it, the most alike first.

    Raises:
        UncheckedError: A version of the document cannot be read.
    """
    before = tree.events.before(container)
    ended = () if before is None else _without_a_future(tree, before, container)
    pairs = (
        (_likeness(tree, old, path), old, path)
        for old in ended
        for path in paths
        if short_name(old) == short_name(path)
    )
    return sorted((pair for pair in pairs if pair[0] >= _ALIKE), reverse=True)


def _without_a_future(tree: SchemaTree, before: str, container: str) -> list[str]:
    """The events of a version of a document that a later one does not have."""
    kept = set(tree.events.subjects(container).values())
    return [path for path, subject in tree.events.subjects(before).items() if subject not in kept]


def short_name(path: str) -> str:
    """The last part of what a document calls an event: it would be called so if no other one of it were."""
    name = member_of(path)
    own = name.removesuffix(_HEADERS)
    return own.rpartition(".")[2] + name[len(own) :]


def _likeness(tree: SchemaTree, path: str, other: str) -> float:
    """How alike two schemas are; not at all where they are of two languages."""
    one, two = tree.current(path), tree.current(other)
    if one is None or two is None or one.candidate.format is not two.candidate.format:
        return 0.0
    return _alike_by(one.candidate.document.value, two.candidate.document.value)


def _alike_by(one: object, other: object) -> float:
    """The share of the words of two schemas that they have in common."""
    words, others = {*_words(one)}, {*_words(other)}
    return len(words & others) / max(len(words | others), 1)


def longer_names(
    tree: SchemaTree, new: Mapping[str, Sequence[Current]], published: Mapping[str, Version]
) -> Iterator[Mismatch]:
    """What is published under a name that an event of a document has lost, because another one of that name came.

    Which of them had it nothing tells: each that is alike is said.

    Args:
        tree: Where the documents lie.
        new: The events that nothing is published of, by the subject that they would be if each were alone in its name.
        published: The newest version of each of those subjects; nothing under check is called so.
    """
    known = (
        (subject, one, published[subject]) for subject in sorted(new.keys() & published.keys()) for one in new[subject]
    )
    for subject, one, older in known:
        if _alike_by(one.candidate.document.value, older.document.value) >= _ALIKE:
            place = Place(origin=tree.tree.origin(container_of(one.path) or one.path))
            facts = {"files": f"`{subject}` and `{one.path}`", "line": subject_line(tree.layout, subject, [one.path])}
            yield Mismatch("version-not-recognised", place, place, facts)


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
