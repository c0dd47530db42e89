"""Where schemas find what they do not define themselves: other files of the same tree, never the network.

An Avro name is looked up in the files of the schema's own folder, then in the configured roots, then in the whole tree,
where the nearest counts; a URI by the file that it names, by the ``$id`` of files in these places, also as both were
written, and, for schemas whose ``$id`` is a web address, by the file that lies where the address says relative to them.
Where a name or a ``$id`` is looked up, an excluded file counts only if no other has it. A tree of a commit answers with
the files of that commit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from evtcompat.dataclasses import dataclass, field, replace
from evtcompat.errors import DocumentError, ReferenceMissingError, UncheckedError
from evtcompat.formats.base import Names, SchemaFormat
from evtcompat.model.documents import Document, FunctionReferences, References
from evtcompat.model.places import Place
from evtcompat.model.uris import joined
from evtcompat.reading import PULLED_REFERENCES
from evtcompat.sources.documents.definitions import Definitions, as_written
from evtcompat.sources.documents.document_files import document_of
from evtcompat.sources.documents.layout import Layout
from evtcompat.sources.documents.names_by_content import NamesByContent
from evtcompat.sources.documents.opened import opened, refuse_elsewhere
from evtcompat.sources.git.stand_ins import off_disk
from evtcompat.sources.names.naming import name_of
from evtcompat.sources.tree import Tree, WorkTree, folder_of, inside


class _Uses(NamedTuple):
    """What a schema refers to, through others too; each name as it leads on from the file that it stands in."""

    #: Without its own.
    files: frozenset[str]
    #: By name, the file that defines it.
    leading: Mapping[str, str]


class Library:
    """The documents of a tree by name; read when first asked for, and kept.

    Attributes:
        tree: Where documents are read.
    """

    def __init__(
        self, tree: Tree, layout: Layout | None = None, *, limit: str = "", known: NamesByContent | None = None
    ) -> None:
        """A library over a tree.

        Args:
            tree: Where documents are read.
            layout: Which folders are searched besides a schema's own.
            limit: The folder that no reference leaves, besides the configured roots; ``""`` is the root of the tree.
            known: What other trees of the same repository have told of contents.
        """
        self.tree = opened(tree)
        self._limit = limit
        layout = layout or Layout()
        self._leaves_out = bool(layout.exclude)
        self._roots = layout.tree_roots
        leaving = [root for root in layout.reference_roots if inside(f"{layout.folder}/{root}") is None]
        #: Roots outside of the tree, which only a folder outside git may have.
        disk = self.tree.inner if isinstance(self.tree.inner, WorkTree) else None
        self.beyond = tuple(_beyond(disk, layout.folder, root) for root in leaving if disk is not None)
        self._documents: dict[tuple[str, SchemaFormat], Document | None] = {}
        self._names: dict[tuple[str, SchemaFormat], Names] = {}
        self._pulled: dict[tuple[str, SchemaFormat], References | None] = {}
        self._known = known or NamesByContent()
        self._definitions = Definitions(self.tree, self.names, self.document, layout.excluded, self._known)
        self._used: dict[tuple[str, SchemaFormat], _Uses] = {}
        self._prefixed: dict[tuple[str, SchemaFormat], Mapping[tuple[str, str], set[str]]] = {}

    def references(self, path: str, schema_format: SchemaFormat) -> References:
        """The references of the schema at a path."""
        return FileReferences(self, path, schema_format)

    def document(self, path: str, schema_format: SchemaFormat) -> Document | None:
        """The document at a path, or ``None`` when there is no such file or it lies out of bounds.

        Raises:
            DocumentError: It cannot be read or parsed.
        """
        key = (path, schema_format)
        if key not in self._documents and (contained := self.tree.contained(path)) is not None:
            self._documents[key] = contained.document
        if key not in self._documents:
            data = self.tree.read(path) if self._permitted(path) else None
            self._documents[key] = (
                None if data is None else document_of(data, self.tree.origin(path), path, schema_format)
            )
        return self._documents[key]

    def add(self, path: str, schema_format: SchemaFormat, document: Document) -> None:
        """Remember a document that was read already."""
        self._documents.setdefault((path, schema_format), document)

    def pulled(self, path: str, schema_format: SchemaFormat) -> References | None:
        """What a registry's references of the schema at a path lead to, where `registry pull` wrote them down.

        Raises:
            BaselineError: A file that they lead to is not there.
            DocumentError: One of them cannot be read.
        """
        key = (path, schema_format)
        if key not in self._pulled:
            self._pulled[key] = None
            if self.refers_as_registered(path):
                from evtcompat.sources.documents.pulled import read_references

                self._pulled[key] = read_references(self.tree, path, schema_format)
        return self._pulled[key]

    def names(self, path: str, schema_format: SchemaFormat) -> Names:
        """The names in the document at a path; none when it cannot be read."""
        key = (path, schema_format)
        if key not in self._names:
            found = self._known.names(self.tree, path, schema_format, lambda: self._read_names(path, schema_format))
            self._names[key] = found
        return self._names[key]

    def _read_names(self, path: str, schema_format: SchemaFormat) -> Names:
        try:
            document = self.document(path, schema_format)
        except UncheckedError:  # a problem of its own where the file is checked; here it defines nothing
            document = None
        return Names() if document is None else schema_format.names(document)

    def locate(self, name: str, path: str, schema_format: SchemaFormat) -> str | None:
        """The path of the document that defines a name for the schema at `path`, or ``None``.

        Raises:
            ReferenceMissingError: Several files define it, and not the same.
        """
        if not schema_format.names_are_uris:
            return self._locate_name(name, path, schema_format)
        found = self._locate_uri(name, path, schema_format)
        if found is None and name.startswith("file:"):
            found = self._uses(path, schema_format).leading.get(name)
        return found

    def dependencies(self, path: str, schema_format: SchemaFormat) -> frozenset[str]:
        """The paths of every document that the schema at `path` refers to, through others too; without its own.

        Those count as well that it refers to as it was registered, where `registry pull` wrote them down.

        Raises:
            DocumentError: What is written down there cannot be read.
        """
        return self._uses(path, schema_format).files

    def _uses(self, path: str, schema_format: SchemaFormat) -> _Uses:
        """What the schema at a path refers to, through others too.

        Raises:
            DocumentError: What is written down there cannot be read.
        """
        key = (path, schema_format)
        if key in self._used:
            return self._used[key]
        found = set(self._pulled_files(path))
        leading: dict[str, str] = {}
        pending = [path, *found]
        while pending:
            standing_in = pending.pop()
            for name in self.names(standing_in, schema_format).used:
                try:
                    target = self._locate_from(name, path, schema_format, standing_in)
                except ReferenceMissingError:  # reported when the schema is parsed
                    continue
                if target is None:
                    continue
                leading.setdefault(name, target)
                if target != path and target not in found:
                    found.add(target)
                    pending.append(target)
        self._used[key] = _Uses(frozenset(found), leading)
        return self._used[key]

    def _locate_from(self, name: str, path: str, schema_format: SchemaFormat, standing_in: str) -> str | None:
        """The path of the document that a name in a file leads to, which the schema at `path` refers to."""
        if not schema_format.names_are_uris:
            return self._locate_name(name, path, schema_format)
        found = self._locate_uri(name, path, schema_format)
        if found is None and standing_in != path and name.startswith("file:"):
            found = self._locate_uri(name, standing_in, schema_format)
        return found

    def refers_as_registered(self, path: str) -> bool:
        """Whether `registry pull` wrote down beside the schema at a path what versions refer to."""
        return self.tree.is_file(written_down_beside(path))

    def _pulled_files(self, path: str) -> frozenset[str]:
        if not self.refers_as_registered(path):
            return frozenset()
        from evtcompat.sources.documents.pulled import pulled_files

        return pulled_files(self.tree, path)

    def _permitted(self, path: str) -> bool:
        real = self.tree.canonical(path)
        if real is None:
            return False
        bounds = (self._limit, *self._roots)
        return any(not bound or real == bound or real.startswith(f"{bound}/") for bound in bounds)

    def _locate_name(self, name: str, path: str, schema_format: SchemaFormat) -> str | None:
        own = name_of(path)
        for folder, deep, excluded in self._places(path):
            definitions = self._definitions.of(name, folder, schema_format, deep=deep, excluded=excluded)
            others = [one for one in definitions if name_of(one.path).key != own.key]
            if others:
                return self._definitions.chosen(name, others, path, schema_format)
        return None

    def _places(self, path: str) -> list[tuple[str, bool, bool]]:
        """The folders to search, whether with what lies below them, and whether for excluded files or for others."""
        places = [(folder_of(path), False), *((root, True) for root in self._roots), (self._limit, True)]
        sides = (False, True) if self._leaves_out else (False,)
        return [(folder, deep, excluded) for excluded in sides for folder, deep in places]

    def _locate_uri(self, uri: str, path: str, schema_format: SchemaFormat) -> str | None:
        uri = joined("", uri)
        try:
            parts = urlsplit(uri)
        except ValueError:  # malformed: no file is called that
            return None
        target = None
        if parts.scheme == "file":
            if parts.path in ("", "/"):
                return self._definitions.called(parts.netloc, self._limit, path)
            target = inside(unquote(parts.path, errors="surrogateescape"))
            if parts.netloc or target is None or not self._permitted(target):
                return None
            if self.tree.is_file(target):
                return self.tree.canonical(target)
        written = as_written(uri, path)
        for folder, deep, excluded in self._places(path):
            definitions = self._definitions.of(uri, folder, schema_format, deep=deep, excluded=excluded)
            if not definitions and written:
                definitions = self._definitions.of(written, folder, schema_format, deep=deep, excluded=excluded)
            if definitions:
                return self._definitions.chosen(uri, definitions, path, schema_format)
        if parts.scheme in ("http", "https"):
            return self._locate_relative(uri, path, schema_format)
        twin = self._in_another_notation(target, schema_format)
        return twin if twin or written is None else self._from_a_folder_around(unquote(written), path)

    def _in_another_notation(self, target: str | None, schema_format: SchemaFormat) -> str | None:
        """The one file of a name that says JSON where a reference says YAML, or the other way round.

        Schemas are often written in one notation and published in the other, and refer to what is published.
        """
        stem, dot, suffix = (target or "").rpartition(".")
        if f"{dot}{suffix}" not in schema_format.document_suffixes:
            return None
        twins = [twin for one in schema_format.document_suffixes if self.tree.is_file(twin := f"{stem}{one}")]
        return self.tree.canonical(twins[0]) if len(twins) == 1 and self._permitted(twins[0]) else None

    def _from_a_folder_around(self, written: str, path: str) -> str | None:
        """The file that a path with a folder in it means in the nearest folder around the schema that has it.

        Many tools read such references from the folder that they run in. A name alone is not looked for: the file that
        is meant by it lies beside the schema, and another one of that name is another document.
        """
        around = folder_of(path)
        while around and "/" in written:
            around = folder_of(around)
            target = inside(f"{around}/{written}")
            if target is not None and self._permitted(target) and self.tree.is_file(target):
                return self.tree.canonical(target)
        return None

    def refuse_elsewhere(self, name: str, path: str, schema_format: SchemaFormat) -> None:
        """Refuse a name that leads to a file of which the content is kept where the tree does not reach.

        A name that is no address leads to the file that is called after it.

        Raises:
            NotHereError: A sparse checkout keeps it off the disk, or it may lie in a submodule that is not here.
        """
        for target in self._meant(name, path, schema_format):
            if target is not None and self._permitted(target):
                refuse_elsewhere(self.tree, target)

    def refuse_unreadable(self, name: str, path: str, schema_format: SchemaFormat) -> None:
        """Refuse a name where the file that is called after it, beside the schema or in a root, cannot be read.

        Raises:
            ReferenceMissingError: It cannot be parsed; the message says which file it is, and why.
        """
        if schema_format.names_are_uris:
            return
        called = {f"{name.rpartition('.')[2]}{suffix}" for suffix in schema_format.suffixes}
        for folder in (folder_of(path), *self._roots):
            for target in self.tree.siblings(folder):
                if target == path or target.rpartition("/")[2] not in called:
                    continue
                try:
                    self.document(target, schema_format)
                except DocumentError as error:
                    where = error.place or self.tree.origin(target)
                    message = f"the name {name} is not defined, unless in {where}, which cannot be read: "
                    raise ReferenceMissingError(message + error.message, hint=error.hint) from error

    def _meant(self, name: str, path: str, schema_format: SchemaFormat) -> Iterator[str | None]:
        """Where a file may lie that defines a name, as far as the name tells."""
        if not schema_format.names_are_uris:
            kept = sorted(one for one in off_disk(self.tree.inner) if one.endswith(schema_format.suffixes))
            yield from (one for one in kept if _bare(name_of(one).subject) == _bare(name.rpartition(".")[2]))
            yield from self._roots  # may be submodules
            return
        uri = joined("", name)
        with suppress(ValueError):  # malformed: no file is called that
            parts = urlsplit(uri)
            yield inside(unquote(parts.path, errors="surrogateescape")) if parts.scheme == "file" else None
            yield from self._relative(uri, path, schema_format)

    def _relative(self, uri: str, path: str, schema_format: SchemaFormat) -> Iterator[str | None]:
        """Where files lie, relative to a known file, as `uri` lies relative to that file's ``$id``."""
        own = self.names(path, schema_format).own
        known = {pair: {own} for pair in _prefixes(own, path)} if own is not None else {}
        for (id_prefix, path_prefix), identifiers in (*known.items(), *self._beside(path, schema_format).items()):
            if uri.startswith(id_prefix) and identifiers != {uri}:
                yield inside(path_prefix + unquote(uri[len(id_prefix) :]))

    def _locate_relative(self, uri: str, path: str, schema_format: SchemaFormat) -> str | None:
        """The first such file."""
        for place in self._relative(uri, path, schema_format):
            target = place
            if target is not None and not self.tree.is_file(target):
                target = self._in_another_notation(target, schema_format)
            if target is not None and self._permitted(target) and self.tree.is_file(target):
                declared = self.names(target, schema_format).own
                return self.tree.canonical(target) if declared in (None, uri) else None
        return None

    def _beside(self, path: str, schema_format: SchemaFormat) -> Mapping[tuple[str, str], set[str]]:
        """What `_prefixes` says of the files in the folder of a path, with the ``$id`` of all that it says so of."""
        key = (folder_of(path), schema_format)
        if key not in self._prefixed:
            found: dict[tuple[str, str], set[str]] = {}
            for one in self._definitions.files(key[0], schema_format, deep=False):
                own = self.names(one, schema_format).own
                if own is not None:
                    for pair in _prefixes(own, one):
                        found.setdefault(pair, set()).add(own)
            self._prefixed[key] = found
        return self._prefixed[key]


