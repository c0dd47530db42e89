"""Whether what schemas are on disk differs from the last commit: they themselves, or a file that they are made of."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from evtcompat.containers.loading import by_suffix, marked_in
from evtcompat.errors import UncheckedError
from evtcompat.formats.loading import by_file_name
from evtcompat.sources.documents.candidates import Candidate, candidate_at
from evtcompat.sources.documents.contents import Contents
from evtcompat.sources.documents.layout import Layout
from evtcompat.sources.git.objects import GitTree
from evtcompat.sources.names.suffixes import declares_itself, may_be_referred_to, may_hold_schema
from evtcompat.sources.subjects.schema_tree import SchemaTree
from evtcompat.sources.tree import Tree


def touches_schemas(changes: Collection[str], tree: Tree, before: GitTree, layout: Layout) -> bool:
    """Whether one of the files that differ is a schema, or a schema is made of it.

    What was one counts as well, and is deleted or no schema any more.

    Args:
        changes: The paths that differ between the two trees.
        tree: What is under check.
        before: The last commit.
        layout: The configuration.
    """
    files = ((one, file) for path in changes for one in (tree, before) for file in _files_of(one, path))
    return any(_is_schema(file, one, layout) for one, file in files) or (
        bool(changes or before.has_repositories) and _made_of_any(frozenset(changes), SchemaTree(tree, layout), before)
    )


def _made_of_any(changes: frozenset[str], now: SchemaTree, before: GitTree) -> bool:
    """Whether a schema of the last commit is made of one of the files, or of others than there."""
    then = SchemaTree(before, now.layout)
    contents = Contents(now.tree, then.tree)
    then.take_over(now, contents)
    for path in before.entries:
        told = by_file_name(path) is not None and before.has_repositories  # in them, edits of schemas do not show
        if not (told or _may_refer_to_files(path) or now.layout.included(path) or _is_registered(path, now, then)):
            continue
        parts = _parts(now, path)
        if not parts.isdisjoint(changes) or parts != _parts(then, path):
            return True
        if any(before.is_in_repository(part) and not _same(contents, part) for part in parts):
            return True
    return False


def _same(contents: Contents, path: str) -> bool:
    try:
        return contents.same(path)
    except UncheckedError:  # told where it is referred to
        return False


def _may_refer_to_files(path: str) -> bool:
    """Whether a file of this name may refer to files that do not say by their names that they are schemas."""
    known = by_file_name(path)
    return may_be_referred_to(path) if known is None else known.names_are_uris


def _is_registered(path: str, *trees: SchemaTree) -> bool:
    """Whether a file is called as a schema, and it is written down beside it what that refers to."""
    return by_file_name(path) is not None and any(one.library.refers_as_registered(path) for one in trees)


def _parts(schemas: SchemaTree, path: str) -> frozenset[str]:
    """The other files that the schema at a path is made of, or the schemas in it; none where it cannot be read."""
    try:
        return schemas.made_of(path)
    except UncheckedError:  # a problem of its own where it is checked
        return frozenset()


def _files_of(tree: Tree, path: str) -> Sequence[str]:
    """The file at a path; of a link what it leads to as well, and every file below that where it is a folder."""
    try:
        followed = tree.canonical(path)
        if followed is None:
            return (path,)
        return tree.walk(followed).files if tree.is_folder(followed) else (path, followed)
    except UncheckedError:  # git does not give where it leads, or nobody may look there, and it may be a schema
        return (path,)


def _is_schema(path: str, tree: Tree, layout: Layout) -> bool:
    """Whether a file is a schema, or may be one that cannot be read; not so one that is not there."""
    try:
        is_there = tree.is_file(path)
    except UncheckedError:  # it lies where nobody may look
        return _is_called_schema(path, layout) or may_hold_schema(path)
    if not is_there:  # nobody knows what a link leads to that leads out of the repository
        return tree.is_link(path) and by_file_name(path) is not None
    if _is_called_schema(path, layout):
        return True
    if layout.may_be_imported(path, tree):
        return True
    if not may_hold_schema(path):
        return False
    try:
        data = tree.read(path)
    except UncheckedError:  # git does not give it, or nobody may read it, and it may be one
        return True
    if data is None or declares_itself(data) or marked_in(path, data):
        return True
    try:
        return isinstance(candidate_at(tree, path, layout), Candidate)
    except UncheckedError:
        return False


def _is_called_schema(path: str, layout: Layout) -> bool:
    """Whether the name of a file, or the configuration, says that it is a schema or holds some."""
    return layout.included(path) or by_file_name(path) is not None or by_suffix(path) is not None
