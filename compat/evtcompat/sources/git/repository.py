"""Finding a repository and resolving refs in it; every failure says which command helps."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from evtcompat.dataclasses import dataclass, field
from evtcompat.errors import BaselineError
from evtcompat.sources.git import safety
from evtcompat.sources.git.blobs import Blobs
from evtcompat.sources.git.run import FSCK, Git, foreign_environment, records, text, waits_for

_HEX = re.compile(r"[0-9a-f]{7,64}")
_FULL_HEX = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_ANCESTRY = re.compile(r"[~^]|@\{")
_TAG_LIKE = re.compile(r"v?\d+(?:\.\d+)+.*|release.*", re.IGNORECASE)
_BROKEN = re.compile(r"ignoring (?:broken|dangling) \w*ref (?P<ref>\S+)")
_HEADS = "refs/heads/"
_BARE = "this operation must be run in a work tree"


@dataclass(frozen=True)
class Repository:
    """A git repository with a work tree.

    Attributes:
        git: Runs commands in it.
        top: The root of its work tree: absolute, without links.
        blobs: Reads contents and finds commits: one process for the whole run.
    """

    git: Git
    top: Path
    blobs: Blobs = field(repr=False)

    @cached_property
    def shallow(self) -> bool:
        """Whether older commits were cut off when it was cloned."""
        return self.git.line("rev-parse", "--is-shallow-repository") == "true"

    @cached_property
    def remote(self) -> str | None:
        """The remote to name in hints: `origin`, or the first one."""
        keys = [key.removeprefix("remote.") for key in self.git.configured if key.startswith("remote.")]
        names = {name for name, dot, _ in (key.rpartition(".") for key in keys) if dot}
        return "origin" if "origin" in names else min(names, default=None)

    @cached_property
    def marks(self) -> Mapping[str, str]:
        """The tracked paths that git was told to look at otherwise, with the letter of ``git ls-files -v``.

        ``S`` where a sparse checkout keeps the file off the disk; in lower case where it is taken for unchanged.
        """
        listing = records(self.git.run("ls-files", "-z", "-v", "--full-name", ":/"))
        return {record[2:]: record[0] for record in listing if record[0] == "S" or record[0].islower()}

    @cached_property
    def head(self) -> str | None:
        """The commit that is checked out, or ``None`` before the first commit.

        Raises:
            BaselineError: There is one, and the repository has lost it.
        """
        commit = self.known("HEAD")
        if commit is None and (lost := self.git.line("rev-parse", "--verify", "--quiet", "HEAD")) is not None:
            message = f"HEAD is the commit {lost[:10]}, and git cannot read it"
            raise BaselineError(message, hint=FSCK)
        return commit

    @cached_property
    def has_commits(self) -> bool:
        """Whether any branch, local or of a remote, or any tag has a commit.

        Raises:
            BaselineError: There was one, and git cannot read what names it.
        """
        if self.head is not None or self.refs("--count=1"):
            return True
        if self.branch is None:
            message = "HEAD is neither a commit nor a branch"
            raise BaselineError(message, hint=FSCK)
        if not self.git.attempt("reflog", "exists", f"{_HEADS}{self.branch}").code:
            # git removes the log of a branch together with the branch
            message = f"the branch {self.branch} had commits, and git does not find it any more"
            raise BaselineError(message, hint=FSCK)
        return False

    def refs(self, *options: str) -> str:
        """What `git for-each-ref` lists.

        Raises:
            BaselineError: Some refs are damaged, so that it leaves them out.
        """
        done = self.git.attempt("for-each-ref", *options)
        broken = _BROKEN.search(done.errors)
        if done.code or broken:
            what = f"{broken['ref']} cannot be read" if broken else f"git for-each-ref failed: {done.errors}"
            raise BaselineError(what, hint=FSCK)
        return text(done.output)

    @cached_property
    def branch(self) -> str | None:
        """The branch that is checked out, or ``None`` for a detached HEAD."""
        return self.git.line("symbolic-ref", "--quiet", "--short", "HEAD")

    def known(self, ref: str) -> str | None:
        """The commit that a ref names, or ``None``."""
        if not ref or "\0" in ref or "\n" in ref:
            return None
        found = self.blobs.commit(ref)
        return None if found is None else found[0]

    def resolve(self, ref: str) -> str:
        """The commit that a ref names.

        A branch that only the remote has (`main` in a CI checkout) is found under its remote-tracking name.

        Raises:
            BaselineError: There is no such commit here; the hint has the command that fetches it, if one can.
        """
        commit = self.known(ref)
        if commit is None and self.remote is not None and not ref.startswith("-"):
            commit = self.known(f"refs/remotes/{self.remote}/{ref}")
        return commit if commit is not None else self._fail(ref)

    def _fail(self, ref: str) -> str:
        if (_ANCESTRY.split(ref)[0] in {"HEAD", "@", "", self.branch}) and self.head is None:
            message = "the repository has no commit yet, so there is no baseline in git"
            raise BaselineError(message, hint="Commit the schemas once, or name the baseline with --against FILE.")
        if self.shallow:
            message = f"the git ref {ref!r} is not in this shallow clone"
            raise BaselineError(message, hint=f"Run: {self.fetch_line(ref)}" if self.remote else None)
        message = f"git knows no commit called {ref!r}"
        meant = self._similar(ref)
        if meant:
            hint = f"Did you mean {meant!r}?"
        elif self.remote:
            hint = f"If only the remote has it, run: {self.fetch_line(ref)}"
        else:
            hint = "`git branch --all` and `git tag` list what there is."
        raise BaselineError(message, hint=hint)

    def fetch_line(self, ref: str) -> str:
        """The `git fetch` command after which `ref` can be resolved here."""
        remote = self.remote or "origin"
        depth = "--depth=1 " if self.shallow else ""
        name = ref.removeprefix(f"refs/remotes/{remote}/").removeprefix(f"{remote}/").removeprefix("refs/heads/")
        if _ANCESTRY.search(ref) or (_HEX.fullmatch(ref) and not _FULL_HEX.fullmatch(ref)) or ref in {"HEAD", "@"}:
            return f"git fetch --unshallow {remote}" if self.shallow else f"git fetch --tags {remote}"
        if _FULL_HEX.fullmatch(ref):
            return f"git fetch {depth}{remote} {ref}"
        if ref.startswith("refs/tags/") or (_TAG_LIKE.fullmatch(ref) and not ref.startswith(f"{remote}/")):
            return f"git fetch {depth}{remote} tag {_quoted(ref.removeprefix('refs/tags/'))}"
        return f"git fetch {depth}{remote} {_quoted(f'+refs/heads/{name}:refs/remotes/{remote}/{name}')}"

    def _similar(self, ref: str) -> str | None:
        from difflib import get_close_matches

        listing = self.git.run("for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/tags", "refs/remotes")
        close = get_close_matches(ref, text(listing).split("\n"), n=1, cutoff=0.75)
        return close[0] if close else None

    def merge_base(self, one: str, other: str) -> str:
        """The newest commit that both commits have in their history.

        Args:
            one: A commit id.
            other: A commit id.

        Raises:
            BaselineError: They have none, or it was cut off a shallow clone.
        """
        if one == other:
            return one
        base = self.git.line("merge-base", one, other)
        if base is not None:
            return base
        message = f"no common ancestor of {one[:10]} and {other[:10]} is known here"
        if self.shallow:
            hint = f"The clone is shallow. Run: git fetch --unshallow {self.remote or 'origin'}"
            if self.git.environment.get("GITHUB_ACTIONS") == "true":
                hint += "  (or give actions/checkout `fetch-depth: 0`)"
            raise BaselineError(message, hint=hint)
        raise BaselineError(message, hint="Name the baseline with --against git:REF.")

    def parents(self, commit: str) -> tuple[str, ...]:
        """The parents that a commit names, also those that a shallow clone does not have.

        Raises:
            BaselineError: git cannot read the commit.
        """
        found = self.blobs.commit(commit)
        if found is None:
            message = f"the commit {commit[:10]} is not in this repository"
            raise BaselineError(message, hint=FSCK)
        head, _, _ = found[1].partition(b"\n\n")
        return tuple(line[7:].decode("ascii") for line in head.split(b"\n") if line.startswith(b"parent "))

    def first_parent(self, commit: str) -> str | None:
        """The first parent, or ``None`` for a commit that has none.

        Raises:
            BaselineError: It was cut off a shallow clone.
        """
        parents = self.parents(commit)
        if not parents:
            return None
        if self.shallow and self.known(parents[0]) is None:
            message = f"the parent of {commit[:10]} is not in this shallow clone"
            raise BaselineError(message, hint=f"Run: git fetch --deepen=1 {self.remote or 'origin'}")
        return parents[0]


def _quoted(word: str) -> str:
    import shlex

    return shlex.quote(word)


def find_repository(
    folder: Path, *, working_folder: Path | None = None, environment: Mapping[str, str] | None = None
) -> Repository | None:
    """The repository that a folder belongs to, or ``None`` outside git.

    Args:
        folder: Absolute, without links.
        working_folder: Where the process runs; the repository it lies in keeps the whole environment, so that a
            temporary index or object directory that git made for a hook is the one that is read.
        environment: The process's own by default.

    Raises:
        BaselineError: There is a repository, but it is bare or has its work tree elsewhere, git does not trust it, or
            git is not installed.
    """
    variables = dict(os.environ) if environment is None else dict(environment)
    here = Path(os.path.realpath(working_folder or Path.cwd()))
    return repository_of(folder, own_repository(here, variables), variables)


def repository_of(folder: Path, own: Repository | None, variables: Mapping[str, str]) -> Repository | None:
    """The same, where the repository that the process runs in is known.

    Raises:
        BaselineError: See `find_repository`.
    """
    nearest = _nearest(folder)
    if own is not None and folder.is_relative_to(own.top) and (nearest is None or own.top.is_relative_to(nearest)):
        return own
    if nearest is None:
        bare = next(filter(_is_bare, (folder, *folder.parents)), None)
        if bare is not None:
            raise _without_files(bare)
        return None
    found = _open(Git(nearest, foreign_environment(variables)))
    if found is not None and not folder.is_relative_to(found.top):
        message = f"the work tree of the git repository at {nearest} is {found.top}, and {folder} is not in it"
        raise BaselineError(message, hint="See `git config core.worktree`.")
    return found


def own_repository(here: Path, variables: Mapping[str, str]) -> Repository | None:
    """The repository that the process runs in, or for: git says so to hooks, in variables.

    Raises:
        BaselineError: See `find_repository`.
    """
    there = next((one for one in (here, *here.parents) if one.is_dir()), here)  # an editor's folder may be a new one
    git = Git(there, variables)
    return _open(git) if "GIT_DIR" in variables or _nearest(here) is not None else None


def _nearest(folder: Path) -> Path | None:
    return next((parent for parent in (folder, *folder.parents) if os.path.lexists(parent / ".git")), None)


def _is_bare(folder: Path) -> bool:
    """Whether a folder is a repository without files, as git tells one."""
    return all(os.path.lexists(folder / name) for name in ("HEAD", "objects", "refs"))


def _without_files(folder: Path) -> BaselineError:
    message = f"the git repository at {folder} is bare: it has no files to check"
    return BaselineError(message, hint="Run evtcompat in a clone of it.")


#: Four questions for the price of one process; git answers none before the first commit.
_AT_ONCE = ("--show-toplevel", "--is-shallow-repository", "HEAD^{commit}", "--symbolic-full-name", "HEAD")


def _open(git: Git) -> Repository | None:
    stuck = safety.special_file(git.folder)
    if stuck is not None:
        raise waits_for(*stuck)
    done = git.attempt("rev-parse", *_AT_ONCE)
    if not done.code:
        top, shallow, head, branch = text(done.output).removesuffix("\n").rsplit("\n", 3)
        repository = Repository(git, Path(os.path.realpath(top)), Blobs(git))
        # where `cached_property` keeps an answer
        vars(repository).update(
            shallow=shallow == "true",
            head=head,
            branch=branch.removeprefix(_HEADS) if branch.startswith(_HEADS) else None,
        )
        return repository
    done = git.attempt("rev-parse", "--show-toplevel")
    if not done.code:
        return Repository(git, Path(os.path.realpath(text(done.output).removesuffix("\n"))), Blobs(git))
    if _BARE in done.errors:
        raise _without_files(git.folder)
    message = f"git cannot read the repository at {git.folder}: {done.errors}"
    raise BaselineError(message, hint="If there is no repository, remove what is called .git; else repair it.")
