"""Modules of Python models at the baseline: those that nobody asks for any more, and those that are gone unread."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from evtcompat.errors import UncheckedError
from evtcompat.sources.baselines.baseline import Baseline
from evtcompat.sources.names.naming import container_of, member_of
from evtcompat.sources.subjects.schema_tree import SchemaTree


def is_left_out(now: SchemaTree, then: SchemaTree, baseline: Baseline, other: str) -> bool:
    """Whether a module of models, or a model that was wanted by name, need not be gone: nobody asks for it now.

    What is in the module may go on in another one. That it is not checked any more is what the gate is asked.

    Args:
        now: The schemas under check.
        then: Those of the baseline.
        baseline: What the first are compared with.
        other: A path at the baseline.
    """
    file = container_of(other) or other
    here, before = baseline.here(file), then.tree.module(file)
    if here is None or before is None or not now.tree.is_file(here):
        return False
    after = now.tree.module(here)
    return after is None or (other != file and member_of(other) in {*before.names}.difference(after.names))


def unimported(
    now: SchemaTree, then: SchemaTree, baseline: Baseline, documents: Iterable[str]
) -> Iterator[UncheckedError]:
    """What is said of modules that are gone and cannot be imported at the baseline: what was in them is unknown.

    Args:
        now: The schemas under check.
        then: Those of the baseline.
        baseline: What the first are compared with.
        documents: The paths at the baseline that are looked at.
    """
    for other in documents:
        here = baseline.here(other)
        if here is None or then.tree.module(other) is None or now.tree.is_file(here):
            continue
        try:
            then.tree.container(other)
        except UncheckedError as error:
            yield error
