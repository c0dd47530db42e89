"""Events in files of their own that a document takes in: ``placed.yaml#placed`` is ``asyncapi.yaml#placed`` now.

What such an event is called by the document has no past by that name, and the file that holds it is still there:
without a word of where it went it would be new, and compared with nothing.
"""

from __future__ import annotations

from collections.abc import Collection

from evtcompat.formats.containers import headers_of
from evtcompat.sources.baselines.baseline import Baseline
from evtcompat.sources.names.naming import container_of, member_of
from evtcompat.sources.subjects.schema_tree import SchemaTree

_HEADERS = headers_of("")


def taken_in(
    event: str, now: SchemaTree, baseline: Baseline, then: SchemaTree, found: Collection[str]
) -> tuple[str, ...] | None:
    """The events that one became of which the file is a part of a document now and was of none; ``None`` for others.

    Args:
        event: Its path under check, where nothing is checked by that path.
        now: What is under check.
        baseline: What that is compared with.
        then: The baseline's schemas.
        found: The paths of what is checked.
    """
    file = container_of(event)
    part = None if file is None else now.tree.readable_container(file)
    if file is None or part is None or not part.kind.part_of_others:
        return None
    around = {container_of(path) for path in found} - {None, file}
    opened = {one: now.tree.readable_container(one) for one in sorted(filter(None, around))}
    documents = {one: document for one, document in opened.items() if document is not None and file in document.made_of}
    before = [then.tree.readable_container(baseline.there(one)) for one in documents]
    if not documents or any(one is not None and baseline.there(file) in one.made_of for one in before):
        return None
    origin, of_headers = now.tree.origin(file), member_of(event).endswith(_HEADERS)
    return tuple(
        path
        for document in documents.values()
        for path, one in document.schemas.items()
        if one.document.origin == origin and member_of(path).endswith(_HEADERS) == of_headers
    )