def written_down_beside(path: str) -> str:
    """The file in which `registry pull` writes down what the schema at a path refers to, and versions beside it."""
    return f"{folder_of(path)}/{PULLED_REFERENCES}".lstrip("/")


def _bare(name: str) -> str:
    """What is left of a name where words are set apart in other ways: ``OrderPlaced`` is ``order-placed``."""
    return re.sub(r"[-_.]", "", name).casefold()


def _beyond(tree: WorkTree, folder: str, root: str) -> Library:
    real = (tree.root / folder / root).resolve()
    return Library(WorkTree(real, tree.shown_from), Layout(reference_roots=(".",)))


def _prefixes(identifier: str, path: str) -> list[tuple[str, str]]:
    """The folders that correspond when a file of this path has this identifier, the deepest first."""
    found = []
    left, right = identifier, path
    while "/" in left.partition("://")[2]:
        left, _, left_name = left.rpartition("/")
        right, _, right_name = right.rpartition("/")
        found.append((f"{left}/", f"{right}/" if right else ""))
        if left_name != right_name or not right:
            break
    return found


@dataclass(frozen=True, eq=False)
class FileReferences:
    """The references of one schema: what a `Library` finds from its path."""

    library: Library = field(repr=False)
    path: str
    format: SchemaFormat

    def lookup(self, name: str) -> Document | None:
        """See `References`.

        Raises:
            DocumentError: The file that defines it cannot be read or parsed, or is not on the disk.
            ReferenceMissingError: Several files define it differently, or the one that is called after it cannot be
                read.
        """
        pulled = self.library.pulled(self.path, self.format)
        registered = None if pulled is None else pulled.lookup(name)
        if registered is not None:
            return registered
        target = self.library.locate(name, self.path, self.format)
        if target is None:
            elsewhere = (library.references("_", self.format).lookup(name) for library in self.library.beyond)
            found = next((document for document in elsewhere if document is not None), None)
            if found is None:
                self.library.refuse_unreadable(name, self.path, self.format)
                self.library.refuse_elsewhere(name, self.path, self.format)
            return found
        document = self.library.document(target, self.format)
        if document is not None and self.format.names_are_uris and not name.startswith("file:"):
            return replace(document, base_uri=joined("", name))
        return document


