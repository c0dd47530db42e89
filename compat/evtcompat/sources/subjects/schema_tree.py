"""The schema files of one tree as histories, looked up from any of their paths."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from evtcompat.config.globs import matches
from evtcompat.errors import BaselineError, ReferenceMissingError, UncheckedError
from evtcompat.formats.base import SchemaFormat
from evtcompat.formats.loading import built_in, by_file_name
from evtcompat.model.canonical import content_hash
from evtcompat.model.histories import Version
from evtcompat.model.places import Place
from evtcompat.sources.documents.candidates import Candidate, Candidates, candidate_at, candidate_read_as
from evtcompat.sources.documents.company import Company
from evtcompat.sources.documents.contents import Contents
from evtcompat.sources.documents.document_files import name_one_of, refuse_unknown
from evtcompat.sources.documents.layout import Layout
from evtcompat.sources.documents.lost_links import NOWHERE, OUTSIDE, lost, lost_versions, version_folders
from evtcompat.sources.documents.names_by_content import NamesByContent
from evtcompat.sources.documents.opened import events_of, opened
from evtcompat.sources.documents.recognition import Passed
from evtcompat.sources.documents.references import Library
from evtcompat.sources.names.document_versions import DocumentVersions
from evtcompat.sources.names.naming import (
    Named,
    container_of,
    is_only_version,
    is_version_folder,
    is_working_copy,
    member_of,
    member_path,
    name_of,
    working_copy,
)
from evtcompat.sources.names.same_events import Event
from evtcompat.sources.names.subject_histories import SubjectHistories, SubjectHistory, subject_histories
from evtcompat.sources.names.suffixes import language_told
from evtcompat.sources.subjects.alike import Alike
from evtcompat.sources.subjects.subject_folders import SubjectFolders
from evtcompat.sources.tree import Tree, folder_of


class Current(NamedTuple):
    """A schema under check."""

    candidate: Candidate
    #: What its path says.
    named: Named
    #: The files of its subject in the same tree.
    history: SubjectHistory
    #: Of what is read by a link that led elsewhere at the baseline, the path there of what it led to: the path of the
    #: candidate is that of the link then.
    led_to: str | None = None

    @property
    def path(self) -> str:
        """Where it lies, from the root of its tree."""
        return self.candidate.path


class SchemaTree:
    """A tree with its layout. Files are read when first asked for, and kept."""

    def __init__(self, tree: Tree, layout: Layout, known: NamesByContent | None = None) -> None:
        self.tree = opened(tree, layout.models_of(tree), layout.is_version, layout.tree_roots)
        self.layout = layout
        self.library = Library(self.tree, layout, known=known)
        #: What stands around documents that do not say that they are schemas.
        self.company = Company(self.tree, layout)
        self._folders = SubjectFolders(self.tree, self.named)
        self._candidates: dict[str, Candidate | Passed] = {}
        self._by_key: dict[tuple[str, str], SubjectHistories] = {}
        self._mapped: SubjectHistories | None = None
        self._lost: dict[str, UncheckedError] = {}
        self._events: dict[str, tuple[Event, ...]] = {}
        self._read_there: Alike | None = None
        self.events = DocumentVersions(self.events_in, lambda container: self._folders.alike(name_of(container).key))

    def add(self, candidates: Iterable[Candidate], passed: Mapping[str, Passed] = MappingProxyType({})) -> None:
        """Remember what was read already: schemas, and by path what other files are."""
        self._candidates |= passed
        for candidate in candidates:
            self._candidates[candidate.path] = candidate
            self.library.add(candidate.path, candidate.format, candidate.document)

    def take_over(self, other: SchemaTree, contents: Contents) -> None:
        """What `other` has read is not read a second time where the same lies here, at the same path.

        Args:
            other: A tree under the same configuration.
            contents: Compares `other` with this one.
        """
        if other.layout == self.layout:
            self._read_there = Alike(self.tree, self.layout, other._candidates, contents)
            self.tree.known = contents.read_alike

    def format_of(self, path: str) -> SchemaFormat | None:
        """The format of the schema at a path; ``None`` where there is none that can be read."""
        try:
            found = self.candidate(path) if self.is_schema(path) else None
        except UncheckedError:  # a problem of its own where it is compared
            return None
        return None if found is None else found.format

    def _taken_over(self, path: str) -> bool:
        """Whether it is known now what is at a path, as the other tree has the same."""
        found = None
        if self._read_there is not None and path not in self._candidates:
            found = self._read_there.found(path)
        if found is not None:
            self._candidates[path] = found
        return found is not None

    def candidate(self, path: str) -> Candidate | None:
        """The schema at a path, or ``None`` when there is none.

        Raises:
            DocumentError: The file cannot be read or parsed.
        """
        found = self._looked_at(path)
        return found if isinstance(found, Candidate) else None

    def _looked_at(self, path: str) -> Candidate | Passed:
        if path in self._lost:
            raise self._lost[path]
        if path not in self._candidates and not self._taken_over(path):
            self._candidates[path] = candidate_at(self.tree, path, self.layout, self.company)
        found = self._candidates[path]
        if isinstance(found, Candidate):
            self.library.add(path, found.format, found.document)
        return found

    def is_schema(self, path: str) -> bool:
        """Whether a file is a schema, or would be if it could be parsed; a container is none."""
        if isinstance(self._candidates.get(path), Candidate) or self._taken_over(path):
            return isinstance(self._candidates[path], Candidate)
        if self.layout.excluded(path) or not self.tree.is_file(path) or self._is_container(path):
            return False
        template = self.layout.is_template(path)
        if self.layout.included(path) or (by_file_name(path) is not None and not template):
            return True
        try:
            return self.candidate(path) is not None
        except UncheckedError:
            return not template

    def _is_container(self, path: str) -> bool:
        """Whether a file holds several schemas, and so is none itself, whatever its name says."""
        try:
            return self.tree.container(path) is not None
        except UncheckedError:  # a problem of its own where the path is checked
            return False

    def current(self, path: str) -> Current | None:
        """The schema at a path, with its place among the files of its subject; ``None`` when there is none.

        Raises:
            UncheckedError: It cannot be read, or its history is ambiguous.
        """
        candidate = self.candidate(path)
        if candidate is None:
            return None
        named = self.named(path)
        history = self.history(path) or SubjectHistory(named.subject, folder_of(path), (named,))
        return Current(candidate, history.named(path) or named, history)

    def named(self, path: str) -> Named:
        """What a path says, beside what stands there; an event that is called otherwise in its newest version as that.

        Raises:
            UncheckedError: It is that of a schema in a container, and a version of that cannot be read.
        """
        around = container_of(path)
        if around is not None:
            found = name_of(path)
            subject = self.events.subjects(around).get(path)
            return found if subject is None else found._replace(subject=subject.replace("/", "."))
        if is_working_copy(path) and any(map(is_only_version, self.tree.siblings(folder_of(path)))):
            return working_copy(path)
        return name_of(path)

    def same(self, path: str, other: str) -> bool:
        """Whether two files hold the same schema, however they are written; no where one cannot be read."""
        try:
            one, two = self.candidate(path), self.candidate(other)
        except UncheckedError:
            return False
        return (
            one is not None and two is not None and content_hash(one.document.value) == content_hash(two.document.value)
        )

    def comparing(self, path: str) -> Callable[[], str]:
        """How to say what is done to a schema, should that fail (`errors.told_as_fault`)."""
        return lambda: f"finding what {self.tree.origin(path)} is compared with"

    def version(self, named: Named, candidate: Candidate | None = None) -> Version:
        """The version that a file holds.

        Raises:
            DocumentError: It cannot be read or parsed, or is no schema.
        """
        candidate = candidate or self.candidate(named.path)
        if candidate is None:
            message = f"{self.tree.origin(named.path)} is no schema"
            raise UncheckedError(message, hint="A version of a subject must be one.")
        return self._version(named, candidate)

    def version_like(self, named: Named, schema_format: SchemaFormat) -> Version:
        """The version that a file holds to which a schema of a format is compared.

        Whether it says that it is a schema does not matter: what stands there is what is deployed.

        Raises:
            DocumentError: It cannot be read or parsed, or has nothing of a schema.
            UncheckedError: It is a schema of another format.
        """
        candidate = self.candidate(named.path)
        if candidate is None:
            candidate = candidate_read_as(self.tree, named.path, schema_format)
        if candidate.format is not schema_format:
            origin = self.tree.origin(named.path)
            message = f"{origin} is {candidate.format.noun}, and what is compared with it is {schema_format.noun}"
            hint = "They cannot be compared. Give the new one a subject of its own in the configuration."
            raise UncheckedError(message, place=Place(origin=origin), hint=hint)
        return self._version(named, candidate)

    def _version(self, named: Named, candidate: Candidate) -> Version:
        references = self.library.references(named.path, candidate.format)
        written, model = candidate.written, candidate.model
        return Version(candidate.document, named.label, references, written=written, model=model)

    def schema_at(self, path: str, *, otherwise: str) -> Version:
        """The version in a file that a person named.

        Args:
            path: Of the file.
            otherwise: What to do when there is none.

        Raises:
            BaselineError: There is no such file, or it is no schema.
            DocumentError: It cannot be read or parsed.
        """
        candidate = None if self.tree.is_folder(path) else self.candidate(path)
        if candidate is None and self.tree.is_file(path):
            found = Candidates(self.tree, self.layout, self.company).read(path, named=True)
            candidate = found if isinstance(found, Candidate) else None
        if candidate is not None:
            self.library.add(path, candidate.format, candidate.document)
            return self.version(name_of(path), candidate)
        refuse_unknown(self.tree, path, self.tree.origin(path))
        message, hint = "there is no such file", otherwise
        if self.tree.is_folder(path):
            message, hint = "is a folder", "Name the file in it that is meant."
        elif events := self.tree.events(path):
            if len(events) == 1:
                return self.schema_at(events[0], otherwise=otherwise)
            message, hint = "holds several schemas", name_one_of(events)
        elif self.tree.is_file(path):
            message, hint = "is no schema", f"{'; '.join(one.sign for one in built_in())}."
        raise BaselineError(message, place=Place(origin=self.tree.origin(path)), hint=hint)

    def mapped(self) -> SubjectHistories:
        """The subjects that the configuration lists."""
        if self._mapped is None:
            subjects = self.layout.tree_subjects()
            paths = {path for patterns in subjects.values() for pattern in patterns for path in self.matching(pattern)}
            self._mapped = subject_histories(
                (path for path in paths if self.is_schema(path)), subjects, named=self.named, same=self.same
            )
        return self._mapped

    def history(self, path: str) -> SubjectHistory | None:
        """The history that the file at a path belongs to, or would belong to; ``None`` when there is no version of it.

        Raises:
            UncheckedError: Two files claim the same version.
        """
        mapped = self.mapped()
        if path in mapped.by_path:
            return mapped.by_path[path]
        for problem in mapped.problems:
            raise problem
        listed = None if self.tree.is_file(path) else self._listed(path)
        if listed is not None:
            return listed
        key = self.named(path).key
        if key not in self._by_key:
            paths = set(self._alike(path)) - mapped.by_path.keys()
            schemas = {path for path in paths if self.is_schema(path)}
            unread = self._lookalikes(paths - schemas, schemas) | self._lost_beside(schemas, mapped.by_path)
            known = sorted(schemas | unread)
            self._by_key[key] = subject_histories(known, named=self.named, same=self.same)
        found = self._by_key[key]
        if path in found.by_path:
            return found.by_path[path]
        if found.problems:
            raise found.problems[0]
        fitting = [one for one in found.all if language_told(one.paths[0]) is language_told(path)] or list(found.all)
        return fitting[0] if fitting else None

    def _listed(self, path: str) -> SubjectHistory | None:
        """The history of the subject for which the configuration lists a path, whether or not a file is there."""
        subjects = self.layout.tree_subjects()
        subject = next((name for name, patterns in subjects.items() if matches(patterns, path)), None)
        return next((one for one in self.mapped().all if one.subject == subject), None)

    def dependencies(self, path: str) -> frozenset[str]:
        """The documents that the schema at a path refers to.

        Raises:
            UncheckedError: It cannot be read.
        """
        candidate = self.candidate(path)
        try:
            return frozenset() if candidate is None else self.library.dependencies(path, candidate.format)
        except ReferenceMissingError:  # reported when the schema is parsed
            return frozenset()

    def made_of(self, path: str) -> frozenset[str]:
        """The other documents that the schema at a path refers to, or that what is in the container there draws on.

        Raises:
            UncheckedError: It cannot be read.
        """
        container = self.tree.readable_container(path)
        if container is None:
            return self.dependencies(path)
        return container.made_of.union(*map(self.dependencies, container.events))

    def refers(self, path: str) -> bool:
        """Whether the schema at a path names any other document, wherever that leads."""
        candidate = self.candidate(path)
        return candidate is not None and bool(self.library.names(path, candidate.format).used)

    def matching(self, pattern: str) -> Iterable[str]:
        """Files that a pattern may mean: below the part of it that has no wildcard."""
        fixed: list[str] = []
        for part in pattern.split("/"):
            if any(character in part for character in "*?["):
                return self.tree.walk("/".join(fixed)).files if self.tree.is_folder("/".join(fixed)) else ()
            if part not in {"", "."}:
                fixed.append(part)
        path = "/".join(fixed)
        if self.tree.is_folder(path):
            return self.tree.walk(path).files
        return (path,) if self.tree.is_file(path) else ()

    def relatives(self, path: str) -> Iterator[str]:
        """The schemas that name themselves versions of the subject of a path, wherever their layout puts them."""
        return (other for other in self._alike(path) if self.is_schema(other))

    def _alike(self, path: str) -> Iterator[str]:
        """What names itself a version of the subject of a path; of a schema in a container, in its versions too."""
        around = container_of(path)
        if around is None:
            return self._folders.alike(self.named(path).key)
        subject = self.events.subjects(around).get(path)
        if subject is None:
            containers = self._folders.alike(name_of(around).key)
            return (other for one in containers if self.tree.is_file(other := member_path(one, member_of(path))))
        return iter(self.events.versions(around, subject))

    def events_in(self, container: str) -> Sequence[Event]:
        """The schemas of a container, those that cannot be read among them; none where there is no container.

        Raises:
            UncheckedError: It cannot be read.
        """
        if container not in self._events:
            there = not self.layout.excluded(container) and self.tree.is_file(container)
            if there:
                self.tree.refuse_unknown(container)
            opened = self.tree.container(container, everywhere=True) if there else None
            self._events[container] = () if opened is None else tuple(events_of(opened))
        return self._events[container]

    def met_events(self, path: str) -> tuple[str, ...]:
        """The paths of the events in the container at a path, if a walk takes it for one; none where it cannot be read.

        Raises:
            BaselineError: git does not give its content.
        """
        container = self.tree.readable_container(path)
        if container is None or container.contents.declared:
            return () if container is None else container.events
        alone = Candidates(self.tree, self.layout, self.company).alone(path, named=False)
        return container.events if isinstance(alone, Candidate) else ()

    def history_of(self, path: str, stranger: SchemaTree, there: str) -> SubjectHistory | None:
        """The history here of what another tree has at a path, were that document here.

        Args:
            path: Where it would lie here.
            stranger: The other tree.
            there: Where it lies in that.

        Raises:
            UncheckedError: Two files claim the same version, or a version of the document cannot be read.
        """
        container, around = container_of(path), container_of(there)
        if container is None or around is None:
            return self.history(path)
        found = self.events.newest(container, stranger.events_in(around)).get(there, path)
        return self.history(found) if found else None

    def _lookalikes(self, paths: Iterable[str], schemas: Iterable[str]) -> set[str]:
        """Those of the paths that are read as versions though they do not say that they are schemas.

        They look like schemas, and no schema claims to be the version that they are: without them the next one would be
        compared with nothing.
        """
        claimed = {name_of(path)[3:] for path in schemas}
        return {
            path
            for path in paths
            if name_of(path).order is not None
            and name_of(path)[3:] not in claimed
            and not self.layout.excluded(path)
            and self._looks_like_schema(path)
        }

    def _lost_beside(self, schemas: Collection[str], mapped: Collection[str]) -> set[str]:
        """The links that are versions of the subject of schemas, as their names tell, and no files of the tree."""
        keys = {self.named(path).key for path in schemas}
        places = dict.fromkeys(place for key in keys for place in self._folders.places(key))
        links = [link for place in places for link in self.tree.lost(place)]
        own = [link for link in links if self.named(link).key in keys and not self.layout.excluded(link)]
        found = {*lost_versions(own, schemas)} - set(mapped)
        behind = {link: link for link in found} | self._lost_folders(schemas)
        for path, link in behind.items():
            self._lost[path] = lost(self.tree, link, OUTSIDE if self.tree.canonical(link) is None else NOWHERE)
        return {*behind}

    def _lost_folders(self, schemas: Iterable[str]) -> dict[str, str]:
        """By the paths that versions of schemas would have behind links called as folders of versions, those links."""
        below = {place for path in schemas for place in version_folders(path)}
        found = {f"{link}/{rest}": link for folder, rest in below for link in self.tree.lost(folder)}
        return {
            path: link
            for path, link in found.items()
            if is_version_folder(link.rpartition("/")[2]) and not self.layout.excluded(path)
        }

    def _looks_like_schema(self, path: str) -> bool:
        try:
            found = self._looked_at(path)
        except UncheckedError:
            return False
        return isinstance(found, Passed) and found.looks_like_schema
