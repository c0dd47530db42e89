"""Published subjects that are gone: the repository's own that no file under check holds any more, and renamed ones.

Registries are shared, and keep what nobody uses any more, so what is not seen to have been here is not missed. A
subject is the repository's own

- when the configuration lists it under ``subjects``;
- in git, when a schema of the git baseline belongs to it;
- outside git, when the lock was asked for it: nothing else shows there what was here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from evtcompat.dataclasses import dataclass, field
from evtcompat.errors import UncheckedError, UsageError
from evtcompat.sources.base import every_version
from evtcompat.sources.baselines.baseline import auto_baseline
from evtcompat.sources.baselines.workspace import Workspace, Workspaces
from evtcompat.sources.documents.candidates import Candidate
from evtcompat.sources.names.naming import container_of, name_of
from evtcompat.sources.published.registered import Published, PublishedSubjects
from evtcompat.sources.published.subject_names import SubjectNames
from evtcompat.sources.removals.removals import Removals
from evtcompat.sources.removals.renames import SchemaFile, renames
from evtcompat.sources.subjects.schema_tree import Current, SchemaTree


@dataclass(frozen=True, slots=True)
class Lookup:
    """How a schema under check finds its subject."""

    subjects: PublishedSubjects
    names: SubjectNames
    #: The subject that a person names for the one schema under check.
    wanted: str | None = None

    def subject(self, current: Current) -> str:
        """The subject of a schema.

        Raises:
            RegistryError: The registry cannot be asked.
            UncheckedError: It cannot be determined.
            UsageError: Two may be meant.
        """
        if self.wanted is not None:
            return self.wanted
        return self.names.subject(current.history.subject, current.candidate.document, self.subjects.names)

    def subject_or_none(self, current: Current) -> str | None:
        """The same; ``None`` when it cannot be determined, a problem of its own where the schema is checked."""
        try:
            return self.subject(current)
        except (UncheckedError, UsageError):
            return None


@dataclass(frozen=True, slots=True)
class Claims:
    """What shows which subjects are the repository's own; see the module."""

    workspaces: Workspaces
    #: Whether everything that the configuration names is under check; if not, only git shows what was in a folder.
    whole: bool = False
    #: Subjects that the configuration lists.
    listed: AbstractSet[str] = frozenset()
    #: Subjects that the lock was asked for.
    locked: AbstractSet[str] = frozenset()


@dataclass(frozen=True, slots=True)
class GoneSubjects:
    """The subjects that no file holds any more, and the schemas that have become others."""

    #: What is known of each; an error where it cannot be read.
    subjects: Mapping[str, Published | UncheckedError] = field(default_factory=dict)
    #: The file that held it at the git baseline, where that is known.
    files: Mapping[str, str] = field(default_factory=dict)
    #: By path of a new file: the subject that it was, and what it was called.
    renamed: Mapping[str, tuple[str, str]] = field(default_factory=dict)


class SubjectSearch:
    """Looks for the gone subjects of one workspace."""

    def __init__(self, now: SchemaTree, workspace: Workspace, lookup: Lookup, claims: Claims) -> None:
        self._now = now
        self._workspace = workspace
        self._lookup = lookup
        self._claims = claims

    def gone(
        self, paths: Sequence[str], currents: Sequence[Current], named: Mapping[str, str], *, complete: bool
    ) -> GoneSubjects:
        """The gone subjects.

        Args:
            paths: As named.
            currents: All schemas under check.
            named: Their subjects by path, where they are known already.
            complete: Whether every file could be read and its subject be determined; if not, only git shows what is
                gone.

        Raises:
            RegistryError: The registry cannot be asked.
        """
        claims, known = self._claims, self._lookup.subjects
        files, moved = self._gone_files(paths, {one.path: one.candidate for one in currents})
        own = set(files)
        if claims.whole and complete:
            own |= claims.listed if self._workspace.repository is not None else claims.listed | claims.locked
        held = {named.get(one.path) or self._lookup.subject_or_none(one) for one in currents}
        new = {one.path: one for one in currents if one.path in named and named[one.path] not in known.names}
        older = {path: found for path, one in new.items() if (found := self._older(one)) is not None}
        moved = {path: file for path, file in moved.items() if path in new and path not in older}
        continued = {subject for subject, _ in older.values()}
        # also where something else has the name of what was moved
        missed = ((own - held) | {subject for subject, file in files.items() if file in moved.values()}) & known.names
        if not (missed or continued):
            return GoneSubjects()
        read = known.read(sorted(missed | continued))
        old = {file: subject for subject, file in files.items() if isinstance(read.get(subject), Published)}
        renamed = {**{path: (old[file], file) for path, file in moved.items() if file in old}, **older}
        return GoneSubjects(read, files, {**renamed, **_renamed(read, new, renamed)})

    def _older(self, current: Current) -> tuple[str, str] | None:
        """The subject that an event of a document has by what it is called in an older version, and that file."""
        subjects = self._lookup.subjects.names
        for one in reversed(current.history.below(current.path)):
            if container_of(one.path) is None:
                continue
            called = current.history._replace(subject=name_of(one.path).subject)
            subject = self._lookup.subject_or_none(current._replace(history=called))
            if subject in subjects:
                return subject, one.path
        return None

    def _gone_files(
        self, paths: Sequence[str], found: Mapping[str, Candidate]
    ) -> tuple[dict[str, str], Mapping[str, str]]:
        """Files of the git baseline that are not there any more by their subject, and old paths by new ones.

        Only in folders and documents that were named. Where the baseline cannot be determined there are none: a check
        against a registry needs no git.
        """
        folders = [path for path in paths if self._now.tree.is_folder(path) or self._holds_events(path)]
        if self._workspace.repository is None or not folders:
            return {}, {}
        try:
            baseline = auto_baseline(self._claims.workspaces, self._workspace, self._now.layout)
        except UncheckedError:
            return {}, {}
        removals = Removals(self._now, baseline, every_version)
        gone = removals.gone(folders, found, beside=False)
        files = {}
        for path in gone:
            subject = _subject_then(baseline.schemas, path, self._lookup)
            if subject is not None:
                files[subject] = path
        return files, removals.renames(gone, found)

    def _holds_events(self, path: str) -> bool:
        return container_of(path) is not None or bool(self._now.tree.events(path))


def _subject_then(then: SchemaTree | None, path: str, lookup: Lookup) -> str | None:
    """The subject of a file of the baseline; ``None`` when it could not be determined then either."""
    try:
        current = None if then is None else then.current(path)
    except UncheckedError:
        return None
    return None if current is None else lookup.subject_or_none(current)


def _renamed(
    read: Mapping[str, Published | UncheckedError],
    new: Mapping[str, Current],
    known: Mapping[str, tuple[str, str]],
) -> Mapping[str, tuple[str, str]]:
    """New files with the content or the name of a gone subject's newest version, besides those that are known."""
    taken = {subject for subject, _ in known.values()}
    gone = [
        SchemaFile(subject, there.history.latest.document, there.format)
        for subject, there in read.items()
        if subject not in taken and isinstance(there, Published) and there.history.latest is not None
    ]
    origins = {one.path: one.document.origin or one.path for one in gone}
    fresh = [
        SchemaFile(path, one.candidate.document, one.candidate.format) for path, one in new.items() if path not in known
    ]
    found = renames(gone, fresh, by_lines=False)
    return {path: (subject, origins[subject]) for path, subject in found.items()}