def folder_references(folder: Path, schema_format: SchemaFormat) -> References:
    """The references of schemas in a folder on disk that was named alone, without a configuration.

    Nothing outside of the git repository around the folder is read; outside git, nothing outside of the folder that
    the process runs in, or of the folder itself when that lies elsewhere.
    """
    real = folder.resolve()
    top = next((parent for parent in (real, *real.parents) if (parent / ".git").exists()), None)
    here = Path.cwd().resolve()
    bound = top or (here if real.is_relative_to(here) else real)
    root = Path(real.anchor)
    library = Library(WorkTree(root, here), limit=bound.relative_to(root).as_posix().removeprefix("."))
    return library.references((real / "_").relative_to(root).as_posix(), schema_format)


def document_references(documents: Iterable[Document], schema_format: SchemaFormat) -> References:
    """References answered from documents, by the names that they define.

    Raises:
        ReferenceMissingError: Two of them are the definition of one name, and differ.
    """
    by_name: dict[str, tuple[Document, bool]] = {}
    for document in documents:
        names = schema_format.names(document)
        for name in names.defined:
            known = by_name.get(name)
            whole = name == names.own
            if known is not None and known[1] and whole and known[0].value != document.value:
                message = f"{name} is defined differently in two of the references"
                raise ReferenceMissingError(message, place=Place(origin=document.origin), hint="Keep one of them.")
            if known is None or (whole and not known[1]):
                by_name[name] = (document, whole)
    return FunctionReferences(lambda name: by_name[name][0] if name in by_name else None)
