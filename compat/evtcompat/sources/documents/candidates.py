"""What the files of a tree are, one by one: schemas, or what they are instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from evtcompat.errors import UncheckedError, UnsupportedError
from evtcompat.formats.base import Recognition, SchemaFormat
from evtcompat.formats.containers import Contained
from evtcompat.formats.loading import by_file_name, declared_by
from evtcompat.model.documents import Document
from evtcompat.model.event_models import EventModel
from evtcompat.model.owners import Owners
from evtcompat.model.places import Place
from evtcompat.sources.documents.company import Company
from evtcompat.sources.documents.document_files import document_of, missing
from evtcompat.sources.documents.layout import Layout
from evtcompat.sources.documents.opened import OpenedTree, opened
from evtcompat.sources.documents.recognition import (
    NOTHING,
    PLAIN,
    POINTER,
    SAMPLE,
    Passed,
    recognised_as,
    unread_name,
    unreadable,
)
from evtcompat.sources.git.lfs import pointed_at
from evtcompat.sources.names.other_kinds import describes_api, kind_of
from evtcompat.sources.names.suffixes import declares_itself, may_be_schema, may_look_like_schema
from evtcompat.sources.tree import Tree, folder_of


class Candidate(NamedTuple):
    """A schema file that was found."""

    #: From the root of the tree, links followed.
    path: str
    document: Document
    format: SchemaFormat
    #: What is written with it, where that is another schema (`Version.written`).
    written: Document | None = None
    #: Who writes and reads it, as far as the document that it stands in says so.
    owners: Owners | None = None
    #: The class that reads it, where one does that may be asked.
    model: EventModel | None = None


def candidate_in(path: str, one: Contained) -> Candidate:
    """The schema in a container, by the path that it has there."""
    return Candidate(path, one.document, one.format, one.written, one.owners, one.model)


class Candidates:
    """Tells of the files of a tree what they are."""

    def __init__(self, tree: OpenedTree, layout: Layout, company: Company | None = None) -> None:
        """Nothing is read yet.

        Args:
            tree: Where they lie.
            layout: The configuration.
            company: What stands around documents, where that is known already.
        """
        self._tree = tree
        self._layout = layout
        self._company = company or Company(tree, layout)

    def read(self, path: str, *, named: bool) -> Candidate | Passed:
        """The schema at a path, or what the file is instead.

        Raises:
            DocumentError: It is a schema, or was named, and cannot be read.
        """
        return self._contained(path) or self.alone(path, named=named)

    def _contained(self, path: str) -> Candidate | Passed | None:
        """The schema in a container that a path names, or the container; ``None`` for any other file."""
        contained = self._tree.contained(path)
        if contained is not None:
            return candidate_in(path, contained)
        container = self._tree.container(path)
        return (
            None
            if container is None
            else Passed(container.kind.noun, "Name one of its events.", looks_like_schema=True, listed=False)
        )

    def alone(self, path: str, *, named: bool) -> Candidate | Passed:
        """See `read`, of a file as one schema, whatever it holds."""
        included = self._layout.included(path)
        peeked = may_be_schema(path) or (path.lower().endswith(_PEEKED) and not self._of_a_message(path))
        by_name = by_file_name(path, everywhere=included or named)
        if not (included or named or by_name is not None or peeked):
            return NOTHING
        data = self._tree.read(path)
        if data is None:
            raise missing(self._tree.origin(path))
        certain = included or by_name is not None
        if not (certain or named or may_look_like_schema(data)):
            return _no_schema(path, data)
        try:
            parsed = self._tree.parsed(path) if by_name is None else None
            document = parsed or document_of(data, self._tree.origin(path), path, by_name)
        except UncheckedError:
            if named and not certain and not may_be_schema(path):
                return unread_name(self._tree.origin(path))
            if certain or named or (may_be_schema(path) and declares_itself(data)):
                raise
            return unreadable(data)
        chosen = by_name or recognised_as(
            document.value,
            path,
            included=included,
            named=named,
            around=lambda: self._around(path),
            in_company=lambda: self._company.keeps(path),
            before=lambda: self._company.before(path),
        )
        if by_name is None and not (included or named):
            chosen = self._unless_sample(path, document.value, chosen)
        if isinstance(chosen, Passed):
            return chosen
        if not chosen.reads_exact_json and by_name is None:
            document = document_of(data, self._tree.origin(path), path, chosen)
        return Candidate(path, document, chosen)

    def _unless_sample(self, path: str, value: object, chosen: SchemaFormat | Passed) -> SchemaFormat | Passed:
        """What a document is taken for that nobody named; an example or test data where it says nothing itself."""
        schema_like = not isinstance(chosen, Passed) or (chosen.looks_like_schema and describes_api(value) is None)
        if schema_like and self._layout.is_sample(path) and declared_by(value) is None:
            return SAMPLE
        return chosen

    def _of_a_message(self, path: str) -> bool:
        """Whether a file is what a message of generated fixtures was written with, which is never a subject."""
        folder, stem = folder_of(path), path.rpartition(".")[0]
        beside = (f"{stem}.bin", f"{folder_of(folder)}/manifest.json".lstrip("/"))
        return folder.rpartition("/")[2] == "poison" and all(map(self._tree.is_file, beside))

    def _around(self, path: str) -> Iterable[SchemaFormat]:
        """The formats of which there are schemas beside a file, as their names tell."""
        beside = (by_file_name(other) for other in self._tree.siblings(folder_of(path)))
        return {one.name: one for one in beside if one is not None}.values()


def _no_schema(path: str, data: bytes) -> Passed:
    """What a file is in which nothing hints at a schema."""
    if pointed_at(data) is not None:
        return POINTER
    return PLAIN if may_be_schema(path) else NOTHING


#: Suffixes of files that may hold schemas of any format, and of which a walk takes none without being told to.
_PEEKED: Final = (".schema",)


def candidate_at(tree: Tree, path: str, layout: Layout, company: Company | None = None) -> Candidate | Passed:
    """The schema at a path of a tree, or what is there instead.

    Raises:
        DocumentError: It cannot be read or parsed.
    """
    tree = opened(tree)
    return Candidates(tree, layout, company).read(path, named=False) if tree.is_file(path) else NOTHING


def candidate_read_as(tree: Tree, path: str, schema_format: SchemaFormat) -> Candidate:
    """The file at a path as a schema of a format, though it does not say that it is one.

    Raises:
        DocumentError: It is not there, cannot be read, or has nothing of a schema of the format.
    """
    origin = tree.origin(path)
    data = tree.read(path)
    if data is None:
        raise missing(origin)
    document = document_of(data, origin, path, schema_format)
    kind = kind_of(document.value)
    if kind is not None:
        raise Passed(kind.noun, kind.hint).problem(origin)
    sureness = schema_format.recognise(document.value)
    typed = isinstance(document.value, Mapping) and "type" in document.value
    if sureness is None or (sureness is Recognition.POSSIBLE and not typed):
        message = f"has nothing of {schema_format.noun}, and what is compared with it is one"
        hint = "Name the schema that is deployed with --against."
        raise UnsupportedError(message, place=Place(origin=origin), hint=hint)
    return Candidate(path, document, schema_format)
