"""Which files of a tree define a name, and which of them counts where several do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import takewhile
from typing import NamedTuple

from evtcompat.errors import ReferenceMissingError, UncheckedError
from evtcompat.formats.base import Names, SchemaFormat
from evtcompat.model.canonical import content_hash
from evtcompat.model.documents import Document
from evtcompat.model.places import Place
from evtcompat.sources.documents.names_by_content import NamesByContent
from evtcompat.sources.documents.opened import OpenedTree
from evtcompat.sources.names.naming import Named, is_working_copy, name_of
from evtcompat.sources.names.subject_histories import subject_histories
from evtcompat.sources.tree import file_uri


class Definition(NamedTuple):
    """A file that defines a name."""

    path: str
    #: The name is that of the whole document, and not of a part of it.
    whole: bool


class Definitions:
    """The names that files define, by folder; each folder is read when first asked about."""

    def __init__(
        self,
        tree: OpenedTree,
        names: Callable[[str, SchemaFormat], Names],
        document: Callable[[str, SchemaFormat], Document | None],
        excluded: Callable[[str], bool],
        known: NamesByContent,
    ) -> None:
        """Nothing is read yet.

        Args:
            tree: Where the files are.
            names: Tells the names in the document at a path.
            document: Gives the document at a path.
            excluded: Tells the files that are said to be no schemas: one defines a name only where no other file does.
            known: What is known of contents.
        """
        self._tree = tree
        self._names = names
        self._document = document
        self._excluded = excluded
        self._known = known
        self._folders: dict[tuple[str, SchemaFormat, bool], Mapping[str, list[Definition]]] = {}
        #: By folder, the files in it and below by their names in lower case.
        self._by_name: dict[str, Mapping[str, Sequence[Definition]]] = {}

    def of(
        self, name: str, folder: str, schema_format: SchemaFormat, *, deep: bool, excluded: bool
    ) -> Sequence[Definition]:
        """The files of a folder, with what lies below it or without, that define a name: excluded ones, or others."""
        found = self._index(folder, schema_format, deep=deep).get(name, ())
        return [one for one in found if self._excluded(one.path) is excluded]

    def chosen(self, name: str, definitions: Sequence[Definition], path: str, schema_format: SchemaFormat) -> str:
        """The path of the one definition of a name that counts for a schema.

        The nearest, of those a file of its own before a part of another, and the newest of its versions.

        Raises:
            ReferenceMissingError: Several count, and do not say the same.
        """
        if len(definitions) == 1:
            return definitions[0].path
        nearest = _nearest(definitions, path)
        whole = [definition for definition in nearest if definition.whole]
        found = subject_histories(definition.path for definition in (whole or nearest))
        newest = [history.versions[-1] if history.versions else history.latest[0] for history in found.all]
        if not newest:
            newest = [name_of(definition.path) for definition in (whole or nearest)]
        if len(newest) > 1 and len({self._definition(name, one.path, schema_format) for one in newest}) > 1:
            self._ambiguous(name, newest, path)
        return newest[0].path

    def called(self, name: str, folder: str, path: str) -> str | None:
        """The nearest file of a name below a folder, for a schema; ``None`` where several are as near, or none is."""
        if folder not in self._by_name:
            found: dict[str, list[Definition]] = {}
            for one in self._tree.walk(folder).files:
                found.setdefault(one.rpartition("/")[2].lower(), []).append(Definition(one, whole=True))
            self._by_name[folder] = found
        called = self._by_name[folder].get(name.lower(), ())
        nearest = _nearest([one for one in called if not self._excluded(one.path)] or called, path)
        return nearest[0].path if len(nearest) == 1 else None

    def files(self, folder: str, schema_format: SchemaFormat, *, deep: bool) -> list[str]:
        """The files of a folder, with what lies below it or without, that may define a name."""
        if deep and not self._tree.is_folder(folder):
            return []
        paths = self._tree.walk(folder).files if deep else self._tree.siblings(folder)
        suffixes = (*schema_format.suffixes, *schema_format.document_suffixes)
        fitting = [path for path in paths if path.lower().endswith(suffixes)]
        return [path for path in fitting if self._may_define(path, schema_format)]

    def _index(self, folder: str, schema_format: SchemaFormat, *, deep: bool) -> Mapping[str, list[Definition]]:
        key = (folder, schema_format, deep)
        if key not in self._folders:
            index: dict[str, list[Definition]] = {}
            for path in self.files(folder, schema_format, deep=deep):
                names = self._names(path, schema_format)
                for name in names.defined:
                    index.setdefault(name, []).append(Definition(path, name == names.own))
                written = as_written(names.own, path) if schema_format.names_are_uris and names.own else None
                if written is not None:
                    index.setdefault(written, []).append(Definition(path, whole=True))
            self._folders[key] = index
        return self._folders[key]

    def _may_define(self, path: str, schema_format: SchemaFormat) -> bool:
        mark = schema_format.name_mark
        if mark is None:
            return True
        found = mark.search
        return self._known.marked(self._tree, path, schema_format, lambda: found(self._bytes(path)) is not None)

    def _bytes(self, path: str) -> bytes:
        try:
            return self._tree.read(path) or b""
        except UncheckedError:  # a problem of its own where the file is checked; here it defines nothing
            return b""

    def _definition(self, name: str, path: str, schema_format: SchemaFormat) -> str:
        """The hash of what a file says about a name."""
        document = self._document(path, schema_format)
        return content_hash(None if document is None else schema_format.definition(document, name))

    def _ambiguous(self, name: str, definitions: list[Named], path: str) -> None:
        files = " and ".join(sorted(self._tree.origin(definition.path) for definition in definitions))
        message = f"{name} is defined differently in {files}"
        hint = "Define it in one file, and refer to it by name everywhere else; or leave copies out with `exclude`."
        raise ReferenceMissingError(message, place=Place(origin=self._tree.origin(path)), hint=hint)


def as_written(uri: str, path: str) -> str | None:
    """What is left of a URI without the folder of the file at a path, which it was joined to; ``None`` without one."""
    folder = file_uri(path).rpartition("/")[0] + "/"
    return uri.removeprefix(folder) if uri.startswith(folder) else None


def _nearest(definitions: Sequence[Definition], path: str) -> list[Definition]:
    """Those of the definitions that share the most folders with a path; a version before the working copy of it."""
    definitions = [one for one in definitions if not is_working_copy(one.path)] or list(definitions)
    folders = path.split("/")[:-1]

    def shared(one: Definition) -> int:
        pairs = zip(folders, one.path.split("/")[:-1], strict=False)
        return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))

    most = max(map(shared, definitions), default=0)
    return [one for one in definitions if shared(one) == most]
