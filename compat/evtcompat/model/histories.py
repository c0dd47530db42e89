"""Subjects, versions and histories, as a registry means them."""

from __future__ import annotations

from evtcompat.dataclasses import dataclass, field
from evtcompat.model.documents import Document, NoReferences, References
from evtcompat.model.event_models import EventModel


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a subject: a document and what it may refer to."""

    document: Document
    #: ``"3"``, ``"1.2.0"``; ``None`` when nothing names it (a file without a version in its name).
    label: str | None = None
    references: References = field(default_factory=NoReferences)
    #: Why its text is no document, where it is none (an `EvtcompatError`); what is in `document` says nothing then.
    flaw: Exception | None = None
    #: Whether it is a content that a file has no more. One that does not parse is no version: no consumer can have it.
    past: bool = False
    #: What is written in this version, where that is another schema than `document`, which says what is read.
    written: Document | None = None
    #: The class that reads what `document` says, where one does that may be asked.
    model: EventModel | None = field(default=None, compare=False, repr=False)
    #: The day on which it came, as ``2026-01-31``, where its source says so.
    since: str | None = None


@dataclass(frozen=True, slots=True)
class History:
    """The ordered versions of a subject, the oldest first."""

    versions: tuple[Version, ...] = ()

    @property
    def latest(self) -> Version | None:
        """The newest version, or ``None`` for a subject without any."""
        return self.versions[-1] if self.versions else None


def version_name(label: str) -> str:
    """What a sentence calls a version: ``v1`` for ``1``; a label that does not begin with a digit stays as it is."""
    return f"v{label}" if label[:1].isdigit() else label
