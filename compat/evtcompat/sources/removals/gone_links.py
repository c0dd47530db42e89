"""Links of the baseline that are not there any more, while what they led to may still be.

Whoever reads a schema by the path of a link has none when the link is gone. A link to a folder stands for every file in
it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from evtcompat.errors import UncheckedError
from evtcompat.formats.loading import by_file_name
from evtcompat.sources.baselines.baseline import Baseline
from evtcompat.sources.names.naming import name_of
from evtcompat.sources.tree import Tree


class GoneLinks(NamedTuple):
    """What nobody can read by a link any more."""

    #: By the path at the baseline that led to a file: that file.
    files: Mapping[str, str] = {}
    #: Links out of the repository that are called as schemas: nobody knows what they led to.
    outside: tuple[str, ...] = ()


def gone_links(now: Tree, then: Tree, baseline: Baseline, paths: Iterable[str]) -> GoneLinks:
    """The links in or at paths of the baseline of which nothing is left under check.

    Args:
        now: What is under check.
        then: The baseline.
        baseline: Tells which paths correspond.
        paths: As named.
    """
    files: dict[str, str] = {}
    outside: list[str] = []
    for path in paths:
        try:
            for link, target in _links(then, baseline.there(path)):
                here = baseline.here(link)
                if here is None or not is_nothing(now, here):
                    continue
                if target is not None:
                    files |= {one: then.canonical(one) or one for one in _files_by(then, link, target)}
                elif then.canonical(link) is None and by_file_name(link) is not None:
                    outside.append(here)
        except UncheckedError:  # a problem of its own where the path is checked
            continue
    return GoneLinks(files, tuple(outside))


def carried_on(
    gone: GoneLinks, now: Tree, then: Tree, baseline: Baseline, paths: Iterable[str], renamed: Mapping[str, str]
) -> frozenset[str]:
    """Those of the paths of `gone` whose files are read by links now that were not there.

    A link that is called as another version of the same subject is a new version, and carries none on.

    Args:
        gone: What is read by no link of that name any more.
        now: What is under check.
        then: The baseline.
        baseline: Tells which paths correspond.
        paths: As named.
        renamed: Old paths of files by new ones.
    """
    fresh: dict[str, list[str]] = {}
    for path in paths if gone.files else ():
        try:
            for link, target in _links(now, path):
                if target is not None and is_nothing(then, baseline.there(link)):
                    for one in _files_by(now, link, target):
                        file = now.canonical(one) or one
                        fresh.setdefault(renamed.get(file) or baseline.there(file), []).append(one)
        except UncheckedError:  # a problem of its own where the path is checked
            continue
    return frozenset(
        link for link, file in gone.files.items() if any(not _other_version(link, one) for one in fresh.get(file, ()))
    )


def is_nothing(tree: Tree, path: str) -> bool:
    """Whether nothing lies at a path, and no link on the way or in its place leads elsewhere."""
    there = tree.is_file(path) or tree.is_folder(path) or tree.is_link(path)
    return not there and tree.canonical(path) == path


def names_below(tree: Tree, folder: str, seen: set[str] | None = None) -> Iterator[str]:
    """The files below a folder, links among them, by their paths from there.

    A folder that several links lead to is entered by one of them.
    """
    seen = set() if seen is None else seen
    if folder in seen:
        return
    seen.add(folder)
    walk = tree.walk(folder)
    prefix = f"{folder}/" if folder else ""
    yield from (path[len(prefix) :] for path in walk.files if path.startswith(prefix))
    for link, target in sorted(walk.linked.items()):
        if not link.startswith(prefix) or target is None:
            continue
        name = link[len(prefix) :]
        if tree.is_folder(target):
            yield from (f"{name}/{inner}" for inner in names_below(tree, target, seen))
        else:
            yield name


def _links(tree: Tree, path: str) -> Iterator[tuple[str, str | None]]:
    """A path itself where it leads elsewhere, and the links below it, each with what it leads to."""
    target = tree.canonical(path)
    if target != path:
        yield path, target if target is not None and (tree.is_file(path) or tree.is_folder(path)) else None
    elif tree.is_folder(path):
        # git that does not give what a link leads to says that it leads to itself
        yield from ((link, led) for link, led in sorted(tree.walk(path).linked.items()) if led != link)


def _files_by(tree: Tree, link: str, target: str) -> Iterator[str]:
    """The files that are read by a link: itself, or those below it where it leads to a folder."""
    if tree.is_folder(target):
        yield from (f"{link}/{name}" for name in names_below(tree, target))
    else:
        yield link


def _other_version(link: str, other: str) -> bool:
    one, two = name_of(link), name_of(other)
    return one.key == two.key and one.order != two.order
