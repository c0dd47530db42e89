"""Histories from files: the lower versions beside a schema, and what lies at a commit, in a folder or in a file.

A source on its own meets what the baseline has. Without a baseline that somebody named, a schema meets the union of the
lower versions beside it, those included that this change deletes, and its own file at the git baseline.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from evtcompat.checking.plans import Removal
from evtcompat.config.values import DEFAULT_LEVEL
from evtcompat.errors import BaselineError, UncheckedError, UsageError, told_as_fault
from evtcompat.formats.base import SchemaFormat
from evtcompat.model.canonical import content_hash
from evtcompat.model.mismatches import Mismatch
from evtcompat.model.places import Place
from evtcompat.sources.base import Past, SourceOpener, TermsOf, every_version
from evtcompat.sources.baselines.against import Against, BaselineKind
from evtcompat.sources.baselines.around import absent_submodules, moved_submodules, strangers
from evtcompat.sources.baselines.baseline import Baseline, auto_baseline, commit_baseline, path_baseline
from evtcompat.sources.baselines.file_changes import FileChanges
from evtcompat.sources.baselines.workspace import Workspace, Workspaces
from evtcompat.sources.documents.files import Discovery
from evtcompat.sources.histories.file_versions import FileVersions
from evtcompat.sources.histories.list_notes import list_notes
from evtcompat.sources.names.naming import is_working_copy, name_of, order_of
from evtcompat.sources.names.subject_histories import SubjectHistory
from evtcompat.sources.removals.moved_links import moved_links
from evtcompat.sources.removals.removals import Removals, history_or_none
from evtcompat.sources.subjects.schema_tree import Current, SchemaTree
from evtcompat.sources.tree import folder_of


def never(subject: str, path: str | None) -> bool:
    """Everything is judged."""
    del subject, path
    return False


class Extent(NamedTuple):
    """Which schemas a run checks."""

    #: Leave out those that neither differ from the baseline nor refer to or follow what does.
    changed_only: bool = False
    #: Tells of a subject, and of where it lies as the configuration sees it, whether its past was judged and stays so.
    settles: Callable[[str, str | None], bool] = never
    #: Whether what is settled is compared all the same, to be shown.
    show_settled: bool = False


_EVERYTHING = Extent()


def file_source(
    workspaces: Workspaces,
    against: Against,
    terms: TermsOf = every_version,
    *,
    extent: Extent = _EVERYTHING,
) -> SourceOpener:
    """Opens histories from files.

    Args:
        workspaces: The trees of the run.
        against: What ``--against`` says; neither a registry nor a lock.
        terms: What is asked of each subject. A history that is not needed whole holds its last version only.
        extent: Which schemas are checked. With `changed_only`, name every folder with schemas that may refer to a
            changed document.
    """

    def opened(now: SchemaTree, workspace: Workspace, paths: Sequence[str]) -> FileHistories:
        baseline = _baseline(workspaces, workspace, paths, against, now)
        return FileHistories(now, baseline, terms, extent, against)

    return opened


def _baseline(
    workspaces: Workspaces, workspace: Workspace, paths: Sequence[str], against: Against, now: SchemaTree
) -> Baseline:
    if against.kind is BaselineKind.AUTO:
        return auto_baseline(workspaces, workspace, now.layout)
    if against.kind is BaselineKind.PATH:
        return path_baseline(workspaces, workspace, paths, against.value, now)
    return commit_baseline(workspaces, workspace, against, paths, now)


class FileHistories:
    """A `HistorySource` over the files of a workspace and of its baseline."""

    def __init__(self, now: SchemaTree, baseline: Baseline, terms: TermsOf, extent: Extent, against: Against) -> None:
        """Nothing is read yet.

        Args:
            now: The schemas under check.
            baseline: What they are compared with.
            terms: What is asked of each subject.
            extent: Which of them are checked.
            against: What a person called the baseline.
        """
        self._now = now
        self._baseline = baseline
        self._terms = terms
        self._extent = extent
        self._against = against
        self._removals = Removals(now, baseline, terms)
        self._named: frozenset[str] = frozenset()
        self._found: frozenset[str] = frozenset()
        self._changes = FileChanges(now, baseline, {})
        self._versions = FileVersions(now, baseline, self._changes)
        self._skipped: list[str] = []
        self._unread: tuple[str, ...] = ()
        now.company.before = self._format_before

    def _format_before(self, path: str) -> SchemaFormat | None:
        """The format of the schema that the baseline has at the path of a file under check."""
        if self._baseline.schemas is None or self._baseline.single is not None:
            return None
        return self._baseline.schemas.format_of(self._baseline.there(path))

    @property
    def shows_settled(self) -> bool:
        """See `HistorySource`."""
        return self._extent.show_settled

    @property
    def reason(self) -> str | None:
        """See `HistorySource`."""
        return self._baseline.reason

    def knows(self, path: str) -> bool:
        """See `HistorySource`."""
        return self._baseline.knows(path)

    def accounts_for(self, path: str) -> bool:
        """See `HistorySource`: one that the baseline has was deleted, and is reported as removed."""
        return self._baseline.knows(path)

    def skipped(self) -> Sequence[str]:
        """See `HistorySource`."""
        return self._skipped

    def notes(self) -> Iterable[Mismatch]:
        """See `HistorySource`."""
        return list_notes(self._now, self._baseline, self._found)

    # which schemas are checked

    def chosen(self, paths: Sequence[str], discovery: Discovery) -> Iterator[Current | UncheckedError]:
        """See `HistorySource`: what was found, and the later versions of what is edited in place.

        Raises:
            UsageError: The baseline is one file, and there are several schemas.
        """
        found = {candidate.path: candidate for candidate in discovery.candidates}
        named_file = self._against.kind is BaselineKind.PATH and self._baseline.single is not None
        if named_file and len(found) > 1:
            message = f"--against {self._against.value} is one file, but there are {len(found)} schemas to check"
            raise UsageError(message, hint="Name one schema, or give a folder or git:REF as the baseline.")
        named = {path for path in (self._now.tree.canonical(one) or one for one in paths) if path in found}
        self._named = frozenset() if self._extent.changed_only else frozenset(named)
        self._found = frozenset(found)
        self._unread = discovery.unread
        renamed = self._removals.renames(self._removals.gone(paths, found), found)
        self._changes = FileChanges(self._now, self._baseline, renamed, self._removals.others)
        self._versions = FileVersions(self._now, self._baseline, self._changes)
        for path in self._expanded(found, named):
            try:
                with told_as_fault(self._now.comparing(path)):
                    current = self._current(path, named=path in named)
            except UncheckedError as error:
                yield error
                continue
            if current is not None:
                yield current
        yield from self._behind_links(paths, discovery)
        yield from strangers(self._now, self._baseline, paths)

    def entered(self, paths: Sequence[str], discovery: Discovery) -> Sequence[str]:
        """See `HistorySource`: submodules of which the change has another commit than the baseline."""
        for path in absent_submodules(self._now, self._baseline, paths, discovery.repositories):
            name = self._now.tree.origin(path)
            self._skipped.append(f"{name} (a submodule that moved and is not here: git submodule update --init {name})")
        return moved_submodules(self._now, self._baseline, discovery.repositories)

    def _behind_links(self, paths: Sequence[str], discovery: Discovery) -> Iterator[Current | UncheckedError]:
        """What is read by links that led elsewhere at the baseline."""
        links = (*paths, *discovery.links, *self._removals.links.outside)
        for moved in moved_links(self._now, self._baseline, links, self._found):
            if isinstance(moved, UncheckedError):
                yield moved
                continue
            try:
                candidate, named = self._now.candidate(moved.target), self._now.named(moved.link)
            except UncheckedError as error:
                yield error
                continue
            history = history_or_none(self._now, moved.link)
            history = history or SubjectHistory(named.subject, folder_of(moved.link), (named,))
            if candidate is not None:
                own = named._replace(path=moved.target)
                yield Current(candidate._replace(path=moved.link), own, history, moved.led_to)

    def _expanded(self, found: Iterable[str], named: set[str]) -> list[str]:
        """The paths of what was found, and of the later versions of those that are edited in place."""
        chosen = dict.fromkeys(found)
        for path in named:
            history = history_or_none(self._now, path)
            if history is not None and self._changes.edited(path):
                at = next((index for index, one in enumerate(history.versions) if one.path == path), -1)
                chosen.update(dict.fromkeys(one.path for one in history.versions[at + 1 :] if at >= 0))
        return sorted(chosen)

    def _current(self, path: str, *, named: bool) -> Current | None:
        """The schema at a path, or the one that it is a copy of; ``None`` where others stand for it.

        Raises:
            UncheckedError: It cannot be read, or its history is ambiguous.
        """
        current = self._now.current(path)
        if current is None:
            return None
        history = current.history
        if current.named in history.latest and history.versions:
            copied = self._copied(current)
            if copied is not None:
                stands = "the working copy of" if is_working_copy(path) else "the same as"
                self._skipped.append(f"{self._now.tree.origin(path)} ({stands} {self._now.tree.origin(copied)})")
                return self._current(copied, named=True) if named else None
        is_first = len(history.versions) > 1 and history.versions[0].path == path
        if is_first and not named and path not in self._changes.renamed and not self._changes.edited(path):
            return None  # it is the beginning of the history that the others are compared with
        return current

    def _copied(self, current: Current) -> str | None:
        """The version that a ``latest`` is a copy of, the newest first, or that a working copy says it is."""
        if is_working_copy(current.path):
            stated = current.candidate.format.version(current.candidate.document)
            order = None if stated is None else order_of(stated)
            same = [one.path for one in current.history.versions if order is not None and one.order == order]
            if same:
                return same[0]
        digest = content_hash(current.candidate.document.value)
        for one in reversed(current.history.versions):
            other = self._now.candidate(one.path)
            if other is not None and content_hash(other.document.value) == digest:
                return one.path
        return None

    # what one of them meets

    def past(self, current: Current) -> Past | None:
        """See `HistorySource`.

        Raises:
            UncheckedError: What it meets cannot be read, or is written in another language.
        """
        path, history = current.path, current.history
        if current.led_to is not None:
            return self._past_of_link(current, current.led_to)
        references_changed = self._changes.references_changed(path)
        changed = references_changed or self._changes.changed(path, history)
        if not changed and self._extent.changed_only:
            return None
        configured = self._now.layout.relative(path)
        settled = not changed and path not in self._named and self._extent.settles(history.identity, configured)
        if settled and not self._extent.show_settled:
            return Past(subject=history.subject, identity=history.identity, settled=True)
        published = self._versions.published(current)
        terms = self._terms(history.identity, configured)
        whole = (terms.level or DEFAULT_LEVEL).transitive
        return Past(
            subject=history.subject,
            identity=history.identity,
            versions=self._versions.below(current, published, whole=whole),
            published=published,
            earlier=None if self._baseline.commit is None else partial(self._versions.committed, current),
            whole=None if whole else partial(self._versions.below, current, published, whole=True),
            references_changed=references_changed,
            settled=settled,
            renamed_from=self._changes.renamed.get(path),
            terms=terms,
            deployed=self._baseline.called,
        )

    def _past_of_link(self, current: Current, led_to: str) -> Past:
        """What a schema meets that is read by a link: what that led to at the baseline.

        Raises:
            UncheckedError: It cannot be read, or is written in another language.
        """
        history = current.history
        return Past(
            subject=history.subject,
            identity=history.identity,
            published=self._versions.at_baseline(current, led_to, current.named.label or name_of(led_to).label),
            # of two equal texts it is only what they refer to that can differ
            references_changed=self._changes.same(current.named.path, led_to),
            link=self._now.tree.origin(current.path),
            terms=self._terms(history.identity, self._now.layout.relative(current.path)),
            deployed=self._baseline.called,
        )

    # what is gone

    def removals(self) -> Iterator[Removal | UncheckedError]:
        """See `HistorySource`."""
        yield from self._removals.removed(self._changes.renamed, self._unread)
        yield from self._removals.lost(self._changes.renamed)
        for path in self._removals.unseen:
            message = "the change touches it, and this sparse checkout does not have it on disk"
            hint = f"Run: git sparse-checkout add {folder_of(path) or '.'}   (or leave it out with `exclude`)"
            yield BaselineError(message, place=Place(origin=self._now.tree.origin(path)), hint=hint)
        for path, reason in self._removals.aside.items():
            called = self._baseline.called or "the baseline"
            message = f"{called} has it with another content, and it is not checked: {reason}"
            hint = "Name the file to check it, remove it, or leave it out with `exclude`."
            yield BaselineError(message, place=Place(origin=self._now.tree.origin(path)), hint=hint)
