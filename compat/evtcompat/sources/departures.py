"""Schemas of the baseline that are not there any more: removed, or renamed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from evtcompat.checking.plans import Removal
from evtcompat.config.values import DEFAULT_LEVEL
from evtcompat.errors import UncheckedError
from evtcompat.sources.base import TermsOf
from evtcompat.sources.baseline import Baseline
from evtcompat.sources.files import Candidate
from evtcompat.sources.lineages import Lineage
from evtcompat.sources.naming import name_of
from evtcompat.sources.universe import Universe


def lineage_or_none(universe: Universe, path: str) -> Lineage | None:
    """The history of a path; ``None`` also for an ambiguous one, which is told where the path itself is planned."""
    try:
        return universe.lineage(path)
    except UncheckedError:
        return None


class Departures:
    """Compares what is there with the baseline; what cannot be read on the way is kept in `problems`."""

    def __init__(self, now: Universe, baseline: Baseline, terms: TermsOf) -> None:
        self._now = now
        self._baseline = baseline
        self._then = baseline.universe
        self._terms = terms
        self.problems: list[UncheckedError] = []

    def gone(self, paths: Sequence[str], found: Iterable[str]) -> list[str]:
        """The baseline's schemas, in what was named or beside it, that are not there any more."""
        then = self._then
        if then is None or self._baseline.single is not None:
            return []
        scope: set[str] = set()
        for path in paths:
            other = self._baseline.there(path)
            if then.tree.is_file(other):
                scope.add(then.tree.canonical(other) or other)
            elif then.tree.is_folder(other):
                scope.update(then.tree.walk(other).files)
        if self._baseline.siblings:
            scope.update(self._beside(found))
        gone = []
        for other in sorted(scope):
            here = self._baseline.here(other)
            if here is None or self._now.is_schema(here) or not then.is_schema(other):
                continue
            # also a file that is still there, and no longer says that it is a schema
            if here not in self._baseline.kept_off_disk:
                gone.append(other)
        return gone

    def _beside(self, found: Iterable[str]) -> Iterable[str]:
        """The files at the baseline of the subjects that are under check."""
        if self._then is None:
            return
        for path in found:
            try:
                lineage = self._then.lineage(path)
            except UncheckedError:  # told when the path is planned
                continue
            if lineage is not None:
                yield from lineage.paths

    def renames(self, gone: Sequence[str], found: Mapping[str, Candidate]) -> dict[str, str]:
        """The old path by the new one."""
        then = self._then
        if not gone or then is None:
            return {}
        from evtcompat.sources.renames import Side, renames

        new = [
            Side(path, candidate.document, candidate.format)
            for path, candidate in found.items()
            if not then.tree.is_file(self._baseline.there(path))
        ]
        old = []
        for path in gone:
            try:
                candidate = then.candidate(path)
            except UncheckedError:  # a baseline that cannot be parsed has no content to follow
                continue
            if candidate is not None:
                old.append(Side(path, candidate.document, candidate.format))
        return dict(renames(old, new))

    def removed(self, path: str) -> Removal | None:
        """What is removed with a path of the baseline; ``None`` where another file still is that version."""
        if self._then is None:
            return None
        named = name_of(path)
        try:
            candidate = self._then.candidate(path)
            lineage = self._baseline.lineage(path)
        except UncheckedError as error:
            self.problems.append(error)
            return None
        if candidate is None:
            return None
        subject = named.subject if lineage is None else lineage.subject
        here = lineage_or_none(self._now, self._baseline.here(path) or path)
        alive = here is not None and bool(here.paths)
        if here is not None and (named.is_latest or any(one.order == named.order for one in here.versions)):
            return None  # another name for a version that has a file
        terms = self._terms(subject, self._then.layout.relative(path))
        return Removal(
            subject=subject,
            format=candidate.format,
            version=self._then.version(named, candidate),
            whole_subject=not alive,
            level=terms.level or DEFAULT_LEVEL,
            severities=terms.severities,
            path=path,
        )
