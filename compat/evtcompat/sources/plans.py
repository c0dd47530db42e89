"""What a run is going to compare, as frozen values; nothing here reads a file."""

from __future__ import annotations

from typing import NamedTuple

from evtcompat.errors import UncheckedError
from evtcompat.formats.base import SchemaFormat
from evtcompat.model.histories import Version


class Plan(NamedTuple):
    """One candidate with everything that it has to get on with."""

    subject: str
    format: SchemaFormat
    #: From the root of the workspace; `candidate.document.origin` is what messages say.
    path: str
    #: From the folder of the configuration, as its patterns see it; ``None`` when it lies elsewhere.
    configured_path: str | None
    candidate: Version
    #: The versions below the candidate, the oldest first; only the last of them when no transitive level asks for more.
    #: A version that this change edits in place stands there twice, as published and as it is now, with one label.
    history: tuple[Version, ...] = ()
    #: The candidate's own file as it stands at the baseline.
    published: Version | None = None
    #: Whether the path carries a version, so that editing the published file is a finding of its own.
    versioned: bool = False
    #: Whether it is the newest version of its subject.
    newest: bool = True
    #: Whether the candidate, a version below it or a document that it refers to differs from the baseline; true also
    #: where there is no git baseline. What is not touched was checked when it was.
    touched: bool = True
    #: Whether a document that it refers to differs from the baseline, though its own file may not.
    references_changed: bool = False
    #: The path at the baseline of a file that was renamed.
    renamed_from: str | None = None


class Removed(NamedTuple):
    """A schema that stands at the baseline and not under check."""

    subject: str
    format: SchemaFormat
    path: str
    configured_path: str | None
    version: Version
    #: Whether the subject has no file at all any more; otherwise other versions of it stay.
    whole_subject: bool


class Selection(NamedTuple):
    """Everything that a run has to do and to tell."""

    plans: tuple[Plan, ...] = ()
    removed: tuple[Removed, ...] = ()
    #: Files that were met and passed by, with the reason.
    skipped: tuple[str, ...] = ()
    #: What could not be read or decided; each makes the run unchecked.
    problems: tuple[UncheckedError, ...] = ()
    #: What was compared with, one sentence a workspace: ``3f2a1bc (merge base with main)``.
    baselines: tuple[str, ...] = ()
