"""What differs between the files under check and those of their baseline."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Final

from evtcompat.errors import UncheckedError
from evtcompat.sources.baselines.baseline import Baseline
from evtcompat.sources.documents.opened import in_git
from evtcompat.sources.names.subject_histories import SubjectHistory
from evtcompat.sources.names.suffixes import may_be_referred_to
from evtcompat.sources.subjects.schema_tree import SchemaTree
from evtcompat.sources.tree import folder_of

#: Schemas that are asked, before all that is gone is looked for.
_FEW: Final = 16


class FileChanges:
    """The files of a workspace beside those of its baseline, renamed ones followed; answers are kept."""

    def __init__(
        self,
        now: SchemaTree,
        baseline: Baseline,
        renamed: Mapping[str, str],
        others: frozenset[str] = frozenset(),
    ) -> None:
        """Nothing is read yet.

        Args:
            now: The schemas under check.
            baseline: What they are compared with.
            renamed: See the attribute.
            others: Paths that were something else at the baseline, which has another name now.
        """
        self._now = now
        self._baseline = baseline
        self._then = baseline.schemas
        #: Old paths by new ones.
        self.renamed = renamed
        self._others = others
        self._contents = baseline.contents(now.tree)
        self._behind_links: dict[str, bool] = {}
        self._asked = 0

    def called_then(self, path: str) -> str:
        """The path that a file would have at the baseline."""
        return self.renamed.get(path) or self._baseline.there(path)

    def history(self, path: str) -> SubjectHistory | None:
        """The history at the baseline that a schema under check belongs to, or would belong to.

        Raises:
            UncheckedError: It is ambiguous there, and nothing beside the candidate orders its versions.
        """
        if path in self.renamed:
            return self._baseline.history(self.renamed[path])
        return self._baseline.history(self._baseline.there(path), of=(self._now, path))

    def same(self, path: str, other: str) -> bool:
        """Whether a file has the content that another has at the baseline.

        Raises:
            DocumentError: One of them cannot be read.
        """
        return self._contents is not None and self._contents.same(path, other)

    def edited(self, path: str) -> bool:
        """Whether the file stands at the baseline with another content."""
        other = self.before(path)
        if other is None or self._contents is None:
            return False
        try:
            return not self._contents.same(path, other)
        except UncheckedError:  # a problem of its own where the path is checked
            return True

    def before(self, path: str) -> str | None:
        """The path of the candidate's own file at the baseline; ``None`` when it is not there, or had events in it."""
        if self._then is None or self._baseline.single is not None:
            return None
        if path in self._others and path not in self.renamed:
            return None
        other = self.called_then(path)
        return other if self._then.tree.is_file(other) and not self._held_events(path, other) else None

    def _held_events(self, path: str, other: str) -> bool:
        """Whether a file of the baseline has events in it; where a schema under check is the same, it is not read."""
        try:
            same = self._contents is not None and self._contents.same(path, other)
        except UncheckedError:  # a problem of its own where the path is checked
            same = False
        return self._then is not None and not same and bool(self._then.tree.events(other))

    def changed(self, path: str, history: SubjectHistory) -> bool:
        """Whether the schema or a version below it differs from the baseline; also where there is none.

        What does not differ was checked when it did.
        """
        if self._contents is None or self._then is None or self.before(path) is None or path in self.renamed:
            return True
        here = set(history.paths)
        before = self.history(path)
        gone = before is not None and any(
            (self._baseline.here(one) or one) not in here for one in before.paths if self._baseline.siblings
        )
        below = [one.path for one in history.below(path)] if self._baseline.siblings else []
        return gone or any(not self._contents.same(one, self._baseline.there(one)) for one in (path, *below))

    def references_changed(self, path: str) -> bool:
        """Whether a document that a schema refers to, or referred to at the baseline, is another or gone.

        Raises:
            UncheckedError: A schema cannot be read.
        """
        if self._contents is None or self._then is None or self._baseline.single is not None:
            return False
        there = self._baseline.there
        used = self._now.dependencies(path)
        if any(not self._contents.same(one, there(one)) for one in used):
            return True
        other = self.before(path)
        if other is None:
            return False
        # a document that the published schema refers to and that is gone
        if self._may_miss(path, other) and not self._lost.isdisjoint(self._then.dependencies(other)):
            return True
        # a link on the way to one may lead to another, or what `registry pull` wrote down, though neither has changed
        may_differ = (bool(used) and self._had_links) or any(
            schemas.library.refers_as_registered(one) for schemas, one in ((self._now, path), (self._then, other))
        )
        return may_differ and {*map(there, used)} != self._then.dependencies(other)

    def _may_miss(self, path: str, other: str) -> bool:
        """Whether the published schema may refer to a document that is gone.

        To look for all that is gone takes as long as to ask several schemas whether they refer to anything.
        """
        self._asked += 1
        return (self._asked > _FEW or self._referred(path, other)) and bool(self._lost)

    def _referred(self, path: str, other: str) -> bool:
        """Whether the published schema may refer to documents; where it is the same, it is read as it is now."""
        if self._then is None or self._then.library.refers_as_registered(other):
            return True
        try:
            return self._now.refers(path) if self.same(path, other) else self._then.refers(other)
        except UncheckedError:  # a problem of its own where it is compared
            return True

    @cached_property
    def _had_links(self) -> bool:
        """Whether the baseline has links, as far as that is known."""
        git_then = None if self._then is None else in_git(self._then.tree)
        return git_then is None or git_then.has_links

    def _is_gone(self, path: str) -> bool:
        """Whether there is no such file, or a link; not so where nobody may look, which is told where it is walked."""
        tree = self._now.tree
        try:
            return not tree.is_file(path) or tree.is_link(path) or self._is_behind_link(folder_of(path))
        except UncheckedError:
            return False

    def _is_behind_link(self, folder: str) -> bool:
        """Whether a folder is a link, or one above it; asked once for all that is in it."""
        known, asked = self._behind_links, []
        while folder and folder not in known:
            asked.append(folder)
            folder = folder_of(folder)
        found = known.get(folder, False)
        for one in reversed(asked):
            found = known[one] = found or self._now.tree.is_link(one)
        return found

    @cached_property
    def _lost(self) -> frozenset[str]:
        """The files at the baseline, of a kind that schemas refer to, that are not there any more."""
        if self._then is None:
            return frozenset()
        here = self._baseline.here
        lost = frozenset(
            path
            for path in self._then.tree.walk().files
            if may_be_referred_to(path) and (now := here(path)) is not None and self._is_gone(now)
        )
        return lost - self._baseline.kept_off_disk if lost else lost
