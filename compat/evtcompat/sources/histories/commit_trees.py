"""What a repository was: its schemas in each commit, and which commits changed a schema or what that draws on."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from evtcompat.dataclasses import dataclass
from evtcompat.errors import UncheckedError
from evtcompat.formats.base import Names, SchemaFormat
from evtcompat.model.documents import Document, FunctionReferences, References
from evtcompat.sources.documents.document_files import document_of
from evtcompat.sources.documents.layout import Layout
from evtcompat.sources.documents.names_by_content import NamesByContent
from evtcompat.sources.documents.references import written_down_beside
from evtcompat.sources.git.objects import commit_tree
from evtcompat.sources.git.repository import Repository
from evtcompat.sources.names.naming import container_of
from evtcompat.sources.names.suffixes import known_suffixes
from evtcompat.sources.subjects.schema_tree import SchemaTree
from evtcompat.sources.tree import Tree

if TYPE_CHECKING:
    from evtcompat.sources.git.history import PastContent, PathHistory

#: Commits whose trees are kept: files are changed together, and a tree holds all that was read of it.
_KEPT: Final = 16
#: Files read of one tree, beyond which they are forgotten: all that was read would stay in memory until the run ends.
_MOST_READ: Final = 100
#: What a Python model draws on is told by importing it alone: its own file counts.
_PROGRAM: Final = ".py"


@dataclass(slots=True)
class _Commit:
    """What a repository was."""

    #: Its files: git is asked for them once.
    listed: Tree
    schemas: SchemaTree
    #: How many schemas were asked for.
    read: int = 0


class CommitTrees:
    """The commits of repositories; a commit that changed many files is read once.

    The layouts of a repository differ in their roots alone.
    """

    def __init__(self, shown_from: Path, called: Callable[[str], str]) -> None:
        """Nothing is asked yet.

        Args:
            shown_from: The folder that messages are relative to.
            called: What messages call a commit.
        """
        self._shown_from = shown_from
        self._called = called
        self._logs: dict[tuple[Path, tuple[str, ...]], PathHistory] = {}
        self._names = NamesByContent()
        #: What was read last, by the id of its content: whoever asks for a content reads it next.
        self._last: tuple[str, bytes] | None = None
        #: The last used last.
        self._trees: OrderedDict[tuple[Path, str, tuple[str, ...]], _Commit] = OrderedDict()

    def contents(
        self, repository: Repository, head: str, layout: Layout, path: str, schema_format: SchemaFormat
    ) -> Iterator[PastContent]:
        """Every content that the file of a schema had up to a commit, the newest first, through renames.

        It has another content, too, where a commit changed a document that it refers to or is made of, as these were
        there. That may be any file of the suffixes of its format, or of one that its newest content draws on; where
        that draws on nothing, only files of its own suffix are looked at.

        Args:
            repository: Where it lies.
            head: The newest commit.
            layout: The configuration.
            path: Of the schema at that commit.
            schema_format: The language that it is read in.

        Raises:
            BaselineError: See `PathHistory.backwards`.
        """
        file = container_of(path) or path

        def uses(content: PastContent) -> frozenset[str] | None:
            return self._drawn_on(repository, layout, content, schema_format, alone=file == path)

        suffix = PurePosixPath(file).suffix
        log = self._log(repository, head, (suffix,) if suffix else ())
        newest = next(log.backwards(file), None)
        drawn: frozenset[str] | None = None
        with suppress(UncheckedError):  # told where it is read
            drawn = None if newest is None else uses(newest)
        if drawn is not None and suffix:
            own = (*schema_format.suffixes, *schema_format.document_suffixes)
            kinds = own if file == path else (*(f".{one}" for one in known_suffixes()), *layout.suffixes)
            suffixes = {suffix, *kinds, *(PurePosixPath(one).suffix for one in drawn)}
            log = self._log(repository, head, () if "" in suffixes else tuple(sorted(suffixes)))
        return log.backwards(file, uses)

    def references(
        self, repository: Repository, layout: Layout, content: PastContent, schema_format: SchemaFormat
    ) -> References:
        """What a schema that is a file of its own may refer to in a commit, which is read when something is looked up.

        Args:
            repository: Where it lies.
            layout: The configuration.
            content: What its file was.
            schema_format: The language that it is read in.
        """

        def looked_up(name: str) -> Document | None:
            schemas = self.schemas(repository, content.commit, layout)
            return schemas.library.references(content.path, schema_format).lookup(name)

        return FunctionReferences(looked_up)

    def read(self, repository: Repository, content: PastContent) -> bytes:
        """The bytes of a content.

        Raises:
            BaselineError: The repository does not have them, or git failed.
        """
        if self._last is None or self._last[0] != content.oid:
            origin = f"{self._called(content.commit)}:{content.path}"
            self._last = content.oid, repository.blobs.read(content.oid, origin)
        return self._last[1]

    def schemas(self, repository: Repository, commit: str, layout: Layout) -> SchemaTree:
        """The schemas of a commit, of which one more is going to be read."""
        key = repository.top, commit, layout.roots
        found = self._trees.get(key)
        if found is None:
            listed = commit_tree(repository, commit, self._called(commit), self._shown_from)
            found = self._trees[key] = _Commit(listed, SchemaTree(listed, layout, self._names))
            if len(self._trees) > _KEPT:
                self._trees.popitem(last=False)
        elif found.read >= _MOST_READ:
            found = self._trees[key] = _Commit(found.listed, SchemaTree(found.listed, layout, self._names))
        self._trees.move_to_end(key)
        found.read += 1
        return found.schemas

    def _drawn_on(
        self, repository: Repository, layout: Layout, content: PastContent, schema_format: SchemaFormat, *, alone: bool
    ) -> frozenset[str] | None:
        """The other files that a content draws on in its commit; ``None`` where it names none.

        Raises:
            UncheckedError: It cannot be read.
        """
        if content.path.endswith(_PROGRAM) or (alone and not self._names_others(repository, content, schema_format)):
            return None
        schemas = self.schemas(repository, content.commit, layout)
        made_of = schemas.library.dependencies(content.path, schema_format) if alone else schemas.made_of(content.path)
        files = {container_of(one) or one for one in made_of} - {content.path}
        if schemas.library.refers_as_registered(content.path):
            files.add(written_down_beside(content.path))
        return frozenset(files) if files or alone else None

    def _names_others(self, repository: Repository, content: PastContent, schema_format: SchemaFormat) -> bool:
        """Whether a schema that is a file of its own names any other document, wherever that leads.

        Raises:
            UncheckedError: It cannot be read.
        """
        path, origin = content.path, f"{self._called(content.commit)}:{content.path}"

        def found() -> Names:
            return schema_format.names(document_of(self.read(repository, content), origin, path, schema_format))

        return bool(self._names.names_in(content.oid, path, schema_format, found).used)

    def _log(self, repository: Repository, head: str, suffixes: tuple[str, ...]) -> PathHistory:
        key = repository.top, suffixes
        if key not in self._logs:
            from evtcompat.sources.git.history import path_history

            self._logs[key] = path_history(repository, head, *suffixes)
        return self._logs[key]
