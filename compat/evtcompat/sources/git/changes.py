"""Which paths differ from a commit, are left off the disk, or are ignored, without reading a file."""

from __future__ import annotations

from evtcompat.sources.git.repository import Repository
from evtcompat.sources.git.run import records

_DIFF = ("-z", "--name-only", "--no-renames", "--no-relative", "--no-ext-diff", "--ignore-submodules=all")


def disk_changes(repository: Repository, commit: str) -> tuple[str, ...]:
    """Tracked paths that differ on disk from a commit; files that git does not track are not among them."""
    return tuple(records(repository.git.run(*repository.git.without_filters(), "diff", *_DIFF, commit, "--")))


def committed_changes(repository: Repository, commit: str) -> frozenset[str]:
    """Paths that differ in the index from a commit, whatever is on disk."""
    return frozenset(records(repository.git.run("diff", "--cached", *_DIFF, commit, "--")))


def untracked(repository: Repository) -> tuple[str, ...]:
    """Paths on disk that git neither tracks nor ignores."""
    options = ("-z", "--others", "--exclude-standard", "--full-name")
    return tuple(records(repository.git.run("-C", str(repository.top), "ls-files", *options)))


def left_out(repository: Repository) -> frozenset[str]:
    """Tracked paths that a sparse checkout keeps off the disk; they are not deleted."""
    listing = records(repository.git.run("-C", str(repository.top), "ls-files", "-z", "-t", "--full-name"))
    return frozenset(record[2:] for record in listing if record.startswith("S "))


def ignored(repository: Repository) -> frozenset[str]:
    """Paths that git ignores; a folder stands for everything in it."""
    listing = repository.git.run(
        "-C", str(repository.top), "ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory",
        "--full-name",
    )  # fmt: skip
    return frozenset(path.removesuffix("/") for path in records(listing))
