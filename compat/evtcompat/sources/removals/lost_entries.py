"""What others rely on in a container beside its schemas, and what of it is gone or has another name."""

from __future__ import annotations

from collections.abc import Iterator

from evtcompat.checking.plans import Lost, Removal
from evtcompat.config.values import DEFAULT_LEVEL
from evtcompat.model.histories import Version
from evtcompat.model.places import Place
from evtcompat.sources.base import TermsOf
from evtcompat.sources.documents.opened import Container
from evtcompat.sources.subjects.schema_tree import SchemaTree
from evtcompat.syntax.documents import locate


def lost_entries(
    then: SchemaTree, path: str, before: Container, after: Container, terms_of: TermsOf
) -> Iterator[Removal]:
    """The entries that a document has at the baseline and not now.

    Args:
        then: The baseline.
        path: The document there.
        before: It there.
        after: It now.
        terms_of: What is asked of a subject.
    """
    kept = {(one.rule, one.name) for one in after.contents.entries}
    known = {(one.rule, one.name) for one in before.contents.entries}
    fresh = {(one.rule, one.sign): one.name for one in after.contents.entries if (one.rule, one.name) not in known}
    parts = {one.name for one in after.contents.schemas} | after.contents.problems.keys()
    for entry in before.contents.entries:
        message = entry.facts.get("message")
        if (entry.rule, entry.name) in kept or not before.contents.schemas:
            continue
        if message is not None and (message not in parts or ("channel-removed", entry.facts["channel"]) not in kept):
            continue  # told by the message, or by the channel
        now = fresh.get((entry.rule, entry.sign)) if entry.sign else None
        facts = {**entry.facts, "became": "is removed" if now is None else f"is now called {now}"}
        subject = entry.facts.get("channel") or entry.name
        terms = terms_of(subject, then.layout.relative(path))
        place = locate(before.document, Place(pointer=entry.pointer))
        yield Removal(
            subject=subject,
            format=before.contents.schemas[0].format,
            version=Version(before.document),
            whole_subject=True,
            level=terms.level or DEFAULT_LEVEL,
            severities=terms.severities,
            path=path,
            lost=Lost(entry.rule, facts, place),
        )
