"""The schemas of a history source that differ from the git baseline, whatever the source compares them with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from evtcompat.checking.plans import Removal
from evtcompat.errors import UncheckedError
from evtcompat.model.mismatches import Mismatch
from evtcompat.sources.base import HistorySource, Past, Unread
from evtcompat.sources.baselines.baseline import Baseline
from evtcompat.sources.baselines.file_changes import FileChanges
from evtcompat.sources.documents.files import Discovery
from evtcompat.sources.subjects.schema_tree import Current, SchemaTree


class ChangedOnly:
    """A `HistorySource` over another one."""

    def __init__(
        self, inner: HistorySource, now: SchemaTree, baseline: Baseline, wanted: Callable[[str], bool]
    ) -> None:
        """Nothing is read yet.

        Args:
            inner: Where the histories come from.
            now: The schemas under check.
            baseline: The git baseline.
            wanted: Whether a schema that the baseline does not have is wanted.
        """
        self._inner = inner
        self._now = now
        self._baseline = baseline
        self._wanted = wanted

    @property
    def shows_settled(self) -> bool:
        """See `HistorySource`."""
        return self._inner.shows_settled

    @property
    def reason(self) -> str | None:
        """See `HistorySource`."""
        return self._inner.reason

    def knows(self, path: str) -> bool:
        """See `HistorySource`."""
        return self._inner.knows(path)

    def accounts_for(self, path: str) -> bool:
        """See `HistorySource`."""
        return self._inner.accounts_for(path)

    def chosen(self, paths: Sequence[str], discovery: Discovery) -> Iterator[Current | UncheckedError]:
        """See `HistorySource`."""
        changes = FileChanges(self._now, self._baseline, {})
        for current in self._inner.chosen(paths, discovery):
            if isinstance(current, UncheckedError) or self._differs(changes, current):
                yield current

    def _differs(self, changes: FileChanges, current: Current) -> bool:
        if changes.before(current.path) is None and not self._wanted(current.path):
            return False
        try:
            return changes.changed(current.path, current.history) or changes.references_changed(current.path)
        except UncheckedError:  # it cannot be told, so it may
            return True

    def entered(self, paths: Sequence[str], discovery: Discovery) -> Sequence[str]:
        """See `HistorySource`."""
        return self._inner.entered(paths, discovery)

    def past(self, current: Current) -> Past | Unread | None:
        """See `HistorySource`."""
        return self._inner.past(current)

    def removals(self) -> Iterator[Removal | UncheckedError | Unread]:
        """See `HistorySource`: what no longer is where the git baseline has it."""
        then = self._baseline.schemas
        for removal in self._inner.removals():
            if not isinstance(removal, Removal) or (then is not None and then.tree.is_file(removal.path)):
                yield removal

    def skipped(self) -> Sequence[str]:
        """See `HistorySource`."""
        return self._inner.skipped()

    def notes(self) -> Iterable[Mismatch]:
        """See `HistorySource`."""
        return self._inner.notes()
