"""What files were before: every content that a path had, through renames."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from evtcompat.dataclasses import dataclass, field
from evtcompat.errors import BaselineError
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

    def of(self, path: str) -> tuple[PastContent, ...]:
        """Every content that the file had, the oldest first; equal neighbours once.

        Raises:
            BaselineError: Its beginning was cut off a shallow clone.
        """
        return tuple(self.backwards(path))[::-1]

    def backwards(self, path: str) -> Iterator[PastContent]:
        """The same, the newest first, as far as it is asked for.

        Raises:
            BaselineError: What is asked for was cut off a shallow clone, or hangs on contents that are not here.
        """
        last = None
        for commit, changes in self.commits:
            change = changes.get(path)
            if change is None:
                continue
            if commit in self.boundary:
                message = f"the history of {path} is not complete in this shallow clone"
                hint = f"Run: git fetch --unshallow {self.remote or 'origin'}"
                raise BaselineError(message, hint=hint)
            if change.oid not in (None, last):
                last = change.oid
                yield PastContent(commit, path, last, self.dates.get(commit, ""))
            if not self.similar and change.added and any(one.oid is None for one in changes.values()):
                message = "what it was before cannot be told: contents that git would compare are not in this clone"
                raise BaselineError(message, place=Place(origin=f"{commit[:10]}:{path}"), hint=f"{PARTIAL} {FSCK}")
            path = change.renamed_from or path


def path_history(repository: Repository, commit: str, suffix: str = "") -> PathHistory:
    """The past of the paths of a commit that end with a suffix; a rename to another suffix is not followed.

    Raises:
        BaselineError: git does not have the commits, or what was in their folders.
    """
    paths = [f":(top,glob)**/*{suffix}"] if _PLAIN.fullmatch(suffix) else []
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
    return PathHistory(commits, boundary, repository.remote, dates, similar)


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
