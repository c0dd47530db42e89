"""What files were before: every content that a path had, through renames."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import PurePosixPath
from typing import NamedTuple, TypeAlias

from evtcompat.dataclasses import dataclass, field
from evtcompat.errors import BaselineError, UncheckedError
from evtcompat.model.places import Place
from evtcompat.sources.git.repository import Repository
from evtcompat.sources.git.run import FSCK, PARTIAL, text

_PLAIN = re.compile(r"\.[A-Za-z0-9.]+")


class PastContent(NamedTuple):
    """A content that a file had."""

    commit: str
    path: str
    oid: str
    #: The day of the commit, as ``2026-01-31``.
    date: str = ""


#: The other files that a content draws on in its commit, wherever they are; ``None`` where it stands alone.
Uses: TypeAlias = Callable[[PastContent], "frozenset[str] | None"]


class _Change(NamedTuple):
    """A file that a commit changed; `oid` is ``None`` when it was deleted."""

    path: str
    oid: str | None
    renamed_from: str | None = None
    #: Whether no file was there before, nor is it known to be another one under a new name.
    added: bool = False


@dataclass(frozen=True)
class PathHistory:
    """The past of all paths of a commit, from one `git log`.

    Only first parents count: what a branch held while it was not yet merged was never published.
    """

    commits: tuple[tuple[str, Mapping[str, _Change]], ...] = field(repr=False)
    boundary: frozenset[str] = frozenset()
    remote: str | None = None
    #: The day of each commit.
    dates: Mapping[str, str] = field(default_factory=dict, repr=False)
    #: Whether a file that was renamed and edited at once is known to be the same: that takes contents of both sides,
    #: which git does not have.
    similar: bool = True
    #: The suffixes of the files that it knows of; all files where there are none.
    suffixes: tuple[str, ...] = ()

    def of(self, path: str) -> tuple[PastContent, ...]:
        """Every content that the file had, the oldest first; equal neighbours once.

        Raises:
            BaselineError: Its beginning was cut off a shallow clone.
        """
        return tuple(self.backwards(path))[::-1]

    def backwards(self, path: str, uses: Uses | None = None) -> Iterator[PastContent]:
        """The same, the newest first, as far as it is asked for.

        Args:
            path: Of the file.
            uses: Asked of a content in the newest commit that has it: that another file it draws on became another
                there is a new content, too, though the file itself is the same. An `UncheckedError` says that nobody
                can tell; it is taken to draw on what it draws on later.

        Raises:
            BaselineError: What is asked for was cut off a shallow clone, or hangs on contents that are not here.
        """
        last = None
        drawn = None if uses is None else self._drawn(path, 0, uses, None)
        for at, (commit, changes) in enumerate(self.commits):
            change = changes.get(path)
            moved = uses is not None and drawn is not None and self._moved(path, at, drawn, uses)
            if change is None and not moved:
                continue
            if commit in self.boundary:
                message = f"the history of {path} is not complete in this shallow clone"
                hint = f"Run: git fetch --unshallow {self.remote or 'origin'}"
                raise BaselineError(message, hint=hint)
            oid = self._oid(path, at) if change is None else change.oid
            if oid is not None and (moved or oid != last):
                # what is drawn on was another before: the same bytes are another content there
                last = None if moved else oid
                yield PastContent(commit, path, oid, self.dates.get(commit, ""))
            if change is not None:
                path = self._called_before(path, commit, change, changes)
            drawn = None if uses is None else self._drawn(path, at + 1, uses, drawn)

    def _called_before(self, path: str, commit: str, change: _Change, changes: Mapping[str, _Change]) -> str:
        """What a file was called before a commit that changed it.

        Raises:
            BaselineError: That hangs on contents that are not here.
        """
        suffix = PurePosixPath(path).suffix
        gone = (one for one in changes.values() if one.oid is None and self._follows(one.path, suffix))
        if not self.similar and change.added and any(True for _ in gone):
            message = "what it was before cannot be told: contents that git would compare are not in this clone"
            raise BaselineError(message, place=Place(origin=f"{commit[:10]}:{path}"), hint=f"{PARTIAL} {FSCK}")
        before = change.renamed_from
        return path if before is None or not self._follows(before, suffix) else before

    def _follows(self, path: str, suffix: str) -> bool:
        """Whether a file that has this suffix now may have been at a path before."""
        return not self.suffixes or PurePosixPath(path).suffix == suffix

    def _moved(self, path: str, at: int, drawn: frozenset[str], uses: Uses) -> bool:
        """Whether a commit changed what a content draws on, or removed what it may have drawn on instead."""
        changes = self.commits[at][1]
        if not drawn.isdisjoint(changes):
            return True
        removing = at in self._removing and path not in changes
        return removing and self._drawn(path, at + 1, uses, drawn) != drawn

    def _drawn(self, path: str, at: int, uses: Uses, otherwise: frozenset[str] | None) -> frozenset[str] | None:
        """What a file draws on in a commit of the list; nothing where it is not there."""
        oid = self._oid(path, at)
        if oid is None:
            return None
        commit = self.commits[at][0]
        try:
            return uses(PastContent(commit, path, oid, self.dates.get(commit, "")))
        except UncheckedError:
            return otherwise

    def _oid(self, path: str, at: int) -> str | None:
        """The content of a file in a commit of the list."""
        changed = self._changed.get(path, ())
        index = bisect_left(changed, at)
        return self.commits[changed[index]][1][path].oid if index < len(changed) else None

    @cached_property
    def _changed(self) -> Mapping[str, list[int]]:
        """By path, which commits changed the file, the newest first."""
        found: dict[str, list[int]] = {}
        for at, (_, changes) in enumerate(self.commits):
            for path in changes:
                found.setdefault(path, []).append(at)
        return found

    @cached_property
    def _removing(self) -> frozenset[int]:
        """The commits after which a path is not there any more."""
        return frozenset(
            at
            for at, (_, changes) in enumerate(self.commits)
            if any(one.oid is None or one.renamed_from is not None for one in changes.values())
        )


def path_history(repository: Repository, commit: str, *suffixes: str) -> PathHistory:
    """The past of the paths of a commit that end with one of some suffixes; of all of them where there are none.

    A rename to another suffix is not followed then.

    Raises:
        BaselineError: git does not have the commits, or what was in their folders.
    """
    plain = all(map(_PLAIN.fullmatch, suffixes))
    paths = [f":(top,glob)**/*{suffix}" for suffix in suffixes] if plain else []
    similar = True
    try:
        output = _log(repository, commit, paths, "--find-renames")
    except BaselineError:
        similar = False
        output = _log(repository, commit, paths, "--find-renames=100%")
    boundary: frozenset[str] = frozenset()
    if repository.shallow:
        cut = repository.git.line("rev-parse", "--git-path", "shallow")
        listed = (repository.git.folder / cut).read_text("ascii") if cut else ""
        boundary = frozenset(listed.split())
    found = tuple(_commits(text(output)))
    commits = tuple((commit, changes) for commit, _, changes in found)
    dates = {commit: date for commit, date, _ in found}
    return PathHistory(commits, boundary, repository.remote, dates, similar, suffixes if plain else ())


def _log(repository: Repository, commit: str, paths: Sequence[str], renames: str) -> bytes:
    """The commits before one, with what each changed.

    Raises:
        BaselineError: git does not have all that it takes to find these renames.
    """
    return repository.git.run(
        "log", "-z", "--raw", "--no-abbrev", renames, "--first-parent", "--diff-merges=first-parent",
        "--root", "--no-color", "--no-ext-diff", "--no-relative", "--format=%x01%H %cs", "-l1000", commit, "--", *paths,
    )  # fmt: skip


def _commits(output: str) -> Iterator[tuple[str, str, Mapping[str, _Change]]]:
    """Commits with their days and what they changed, by the path after the change."""
    for block in output.split("\x01")[1:]:
        fields = iter(block.strip("\0").split("\0"))
        commit, _, date = next(fields).strip().partition(" ")
        changes: dict[str, _Change] = {}
        for meta in fields:
            if not meta.strip().startswith(":"):
                continue
            words = meta.strip().split(" ")
            status, oid = words[4], words[3]
            path = next(fields)
            if status[:1] in "RC":
                old, path = path, next(fields)
                changes[path] = _Change(path, oid, old if status.startswith("R") else None)
            else:
                changes[path] = _Change(path, None if status == "D" else oid, added=status == "A")
        yield commit, date, changes
