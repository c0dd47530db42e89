"""From the name of a subject to its versions: the files that `evtcompat check` would take for them."""

from __future__ import annotations

import difflib
import os
import re
import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final, Self

from evtcompat.config import DEFAULT_POLICY, Config, find_config
from evtcompat.config.globs import matches
from evtcompat.config.imports import FILE_NAME, ImportPermission
from evtcompat.dataclasses import replace
from evtcompat.errors import SchemaError, UncheckedError, UsageError
from evtcompat.folders import config_folder
from evtcompat.formats.base import SchemaFormat
from evtcompat.model.histories import Version
from evtcompat.model.owners import Owners
from evtcompat.model.subjects import forms, shortest
from evtcompat.model.verdicts import Policy
from evtcompat.payloads.matrix import Subject, parsed_version
from evtcompat.reading import real_path
from evtcompat.sources.baselines.workspace import Workspaces, layout_in
from evtcompat.sources.documents.files import discover
from evtcompat.sources.documents.layout import layout_of
from evtcompat.sources.documents.lost_links import folder_lost
from evtcompat.sources.histories.committed import Committed, Past
from evtcompat.sources.models.named import named_models
from evtcompat.sources.names.naming import container_of, name_of
from evtcompat.sources.names.subject_histories import SubjectHistory, subject_histories
from evtcompat.sources.names.suffixes import plugged_suffixes
from evtcompat.sources.subjects.listed_subjects import refuse_unclear
from evtcompat.sources.subjects.schema_tree import SchemaTree

#: So many names are told where none fits.
_LISTED: Final = 20


