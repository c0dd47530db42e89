"""`HistorySource`: where the versions come from that the schemas of a tree have to get on with.

Files beside a schema, a commit, a folder, a registry and a lock are sources. A selection asks one for each workspace,
and goes the same way whichever it is: which of the schemas that were found are checked, what each of them meets, and
what nothing under check holds any more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

from evtcompat.checking.plans import Removal
from evtcompat.config.values import AcrossMajors
from evtcompat.dataclasses import dataclass, field
from evtcompat.errors import UncheckedError
from evtcompat.model.documents import References
from evtcompat.model.histories import Version
from evtcompat.model.levels import Level
from evtcompat.model.mismatches import Mismatch
from evtcompat.model.verdicts import Policy
from evtcompat.rules.judge import Severities
from evtcompat.sources.baselines.workspace import Workspace
from evtcompat.sources.documents.files import Discovery
from evtcompat.sources.subjects.schema_tree import Current, SchemaTree


class Terms(NamedTuple):
    """What the command line and the configuration ask of one subject; ``None`` leaves it to where its history is."""

    level: Level | None = None
    policy: Policy | None = None
    #: How much rules weigh.
    severities: Severities = Severities()
    #: What becomes of what a new major version breaks.
    across_majors: AcrossMajors | None = None
    #: What the registry's own answer rests on, where the history is a registry's.
    registry_policy: Policy | None = None


#: The terms of a subject, whose candidate lies at a path from the folder of the configuration (``None``: elsewhere).
TermsOf = Callable[[str, str | None], Terms]


def every_version(subject: str, path: str | None) -> Terms:
    """Terms under which every history is needed whole."""
    del subject, path
    return Terms(Level.FULL_TRANSITIVE)


class Unread(NamedTuple):
    """A subject whose history cannot be had."""

    subject: str
    error: UncheckedError


@dataclass(frozen=True, slots=True)
class Past:
    """What a schema under check meets."""

    subject: str
    #: The versions below it, the oldest first; only the last of them when no transitive level asks for more.
    versions: tuple[Version, ...] = ()
    #: Its own file as it stands at the baseline.
    published: Version | None = None
    #: What that file was before: `Plan.earlier`.
    earlier: Callable[[], Iterable[Version]] | None = None
    #: Every version below it, the oldest first, though none but the last is compared: `Plan.whole`.
    whole: Callable[[], Iterable[Version]] | None = None
    #: Whether a document that it refers to differs from the baseline, though its own file may not.
    references_changed: bool = False
    #: Whether nothing of it changed since the git baseline, so that it was judged before.
    settled: bool = False
    #: The link that it is read by, where that led elsewhere at the baseline: `Plan.link`.
    link: str | None = None
    #: The path, or the subject, that it had at the baseline under another name.
    renamed_from: str | None = None
    #: What is asked of the subject, with what holds where its history is.
    terms: Terms = field(default_factory=Terms)
    #: The registry's mode for the subject, where it is a registry's.
    mode: str | None = None
    #: What a sentence calls that registry, where what it would answer is not predicted.
    unpredicted: str | None = None
    #: What it is called whatever else there is; as `subject` when empty.
    identity: str = ""
    #: Where it may find what its own tree does not define.
    references: References | None = None
    #: What sentences call what it is compared with, where no version does: ``main``, ``HEAD``.
    deployed: str | None = None


class HistorySource(Protocol):
    """The histories of the subjects of one workspace. `chosen` comes first; what follows rests on it."""

    @property
    def reason(self) -> str | None:
        """What is compared with, as one phrase for the report; ``None`` when every subject says it for itself."""
        ...

    @property
    def shows_settled(self) -> bool:
        """Whether what is settled (`Past`) is compared all the same, to be shown."""
        ...

    def knows(self, path: str) -> bool:
        """Whether a path that was named and is not there is reported as removed: then it is no mistake to name it."""
        ...

    def accounts_for(self, path: str) -> bool:
        """Whether it is no mistake of the configuration to list a file that is not there."""
        ...

    def chosen(self, paths: Sequence[str], discovery: Discovery) -> Iterator[Current | UncheckedError]:
        """The schemas to check; an error stands in the place of one that cannot be.

        Args:
            paths: As named, from the root of the workspace.
            discovery: What they lead to.

        Raises:
            UsageError: The source was named for one schema, and these are several.
        """
        ...

    def entered(self, paths: Sequence[str], discovery: Discovery) -> Sequence[str]:
        """The repositories that a walk of the paths passed by and whose schemas are checked all the same, by path."""
        ...

    def past(self, current: Current) -> Past | Unread | None:
        """What a schema meets; ``None`` for one that need not be checked in this run.

        Raises:
            UncheckedError: It cannot be determined.
        """
        ...

    def removals(self) -> Iterator[Removal | UncheckedError | Unread]:
        """The schemas that the source has and that nothing under check holds any more; renamed ones are not among."""
        ...

    def skipped(self) -> Sequence[str]:
        """Files that others stand for, with the reason."""
        ...

    def notes(self) -> Iterable[Mismatch]:
        """What is to be told of the documents that the schemas under check lie in."""
        ...


#: Opens the source for a workspace: its schemas under check, and the paths that were named in it.
SourceOpener = Callable[[SchemaTree, Workspace, Sequence[str]], HistorySource]
