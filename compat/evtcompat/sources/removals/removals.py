"""Schemas of the baseline that are not there any more: removed, or renamed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from evtcompat.checking.plans import Removal
from evtcompat.config.values import DEFAULT_LEVEL
from evtcompat.errors import BaselineError, DocumentError, UncheckedError, UnsupportedError
from evtcompat.formats.base import SchemaFormat
from evtcompat.formats.loading import by_file_name
from evtcompat.model.documents import Document
from evtcompat.model.histories import Version
from evtcompat.sources.base import TermsOf
from evtcompat.sources.baselines.baseline import Baseline
from evtcompat.sources.documents.candidates import Candidate
from evtcompat.sources.documents.opened import on_disk
from evtcompat.sources.names.naming import Named, container_of, name_of
from evtcompat.sources.names.same_events import counterparts
from evtcompat.sources.names.subject_histories import SubjectHistory
from evtcompat.sources.names.suffixes import declared_format, language_told
from evtcompat.sources.removals.elsewhere import gone_elsewhere, new_elsewhere
from evtcompat.sources.removals.gone_links import GoneLinks, carried_on, gone_links
from evtcompat.sources.removals.lost_entries import lost_entries
from evtcompat.sources.removals.modules import is_left_out, unimported
from evtcompat.sources.removals.taken_in import taken_in
from evtcompat.sources.subjects.schema_tree import SchemaTree


def history_or_none(schemas: SchemaTree, path: str) -> SubjectHistory | None:
    """The history of a path; ``None`` also for an ambiguous one, a problem of its own where the path is checked."""
    try:
        return schemas.history(path)
    except UncheckedError:
        return None


class Removals:
    """Compares the schemas of a tree with those of its baseline."""

    def __init__(self, now: SchemaTree, baseline: Baseline, terms: TermsOf) -> None:
        self._now = now
        self._baseline = baseline
        self._then = baseline.schemas
        self._terms = terms
        self._contents = baseline.contents(now.tree)
        if self._then is not None and self._contents is not None:
            self._then.take_over(now, self._contents)
        self._documents: tuple[str, ...] = ()
        self._missed: tuple[str, ...] = ()
        #: Events of files that are parts of documents now, with what they became there, and files that are links now.
        self._taken_in: dict[str, tuple[str, ...]] = {}
        self._paths: tuple[str, ...] = ()
        #: What was read by links that are not there any more.
        self.links = GoneLinks()
        self._counterparts: dict[str, Mapping[str, str]] = {}
        #: Schemas under check that have the name of another one of the baseline, which has another name now.
        self.others: frozenset[str] = frozenset()
        #: Schemas that the change touches and a sparse checkout keeps off the disk.
        self.unseen: list[str] = []
        #: Schemas that differ from the baseline and that no walk comes to, with the reason.
        self.aside: dict[str, str] = {}

    def gone(self, paths: Sequence[str], found: Collection[str], *, beside: bool = True) -> list[str]:
        """The baseline's schemas, in what was named or beside it, that are not there any more.

        Args:
            paths: As named.
            found: The paths of what is checked.
            beside: Whether other versions of what is checked count as well, wherever they lay.
        """
        then = self._then
        if then is None or self._baseline.single is not None:
            return []
        named = {file for path in paths for file in self._named(then, self._baseline.there(path))}
        named.update(other for path in paths if (other := self._counterpart(path)))
        named.update(then.tree.listed_modules())
        self._paths = tuple(paths)
        self.links = gone_links(self._now.tree, then.tree, self._baseline, paths)
        named.update(self.links.files)
        scope = self._scope(then, named, found if beside and self._baseline.siblings else ())
        gone = []
        off_disk, changed = self._baseline.kept_off_disk, self._baseline.changed_off_disk
        for other in sorted(scope):
            here = self._baseline.here(other)
            if here is None or not then.is_schema(other):
                continue
            if self._is_schema_now(here):
                if self._is_replaced(here, other, found):
                    gone.append(other)
                elif here not in found and (container_of(other) or other) in named:
                    self._note_aside(container_of(here) or here, other)
                continue
            if self._still_there(other):
                continue
            # also a file that is still there, and no longer says that it is a schema
            if here not in off_disk:
                gone.append(other)
            elif here in changed:
                self.unseen.append(here)
        self._missed = tuple(one for one in gone if not self._is_left_out(one))
        return gone

    def _scope(self, then: SchemaTree, named: Collection[str], found: Collection[str]) -> set[str]:
        """What was named at the baseline, and the versions of what was found, with the events that may be gone."""
        scope = {*named, *self._beside(found)}
        self._documents = tuple(sorted(scope))
        opened = [other for other in scope if self._is_left_out(other) or self._differs(other)]
        return {*scope, *(event for other in opened for event in then.met_events(other))}

    def _is_left_out(self, other: str) -> bool:
        return self._then is not None and is_left_out(self._now, self._then, self._baseline, other)

    def _is_replaced(self, here: str, other: str, found: Collection[str]) -> bool:
        """Whether what is called so now is something else, or nothing that is checked under that name."""
        if self._is_another(here, other):
            self.others |= {here}
            return True
        if self._then is None or here in found:
            return False
        target = self._now.tree.canonical(here)
        if target != here:
            still = self._contents is not None and self._contents.is_link_still(here, other)
            return not still and self._leads_elsewhere(other, target, found)
        became = taken_in(here, self._now, self._baseline, self._then, found)
        if became is not None:
            self._taken_in[other] = became
        return became is not None

    def _note_aside(self, here: str, other: str) -> None:
        """Note a file that differs from the baseline where git keeps a walk from it."""
        disk = on_disk(self._now.tree)
        reason = None if disk is None else disk.left_aside(here)
        if reason is not None and self._differs(other):
            self.aside[here] = reason

    def _leads_elsewhere(self, other: str, target: str | None, found: Collection[str]) -> bool:
        """Whether a link stands where the baseline has a file, and what it leads to does not carry that schema on.

        A schema that is new is what the file has become; one that the baseline has carries it on if it says the same.

        Args:
            other: The file at the baseline.
            target: What the link leads to; ``None`` outside of the tree.
            found: The paths of what is checked.
        """
        if target is None or not self._is_schema_now(target):
            return True
        if target in found and self._is_new(target):
            self._taken_in[other] = (target,)
            return True
        try:
            return self._contents is None or not self._contents.same(target, other)
        except UncheckedError:  # a problem of its own where the path is checked
            return True

    def _is_another(self, here: str, other: str) -> bool:
        """Whether what a document calls so is something else than what it called so at the baseline."""
        return container_of(here) is not None and self._counterpart(here) not in (None, other)

    def _counterpart(self, path: str) -> str | None:
        """The path at the baseline of an event of a document that is there; ``""``: of none, ``None``: unknown."""
        container = container_of(path)
        if self._then is None or container is None:
            return None
        if container not in self._counterparts:
            try:
                now, then = self._now.events_in(container), self._then.events_in(self._baseline.there(container))
            except UncheckedError:  # a problem of its own where the document is checked
                now = then = ()
            self._counterparts[container] = counterparts(now, then)
        return self._counterparts[container].get(path)

    def _is_schema_now(self, path: str) -> bool:
        """Whether a file under check is a schema, or lies where nobody may look, which is told where it is walked."""
        try:
            return self._now.is_schema(path)
        except UncheckedError:
            return True

    @staticmethod
    def _named(then: SchemaTree, path: str) -> Iterable[str]:
        """The files at the baseline that a path names."""
        try:
            if then.tree.is_file(path):
                return (then.tree.canonical(path) or path,)
            return then.tree.walk(path).files if then.tree.is_folder(path) else ()
        except UncheckedError:  # a problem of its own where the path is checked
            return ()

    def _still_there(self, other: str) -> bool:
        """Whether git does not give a file, and its id tells all the same that it is what lies there now."""
        if self._then is None or self._differs(other):
            return False
        try:
            self._then.candidate(other)
        except BaselineError:
            return True
        except UncheckedError:
            return False
        return False

    def _is_new(self, path: str) -> bool:
        """Whether the baseline has no such schema, or several in that file; not so where nobody knows."""
        there = self._baseline.there(path)
        try:
            tree = None if self._then is None else self._then.tree
            return tree is not None and (not tree.is_file(there) or bool(tree.events(there)))
        except UncheckedError:  # a problem of its own where the path is checked
            return False

    def _differs(self, other: str) -> bool:
        """Whether a file is not what it is at the baseline: what is in one that is the same is still there."""
        here = self._baseline.here(other)
        if here is None or self._contents is None:
            return False
        try:
            return not self._contents.same(here, other)
        except UncheckedError:  # a problem of its own where the path is checked
            return True

    def _beside(self, found: Iterable[str]) -> Iterable[str]:
        """The files at the baseline of the subjects that are under check."""
        if self._then is None:
            return
        for path in found:
            try:
                history = self._then.history_of(path, self._now, path)
            except UncheckedError:  # a problem of its own where the path itself is checked
                continue
            if history is not None:
                yield from history.paths

    def renames(self, gone: Sequence[str], found: Mapping[str, Candidate]) -> dict[str, str]:
        """The old path by the new one, also where the old one lay outside of what was named."""
        then = self._then
        if then is None:
            return {}
        checked = found
        if self._may_come_from_elsewhere(then, found) and (lost := gone_elsewhere(self._now, then, self._baseline)):
            gone = sorted({*gone, *lost})
            # what becomes of them may lie elsewhere as well
            found = {**{one.path: one for one in new_elsewhere(self._now, then, self._baseline)}, **found}
        if not gone:
            return {}
        from evtcompat.sources.removals.renames import SchemaFile, renames

        told = {became[0]: other for other, became in self._taken_in.items() if len(became) == 1}
        gone, found = ([one for one in gone if one not in told.values()], {**found})
        for path in told:
            found.pop(path, None)
        succeeded = self._succeeded(gone, found)
        new = [
            SchemaFile(
                path,
                candidate.document,
                candidate.format,
                _signed(self._now, path, container_of(path)),
                self._follows(then, path),
            )
            for path, candidate in found.items()
            if path not in succeeded and (path in self.others or self._is_new(path))
        ]
        old: list[SchemaFile] = []
        linked: list[SchemaFile] = []
        followed = {one for known in succeeded.values() for one in known}
        for path in gone:
            if path in followed:
                continue
            try:
                candidate = then.candidate(path)
            except UncheckedError:  # a baseline that cannot be parsed has no content to follow
                continue
            if candidate is not None:
                around = self._baseline.here(container_of(path) or path)
                side = linked if (container_of(path) or path) in self.links.files else old
                side.append(SchemaFile(path, candidate.document, candidate.format, _signed(then, path, around)))
        pairs = renames(old, new)
        # a file that is new is what a file has become, before it is what was read by a link
        pairs = {**pairs, **renames(linked, [one for one in new if one.path not in pairs]), **told}
        pairs = {new_path: old_path for new_path, old_path in pairs.items() if new_path in checked}
        self._leave_out_carried_on(then, pairs)
        return pairs

    def _may_come_from_elsewhere(self, then: SchemaTree, found: Iterable[str]) -> bool:
        """Whether a commit does not have something that is checked, and not everything is looked at anyway."""
        if self._baseline.commit is None or "" in self._paths:
            return False
        return any(not then.tree.is_file(self._baseline.there(path)) for path in found)

    def _follows(self, then: SchemaTree, path: str) -> bool:
        """Whether the baseline has other versions of what the name of a new schema says that it is a version of."""
        named = name_of(path)
        if named.order is None:
            return False
        try:
            history = then.history_of(self._baseline.there(path), self._now, path)
        except UncheckedError:  # a problem of its own where the path itself is checked
            return False
        return history is not None and any(one.order != named.order for one in history.versions)

    def _leave_out_carried_on(self, then: SchemaTree, pairs: Mapping[str, str]) -> None:
        """Do not miss what is read by a link of another name now."""
        files = {container_of(new) or new: container_of(old) or old for new, old in pairs.items()}
        carried = carried_on(self.links, self._now.tree, then.tree, self._baseline, self._paths, files)
        self._missed = tuple(path for path in self._missed if (container_of(path) or path) not in carried)

    def _succeeded(self, gone: Sequence[str], found: Iterable[str]) -> Mapping[str, Sequence[str]]:
        """The lower versions of each event under check some of which are gone: it has a new version, no new name."""
        missed = {path for path in gone if container_of(path) is not None}
        if self._then is None or not missed:
            return {}
        succeeded = {}
        for path in found:
            if container_of(path) is None:
                continue
            try:
                history = self._then.history_of(self._baseline.there(path), self._now, path)
            except UncheckedError:  # a problem of its own where the path itself is checked
                continue
            order = name_of(path).order
            below = [one.path for one in history.versions if one.order != order] if history is not None else []
            if not missed.isdisjoint(below):
                succeeded[path] = below
        return succeeded

    def lost(self, renamed: Mapping[str, str]) -> Iterator[Removal]:
        """What documents of the baseline had beside schemas and have not any more, where they are still there.

        Args:
            renamed: Old paths of schemas by new ones; what was asked for last with `gone` is looked at.
        """
        then = self._then
        moved = {container_of(old): container_of(new) for new, old in renamed.items()}
        for other in self._documents if then is not None else ():
            here = moved.get(other) or self._baseline.here(other)
            if then is None or here is None or not self._differs(other):
                continue
            before, after = then.tree.readable_container(other), self._now.tree.readable_container(here)
            if before is None or after is None:
                continue
            yield from lost_entries(then, other, before, after, self._terms)
            for name in before.inner.keys() & after.inner.keys():
                yield from lost_entries(then, other, before.inner[name], after.inner[name], self._terms)

    def removed(self, renamed: Mapping[str, str], unread: Collection[str] = ()) -> Iterator[Removal | UncheckedError]:
        """What is removed with the paths that were asked for last with `gone`.

        A subject is gone once, however many versions and other names of them it had: the newest one stands for it. So
        is a version that lay there in several files. A subject of which a version goes on under another name is not
        gone, whatever becomes of its other versions. What may have become a file that cannot be read is not known to be
        gone.

        Args:
            renamed: Old paths of schemas by new ones.
            unread: The files under check that cannot be read.
        """
        then = self._then
        if then is not None:
            yield from unimported(self._now, then, self._baseline, self._documents)
        unread = [one for one in unread if then is not None and not then.tree.is_file(self._baseline.there(one))]
        found: dict[tuple[object, ...], tuple[int, Removal]] = {}
        new = {old: path for path, old in renamed.items()}
        for path in self._missed:
            if path in new or self._may_be_one_of(unread, path):
                continue
            try:
                removal = self.removal(path, new)
            except UncheckedError as error:
                yield error
                continue
            if removal is None:
                continue
            before = self._baseline.history(path)
            order = [] if before is None else [one.path for one in before.versions]
            place = order.index(path) if path in order else -1
            which = None if removal.whole_subject else removal.version.label or path
            key = (removal.identity, removal.format.name, which)
            if key not in found or found[key][0] < place:
                found[key] = (place, removal)
        yield from (removal for _, removal in found.values())

    def _may_be_one_of(self, unread: Collection[str], path: str) -> bool:
        """Whether a file that is new and cannot be read may be what became of a schema that is gone."""
        file = container_of(path) or path
        then = self._then
        if then is None or not unread:
            return False
        from evtcompat.sources.removals.unread import may_have_become

        return any(may_have_become(file, one, then.tree, self._now.tree) for one in unread)

    def removal(self, path: str, new: Mapping[str, str]) -> Removal | None:
        """What is removed with a path of the baseline; ``None`` where another file still is that version.

        Args:
            path: The path.
            new: The new paths of schemas by old ones.

        Raises:
            UncheckedError: What the baseline has there cannot be read, or its history is ambiguous.
        """
        if self._then is None:
            return None
        named = name_of(path)
        found = self._removed(named)
        before = self._baseline.history(path)
        if found is None:
            return None
        here = self._here(path)
        if here is not None and not any(_alike(one, path) for one in here.paths):
            here = None  # an event of the same name in another language
        if (here is None or not here.paths) and before is not None:
            successors = (history_or_none(self._now, new[one]) for one in reversed(before.paths) if one in new)
            here = next(successors, here)
        identity = (here or before or named).identity
        alive = here is not None and bool(here.paths)
        if here is not None and (named.is_latest or any(one.order == named.order for one in here.versions)):
            return None  # another name for a version that has a file
        terms = self._terms(identity, self._then.layout.relative(path))
        return Removal(
            subject=(here or before or named).subject,
            format=found[0],
            version=found[1],
            whole_subject=not alive,
            level=terms.level or DEFAULT_LEVEL,
            severities=terms.severities,
            path=path,
            identity=identity,
        )

    def _here(self, path: str) -> SubjectHistory | None:
        """The history under check of what the baseline has at a path; ``None`` also for an ambiguous one."""
        if self._then is None or path in self._taken_in:
            return None
        try:
            return self._now.history_of(self._baseline.here(path) or path, self._then, path)
        except UncheckedError:  # a problem of its own where the path is checked
            return None

    def _removed(self, named: Named) -> tuple[SchemaFormat, Version] | None:
        """What the baseline has at a path, with its format; also where it does not parse there: it may have, once.

        Raises:
            UncheckedError: It cannot be read.
        """
        then = self._then
        if then is None:
            return None
        try:
            candidate = then.candidate(named.path)
        except UnsupportedError:
            raise
        except DocumentError as error:
            found = by_file_name(named.path) or declared_format(then.tree.read(named.path) or b"")
            if found is None:
                raise
            return found, Version(Document(None, then.tree.origin(named.path)), named.label, flaw=error)
        return None if candidate is None else (candidate.format, then.version(named, candidate))


def _sign(schemas: SchemaTree | None, path: str) -> str:
    """The sign of a schema in a container; ``""`` where there is none that can be read."""
    try:
        contained = None if schemas is None else schemas.tree.contained(path)
    except UncheckedError:
        return ""
    return "" if contained is None else contained.sign


def _signed(schemas: SchemaTree, path: str, container: str | None) -> tuple[str, str]:
    """The sign of a schema with the document that it counts in."""
    return container or "", _sign(schemas, path)


def _alike(path: str, other: str) -> bool:
    """Whether two paths are those of schemas of one language, or neither tells of which it is."""
    return language_told(path) is language_told(other)