class Catalogue:
    """The subjects below some folders, found when first asked for. Use it as a context manager."""

    def __init__(
        self,
        here: Path,
        schemas: Sequence[str | Path] = (),
        config: Config | None = None,
        policy: Policy | None = None,
        without: frozenset[str] = frozenset(),
        *,
        past: int = 0,
        workspaces: Workspaces | None = None,
    ) -> None:
        """Nothing is read yet.

        Args:
            here: What relative paths start from.
            schemas: Files and folders to look into; by default what the configuration names, or `here`.
            config: The configuration; by default the nearest to `here`.
            policy: JSON Schema: the policy, in place of the configuration's.
            without: Files that hold a schema and are no version of a subject: readers that contracts name. Absolute,
                links followed.
            past: How many contents git's history of a single file without a version is asked for.
            workspaces: The trees that files are read from, and who owns them ends their processes; without, those on
                disk.
        """
        self._without = without
        self._past = past
        self._config = config or find_config(here, origin=lambda path: path.name) or Config()
        self._policy = policy
        configured = [self._config.folder / path for path in self._config.paths] if self._config.origin else ["."]
        models = named_models([str(path) for path in schemas], here, os.environ)
        folder = self._config.folder if self._config.origin else None
        self._own = workspaces is None
        self._workspaces = Workspaces(here, outer=folder) if workspaces is None else workspaces
        #: How to look into the modules that the configuration lists, where nobody allowed to import them.
        self._unimported = ""
        if self._config.models and not schemas:
            start = here / self._config.folder
            own = config_folder(os.environ) / FILE_NAME
            imports = ImportPermission(os.environ, own, lambda: self._workspaces.locate(start)[0].root)
            if imports.allows(start):
                models = models.with_listed(self._config.models, self._config.folder)
            else:
                modules = ", ".join(module for module, _ in self._config.models)
                how = f"{imports.how(start)}, or name them (--schemas {self._config.models[0][0]}:)"
                self._unimported = f" Nobody allowed to import the models of {modules}. {how}."
        self._paths: list[str | Path] = list(models.paths) or [*configured, *models.listed]
        self._committed_versions = Past(self._workspaces)
        self._folder = folder
        self._layout = layout_of(self._config, suffixes=plugged_suffixes(self._paths), models=models.models)
        self._found: list[tuple[SchemaTree, SubjectHistory]] | None = None
        self._problems: list[UncheckedError] = []
        #: Those of them that say of a folder that it holds no schema: they are about no subject.
        self._empty: list[UncheckedError] = []
        #: Those of them that say of a file that it cannot be read.
        self._unreadable: list[UncheckedError] = []
        #: Those of them that say of a path that was named that it is not there: any subject may have lain there.
        self._gone: list[UncheckedError] = []

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *left: object) -> None:
        """No git process of its own is left."""
        if self._own:
            self._workspaces.__exit__(None, None, None)

    @property
    def workspaces(self) -> Workspaces:
        """The trees that it looks into."""
        return self._workspaces

    def every(self) -> list[tuple[str, Callable[[], Subject]]]:
        """Each subject by the shortest name that no other has, sorted, with how its versions are read.

        That raises an `UncheckedError` where none of them can be; single ones are named in `Subject.left_out`. Files
        that are of no one subject are told so, too.
        """
        histories = self._histories()
        called = shortest(history.identity for _, history in histories)
        found: list[tuple[str, Callable[[], Subject]]] = [
            (called[history.identity], partial(self._partly, schemas, history)) for schemas, history in histories
        ]
        told = [problem for schemas, history in histories for problem in self._unread(schemas, history)]
        for problem in self._problems:
            if problem in told or problem in self._empty:
                continue
            place = problem.place.origin if problem.place is not None else None
            found.append((place or problem.message, partial(_raised, problem)))
        return sorted(found, key=lambda one: one[0])

    def without_schemas(self) -> Sequence[UncheckedError]:
        """What there is to say of folders without any schema."""
        self._histories()
        return tuple(self._empty)

    def readable(self, name: str) -> Subject:
        """The subject of a name without the versions that cannot be read; they are named in `Subject.left_out`.

        Raises:
            UsageError: As of `subject`.
            UncheckedError: No version can be read, or two claim the same number.
        """
        found = self.subject(name, partly=True)
        unread: list[UncheckedError] = []
        left_out = list(found.left_out)
        kept = []
        for at, version in enumerate(found.versions):
            try:
                parsed_version(found, found.labels[at], version)
            except SchemaError as error:
                unread.append(error)
                left_out.append(f"{error.place}: {error.message}")
            else:
                kept.append(at)
        if not kept:
            raise unread[-1]
        labels = found.labels
        versions = tuple(replace(found.versions[at], label=labels[at]) for at in kept)
        if len(kept) == len(labels):
            versions = found.versions
        paths = tuple(found.paths[at] for at in kept) if found.paths else ()
        return replace(found, versions=versions, paths=paths, left_out=tuple(left_out))

    def subject(
        self, name: str, policy: Policy | None = None, labels: Collection[str] = (), *, partly: bool = False
    ) -> Subject:
        """The subject of a name, its versions the oldest first.

        Of several folders with such a subject, the one that has several versions is meant.

        Args:
            name: The subject.
            policy: In place of the catalogue's.
            labels: The versions that are needed: where files have not all of them, those of git and what came after.
            partly: A file of it that cannot be read stops nothing, and is named in `Subject.left_out`.

        Raises:
            UsageError: There is none, or it cannot be told which is meant.
            UncheckedError: Its files cannot be read, or claim the same version.
        """
        schemas, history = self._chosen(name, partly=partly)
        return self._partly(schemas, history) if partly else self._subject(schemas, history, policy, labels)

    def refuse_unknown(self, names: Iterable[str]) -> None:
        """Refuse names that mean no subject, or several, before anything is done for the others.

        Raises:
            UsageError: One does.
        """
        for name in names:
            with suppress(UncheckedError):  # there is one, and it cannot be read
                self._chosen(name, partly=True)

    def _chosen(self, name: str, *, partly: bool) -> tuple[SchemaTree, SubjectHistory]:
        """The one subject that a name means; see `subject`."""
        named = [found for found in self._histories() if name in forms(found[1].identity)]
        if self._gone and named and not partly:
            raise self._gone[0]
        for problem in self._problems:
            if _about(problem, name) and not (partly and named and problem.place is not None):
                raise problem
        several = [found for found in named if len(found[1].versions) > 1]
        chosen = named if len(named) == 1 else several
        if len(chosen) == 1:
            return chosen[0]
        if named:
            folders = ", ".join(history.folder or "." for _, history in named)
            message = f"there are several subjects called {name}, in {folders}"
            raise UsageError(message, hint="Say which with --schemas FOLDER.")
        where = ", ".join(str(path) for path in self._paths)
        message = f"there is no subject called {name} in {where}"
        raise UsageError(message, hint=f"{self._meant(name)} --schemas FOLDER looks elsewhere.")

    def _meant(self, name: str) -> str:
        """What may be meant by a name that no subject has.

        Raises:
            UncheckedError: It is that of a file that cannot be read, or no subject is known and a file cannot be read.
        """
        file = os.path.normpath(name)
        for problem in self._problems:
            if _file_of(problem) == file:
                raise problem
        known = shortest(history.identity for _, history in self._histories())
        near = [
            known[history.identity]
            for _, history in self._histories()
            if any(version.path == file for version in history.versions)
        ] or difflib.get_close_matches(name, sorted(known.values()), n=1)
        if near:
            return f"Did you mean {near[0]}?"
        if not known and self._unreadable:
            raise self._unreadable[0]
        listed = sorted(known.values())[:_LISTED]
        more = f" and {len(known) - _LISTED} more" if len(known) > _LISTED else ""
        unread = ", ".join(dict.fromkeys(filter(None, map(_file_of, self._unreadable))))
        unread = f" What is in {unread} could not be read." if unread else ""
        gone = ", ".join(dict.fromkeys(filter(None, map(_file_of, self._gone))))
        unread += f" There is no {gone}." if gone else ""
        return f"Known are: {', '.join(listed) or 'none at all'}{more}.{unread}{self._unimported}"

    def knows(self, name: str, beside: Subject) -> bool:
        """Whether there is a subject of a name in the documents of another.

        Raises:
            UncheckedError: There is none that can be read, and something else in these documents cannot be read either.
        """
        if any(name in forms(history.identity) for _, history in self._histories()):
            return True
        origins = {version.document.origin for version in beside.versions}
        for problem in self._problems:
            if problem.place is not None and problem.place.origin in origins:
                raise problem
        return False

    def declared_owners(self) -> Mapping[str, Owners]:
        """Who writes and reads each subject, as far as the documents that hold its newest version say so.

        Raises:
            UncheckedError: A document cannot be read: what it says of others is not known either.
        """
        found: dict[str, Owners] = {}
        for schemas, history in self._histories():
            if history.versions:
                candidate = schemas.candidate(history.versions[-1].path)
                if candidate is not None and candidate.owners is not None:
                    found[history.subject] = found.get(history.subject, Owners()).joined(candidate.owners)
        for problem in self._problems:
            raise problem
        return found

    def _histories(self) -> list[tuple[SchemaTree, SubjectHistory]]:
        if self._found is None:
            self._found = []
            roots: dict[Path, list[str]] = {}
            for path in self._paths:
                workspace, inner = self._workspaces.locate(path)
                roots.setdefault(workspace.root, []).append(inner)
            for root, inner_paths in roots.items():
                workspace, _ = self._workspaces.locate(root)
                layout = layout_in(workspace, self._layout, self._folder)
                schemas = SchemaTree(workspace.tree, replace(layout, roots=tuple(inner_paths)))
                discovery = discover(schemas.tree, inner_paths, schemas.layout, schemas.company)
                self._problems += discovery.problems
                self._empty += discovery.empty
                unread = {schemas.tree.origin(path) for path in discovery.unread}
                self._unreadable += [one for one in discovery.problems if _file_of(one) in unread]
                self._gone += [one for one in discovery.problems if _file_of(one) in discovery.gone]
                found = [one for one in discovery.candidates if not self._leaves_out(workspace.root / one.path)]
                schemas.add(found)
                refuse_unclear(schemas)
                subjects = subject_histories(
                    (one.path for one in found), layout.tree_subjects(), named=schemas.named, same=schemas.same
                )
                self._problems += subjects.problems
                self._found += [(schemas, history) for history in subjects.all]
        return self._found

    def _leaves_out(self, path: Path) -> bool:
        return bool(self._without) and real_path(path) in self._without

    def _partly(self, schemas: SchemaTree, history: SubjectHistory) -> Subject:
        """The subject with those of its versions whose files can be read; the others are named in its `left_out`."""
        found = self._subject(schemas, history, None, ())
        unread = [f"{one.place}: {one.message}" for one in self._unread(schemas, history)]
        return replace(found, left_out=(*found.left_out, *unread)) if unread else found

    def _unread(self, schemas: SchemaTree, history: SubjectHistory) -> list[UncheckedError]:
        """What is wrong with files that are versions of a subject, as their names or the configuration tell."""
        own = {schemas.tree.origin(path) for path in history.paths if container_of(path) is None}
        keys = {name_of(origin).key for origin in own}
        patterns = schemas.layout.tree_subjects().get(history.subject, ())

        def belongs(origin: str) -> bool:
            return (
                self._is_listed(origin, patterns)
                if patterns
                else name_of(origin).key in keys or folder_lost(origin, own)
            )

        return [one for one in self._problems if (origin := _file_of(one)) is not None and belongs(origin)]

    def _is_listed(self, origin: str, patterns: Sequence[str]) -> bool:
        try:
            return matches(patterns, self._workspaces.locate(origin)[1])
        except UncheckedError:  # no path that the system knows
            return False

    def _subject(
        self, schemas: SchemaTree, history: SubjectHistory, policy: Policy | None, labels: Collection[str]
    ) -> Subject:
        versions: list[Version] = []
        formats: set[SchemaFormat] = set()
        for named in history.versions:
            candidate = schemas.candidate(named.path)
            versions.append(schemas.version(named, candidate))
            if candidate is not None:
                formats.add(candidate.format)
        if len(formats) != 1:
            message = f"{history.subject} is written in two schema languages: {', '.join(history.paths)}"
            raise UncheckedError(message, hint="A payload of one cannot be read with the other.")
        schema_format = formats.pop()
        committed = Committed(tuple(versions))
        if len(versions) == 1 and versions[0].label is None:
            committed = self._committed(schemas, history.versions[0].path, labels) or committed
        own = self._config.settings(history.subject, history.paths[-1])
        return Subject(
            name=history.subject,
            format=schema_format,
            versions=committed.versions,
            left_out=committed.left_out,
            policy=policy or self._policy or own.policy or DEFAULT_POLICY,
            settings=self._config.format_settings.get(schema_format.name, {}),
            paths=history.paths[: len(versions)] if len(committed.versions) == len(versions) else (),
        )

    def _committed(self, schemas: SchemaTree, path: str, labels: Collection[str]) -> Committed | None:
        """Git's versions of a file; ``None`` where they are not asked for."""
        needed = bool(set(labels) - {"1"})
        candidate = schemas.candidate(path)
        if not (self._past or needed) or candidate is None:
            return None
        workspace, _ = self._workspaces.locate(self._workspaces.here)
        most = sys.maxsize if needed else self._past
        found = self._committed_versions.versions(workspace, schemas, candidate, most, labels)
        known = [index for index, one in enumerate(found.versions) if one.label in labels]
        kept = [
            one
            for index, one in enumerate(found.versions)
            if not needed or index in known or index > max(known, default=-1)
        ]
        return found._replace(versions=tuple(kept))


def _raised(problem: UncheckedError) -> Subject:
    """No subject.

    Raises:
        UncheckedError: Always.
    """
    raise problem


def _file_of(problem: UncheckedError) -> str | None:
    """The file that a problem is about, where it is about one."""
    origin = None if problem.place is None else problem.place.origin
    return None if origin is None else origin.replace("\\", "/")


def _about(problem: UncheckedError, name: str) -> bool:
    """Whether a file that could not be read, or that two claim, is a version of the subject."""
    origin = _file_of(problem)
    if origin is not None:
        return name_of(origin).subject == name
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w])", problem.message) is not None
