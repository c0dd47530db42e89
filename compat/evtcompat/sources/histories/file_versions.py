"""What a schema under check meets in files: its own file at the baseline, and the versions below it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from evtcompat.dataclasses import replace
from evtcompat.errors import BaselineError, DocumentError, UnsupportedError
from evtcompat.formats.base import SchemaFormat
from evtcompat.model.documents import Document
from evtcompat.model.histories import Version
from evtcompat.sources.baselines.baseline import Baseline
from evtcompat.sources.baselines.file_changes import FileChanges
from evtcompat.sources.git.stand_ins import NotHereError
from evtcompat.sources.names.naming import Named, name_of
from evtcompat.sources.names.subject_histories import SubjectHistory
from evtcompat.sources.subjects.schema_tree import Current, SchemaTree

if TYPE_CHECKING:
    from evtcompat.sources.histories.past_contents import PastContents


class FileVersions:
    """Reads the versions that the schemas of a workspace are compared with."""

    def __init__(self, now: SchemaTree, baseline: Baseline, changes: FileChanges) -> None:
        """Nothing is read yet.

        Args:
            now: The schemas under check.
            baseline: What they are compared with.
            changes: What differs between the two.
        """
        self._now = now
        self._baseline = baseline
        self._then = baseline.schemas
        self._changes = changes

    def published(self, current: Current) -> Version | None:
        """A schema's own file at the baseline, also where it had another name there; ``None`` where it was not there.

        Raises:
            BaselineError: It cannot be read, or is written in another language.
        """
        path, named = current.path, current.named
        other = self._changes.before(path)
        if other is None or self._then is None:
            return None
        if self._changes.same(path, other):  # need not be read and parsed a second time
            document = replace(current.candidate.document, origin=self._then.tree.origin(other))
            self._then.add([current.candidate._replace(path=other, document=document)])
        label = name_of(other).label if path in self._changes.renamed else named.label
        return self.at_baseline(current, other, label)

    def at_baseline(self, current: Current, other: str, label: str | None) -> Version | None:
        """What the baseline has at a path, to which a schema under check is compared.

        Raises:
            BaselineError: It cannot be read, or is written in another language.
        """
        if self._then is None:
            return None
        named = current.named
        try:
            standing = Named(other, named.folder, named.subject, label, named.order)
            return self._then.version_like(standing, current.candidate.format)
        except DocumentError as error:
            if not isinstance(error, UnsupportedError) and self._baseline.commit:
                return Version(Document(None, origin=self._then.tree.origin(other)), label, flaw=error)
            message = f"the published file cannot be read: {error.message}"
            hint = error.hint if isinstance(error, NotHereError) else None
            hint = hint or "The file under check may be right; name a baseline that can be read: --against git:REF."
            raise BaselineError(message, place=error.place, hint=hint) from error

    def below(self, current: Current, published: Version | None, *, whole: bool) -> tuple[Version, ...]:
        """The versions below and those that a schema replaces, the oldest first; the last ones unless all are needed.

        Raises:
            UncheckedError: One cannot be read, or is written in another language.
        """
        schema_format = current.candidate.format
        if self._baseline.single is not None and self._then is not None:
            return (self._then.version_like(name_of(self._baseline.single), schema_format),)
        steps: list[tuple[SchemaTree, Named]] = []
        if self._baseline.siblings:
            steps += [(self._now, one) for one in current.history.below(current.path)]
        if self._then is not None:
            steps = self._with_baseline(steps, current)
        replaced = [] if self._then is None else [(self._then, one) for one in self._replaced(current)]
        if steps or replaced or not whole or published is None:
            chosen = [*steps, *replaced] if whole else [*steps[-1:], *replaced[-1:]]
            return tuple(version for schemas, one in chosen for version in self._as_known(schemas, one, schema_format))
        return tuple(self.committed(current))[::-1]

    @cached_property
    def _past(self) -> PastContents:
        # Most runs ask for no more than the baseline, and a short run is mostly start-up.
        from evtcompat.sources.histories.past_contents import PastContents

        return PastContents(self._baseline)

    def committed(self, current: Current) -> Iterator[Version]:
        """See `PastContents.backwards`."""
        return self._past.backwards(self._changes.called_then(current.path), current.candidate.format)

    def _as_known(self, schemas: SchemaTree, one: Named, schema_format: SchemaFormat) -> list[Version]:
        """A version below; one that is edited in place as published, too: that is what consumers have."""
        known = [*self._as_published(one, schema_format)] if schemas is self._then else []
        before = self._changes.before(one.path)
        if schemas is self._now:
            if before is not None and self._changes.edited(one.path):
                known += self._as_published(one._replace(path=before), schema_format)
            known.append(schemas.version_like(one, schema_format))
        return known

    def _as_published(self, one: Named, schema_format: SchemaFormat) -> Iterator[Version]:
        """A lower version as the baseline has it; none where a commit has what is no document: nobody can have it.

        Raises:
            UncheckedError: It cannot be read, or is written in another language.
        """
        if self._then is None:
            return
        in_commit = self._baseline.commit is not None
        try:
            yield replace(self._then.version_like(one, schema_format), past=in_commit)
        except UnsupportedError:
            raise
        except DocumentError:
            if not in_commit:
                raise

    def _with_baseline(self, steps: list[tuple[SchemaTree, Named]], current: Current) -> list[tuple[SchemaTree, Named]]:
        """The steps with the lower versions that only the baseline has, in order."""
        if self._then is None:
            return steps
        other = self._changes.called_then(current.path)
        before = self._changes.history(current.path)
        if before is None:
            return steps
        here = set(current.history.paths) if self._baseline.siblings else set()
        orders = {one.order for _, one in steps}
        extra = [
            (self._then, one)
            for one in _lower(before, other, current.named)
            if one.path not in here and one.path != other and (one.order is None or one.order not in orders)
        ]
        if not extra:
            return steps
        merged = [*extra, *steps]
        if all(one.order is not None for _, one in merged):
            merged.sort(key=lambda step: step[1].order or ((), ()))
        return merged

    def _replaced(self, current: Current) -> tuple[Named, ...]:
        """What the baseline has above a new schema that is the newest now: it stands for that, whatever its number."""
        order, history = current.named.order, current.history
        if order is None or history.versions[-1:] != (current.named,) or self._changes.before(current.path) is not None:
            return ()
        before = self._changes.history(current.path)
        if before is None:
            return ()
        above = [one for one in before.versions if one.order is not None and one.order > order]
        above += [one for one in before.latest if one.is_latest and self._goes_on_as(current, one, before)]
        off_disk = self._baseline.kept_off_disk if above else frozenset()
        return tuple(one for one in above if self._baseline.here(one.path) not in off_disk)

    def _goes_on_as(self, current: Current, latest: Named, before: SubjectHistory) -> bool:
        """Whether a schema has taken the place of a ``latest`` of the baseline that was no copy of a version."""
        here = self._baseline.here(latest.path) or latest.path
        if here in current.history.paths and not self._now.same(here, current.path):
            return False
        return self._then is not None and not any(self._then.same(latest.path, one.path) for one in before.versions)


def _lower(before: SubjectHistory, other: str, named: Named) -> tuple[Named, ...]:
    """The baseline's versions below a candidate, whose own file is called `other` there."""
    if any(one.path == other for one in before.versions):
        return before.below(other)
    if named.order is None:
        return before.versions
    return tuple(one for one in before.versions if one.order is None or one.order < named.order)
