"""What may have been renamed across the border of what was named: from anywhere in the repository, to anywhere in it.

A person names the file that a schema is now, and the file that it was lay elsewhere or has another name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from evtcompat.errors import UncheckedError
from evtcompat.sources.baselines.baseline import Baseline
from evtcompat.sources.documents.candidates import Candidate
from evtcompat.sources.names.suffixes import may_be_referred_to, may_be_schema
from evtcompat.sources.subjects.schema_tree import SchemaTree

if TYPE_CHECKING:
    from evtcompat.sources.models.importing import Module


def gone_elsewhere(now: SchemaTree, then: SchemaTree, baseline: Baseline) -> list[str]:
    """The schemas of the files that a commit has and that are nowhere any more, by their paths there, sorted."""
    off_disk = baseline.kept_off_disk
    files = [
        path
        for path in _readable(then)
        if (here := baseline.here(path)) is not None
        and here not in off_disk
        and not _may_be_there(now, here, then.tree.module(path))
    ]
    return [path for path in _with_events(then, files) if then.is_schema(path)]


def new_elsewhere(now: SchemaTree, then: SchemaTree, baseline: Baseline) -> Iterator[Candidate]:
    """The schemas of the files, anywhere in the repository, that a commit lacks; what cannot be read is none."""
    files = [path for path in _readable(now) if not then.tree.is_file(baseline.there(path))]
    for path in _with_events(now, files):
        try:
            candidate = now.candidate(path) if now.is_schema(path) else None
        except UncheckedError:  # a problem of its own where the path is checked
            continue
        if candidate is not None:
            yield candidate


def _readable(schemas: SchemaTree) -> Iterator[str]:
    tree = schemas.tree
    return (one for one in tree.walk().files if may_be_referred_to(one) or may_be_schema(one) or tree.module(one))


def _with_events(schemas: SchemaTree, files: Iterable[str]) -> Iterator[str]:
    """The files, and what is in those of them that hold several schemas."""
    for path in files:
        yield path
        try:
            yield from schemas.met_events(path)
        except UncheckedError:  # a problem of its own where the path is checked
            continue


def _may_be_there(now: SchemaTree, path: str, module: Module | None) -> bool:
    """Whether a file is there, or lies where nobody may look, which is told where it is walked.

    One that was a module of models is gone where it is none any more.
    """
    try:
        return now.tree.is_file(path) and (module is None or now.tree.module(path) is not None)
    except UncheckedError:
        return True
