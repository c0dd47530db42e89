"""One workspace: which files are candidates, and what each meets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from evtcompat.checking.plans import Plan, Selection
from evtcompat.config.values import DEFAULT_LEVEL, DEFAULT_POLICY
from evtcompat.errors import BaselineError, DocumentError, UncheckedError, told_as_fault
from evtcompat.formats.base import SchemaFormat
from evtcompat.formats.loading import by_file_name
from evtcompat.model.canonical import content_hash
from evtcompat.model.histories import Version
from evtcompat.model.places import Place
from evtcompat.sources.base import TermsOf
from evtcompat.sources.baseline import Baseline
from evtcompat.sources.departures import Departures, lineage_or_none
from evtcompat.sources.files import Candidate, Discovery, document_of, may_be_referred_to
from evtcompat.sources.git.baseline import short
from evtcompat.sources.lineages import Lineage
from evtcompat.sources.naming import Named, name_of
from evtcompat.sources.tree import folder_of, parents_of
from evtcompat.sources.universe import Universe

if TYPE_CHECKING:
    from evtcompat.sources.git.history import PathHistory


class Chosen(NamedTuple):
    """Which candidates are planned."""

    #: Leave out those that are not touched.
    touched_only: bool = False
    #: Files and folders that are planned all the same.
    always: frozenset[str] = frozenset()

    def leaves_out(self, path: str) -> bool:
        """Whether an untouched candidate is left out."""
        if not self.touched_only or path in self.always:
            return False
        return not any(parent in self.always for parent in parents_of(path))


class Planner:
    """Works out the plans of one workspace; see `selection`."""

    def __init__(
        self,
        now: Universe,
        baseline: Baseline,
        terms: TermsOf,
        chosen: Chosen | None = None,
    ) -> None:
        self._chosen = chosen or Chosen()
        self._now = now
        self._baseline = baseline
        self._then = baseline.universe
        self._terms = terms
        self._contents = baseline.contents(now.tree)
        self._problems: list[UncheckedError] = []
        self._skipped: list[str] = []
        self._renamed: dict[str, str] = {}
        self._histories: dict[str, PathHistory | None] = {}

    def selection(self, paths: Sequence[str], discovery: Discovery) -> Selection:
        """The part of the run that lies here.

        Args:
            paths: As named, from the root of the workspace.
            discovery: What they lead to.
        """
        found = {candidate.path: candidate for candidate in discovery.candidates}
        named = {path for path in (self._now.tree.canonical(one) or one for one in paths) if path in found}
        departures = Departures(self._now, self._baseline, self._terms)
        gone = departures.gone(paths, found)
        self._renamed = departures.renames(gone, found)
        plans: dict[str, Plan] = {}
        for path in self._expanded(found, named):
            try:
                with told_as_fault(f"finding what {self._now.tree.origin(path)} is compared with"):
                    plan = self._plan(path, named=path in named)
            except UncheckedError as error:
                self._problems.append(error)
                continue
            if plan is not None:
                plans[plan.path] = plan
        removed = [departures.removed(path) for path in gone if path not in self._renamed.values()]
        return Selection(
            plans=tuple(plans.values()),
            removals=tuple(one for one in removed if one is not None),
            skipped=(*discovery.skipped, *self._skipped),
            problems=(*discovery.problems, *self._problems, *departures.problems),
            baselines=(self._baseline.reason,) if self._baseline.reason else (),
        )

    # candidates

    def _expanded(self, found: Iterable[str], named: set[str]) -> list[str]:
        """The paths to plan: what was found, and the later versions of those that are edited in place."""
        chosen = dict.fromkeys(found)
        for path in named:
            lineage = lineage_or_none(self._now, path)
            if lineage is not None and self._edited(path):
                at = next((index for index, one in enumerate(lineage.versions) if one.path == path), -1)
                chosen.update(dict.fromkeys(one.path for one in lineage.versions[at + 1 :] if at >= 0))
        return sorted(chosen)

    def _edited(self, path: str) -> bool:
        """Whether the file stands at the baseline with another content."""
        other = self._before(path)
        if other is None or self._contents is None:
            return False
        try:
            return not self._contents.same(path, other)
        except UncheckedError:  # idem
            return True

    def _before(self, path: str) -> str | None:
        """The path of the candidate's own file at the baseline, or ``None`` when it is not there."""
        if self._then is None or self._baseline.single is not None:
            return None
        other = self._renamed.get(path) or self._baseline.there(path)
        return other if self._then.tree.is_file(other) and self._then.is_schema(other) else None

    # one plan

    def _plan(self, path: str, *, named: bool) -> Plan | None:
        """The plan of a candidate; ``None`` for one that others stand for.

        Raises:
            UncheckedError: It or what it meets cannot be read, or its history is ambiguous.
        """
        candidate = self._now.candidate(path)
        if candidate is None:
            return None
        lineage = self._now.lineage(path) or Lineage(name_of(path).subject, folder_of(path), (name_of(path),))
        me = next((one for one in (*lineage.versions, *lineage.latest) if one.path == path), name_of(path))
        if me in lineage.latest and lineage.versions:
            copied = self._copied(candidate, lineage)
            if copied is not None:
                self._skipped.append(f"{self._now.tree.origin(path)} (the same as {self._now.tree.origin(copied)})")
                return self._plan(copied, named=True) if named else None
        is_first = len(lineage.versions) > 1 and lineage.versions[0].path == path
        if is_first and not named and path not in self._renamed and not self._edited(path):
            return None  # it is the beginning of the history that the others are compared with
        changed = self._references_changed(path)
        touched = changed or self._touched(path, lineage)
        if not touched and self._chosen.leaves_out(path):
            return None
        version = self._now.version(me, candidate)
        published = self._published(candidate, me)
        configured = self._now.layout.relative(path)
        terms = self._terms(lineage.subject, configured)
        level = terms.level or DEFAULT_LEVEL
        history = self._history(me, lineage, published, candidate.format, whole=level.transitive)
        return Plan(
            subject=lineage.subject,
            format=candidate.format,
            path=path,
            configured_path=configured,
            candidate=version,
            history=history,
            level=level,
            policy=(terms.policy or DEFAULT_POLICY) if candidate.format.policies else None,
            severities=terms.severities,
            published=published,
            versioned=me.order is not None,
            references_changed=changed,
            renamed_from=self._renamed.get(path),
        )

    def _copied(self, candidate: Candidate, lineage: Lineage) -> str | None:
        """The version that a ``latest`` is a copy of, the newest first."""
        digest = content_hash(candidate.document.value)
        for one in reversed(lineage.versions):
            other = self._now.candidate(one.path)
            if other is not None and content_hash(other.document.value) == digest:
                return one.path
        return None

    def _published(self, candidate: Candidate, me: Named) -> Version | None:
        other = self._before(me.path)
        if other is None or self._then is None or self._contents is None:
            return None
        if self._contents.same(me.path, other):  # need not be read and parsed a second time
            document = replace(candidate.document, origin=self._then.tree.origin(other))
            self._then.add([candidate._replace(path=other, document=document)])
        label = me.label if self._renamed.get(me.path) is None else name_of(other).label
        try:
            return self._then.version(Named(other, me.folder, me.subject, label, me.order))
        except DocumentError as error:
            message = f"the published file cannot be read: {error.message}"
            hint = "The file under check may be right; name a baseline that can be read: --against git:REF."
            raise BaselineError(message, place=error.place, hint=hint) from error

    def _history(
        self, me: Named, lineage: Lineage, published: Version | None, schema_format: SchemaFormat, *, whole: bool
    ) -> tuple[Version, ...]:
        """The versions below, the oldest first; only the last of them unless the `whole` history is needed.

        Raises:
            UncheckedError: One cannot be read, or is written in another language.
        """
        if self._baseline.single is not None and self._then is not None:
            return self._fitting([self._then.version(name_of(self._baseline.single))], schema_format)
        steps: list[tuple[Universe, Named]] = []
        if self._baseline.siblings:
            steps += [(self._now, one) for one in lineage.below(me.path)]
        if self._then is not None:
            steps = self._with_baseline(steps, me, lineage)
        if steps or not whole or published is None:
            chosen = steps if whole else steps[-1:]
            versions = [version for universe, one in chosen for version in self._as_known(universe, one)]
            return self._fitting(versions, schema_format)
        return self._fitting(self._past(me, schema_format), schema_format)

    def _as_known(self, universe: Universe, one: Named) -> list[Version]:
        """A version below; one that is edited in place as published, too: that is what consumers have."""
        known = [universe.version(one)]
        before = self._before(one.path)
        if universe is self._now and self._then is not None and before is not None and self._edited(one.path):
            known.insert(0, self._then.version(one._replace(path=before)))
        return known

    def _with_baseline(
        self, steps: list[tuple[Universe, Named]], me: Named, lineage: Lineage
    ) -> list[tuple[Universe, Named]]:
        """The steps with the lower versions that only the baseline has, in order."""
        if self._then is None:
            return steps
        other = self._renamed.get(me.path) or self._baseline.there(me.path)
        before = self._baseline.lineage(other)
        if before is None:
            return steps
        here = set(lineage.paths) if self._baseline.siblings else set()
        slots = {one.order for _, one in steps}
        extra = [
            (self._then, one)
            for one in self._lower(before, other, me)
            if one.path not in here and one.path != other and (one.order is None or one.order not in slots)
        ]
        if not extra:
            return steps
        merged = [*extra, *steps]
        if all(one.order is not None for _, one in merged):
            merged.sort(key=lambda step: step[1].order or ((), ()))
        return merged

    def _lower(self, before: Lineage, other: str, me: Named) -> tuple[Named, ...]:
        """The baseline's versions below the candidate."""
        if any(one.path == other for one in before.versions):
            return before.below(other)
        if me.order is None:
            return before.versions
        return tuple(one for one in before.versions if one.order is None or one.order < me.order)

    def _fitting(self, versions: list[Version], schema_format: SchemaFormat) -> tuple[Version, ...]:
        """The versions, all in the candidate's language.

        Raises:
            UncheckedError: One is not.
        """
        for version in versions:
            origin = version.document.origin or ""
            other = by_file_name(origin)
            if other is not None and other is not schema_format:
                message = f"{origin} is {other.noun}, and a later version of it is {schema_format.noun}"
                hint = "They cannot be compared. Give the new one a subject of its own in the configuration."
                raise UncheckedError(message, place=Place(origin=origin), hint=hint)
        return tuple(versions)

    def _path_history(self, path: str) -> PathHistory | None:
        suffix = PurePosixPath(path).suffix
        if suffix not in self._histories:
            self._histories[suffix] = self._baseline.past(suffix)
        return self._histories[suffix]

    def _past(self, me: Named, schema_format: SchemaFormat) -> list[Version]:
        """What a file without lower versions was in the commits before the baseline, without what it is there.

        Raises:
            BaselineError: The past was cut off a shallow clone.
            DocumentError: An old content cannot be parsed.
        """
        path = self._renamed.get(me.path) or self._baseline.there(me.path)
        blobs, history = self._baseline.blobs, self._path_history(path)
        if history is None or blobs is None or self._then is None:
            return []
        contents = history.of(path)[:-1]
        texts = blobs.read_many(content.oid for content in contents)
        references = self._then.library.references(path, schema_format)
        return [
            Version(
                document_of(
                    texts[content.oid],
                    f"{short(content.commit)}:{content.path}",
                    content.path,
                    schema_format,
                ),
                f"commit {short(content.commit)}",
                references,
            )
            for content in contents
        ]

    # what differs

    def _touched(self, path: str, lineage: Lineage) -> bool:
        if self._contents is None or self._then is None or self._before(path) is None or path in self._renamed:
            return True
        here = set(lineage.paths)
        before = self._baseline.lineage(self._baseline.there(path))
        gone = before is not None and any(
            (self._baseline.here(one) or one) not in here for one in before.paths if self._baseline.siblings
        )
        below = [one.path for one in lineage.below(path)] if self._baseline.siblings else []
        return gone or any(not self._contents.same(one, self._baseline.there(one)) for one in (path, *below))

    def _references_changed(self, path: str) -> bool:
        if self._contents is None or self._then is None or self._baseline.single is not None:
            return False
        there = self._baseline.there
        if any(not self._contents.same(one, there(one)) for one in self._now.dependencies(path)):
            return True
        other = self._before(path)
        # a document that the published schema refers to and that is gone
        return other is not None and bool(self._lost) and not self._lost.isdisjoint(self._then.dependencies(other))

    @cached_property
    def _lost(self) -> frozenset[str]:
        """The files at the baseline, of a kind that schemas refer to, that are not there any more."""
        if self._then is None:
            return frozenset()
        here = self._baseline.here
        lost = frozenset(
            path
            for path in self._then.tree.walk().files
            if may_be_referred_to(path) and (now := here(path)) is not None and not self._now.tree.is_file(now)
        )
        return lost - self._baseline.kept_off_disk if lost else lost
