"""Repositories in repositories: what the one around has, and the one inside knows nothing of.

`git init` in a folder of a repository makes its files strangers to themselves: the new repository calls them new, and
the one around has them with the contents that consumers rely on.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from evtcompat.errors import BaselineError, UncheckedError
from evtcompat.model.places import Place
from evtcompat.sources.baselines.baseline import Baseline
from evtcompat.sources.documents.contents import Contents
from evtcompat.sources.documents.opened import in_git
from evtcompat.sources.subjects.schema_tree import SchemaTree


def moved_submodules(now: SchemaTree, baseline: Baseline, repositories: Iterable[str]) -> list[str]:
    """The submodules that the baseline has with another commit than is under check, and that have a schema in either.

    Args:
        now: What is under check.
        baseline: What that is compared with.
        repositories: By path.
    """
    if baseline.schemas is None or baseline.commit is None:
        return []
    then = baseline.schemas
    known = in_git(then.tree)
    pinned = [] if known is None else [one for one in repositories if one in known.repositories]
    if known is None or not pinned:
        return []
    moved = baseline.moved_submodules(now.tree)
    return [
        path
        for path in pinned
        if path in moved
        and not now.layout.excluded(path)
        and any(_holds_schema(one, file) for one in (now, then) for file in one.tree.walk(path).files)
    ]


def absent_submodules(
    now: SchemaTree, baseline: Baseline, paths: Iterable[str], repositories: Container[str]
) -> list[str]:
    """The submodules below the paths that the baseline has with another commit, and that are not checked out.

    Whether they have schemas is not known. The arguments are as for `moved_submodules`.
    """
    then = None if baseline.schemas is None else in_git(baseline.schemas.tree)
    if then is None or not then.repositories:
        return []
    folders = tuple(f"{path}/" if path else "" for path in paths)
    return sorted(
        path
        for path in baseline.moved_submodules(now.tree)
        if path not in repositories and path.startswith(folders) and not now.layout.excluded(path)
    )


def strangers(now: SchemaTree, baseline: Baseline, paths: Iterable[str]) -> Iterator[BaselineError]:
    """What is said of schemas that a repository around has with another content, and the baseline has not.

    Args:
        now: What is under check.
        baseline: What that is compared with.
        paths: As named.
    """
    named = [*paths]
    for prefix, outer in baseline.around():
        if baseline.schemas is None or outer.schemas is None:
            continue
        then = outer.schemas
        inside = Contents(now.tree, then.tree)
        files = dict.fromkeys(file for path in named for file in _files(then, f"{prefix}/{path}".rstrip("/")))
        for other in sorted(files):
            path = other.removeprefix(f"{prefix}/")
            if baseline.schemas.tree.is_file(path) or now.layout.excluded(path) or not _holds_schema(then, other):
                continue
            if _differs(inside, then, other, prefix):
                yield _stranger(now, then, path, other)


def _files(then: SchemaTree, path: str) -> Iterable[str]:
    return (path,) if then.tree.is_file(path) else then.tree.walk(path).files


def _holds_schema(then: SchemaTree, path: str) -> bool:
    return then.is_schema(path) or bool(then.tree.events(path))


def _differs(inside: Contents, then: SchemaTree, other: str, prefix: str) -> bool:
    """Whether a schema, or a file below the same folder that it refers to, is not what lies there now."""
    try:
        parts = {other, *then.dependencies(other)}
        return any(
            not inside.same(one.removeprefix(f"{prefix}/"), one) for one in parts if one.startswith(f"{prefix}/")
        )
    except UncheckedError:  # nobody knows what it is there
        return True


def _stranger(now: SchemaTree, then: SchemaTree, path: str, other: str) -> BaselineError:
    is_now = "is another one" if now.tree.is_file(path) else "is not here any more"
    message = f"{then.tree.origin(other)}, in the repository around this one, {is_now}, and this one never had it"
    hint = "If `git init` was a mistake here, remove .git; else name what is deployed with --against FILE."
    return BaselineError(message, place=Place(origin=now.tree.origin(path)), hint=hint)
