"""Which commit a change is compared with when nobody names one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from evtcompat.errors import BaselineError
from evtcompat.model.json_texts import loads
from evtcompat.reading import read_file
from evtcompat.sources.git.repository import Repository

#: Variables in which CI systems name the branch that a change is to be merged into.
_TARGET_BRANCHES = (
    "GITHUB_BASE_REF",
    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME",  # GitLab
    "BITBUCKET_PR_DESTINATION_BRANCH",
    "SYSTEM_PULLREQUEST_TARGETBRANCH",  # Azure Pipelines, with refs/heads/
    "CHANGE_TARGET",  # Jenkins
    "BUILDKITE_PULL_REQUEST_BASE_BRANCH",
    "CI_COMMIT_TARGET_BRANCH",  # Woodpecker
    "DRONE_TARGET_BRANCH",
    "CODEBUILD_WEBHOOK_BASE_REF",
)
#: Variables that hold the merge base itself.
_MERGE_BASES = ("CI_MERGE_REQUEST_DIFF_BASE_SHA",)
#: Variables in which CI systems name the branch that was pushed to; most check out a detached HEAD.
_PUSHED_BRANCHES = ("CI_COMMIT_BRANCH", "GITHUB_REF_NAME", "BITBUCKET_BRANCH", "BUILDKITE_BRANCH")
#: Names that default branches have where nothing else says which it is.
_USUAL = ("main", "master", "trunk")
_ZEROS = re.compile(r"0+")


class GitBaseline(NamedTuple):
    """A commit to compare with."""

    #: ``None``: there is nothing before the candidate, everything is new.
    commit: str | None
    #: How messages name it before a path: ``HEAD``, a tag, a short commit id.
    label: str
    #: Why this one, for the report: ``merge base with main``.
    reason: str
    #: The branch that the change goes to, where the commit is the newest that it shares with that branch.
    branch: str | None = None


def short(commit: str) -> str:
    """A commit id as messages show it."""
    return commit[:10]


def head_baseline(
    repository: Repository, environment: Mapping[str, str] | None = None, *, default_branch: str | None = None
) -> GitBaseline:
    """The commit that a commit hook compares with.

    On a branch without a commit (`git checkout --orphan`) it is the newest commit of the branch that the change goes
    to; nothing before the very first commit.

    Raises:
        BaselineError: There are commits, and it cannot be told which of them is meant.
    """
    if repository.head is not None:
        return GitBaseline(repository.head, "HEAD", "the last commit")
    if not repository.has_commits:
        return GitBaseline(None, "HEAD", "there is no commit yet")
    branch, tip = _destination(repository, default_branch or _target_of(environment or {}))
    return GitBaseline(tip, short(tip), f"{branch}: the branch that is checked out has no commit")


def ref_baseline(repository: Repository, ref: str) -> GitBaseline:
    """The commit of ``git:REF``.

    Raises:
        BaselineError: See `Repository.resolve`.
    """
    return GitBaseline(repository.resolve(ref), ref, ref)


def merge_base_baseline(repository: Repository, ref: str, candidate: str | None = None) -> GitBaseline:
    """The commit of ``git:merge-base:REF``: where `candidate` (HEAD by default) and REF parted.

    Raises:
        BaselineError: One of them or their merge base is not there.
    """
    other = repository.resolve(ref)
    base = repository.merge_base(candidate or repository.resolve("HEAD"), other)
    return GitBaseline(base, short(base), f"merge base with {ref}", ref)


def pushed_range(repository: Repository, environment: Mapping[str, str]) -> tuple[str, GitBaseline] | None:
    """The candidate commit and the baseline that pre-commit hands over on a push, or ``None`` at any other time.

    Raises:
        BaselineError: The commits are not here.
    """
    source, target = environment.get("PRE_COMMIT_FROM_REF"), environment.get("PRE_COMMIT_TO_REF")
    if not source or not target:
        return None
    candidate = repository.resolve(target)
    if _ZEROS.fullmatch(source):
        return candidate, _begun(repository, candidate, environment)
    base = repository.merge_base(repository.resolve(source), candidate)
    return candidate, GitBaseline(base, short(base), f"merge base of {short(source)} and {short(target)}")


def automatic_baseline(
    repository: Repository,
    environment: Mapping[str, str],
    *,
    default_branch: str | None = None,
    edited: Callable[[], bool] = lambda: False,
) -> GitBaseline:
    """The baseline of a check outside the commit hook.

    The merge base with the branch that the change goes to. On that branch itself: what was there before the push when
    CI says so, else the merge base with its remote when there are commits that were not pushed, else the last commit
    when schemas are edited, else the commit before the last.

    Args:
        repository: Whose work tree is checked.
        environment: Variables of the process; those of CI systems count.
        default_branch: As configured.
        edited: Whether schemas on disk differ from the last commit; asked only when it matters.

    Raises:
        BaselineError: It cannot be determined, or is not here; the hint has the command that helps.
    """
    head = repository.head
    if head is None:
        return head_baseline(repository, environment, default_branch=default_branch)
    given = default_branch
    if given is None:
        for name in _MERGE_BASES:
            if value := environment.get(name):
                return GitBaseline(repository.resolve(value), short(value), f"{name}")
        if (queued := _queued_on(environment)) is not None:
            return GitBaseline(repository.resolve(queued), short(queued), "what the merge queue builds on")
        given = _target_of(environment)
    branch, tip = _destination(repository, given)
    pushed = next((environment[name] for name in _PUSHED_BRANCHES if environment.get(name)), None)
    on_branch = branch in (repository.branch, pushed)
    if on_branch and (before := _pushed_over(environment)) is not None:
        return GitBaseline(repository.resolve(before), short(before), f"what {branch} was before the push")
    base = repository.merge_base(head, tip)
    if base != head:
        return GitBaseline(base, short(base), f"merge base with {branch}", branch)
    if not on_branch and repository.branch is not None:
        return GitBaseline(head, "HEAD", f"merge base with {branch}", branch)
    if edited():
        return GitBaseline(head, "HEAD", "the last commit")
    return _before(repository, head)


def _begun(repository: Repository, candidate: str, environment: Mapping[str, str]) -> GitBaseline:
    """The baseline of a commit on a branch that the remote does not have yet: where it left the default branch.

    Raises:
        BaselineError: It never was on it, or what is there was cut off a shallow clone.
    """
    try:
        branch, tip = _destination(repository, _target_of(environment))
    except BaselineError:  # nothing is there but the branch itself
        return _before(repository, candidate)
    base = repository.merge_base(candidate, tip)
    if base == candidate:
        return _before(repository, candidate)
    return GitBaseline(base, short(base), f"merge base with {branch}", branch)


def _before(repository: Repository, commit: str) -> GitBaseline:
    parent = repository.first_parent(commit)
    if parent is None:
        return GitBaseline(None, short(commit), f"{short(commit)} is the first commit")
    return GitBaseline(parent, short(parent), "the commit before the last")


def _target_of(environment: Mapping[str, str]) -> str | None:
    """The branch that CI says the change goes to."""
    for name in _TARGET_BRANCHES:
        if value := environment.get(name):
            return value.removeprefix("refs/heads/")
    return None


def _destination(repository: Repository, given: str | None) -> tuple[str, str]:
    """Name and newest commit of the branch that a change goes to, whether somebody names it or not.

    Raises:
        BaselineError: It cannot be told, or is not here.
    """
    return (given, _tip(repository, given)) if given is not None else _default_branch(repository)


def _tip(repository: Repository, branch: str) -> str:
    """The newest known commit of a branch that was named; what the remote has counts more than a local copy.

    Raises:
        BaselineError: It is not here.
    """
    if repository.remote is not None:
        tip = repository.known(f"refs/remotes/{repository.remote}/{branch}")
        if tip is not None:
            return tip
    return repository.resolve(branch)


def _default_branch(repository: Repository) -> tuple[str, str]:
    """Name and newest commit of the default branch, as far as the repository itself says.

    Raises:
        BaselineError: It does not say.
    """
    remote = repository.remote
    if remote is not None:
        name = repository.git.line("symbolic-ref", "--quiet", "--short", f"refs/remotes/{remote}/HEAD")
        if name is not None:
            branch = name.removeprefix(f"{remote}/")
            return branch, _tip(repository, branch)
    for branch in _USUAL:
        remote_refs = [f"refs/remotes/{remote}/{branch}"] if remote is not None else []
        for ref in (*remote_refs, f"refs/heads/{branch}"):
            tip = repository.known(ref)
            if tip is not None:
                return branch, tip
    branches = repository.refs("--format=%(refname:short)", "refs/heads").split("\n")
    if repository.branch is not None and remote is None and [name for name in branches if name] == [repository.branch]:
        return repository.branch, repository.resolve("HEAD")
    message = "it cannot be told which branch this change goes to"
    hint = "Set `default-branch` in the configuration, or name the baseline with --against git:REF."
    if remote is not None:
        hint = f"Run: git remote set-head {remote} --auto   (needs the network), or: {hint[0].lower()}{hint[1:]}"
    raise BaselineError(message, hint=hint)


def _pushed_over(environment: Mapping[str, str]) -> str | None:
    """The commit that a push replaced, as CI says; ``None`` for a new branch, or when nothing says so."""
    before = environment.get("CI_COMMIT_BEFORE_SHA")
    if not before and environment.get("GITHUB_EVENT_NAME") == "push" and environment.get("GITHUB_EVENT_PATH"):
        before = _from_event(Path(environment["GITHUB_EVENT_PATH"]), "before")
    return before if before and not _ZEROS.fullmatch(before) else None


def _queued_on(environment: Mapping[str, str]) -> str | None:
    """The commit that a merge queue puts a change on, with the changes before it; ``None`` outside of one."""
    if environment.get("GITHUB_EVENT_NAME") != "merge_group" or not environment.get("GITHUB_EVENT_PATH"):
        return None
    return _from_event(Path(environment["GITHUB_EVENT_PATH"]), "merge_group", "base_sha")


def _from_event(path: Path, *keys: str) -> str | None:
    """What an event says under some keys, one in the other; ``None`` where it says nothing."""
    try:
        event = loads(read_file(path))
    except (OSError, ValueError) as error:
        message = f"the event that GITHUB_EVENT_PATH names cannot be read: {error}"
        raise BaselineError(message, hint="Name the baseline with --against git:REF.") from error
    found: object = event
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, str) else None
