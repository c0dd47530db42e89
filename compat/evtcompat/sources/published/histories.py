"""Histories of published subjects: those that a registry or a lock has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from evtcompat.checking.plans import Removal
from evtcompat.errors import UncheckedError, told_as_fault
from evtcompat.model.mismatches import Mismatch
from evtcompat.registries.names import subject_of_file
from evtcompat.sources.base import Past, SourceOpener, TermsOf, Unread
from evtcompat.sources.baselines.workspace import Workspace
from evtcompat.sources.documents.files import Discovery
from evtcompat.sources.names.naming import container_of
from evtcompat.sources.published.gone_subjects import Claims, GoneSubjects, Lookup, SubjectSearch
from evtcompat.sources.published.registered import Published, UnknownLanguageError
from evtcompat.sources.subjects.near_misses import longer_names, short_name
from evtcompat.sources.subjects.schema_tree import Current, SchemaTree


def published_source(lookup: Lookup, terms: TermsOf, claims: Claims | None = None) -> SourceOpener:
    """Opens histories of published subjects.

    Args:
        lookup: Where they are, and how schemas under check find theirs.
        terms: What is asked of each subject.
        claims: What shows which subjects are missed; none are without it, nor when a person names one subject.
    """

    def opened(now: SchemaTree, workspace: Workspace, paths: Sequence[str]) -> PublishedHistories:
        del paths
        search = None
        if claims is not None and lookup.wanted is None:
            search = SubjectSearch(now, workspace, lookup, claims)
        return PublishedHistories(now, lookup, terms, search)

    return opened


class PublishedHistories:
    """A `HistorySource` over published subjects, for the schemas of one workspace."""

    def __init__(self, now: SchemaTree, lookup: Lookup, terms: TermsOf, search: SubjectSearch | None) -> None:
        self._now = now
        self._lookup = lookup
        self._terms = terms
        self._search = search
        self._named: dict[str, str] = {}
        self._known: Mapping[str, Published | UncheckedError] = {}
        self._gone = GoneSubjects()
        #: Events of documents that nothing is published of under the name that they have now.
        self._new: list[Current] = []

    @property
    def shows_settled(self) -> bool:
        """See `HistorySource`: everything is judged."""
        return False

    @property
    def reason(self) -> str | None:
        """See `HistorySource`: each version names the registry or the lock."""
        return None

    def knows(self, path: str) -> bool:
        """See `HistorySource`: a registry knows no paths."""
        del path
        return False

    def accounts_for(self, path: str) -> bool:
        """See `HistorySource`: a version that is registered needs no file."""
        del path
        return True

    def skipped(self) -> Sequence[str]:
        """See `HistorySource`."""
        return ()

    def notes(self) -> Iterable[Mismatch]:
        """See `HistorySource`: events of documents that were published under a shorter name.

        A registry knows nothing of what tells two events of one name in a document.
        """
        new: dict[str, list[Current]] = defaultdict(list)
        names = self._lookup.subjects.names
        for current in self._new:
            alone = current.history._replace(subject=short_name(current.path))
            subject = self._lookup.subject_or_none(current._replace(history=alone))
            if subject in names and subject not in self._named.values():
                new[subject].append(current)
        if not new:
            return ()
        read = self._lookup.subjects.read(sorted(new))
        newest = {
            subject: there.history.latest
            for subject, there in read.items()
            if isinstance(there, Published) and there.history.latest is not None
        }
        return longer_names(self._now, new, newest)

    def chosen(self, paths: Sequence[str], discovery: Discovery) -> Iterator[Current | UncheckedError]:
        """See `HistorySource`: the newest schema of every subject, and those that were named.

        Raises:
            RegistryError: The registry cannot be asked.
            UsageError: A schema may be of two subjects.
        """
        currents: list[Current] = []
        complete = not discovery.problems
        for candidate in discovery.candidates:
            try:
                with told_as_fault(self._now.comparing(candidate.path)):
                    current = self._now.current(candidate.path)
            except UncheckedError as error:
                complete = False
                yield error
                continue
            if current is not None:
                currents.append(current)
        named = {self._now.tree.canonical(path) or path for path in paths}
        newest = [current for current in currents if current.path in named or _is_newest(current)]
        for current in newest:
            try:
                self._named[current.path] = self._lookup.subject(current)
            except UncheckedError as error:
                complete = False
                yield error
        subjects = self._lookup.subjects
        self._known = subjects.find(sorted(set(self._named.values())))
        if self._search is not None:
            self._gone = self._search.gone(paths, currents, self._named, complete=complete)
        self._new = [
            one
            for one in newest
            if container_of(one.path) is not None
            and one.path not in self._gone.renamed
            and self._named.get(one.path, "") not in {"", *self._known}
        ]
        yield from (current for current in newest if current.path in self._named)

    def entered(self, paths: Sequence[str], discovery: Discovery) -> Sequence[str]:
        """See `HistorySource`: none; what is published is that of the repository itself."""
        del paths, discovery
        return ()

    def past(self, current: Current) -> Past | Unread:
        """See `HistorySource`.

        Raises:
            BaselineError: What it meets is registered in another language.
        """
        subject = self._named[current.path]
        there, renamed_from = self._known.get(subject), None
        if current.path in self._gone.renamed:
            old, renamed_from = self._gone.renamed[current.path]
            there = self._gone.subjects[old]
        if isinstance(there, UncheckedError):
            return Unread(subject, there)
        terms = self._terms(subject_of_file(current.history.subject), self._now.layout.relative(current.path))
        if there is None:
            return Past(subject, terms=terms)
        there.refuse_other_language(current.candidate.format, terms.level or there.level)
        latest = there.history.latest
        return Past(
            subject,
            versions=there.history.versions,
            renamed_from=renamed_from,
            terms=terms._replace(level=terms.level or there.level, registry_policy=there.policy),
            mode=there.mode,
            unpredicted=there.unpredicted,
            references=None if latest is None else latest.references,
        )

    def removals(self) -> Iterator[Removal | Unread]:
        """See `HistorySource`."""
        renamed = {subject for subject, _ in self._gone.renamed.values()}
        for subject, there in sorted(self._gone.subjects.items()):
            if subject in renamed or isinstance(there, UnknownLanguageError):
                continue
            if isinstance(there, UncheckedError):
                yield Unread(subject, there)
                continue
            path = self._gone.files.get(subject, "")
            terms = self._terms(subject, self._now.layout.relative(path) if path else None)
            if there.history.latest is not None:
                yield Removal(
                    subject=subject,
                    format=there.format,
                    version=there.history.latest,
                    whole_subject=True,
                    level=terms.level or there.level,
                    severities=terms.severities,
                    path=path,
                )


def _is_newest(current: Current) -> bool:
    """Whether no other file of its subject is newer."""
    versions = current.history.versions
    return not versions or versions[-1].path == current.path
