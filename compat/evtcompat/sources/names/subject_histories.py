"""The schema files of a tree as subjects with ordered versions. Pure: works on paths, reads no file."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from evtcompat.config.globs import matches
from evtcompat.errors import UncheckedError
from evtcompat.formats.loading import by_file_name
from evtcompat.sources.names.naming import WORKING_COPY, Named, is_working_copy, name_of, order_of
from evtcompat.sources.names.suffixes import language_told


class SubjectHistory(NamedTuple):
    """A subject's files."""

    subject: str
    #: The folder that the subject belongs to; ``""`` is the root, and what a configured subject has.
    folder: str
    #: The oldest first. A file without a version stands last (it is the work in progress), or first where the versions
    #: begin at 2: then it is what came before them.
    versions: tuple[Named, ...]
    #: Other names of versions, to be compared with them by content: files called ``latest``, and the second of two
    #: files with one content that claim the same version (``1.2.0.yaml`` beside ``1.2.0.json``).
    latest: tuple[Named, ...] = ()

    @property
    def identity(self) -> str:
        """What tells the subject from every other one in its tree: its folder and its name."""
        return f"{self.folder}/{self.subject}" if self.folder else self.subject

    def below(self, path: str) -> tuple[Named, ...]:
        """The versions before `path`, the oldest first; all of them for a ``latest``."""
        for index, version in enumerate(self.versions):
            if version.path == path:
                return self.versions[:index]
        return self.versions

    def named(self, path: str) -> Named | None:
        """The file at a path, as the subject has it; ``None`` for a file of another subject."""
        return next((one for one in (*self.versions, *self.latest) if one.path == path), None)

    @property
    def paths(self) -> tuple[str, ...]:
        """Every file of the subject."""
        return tuple(named.path for named in (*self.versions, *self.latest))


class SubjectHistories(NamedTuple):
    """All subjects of a tree."""

    by_path: Mapping[str, SubjectHistory]
    #: Two files that claim the same version, and what else makes a history ambiguous.
    problems: tuple[UncheckedError, ...] = ()

    @property
    def all(self) -> tuple[SubjectHistory, ...]:
        """Every history once, sorted by subject and folder."""
        unique = {(history.subject, history.folder, history.paths): history for history in self.by_path.values()}
        return tuple(unique[key] for key in sorted(unique))


def _differ(path: str, other: str) -> bool:
    """Two files of which nothing is known."""
    del path, other
    return False


def subject_histories(
    paths: Iterable[str],
    subjects: Mapping[str, Sequence[str]] | None = None,
    *,
    named: Callable[[str], Named] = name_of,
    same: Callable[[str, str], bool] = _differ,
) -> SubjectHistories:
    """The subjects that a tree's schema files make up.

    Args:
        paths: Schema files, relative to the root of the tree.
        subjects: Ordered paths or globs by subject, the oldest version first; they win over what a name says. Within
            one glob, files are ordered by the version in their name, then by name with numbers by value.
        named: Tells what a path says.
        same: Tells whether two files hold the same schema; such files are one version.

    Returns:
        Files that two claim the same version of one subject make a problem that names both; such a subject has no
        entry in `by_path` and must not be reported as checked.
    """
    known = sorted(set(paths))
    by_path: dict[str, SubjectHistory] = {}
    problems: list[UncheckedError] = []
    claimed: dict[str, str] = {}
    for subject, patterns in (subjects or {}).items():
        mapped = _mapped(subject, patterns, known)
        twice = [(one.path, claimed[one.path]) for one in mapped if one.path in claimed]
        if twice:
            path, other = twice[0]
            problems.append(_claimed_twice(path, other, subject))
        claimed.update((one.path, subject) for one in mapped)
        if mapped and not twice:
            history = SubjectHistory(subject, "", mapped)
            by_path.update((one.path, history) for one in mapped)
    groups: dict[tuple[str, str], list[Named]] = defaultdict(list)
    for path in known:
        if path not in claimed:
            one = named(path)
            groups[one.key].append(one)
    for members in groups.values():
        for family in _families(members):
            try:
                history = _history(family, same)
            except UncheckedError as error:
                problems.append(error)
            else:
                by_path.update((member.path, history) for member in family)
    return SubjectHistories(by_path, tuple(problems))


def _claimed_twice(path: str, one: str, other: str) -> UncheckedError:
    message = f"{path} belongs to two subjects: {one} and {other}"
    return UncheckedError(message, hint="Let one of them name it in the configuration's table of subjects.")


def _mapped(subject: str, patterns: Sequence[str], known: Sequence[str]) -> tuple[Named, ...]:
    """The files of a configured subject, in the order of the configuration."""
    found: dict[str, Named] = {}
    for pattern in patterns:
        hits = [path for path in known if matches((pattern,), path)]
        for path in sorted(hits, key=_natural):
            found.setdefault(path, name_of(path)._replace(folder="", subject=subject))
    ordered = tuple(found.values())
    labels = [named.label for named in ordered]
    if len(ordered) > 1 and (None in labels or len(set(labels)) < len(labels)):
        return tuple(
            named._replace(label=str(number), order=order_of(str(number))) for number, named in enumerate(ordered, 1)
        )
    return ordered


def _natural(path: str) -> tuple[object, ...]:
    """Sorts by the version in the name, files without one first, then by name with numbers by value."""
    named = name_of(path)
    pieces = tuple((0, int(piece), "") if piece.isdigit() else (1, 0, piece) for piece in re.findall(r"\d+|\D+", path))
    return (named.is_latest, named.order is not None, named.order or (), pieces)


def _families(members: list[Named]) -> list[list[Named]]:
    """The members as one history, or one history a language where the languages have folders or the same version.

    ``order.avsc`` and ``order.json`` side by side are the same event in two languages, each with its own history.
    """
    told = [named for named in members if language_told(named.path) is not None]
    others = [named for named in members if language_told(named.path) is None]
    in_folders = any(by_file_name(named.path) is None for named in told)
    if others and (in_folders or {_slot(named) for named in told} & {_slot(named) for named in others}):
        return [told, others]
    return [members]


def _slot(named: Named) -> object:
    if named.is_latest and is_working_copy(named.path):
        return WORKING_COPY
    return named.order if named.order is not None else named.label


def _history(members: list[Named], same: Callable[[str, str], bool]) -> SubjectHistory:
    """The ordered history.

    Raises:
        UncheckedError: Two files claim the same place in it.
    """
    seen: dict[object, Named] = {}
    again: list[Named] = []
    for named in members:
        other = seen.setdefault(_slot(named), named)
        if other is not named:
            if not same(other.path, named.path):
                raise _ambiguous(other, named)
            again.append(named)
    latest = [one for one in seen.values() if one.is_latest]
    return SubjectHistory(members[0].subject, members[0].folder, tuple(in_order(seen.values())), (*latest, *again))


def in_order(members: Iterable[Named]) -> list[Named]:
    """The versions of a subject, the oldest first, as `SubjectHistory.versions` has them; none called ``latest``."""
    known = list(members)
    numbered = sorted((one for one in known if one.order), key=lambda one: one.order or ((), ()))
    bare = [one for one in known if one.label is None]
    first = numbered[0].order if numbered else None
    return [*bare, *numbered] if first is not None and first[0] >= (2,) else [*numbered, *bare]


def _ambiguous(one: Named, other: Named) -> UncheckedError:
    what = f"version {one.label}" if one.label is not None else "the schema without a version"
    message = f"{one.path} and {other.path} both claim to be {what} of {one.subject}"
    hint = "Rename or remove one of them, or list the files of the subject in order in the configuration."
    return UncheckedError(message, hint=hint)
