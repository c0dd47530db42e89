"""Finding schema files: what is a schema, what is not, and what could not be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from evtcompat.errors import DocumentError, UncheckedError, told_as_fault
from evtcompat.formats.loading import by_file_name
from evtcompat.model.places import Place
from evtcompat.reading import PULLED_REFERENCES
from evtcompat.sources.documents.candidates import Candidate, Candidates, candidate_in
from evtcompat.sources.documents.company import Company
from evtcompat.sources.documents.document_files import document_of, meant_by, missing, refusal, refuse_unknown
from evtcompat.sources.documents.layout import Layout
from evtcompat.sources.documents.lost_links import NOWHERE, OUTSIDE, lost, lost_versions
from evtcompat.sources.documents.opened import Container, OpenedTree, in_git, opened
from evtcompat.sources.documents.recognition import NOTHING, SAMPLE, TEMPLATE, Passed
from evtcompat.sources.names.naming import name_of
from evtcompat.sources.names.other_kinds import refused_by_name
from evtcompat.sources.tree import Tree, Walk, inside, parents_of


class Discovery(NamedTuple):
    """What a search found."""

    candidates: tuple[Candidate, ...] = ()
    #: What a walk met and passed by, as messages call it, with the reason.
    skipped: tuple[str, ...] = ()
    #: Those of them that look like schemas, with the problem that each is where nothing may be left unchecked.
    lookalikes: tuple[tuple[str, UncheckedError], ...] = ()
    #: What could not be read, or was named and is no schema; each makes the run unchecked.
    problems: tuple[UncheckedError, ...] = ()
    #: Links out of the tree, as paths of the disk; the caller decides whether to search there.
    outside: tuple[str, ...] = ()
    #: Those of the problems that say that a folder holds no schema.
    empty: tuple[UncheckedError, ...] = ()
    #: The links that a walk met, wherever they lead, by their own paths.
    links: tuple[str, ...] = ()
    #: Documents that a walk met and that are no schemas, by path.
    passed: Mapping[str, Passed] = MappingProxyType({})
    #: The repositories of their own (submodules among them) that a walk passed by, each with what `skipped` has of it.
    repositories: Mapping[str, str] = MappingProxyType({})
    #: The files of which `problems` says that they cannot be read.
    unread: tuple[str, ...] = ()
    #: What was named and is not there, as messages call it.
    gone: tuple[str, ...] = ()


def discover(
    tree: Tree, paths: Iterable[str], layout: Layout | None = None, company: Company | None = None
) -> Discovery:
    """The schemas that paths name or hold.

    Args:
        tree: Where to look.
        paths: From the root of the tree; ``""`` is the root. A path that is no schema is a problem, and so is a folder
            without any.
        layout: The configuration.
        company: What stands around documents, where that is known already.

    Returns:
        Candidates sorted by path, each once, however many of the paths lead to it.
    """
    search = _Search(opened(tree), layout or Layout(), company)
    for path in paths:
        search.look(path)
    return search.result()


class _Search:
    def __init__(self, tree: OpenedTree, layout: Layout, company: Company | None = None) -> None:
        self._tree = tree
        self._layout = layout
        self._files = Candidates(tree, layout, company)
        self._candidates: dict[str, Candidate] = {}
        self._skipped: dict[str, str] = {}
        self._lookalikes: dict[str, tuple[str, UncheckedError]] = {}
        self._problems: list[UncheckedError] = []
        self._unread: list[str] = []
        self._gone: list[str] = []
        self._outside: list[str] = []
        self._links: list[str] = []
        self._linked: set[str] = set()
        self._dangling: list[str] = []
        self._repositories: list[str] = []
        self._empty: list[UncheckedError] = []
        self._seen: set[str] = set()
        self._passed: dict[str, Passed] = {}
        #: What a walk met that may be a part of other documents, by path, and the files that those are made of.
        self._parts: dict[str, Container] = {}
        self._made_of: set[str] = set()

    def result(self) -> Discovery:
        self._add_parts()
        lost_behind = tuple(self._behind_links())
        torn = tuple(self._torn())
        return Discovery(
            tuple(self._candidates[path] for path in sorted(self._candidates)),
            tuple(self._skipped[path] for path in sorted(self._skipped)),
            tuple(self._lookalikes[path] for path in sorted(self._lookalikes) if path in self._skipped),
            (*self._problems, *torn, *lost_behind),
            tuple(dict.fromkeys(self._outside)),
            tuple(self._empty),
            tuple(sorted(self._linked)),
            self._passed,
            {path: self._skipped[path] for path in self._repositories if path in self._skipped},
            tuple(self._unread),
            tuple(self._gone),
        )

    def _add_parts(self) -> None:
        """Add what no document that was found is made of; the others are checked with that document."""
        made_of = frozenset(self._made_of)
        for path, container in self._parts.items():
            if path not in made_of:
                self._add_contents(path, container)
            elif self._candidates.keys().isdisjoint(container.events):  # otherwise it was named
                part = Passed(f"{container.kind.noun} of the document that refers to it")
                self._skip(path, self._tree.origin(path), part)

    def _torn(self) -> Iterator[UncheckedError]:
        """What is said of files that are named as versions of a subject, and hold no document at all.

        Without them the next version would be compared with nothing, and nobody would know.
        """
        named = {path: name_of(path) for path in self._skipped}
        versions = {one.key for one in map(name_of, self._candidates) if one.order is not None}
        for path, one in sorted(named.items()):
            passed_by = self._layout.excluded(path) or self._layout.is_template(path) or path in self._lookalikes
            passed_by = passed_by or refused_by_name(path) is not None  # in another language, no document of ours
            if one.order is None or one.key not in versions or passed_by:
                continue
            try:
                data = self._tree.read(path)
                if data is not None:
                    document_of(data, self._tree.origin(path), path, None)
            except UncheckedError as error:
                del self._skipped[path]
                self._unread.append(path)
                yield error

    def _behind_links(self) -> Iterator[UncheckedError]:
        """What is said of versions of subjects that are no files of the tree: none of the others meets them."""
        for what, links in ((OUTSIDE, self._links), (NOWHERE, self._dangling)):
            for path in lost_versions(dict.fromkeys(links), self._candidates):
                if not self._layout.excluded(path):
                    if what == NOWHERE:  # no file that is merely left aside
                        self._skipped.pop(path, None)
                    yield lost(self._tree, path, what)

    def look(self, path: str) -> None:
        """Add what a named path leads to."""
        name = self._tree.origin(path)
        cleaned = inside(path)
        try:
            with told_as_fault(f"reading {name}"):
                self._add(cleaned, name)
        except UncheckedError as error:
            self._problems.append(error)
            self._unread += [] if cleaned is None else [cleaned]

    def _add(self, path: str | None, name: str) -> None:
        if path is not None and self._tree.is_file(path):
            self._add_named(self._tree.canonical(path) or path, name)
        elif path is not None and self._tree.is_folder(path):
            self._add_folder(self._tree.canonical(path) or path, name)
        else:
            self._gone.append(name)
            if path is not None:
                self._refuse_lost(path, name)
                refuse_unknown(self._tree, path, name)
            self._problems.append(missing(name, None if path is None else meant_by(self._tree, path)))

    def _refuse_lost(self, path: str, name: str) -> None:
        """A named path that is no file is no link either, and leads through none.

        Raises:
            DocumentError: It is or does: of what is not there it is the link that is wrong.
        """
        link = next((one for one in (path, *parents_of(path)) if one and self._tree.is_link(one)), None)
        if link is not None:
            on_disk = in_git(self._tree) is None  # where it could lead anywhere, were there something
            what = NOWHERE if on_disk or self._tree.canonical(link) is not None else OUTSIDE
            message = what if link == path else f"{self._tree.origin(link)} {what}"
            raise DocumentError(message, place=Place(origin=name), hint="Mend the link.")

    def _add_named(self, path: str, name: str) -> None:
        if path in self._candidates:
            return
        if self._layout.by_hook:
            if not self._add_found(path) and path not in self._skipped:
                self._skipped[path] = f"{name} (no schema)"
            return
        refused = refusal(path, name)
        if refused is not None:
            raise refused
        container = self._tree.container(path, everywhere=True)
        if container is not None:
            if not self._add_contents(path, container):
                self._add_empty(path, name, container)
            return
        found = self._files.read(path, named=True)
        if isinstance(found, Passed):
            raise found.problem(name)
        self._candidates[path] = found
        self._skipped.pop(path, None)

    def _add_empty(self, path: str, name: str, container: Container) -> None:
        """List a container without events that may be one.

        Raises:
            UncheckedError: A person named it, and meant events.
        """
        module = self._tree.module(path)
        if module is None or not module.optional:
            raise _without_events(container).problem(name)
        self._skip(path, name, _without_events(container))

    def _add_folder(self, folder: str, name: str) -> None:
        before = len(self._problems)
        walk = self._tree.walk(folder)
        found = False
        for path in walk.files:
            if path in self._candidates:
                found = True
            elif path not in self._seen:
                self._seen.add(path)
                found |= self._add_found(path)
        for path in walk.repositories:
            self._skip(path, self._tree.origin(path), Passed("a repository of its own; name it to check it"))
        for path in walk.dangling:
            is_schema = by_file_name(path) is not None
            dangling = Passed("a link that leads nowhere", "Mend the link.", looks_like_schema=is_schema)
            self._skip(path, self._tree.origin(path), dangling)
        for target, link in _first_links(walk).items():
            if by_file_name(link) is not None and target not in self._candidates and target not in self._skipped:
                self._skip_link(link, target)
        self._problems += walk.unlisted
        self._outside += walk.outside
        self._links += walk.links
        self._linked |= walk.linked.keys()
        self._repositories += walk.repositories
        self._dangling += walk.dangling
        if not found and len(self._problems) == before and not walk.outside:
            message = "there is no schema in this folder"
            hint = (
                "Schemas are .avsc, .avdl and .avpr files, JSON or YAML with a known $schema, AsyncAPI and OpenAPI "
                "documents, and what `include` and `[[models]]` list."
            )
            if not self._layout.by_hook:  # most commits of most repositories touch no schema, and some have none
                self._empty.append(DocumentError(message, place=Place(origin=name), hint=hint))
                self._problems += self._empty[-1:]

    def _skip_link(self, link: str, target: str) -> None:
        """List a link that is called as a schema, where what it leads to is not called so and therefore is none."""
        if self._layout.excluded(link) or by_file_name(target) is not None or self._tree.container(target) is not None:
            return
        reason = f"a link to {self._tree.origin(target)}, whose name says of no schema language"
        passed = Passed(reason, "Give the file that name, or list it under `include`.", looks_like_schema=True)
        self._skip(link, self._tree.origin(link), passed)

    def _add_found(self, path: str) -> bool:
        """Add a file that a walk met; whether it is a schema."""
        name = self._tree.origin(path)
        if self._layout.excluded(path):
            self._skip(path, name, Passed("excluded"))
            return False
        refused = refused_by_name(path)
        if refused is not None:
            self._skip(path, name, Passed(refused.noun, refused.hint, looks_like_schema=refused.of_a_format))
            return False
        if path.endswith(PULLED_REFERENCES) and self._is_pulled(path):
            return False
        try:
            with told_as_fault(f"reading {name}"):
                container = self._tree.container(path)
                if container is not None and container.contents.declared:
                    return self._add_container(path, container)
                found = self._files.alone(path, named=False)
                if container is not None and isinstance(found, Candidate):
                    return self._add_container(path, container)
        except UncheckedError as error:
            if self._layout.is_template(path):
                self._skip(path, name, TEMPLATE)
            else:
                self._problems.append(error)
                self._unread.append(path)
            return False
        if isinstance(found, Candidate):
            self._candidates[path] = found
            return True
        self._pass_by(path, name, found)
        return False

    def _pass_by(self, path: str, name: str, found: Passed) -> None:
        """Note what a file is that a walk met, instead of a schema."""
        if found is not NOTHING:
            self._passed[path] = found
        if self._layout.included(path):
            self._problems.append(found.problem(name))
        elif found.listed:
            self._skip(path, name, found)

    def _is_pulled(self, path: str) -> bool:
        """Whether a file is what `registry pull` writes beside the versions of a subject."""
        from evtcompat.sources.documents.pulled import holds_references

        return holds_references(self._tree, path)

    def _add_container(self, path: str, container: Container) -> bool:
        """Add the events of a container that a walk met; whether there are any."""
        if container.kind.part_of_others and self._layout.is_sample(path):
            self._skip(path, self._tree.origin(path), SAMPLE)
            return False
        if container.kind.part_of_others and container.events:
            self._parts[path] = container
            return True
        if self._add_contents(path, container):
            return True
        self._skip(path, self._tree.origin(path), _without_events(container))
        return False

    def _add_contents(self, path: str, container: Container) -> bool:
        """Add the events of a container, and what is wrong with others; whether there are any."""
        name = self._tree.origin(path)
        for event in container.events:
            found = container.schemas.get(event)
            if found is not None:
                self._candidates[event] = candidate_in(event, found)
        self._problems += container.problems.values()
        self._made_of |= container.made_of
        for reason in container.skipped:
            self._skipped[f"{path} {reason}"] = f"{name} ({reason})"
        return bool(container.events)

    def _skip(self, path: str, name: str, passed: Passed) -> None:
        self._skipped[path] = f"{name} ({passed.reason})"
        if passed.looks_like_schema:
            self._lookalikes[path] = self._skipped[path], passed.unchecked(name)


def _first_links(walk: Walk) -> Mapping[str, str]:
    """The first link to each file, by what it leads to."""
    files = frozenset(walk.files) if walk.linked else frozenset()
    return {target: link for link, target in sorted(walk.linked.items(), reverse=True) if target in files}


def _without_events(container: Container) -> Passed:
    what = f"{container.kind.noun} without {container.kind.holds}"
    return Passed(what, "Name a document that holds events.")
